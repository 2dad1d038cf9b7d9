"""Semantic dispersion: how far a dataset's texts lie apart, how many directions they fill, how datasets lie together.

All of it takes embeddings, rows by dimensions, from any encoder. Only directions count: rows are scaled to length one
first, in float64. A row of zeros has no direction; it is left out and counted. None of the values changes when all
vectors are rotated together or when the rows are put in another order.

Higher = the texts are more diverse. Values of different encoders cannot be compared with each other: an encoder whose
vectors all lie in a narrow cone gives small distances to everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from findomain.errors import ComplexityError

ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How the vectors of one dataset lie.

    Attributes:
        mean_cosine_distance: mean of ``1 - cos`` over all pairs, from 0 (one direction) to 2; NaN below two vectors.
        effective_rank: directions that the vectors fill, from 1 to the smaller of n and d; NaN without a vector.
        n: vectors that have a direction.
        n_zero: vectors of zeros, left out.
        dimensions: d.
    """

    mean_cosine_distance: float
    effective_rank: float
    n: int
    n_zero: int
    dimensions: int

    def to_dict(self) -> dict[str, float]:
        """The fields by name."""
        return asdict(self)


def semantic_dispersion(vectors: np.ndarray) -> Dispersion:
    """Distance and effective rank of an ``(n, d)`` array.

    Raises:
        ComplexityError: not two-dimensional, or a row holds NaN or infinity.
    """
    total, n = _sum_of_units(vectors)
    return Dispersion(
        mean_cosine_distance=_mean_distance(total, n),
        effective_rank=effective_rank(vectors),
        n=n,
        n_zero=len(vectors) - n,
        dimensions=vectors.shape[1],
    )


def mean_cosine_distance(vectors: np.ndarray) -> float:
    """Mean of ``1 - cos(x_i, x_j)`` over all pairs ``i < j`` of the rows of an ``(n, d)`` array.

    In closed form and O(n d), not O(n^2): with unit vectors u and their sum S, the cosines of all ordered pairs of
    different rows add up to ``|S|^2 - n``, so the mean cosine is ``(|S|^2 - n) / (n (n - 1))``.

    Range 0 to 2; for n vectors at most ``n / (n - 1)``, for vectors spread evenly 1. NaN below two vectors.

    Raises:
        ComplexityError: not two-dimensional, or a row holds NaN or infinity.
    """
    return _mean_distance(*_sum_of_units(vectors))


def effective_rank(vectors: np.ndarray) -> float:
    """Roy and Vetterli's effective rank of the rows, scaled to length one and not centred.

    ``exp(H(p))`` with ``p_k = s_k / sum(s)``, s the singular values themselves (not their squares) and H the entropy in
    nats (Roy and Vetterli 2007, The effective rank: a measure of effective dimensionality). From 1, all rows on one
    line, to the smaller of n and d, all directions filled alike. NaN without a vector.

    The singular values are roots of the eigenvalues of the smaller Gram matrix; those below the rounding of the largest
    (about 3e-7 of it) count as zero.

    Raises:
        ComplexityError: not two-dimensional, or a row holds NaN or infinity.
    """
    gram = _gram(vectors)
    if not gram.size:
        return float("nan")
    eigenvalues = np.linalg.eigvalsh(gram)
    kept = eigenvalues[eigenvalues > eigenvalues[-1] * len(eigenvalues) * np.finfo(np.float64).eps]
    share = np.sqrt(kept) / np.sqrt(kept).sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def cosine_between(datasets: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Cosine between the mean vectors of datasets, a symmetric frame with the datasets' names on both sides.

    A dataset's mean vector is the mean of its rows, each scaled to length one, so that a long vector does not count
    for more. The values are NaN for a dataset without a vector or whose vectors cancel out exactly.

    Raises:
        ComplexityError: an array is not two-dimensional, holds NaN or infinity, or two differ in width.
    """
    widths = {name: np.shape(vectors)[-1] for name, vectors in datasets.items()}
    if len(set(widths.values())) > 1:
        raise ComplexityError(f"embeddings of different widths cannot be compared: {widths}")
    means = [_direction(_sum_of_units(vectors)[0]) for vectors in datasets.values()]
    stacked = np.array(means).reshape(len(means), -1)
    return pd.DataFrame(np.clip(stacked @ stacked.T, -1, 1), index=list(datasets), columns=list(datasets))


def mean_between(cosines: pd.DataFrame) -> float:
    """Mean cosine over all pairs of different datasets: the figure that sums up ``cosine_between``."""
    above = cosines.to_numpy()[np.triu_indices(len(cosines), k=1)]
    return float(above.mean()) if above.size else float("nan")


def _mean_distance(total: np.ndarray, n: int) -> float:
    if n < 2:
        return float("nan")
    mean_cosine = (float(total @ total) - n) / (n * (n - 1))
    return float(min(max(1.0 - mean_cosine, 0.0), 2.0))


def _sum_of_units(vectors: np.ndarray) -> tuple[np.ndarray, int]:
    """The sum of all rows at length one, and how many rows have a length."""
    total, n = np.zeros(_checked(vectors).shape[1]), 0
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        rows, scale = _scaled(vectors, start)
        total += scale @ rows
        n += int(np.count_nonzero(scale))
    return total, n


def _gram(vectors: np.ndarray) -> np.ndarray:
    """The smaller of the two Gram matrices of the rows at length one; rows of zeros add nothing to it."""
    n, d = _checked(vectors).shape
    if n < d:
        rows, scale = _scaled(vectors, 0, n)
        units = rows[scale > 0] * scale[scale > 0, None]
        return units @ units.T
    gram, found = np.zeros((d, d)), 0
    for start in range(0, n, ROWS_AT_ONCE):
        rows, scale = _scaled(vectors, start)
        rows = rows * scale[:, None]
        gram += rows.T @ rows
        found += int(np.count_nonzero(scale))
    return gram if found else np.zeros((0, 0))


def _scaled(vectors: np.ndarray, start: int, n_rows: int = ROWS_AT_ONCE) -> tuple[np.ndarray, np.ndarray]:
    """Some rows in float64, and for each one over its length, 0 for a row of zeros."""
    rows = np.asarray(vectors[start : start + n_rows], dtype=np.float64)
    # Scaled by the largest value first: the square of a very large or very small one does not fit.
    largest = np.maximum(rows.max(axis=1, initial=0), -rows.min(axis=1, initial=0))
    finite = np.isfinite(largest)
    if not finite.all():
        raise ComplexityError(f"row {start + int(np.argmin(finite))} of the vectors holds NaN or infinity")
    odd = (largest > 0) & ((largest < 1e-100) | (largest > 1e100))
    if odd.any():
        rows = rows / np.where(odd, largest, 1.0)[:, None]
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return rows, np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)


def _checked(vectors: np.ndarray) -> np.ndarray:
    if getattr(vectors, "ndim", 0) != 2:
        raise ComplexityError(f"expected an array of vectors, rows by dimensions, got the shape {np.shape(vectors)}")
    return vectors


def _direction(total: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(total)
    return total / length if length > 0 else np.full_like(total, np.nan)
