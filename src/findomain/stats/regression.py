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
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.contrast import clustered_by_model
from findomain.stats.effects import Fit, fit, make_blocks
from findomain.stats.estimate import Estimate

FULL = 1 - 1e-8  # leverage from which a task alone decides a coefficient, and no error can be had


@dataclass(frozen=True, slots=True)
class TaskTable:
    """The task effects of a table of scores.

    Attributes:
        fits: the fitted task types.
        frame: a row a task, in the order of the fits: ``task, task_type, domain, effect, n_models`` and the facts.
    """

    fits: tuple[Fit, ...]
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Slope:
    """A coefficient of the regression.

    Attributes:
        estimate: the coefficient with its interval over tasks and models.
        df: degrees of freedom of its t.
        partial_r2: share (0-1) of the variance left by the other columns that this one takes up.
        df_residual: tasks less coefficients.
    """

    estimate: Estimate
    df: float
    partial_r2: float
    df_residual: int


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
    return TaskTable(fits, frame if facts is None else frame.join(facts, on="task"))


def regress(table: TaskTable, columns: pd.DataFrame, *, domain: str = "finance") -> dict[str, Slope]:
    """Least squares of the task effects on ``columns`` with a level for each task type.

    ``columns`` has the rows of ``table.frame``; tasks with a missing value in any column are left out, and so is a type
    that keeps a single task. ``domain`` only counts the domain's tasks.

    Raises:
        ScoresError: fewer tasks than coefficients, or a column that the others or the types determine.
    """
    values = columns.to_numpy(float)
    used = np.isfinite(values).all(1)
    types = table.frame["task_type"]
    used &= types[used].value_counts().reindex(types).gt(1).to_numpy()
    levels = pd.get_dummies(types[used]).to_numpy(float)
    x = np.column_stack([values[used], levels])
    names = list(columns.columns)
    if len(x) <= x.shape[1]:
        raise ScoresError(f"{len(x)} tasks have {', '.join(names)}; expected more than {x.shape[1]} for a regression")
    _check_rank(x, names)
    inverse = np.linalg.inv(x.T @ x)
    effect = table.frame["effect"].to_numpy()[used]
    rows = inverse @ x.T
    beta = rows @ effect
    residual = effect - x @ beta
    maker = np.eye(len(x)) - x @ rows
    inside = int((table.frame["domain"].to_numpy()[used] == domain).sum())
    classical = float(residual @ residual) / (len(x) - x.shape[1]) * inverse.diagonal()
    found = {}
    for k, name in enumerate(names):
        weights = np.zeros(len(used))
        weights[used] = rows[k]
        variance, df = _hc2(rows[k], residual, maker)
        estimate, df = linear_estimate(
            table, weights, value=float(beta[k]), variance=variance, df=df, name=name, n_domain_tasks=inside
        )
        t_squared = float(beta[k] ** 2 / classical[k]) if classical[k] > 0 else math.nan
        df_residual = len(x) - x.shape[1]
        found[name] = Slope(estimate, df, t_squared / (t_squared + df_residual), df_residual)
    return found


def linear_estimate(
    table: TaskTable,
    weights: np.ndarray,
    *,
    value: float,
    variance: float,
    df: float,
    name: str,
    n_domain_tasks: int,
    method: str = "tasks as units (HC2), clustered by model",
) -> tuple[Estimate, float]:
    """A weighted sum of task effects with the variance of its tasks, to which that of the models is added.

    ``weights`` has an entry a row of ``table.frame`` and sums to 0 within each type. Returns the estimate and the
    degrees of freedom of its t (Satterthwaite).
    """
    by_models, n_models = clustered_by_model(table.fits, _by_block(table, weights))
    total = variance + by_models
    n_tasks = int((weights != 0).sum())
    if not (total > 0 and df > 0):
        nan = math.nan
        return Estimate(name, value, nan, nan, nan, nan, n_models, n_tasks, n_domain_tasks, method), nan
    df = total**2 / (variance**2 / df + by_models**2 / max(n_models - 1, 1))
    se = math.sqrt(total)
    half = float(stats.t.ppf(0.975, df)) * se
    p_value = float(2 * stats.t.sf(abs(value) / se, df))
    low, high = value - half, value + half
    return Estimate(name, value, se, low, high, p_value, n_models, n_tasks, n_domain_tasks, method), df


def _by_block(table: TaskTable, weights: np.ndarray) -> Sequence[tuple[np.ndarray, np.ndarray]]:
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
    return float((scaled**2 * residual**2).sum()), float(gram.trace() ** 2 / (gram**2).sum())


def _check_rank(x: np.ndarray, names: Sequence[str]) -> None:
    scale = np.sqrt((x**2).sum(0))
    scaled = x / np.where(scale > 0, scale, 1.0)
    for k, name in enumerate(names):
        others = np.delete(scaled, k, axis=1)
        left = scaled[:, k] - others @ np.linalg.lstsq(others, scaled[:, k], rcond=None)[0]
        if not (left**2).sum() > 1e-10:
            raise ScoresError(f"{name} is determined by the task types and the other columns: nothing to estimate")
