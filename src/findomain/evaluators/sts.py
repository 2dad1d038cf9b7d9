"""Semantic textual similarity, and FinMTEB's Summarization: do similar pairs have higher gold scores?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from findomain.evaluators.evaluation import Evaluation
from findomain.evaluators.similarity import paired


def sts(first: np.ndarray, second: np.ndarray, gold: Sequence[float]) -> Evaluation:
    """Spearman and Pearson correlation of gold scores with the cosine, Manhattan and Euclidean similarity.

    Embeddings ``(n, d)`` of the two texts of each pair. Correlations are NaN where all similarities are equal.
    """
    similarities = paired(first, second)
    target = np.asarray(gold, dtype=np.float64)
    scores = {}
    for name in ("cosine", "manhattan", "euclidean"):
        if np.ptp(similarities[name]) == 0:
            scores |= {f"{name}_pearson": float("nan"), f"{name}_spearman": float("nan")}
            continue
        scores[f"{name}_pearson"] = float(stats.pearsonr(target, similarities[name]).statistic)
        scores[f"{name}_spearman"] = float(stats.spearmanr(target, similarities[name]).statistic)
    scores |= {"pearson": scores["cosine_pearson"], "spearman": scores["cosine_spearman"]}

    def reweighted(metric: str, weights: np.ndarray) -> np.ndarray:
        name, _, kind = metric.rpartition("_")
        values = similarities[name or "cosine"].astype(np.float64)
        if kind == "pearson":
            return weighted_correlation(target[None], values[None], weights)
        return weighted_correlation(weighted_ranks(target, weights), weighted_ranks(values, weights), weights)

    return Evaluation(scores, len(target), reweighted)


def weighted_ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mid-ranks of a sample that holds item i ``weights[:, i]`` times, ``(draws, n)``."""
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(values[order]) != 0])
    groups = np.add.reduceat(weights[:, order], starts, axis=1)
    middle = np.cumsum(groups, axis=1) - (groups - 1) / 2
    ranks = np.empty_like(weights)
    ranks[:, order] = np.repeat(middle, np.diff(np.r_[starts, len(values)]), axis=1)
    return ranks


def weighted_correlation(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Pearson correlation with weights, ``(draws,)``; NaN where one side does not vary."""
    total = weights.sum(1, keepdims=True)
    x = x - (weights * x).sum(1, keepdims=True) / total
    y = y - (weights * y).sum(1, keepdims=True) / total
    spread = (weights * x * x).sum(1) * (weights * y * y).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (weights * x * y).sum(1) / np.sqrt(spread)
