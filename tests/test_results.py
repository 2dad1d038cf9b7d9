"""Results are mteb's files: written by us, read by mteb and by us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findomain.errors import RunError
from findomain.results import Store, TaskResult, make_folder, scores_table, write_aside

RESULT = TaskResult(
    model="all-MiniLM-L6-v2",
    task="FinSTS",
    split="test",
    language="eng",
    dataset_revision="09e270b1afe87a65dd41c6292e3c8905220bc290",
    scores={"cosine_spearman": 0.25, "main_score": 0.25},
    seconds=1.5,
    facts={"task_type": "STS", "domain": "finance", "encoder": "0123", "n_items": 7, "ci_low": 0.1, "ci_high": 0.4},
)


def test_mteb_reads_what_we_write(tmp_path: Path) -> None:
    mteb = pytest.importorskip("mteb", reason="the reference library is the extra 'import'")
    path = Store(tmp_path).path(RESULT.model, "0123", RESULT.task)
    Store(tmp_path).write(path, RESULT)
    theirs = mteb.TaskResult.from_disk(path)
    assert (theirs.task_name, theirs.dataset_revision) == (RESULT.task, RESULT.dataset_revision)
    assert theirs.scores["test"][0]["main_score"] == 0.25
    assert theirs.scores["test"][0]["languages"] == ["eng-Latn"]
    assert mteb.get_task("STS12").metadata.name == "STS12"


def test_mteb_reads_a_score_of_a_task_that_it_knows(tmp_path: Path) -> None:
    mteb = pytest.importorskip("mteb", reason="the reference library is the extra 'import'")
    path = tmp_path / "m" / "r" / "STS12.json"
    told = RESULT.to_dict() | {"task_name": "STS12"}
    write_aside(path, json.dumps(told))
    assert mteb.TaskResult.from_disk(path).get_score() == 0.25


def test_we_read_what_we_write(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.path("owner/model", "0123", "mteb/task")
    store.write(path, RESULT)
    assert path.relative_to(tmp_path).as_posix() == "owner__model/0123/mteb__task.json"
    assert store.read(path) == RESULT
    assert store.read(path.with_name("nothing.json")) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300) | st.text(max_size=80).map(str.encode) | st.sampled_from([b"{}", b"[]", b'{"scores":1}'])
)
def test_anything_else_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m" / "f" / "task.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    assert Store(tmp_path).read(path) is None
    assert path.with_suffix(".broken").read_bytes() == content


def test_the_table_holds_the_newest_of_each(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for day, score, mark in ((1, 0.2, "aa"), (3, 0.5, "bb"), (2, 0.9, "cc")):
        facts = {**RESULT.facts, "finished": f"2026-01-0{day}"}
        result = TaskResult(**{**_fields(), "scores": {"main_score": score}, "facts": facts})
        store.write(store.path(result.model, mark, result.task), result)
    table = scores_table(tmp_path)
    assert table["score"].tolist() == [0.5]
    assert {"model", "task", "task_type", "domain", "language", "score", "n_items", "source"} <= set(table.columns)
    assert scores_table(tmp_path / "nothing").empty


def _fields() -> dict[str, object]:
    return {name: getattr(RESULT, name) for name in RESULT.__slots__}


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("findomain.results.os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_aside(tmp_path / "x.json", "text")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="file: cannot be written"):
        make_folder(tmp_path / "file")
