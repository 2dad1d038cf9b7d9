"""Dispersion: hand-computed examples, the form over all pairs, rotations, odd vectors."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findomain.complexity.dispersion import (
    ROWS_AT_ONCE,
    cosine_between,
    effective_rank,
    mean_between,
    mean_cosine_distance,
    semantic_dispersion,
)
from findomain.errors import ComplexityError

# Sums of products in float64 over a few hundred rows.
TIGHT = 1e-12


def over_all_pairs(vectors: np.ndarray) -> float:
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    first, second = np.triu_indices(len(units), k=1)
    return float(np.mean(1 - (units @ units.T)[first, second]))


def rotation(d: int, rng: np.random.Generator) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=(d, d)))
    return q * np.sign(np.diag(r))


@pytest.mark.parametrize(
    ("vectors", "distance", "rank"),
    [
        ([[1, 0], [0, 1]], 1.0, 2.0),
        ([[1, 0], [5, 0]], 0.0, 1.0),
        ([[1, 0], [-2, 0]], 2.0, 1.0),
        # Three pairs: 1 - 0, 1 - 3/5, 1 - 4/5.
        ([[1, 0], [0, 2], [3, 4]], (1 + 0.4 + 0.2) / 3, None),
        # Singular values sqrt(2) and 1: shares .5858 and .4142, entropy .678356 nats.
        ([[1, 0, 0], [1, 0, 0], [0, 0, 1]], 2 / 3, math.exp(0.678356)),
    ],
)
def test_by_hand(vectors: list, distance: float, rank: float | None) -> None:
    found = semantic_dispersion(np.array(vectors, dtype=np.float32))
    assert found.mean_cosine_distance == pytest.approx(distance, abs=1e-7)
    assert found.mean_cosine_distance == mean_cosine_distance(np.array(vectors, dtype=np.float32))
    if rank is not None:
        assert found.effective_rank == pytest.approx(rank, abs=1e-5)


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 60), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_equals_the_form_over_all_pairs_and_ignores_rotation_and_order(n: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, d)) + rng.normal(size=d)
    distance, rank = mean_cosine_distance(vectors), effective_rank(vectors)
    assert distance == pytest.approx(over_all_pairs(vectors), abs=TIGHT)
    assert 1 - TIGHT <= rank <= min(n, d) * (1 + 1e-9)
    turned = vectors[rng.permutation(n)] @ rotation(d, rng)
    assert mean_cosine_distance(turned) == pytest.approx(distance, abs=TIGHT)
    # A singular value at the rounding threshold may count on one side alone.
    assert effective_rank(turned) == pytest.approx(rank, rel=1e-4)


def test_effective_rank_equals_the_singular_value_decomposition() -> None:
    vectors = np.random.default_rng(1).normal(size=(500, 40)) * np.linspace(0.1, 3, 40)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for rows in (units, units[:20]):
        s = np.linalg.svd(rows, compute_uv=False)
        p = s / s.sum()
        assert effective_rank(rows) == pytest.approx(math.exp(-(p * np.log(p)).sum()), rel=1e-9)


def test_several_chunks_are_one_dataset() -> None:
    vectors = np.random.default_rng(2).normal(size=(ROWS_AT_ONCE + 300, 5)).astype(np.float32)
    assert mean_cosine_distance(vectors) == pytest.approx(over_all_pairs(vectors.astype(np.float64)), abs=TIGHT)


def test_vectors_of_zeros_are_left_out_and_counted() -> None:
    vectors = np.array([[1.0, 0], [0, 0], [0, 3], [0, 0]])
    found = semantic_dispersion(vectors)
    assert (found.n, found.n_zero, found.dimensions) == (2, 2, 2)
    assert found.mean_cosine_distance == pytest.approx(1.0)
    assert found.effective_rank == pytest.approx(2.0)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (4, 3)])
def test_too_few_directions_are_nan(shape: tuple[int, int]) -> None:
    vectors = np.zeros(shape)
    vectors[:1] = 1
    assert math.isnan(mean_cosine_distance(vectors))
    assert math.isnan(effective_rank(vectors)) == (shape[0] == 0)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_length_does_not_matter(size: float) -> None:
    vectors = np.array([[1.0, 0, 0], [1, 1, 0], [0, 0, 1]])
    scaled = vectors * size
    assert mean_cosine_distance(scaled) == pytest.approx(mean_cosine_distance(vectors), abs=TIGHT)
    np.testing.assert_array_equal(scaled, vectors * size)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    vectors = np.ones((6, 2))
    vectors[4, 1] = value
    with pytest.raises(ComplexityError, match="row 4 of the vectors holds NaN or infinity"):
        mean_cosine_distance(vectors)


def test_shapes_are_checked() -> None:
    with pytest.raises(ComplexityError, match=r"shape \(3,\)"):
        mean_cosine_distance(np.ones(3))
    with pytest.raises(ComplexityError, match="different widths"):
        cosine_between({"a": np.ones((2, 3)), "b": np.ones((2, 4))})


def test_cosine_between_datasets_by_hand() -> None:
    east, west = np.array([[2.0, 0], [9, 0]]), np.array([[-1.0, 0]])
    found = cosine_between({"east": east, "north-east": np.array([[1.0, 0], [0, 7]]), "west": west})
    half = math.sqrt(0.5)
    np.testing.assert_allclose(found, [[1, half, -1], [half, 1, -half], [-1, -half, 1]], atol=TIGHT)
    assert mean_between(found) == pytest.approx((half - 1 - half) / 3)
    assert math.isnan(mean_between(found.iloc[:1, :1]))


def test_a_hundred_thousand_vectors_take_less_than_the_pairs_of_a_few_thousand() -> None:
    rng = np.random.default_rng(3)
    many = rng.standard_normal((100_000, 384), dtype=np.float32)
    started = time.perf_counter()
    mean_cosine_distance(many)
    closed = time.perf_counter() - started
    started = time.perf_counter()
    over_all_pairs(many[:6000].astype(np.float64))
    assert closed < max(1.0, time.perf_counter() - started)
