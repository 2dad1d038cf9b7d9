"""Placebo domains: how often does a test call tasks that were drawn at random a "domain"?

The other tasks of each task type are drawn, as many as the target domain has, and labelled as if they were a domain.
They differ from the rest by chance alone, so a test at 5 % should find something in 5 % of the draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats import contrast as ct
from findomain.stats.effects import Fit, fit, make_blocks
from findomain.stats.naive import naive_test
from findomain.stats.resampling import drawn_effects, drawn_means, percentile_p, random_labels
from findomain.stats.table import check_domain

ALPHA = 0.05
N_REFERENCE, N_BOOTSTRAPS = 2000, 200
TESTS = {
    "cell ANOVA": "every score an independent observation",
    "clustered by model": "scores of one model depend on each other, tasks taken as fixed",
    "clustered by task and model": "findomain's interval: tasks and models both drawn",
    "bootstrap": "percentile interval from drawing tasks and models",
    "permutation": "the domain label permuted among the tasks of a type",
}


@dataclass(frozen=True, slots=True)
class PlaceboResult:
    """Share of placebo domains that each test called a domain at p < 0.05.

    Attributes:
        domain: the domain whose numbers of tasks by type the placebos copy.
        n_draws: placebo domains drawn.
        rates: columns ``test, task_type, n_tasks, n_placebo_tasks, rate, ci_low, ci_high`` (Wilson interval of the
            simulation error); ``task_type`` is ``pooled`` or a type.
    """

    domain: str
    n_draws: int
    rates: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The rates, a row a test and task type."""
        return self.rates

    def rate(self, test: str, task_type: str = "pooled") -> float:
        """One rate."""
        row = self.rates[(self.rates["test"] == test) & (self.rates["task_type"] == task_type)]
        return float(row["rate"].iloc[0])

    def __str__(self) -> str:
        """The pooled rates in one line."""
        pooled = self.rates[self.rates["task_type"] == "pooled"]
        parts = [f"{row.test} {row.rate:.3f}" for row in pooled.itertuples()]
        return f"placebo rate at p < {ALPHA}, {self.n_draws} draws: " + ", ".join(parts)


def placebo_rates(scores: pd.DataFrame, *, domain: str = "finance", n_draws: int = 500, seed: int = 0) -> PlaceboResult:
    """Rejection rates of each test over random labellings of the tasks outside of the domain.

    Raises:
        ScoresError: no task in the domain, or no task type with enough other tasks to draw from.
    """
    check_domain(scores, domain)
    rng = np.random.default_rng(seed)
    in_domain = scores["domain"] == domain
    n_inside = scores[in_domain].groupby("task_type")["task"].nunique()
    fits = [fit(block) for block in make_blocks(scores[~in_domain])]
    fits = [f for f in fits if 0 < n_inside.get(f.block.task_type, 0) <= len(f.block.tasks) - 2]
    if not fits:
        raise ScoresError(f"no task type has two more tasks outside of {domain!r} than inside: no placebo to draw")
    sizes = [int(n_inside[f.block.task_type]) for f in fits]
    labels = [random_labels(len(f.block.tasks), n, n_draws, rng) for f, n in zip(fits, sizes, strict=True)]
    rows = []
    for task_type, chosen in _groups(fits):
        part, drawn = [fits[k] for k in chosen], [labels[k] for k in chosen]
        reference = [random_labels(len(fits[k].block.tasks), sizes[k], N_REFERENCE, rng) for k in chosen]
        for test, p_values in _p_values(part, drawn, reference, rng).items():
            rows.append(
                {
                    "test": test,
                    "task_type": task_type,
                    "n_tasks": sum(len(f.block.tasks) for f in part),
                    "n_placebo_tasks": sum(sizes[k] for k in chosen),
                }
                | rejection_rate(p_values, n_draws=n_draws)
            )
    return PlaceboResult(domain, n_draws, pd.DataFrame(rows))


def rejection_rate(p_values: np.ndarray, *, n_draws: int) -> dict[str, float]:
    """Share of the draws with p < .05 and its Wilson interval: ``rate, ci_low, ci_high``; NaN of no draw."""
    if not n_draws:
        return dict.fromkeys(("rate", "ci_low", "ci_high"), float("nan"))
    rejected = int((p_values < ALPHA).sum())
    interval = stats.binomtest(rejected, n_draws).proportion_ci(method="wilson")
    return {"rate": rejected / n_draws, "ci_low": interval.low, "ci_high": interval.high}


def _groups(fits: list[Fit]) -> list[tuple[str, list[int]]]:
    singles = [(f.block.task_type, [k]) for k, f in enumerate(fits)]
    return [("pooled", list(range(len(fits)))), *singles]


def _p_values(
    fits: list[Fit], labels: list[np.ndarray], reference: list[np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """p of each test for each labelling, shape (n_draws,)."""
    n_draws = len(labels[0])
    blocks = [f.block for f in fits]
    draws = [[label[i] for label in labels] for i in range(n_draws)]
    naive = [naive_test(blocks, draw) for draw in draws]
    return {
        "cell ANOVA": np.array([test.p_iid for test in naive]),
        "clustered by model": np.array([test.p_by_model for test in naive]),
        "clustered by task and model": np.array([_clustered_p(fits, draw) for draw in draws]),
        "bootstrap": _bootstrap_p(fits, draws, rng),
        "permutation": _permutation_p(fits, labels, reference),
    }


def _clustered_p(fits: list[Fit], labels: list[np.ndarray]) -> float:
    ones = np.ones(len(fits))
    value = ct.contrast(ct.make_cells(fits, labels, ones, ones))
    return value.reference.p_value(value.estimate / value.se)


def _bootstrap_p(fits: list[Fit], draws: list[list[np.ndarray]], rng: np.random.Generator) -> np.ndarray:
    ones = np.ones(len(fits))
    effects = drawn_effects(ct.make_cells(fits, draws[0], ones, ones), N_BOOTSTRAPS, rng)
    p_values = []
    for draw in draws:
        sides = [drawn_means(effect, label, rng) for effect, label in zip(effects, draw, strict=True)]
        p_values.append(percentile_p(np.mean([side[:, 0] - side[:, 1] for side in sides], axis=0)))
    return np.array(p_values)


def _permutation_p(fits: list[Fit], labels: list[np.ndarray], reference: list[np.ndarray]) -> np.ndarray:
    drawn = np.sort(_ratios(fits, reference))
    above = len(drawn) - np.searchsorted(drawn, _ratios(fits, labels) - 1e-9)
    return (above + 1) / (len(drawn) + 1)


def _ratios(fits: list[Fit], labels: list[np.ndarray]) -> np.ndarray:
    ones = np.ones(len(fits))
    cells = ct.make_cells(fits, [label[0] for label in labels], ones, ones)
    return np.abs(ct.t_ratio(ct.summarise([f.task_effect for f in fits], labels), cells)[1])
