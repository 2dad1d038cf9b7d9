"""Repositories for the hub server of the tests: known tasks at their pinned revisions, in the layouts of hubs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd

from findomain.encoders import get_spec
from findomain.tasks import Task, get_task

SENTENCES = tuple(
    f"{who} {did} {what}"
    for who in ["a", "the", "one", "this"]
    for did in ["rose", "fell"]
    for what in ["bond", "loan", "note", "coin"]
)
README = "---\nconfigs:\n{}\n---\n"
CONFIG = "- config_name: {name}\n  data_files:\n{files}"
FILE = "  - split: {split}\n    path: {path}\n"


def retrieval(root: Path, name: str) -> None:
    """Three configurations of JSON Lines: corpus, queries and the judgements."""
    task = get_task(name)
    folder = _repository(root, task)
    _lines(folder / "corpus.jsonl", [{"_id": f"d{i}", "title": "", "text": t} for i, t in enumerate(SENTENCES)])
    _lines(folder / "queries.jsonl", [{"_id": f"q{i}", "text": f"which {t}"} for i, t in enumerate(SENTENCES[:9])])
    judged = [{"query-id": f"q{i}", "corpus-id": f"d{i}", "score": 1.0} for i in range(8)]
    _lines(folder / "qrels" / "train.jsonl", judged)
    files = {"default": (task.split, "qrels/train.jsonl"), "corpus": ("corpus", "corpus.jsonl")}
    _readme(folder, files | {"queries": ("queries", "queries.jsonl")})


def flat(root: Path, name: str, columns: dict[str, list]) -> None:
    """Rows in Parquet, the same for training and for judging."""
    task = get_task(name)
    folder = _repository(root, task)
    (folder / "data").mkdir()
    for split in {task.split, task.train_split}:
        pd.DataFrame(columns).to_parquet(folder / "data" / f"{split}-00000-of-00001.parquet")


def model(root: Path, name: str) -> str:
    """The packaged MiniLM as a repository under another name; returns its revision."""
    spec = get_spec("all-MiniLM-L6-v2")
    folder = root / "models" / name
    shutil.copytree(spec.folder() / spec.files["folder"], folder)
    (folder / "REVISION").write_text("5" * 40)
    return "5" * 40


def _repository(root: Path, task: Task) -> Path:
    folder = root / "datasets" / task.path
    folder.mkdir(parents=True)
    (folder / "REVISION").write_text(task.revision)
    return folder


def _lines(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _readme(folder: Path, files: dict[str, tuple[str, str]]) -> None:
    told = [CONFIG.format(name=name, files=FILE.format(split=s, path=p)) for name, (s, p) in files.items()]
    (folder / "README.md").write_text(README.format("".join(told)))
