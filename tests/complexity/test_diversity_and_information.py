"""Diversity and information of tokens: examples by hand, slow forms of the definitions, properties."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from findomain.complexity.diversity import DRAWS, WINDOW, hdd, mattr, mtld, ttr
from findomain.complexity.information import compressed_size, conditional_entropy, entropy, pooled_entropy
from findomain.complexity.measure import Undefined
from findomain.complexity.profile import MEASURES
from findomain.text import count

pytest.importorskip("textstat", reason="the extra complexity is not installed")

# Sums of a few hundred floats.
TIGHT = 1e-10
TOKENS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=120)
DIVERSITY = ("ttr", "mattr", "mtld", "hdd")


def test_ttr_by_hand() -> None:
    assert ttr(["a", "rose", "is", "a", "rose"]) == 3 / 5


def test_mattr_by_hand() -> None:
    # Windows of 3: a b a, b a c, a c c.
    assert mattr(list("abacc"), window=3) == pytest.approx((2 + 3 + 2) / 9)


def test_hdd_by_hand() -> None:
    # Two of a a b: a is missed in 0 of 3 draws, b in 1 of 3.
    assert hdd(list("aab"), draws=2) == pytest.approx((1 + 2 / 3) / 2)


def test_mtld_by_hand() -> None:
    # Forwards: a b a ends a run (2/3 <= 0.72), b c is left with TTR 1: 5 / 1. Backwards: c b a, then c b a b: TTR 3/4;
    # c b a b a: 3/5 ends a run: 5 / 1.
    assert mtld(list("ababc")) == 5
    # a a ends a run at 1/2 twice forwards; b is left with TTR 1: 5 / 2. Backwards: b a (1), b a a (2/3) ends; a a ends.
    assert mtld(list("aaaab")) == 2.5
    # Never below: each direction is one partial run, a b c d a at 4/5: (1 - 0.8) / (1 - 0.72).
    assert mtld(list("abcda")) == pytest.approx(5 / (0.2 / 0.28))
    assert mtld(list("abc")) == 3


def test_entropy_by_hand() -> None:
    assert entropy(list("aabc")) == pytest.approx(1.5)
    assert entropy(list("aaaa")) == 0
    assert entropy(list("abcdefgh")) == pytest.approx(3)
    assert pooled_entropy([count("one two"), count("three four")]) == pytest.approx(2)


def test_conditional_entropy_by_hand() -> None:
    # Pairs ab, ba, ab, bc: 1.5 bits; firsts a, b, a, b: 1 bit; 3 - 2 more types of 4: 1 / (8 ln 2).
    assert conditional_entropy(list("ababc")) == pytest.approx(0.5 + 1 / (8 * math.log(2)))
    # What follows is certain.
    assert conditional_entropy(list("abababa")) == pytest.approx(0)


def test_compressed_size_by_hand() -> None:
    # Deflate of one letter: a block of fixed codes, 3 + 8 + 7 bits, in three bytes.
    assert compressed_size("a") == 3
    assert compressed_size("ab" * 5000) < 0.01
    assert compressed_size("ab" * 5000, by="lzma") < 0.01
    with pytest.raises(ValueError, match="unknown compression 'bzip2', expected one of deflate, lzma"):
        compressed_size("a", by="bzip2")


def test_repetition_compresses_and_noise_does_not() -> None:
    words = ["the", "bank", "lends", "money", "to", "a", "firm", "that", "pays", "interest", "every", "month"]
    repeated = " ".join(words[place % len(words)] for place in range(400))
    varied = " ".join(words[(place * place * 7 + place // 3) % len(words)] for place in range(400))
    assert compressed_size(repeated) < compressed_size(varied)
    assert conditional_entropy(repeated.split()) < conditional_entropy(varied.split())


@given(TOKENS, st.integers(1, 60))
def test_mattr_is_the_mean_over_windows(tokens: list[str], window: int) -> None:
    parts = [tokens[start : start + window] for start in range(len(tokens) - window + 1)]
    if parts:
        slow = sum(len(set(part)) / window for part in parts) / len(parts)
        assert mattr(tokens, window=window) == pytest.approx(slow, abs=TIGHT)
    else:
        assert math.isnan(mattr(tokens, window=window))


@given(TOKENS, st.integers(1, 60))
def test_hdd_is_hypergeometric(tokens: list[str], draws: int) -> None:
    n = len(tokens)
    if n < draws:
        assert math.isnan(hdd(tokens, draws=draws))
        return
    slow = sum(1 - math.comb(n - times, draws) / math.comb(n, draws) for times in Counter(tokens).values()) / draws
    assert hdd(tokens, draws=draws) == pytest.approx(slow, abs=TIGHT)


@given(TOKENS)
def test_entropy_is_bounded_and_of_the_distribution(tokens: list[str]) -> None:
    shares = [times / len(tokens) for times in Counter(tokens).values()]
    assert entropy(tokens) == pytest.approx(-sum(share * math.log2(share) for share in shares), abs=TIGHT)
    assert 0 <= entropy(tokens) <= math.log2(len(shares)) + TIGHT


@given(TOKENS)
def test_the_correction_never_lowers_conditional_entropy(tokens: list[str]) -> None:
    if len(tokens) < 2:
        assert math.isnan(conditional_entropy(tokens))
        return
    plain = entropy(Counter(pairwise(tokens))) - entropy(tokens[:-1])
    assert conditional_entropy(tokens) >= max(plain, 0) - TIGHT


@given(TOKENS, st.randoms(use_true_random=False))
def test_what_does_not_know_order(tokens: list[str], random: object) -> None:
    shuffled = list(tokens)
    random.shuffle(shuffled)
    assert (ttr(shuffled), entropy(shuffled)) == (ttr(tokens), entropy(tokens))
    if len(tokens) >= DRAWS:
        assert hdd(shuffled) == hdd(tokens)


@given(TOKENS)
def test_mtld_backwards_is_the_same(tokens: list[str]) -> None:
    assert mtld(tokens[::-1]) == mtld(tokens)
    assert mtld(tokens) >= 1


@given(TOKENS)
def test_a_text_said_twice(tokens: list[str]) -> None:
    twice = tokens * 2
    assert ttr(twice) == pytest.approx(ttr(tokens) / 2)
    assert entropy(twice) == pytest.approx(entropy(tokens), abs=TIGHT)
    if len(tokens) >= DRAWS:
        # Drawing without putting back from twice as many comes nearer to drawing with: a type is met less often.
        assert hdd(twice) <= hdd(tokens) + TIGHT


def test_ttr_falls_with_length_and_the_others_hold() -> None:
    # Words drawn as in language: the k-th most frequent with a chance near 1 / k.
    drawn = np.random.default_rng(7).zipf(1.3, 4000)
    tokens = [str(min(number, 5000)) for number in drawn]
    part = tokens[:250]
    assert ttr(part) - ttr(tokens) > 0.1
    assert mattr(part) == pytest.approx(mattr(tokens), abs=0.03)
    assert hdd(part) == pytest.approx(hdd(tokens), abs=0.03)
    assert mtld(part) == pytest.approx(mtld(tokens), rel=0.2)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("language", ["eng", "zho"])
@pytest.mark.parametrize("name", [*DIVERSITY, "entropy", "conditional_entropy"])
def test_nothing_has_no_value(name: str, language: str) -> None:
    value = MEASURES[name].value(count("", language=language))
    assert isinstance(value, Undefined)
    assert value.reason == "no word"


@pytest.mark.parametrize(("name", "needed"), [("mattr", WINDOW), ("hdd", DRAWS), ("conditional_entropy", 2)])
def test_too_few_words_are_said(name: str, needed: int) -> None:
    value = MEASURES[name].value(count(" ".join(["word"] * (needed - 1))))
    assert isinstance(value, Undefined)
    assert value.reason == f"fewer than {needed} words"
    assert not math.isnan(MEASURES[name].value(count(" ".join(["word"] * needed))))


def test_one_word() -> None:
    counted = count("word")
    assert [MEASURES[name].value(counted) for name in ("ttr", "mtld", "entropy")] == [1, 1, 0]


def test_compressed_size_is_defined_for_what_is_no_language() -> None:
    assert MEASURES["compressed_size"].value(count("😀" * 2000)) < 0.1
    assert math.isnan(MEASURES["compressed_size"].value(count("")))


@pytest.mark.parametrize("function", [mattr, hdd])
def test_a_window_is_positive(function: object) -> None:
    with pytest.raises(ValueError, match="must be 1 or more, got 0"):
        function(["a"], **{"window" if function is mattr else "draws": 0})


def test_a_threshold_is_a_share() -> None:
    with pytest.raises(ValueError, match="threshold must be between 0 and 1, got 1"):
        mtld(["a"], threshold=1)
