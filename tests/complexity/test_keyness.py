"""Keyness: the formula by hand, order, real corpora, lexicons on disk, jargon by folds."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from findomain.complexity import keyness as module
from findomain.complexity.density import density
from findomain.complexity.keyness import key_words, keyness, keyness_density, keyness_lexicon, write_lexicon
from findomain.complexity.lexicon import load_lexicon
from findomain.errors import ComplexityError
from findomain.paths import ROOT

pytest.importorskip("wordfreq")
DATASETS = ROOT.parent / "shared" / "datasets"
TEXTS = [f"the zyxtron number {i} is not like the house {i * i}" for i in range(10)]


def corpus(path: str, n: int) -> list[str]:
    if not DATASETS.is_dir():
        pytest.skip("the datasets are not beside this checkout")
    lines = (DATASETS / f"{path}.jsonl").read_text(encoding="utf-8").splitlines()[:n]
    return [json.loads(line)["text"] for line in lines]


def test_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_general", lambda language: ({"bond": 1e-3, "the": 0.05}, 1e-6))
    found = keyness(["bond the 12", "bond bond x"], prior_size=1000).set_index("word")
    # Five words; for "bond" y = 3, prior 1, and 100,000 of 100 million in general.
    log_odds = math.log(4 / (1005 - 4)) - math.log(100_001 / (100_001_000 - 100_001))
    assert found.loc["bond", "log_odds"] == pytest.approx(log_odds, rel=1e-12)
    assert found.loc["bond", "z"] == pytest.approx(log_odds / math.sqrt(1 / 4 + 1 / 100_001), rel=1e-12)
    assert found.loc["bond", ["count", "n_texts"]].tolist() == [3, 2]
    assert found.loc["the", "log_odds"] < 0.1 < found.loc["x", "log_odds"]
    assert "12" not in found.index


def test_a_word_of_the_corpus_alone_comes_first() -> None:
    found = keyness(TEXTS)
    assert found["word"].iloc[0] == "zyxtron"
    assert found["z"].is_monotonic_decreasing
    assert key_words(TEXTS)["word"].tolist() == ["zyxtron"]


def test_neither_order_nor_copies_matter() -> None:
    assert keyness(TEXTS).equals(keyness([*reversed(TEXTS), *TEXTS]))


def test_limits() -> None:
    assert key_words(TEXTS, min_texts=11).empty
    assert key_words(TEXTS, min_count=11).empty
    assert len(key_words(TEXTS, z_min=-99, min_ratio=1e-9, max_words=2)) == 2
    assert "is" not in key_words(TEXTS, z_min=-99, min_ratio=1e-9)["word"].tolist()
    with pytest.raises(ComplexityError, match="lexicon odd: no word of the texts is typical enough"):
        keyness_lexicon(["only one text"], name="odd")
    with pytest.raises(ComplexityError, match="prior must be above zero"):
        keyness(TEXTS, prior_size=0)
    with pytest.raises(ComplexityError, match="unknown language 'fra', expected eng or zho"):
        keyness(TEXTS, language="fra")


def test_nothing_has_no_key_word() -> None:
    assert keyness([]).empty
    assert keyness(["", "12 %"]).empty


def test_a_lexicon_on_disk_is_the_same_lexicon(tmp_path: Path) -> None:
    path = tmp_path / "z.csv"
    written = write_lexicon(TEXTS, path)
    assert written["word"].tolist() == ["zyxtron"]
    assert load_lexicon(str(path)).terms == keyness_lexicon(TEXTS, name="z").terms == {("zyxtron",)}


def test_domains_are_told_apart_on_texts_that_made_no_lexicon() -> None:
    medicine = keyness_lexicon(corpus("medquad/corpus", 400), name="medicine")
    finance = keyness_lexicon(corpus("tatqa/corpus", 200), name="finance")
    other = {"medicine": corpus("pubmedqa/corpus", 150), "finance": corpus("ectsum/test", 60)}
    pooled = {(kind, words.name): density(other[kind], words).pooled for kind in other for words in (medicine, finance)}
    assert pooled["medicine", "medicine"] > 2 * pooled["finance", "medicine"]
    assert pooled["finance", "finance"] > 2 * pooled["medicine", "finance"]


def test_jargon_is_measured_by_other_texts() -> None:
    texts = corpus("pubmedqa/corpus", 200)
    found = keyness_density([*texts, "", texts[0]])
    assert len(found.by_text) == len(texts) + 2
    assert math.isnan(found.by_text[-2])
    assert found.by_text[-1] == found.by_text[0]
    assert found.pooled > 2 * keyness_density(corpus("sst2/test", 800)).pooled
    again = keyness_density([texts[0], *reversed(texts), ""])
    assert again.pooled == pytest.approx(found.pooled, rel=1e-12)
    with pytest.raises(ComplexityError, match="two folds or more"):
        keyness_density(texts, folds=1)


def test_chinese() -> None:
    pytest.importorskip("jieba")
    found = key_words(corpus("finnl-zh/test", 600), language="zho")
    assert {"涨停", "亿元", "指数"} <= set(found["word"].head(100))
    lexicon = keyness_lexicon(corpus("finnl-zh/test", 600), name="zh", language="zho")
    assert density(["今天股票涨停"], lexicon).pooled > density(["今天天气很好"], lexicon).pooled


@pytest.mark.parametrize("name", ["finance_keyness", "medicine", "law_licences", "chemistry_elements"])
def test_shipped_lexicons_are_read(name: str) -> None:
    assert len(load_lexicon(name)) > 80
