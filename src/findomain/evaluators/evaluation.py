"""What an evaluator returns: its scores, and how a score comes out when items weigh otherwise (for its interval)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

N_DRAWS = 400
Z95 = 1.959963984540054
# Numbers held at once by a block of bootstrap draws.
BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one model on one task.

    Attributes:
        scores: value by the field's name of the metric, 0-1 (correlations -1 to 1).
        n_items: items that are judged: pairs, texts, queries or documents.
        reweighted: metric and weights ``(draws, n_items)``, how often each item is drawn, to values ``(draws,)``.
    """

    scores: Mapping[str, float]
    n_items: int
    reweighted: Callable[[str, np.ndarray], np.ndarray]


def draws(n_items: int, n_draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """How often each item is drawn with replacement: blocks of rows ``(some draws, n_items)``, float64."""
    step = max(1, BLOCK // n_items)
    for start in range(0, n_draws, step):
        rows = min(step, n_draws - start)
        drawn = rng.integers(0, n_items, (rows, n_items)) + np.arange(rows)[:, None] * n_items
        yield np.bincount(drawn.ravel(), minlength=rows * n_items).reshape(rows, n_items).astype(np.float64)


def interval(evaluation: Evaluation, metric: str, *, n_draws: int = N_DRAWS, seed: int = 0) -> tuple[float, float]:
    """95 % interval of a score over the drawing of items, the model and the classifiers' draws held fixed.

    The score plus and minus 1.96 standard deviations of the bootstrap (Efron and Tibshirani 1993, section 12.2), not
    its percentiles: those of a V-measure or an average precision are off centre, as every draw repeats items.
    NaN with fewer than two items.
    """
    value = evaluation.scores[metric]
    if evaluation.n_items < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    blocks = [evaluation.reweighted(metric, block) for block in draws(evaluation.n_items, n_draws, rng)]
    # A draw of, say, one class alone has no average precision.
    spread = float(np.nanstd(np.concatenate(blocks), ddof=1))
    return value - Z95 * spread, value + Z95 * spread


def mean_over_items(values: Mapping[str, np.ndarray]) -> Callable[[str, np.ndarray], np.ndarray]:
    """``reweighted`` for metrics that are means over items; items that are NaN do not count."""

    def reweighted(metric: str, weights: np.ndarray) -> np.ndarray:
        kept = np.isfinite(values[metric])
        return weights[:, kept] @ values[metric][kept] / weights[:, kept].sum(1)

    return reweighted


def item_values(evaluation: Evaluation, metric: str) -> np.ndarray:
    """What each item contributes to a score, ``(n_items,)``; their mean is the score.

    The jackknife's influence of an item, added to the score: (n - 1) times what the score loses without the item. For a
    mean over items these are the items' own values; for a correlation, an average precision or a V-measure they make it
    a mean to first order (Efron and Tibshirani 1993, chapter 11), so that items can be compared, drawn and left out.
    NaN for fewer than two items.
    """
    n, value = evaluation.n_items, evaluation.scores[metric]
    if n < 2:
        return np.full(n, np.nan)
    step = max(1, BLOCK // n)
    left = []
    for start in range(0, n, step):
        rows = np.arange(start, min(start + step, n))
        weights = np.ones((len(rows), n))
        weights[np.arange(len(rows)), rows] = 0.0
        left.append(evaluation.reweighted(metric, weights))
    without = np.concatenate(left)
    return value + (n - 1) * (np.nanmean(without) - without)
