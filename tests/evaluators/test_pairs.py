"""Pair classification, STS and summarization: by hand, against scikit-learn and scipy, and reweighted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import average_precision_score

from findomain.evaluators import Evaluation, interval, pair_classification, sts, summarization
from findomain.evaluators.pair_classification import Curve

SAME = 1e-9  # two routes to one number in float64


def along_a_circle(angles: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of unit vectors at given angles."""
    first = np.tile([1.0, 0.0], (len(angles), 1))
    return first, np.array([[math.cos(a), math.sin(a)] for a in angles])


def test_best_thresholds_by_hand() -> None:
    found = pair_classification(*along_a_circle([0.1, 0.2, 0.3, 0.4]), [1, 0, 1, 0]).scores
    assert found["cosine_ap"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["max_accuracy"] == 0.75
    assert (found["cosine_f1"], found["cosine_precision"], found["cosine_recall"]) == pytest.approx((0.8, 2 / 3, 1))


def test_pairs_of_equal_similarity_are_not_told_apart() -> None:
    found = pair_classification(*along_a_circle([0.2, 0.2]), [1, 0]).scores
    assert found["cosine_ap"] == 0.5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40))
def test_average_precision_is_scikit_learns(pairs: list[tuple[int, bool]]) -> None:
    target = np.array([float(label) for _, label in pairs])
    if target.sum() == 0:
        target[0] = 1.0
    values = np.array([value for value, _ in pairs], dtype=float)
    found = Curve.of(values, target).metrics(np.ones((1, len(pairs))))["ap"][0]
    assert found == pytest.approx(average_precision_score(target, values), abs=SAME)


def repeated(rows: np.ndarray, times: np.ndarray) -> np.ndarray:
    return np.repeat(rows, times, axis=0)


@pytest.mark.parametrize("metric", ["max_ap", "max_f1", "max_accuracy", "cosine_precision"])
def test_reweighted_pairs_are_repeated_pairs(metric: str) -> None:
    rng = np.random.default_rng(1)
    first, second, labels = rng.normal(size=(30, 4)), rng.normal(size=(30, 4)), rng.integers(0, 2, 30).astype(float)
    times = rng.integers(0, 4, 30)
    whole = pair_classification(first, second, labels)
    drawn = pair_classification(repeated(first, times), repeated(second, times), repeated(labels, times))
    if metric.startswith("max_"):
        kind = metric.removeprefix("max_")
        best = max(("cosine", "manhattan", "euclidean", "dot"), key=lambda name: whole.scores[f"{name}_{kind}"])
        metric = f"{best}_{kind}"
    found = whole.reweighted(metric, times[None].astype(float))[0]
    assert found == pytest.approx(drawn.scores[metric], abs=SAME)


@pytest.mark.parametrize("metric", ["cosine_spearman", "cosine_pearson", "manhattan_spearman"])
def test_reweighted_correlations_are_those_of_repeated_pairs(metric: str) -> None:
    rng = np.random.default_rng(2)
    first, second, gold = rng.normal(size=(25, 3)), rng.normal(size=(25, 3)), rng.integers(0, 6, 25).astype(float)
    times = rng.integers(0, 4, 25)
    drawn = sts(repeated(first, times), repeated(second, times), repeated(gold, times)).scores[metric]
    found = sts(first, second, gold).reweighted(metric, times[None].astype(float))[0]
    assert found == pytest.approx(drawn, abs=1e-6)  # similarities of float32 vectors


def test_sts_by_hand() -> None:
    found = sts(*along_a_circle([0.1, 0.5, 0.9]), [5, 1, 3]).scores
    assert found["cosine_spearman"] == pytest.approx(0.5)
    assert found["cosine_pearson"] == pytest.approx(stats.pearsonr(np.cos([0.1, 0.5, 0.9]), [5, 1, 3])[0], abs=1e-6)


def test_sts_of_equal_similarities_is_not_defined() -> None:
    assert math.isnan(sts(*along_a_circle([0.3, 0.3]), [1, 2]).scores["cosine_spearman"])


def test_one_item_has_no_interval() -> None:
    one = Evaluation({"x": 1.0}, 1, lambda metric, weights: weights[:, 0])
    assert all(map(math.isnan, interval(one, "x")))


def test_the_interval_narrows_with_the_root_of_the_number_of_pairs() -> None:
    rng = np.random.default_rng(5)
    gold = rng.normal(size=2000)
    second = np.column_stack([np.cos(gold / 3), np.sin(gold / 3)]) + rng.normal(size=(2000, 2)) / 3
    first = np.tile([1.0, 0.0], (2000, 1))

    def width(n: int) -> float:
        low, high = interval(sts(first[:n], second[:n], gold[:n]), "cosine_pearson")
        return high - low

    assert width(125) / width(2000) == pytest.approx(4, rel=0.35)


def test_a_document_that_says_nothing_does_not_count() -> None:
    reference = [np.array([[1.0, 0.0]])] * 2
    candidates = [along_a_circle([0.1, 0.4, 0.9])[1]] * 2
    found = summarization(reference, candidates, [[3, 2, 1], [2, 2, 2]])
    assert found.scores["cosine_spearman"] == pytest.approx(1)
    assert found.n_items == 2
    assert math.isnan(summarization(reference[:1], candidates[:1], [[2, 2, 2]]).scores["cosine_spearman"])
