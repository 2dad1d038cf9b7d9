"""The coefficient of a label of tasks, for many labellings at once: what a placebo check of a regression needs.

By Frisch, Waugh & Lovell a coefficient is that of the label less what the controls tell of it. The controls are the
same in every draw, so each step is one product of matrices. ``task_slopes`` equals ``regress`` for its label;
``score_slopes`` is least squares over single scores, with the errors that take them for independent and with two-way
clustered ones. ``welch_slopes`` compares two means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from findomain.stats.clusters import FULL
from findomain.stats.regression import TaskTable


@dataclass(frozen=True, slots=True)
class Slopes:
    """Coefficients of labellings, arrays of shape (n_labels,); NaN where a labelling has none or no error.

    Attributes:
        estimate: label minus the rest, controls held.
        se: standard error.
        df: degrees of freedom of its t.
    """

    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray

    @property
    def p_value(self) -> np.ndarray:
        """Two-sided p."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return 2 * stats.t.sf(np.abs(self.estimate) / self.se, self.df)

    @property
    def half(self) -> np.ndarray:
        """Half of the 95 % interval."""
        return stats.t.ppf(0.975, self.df) * self.se


def cell_matrix(table: TaskTable) -> tuple[np.ndarray, np.ndarray]:
    """Scores (0 where missing) and presence of all models on all tasks, shape (n_models, n_tasks), as ``frame`` has."""
    score = np.zeros((_n_models(table), len(table.frame)))
    present = np.zeros_like(score)
    start = 0
    for fitted, row in zip(table.fits, table.rows, strict=True):
        here = np.ix_(row, range(start, start + len(fitted.block.tasks)))
        score[here], present[here] = fitted.block.score * fitted.block.present, fitted.block.present
        start += len(fitted.block.tasks)
    return score, present


def task_slopes(table: TaskTable, controls: np.ndarray, labels: np.ndarray, *, used: np.ndarray) -> Slopes:
    """Tasks as units (HC2, Bell & McCaffrey's degrees of freedom), clustered by model on top.

    Args:
        table: the tasks.
        controls: columns held, shape (n_used, n_columns), a level for each task type among them.
        labels: shape (n_labels, n_used).
        used: which rows of ``table.frame`` take part, bool.
    """
    maker = _maker(controls)
    d, squares = _left_over(labels, maker)
    effect = maker @ table.frame["effect"].to_numpy()[used]
    value = d @ effect / squares
    row = d / squares[:, None]
    left = maker.diagonal() - d * row
    weighs = row**2 > 1e-12 * (row**2).sum(1, keepdims=True)
    alone = (weighs & (left < 1 - FULL)).any(1)  # a task alone decides the coefficient
    scaled = np.where(weighs, row**2 / np.maximum(left, 1 - FULL), 0.0)
    variance = (scaled * (effect - value[:, None] * d) ** 2).sum(1)
    gram = ((scaled @ maker**2) * scaled).sum(1)
    gram += (-2 * (((scaled * d) @ maker) * scaled * d).sum(1) + (scaled * d**2).sum(1) ** 2 / squares) / squares
    df = (scaled * left).sum(1) ** 2 / np.where(alone, np.nan, gram)
    weights = np.zeros((len(d), len(table.frame)))
    weights[:, used] = row
    models, n_models = _models_variance(table, weights)
    total = np.where(alone, np.nan, variance + models)
    with np.errstate(invalid="ignore"):
        df = total**2 / (variance**2 / df + models**2 / np.maximum(n_models - 1, 1))
    return Slopes(value, np.sqrt(total), df)


def score_slopes(
    score: np.ndarray, present: np.ndarray, controls: np.ndarray, labels: np.ndarray
) -> tuple[Slopes, Slopes]:
    """Least squares of single scores: with independent errors, and clustered by task and by model.

    ``score`` and ``present`` are (n_models, n_tasks), ``controls`` (n_tasks, n_columns), ``labels`` (n_labels,
    n_tasks). Two-way errors after Cameron, Gelbach & Miller (2011), t with the smaller number of clusters less one.
    """
    root = np.sqrt(present.sum(0))
    maker = _maker(controls * root[:, None])
    d, squares = _left_over(labels * root, maker)
    d = d / root
    mean = score.sum(0) / root**2
    fitted = mean - maker @ (mean * root) / root  # what the controls tell of a task's mean
    residual = present * (score - fitted)
    sums, sums_squares = residual.sum(0), (residual**2).sum(0)
    value = d @ sums / squares
    n_cells, n_columns = present.sum(), round(len(maker) - np.trace(maker)) + 1
    naive = (sums_squares.sum() - value**2 * squares) / (n_cells - n_columns) / squares
    by_task = _clusters(d * (sums - value[:, None] * d * root**2))
    by_model = _clusters(d @ residual.T - value[:, None] * (d**2 @ present.T))
    single = (d**2 * (sums_squares - 2 * value[:, None] * d * sums + value[:, None] ** 2 * d**2 * root**2)).sum(1)
    both = np.maximum(by_task + by_model - single, np.maximum(by_task, by_model)) / squares**2
    smaller = min(len(root), int((present.sum(1) > 0).sum())) - 1
    return (
        Slopes(value, np.sqrt(naive), np.full(len(value), n_cells - n_columns)),
        Slopes(value, np.sqrt(both), np.full(len(value), smaller)),
    )


def welch_slopes(count: np.ndarray, sums: np.ndarray, squares: np.ndarray, labels: np.ndarray) -> Slopes:
    """Difference of two means and its t after Welch (1947); each task brings ``count`` values, their sum, squares."""
    sides = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for chosen in (labels.astype(float), 1.0 - labels):
            n, mean = chosen @ count, chosen @ sums / (chosen @ count)
            spread = np.where(n > 1, (chosen @ squares - n * mean**2) / (n - 1) / n, np.nan)
            sides.append((mean, np.maximum(spread, 0.0), n))
        (a, va, na), (b, vb, nb) = sides
        df = (va + vb) ** 2 / (va**2 / (na - 1) + vb**2 / (nb - 1))
    return Slopes(a - b, np.sqrt(va + vb), df)


def _maker(controls: np.ndarray) -> np.ndarray:
    """What is left of a vector after the controls, as a matrix; columns that others determine do no harm."""
    left, size, _ = np.linalg.svd(controls / np.maximum(np.sqrt((controls**2).sum(0)), 1e-300), full_matrices=False)
    basis = left[:, size > 1e-10 * size.max()]
    return np.eye(len(controls)) - basis @ basis.T


def _left_over(labels: np.ndarray, maker: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels = np.asarray(labels, dtype=float)
    d = labels @ maker
    squares = (d**2).sum(1)
    return d, np.where(squares > 1e-10 * np.maximum((labels**2).sum(1), 1e-300), squares, np.nan)


def _clusters(sums: np.ndarray) -> np.ndarray:
    n = sums.shape[1]
    return (sums**2).sum(1) * n / max(n - 1, 1)


def _models_variance(table: TaskTable, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``contrast.clustered_by_model`` for many sums of task effects; weights sum to 0 within each type."""
    by_model, single, start = np.zeros((len(weights), _n_models(table))), np.zeros(len(weights)), 0
    there = np.zeros(by_model.shape, dtype=bool)
    for fitted, row in zip(table.fits, table.rows, strict=True):
        present, squared = fitted.block.present, fitted.residual**2
        on_tasks = weights[:, start : start + len(fitted.block.tasks)]
        v = on_tasks @ fitted.inverse
        u = -(v @ present.T) / present.sum(1)
        by_model[:, row] += v @ fitted.residual.T + u * fitted.residual.sum(1)
        there[:, row] |= on_tasks.any(1, keepdims=True)
        single += (u**2) @ squared.sum(1) + 2 * (u * (v @ squared.T)).sum(1) + (v**2) @ squared.sum(0)
        start += len(fitted.block.tasks)
    n = there.sum(1)
    return np.maximum((by_model**2).sum(1) * n / np.maximum(n - 1, 1) - single, 0.0), n


def _n_models(table: TaskTable) -> int:
    return 1 + max(int(row.max()) for row in table.rows)
