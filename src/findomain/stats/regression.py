"""Task effects regressed on facts of the tasks: the ground of every adjusted gap.

``b[t] = level[type of t] + X[t] . beta + u[t]``, where b is the score that the average model has on a task
(``effects.fit``). Each task is one observation. A coefficient is a weighted sum of task effects whose weights sum to 0
within each type, so its error has the two sources of every gap: which tasks (HC2, with Bell & McCaffrey's degrees of
freedom, 2002) and which models (clustered, ``contrast.clustered_by_model``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.clusters import FULL
from findomain.stats.contrast import clustered_by_model, model_rows
from findomain.stats.effects import Fit, fit, make_blocks
from findomain.stats.estimate import Estimate, t_estimate

METHOD = "tasks as units (HC2), clustered by model"


@dataclass(frozen=True, slots=True)
class TaskTable:
    """The task effects of a table of scores.

    Attributes:
        fits: the fitted task types.
        rows: positions of each type's models among all.
        frame: a row a task, in the order of the fits: ``task, task_type, domain, effect, n_models`` and the facts.
    """

    fits: tuple[Fit, ...]
    rows: tuple[np.ndarray, ...]
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted sum of task effects, and what the draw of tasks does to it.

    Attributes:
        weights: shape (rows of the table's frame,), summing to 0 within each type; 0 for tasks that are not used.
        value: the sum.
        variance: variance from the draw of tasks; NaN where it cannot be had.
        df: degrees of freedom of the variance.
    """

    weights: np.ndarray
    value: float
    variance: float
    df: float


@dataclass(frozen=True, slots=True)
class Slope:
    """A coefficient of the regression.

    Attributes:
        estimate: the coefficient with its interval over tasks and models.
        df: degrees of freedom of its t.
        partial_r2: share (0-1) of the variance left by the other columns that this one takes up.
        df_residual: tasks less coefficients.
        weighted: the coefficient as a sum over tasks.
    """

    estimate: Estimate
    df: float
    partial_r2: float
    df_residual: int
    weighted: Weighted


@dataclass(frozen=True, slots=True)
class Regression:
    """A least-squares fit of task effects.

    Attributes:
        table: what was fitted.
        names: the columns, without the levels of the types.
        used: which rows of the frame were.
        rows: shape (coefficients, used tasks): row k times the effects is coefficient k.
        effect: the effects of the used tasks.
        residual: what the fit leaves of them.
        maker: residual maker, shape (used tasks, used tasks).
        classical: classical variances of the coefficients.
    """

    table: TaskTable
    names: tuple[str, ...]
    used: np.ndarray
    rows: np.ndarray
    effect: np.ndarray
    residual: np.ndarray
    maker: np.ndarray
    classical: np.ndarray

    @property
    def df_residual(self) -> int:
        """Tasks less coefficients."""
        return len(self.effect) - len(self.rows)

    def weights(self, name: str) -> np.ndarray:
        """The weights of a coefficient, an entry a row of the frame; 0 for tasks that are not used."""
        weights = np.zeros(len(self.used))
        weights[self.used] = self.rows[self.names.index(name)]
        return weights

    def weighted(self, row: np.ndarray) -> Weighted:
        """A sum over the used tasks, with its variance by HC2 and the residuals of this fit."""
        weights = np.zeros(len(self.used))
        weights[self.used] = row
        variance, df = _hc2(row, self.residual, self.maker)
        return Weighted(weights, float(row @ self.effect), variance, df)


def task_table(scores: pd.DataFrame, facts: pd.DataFrame | None = None) -> TaskTable:
    """Fit each task type; ``facts`` is a frame indexed by task whose columns are joined (NaN for tasks it lacks)."""
    fits = tuple(fit(block) for block in make_blocks(scores))
    frame = pd.concat(
        [
            pd.DataFrame(
                {
                    "task": f.block.tasks.astype(str),
                    "task_type": f.block.task_type,
                    "domain": f.block.domains.astype(str),
                    "effect": f.task_effect,
                    "n_models": f.block.present.sum(0).astype(int),
                }
            )
            for f in fits
        ],
        ignore_index=True,
    )
    return TaskTable(fits, model_rows(fits)[1], frame if facts is None else frame.join(facts, on="task"))


def fit_regression(table: TaskTable, columns: pd.DataFrame) -> Regression:
    """Least squares of the task effects on ``columns`` with a level for each task type.

    ``columns`` has the rows of ``table.frame``; tasks with a missing value in any column are left out, and so is a type
    that keeps a single task.

    Raises:
        ScoresError: fewer tasks than coefficients, or a column that the others or the types determine.
    """
    values = columns.to_numpy(float)
    used = np.isfinite(values).all(1)
    types, names_of_types = pd.factorize(table.frame["task_type"], sort=True)
    used &= np.bincount(types[used], minlength=len(names_of_types))[types] > 1
    levels = (types[used][:, None] == np.unique(types[used])).astype(float)
    x = np.column_stack([values[used], levels])
    names = tuple(str(name) for name in columns.columns)
    if len(x) <= x.shape[1]:
        raise ScoresError(f"{len(x)} tasks have {', '.join(names)}; expected more than {x.shape[1]} for a regression")
    _check_rank(x, names)
    inverse = np.linalg.inv(x.T @ x)
    effect = table.frame["effect"].to_numpy()[used]
    rows = inverse @ x.T
    residual = effect - x @ (rows @ effect)
    noise = float(residual @ residual) / (len(x) - x.shape[1])
    maker = np.eye(len(x)) - x @ rows
    return Regression(table, names, used, rows, effect, residual, maker, noise * inverse.diagonal())


def regress(table: TaskTable, columns: pd.DataFrame, *, domain: str = "finance") -> dict[str, Slope]:
    """The coefficients of ``fit_regression`` by name; ``domain`` only counts the domain's tasks.

    Raises:
        ScoresError: see ``fit_regression``.
    """
    fitted = fit_regression(table, columns)
    found = {}
    for k, name in enumerate(fitted.names):
        weighted = fitted.weighted(fitted.rows[k])
        estimate, df = linear_estimate(table, weighted, name=name, domain=domain)
        t_squared = weighted.value**2 / fitted.classical[k] if fitted.classical[k] > 0 else math.nan
        partial = float(t_squared / (t_squared + fitted.df_residual))
        found[name] = Slope(estimate, df, partial, fitted.df_residual, weighted)
    return found


def linear_estimate(
    table: TaskTable, weighted: Weighted, *, name: str, domain: str = "finance"
) -> tuple[Estimate, float]:
    """The estimate of a weighted sum, the models' part of the variance added, and the degrees of freedom of its t."""
    by_models, n_models = clustered_by_model(table.fits, table.rows, by_block(table, weighted.weights))
    total = weighted.variance + by_models
    used = weighted.weights != 0
    counts = (n_models, int(used.sum()), int((used & (table.frame["domain"] == domain).to_numpy()).sum()))
    known = total > 0 and weighted.df > 0
    parts = weighted.variance**2 / weighted.df + by_models**2 / max(n_models - 1, 1) if known else math.nan
    return t_estimate(name, weighted.value, total, total**2 / parts, counts, METHOD), total**2 / parts


def by_block(table: TaskTable, weights: np.ndarray) -> Sequence[tuple[np.ndarray, np.ndarray]]:
    """Weights on models (none) and tasks of each fitted type, from one entry a row of the frame."""
    sizes = np.cumsum([len(f.block.tasks) for f in table.fits])[:-1]
    parts = np.split(weights, sizes)
    return [(np.zeros(len(f.block.models)), part) for f, part in zip(table.fits, parts, strict=True)]


def _hc2(row: np.ndarray, residual: np.ndarray, maker: np.ndarray) -> tuple[float, float]:
    """Variance of ``row @ y`` from the squared residuals over one less leverage, and its degrees of freedom."""
    left = maker.diagonal()
    weighs = row**2 > 1e-12 * (row**2).sum()
    if (left[weighs] < 1 - FULL).any():
        return math.nan, math.nan
    scaled = np.where(weighs, row / np.sqrt(np.maximum(left, 1 - FULL)), 0.0)
    spread = maker * scaled  # column t: what task t's term takes from each task
    gram = spread.T @ spread
    if not gram.any():
        return math.nan, math.nan
    return float((scaled**2 * residual**2).sum()), float(gram.trace() ** 2 / (gram**2).sum())


def _check_rank(x: np.ndarray, names: Sequence[str]) -> None:
    scale = np.sqrt((x**2).sum(0))
    scaled = x / np.where(scale > 0, scale, 1.0)
    for k, name in enumerate(names):
        others = np.delete(scaled, k, axis=1)
        left = scaled[:, k] - others @ np.linalg.lstsq(others, scaled[:, k], rcond=None)[0]
        if not (left**2).sum() > 1e-10:
            raise ScoresError(f"{name} is determined by the task types and the other columns: nothing to estimate")
