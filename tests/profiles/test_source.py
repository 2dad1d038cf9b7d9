"""What is profiled: judged texts by task type, files in every condition, samples that no order can move."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from findomain.errors import ComplexityError, FindomainError
from findomain.profiles import file_source, sample, task_source
from findomain.profiles.source import guess_language
from findomain.profiles.structure import CLASSES, SEARCH, structure
from findomain.tasks import folder_task

LINES = ["The bank raised its rate.", "Shares fell.", "Bonds followed."]


@pytest.mark.parametrize(
    ("task_type", "n_texts"),
    [
        # One fifth of the sentences from the second on are judged; those that are trained on are not measured.
        ("Classification", 77),
        ("Clustering", 96),
        ("Retrieval", 230),
        # Twenty queries, as many answers, and the 27 candidates that begin 40 sentences later.
        ("Reranking", 67),
        ("Summarization", 80),
    ],
)
def test_judged_texts_each_once(small_task: Callable[[str], Path], task_type: str, n_texts: int) -> None:
    source = task_source(folder_task(small_task(task_type)))
    assert len(source.texts) == n_texts == len(set(source.texts))
    assert source.language == "eng"


def written(folder: Path, suffix: str) -> Path:
    path = folder / f"texts{suffix}"
    frame = pd.DataFrame({"text": LINES, "other": [1, 2, 3]})
    if suffix == ".txt":
        path.write_text("\ufeff" + "\r\n\r\n".join([*LINES, LINES[0], "  "]), encoding="utf-8")
    elif suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    elif suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv", ".parquet"])
def test_files_of_every_kind(tmp_path: Path, suffix: str) -> None:
    source = file_source(written(tmp_path, suffix))
    assert source.texts == tuple(LINES)
    assert (source.name, source.language, source.task) == (f"texts{suffix}", "eng", None)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"fine\n\xff\xfe", "a.txt, line 2: not UTF-8 at byte 0"),
        ("a.txt", b"\n \n", "a.txt: no text in it"),
        ("a.doc", b"x", "a.doc: expected a file ending in .txt, .jsonl"),
        ("a.jsonl", b"\x80\x81", "a.jsonl, row 1: not UTF-8 at byte 0"),
        ("a.jsonl", b'{"text": 5}', "a.jsonl, row 1: expected a text, got int: 5"),
        ("a.jsonl", b'{"txt": "x"}', "a.jsonl: no column text (it has txt)"),
        ("a.csv", b"\x80\x81\x00", "a.csv: cannot be read"),
        ("a.csv", b"", "a.csv: cannot be read"),
        ("a.parquet", b"PAR1\x00\x01", "a.parquet: cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FindomainError) as raised:
        file_source(tmp_path / name)
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_half_characters_and_empty_fields_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "\\ud83d bank"}\n{"text": ""}\n{"text": "\\ud83d bank"}\n')
    assert file_source(tmp_path / "a.jsonl").texts == ("\ufffd bank", "")


def test_language_is_guessed_told_and_checked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("银行提高了利率。GDP\n", encoding="utf-8")
    assert file_source(tmp_path / "a.txt").language == "zho"
    assert file_source(tmp_path / "a.txt", language="eng").language == "eng"
    with pytest.raises(ComplexityError, match="unknown language 'deu'"):
        file_source(tmp_path / "a.txt", language="deu")
    assert guess_language(["12 % 😀"]) == "eng"


@given(st.sets(st.text(max_size=5), min_size=1, max_size=30), st.randoms(), st.integers(1, 10), st.integers(0, 3))
def test_sample_does_not_depend_on_order_or_on_other_texts(texts: set, rng: object, size: int, seed: int) -> None:
    shuffled = sorted(texts)
    rng.shuffle(shuffled)
    drawn = sample(shuffled, size, seed=seed)
    assert drawn == sample(sorted(texts), size, seed=seed)
    assert len(drawn) == min(size, len(texts)) == len(set(drawn))
    fewer = [text for text in texts if text in drawn or len(text) > 2]
    assert sample(fewer, size, seed=seed) == drawn
    assert sample(shuffled, None, seed=seed)[:size] == drawn


def test_another_seed_draws_other_texts() -> None:
    texts = [str(i) for i in range(1000)]
    shared = set(sample(texts, 100)) & set(sample(texts, 100, seed=1))
    assert len(shared) < 40
    with pytest.raises(ComplexityError, match="one text or more, got 0"):
        sample(texts, 0)


def test_structure_of_each_type(small_task: Callable[[str], Path]) -> None:
    found = {
        kind: structure(task_source(folder_task(small_task(kind))))
        for kind in ("Classification", "PairClassification", "Retrieval", "Reranking", "STS")
    }
    assert found["Classification"]["n_classes"][0] == 8
    assert found["PairClassification"]["class_balance"][0] == 1
    for name, value in {"n_queries": 30, "n_documents": 200, "relevant_per_query": 1, "n_items": 30}.items():
        assert found["Retrieval"][name][0] == value
    # "who bank raised its rate" has four of five words in "the bank raised its rate".
    assert found["Retrieval"]["overlap_query"][0] > 0.7
    assert found["Reranking"]["n_queries"][0] == 20
    # The answer is the query and one word more.
    assert found["Reranking"]["overlap_query"][0] == 1
    for kind, absent in {"Retrieval": CLASSES, "STS": (*CLASSES, *SEARCH), "Classification": SEARCH}.items():
        for name in absent:
            value, n = found[kind][name]
            assert value != value
            assert value.reason.startswith(f"{kind} has no")
            assert n == 0
    assert json.loads(json.dumps(found["STS"]["n_items"])) == [60.0, 60]
