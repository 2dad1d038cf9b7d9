"""Variance components of models crossed with tasks, by unbiased moments, from a table that lacks most of its cells.

``score = task + model + model x (each grouping of the tasks) + rest``. Every quadratic form of the scores has an
expectation that is linear in the components; as many forms as components give them by one linear system (Henderson
1953; Searle, Casella & McCulloch 1992, ch. 5). The forms are sums of squared means over each grouping after the task
means are swept out, each mean weighed by its number of scores, as in Gao & Owen (2017), so that nothing as large as
scores x scores is ever built. No distribution is assumed, and a component may come out below 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from findomain.errors import ScoresError
from findomain.stats.effects import Block, Fit, fit


def model_components(block: Block, groupings: Sequence[np.ndarray]) -> np.ndarray:
    """Variances of model x each grouping of the tasks, and last of the rest; shape (len(groupings) + 1,).

    Args:
        block: scores; what is fixed (exposure) has been taken off.
        groupings: int arrays (n_tasks,), the group of each task; all zeros stands for the model itself.

    Raises:
        ScoresError: two groupings cannot be told apart by the scores that there are.
    """
    present = block.present
    n_task = np.maximum(present.sum(0), 1)
    swept = present * (block.score - block.score.sum(0) / n_task)
    weights = [_per_score(present, labels, inverse=True) * present for labels in groupings]
    together = present.T @ present
    pairs = together / np.outer(n_task, n_task)
    spare = float(present.sum() - (present.sum(0) > 0).sum())
    k = len(groupings)
    forms, system = np.empty(k + 1), np.full((k + 1, k + 1), spare)
    forms[k] = (swept**2).sum()
    for i, (labels, weight) in enumerate(zip(groupings, weights, strict=True)):
        forms[i] = (_group_sums(swept, labels) ** 2 / np.maximum(_group_sums(present, labels), 1)).sum()
        shared = _weighted_pairs(present, labels) * pairs
        for j, others in enumerate(groupings):
            overlap = _per_score(present, _joint(labels, others))
            same = others[:, None] == others
            system[i, j] = (weight * overlap * (1 - 2 / n_task)).sum() + shared[same].sum()
        system[i, k] = (weight * (1 - 1 / n_task)).sum()
    scaled = system / spare
    if spare <= 0 or np.linalg.matrix_rank(scaled, tol=1e-8) <= k:
        raise ScoresError(
            "model, task type and domain cannot be told apart: expected models with tasks in several of each"
        )
    return np.linalg.solve(scaled, forms / spare)


def _joint(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.unique(a * (int(b.max()) + 1) + b, return_inverse=True)[1]


def _group_sums(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Sums over the tasks of each group, shape (n_models, n_groups)."""
    return values @ indicator(labels)


def _per_score(present: np.ndarray, labels: np.ndarray, *, inverse: bool = False) -> np.ndarray:
    """How many scores each score's model has in the group of its task (or one over it), shape (n_models, n_tasks)."""
    counts = np.maximum(_group_sums(present, labels), 1)
    return (1 / counts if inverse else counts)[:, labels]


def _weighted_pairs(present: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """For each two tasks of one group, the models with both, each over its scores in the group; else 0."""
    found = np.zeros((present.shape[1],) * 2)
    for group in np.unique(labels):
        here = np.flatnonzero(labels == group)
        part = present[:, here]
        found[np.ix_(here, here)] = part.T @ (part / np.maximum(part.sum(1, keepdims=True), 1))
    return found


def indicator(labels: np.ndarray) -> np.ndarray:
    """1.0 where a task is in a group, shape (n_tasks, n_groups)."""
    return (labels[:, None] == np.arange(labels.max() + 1)).astype(float)


@dataclass(frozen=True, slots=True)
class CellMeans:
    """Task effects by cell (task type x domain): their means and what varies within.

    Attributes:
        mean: mean task effect, shape (n_cells,).
        n_tasks: shape (n_cells,).
        noise: covariance that the draw of models and the rest give the means, shape (n_cells, n_cells).
        squares: squares of the task effects within a cell less what that noise gives them, shape (n_cells,).
    """

    mean: np.ndarray
    n_tasks: np.ndarray
    noise: np.ndarray
    squares: np.ndarray

    @property
    def task_variance(self) -> float:
        """Variance of the tasks within cells."""
        spare = np.maximum(self.n_tasks - 1, 0).sum()
        return float(self.squares.sum() / spare) if spare else float("nan")


def cell_means(block: Block, cells: np.ndarray, groupings: Sequence[np.ndarray], variances: np.ndarray) -> CellMeans:
    """Means of the task effects by cell, from the two-way fit, which the models' levels do not touch.

    ``variances`` are those of ``model_components`` without the model's own, in the order of ``groupings``, rest last.
    """
    fitted = fit(block)
    inside = indicator(cells)
    n_tasks = inside.sum(0)
    averages = inside.T / np.maximum(n_tasks, 1)[:, None]
    noise = variances[-1] * averages @ fitted.inverse @ averages.T
    single = variances[-1] * fitted.inverse.diagonal().copy()
    for labels, variance in zip(groupings, variances[:-1], strict=True):
        for weights in _group_weights(fitted, labels):
            single += variance * (weights**2).sum(1)
            on_cells = averages @ weights
            noise += variance * on_cells @ on_cells.T
    mean = averages @ fitted.task_effect
    squares = inside.T @ (fitted.task_effect - mean[cells]) ** 2 - (inside.T @ single - n_tasks * noise.diagonal())
    return CellMeans(mean, n_tasks, noise, squares)


def _group_weights(fitted: Fit, labels: np.ndarray) -> list[np.ndarray]:
    """Weights of model x group on the task effects, one array (n_tasks, n_models) a group."""
    present, inverse = fitted.block.present, fitted.inverse
    n_model = np.maximum(present.sum(1), 1)
    level = inverse @ present.T / n_model
    found = []
    for group in np.unique(labels):
        here = labels == group
        found.append(inverse[:, here] @ present[:, here].T - level * present[:, here].sum(1))
    return found


def cell_forms(types: np.ndarray, domains: np.ndarray, n_tasks: np.ndarray) -> np.ndarray:
    """Matrices Q with ``mean' Q mean`` unbiased for the variances of type, domain and type x domain, but for noise.

    MINQUE with all prior ratios 1 (Rao 1971): a cell counts by how sure its mean is, and the weights depend on the
    design alone. Shape (3, n_cells, n_cells); ``types`` and ``domains`` (n_cells,) may have a single level, then the
    parts that have no meaning are left out: with one domain, Q of the type alone.

    Raises:
        ScoresError: type and domain cannot be told apart, or there are too few cells.
    """
    several = [labels for labels in (types, domains) if labels.max() > 0]
    spread = [indicator(labels) @ indicator(labels).T for labels in several]
    if len(several) == 2:
        spread.append(np.eye(len(types)))
    prior = np.linalg.inv(sum(spread) + np.diag(1 / n_tasks))
    level = prior.sum(1)
    swept = prior - np.outer(level, level) / level.sum()
    forms = np.stack([swept @ part @ swept for part in spread])
    system = np.array([[(form * part).sum() for part in spread] for form in forms])
    if np.linalg.matrix_rank(system, tol=1e-9 * np.abs(system).max()) < len(spread):
        raise ScoresError("task type and domain cannot be told apart: expected types with tasks in several domains")
    return np.tensordot(np.linalg.inv(system), forms, axes=1)
