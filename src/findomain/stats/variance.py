"""How much of a score's variance is task type, domain, task, exposure, model, their interactions.

``score = type + domain + type x domain + task + exposure + model + model x type + model x domain + rest``. Task and
model effects are drawn; types and domains are those that there are. The units of the intervals are tasks and models,
both: single scores would make them far too short (Owen 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg, stats

from findomain.stats.contrast import ENOUGH
from findomain.stats.crossed import cell_forms
from findomain.stats.variance_grid import Drawn, Grid, drawn_parts, jackknife, make_grid

GROUPS = 50  # groups of tasks, and of models, that the jackknife leaves out in turn
ALL_DOMAIN = "domain with its interactions"
SET = "the set there is; tasks and models drawn within"
UNITS = {
    "type": SET,
    "domain": SET,
    "type x domain": SET,
    "task": "tasks within type x domain, models",
    "exposure": "tasks and models",
    "rest": "tasks and models; model x task and noise in one",
    ALL_DOMAIN: "tasks and models",
    "total": "tasks and models",
}


def score_variance(scores: pd.DataFrame, *, three_way: bool = False, groups: int = GROUPS) -> pd.DataFrame:
    """Components of the variance of a score, each with its standard deviation, its share and 95 % intervals.

    Model, its interactions and the rest come from unbiased moments (``crossed``); tasks from the spread of the task
    effects of the two-way fit within type x domain, less their noise; types and domains from the means of those cells
    (MINQUE, Rao 1971). Exposure is fixed: declared true against false with model and task held fixed, unknown as a
    level of its own between models; its part is the variance of what it adds over the scores that there are (Nakagawa
    & Schielzeth 2013). The rest is model x task and noise in one: with one score a cell nothing can part them.

    Types and domains are a finite set: theirs is the variance among the levels in the table, each counted alike however
    many tasks it has, and the interval is over the tasks and models within them, not over other domains (Gelman 2005).
    The other intervals are a grouped jackknife over tasks and over models, the two variances added. A part may come out
    negative: it is reported as it is, and cannot be told from 0.

    Columns: ``component, n_levels, variance, sd_points, share``, the last three with ``_low`` and ``_high``, and
    ``units``; the last two rows add up all that domain has a part in, and everything. Standard deviations are in points
    (0-100) and 0 for a negative variance. A part with a single level is left out, and so is exposure where no score
    declares it.

    Args:
        scores: a scores table.
        three_way: also model x type x domain, which else goes to model x type, model x domain and the rest.
        groups: groups left out in turn by the jackknife; at most one a task or a model.

    Raises:
        ScoresError: the table is too small, or its parts cannot be told apart.
    """
    grid = make_grid(scores, three_way=three_way)
    drawn = drawn_parts(grid)
    covariance = jackknife(grid, groups)
    parts = [_of_sets(grid, drawn), _of_tasks(drawn), _of_exposure(grid, drawn, covariance), _of_models(grid, drawn)]
    return _frame([part for part in parts if part is not None], covariance, min(groups, *grid.block.score.shape))


@dataclass(frozen=True, slots=True)
class Parts:
    """Some components and how they hang on what the jackknife saw.

    Attributes:
        names: of the components.
        n_levels: how many levels each has.
        variance: shape (n,).
        gradient: derivative by ``Drawn.values``, shape (n, n_values).
        own: covariance beyond that, shape (n, n).
    """

    names: tuple[str, ...]
    n_levels: tuple[int, ...]
    variance: np.ndarray
    gradient: np.ndarray
    own: np.ndarray


def _of_sets(grid: Grid, drawn: Drawn) -> Parts | None:
    """Type, domain and type x domain, from cell means that are drawn through their tasks and models."""
    of_cell = np.unique(grid.cells, return_index=True)[1]
    types, domains = grid.types[of_cell], grid.domains[of_cell]
    n_types, n_domains = int(types.max()) + 1, int(domains.max()) + 1
    named = {"type": n_types, "domain": n_domains, "type x domain": len(types)}
    several = {"type": n_types > 1, "domain": n_domains > 1, "type x domain": min(n_types, n_domains) > 1}
    names = tuple(name for name in named if several[name])
    if not names:
        return None
    forms = cell_forms(types, domains, drawn.means.n_tasks)
    by_task = np.diag(_spread_by_type(drawn, types)[types] / drawn.means.n_tasks)
    error = drawn.means.noise + max(drawn.means.task_variance, 0.0) * by_task
    variance, own = quadratic(drawn.means.mean, error, forms)
    gradient = np.zeros((len(names), len(drawn.values)))
    gradient[:, 0] = -np.einsum("kij,ij->k", forms, by_task)
    return Parts(names, tuple(named[name] for name in names), variance, gradient, own)


def _spread_by_type(drawn: Drawn, types: np.ndarray) -> np.ndarray:
    """Variance of each type's tasks over that of all; 1 for a type that has too few tasks to tell."""
    spare = np.bincount(types, np.maximum(drawn.means.n_tasks - 1, 0))
    own = np.bincount(types, drawn.means.squares) / np.maximum(spare, 1) / drawn.means.task_variance
    return np.where(spare >= ENOUGH, np.maximum(own, 0.0), 1.0)


def quadratic(mean: np.ndarray, error: np.ndarray, forms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unbiased ``true' Q true`` for each Q of ``forms`` from ``mean``, normal about the truth, and their covariance."""
    value = np.einsum("i,kij,j->k", mean, forms, mean) - np.einsum("kij,ij->k", forms, error)
    sides = forms @ error
    traces = np.einsum("aij,bji->ab", sides, sides)
    covariance = 4 * np.einsum("i,aij,bjk,k->ab", mean, sides, forms, mean) - 2 * traces
    # Near a truth of 0 the first term is too uncertain to stand alone; 2 tr is what is left of the variance there.
    short = np.maximum(2 * traces.diagonal() - covariance.diagonal(), 0.0)
    return value, covariance + np.diag(short)


def _of_tasks(drawn: Drawn) -> Parts:
    return _plain(("task",), (int(drawn.means.n_tasks.sum()),), drawn, slice(0, 1))


def _of_models(grid: Grid, drawn: Drawn) -> Parts:
    levels = [int((_counts(grid, labels) > 0).sum()) for labels in grid.groupings]
    names = (*grid.names, "rest")
    return _plain(names, (*levels, int(grid.block.present.sum())), drawn, slice(1, len(drawn.variances)))


def _counts(grid: Grid, labels: np.ndarray) -> np.ndarray:
    return grid.block.present @ (labels[:, None] == np.arange(labels.max() + 1))


def _plain(names: tuple[str, ...], n_levels: tuple[int, ...], drawn: Drawn, here: slice) -> Parts:
    """Components that are values of the jackknife themselves."""
    gradient = np.eye(len(drawn.values))[here]
    return Parts(names, n_levels, drawn.variances[here], gradient, np.zeros((len(names),) * 2))


def _of_exposure(grid: Grid, drawn: Drawn, covariance: np.ndarray) -> Parts | None:
    """Variance over the scores of what exposure adds."""
    if not grid.states.any():
        return None
    n = len(drawn.slopes)
    form = np.cov(grid.states[:, grid.block.present > 0], bias=True)
    variance, own = quadratic(drawn.slopes, covariance[-n:, -n:], form[None])
    gradient = np.zeros((1, len(drawn.values)))
    gradient[0, -n:] = 2 * form @ drawn.slopes
    beyond = np.maximum(own - gradient @ covariance @ gradient.T, 0.0)
    return Parts(("exposure",), (1 + int(grid.states.any((1, 2)).sum()),), variance, gradient, beyond)


def _frame(parts: list[Parts], covariance: np.ndarray, n_groups: int) -> pd.DataFrame:
    names = [name for part in parts for name in part.names]
    gradient = np.concatenate([part.gradient for part in parts])
    spread = gradient @ covariance @ gradient.T + linalg.block_diag(*[part.own for part in parts])
    variance = np.concatenate([part.variance for part in parts])
    sums = _sums(names)
    levels = [n for part in parts for n in part.n_levels] + [None] * len(sums)
    frame = pd.DataFrame({"component": [*names, *sums], "n_levels": pd.array(levels, dtype="Int64")})
    weights = np.concatenate([np.eye(len(names)), *[chosen[None] for chosen in sums.values()]])
    share = weights @ variance / variance.sum()
    of_share = (weights - share[:, None]) / variance.sum()
    quantile = stats.t.ppf(0.975, n_groups - 1)
    for name, value, by in (("variance", weights @ variance, weights), ("share", share, of_share)):
        half = quantile * np.sqrt(np.maximum(np.einsum("ki,ij,kj->k", by, spread, by), 0.0))
        frame[name], frame[f"{name}_low"], frame[f"{name}_high"] = value, value - half, value + half
    for end in ("", "_low", "_high"):
        frame[f"sd_points{end}"] = 100 * np.sqrt(frame[f"variance{end}"].clip(lower=0))
    frame["units"] = frame["component"].map(UNITS).fillna("models, and tasks within the groups")
    return frame


def _sums(names: list[str]) -> dict[str, np.ndarray]:
    """Rows that add components up, as 0-1 weights: all that domain has a part in, and the total."""
    of_domain = np.array([float("domain" in name) for name in names])
    return ({ALL_DOMAIN: of_domain} if of_domain.any() else {}) | {"total": np.ones(len(names))}
