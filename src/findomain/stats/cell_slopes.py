"""Least squares of the scores on facts of single cells (a model on a task), with model and task held fixed.

``score[m, t] = a[m] + b[t] + X[m, t] . beta + e[m, t]`` within each task type, one beta for all types. The facts are
first freed of what models and tasks explain (Frisch & Waugh 1933); the error is clustered by task and by model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.clusters import both_ways, clustered
from findomain.stats.contrast import model_rows
from findomain.stats.effects import fit, make_blocks
from findomain.stats.estimate import Estimate, t_estimate

METHOD = "model and task held fixed, clustered by task and model (CR2)"


@dataclass(frozen=True, slots=True)
class CellSlopes:
    """Coefficients of facts of cells.

    Attributes:
        names: the facts.
        beta: coefficients, shape (j,); NaN for a fact that never differs between the tasks of a model.
        by_task, by_model: x'x and x'residual of each task and each model.
        cells: what each single score adds to ``x'residual``, shape (n_scores, j).
    """

    names: tuple[str, ...]
    beta: np.ndarray
    by_task: tuple[np.ndarray, np.ndarray]
    by_model: tuple[np.ndarray, np.ndarray]
    cells: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Which coefficients could be estimated, shape (j,)."""
        return np.isfinite(self.beta)

    def variance(self, weights: np.ndarray) -> tuple[float, float]:
        """Variance and degrees of freedom of ``weights @ beta``; the weight of an unknown coefficient must be 0."""
        weights = weights[self.known]
        if not weights.any():
            return 0.0, math.inf
        inverse = np.linalg.inv(self.by_task[0].sum(0))
        single = float(((self.cells @ inverse @ weights) ** 2).sum())
        return both_ways(clustered(weights, *self.by_task), clustered(weights, *self.by_model), single)

    def estimate(self, name: str, label: str, *, n_domain_tasks: int) -> Estimate:
        """One coefficient with its interval; ``label`` names the estimate."""
        place = self.names.index(name)
        value = float(self.beta[place])
        weights = np.eye(len(self.names))[place]
        variance, df = self.variance(weights) if self.known[place] else (math.nan, math.nan)
        n_models, n_tasks = len(self.by_model[0]), len(self.by_task[0])
        return t_estimate(label, value, variance, df, (n_models, n_tasks, n_domain_tasks), METHOD)


def cell_slopes(scores: pd.DataFrame, facts: pd.DataFrame) -> CellSlopes:
    """Regress the scores on ``facts``, a frame with the rows of ``scores`` and a numeric column a fact.

    Raises:
        ScoresError: two facts that cannot be told apart once models and tasks are held fixed.
    """
    fits = [fit(block) for block in make_blocks(scores)]
    y = [fitted.residual for fitted in fits]
    x = [_residuals(scores, facts[name]) for name in facts]
    size = np.array([sum(float((part**2).sum()) for part in column) for column in x])
    known = size > 1e-9
    if not known.any():
        return CellSlopes(tuple(facts), np.full(len(x), np.nan), *_empty())
    stacked = [np.stack([column[k] for column, keep in zip(x, known, strict=True) if keep], -1) for k in range(len(y))]
    gram = sum(np.einsum("mti,mtj->ij", part, part) for part in stacked)
    unit = gram / np.sqrt(np.outer(gram.diagonal(), gram.diagonal()))
    if np.linalg.eigvalsh(unit)[0] < 1e-8:
        raise ScoresError(f"{', '.join(facts)}: cannot be told apart once models and tasks are held fixed")
    beta = np.linalg.solve(gram, sum(np.einsum("mti,mt->i", p, r) for p, r in zip(stacked, y, strict=True)))
    moments = [p * (r - p @ beta)[..., None] for p, r in zip(stacked, y, strict=True)]
    full = np.full(len(x), np.nan)
    full[known] = beta
    models, rows = model_rows(fits)
    by_model = (np.zeros((len(models), len(beta), len(beta))), np.zeros((len(models), len(beta))))
    for row, p, moment in zip(rows, stacked, moments, strict=True):
        by_model[0][row] += np.einsum("mti,mtj->mij", p, p)
        by_model[1][row] += moment.sum(1)
    by_task = (
        np.concatenate([np.einsum("mti,mtj->tij", p, p) for p in stacked]),
        np.concatenate([moment.sum(0) for moment in moments]),
    )
    cells = np.concatenate([moment.reshape(-1, len(beta)) for moment in moments])
    return CellSlopes(tuple(facts), full, by_task, by_model, cells)


def _residuals(scores: pd.DataFrame, fact: pd.Series) -> list[np.ndarray]:
    return [fit(block).residual for block in make_blocks(scores.assign(score=fact.to_numpy(float)))]


def _empty() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray], np.ndarray]:
    none = (np.zeros((0, 0, 0)), np.zeros((0, 0)))
    return none, none, np.zeros((0, 0))


def taken_off(scores: pd.DataFrame, facts: pd.DataFrame, slopes: CellSlopes) -> pd.DataFrame:
    """The scores less what the facts add to them."""
    beta = np.where(slopes.known, slopes.beta, 0.0)
    return scores.assign(score=scores["score"].to_numpy(float) - facts.to_numpy(float) @ beta)
