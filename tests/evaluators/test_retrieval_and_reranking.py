"""Ranks by hand, by sorting, and whatever the order of the documents; memory is bounded by blocks."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findomain.evaluators import interval, reranking, reranking_by_scores, retrieval
from findomain.evaluators.ranking import CUTOFFS, measures
from findomain.evaluators.retrieval import MANY, ranks_of, retrieval_by_scores

ROUNDED = 5e-6  # means are rounded to five digits


def judged(scores: list[list[float]], qrels: dict[str, dict[str, int]], ids: list[str] | None = None) -> dict:
    matrix = np.array(scores, dtype=np.float32)
    names = ids or [f"d{i}" for i in range(matrix.shape[1])]
    found = retrieval_by_scores(lambda a, b: matrix[a:b].copy(), qrels, query_ids=list(qrels), corpus_ids=names)
    return dict(found.scores)


def test_graded_ndcg_by_hand() -> None:
    # Ranking d0 (grade 1), d1 (0), d2 (3); the ideal puts grade 3 first.
    found = judged([[0.9, 0.8, 0.7]], {"q": {"d0": 1, "d2": 3, "d1": 0}})
    gain, ideal = 1 / math.log2(2) + 3 / math.log2(4), 3 / math.log2(2) + 1 / math.log2(3)
    assert found["ndcg_at_10"] == pytest.approx(gain / ideal, abs=ROUNDED)
    assert found["map_at_10"] == pytest.approx((1 / 1 + 2 / 3) / 2, abs=ROUNDED)
    assert found["ndcg_at_1"] == pytest.approx(1 / 3, abs=ROUNDED)
    assert (found["recall_at_1"], found["precision_at_3"]) == (0.5, pytest.approx(2 / 3, abs=ROUNDED))
    assert found["mrr_at_10"] == 1


def test_of_equal_scores_the_greater_id_comes_first() -> None:
    assert judged([[0.5, 0.5]], {"q": {"b": 1}}, ["a", "b"])["mrr_at_10"] == 1
    assert judged([[0.5, 0.5]], {"q": {"a": 1}}, ["a", "b"])["mrr_at_10"] == 0.5


def test_a_relevant_document_that_the_corpus_lacks_costs_recall() -> None:
    assert judged([[0.9, 0.1]], {"q": {"d0": 1, "elsewhere": 1}})["recall_at_1000"] == 0.5


def test_the_query_itself_can_be_left_out() -> None:
    vectors = np.eye(3, dtype=np.float32) + 0.1
    options = {"query_ids": ["a"], "corpus_ids": ["a", "b", "c"]}
    with_itself = retrieval(vectors[:1], vectors, {"a": {"b": 1}}, **options)
    without = retrieval(vectors[:1], vectors, {"a": {"b": 1}}, ignore_identical_ids=True, **options)
    assert without.scores["mrr_at_10"] > with_itself.scores["mrr_at_10"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_ranks_are_those_of_sorting(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3 * MANY))
    scores = np.array(data.draw(st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.7]), min_size=n, max_size=n)), np.float32)
    order = np.array(data.draw(st.permutations(range(n))))
    rows = np.array(data.draw(st.lists(st.integers(0, n - 1), unique=True, max_size=n)), dtype=np.int64)
    by_sorting = sorted(range(n), key=lambda i: (-scores[i], -order[i]))
    assert ranks_of(scores, rows, order).tolist() == [by_sorting.index(row) + 1 for row in rows]


@pytest.mark.parametrize("block", [1, 700, 16_000_000])
def test_blocks_and_the_order_of_documents_change_nothing(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    rng = np.random.default_rng(3)
    queries, documents = rng.normal(size=(23, 8)), rng.normal(size=(200, 8))
    ids = [f"d{i}" for i in range(200)]
    qrels = {f"q{i}": {f"d{j}": int(j % 3 + 1) for j in rng.choice(200, 1 + i * 3, replace=False)} for i in range(23)}
    expected = retrieval(queries, documents, qrels, query_ids=list(qrels), corpus_ids=ids).scores
    monkeypatch.setattr(sys.modules["findomain.evaluators.retrieval"], "BLOCK", block)
    mixed = rng.permutation(200)
    found = retrieval(
        queries, documents[mixed], qrels, query_ids=list(qrels), corpus_ids=[ids[i] for i in mixed]
    ).scores
    assert found == pytest.approx(expected)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True), st.integers(0, 3))
def test_measures_stay_in_range_and_grow_with_k(ranks: list[int], more: int) -> None:
    grades = [1 + rank % 3 for rank in ranks]
    found = measures(np.array(ranks), np.array(grades), [*grades, *[2] * more])
    assert all(0 <= value <= 1 + 1e-12 for value in found.values())
    for name in ("map", "recall", "mrr", "hit_rate"):
        assert [found[f"{name}_at_{k}"] for k in CUTOFFS] == sorted(found[f"{name}_at_{k}"] for k in CUTOFFS)


def test_reranking_by_hand() -> None:
    found = reranking_by_scores([np.array([0.1, 0.9, 0.5])], [[1, 0, 1]], [["a", "b", "c"]]).scores
    assert found["map_at_1000"] == pytest.approx((1 / 2 + 2 / 3) / 2, abs=ROUNDED)
    assert found["mrr_at_10"] == 0.5


def test_reranking_takes_the_nearest_wording_of_a_query() -> None:
    candidates = np.eye(2)
    one = reranking([np.array([[0.6, 0.8]])], [candidates], [[1, 0]], [["a", "b"]]).scores["mrr_at_10"]
    two = reranking([np.array([[0.6, 0.8], [1.0, 0.0]])], [candidates], [[1, 0]], [["a", "b"]]).scores["mrr_at_10"]
    assert (one, two) == (0.5, 1)


def test_the_interval_is_that_of_a_mean() -> None:
    rng = np.random.default_rng(0)
    rows = [rng.permutation(5).astype(float) for _ in range(400)]
    found = reranking_by_scores(rows, [[1, 0, 0, 0, 0]] * 400, [list("abcde")] * 400)
    low, high = interval(found, "mrr_at_10")
    values = [1 / (1 + int((row > row[0]).sum())) for row in rows]
    assert (high - low) / 2 == pytest.approx(1.96 * np.std(values) / 20, rel=0.1)
    assert (high + low) / 2 == pytest.approx(found.scores["mrr_at_10"])
