"""Models crossed with tasks: the two-way fixed-effects fit that every gap and every rank starts from.

Within a task type, ``score[m, t] = a[m] + b[t] + e[m, t]``. Most models lack most tasks, so raw means would
compare different models on different tasks; the fit does not. A linear function ``p.a + q.b`` of the effects is
also linear in the scores, and its weights say what each score contributed (its influence).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True, slots=True)
class Block:
    """The scores of one task type as a dense table with holes.

    Attributes:
        task_type: the type that all tasks share.
        models: names, shape (n_models,).
        tasks: names, shape (n_tasks,).
        domains: domain of each task, shape (n_tasks,).
        score: shape (n_models, n_tasks), 0 where missing.
        present: 1.0 where a score is there, else 0.0; same shape.
        n_dropped: scores left out because they lie outside of the largest connected part of the table.
    """

    task_type: str
    models: np.ndarray
    tasks: np.ndarray
    domains: np.ndarray
    score: np.ndarray
    present: np.ndarray
    n_dropped: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Least-squares effects of one block.

    Attributes:
        block: the scores that were fitted.
        model_effect: a, shape (n_models,); mean zero.
        task_effect: b, shape (n_tasks,): the score that the average model of the block has on the task.
        residual: e, shape (n_models, n_tasks), 0 where missing.
        inverse: pseudo-inverse of the tasks' normal equations, shape (n_tasks, n_tasks).
    """

    block: Block
    model_effect: np.ndarray
    task_effect: np.ndarray
    residual: np.ndarray
    inverse: np.ndarray

    @property
    def residual_variance(self) -> float:
        """Variance of e (the interaction of model and task, and noise); NaN without spare scores."""
        n_models, n_tasks = self.block.score.shape
        spare = self.block.present.sum() - n_models - n_tasks + 1
        return float((self.residual**2).sum() / spare) if spare > 0 else float("nan")


def make_blocks(scores: pd.DataFrame) -> list[Block]:
    """Split a scores table by task type, in alphabetical order, keeping each type's largest connected part."""
    return [_block(str(task_type), part) for task_type, part in scores.groupby("task_type", sort=True, observed=True)]


def _block(task_type: str, part: pd.DataFrame) -> Block:
    model_code, models = pd.factorize(part["model"], sort=True)
    task_code, tasks = pd.factorize(part["task"], sort=True)
    keep_model, keep_task = _largest_part(model_code, task_code, len(models), len(tasks))
    present = np.zeros((len(models), len(tasks)))
    score = np.zeros_like(present)
    present[model_code, task_code] = 1.0
    score[model_code, task_code] = part["score"].to_numpy(float)
    domains = np.empty(len(tasks), dtype=object)
    domains[task_code] = part["domain"].to_numpy(object)
    here = np.ix_(keep_model, keep_task)
    return Block(
        task_type=task_type,
        models=np.asarray(models, dtype=object)[keep_model],
        tasks=np.asarray(tasks, dtype=object)[keep_task],
        domains=domains[keep_task],
        score=score[here],
        present=present[here],
        n_dropped=int(present.sum() - present[here].sum()),
    )


def _largest_part(
    model_code: np.ndarray, task_code: np.ndarray, n_models: int, n_tasks: int
) -> tuple[np.ndarray, np.ndarray]:
    """Which models and tasks belong to the connected part with the most scores (effects compare only within one)."""
    size = n_models + n_tasks
    edges = coo_array((np.ones(len(model_code)), (model_code, n_models + task_code)), shape=(size, size))
    _, part = connected_components(edges, directed=False)
    largest = np.bincount(part[model_code]).argmax()
    return part[:n_models] == largest, part[n_models:] == largest


def fit(block: Block, *, model_weight: np.ndarray | None = None) -> Fit:
    """Fit a block by (weighted) least squares.

    ``model_weight`` (n_models,) counts each model so many times, as a bootstrap over models does; a task that
    keeps no model gets the effect NaN.
    """
    weight = block.present if model_weight is None else block.present * model_weight[:, None]
    n_model, n_task = weight.sum(1), weight.sum(0)
    per_model = np.divide(1.0, n_model, out=np.zeros_like(n_model), where=n_model > 0)
    normal = np.diag(n_task) - weight.T @ (weight * per_model[:, None])
    inverse = _laplacian_inverse(normal)
    weighted = weight * block.score
    task = inverse @ (weighted.sum(0) - weight.T @ (weighted.sum(1) * per_model))
    model = (weighted.sum(1) - weight @ task) * per_model
    residual = block.present * (block.score - model[:, None] - task)
    counted = n_model > 0
    level = float(model[counted].mean())
    return Fit(
        block=block,
        model_effect=np.where(counted, model - level, np.nan),
        task_effect=np.where(n_task > 0, task + level, np.nan),
        residual=residual,
        inverse=inverse,
    )


def _laplacian_inverse(normal: np.ndarray) -> np.ndarray:
    """Pseudo-inverse of the normal equations; those of a connected table have the constant as their one null vector."""
    n = len(normal)
    constant = np.full((n, n), 1 / n)
    shifted = normal + constant * max(normal.trace() / n, 1.0)
    try:
        factor = np.linalg.cholesky(shifted)
        connected = factor.diagonal().min() > 1e-4 * factor.diagonal().max()
    except np.linalg.LinAlgError:
        connected = False
    if not connected:  # a bootstrap can leave a task without models, or part the table
        return np.linalg.pinv(normal, rcond=1e-10, hermitian=True)
    return np.linalg.inv(shifted) - constant / max(normal.trace() / n, 1.0)


def influence(fitted: Fit, *, on_models: np.ndarray, on_tasks: np.ndarray) -> np.ndarray:
    """Weights w, shape (n_models, n_tasks), with ``sum(w * score) = on_models . a + on_tasks . b``.

    ``on_models`` and ``on_tasks`` must have the same sum, else the function depends on where a and b are centred.
    """
    present = fitted.block.present
    n_model = present.sum(1)
    v = fitted.inverse @ (on_tasks - present.T @ (on_models / n_model))
    u = (on_models - present @ v) / n_model
    return present * (u[:, None] + v)


def model_effects(scores: pd.DataFrame, *, min_tasks: int = 1) -> pd.Series:
    """How good each model is on a set of tasks: its effect, averaged over the task types that it was run on.

    Adding 0.01 means one point more on every task of the set. Models with fewer than ``min_tasks`` tasks are left out.
    """
    fitted = [fit(block) for block in make_blocks(scores)]
    table = pd.DataFrame({f.block.task_type: pd.Series(f.model_effect, index=f.block.models) for f in fitted})
    n_tasks = scores.groupby("model")["task"].nunique()
    enough = n_tasks.index[n_tasks >= min_tasks]
    return table.reindex(table.index.intersection(enough)).mean(axis=1).rename("model_effect").sort_index()
