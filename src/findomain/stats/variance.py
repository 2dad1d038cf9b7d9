"""How much of a score's variance is task type, domain, task, exposure, model, their interactions.

``score = type + domain + type x domain + task + exposure + model + model x type + model x domain + rest``. Task and
model effects are drawn; types and domains are those that there are. The units of the intervals are tasks and models,
both: single scores would make them far too short (Owen 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import linalg, stats

from findomain.errors import ScoresError
from findomain.stats.crossed import cell_forms
from findomain.stats.estimate import Estimate
from findomain.stats.variance_grid import Drawn, Grid, drawn_parts, jackknife, make_grid

Across = Literal["domain", "type"]
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
    return _frame(_components(make_grid(scores, three_way=three_way), groups))


def level_agreement(scores: pd.DataFrame, *, across: Across = "domain", groups: int = GROUPS) -> Estimate:
    """How far models keep their order from one domain (or task type) to another: 1 is the same order everywhere.

    The correlation, over models, of their true levels in two domains, ``model / (model + model x domain)``: what a rank
    agreement would be without the draw of tasks and without noise (an intraclass correlation, Shrout & Fleiss 1979).
    Interval by the delta method from the jackknife of ``score_variance``; a part below 0 gives a value above 1.

    Raises:
        ScoresError: as ``score_variance``, or a single domain (or type).
    """
    grid = make_grid(scores, three_way=False)
    if f"model x {across}" not in grid.names:
        raise ScoresError(f"the scores have a single {across}; expected two or more to compare levels between")
    found = _components(grid, groups)
    own, changing = (found.names.index(name) for name in ("model", f"model x {across}"))
    here = np.array([own, changing])
    value = found.variance[own] / found.variance[here].sum()
    by = np.array([1 - value, -value]) / found.variance[here].sum()
    se = float(np.sqrt(max(by @ found.spread[np.ix_(here, here)] @ by, 0.0)))
    half = found.quantile * se
    method = "variance components, jackknife over tasks and models"
    n_models, n_tasks = grid.block.score.shape
    name = f"agreement of models' levels between {across}s"
    return Estimate(name, float(value), se, value - half, value + half, float("nan"), n_models, n_tasks, 0, method)


@dataclass(frozen=True, slots=True)
class Components:
    """All components of a table.

    Attributes:
        names, n_levels: of the components.
        variance: shape (n,).
        spread: their covariance, shape (n, n).
        quantile: half an interval over its standard error.
    """

    names: tuple[str, ...]
    n_levels: tuple[int, ...]
    variance: np.ndarray
    spread: np.ndarray
    quantile: float


def _components(grid: Grid, groups: int) -> Components:
    drawn = drawn_parts(grid)
    covariance = jackknife(grid, groups)
    found = (_of_sets(grid, drawn), _of_tasks(drawn), _of_exposure(grid, drawn, covariance), _of_models(grid, drawn))
    parts = [part for part in found if part is not None]
    gradient = np.concatenate([part.gradient for part in parts])
    return Components(
        names=tuple(name for part in parts for name in part.names),
        n_levels=tuple(n for part in parts for n in part.n_levels),
        variance=np.concatenate([part.variance for part in parts]),
        spread=gradient @ covariance @ gradient.T + linalg.block_diag(*[part.own for part in parts]),
        quantile=float(stats.t.ppf(0.975, min(groups, *grid.block.score.shape) - 1)),
    )


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
    return np.where(spare >= 2, np.maximum(own, 0.0), 1.0)


def quadratic(mean: np.ndarray, error: np.ndarray, forms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unbiased ``true' Q true`` for each Q of ``forms`` from ``mean``, normal about the truth, and their covariance."""
    value = np.einsum("i,kij,j->k", mean, forms, mean) - np.einsum("kij,ij->k", forms, error)
    sides = forms @ error
    traces = np.einsum("aij,bji->ab", sides, sides)
    # Unbiased would be 2 tr less; the form is skewed, and with it taken off the intervals cover too seldom. Never below
    # 2 tr, the variance where the truth is 0.
    covariance = 4 * np.einsum("i,aij,bjk,k->ab", mean, sides, forms, mean)
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
    error = covariance[-n:, -n:]
    variance, _ = quadratic(drawn.slopes, error, form[None])
    gradient = np.zeros((1, len(drawn.values)))
    gradient[0, -n:] = 2 * form @ drawn.slopes
    beyond = 2 * np.trace(form @ error @ form @ error)[None, None]  # with slopes near 0 the gradient is no measure
    return Parts(("exposure",), (1 + int(grid.states.any((1, 2)).sum()),), variance, gradient, beyond)


def _frame(found: Components) -> pd.DataFrame:
    n, total = len(found.names), found.variance.sum()
    sums = _sums(found.names)
    levels = pd.array([*found.n_levels, *[None] * len(sums)], dtype="Int64")
    frame = pd.DataFrame({"component": [*found.names, *sums], "n_levels": levels})
    weights = np.concatenate([np.eye(n), *[chosen[None] for chosen in sums.values()]])
    value = weights @ found.variance
    share = value / total
    of_share = (weights - share[:, None]) / total
    for name, middle, by in (("variance", value, weights), ("share", share, of_share)):
        half = found.quantile * np.sqrt(np.maximum(np.einsum("ki,ij,kj->k", by, found.spread, by), 0.0))
        frame[name], frame[f"{name}_low"], frame[f"{name}_high"] = middle, middle - half, middle + half
    for end in ("", "_low", "_high"):
        frame[f"sd_points{end}"] = 100 * np.sqrt(frame[f"variance{end}"].clip(lower=0))
    frame["units"] = frame["component"].map(UNITS).fillna("models, and tasks within the groups")
    return frame


def _sums(names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Rows that add components up, as 0-1 weights: all that domain has a part in, and the total."""
    of_domain = np.array([float("domain" in name) for name in names])
    return ({ALL_DOMAIN: of_domain} if of_domain.any() else {}) | {"total": np.ones(len(names))}
