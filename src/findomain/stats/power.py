"""How many domain tasks would settle it: variance components of the scores, and the power that follows from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from findomain.stats import contrast as ct
from findomain.stats.effects import fit, make_blocks
from findomain.stats.gap import Weighting, domain_cells, fitted_effects

MAX_TASKS = 10_000


def variance_components(scores: pd.DataFrame) -> pd.DataFrame:
    """Standard deviations of model, task and residual by task type, in score units.

    Moments of the two-way fit; the residual is the interaction of model and task and all noise. Columns:
    ``task_type, n_models, n_tasks, n_scores, sd_model, sd_task, sd_residual``; NaN where not identified.
    """
    rows = []
    for block in make_blocks(scores):
        fitted = fit(block)
        noise = fitted.residual_variance
        rows.append(
            {
                "task_type": block.task_type,
                "n_models": len(block.models),
                "n_tasks": len(block.tasks),
                "n_scores": int(block.present.sum()),
                "sd_model": _sd(fitted.model_effect, noise, block.present.sum(1)),
                "sd_task": _sd(fitted.task_effect, noise, block.present.sum(0)),
                "sd_residual": float(np.sqrt(noise)),
            }
        )
    return pd.DataFrame(rows)


def _sd(effects: np.ndarray, noise: float, counts: np.ndarray) -> float:
    """Spread of the true effects: that of the estimates less what noise adds to each."""
    if len(effects) < 2 or not np.isfinite(noise):
        return float("nan")
    return float(np.sqrt(max(effects.var(ddof=1) - noise * (1 / counts).mean(), 0.0)))


@dataclass(frozen=True, slots=True)
class Power:
    """What a benchmark of this kind can see.

    Attributes:
        domain: the domain whose mixture of task types is kept.
        gap: the gap in question, score units.
        n_domain_tasks: domain tasks that there are.
        power_now: probability that a true gap of that size is found at p < 0.05 with these tasks.
        smallest_gap: the gap that is found with probability 0.8 with these tasks.
        tasks_needed: domain tasks that find ``gap`` with probability 0.8; None if more than 10,000 would not.
        spread: variance of a domain task that was reckoned with, over that of the other tasks of its type.
        spread_seen: the same ratio among the domain's tasks that there are; it differs from 1 by chance too.
    """

    domain: str
    gap: float
    n_domain_tasks: int
    power_now: float
    smallest_gap: float
    tasks_needed: int | None
    spread: float
    spread_seen: float

    def to_frame(self) -> pd.DataFrame:
        """One row, one column a field."""
        return pd.DataFrame([asdict(self)])

    def __str__(self) -> str:
        """One line."""
        needed = f"more than {MAX_TASKS}" if self.tasks_needed is None else str(self.tasks_needed)
        return (
            f"{self.domain}: {self.n_domain_tasks} tasks find a gap of {self.gap:.3f} with probability "
            f"{self.power_now:.2f} (smallest gap at 0.8: {self.smallest_gap:.3f}); {needed} tasks would be needed"
        )


def gap_power(
    scores: pd.DataFrame,
    *,
    domain: str = "finance",
    gap: float = 0.02,
    weighting: Weighting = "types",
    spread: float = 1.0,
) -> Power:
    """Power of the clustered test (``domain_gap``) for a true gap, now and with more domain tasks.

    Further tasks come in the domain's present mixture of types; the other tasks and the models stay as they are.
    A domain task is taken to spread like the other tasks of its type, or with ``spread`` times their variance.
    """
    cells = domain_cells(scores, domain=domain, weighting=weighting)
    n_now = sum(int(inside.sum()) for inside in cells.inside)
    parts, seen = _design_variance(cells, spread)
    return Power(
        domain=domain,
        gap=gap,
        n_domain_tasks=n_now,
        power_now=_power(gap, n_now, parts),
        smallest_gap=_smallest_gap(n_now, parts),
        tasks_needed=_tasks_needed(gap, parts),
        spread=spread,
        spread_seen=seen,
    )


def power_curve(
    scores: pd.DataFrame,
    *,
    domain: str = "finance",
    gaps: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1),
    n_tasks: tuple[int, ...] = (5, 10, 20, 35, 50, 100, 200, 500, 1000),
    weighting: Weighting = "types",
) -> pd.DataFrame:
    """Power for several gaps and numbers of domain tasks; columns ``gap, n_domain_tasks, power``."""
    parts, _ = _design_variance(domain_cells(scores, domain=domain, weighting=weighting))
    return pd.DataFrame(
        [{"gap": gap, "n_domain_tasks": n, "power": _power(gap, n, parts)} for gap in gaps for n in n_tasks]
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    per_task: float  # variance of the domain's mean, times the number of domain tasks
    rest: float  # variance that more domain tasks do not lessen: the other tasks and the models
    n_types: int


def _design_variance(cells: ct.Cells, spread: float = 1.0) -> tuple[_Parts, float]:
    """The parts of the variance under ``spread``, and the spread that the domain's tasks show."""
    summary = ct.summarise(fitted_effects(cells), cells.inside)
    seen = ct.domain_spread(summary)
    parts = ct.variance_parts(summary, cells, seen)
    models, _ = ct.models_variance(cells)
    n_types = sum(bool(inside.any()) for inside in cells.inside)
    inside, n = spread * float(parts.inside.sum()), float(summary.n_inside.sum())
    return _Parts(inside * n, float(parts.outside.sum()) + models, n_types), float(seen.factor)


def _power(gap: float, n_tasks: int, parts: _Parts) -> float:
    se = np.sqrt(parts.per_task / n_tasks + parts.rest)
    df = max(n_tasks - parts.n_types, 1) * (1 + parts.rest * n_tasks / parts.per_task) ** 2
    df = min(df, 1000.0)  # from there it is normal for all purposes, and the non-central t's routine fails
    critical = stats.t.ppf(0.975, df)
    shift = gap / se
    return float(2 - special.nctdtr(df, shift, critical) - special.nctdtr(df, -shift, critical))


def _smallest_gap(n_tasks: int, parts: _Parts) -> float:
    low, high = 0.0, 2.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(middle, n_tasks, parts) >= 0.8 else (middle, high)
    return high


def _tasks_needed(gap: float, parts: _Parts) -> int | None:
    if _power(gap, MAX_TASKS, parts) < 0.8:
        return None
    low, high = 1, MAX_TASKS
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _power(gap, middle, parts) >= 0.8 else (middle + 1, high)
    return high
