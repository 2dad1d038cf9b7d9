"""Clustering: do k-means clusters of the embeddings agree with the labels?"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics import adjusted_mutual_info_score, v_measure_score

from findomain.evaluators.evaluation import Evaluation

SEED = 42
N_DRAWS = 10
DRAW_SIZE = 16_384


def clustering_sets(embeddings: Sequence[np.ndarray], labels: Sequence[Sequence[int | str]]) -> Evaluation:
    """V-measure of mini-batch k-means on each set, and their mean and standard deviation: one set a row of the data.

    As many clusters as labels. Embeddings ``(n of the set, d)``.
    """
    truth = [np.unique(np.asarray(given, dtype=str), return_inverse=True)[1] for given in labels]
    found = [
        MiniBatchKMeans(n_clusters=int(codes.max()) + 1, batch_size=500, n_init="auto", random_state=SEED)
        .fit(vectors)
        .labels_
        for vectors, codes in zip(embeddings, truth, strict=True)
    ]
    values = [float(v_measure_score(codes, guess)) for codes, guess in zip(truth, found, strict=True)]
    starts = np.r_[0, np.cumsum([len(codes) for codes in truth])]
    parts = [(np.arange(starts[i], starts[i + 1]), truth[i], found[i]) for i in range(len(truth))]
    scores = {"v_measure": float(np.mean(values)), "v_measure_std": float(np.std(values))}
    return Evaluation(scores, int(starts[-1]), _Reweighted(parts))


def clustering_draws(
    embeddings: np.ndarray, labels: Sequence[int | str], *, rng: random.Random | None = None, n_jobs: int = 1
) -> Evaluation:
    """V-measure and adjusted mutual information of mini-batch k-means on ten draws of texts with replacement.

    The newer protocol of the reference library, one text a row of the data; each draw has 16,384 texts.
    """
    rng = rng or random.Random(SEED)
    truth = np.unique(np.asarray(labels, dtype=str), return_inverse=True)[1]
    drawn = [np.array(rng.choices(range(len(truth)), k=DRAW_SIZE)) for _ in range(N_DRAWS)]
    n_clusters = int(truth.max()) + 1
    found = Parallel(n_jobs=n_jobs)(delayed(_cluster)(embeddings, rows, n_clusters) for rows in drawn)
    values = [float(v_measure_score(truth[rows], guess)) for rows, guess in zip(drawn, found, strict=True)]
    mutual = [float(adjusted_mutual_info_score(truth[rows], guess)) for rows, guess in zip(drawn, found, strict=True)]
    scores = {"v_measure": float(np.mean(values)), "v_measure_std": float(np.std(values))}
    scores |= {"ami": float(np.mean(mutual)), "ami_std": float(np.std(mutual))}
    parts = [(rows, truth[rows], guess) for rows, guess in zip(drawn, found, strict=True)]
    return Evaluation(scores, len(truth), _Reweighted(parts))


def _cluster(embeddings: np.ndarray, rows: np.ndarray, n_clusters: int) -> np.ndarray:
    model = MiniBatchKMeans(n_clusters, batch_size=512, init="k-means++", n_init=1, random_state=SEED)
    return model.fit_predict(embeddings[rows])


class _Reweighted:
    """V-measure of fixed clusters when the texts weigh otherwise; a part is (rows, labels, clusters) of one k-means."""

    def __init__(self, parts: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
        self.parts = [(rows, *_cells(truth, found)) for rows, truth, found in parts]

    def __call__(self, metric: str, weights: np.ndarray) -> np.ndarray:
        if metric != "v_measure":
            return np.full(len(weights), np.nan)
        return np.mean([self._one(weights, *part) for part in self.parts], axis=0)

    @staticmethod
    def _one(weights: np.ndarray, rows: np.ndarray, cells: sparse.csr_array, shape: tuple[int, int]) -> np.ndarray:
        table = (cells @ weights[:, rows].T).reshape(*shape, len(weights))
        return v_measures(np.moveaxis(table, -1, 0))


def _cells(truth: np.ndarray, found: np.ndarray) -> tuple[sparse.csr_array, tuple[int, int]]:
    shape = (int(truth.max()) + 1, int(found.max()) + 1)
    n = len(truth)
    place = truth * shape[1] + found
    return sparse.csr_array((np.ones(n), (place, np.arange(n))), shape=(shape[0] * shape[1], n)), shape


def v_measures(tables: np.ndarray) -> np.ndarray:
    """V-measure (Rosenberg and Hirschberg 2007) of contingency tables ``(draws, labels, clusters)``, ``(draws,)``."""
    total = tables.sum((1, 2), keepdims=True)
    share = tables / total
    joint, rows, columns = _entropy(share, (1, 2)), _entropy(share.sum(2), (1,)), _entropy(share.sum(1), (1,))
    mutual = rows + columns - joint
    with np.errstate(invalid="ignore", divide="ignore"):
        homogeneity, completeness = np.where(rows > 0, mutual / rows, 1.0), np.where(columns > 0, mutual / columns, 1.0)
        both = homogeneity + completeness
        return np.where(both > 0, 2 * homogeneity * completeness / both, 0.0)


def _entropy(share: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    return -(share * np.log(np.where(share > 0, share, 1.0))).sum(axes)
