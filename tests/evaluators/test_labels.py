"""Classification and clustering: by hand, against scikit-learn, and reweighted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from findomain.evaluators import (
    classification,
    clustering_draws,
    clustering_sets,
    draw_examples,
    interval,
)
from findomain.evaluators.classification import _confusion_cells, _from_confusion
from findomain.evaluators.clustering import v_measures

SAME = 1e-9  # two routes to one number in float64


def blobs(n: int, n_labels: int, spread: float, seed: int = 0) -> tuple[np.ndarray, list[int]]:
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(n_labels, 8))
    labels = [i % n_labels for i in range(n)]
    return centres[labels] + rng.normal(size=(n, 8)) * spread, labels


def test_separate_classes_are_told_apart() -> None:
    found = classification(*blobs(90, 3, 0.01), *blobs(60, 3, 0.01, 1))
    assert found.scores["accuracy"] == found.scores["f1"] == 1
    assert "ap" not in found.scores


def test_vectors_without_a_label_in_them_are_at_chance() -> None:
    rng = np.random.default_rng(0)
    labels = [i % 4 for i in range(2000)]
    found = classification(rng.normal(size=(200, 8)), labels[:200], rng.normal(size=(2000, 8)), labels)
    low, high = interval(found, "accuracy")
    assert low < 0.25 < high
    assert 0.005 < high - low < 0.06


def test_examples_are_drawn_by_label_and_differ_between_experiments() -> None:
    labels = ["a"] * 50 + ["b"] * 20 + ["c"] * 3
    drawn = draw_examples(labels, samples_per_label=8)
    for rows in drawn:
        assert sorted([labels[row] for row in rows]) == ["a"] * 8 + ["b"] * 8 + ["c"] * 3
    assert len({tuple(sorted(rows)) for rows in drawn}) == 10
    assert drawn == draw_examples(labels, samples_per_label=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30))
def test_scores_from_a_confusion_matrix_are_scikit_learns(rows: list[tuple[int, int, int]]) -> None:
    target, guess, times = (np.array(column) for column in zip(*rows, strict=True))
    times[0] = max(times[0], 1)
    found = _confusion_cells(target, guess, 4) @ times[:, None].astype(float)
    true, said = np.repeat(target, times), np.repeat(guess, times)
    assert _from_confusion("accuracy", found, 4)[0] == pytest.approx(metrics.accuracy_score(true, said), abs=SAME)
    for name, function in (("f1", metrics.f1_score), ("recall", metrics.recall_score)):
        for average, suffix in (("macro", ""), ("weighted", "_weighted")):
            expected = function(true, said, average=average, zero_division=0)
            assert _from_confusion(f"{name}{suffix}", found, 4)[0] == pytest.approx(expected, abs=SAME)


def test_reweighted_with_ones_is_the_score() -> None:
    found = classification(*blobs(60, 2, 3.0), *blobs(80, 2, 3.0, 1))
    ones = np.ones((1, 80))
    for metric in ("accuracy", "f1", "ap", "precision_weighted"):
        assert found.reweighted(metric, ones)[0] == pytest.approx(found.scores[metric], abs=SAME)


def test_clusters_that_are_the_labels() -> None:
    vectors, labels = blobs(120, 4, 0.001)
    assert clustering_sets([vectors], [labels]).scores["v_measure"] == pytest.approx(1)
    noise = np.random.default_rng(0).normal(size=(120, 8))
    assert clustering_sets([noise], [labels]).scores["v_measure"] < 0.3


def test_ten_draws_of_texts_and_their_interval() -> None:
    vectors, labels = blobs(300, 5, 0.6)
    found = clustering_draws(vectors, labels)
    assert found.reweighted("v_measure", np.ones((1, 300)))[0] == pytest.approx(found.scores["v_measure"], abs=SAME)
    low, high = interval(found, "v_measure")
    assert low < found.scores["v_measure"] < high
    assert clustering_draws(vectors, labels, n_jobs=2).scores == found.scores


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=40))
def test_v_measure_of_a_table_is_scikit_learns(rows: list[tuple[int, int]]) -> None:
    truth, found = (np.array(column) for column in zip(*rows, strict=True))
    table = np.zeros((1, 3, 4))
    np.add.at(table[0], (truth, found), 1)
    assert v_measures(table)[0] == pytest.approx(metrics.v_measure_score(truth, found), abs=SAME)
