"""The interval of any weighted sum of task effects that sets a domain against other tasks, adjusted or not.

The same rules as the unadjusted gap (``contrast``): the other tasks of a type spread about the fit with that type's
variance, the domain's tasks with the same times one factor that all types share, since most types have too few domain
tasks for a variance of their own; models are drawn too. A regression, a matching and a doubly robust estimate are all
weighted sums, so their intervals are made alike, and without controls the result is that of ``domain_gap``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from findomain.stats.contrast import ENOUGH, Reference, clustered_by_model
from findomain.stats.estimate import Estimate
from findomain.stats.regression import TaskTable, by_block

METHOD = "tasks and models both drawn, domain tasks spread by one factor"


@dataclass(frozen=True, slots=True)
class Residuals:
    """What a fit leaves of the task effects of one type.

    Attributes:
        rows: positions of the tasks in the table's frame.
        inside: which of them are in the domain.
        values: the residuals.
        n_outside_used: coefficients that the other tasks determine; the domain's tasks determine one, their level.
    """

    rows: np.ndarray
    inside: np.ndarray
    values: np.ndarray
    n_outside_used: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Spread of the tasks about a fit.

    Attributes:
        variance: of the other tasks by type.
        df: its degrees of freedom by type.
        factor: the domain's variance over that of the others; 1 where it must be assumed.
        df_factor: its degrees of freedom; 0 where it is assumed.
        residuals: the types.
    """

    variance: np.ndarray
    df: np.ndarray
    factor: float
    df_factor: int
    residuals: tuple[Residuals, ...]


def spread(types: Sequence[Residuals]) -> Spread:
    """Estimate the spread from the residuals of each type; thin types borrow the variance of all."""
    squares = np.array([float((part.values[~part.inside] ** 2).sum()) for part in types])
    df = np.array([max(int((~part.inside).sum()) - part.n_outside_used, 0) for part in types], float)
    own = squares / np.maximum(df, 1)
    total = df.sum()
    pooled = squares.sum() / total if total else math.nan
    variance = np.maximum(np.where(df >= ENOUGH, own, pooled), np.finfo(float).tiny)
    df = np.where(df >= ENOUGH, df, total)
    inside = np.array([float((part.values[part.inside] ** 2).sum()) for part in types])
    spare = np.array([max(int(part.inside.sum()) - 1, 0) for part in types])
    # A residual that its own coefficient makes 0 tells nothing; the mean of 1 / variance is df / (df - 2) times 1.
    ratio = np.where(spare > 0, inside / variance * np.maximum(df - 2, 1) / df, 0.0)
    df_factor = int(spare.sum())
    factor = float(ratio.sum() / df_factor) if df_factor else 1.0
    return Spread(variance, df, factor, df_factor, tuple(types))


def spread_estimate(table: TaskTable, seen: Spread, weights: np.ndarray, *, name: str) -> Estimate:
    """A weighted sum of task effects with its interval over tasks and models.

    ``weights`` has an entry a row of the table's frame and sums to 0 within each type.
    """
    value = float(weights @ table.frame["effect"].to_numpy())
    se, n_models, reference = _error(table, seen, weights)
    n_inside = sum(int((weights[part.rows[part.inside]] != 0).sum()) for part in seen.residuals)
    counts = (n_models, int((weights != 0).sum()), n_inside)
    if reference is None:
        nan = math.nan
        return Estimate(name, value, nan, nan, nan, nan, *counts, METHOD)
    half = reference.quantile() * se
    return Estimate(name, value, se, value - half, value + half, reference.p_value(value / se), *counts, METHOD)


def spread_p(table: TaskTable, seen: Spread, weights: np.ndarray) -> float:
    """The p value of ``spread_estimate`` alone; NaN where it cannot be had."""
    se, _, reference = _error(table, seen, weights)
    value = float(weights @ table.frame["effect"].to_numpy())
    return math.nan if reference is None else reference.p_value(value / se)


def _error(table: TaskTable, seen: Spread, weights: np.ndarray) -> tuple[float, int, Reference | None]:
    """Standard error, models that carry it, and the distribution of the ratio; None where there is no spread to see."""
    models, n_models = clustered_by_model(table.fits, table.rows, by_block(table, weights))
    inside = np.array([(weights[part.rows[part.inside]] ** 2).sum() for part in seen.residuals]) * seen.variance
    outside = np.array([(weights[part.rows[~part.inside]] ** 2).sum() for part in seen.residuals]) * seen.variance
    se = math.sqrt(seen.factor * inside.sum() + outside.sum() + models)
    if not (se > 0 and math.isfinite(se)):
        return math.nan, n_models, None
    return se, n_models, _reference(seen, inside, outside, models, n_models)


def _reference(seen: Spread, inside: np.ndarray, outside: np.ndarray, models: float, n_models: int) -> Reference:
    """Distribution of the ratio, by the design: inside and outside spreading alike, as ``contrast`` has it."""
    rest = float(outside.sum()) + models
    total = float(inside.sum())
    noise = 1 / seen.df_factor if seen.df_factor else 0.0
    if total > 0:  # a change of method leaves the weights of the domain's tasks as they were, where each type has one
        noise += float((inside**2 / seen.df).sum()) / total**2
    squares = float((outside**2 / seen.df).sum()) + models**2 / max(n_models - 1, 1)
    df = 1 / noise if noise else 1.0  # of no weight: the share is 0
    return Reference(share=total / (total + rest), df=df, df_rest=rest**2 / squares)
