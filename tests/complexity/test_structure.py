"""Structure: hand-computed classes and overlaps, nothing, order, missing documents."""

from __future__ import annotations

import math

import pytest

from findomain.complexity.structure import class_structure, retrieval_structure

QUERIES = {"q1": "What are interest rates?", "q2": "bond", "q3": "no answer", "q4": "!!"}
DOCUMENTS = {"d1": "An interest rate is a price", "d2": "Bonds pay interest", "d3": "!?", "d4": "unused"}


def test_classes_by_hand() -> None:
    found = class_structure(["a"] * 3 + ["b"])
    entropy = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25))
    assert (found.n_items, found.n_classes, found.largest_share) == (4, 2, 0.75)
    assert found.balance == pytest.approx(entropy)
    assert class_structure([1, 2, 3, 3, 2, 1]).balance == pytest.approx(1.0)
    assert class_structure(["b", "a", "a", "a"]) == found


def test_no_class_and_one_class_have_no_balance() -> None:
    one, none = class_structure(["a", "a"]), class_structure([])
    assert (one.n_classes, one.largest_share) == (1, 1.0)
    assert math.isnan(one.balance)
    assert one.balance.reason == "fewer than two classes"
    assert none.n_items == 0
    assert math.isnan(none.largest_share)


def test_overlap_by_hand() -> None:
    found = retrieval_structure(QUERIES, DOCUMENTS, {"q1": ["d1", "d2"], "q2": ["d2", "absent"], "q4": {"d3"}})
    # q1 has what, are, interest, rate; d1 shares two of eight, d2 one of six; q2 shares one of three.
    assert found.overlap_jaccard == pytest.approx((2 / 8 + 1 / 6 + 1 / 3) / 3)
    assert found.overlap_query == pytest.approx((2 / 4 + 1 / 4 + 1) / 3)
    assert (found.n_queries, found.n_documents, found.n_pairs) == (3, 4, 4)
    assert found.relevant_per_query == pytest.approx(4 / 3)


def test_order_does_not_matter() -> None:
    relevant = {"q1": ["d1", "d2"], "q2": ["d2"]}
    turned = {query: documents[::-1] for query, documents in reversed(relevant.items())}
    assert retrieval_structure(QUERIES, DOCUMENTS, relevant) == retrieval_structure(
        dict(reversed(QUERIES.items())), dict(reversed(DOCUMENTS.items())), turned
    )


def test_no_judged_query_has_no_value() -> None:
    found = retrieval_structure(QUERIES, DOCUMENTS, {})
    assert (found.n_queries, found.n_pairs) == (0, 0)
    for value in (found.relevant_per_query, found.overlap_jaccard, found.overlap_query):
        assert math.isnan(value)
        assert value.reason == "no query with a relevant document"


def test_chinese_words() -> None:
    pytest.importorskip("jieba")
    found = retrieval_structure({"q": "银行，利率？"}, {"d": "银行提高利率"}, {"q": ["d"]}, language="zho")
    assert found.overlap_query == pytest.approx(1.0)
