"""Similarities of paired rows, as the reference library defines them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.metrics.pairwise import paired_cosine_distances


def normalised(vectors: np.ndarray) -> np.ndarray:
    """Rows of length one, float32; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def paired(first: np.ndarray, second: np.ndarray) -> Mapping[str, np.ndarray]:
    """Similarity of row i of one with row i of the other, ``(n,)`` each, greater is more alike.

    ``cosine``, ``dot``, and the negative ``manhattan`` and ``euclidean`` distances.
    """
    difference = first - second
    return {
        # To the last digit what the reference computes, which decides among pairs that are all but equally similar.
        "cosine": 1 - paired_cosine_distances(first, second),
        "manhattan": -np.abs(difference).sum(1),
        "euclidean": -np.sqrt(np.einsum("ij,ij->i", difference, difference)),
        "dot": np.vecdot(first, second),
    }
