"""Inference for a contrast of task effects between a domain and the rest, with tasks and models both random.

The error has two crossed sources (two-way clustering, Cameron, Gelbach & Miller 2011): which tasks were drawn and
which models. The tasks' part comes from the spread of task effects within a cell (task type x domain or not), as
HC2 and Welch's test have it, so that few domain tasks are no excuse for a short interval. The domain's spread is the
other tasks' spread of that type times one factor that all types share: one factor, because most types have one or
two domain tasks, and a variance of one or two numbers is none. It has as many degrees of freedom as there are domain
tasks beyond one a type, and they carry over to the interval (``Reference``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from findomain.stats.effects import Fit, influence

ENOUGH = 4  # degrees of freedom from which a type's own variance is used; with fewer it is hardly a number


@dataclass(frozen=True, slots=True)
class Cells:
    """Weights and task effects of the types that a contrast uses, one entry a type.

    Attributes:
        fits: the fitted blocks.
        inside: bool arrays (n_tasks,): which tasks belong to the domain.
        weight_inside: weight of the domain's mean in each type; the weights sum to 1.
        weight_outside: weight of the other tasks' mean in each type; the weights sum to 1.
        models: names of all models, sorted.
        rows: int arrays (n_models of the block,): position of each block's models in ``models``.
    """

    fits: tuple[Fit, ...]
    inside: tuple[np.ndarray, ...]
    weight_inside: np.ndarray
    weight_outside: np.ndarray
    models: np.ndarray
    rows: tuple[np.ndarray, ...]


def make_cells(
    fits: Sequence[Fit], inside: Sequence[np.ndarray], weight_inside: np.ndarray, weight_outside: np.ndarray
) -> Cells:
    """Put the types together; the weights need not be normed."""
    models, rows = model_rows(fits)
    return Cells(
        fits=tuple(fits),
        inside=tuple(inside),
        weight_inside=weight_inside / weight_inside.sum(),
        weight_outside=weight_outside / weight_outside.sum(),
        models=models,
        rows=rows,
    )


@dataclass(frozen=True, slots=True)
class Reference:
    """Distribution of an estimate over its standard error, whose square is a sum of two estimated parts.

    ``se^2 = share * X / df + (1 - share) * Y / df_rest``, X and Y chi-squared: a t distribution where ``share`` is 1
    or 0. Satterthwaite's single t for the sum has far too long tails when ``df`` is 1 to 3, the usual case here.
    The share is that of the design, tasks inside and outside spreading alike, as in Bell & McCaffrey (2002).

    Attributes:
        share: part of the variance that the domain's tasks give.
        df: degrees of freedom of that part.
        df_rest: degrees of freedom of the rest.
    """

    share: float
    df: float
    df_rest: float

    def p_value(self, t: float) -> float:
        """Two-sided p of a ratio t; NaN for NaN."""
        return float(2 * special.ndtr(-abs(t) * self._scale()).mean())

    def quantile(self) -> float:
        """The ratio that is exceeded, on either side, with probability 0.05."""
        scale = self._scale()
        return float(optimize.brentq(lambda t: 2 * special.ndtr(-t * scale).mean() - 0.05, 0.5, 1e4, xtol=1e-6))

    def _scale(self) -> np.ndarray:
        inside = _chi_squared_nodes(self.df, 400)[:, None]
        return np.sqrt(self.share * inside + (1 - self.share) * _chi_squared_nodes(self.df_rest, 25))


def _chi_squared_nodes(df: float, n: int) -> np.ndarray:
    """n equally likely values of a chi-squared over its degrees of freedom."""
    return 2 * special.gammaincinv(df / 2, (np.arange(n) + 0.5) / n) / df


@dataclass(frozen=True, slots=True)
class Contrast:
    """Value of a contrast and the parts of its variance.

    Attributes:
        estimate: the contrast, domain minus the rest.
        variance_tasks: part that comes from the draw of tasks.
        variance_models: part that comes from the draw of models, beyond the scores' own noise; at least 0.
        reference: distribution of estimate / se when there is no gap.
    """

    estimate: float
    variance_tasks: float
    variance_models: float
    reference: Reference

    @property
    def se(self) -> float:
        """Standard error."""
        return math.sqrt(self.variance_tasks + self.variance_models)


@dataclass(frozen=True, slots=True)
class Spread:
    """How much more a domain's task effects vary than those of the other tasks of their type.

    Attributes:
        factor: ratio of the variances, shape (...); 1 where no type has two domain tasks and it must be assumed.
        df: its degrees of freedom, the domain tasks beyond one a type; 0 where it is assumed.
        pooled: variance of the other tasks' effects, pooled over types, shape (..., 1); thin types borrow it.
        df_pooled: its degrees of freedom.
    """

    factor: np.ndarray
    df: int
    pooled: np.ndarray
    df_pooled: np.ndarray


def contrast(cells: Cells, *, spread: Spread | None = None, extra: tuple[float, float] = (0.0, math.inf)) -> Contrast:
    """Estimate the contrast with its two-way clustered variance.

    ``spread`` may come from more types than the contrast uses; by default it is estimated from the same cells.
    ``extra`` is one more independent part of the variance, counted with the models', and its degrees of freedom.
    """
    summary = summarise([fitted.task_effect for fitted in cells.fits], cells.inside)
    spread = domain_spread(summary) if spread is None else spread
    parts = variance_parts(summary, cells, spread)
    tasks = float(spread.factor * parts.inside.sum() + parts.outside.sum())
    models, n_models = models_variance(cells)
    inside, rest = parts.inside.sum(), parts.outside.sum() + models + extra[0]
    # The domain's part is a factor times the other tasks' variances: both are estimates.
    noise = (parts.inside**2 / parts.df_outside).sum() / inside**2 + (1 / spread.df if spread.df else 0.0)
    squares = (parts.outside**2 / parts.df_outside).sum() + models**2 / max(n_models - 1, 1) + extra[0] ** 2 / extra[1]
    reference = Reference(share=float(inside / (inside + rest)), df=float(1 / noise), df_rest=float(rest**2 / squares))
    value = (cells.weight_inside * summary.mean_inside - cells.weight_outside * summary.mean_outside).sum()
    return Contrast(float(value), tasks, models + extra[0], reference)


@dataclass(frozen=True, slots=True)
class CellSummary:
    """Number, mean and sum of squares of the task effects, shape (..., n_types), inside and outside of the domain."""

    n_inside: np.ndarray
    n_outside: np.ndarray
    mean_inside: np.ndarray
    mean_outside: np.ndarray
    squares_inside: np.ndarray
    squares_outside: np.ndarray


def summarise(effects: list[np.ndarray], inside: tuple[np.ndarray, ...] | list[np.ndarray]) -> CellSummary:
    """Sum up task effects by type; ``inside[k]`` may be (n_tasks,) or (n_labellings, n_tasks)."""
    columns: list[tuple[np.ndarray, ...]] = []
    for effect, labels in zip(effects, inside, strict=True):
        centred = effect - effect.mean()
        chosen = labels.astype(float)
        n, total, total_squares = chosen.sum(-1), centred.sum(), (centred**2).sum()
        n_rest = len(effect) - n  # either may be 0 where the type has weight 0
        s, q = chosen @ centred, chosen @ centred**2
        mean, rest = s / np.maximum(n, 1), (total - s) / np.maximum(n_rest, 1)
        columns.append(
            (
                n,
                n_rest,
                mean + effect.mean(),
                rest + effect.mean(),
                np.maximum(q - n * mean**2, 0.0),
                np.maximum(total_squares - q - n_rest * rest**2, 0.0),
            )
        )
    return CellSummary(*(np.stack(column, axis=-1) for column in zip(*columns, strict=True)))


@dataclass(frozen=True, slots=True)
class VarianceParts:
    """Variance of a contrast by type, inside and outside of the domain, and the degrees of freedom of the latter."""

    inside: np.ndarray
    outside: np.ndarray
    df_outside: np.ndarray


def variance_parts(summary: CellSummary, cells: Cells, spread: Spread) -> VarianceParts:
    """Variance of the contrast by cell if the domain's tasks spread like the others; last axis: types."""
    variance, df = _outside_variance(summary, spread.pooled, spread.df_pooled)
    return VarianceParts(
        inside=cells.weight_inside**2 * variance / np.maximum(summary.n_inside, 1),
        outside=cells.weight_outside**2 * variance / np.maximum(summary.n_outside, 1),
        df_outside=df,
    )


def _outside_variance(summary: CellSummary, pooled: np.ndarray, df_pooled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance of the other tasks' effects by type, and its degrees of freedom; thin types borrow that of all types."""
    df = np.maximum(summary.n_outside - 1, 0)
    own = summary.squares_outside / np.maximum(df, 1)
    variance = np.where(df >= ENOUGH, own, pooled)
    return np.maximum(variance, np.finfo(float).tiny), np.where(df >= ENOUGH, df, df_pooled)


def domain_spread(summary: CellSummary) -> Spread:
    """Estimate the spread factor from all types that have two domain tasks or more."""
    df_pooled = np.maximum(summary.n_outside - 1, 0).sum(-1, keepdims=True).astype(float)
    df_pooled[df_pooled == 0] = np.nan  # one other task a type: no spread to be seen, so no interval
    pooled = summary.squares_outside.sum(-1, keepdims=True) / df_pooled
    variance, df_outside = _outside_variance(summary, pooled, df_pooled)
    df = int(np.max(np.maximum(summary.n_inside - 1, 0).sum(-1)))
    # The mean of 1 / variance is df / (df - 2) times what it estimates.
    ratio = summary.squares_inside / variance * np.maximum(df_outside - 2, 1) / df_outside
    factor = ratio.sum(-1) / df if df else np.ones(ratio.shape[:-1])
    return Spread(factor, df, pooled, df_pooled)


def t_ratio(summary: CellSummary, cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """The contrast and its ratio to the tasks' part of its standard error, for any number of labellings at once."""
    value = (cells.weight_inside * summary.mean_inside - cells.weight_outside * summary.mean_outside).sum(-1)
    spread = domain_spread(summary)
    parts = variance_parts(summary, cells, spread)
    variance = spread.factor * parts.inside.sum(-1) + parts.outside.sum(-1)
    return value, value / np.sqrt(variance)


def models_variance(cells: Cells) -> tuple[float, int]:
    """Variance that the draw of models gives the contrast, and the number of models.

    Clustered by model, less the part that single scores explain (it is in the tasks' variance already).
    """
    weights = [contrast_weights(cells, k) for k in range(len(cells.fits))]
    return clustered_by_model(cells.fits, cells.rows, weights)


def clustered_by_model(
    fits: Sequence[Fit], rows: Sequence[np.ndarray], weights: Sequence[tuple[np.ndarray, np.ndarray]]
) -> tuple[float, int]:
    """The same for any linear function of model and task effects, given by its weights on both, a pair a block.

    ``rows`` are the positions of each block's models among all (``model_rows``). Blocks without weight do not count.
    """
    by_model = np.zeros(max(int(row.max()) for row in rows) + 1)
    there = np.zeros(len(by_model), dtype=bool)
    single = 0.0
    for fitted, row, (on_models, on_tasks) in zip(fits, rows, weights, strict=True):
        if not (on_tasks.any() or on_models.any()):
            continue
        pieces = influence(fitted, on_models=on_models, on_tasks=on_tasks) * fitted.residual
        by_model[row] += pieces.sum(1) + on_models * fitted.model_effect
        there[row] = True
        single += float((pieces**2).sum())
    n = int(there.sum())
    return max(float((by_model**2).sum()) * n / max(n - 1, 1) - single, 0.0), n


def model_rows(fits: Sequence[Fit]) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Names of the models of all blocks, sorted, and the positions of each block's models among them."""
    models = np.unique(np.concatenate([fitted.block.models for fitted in fits]).astype(str))
    return models, tuple(np.searchsorted(models, fitted.block.models.astype(str)) for fitted in fits)


def contrast_weights(cells: Cells, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights of type k's model effects and task effects in the contrast; both sum to the same number."""
    inside = cells.inside[k]
    in_domain, rest = cells.weight_inside[k] / max(inside.sum(), 1), cells.weight_outside[k] / max((~inside).sum(), 1)
    on_tasks = np.where(inside, in_domain, -rest)
    n_models = len(cells.fits[k].block.models)
    return np.full(n_models, (cells.weight_inside[k] - cells.weight_outside[k]) / n_models), on_tasks
