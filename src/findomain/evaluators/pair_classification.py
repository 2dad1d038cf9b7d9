"""Pair classification: how well does a threshold on the similarity tell pairs that belong together?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from findomain.evaluators.evaluation import Evaluation
from findomain.evaluators.similarity import paired

METRICS = ("accuracy", "ap", "f1", "precision", "recall")


def pair_classification(first: np.ndarray, second: np.ndarray, labels: Sequence[float]) -> Evaluation:
    """Average precision, and accuracy, F1, precision and recall at the best threshold, by similarity and their maximum.

    Embeddings ``(n, d)`` of the two texts of each pair; labels 1 (belong together) or 0. A threshold never splits
    pairs of equal similarity. Names are ``cosine_ap``, ``max_f1`` and so on.
    """
    target = np.asarray(labels, dtype=np.float64)
    curves = {name: Curve.of(values, target) for name, values in paired(first, second).items()}
    once = np.ones((1, len(target)))
    by_similarity = {name: curve.metrics(once) for name, curve in curves.items()}
    scores = {f"{name}_{m}": float(row[m][0]) for name, row in by_similarity.items() for m in METRICS}
    scores |= {f"max_{m}": max(float(row[m][0]) for row in by_similarity.values()) for m in METRICS}

    def reweighted(metric: str, weights: np.ndarray) -> np.ndarray:
        name, _, kind = metric.rpartition("_")
        # The similarity that is best on all pairs: taking the best of each draw would only add noise.
        best = max(curves, key=lambda known: scores[f"{known}_{kind}"]) if name == "max" else name
        return curves[best].metrics(weights)[kind]

    return Evaluation(scores, len(target), reweighted)


@dataclass(frozen=True, slots=True)
class Curve:
    """Pairs in falling order of similarity.

    Attributes:
        order: positions of the pairs, ``(n,)``.
        positive: label in that order, ``(n,)``.
        ends: the last place of each group of equal similarity.
    """

    order: np.ndarray
    positive: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, target: np.ndarray) -> Curve:
        """Sort once; every weighting of the pairs uses the order again."""
        order = np.argsort(-values, kind="stable")
        ends = np.flatnonzero(np.r_[np.diff(values[order]) != 0, True])
        return cls(order, target[order], ends)

    def metrics(self, weights: np.ndarray) -> Mapping[str, np.ndarray]:
        """Each metric for weights ``(draws, n)`` of the pairs, ``(draws,)``; NaN without a positive pair."""
        weights = weights[:, self.order]
        true = np.cumsum(weights * self.positive, axis=1)[:, self.ends]
        taken = np.cumsum(weights, axis=1)[:, self.ends]
        n_true, n = true[:, -1:], taken[:, -1:]
        with np.errstate(invalid="ignore", divide="ignore"):
            precision, recall = np.where(taken > 0, true / taken, 0.0), true / n_true
            ap = (np.diff(recall, axis=1, prepend=0.0) * precision).sum(1)
            # As in the reference, the threshold below all pairs is not tried for accuracy and F1.
            f1 = np.where(true > 0, 2 * true / (taken + n_true), 0.0)[:, :-1]
        accuracy = ((2 * true - taken + n - n_true) / n)[:, :-1]
        if not f1.shape[1]:
            nothing = np.zeros(len(weights))
            return dict.fromkeys(METRICS, nothing) | {"ap": ap}
        best = (np.arange(len(f1)), f1.argmax(1))
        found = f1[best] > 0
        return {
            "ap": ap,
            "accuracy": accuracy.max(1),
            "f1": f1[best],
            "precision": np.where(found, precision[best], 0.0),
            "recall": np.where(found, recall[best], 0.0),
        }
