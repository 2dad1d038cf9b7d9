"""Does a general rank predict a domain rank: agreement of models' order on two sets of tasks, and what limits it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.effects import Block, fit, make_blocks
from findomain.stats.rank_exact import permutation_p, smallest_rho
from findomain.stats.table import check_domain

N_SPLITS = 50
ENOUGH = 3  # tasks a side that a model needs; fewer say too little of its level to rank it
Side = list[Block]


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """Agreement of the models' order in a domain and elsewhere.

    Attributes:
        name: domain and task type.
        rho, rho_low, rho_high: Spearman's rho; 95 % interval from drawing models and tasks anew.
        tau, tau_low, tau_high: Kendall's tau-b, the same.
        p_value: two-sided p of independence, exact up to 9 models.
        n_models, n_domain_tasks, n_other_tasks: what it rests on.
        reliability_domain, reliability_other: split-half reliability of each order (Spearman-Brown); NaN for one task.
        ceiling: the highest rho that these reliabilities allow, the root of their product.
        corrected: rho / ceiling (may exceed 1 by chance).
        smallest_rho: true rho that so many models find with power 0.8.
        method: in words.
    """

    name: str
    rho: float
    rho_low: float
    rho_high: float
    tau: float
    tau_low: float
    tau_high: float
    p_value: float
    n_models: int
    n_domain_tasks: int
    n_other_tasks: int
    reliability_domain: float
    reliability_other: float
    ceiling: float
    corrected: float
    smallest_rho: float
    method: str

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON: NaN becomes None."""
        return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in asdict(self).items()}

    def to_frame(self) -> pd.DataFrame:
        """One row, one column a field."""
        return pd.DataFrame([asdict(self)])

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.name}: rho = {self.rho:.2f} (95% {self.rho_low:.2f} to {self.rho_high:.2f}, "
            f"p = {self.p_value:.2g}); tau = {self.tau:.2f}; ceiling {self.ceiling:.2f}; {self.n_models} models, "
            f"{self.n_domain_tasks} against {self.n_other_tasks} tasks"
        )


def rank_agreement(
    scores: pd.DataFrame,
    *,
    domain: str = "finance",
    task_type: str | None = None,
    n_resamples: int = 500,
    seed: int = 0,
) -> RankAgreement:
    """Agreement of the order of models between a domain's tasks and the other tasks of the same types.

    A model's score on a side is its effect in the two-way fit, averaged over the task types that both sides have; only
    models with all of them and with three tasks on each side (or all, where there are fewer) count. The interval
    draws models and, within each side and type, tasks anew.

    Raises:
        ScoresError: no task in the domain, none outside, no shared task type, or fewer than three models on both sides.
    """
    inside, outside = _sides(scores, domain, task_type)
    table = _ranked(inside, outside)
    if len(table) < 3:
        raise ScoresError(f"{len(table)} models were run both inside and outside of {domain!r}; at least 3 are needed")
    rng = np.random.default_rng(seed)
    rho, tau = _both(table.to_numpy())
    draws = np.array([_resampled(inside, outside, list(table.index), rng) for _ in range(n_resamples)])
    low, high = np.nanpercentile(draws, [2.5, 97.5], axis=0) if n_resamples else np.full((2, 2), np.nan)
    reliable = [_reliability(side, list(table.index), rng) for side in (inside, outside)]
    ceiling = math.sqrt(max(reliable[0], 0) * max(reliable[1], 0))
    x, y = table.to_numpy().T
    return RankAgreement(
        name=f"{domain} against the rest, {task_type or 'all shared types'}",
        rho=rho,
        rho_low=float(low[0]),
        rho_high=float(high[0]),
        tau=tau,
        tau_low=float(low[1]),
        tau_high=float(high[1]),
        p_value=permutation_p(x, y, n_permutations=max(n_resamples, 999), rng=rng),
        n_models=len(table),
        n_domain_tasks=sum(len(block.tasks) for block in inside),
        n_other_tasks=sum(len(block.tasks) for block in outside),
        reliability_domain=reliable[0],
        reliability_other=reliable[1],
        ceiling=ceiling,
        corrected=rho / ceiling if ceiling > 0 else float("nan"),
        smallest_rho=smallest_rho(len(table)),
        method=f"two-way model effects, {n_resamples} draws of models and tasks",
    )


def shared_types(scores: pd.DataFrame, domain: str) -> list[str]:
    """Task types with tasks both inside and outside of the domain."""
    inside = scores["domain"] == domain
    return sorted(set(scores.loc[inside, "task_type"]) & set(scores.loc[~inside, "task_type"]))


def domain_ranks(scores: pd.DataFrame, *, domain: str = "finance", task_type: str | None = None) -> pd.DataFrame:
    """The two scores of each model that ``rank_agreement`` compares: columns ``domain, other``, a row a model."""
    return _ranked(*_sides(scores, domain, task_type))


def _sides(scores: pd.DataFrame, domain: str, task_type: str | None) -> tuple[Side, Side]:
    check_domain(scores, domain)
    types = shared_types(scores, domain) if task_type is None else [task_type]
    inside = scores["domain"] == domain
    sides = [make_blocks(scores[chosen & scores["task_type"].isin(types)]) for chosen in (inside, ~inside)]
    if not sides[0] or len(sides[0]) != len(sides[1]):
        raise ScoresError(f"no task type {task_type or ''} has tasks both inside and outside of {domain!r}")
    return sides[0], sides[1]


def _ranked(inside: Side, outside: Side) -> pd.DataFrame:
    """The table of ``rank_agreement``: models with enough tasks on both sides."""
    table = side_table(inside, outside)
    for side in (inside, outside):
        n_tasks = (
            pd.concat([pd.Series(block.present.sum(1), index=block.models) for block in side]).groupby(level=0).sum()
        )
        enough = min(ENOUGH, sum(len(block.tasks) for block in side))
        table = table[n_tasks.reindex(table.index) >= enough]
    return table


def side_table(inside: Side, outside: Side) -> pd.DataFrame:
    """Mean model effects on both sides for the models that have every block; index: model."""
    columns = {"domain": _mean_effects(inside), "other": _mean_effects(outside)}
    return pd.DataFrame(columns).dropna().rename_axis("model")


def _mean_effects(side: Side) -> pd.Series:
    effects = [pd.Series(fit(block).model_effect, index=block.models) for block in side]
    return pd.concat(effects, axis=1, join="inner").mean(axis=1)


def _both(pairs: np.ndarray) -> tuple[float, float]:
    if len(pairs) < 3 or (np.ptp(pairs, axis=0) == 0).any():
        return float("nan"), float("nan")
    return float(stats.spearmanr(*pairs.T).statistic), float(stats.kendalltau(*pairs.T).statistic)


def _resampled(inside: Side, outside: Side, models: list[str], rng: np.random.Generator) -> tuple[float, float]:
    """rho and tau with tasks drawn anew within every block and models drawn anew."""
    drawn = [[_columns(b, rng.integers(0, len(b.tasks), len(b.tasks))) for b in side] for side in (inside, outside)]
    table = side_table(*drawn)
    known = table.reindex(models).dropna().to_numpy()
    return _both(known[rng.integers(0, len(known), len(known))]) if len(known) else (float("nan"), float("nan"))


def _columns(block: Block, chosen: np.ndarray) -> Block:
    """The block with these tasks, again where one is named again; models without any are left out."""
    present = block.present[:, chosen]
    rows = present.any(axis=1)
    return replace(
        block,
        models=block.models[rows],
        tasks=block.tasks[chosen],
        domains=block.domains[chosen],
        score=block.score[np.ix_(rows, chosen)],
        present=present[rows],
    )


def _reliability(side: Side, models: list[str], rng: np.random.Generator) -> float:
    """Mean correlation of random halves of the tasks, stepped up to full length (Spearman 1910, Brown 1910)."""
    if any(len(block.tasks) < 2 for block in side):
        return float("nan")
    values = []
    for _ in range(N_SPLITS):
        halves: tuple[Side, Side] = ([], [])
        for block in side:
            order = rng.permutation(len(block.tasks))
            middle = len(order) // 2
            halves[0].append(_columns(block, order[:middle]))
            halves[1].append(_columns(block, order[middle:]))
        values.append(_both(side_table(*halves).reindex(models).dropna().to_numpy())[0])
    half = float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
    return 2 * half / (1 + half)


def range_restriction(
    scores: pd.DataFrame,
    *,
    top: int,
    domain: str = "finance",
    task_type: str | None = None,
    n_draws: int = 2000,
    seed: int = 0,
) -> dict[str, float]:
    """rho among the ``top`` models by their score elsewhere, beside what choosing the top alone would leave of it.

    ``expected`` and its 95 % range come from normal pairs with the correlation of all models, of which the top are
    taken. Keys: ``rho_all, rho_top, expected, expected_low, expected_high, n_models, top``.

    Raises:
        ScoresError: fewer models than ``top``, or ``top`` below 3.
    """
    table = domain_ranks(scores, domain=domain, task_type=task_type)
    if not 3 <= top <= len(table):
        raise ScoresError(f"top is {top}; expected 3 to {len(table)}, the number of models on both sides")
    rho = _both(table.to_numpy())[0]
    best = table.nlargest(top, "other").to_numpy()
    rng = np.random.default_rng(seed)
    r = 2 * math.sin(math.pi * rho / 6)  # the normal correlation whose Spearman rho is this (Pearson 1907)
    x = rng.standard_normal((n_draws, len(table)))
    y = r * x + math.sqrt(max(1 - r**2, 0)) * rng.standard_normal(x.shape)
    places = np.argsort(-x, axis=1)[:, :top]
    pairs = [stats.rankdata(np.take_along_axis(v, places, axis=1), axis=1) for v in (x, y)]
    centred = [v - v.mean(axis=1, keepdims=True) for v in pairs]
    drawn = (centred[0] * centred[1]).sum(1) / np.sqrt((centred[0] ** 2).sum(1) * (centred[1] ** 2).sum(1))
    low, middle, high = np.percentile(drawn, [2.5, 50, 97.5])
    return {
        "rho_all": rho,
        "rho_top": _both(best)[0],
        "expected": float(middle),
        "expected_low": float(low),
        "expected_high": float(high),
        "n_models": len(table),
        "top": top,
    }
