"""Small tasks of every type as folders of files, in words of our own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

SUBJECTS = ("the bank", "the baker", "a lender", "the pupil", "an insurer", "the gardener", "a broker", "the driver")
VERBS = ("raised", "lowered", "kept", "lost", "found", "sold")
OBJECTS = ("its rate", "the loaf", "a bond", "the book", "the policy", "a rose", "some shares", "the old car")
SENTENCES = tuple(" ".join(parts) for parts in itertools.product(SUBJECTS, VERBS, OBJECTS))


def write_lines(path: Path, rows: Sequence[dict]) -> None:
    """Write JSON Lines, folders included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


def _sts(folder: Path) -> None:
    rows = [{"sentence1": SENTENCES[i], "sentence2": SENTENCES[(i * 7) % 384], "score": i % 6} for i in range(60)]
    write_lines(folder / "test.jsonl", rows)


def _pairs(folder: Path) -> None:
    rows = [{"sentence1": SENTENCES[i], "sentence2": SENTENCES[i + i % 2], "label": 1 - i % 2} for i in range(60)]
    write_lines(folder / "test.jsonl", rows)


def _classification(folder: Path) -> None:
    rows = [{"text": text, "label": text.split()[1]} for text in SENTENCES]
    write_lines(folder / "train.jsonl", rows[::2])
    write_lines(folder / "test.jsonl", rows[1::5])


def _clustering(folder: Path) -> None:
    write_lines(folder / "test.jsonl", [{"text": t, "label": t.rsplit(" ", 1)[1]} for t in SENTENCES[::4]])


def _retrieval(folder: Path) -> None:
    write_lines(folder / "corpus.jsonl", [{"_id": f"d{i}", "text": t} for i, t in enumerate(SENTENCES[:200])])
    write_lines(folder / "queries.jsonl", [{"_id": f"q{i}", "text": f"who {SENTENCES[i][4:]}"} for i in range(30)])
    judged = "".join(f"q{i}\td{i}\t1\n" for i in range(30))
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")


def _reranking(folder: Path) -> None:
    rows = [
        {"query": SENTENCES[i], "positive": [f"{SENTENCES[i]} again"], "negative": list(SENTENCES[i + 40 : i + 48])}
        for i in range(20)
    ]
    write_lines(folder / "test.jsonl", rows)


def _summarization(folder: Path) -> None:
    rows = [
        {"text": f"{SENTENCES[i]}. {SENTENCES[i + 9]}.", "summary": SENTENCES[i], "score": i % 3} for i in range(40)
    ]
    write_lines(folder / "test.jsonl", rows)


WRITERS: dict[str, Callable[[Path], None]] = {
    "Classification": _classification,
    "Clustering": _clustering,
    "PairClassification": _pairs,
    "Reranking": _reranking,
    "Retrieval": _retrieval,
    "STS": _sts,
    "Summarization": _summarization,
}


@pytest.fixture
def small_task(tmp_path: Path) -> Callable[[str], Path]:
    """A function that writes the small task of a type and returns its folder."""

    def make(task_type: str) -> Path:
        folder = tmp_path / "data" / f"small-{task_type.lower()}"
        WRITERS[task_type](folder)
        return folder

    return make
