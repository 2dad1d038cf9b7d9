"""Similarities of paired rows, as the reference library defines them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def normalised(vectors: np.ndarray) -> np.ndarray:
    """Rows of length one, float32; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def paired(first: np.ndarray, second: np.ndarray) -> Mapping[str, np.ndarray]:
    """Similarity of row i of one with row i of the other, ``(n,)`` each, greater is more alike.

    ``cosine``, ``dot``, and the negative ``manhattan`` and ``euclidean`` distances.
    """
    difference = first - second
    unit = normalised(first) - normalised(second)
    return {
        # Of unit vectors, 1 - |a - b|^2 / 2: what paired_cosine_distances computes, to the last digit.
        "cosine": 1 - 0.5 * np.einsum("ij,ij->i", unit, unit),
        "manhattan": -np.abs(difference).sum(1),
        "euclidean": -np.sqrt(np.einsum("ij,ij->i", difference, difference)),
        "dot": np.vecdot(first, second),
    }
