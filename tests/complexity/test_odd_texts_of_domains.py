"""Binary, malformed, huge and wordless texts give density, key words and questions a number or a reason, in time."""

from __future__ import annotations

import math
import random
import time

import pytest

from findomain.complexity.density import density, term_density
from findomain.complexity.keyness import keyness, keyness_density
from findomain.complexity.lexicon import load_lexicon
from findomain.complexity.llm_items import LONGEST, Item
from findomain.complexity.structure import retrieval_structure

# A 10 MB text takes a few seconds; the rest is what a busy machine may add.
PATIENCE = 120.0
BYTES = bytes(random.Random(0).randrange(256) for _ in range(20_000))
ODD = {
    "empty": "",
    "spaces": " \t\n\u00a0",
    "binary": BYTES.decode("latin-1"),
    "malformed": BYTES.decode("utf-8", errors="surrogateescape"),
    "replaced": BYTES.decode("utf-8", errors="replace"),
    "emoji": "\U0001f4b8\U0001f468\u200d\U0001f469\u200d\U0001f467" * 500,
    "no space": "x" * 1_000_000,
    "one line": "net interest margin of the bank " * 320_000,
    "braces": "{first} {0} {" * 100,
}


@pytest.mark.parametrize("name", ODD)
def test_density(name: str) -> None:
    value = term_density(ODD[name], load_lexicon("finance"))
    assert 0 <= value <= 1 or (math.isnan(value) and value.reason)


@pytest.mark.parametrize("language", ["eng", "zho"])
@pytest.mark.parametrize("name", [name for name in ODD if name != "one line"])
def test_keyness(name: str, language: str) -> None:
    pytest.importorskip("wordfreq")
    pytest.importorskip("jieba")
    found = keyness([ODD[name]], language=language)
    assert found["z"].notna().all()


def test_ten_megabytes_in_time() -> None:
    pytest.importorskip("wordfreq")
    started = time.monotonic()
    found = keyness([ODD["one line"]]).set_index("word")
    # A word may be cut in two at the end of a piece of 20,000 characters.
    assert found.loc["margin", "count"] == pytest.approx(320_000, rel=0.01)
    assert density([ODD["one line"]], load_lexicon("finance")).pooled == pytest.approx(4 / 6, abs=0.001)
    assert time.monotonic() - started < PATIENCE


def test_all_together() -> None:
    pytest.importorskip("wordfreq")
    texts = [text for name, text in ODD.items() if name != "one line"]
    assert len(keyness_density(texts).by_text) == len(texts)
    assert retrieval_structure(dict(enumerate(texts)), dict(enumerate(texts)), {0: [0], 2: [2]}).n_pairs == 2


@pytest.mark.parametrize("name", ODD)
def test_a_question_is_short(name: str) -> None:
    prompt = Item("Reranking", (ODD[name],), (ODD[name], "b"), 1).prompt
    assert len(prompt) < 3 * LONGEST
