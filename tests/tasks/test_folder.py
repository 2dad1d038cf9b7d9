"""Tasks in folders: every format and layout, and one line for everything that is wrong with one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from findomain.errors import TaskError
from findomain.tasks import TASK_TYPES, content_hash, folder_task, load_data

Make = Callable[[str], Path]
PAIRS = [{"sentence1": "a b", "sentence2": "a c", "score": 3.5}, {"sentence1": "d", "sentence2": "e", "score": 1}]


def lines(path: Path, rows: list[dict]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path.parent


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_the_type_is_read_off_the_files(small_task: Make, task_type: str) -> None:
    task = folder_task(small_task(task_type))
    assert task.task_type == task_type
    assert load_data(task).n_items > 10


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_every_format_holds_the_same_data(tmp_path: Path, ending: str) -> None:
    (tmp_path / "x").mkdir()
    frame = pd.DataFrame(PAIRS)
    if ending == "jsonl":
        lines(tmp_path / "x" / "test.jsonl", PAIRS)
    elif ending == "csv":
        frame.to_csv(tmp_path / "x" / "test.csv", index=False)
    else:
        frame.to_parquet(tmp_path / "x" / "test.parquet")
    data = load_data(folder_task(tmp_path / "x"))
    assert (data.first, data.targets) == (("a b", "d"), (3.5, 1.0))


def test_beir_files_with_titles(tmp_path: Path) -> None:
    lines(tmp_path / "x/corpus.jsonl", [{"_id": "1", "title": "On", "text": "bonds"}, {"_id": "2", "text": "loans"}])
    lines(tmp_path / "x/queries.jsonl", [{"_id": "q", "text": "what"}, {"_id": "r", "text": "unjudged"}])
    (tmp_path / "x/qrels").mkdir()
    (tmp_path / "x/qrels/dev.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t2\n")
    task = folder_task(tmp_path / "x")
    data = load_data(task)
    assert (task.split, data.corpus, data.query_ids) == ("dev", ("On bonds", "loans"), ("q",))
    assert data.qrels == {"q": {"1": 2}}
    assert data.repairs == ("1 queries without a relevant document dropped",)


def test_one_row_of_lists_and_sets_of_texts(tmp_path: Path) -> None:
    row = {"sent1": ["a", "b"], "sent2": ["c", "d"], "labels": [1, 0]}
    assert load_data(folder_task(lines(tmp_path / "x/test.jsonl", [row]))).first == ("a", "b")
    sets = [{"sentences": ["a", "b", "c"], "labels": ["x", "y", "x"]}, {"sentences": ["d", "e"], "labels": ["y", "x"]}]
    data = load_data(folder_task(lines(tmp_path / "y/test.jsonl", sets)))
    assert (data.flat, data.labels) == (False, (("x", "y", "x"), ("y", "x")))


def test_summaries_with_relevance(tmp_path: Path) -> None:
    row = {"text": "t", "human_summaries": ["h"], "machine_summaries": ["m", "n"], "relevance": [1, 2.5]}
    data = load_data(folder_task(lines(tmp_path / "x/test.jsonl", [row])))
    assert (data.references, data.scores) == ((("h",),), ((1.0, 2.5),))


def test_columns_of_other_names_are_mapped(tmp_path: Path) -> None:
    rows = [{"left": "a", "right": "b", "gold": 1}, {"left": "c", "right": "d", "gold": 2}]
    folder = lines(tmp_path / "x/test.jsonl", rows)
    with pytest.raises(TaskError, match=r"the columns of test \(gold, left, right\) fit no task type; give --type"):
        folder_task(folder)
    (folder / "task.toml").write_text(
        'name = "mine"\ntype = "STS"\ndomain = "law"\nlanguage = "eng"\n'
        '[columns]\nleft = "sentence1"\nright = "sentence2"\ngold = "score"\n'
    )
    task = folder_task(folder)
    assert (task.name, task.domain, load_data(task).targets) == ("mine", "law", (1.0, 2.0))


def test_the_same_data_have_the_same_hash_wherever_they_lie(tmp_path: Path) -> None:
    one = lines(tmp_path / "one/test.jsonl", PAIRS)
    (tmp_path / "two").mkdir()
    pd.DataFrame(PAIRS).to_parquet(tmp_path / "two/test.parquet")
    other = lines(tmp_path / "three/test.jsonl", PAIRS[::-1])
    hashes = [content_hash(load_data(folder_task(path))) for path in (one, tmp_path / "two", other)]
    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"sentence1": "a", "sentence2": "", "score": 1}, PAIRS[0]], r"test.jsonl, row 1: sentence2 is empty"),
        ([PAIRS[0], {"sentence1": "a", "sentence2": 3, "score": 1}], r"row 2: sentence2 is 3, expected a text"),
        ([PAIRS[0], {"sentence1": "a", "sentence2": None, "score": 1}], r"row 2: sentence2 is missing, expected a te"),
        ([PAIRS[0], {"sentence1": "a", "sentence2": "b", "score": "high"}], r"row 2: score is 'high', expected a num"),
        ([PAIRS[0], PAIRS[0]], r"test.jsonl: all scores are equal, nothing to correlate with"),
    ],
)
def test_what_is_wrong_with_pairs(tmp_path: Path, rows: list[dict], message: str) -> None:
    folder = lines(tmp_path / "x/test.jsonl", rows)
    with pytest.raises(TaskError, match=message):
        load_data(folder_task(folder))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"text": "a"}\n{"text": \n', r"row 2: not JSON"),
        (b'{"text": "a"}\n\n', r"row 2: empty line"),
        (b'{"text": "\xff\xfe"}\n', r"row 1: not UTF-8 at byte 10"),
        (b'["a"]\n', r"row 1: expected an object with named fields"),
    ],
)
def test_lines_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "test.jsonl").write_bytes(content)
    with pytest.raises(TaskError, match=message):
        load_data(folder_task(tmp_path, task_type="STS"))


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_files_that_are_something_else(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"test.{ending}").write_bytes(b"" if ending == "csv" else b"no parquet")
    with pytest.raises(TaskError, match=rf"test.{ending}: cannot be read: "):
        folder_task(tmp_path)


def broken_retrieval(folder: Path, name: str, line: str) -> Path:
    with (folder / name).open("a") as opened:
        opened.write(f"{line}\n")
    return folder


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("qrels/test.tsv", "nobody\td1\t1", r"test.tsv, row 32: query id 'nobody' is not among the queries"),
        ("qrels/test.tsv", "q1\tnothing\t1", r"test.tsv, row 32: document id 'nothing' is not in the corpus"),
        ("qrels/test.tsv", "q1\td1\tmany", r"test.tsv, row 32: score is 'many', expected a number"),
        ("corpus.jsonl", '{"_id": "d999", "text": " "}', r"corpus.jsonl, row 201: document is empty"),
        ("corpus.jsonl", '{"text": "no id"}', r"corpus.jsonl, row 201: no id"),
        ("queries.jsonl", '{"_id": "q999"}', r"queries.jsonl, row 31: text is missing, expected a text"),
    ],
)
def test_what_is_wrong_with_a_corpus(small_task: Make, name: str, line: str, message: str) -> None:
    folder = broken_retrieval(small_task("Retrieval"), name, line)
    with pytest.raises(TaskError, match=message):
        load_data(folder_task(folder))


def test_of_documents_with_one_id_the_last_counts_and_it_is_said(small_task: Make) -> None:
    folder = broken_retrieval(small_task("Retrieval"), "corpus.jsonl", '{"_id": "d1", "text": "the later one"}')
    data = load_data(folder_task(folder))
    assert data.corpus[data.corpus_ids.index("d1")] == "the later one"
    assert data.repairs == ("1 documents dropped whose id a later one has too",)


def test_labels(small_task: Make) -> None:
    folder = small_task("Classification")
    with (folder / "test.jsonl").open("a") as opened:
        opened.write('{"text": "unseen", "label": "bought"}\n')
    with pytest.raises(TaskError, match=r"test.jsonl, row 78: label 'bought' has no example in .*train.jsonl"):
        load_data(folder_task(folder))


def test_labels_of_pairs(small_task: Make) -> None:
    folder = small_task("PairClassification")
    text = (folder / "test.jsonl").read_text()
    (folder / "test.jsonl").write_text(text.replace('"label": 0', '"label": 2'))
    with pytest.raises(TaskError, match=r"row 2: label is 2, expected 0 or 1"):
        load_data(folder_task(folder))
    (folder / "test.jsonl").write_text(text.replace('"label": 0', '"label": 1'))
    with pytest.raises(TaskError, match=r"all pairs have the label 1, nothing to judge"):
        load_data(folder_task(folder))


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ('type = "Ranking"', r"unknown type 'Ranking', expected one of Classification"),
        ('typ = "STS"', r"task.toml: unknown field 'typ' \(did you mean type"),
        ("columns = 3", r"columns is no table; write \[columns\]"),
        ("type = ", r"task.toml: not TOML"),
    ],
)
def test_a_description_that_is_wrong(small_task: Make, told: str, message: str) -> None:
    folder = small_task("STS")
    (folder / "task.toml").write_text(told)
    with pytest.raises(TaskError, match=message):
        folder_task(folder)


def test_folders_that_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="nowhere: no such folder"):
        folder_task(tmp_path / "nowhere")
    with pytest.raises(TaskError, match=r"no data: expected corpus, .* \(it has nothing\)"):
        folder_task(tmp_path)
    (tmp_path / "train.jsonl").write_text("")
    with pytest.raises(TaskError, match=r"\(it has train.jsonl\)"):
        folder_task(tmp_path)


def test_a_file_where_a_folder_is_expected(small_task: Make) -> None:
    with pytest.raises(TaskError, match=r"test.jsonl: a file, expected a folder with a task"):
        folder_task(small_task("STS") / "test.jsonl")
