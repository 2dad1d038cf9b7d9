"""Readability and lengths: examples by hand, graded texts, a text said twice, texts without a value."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findomain.complexity import lengths, readability
from findomain.complexity.measure import NO_WORD, UNBROKEN, Measure, Undefined
from findomain.complexity.profile import MEASURES
from findomain.text import count

pytest.importorskip("textstat", reason="the extra complexity is not installed")
pytest.importorskip("jieba", reason="the extra complexity is not installed")

# 12 words, 2 sentences, 24 syllables, 5 words of three or more, 4 of them hard, 71 characters.
EXAMPLE = "The cat sat on the mat. The investigation examined capital requirements carefully."
# From a child's book to a lawyer's page.
GRADED = (
    "The dog ran to the park. He saw a red ball. He took it home. The boy was glad.",
    "The bank gives loans to small shops in the town. Each month the owners pay some of the money back, and they also "
    "pay a fee for the use of it.",
    "Commercial banks provide credit to companies that cannot borrow directly from investors, and they charge interest "
    "which reflects the probability that a company will be unable to repay its obligations.",
    "Notwithstanding the deterioration of macroeconomic fundamentals, institutional intermediaries that had "
    "accumulated considerable concentrations of subordinated securitisation exposures persistently underestimated, "
    "in their regulatory capitalisation methodologies, the correlation of idiosyncratic counterparty insolvencies.",
)
FORMULAS = pytest.mark.parametrize("measure", readability.MEASURES, ids=lambda measure: measure.name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gunning_fog", 0.4 * (12 / 2 + 100 * 4 / 12)),
        ("flesch_kincaid", 0.39 * 6 + 11.8 * 2 - 15.59),
        ("smog", 1.043 * math.sqrt(30 * 5 / 2) + 3.1291),
        ("ari", 4.71 * 71 / 12 + 0.5 * 6 - 21.43),
        ("dale_chall", 0.1579 * 100 / 3 + 0.0496 * 6 + 3.6365),
        ("n_words", 12),
        ("sentence_length", 6),
        ("word_length", 69 / 12),
        ("syllables_per_word", 2),
    ],
)
def test_by_hand(name: str, value: float) -> None:
    assert MEASURES[name].value(count(EXAMPLE)) == pytest.approx(value, abs=1e-12)


def test_dale_chall_adds_nothing_up_to_five_per_cent_of_hard_words() -> None:
    assert readability.dale_chall(count("The cat sat on the mat.")) == pytest.approx(0.0496 * 6)


@FORMULAS
def test_harder_texts_score_higher(measure: Measure) -> None:
    scores = measure.values([count(text) for text in GRADED])
    assert scores == sorted(scores)
    assert scores[-1] - scores[0] > 10


@FORMULAS
def test_a_text_said_twice_is_as_hard(measure: Measure) -> None:
    for text in GRADED:
        once, twice = count(text), count(f"{text} {text}")
        assert measure.value(twice) == pytest.approx(measure.value(once), abs=1e-12)


@pytest.mark.filterwarnings("error")
@FORMULAS
@pytest.mark.parametrize(
    ("text", "reason"),
    [("", NO_WORD), (" \n ", NO_WORD), ("?! ...", NO_WORD), ("😀 😀", NO_WORD), ("x" * 1001, UNBROKEN)],
)
def test_no_value_has_a_reason(measure: Measure, text: str, reason: str) -> None:
    value = measure.value(count(text))
    assert math.isnan(value)
    assert isinstance(value, Undefined)
    assert value.reason == reason


@FORMULAS
def test_one_word_has_the_value_of_the_formula(measure: Measure) -> None:
    assert measure.low <= measure.value(count("cat")) < math.inf


@FORMULAS
def test_english_formulas_are_not_defined_for_chinese(measure: Measure) -> None:
    value = measure.value(count("他在银行工作。", language="zho"))
    assert isinstance(value, Undefined)
    assert value.reason == "not defined for zho"


def test_lengths_of_chinese() -> None:
    counted = count("小明在中国银行工作。他喜欢看书！", language="zho")
    assert lengths.sentence_length(counted) == 3.5
    assert lengths.word_length(counted) == 2


@given(st.text(max_size=200))
def test_values_are_in_range_or_undefined(text: str) -> None:
    counted = count(text)
    for measure in (*readability.MEASURES, *lengths.MEASURES):
        value = measure.value(counted)
        assert isinstance(value, Undefined) or measure.low - 1e-9 <= value < measure.high
