"""Tests of a domain that take single scores for independent: what is often done, kept here to show what it costs.

Both fit ``score = model + domain`` within a task type (types pooled: ``model x type + domain``) by least squares.
``iid`` is the analysis of variance over cells: it ignores that all models meet the same tasks, so every further model
counts as new evidence on the domain. ``by_model`` clusters by model, which protects against the wrong thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from findomain.stats.effects import Block


@dataclass(frozen=True, slots=True)
class NaiveTest:
    """Coefficient of the domain and two p-values that are not to be believed.

    Attributes:
        estimate: domain minus the rest, score units.
        f_statistic: F of the domain with independent errors, 1 and ``df`` degrees of freedom.
        df: residual degrees of freedom.
        p_iid: p of that F.
        p_by_model: p with errors clustered by model.
    """

    estimate: float
    f_statistic: float
    df: int
    p_iid: float
    p_by_model: float


def naive_test(blocks: Sequence[Block], labels: Sequence[np.ndarray]) -> NaiveTest:
    """Test one labelling; ``labels[k]``, shape (n_tasks,), says which tasks of block k belong to the domain."""
    demeaned = [_within_model(block, label) for block, label in zip(blocks, labels, strict=True)]
    sxx = sum(float((x**2).sum()) for x, _ in demeaned)
    if sxx == 0:
        nan = float("nan")
        return NaiveTest(nan, nan, 0, nan, nan)
    slope = sum(float((x * y).sum()) for x, y in demeaned) / sxx
    residual = [y - slope * x for x, y in demeaned]
    n_groups = sum(len(block.models) for block in blocks)
    df = int(sum(block.present.sum() for block in blocks)) - n_groups - 1
    variance = sum(float((r**2).sum()) for r in residual) / df
    f_statistic = slope**2 * sxx / variance
    by_model = _clustered_variance(blocks, demeaned, residual) / sxx**2
    n_models = len({name for block in blocks for name in block.models})
    return NaiveTest(
        estimate=slope,
        f_statistic=f_statistic,
        df=df,
        p_iid=float(stats.f.sf(f_statistic, 1, df)),
        p_by_model=float(2 * stats.t.sf(abs(slope) / np.sqrt(by_model), n_models - 1)),
    )


def _within_model(block: Block, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Domain indicator and score less their means over the model's own tasks; 0 where missing."""
    count = block.present.sum(1, keepdims=True)
    x = block.present * (label - (block.present @ label.astype(float))[:, None] / count)
    return x, block.present * (block.score - block.score.sum(1, keepdims=True) / count)


def _clustered_variance(
    blocks: Sequence[Block], demeaned: list[tuple[np.ndarray, np.ndarray]], residual: list[np.ndarray]
) -> float:
    sums: dict[str, float] = {}
    for block, (x, _), r in zip(blocks, demeaned, residual, strict=True):
        for name, value in zip(block.models, (x * r).sum(1), strict=True):
            sums[name] = sums.get(name, 0.0) + float(value)
    n = len(sums)
    return sum(value**2 for value in sums.values()) * n / max(n - 1, 1)
