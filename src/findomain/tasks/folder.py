"""A task in a folder: BEIR files, or train and test as JSON Lines, CSV or Parquet, with an optional task.toml."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow

from findomain.errors import TaskError, first_line
from findomain.registry import did_you_mean
from findomain.tasks.raw import Table
from findomain.tasks.spec import MAIN_METRICS, TASK_TYPES, Task

DESCRIPTION = "task.toml"
FIELDS = ("name", "type", "domain", "language", "split", "metric", "protocol", "columns", "settings")


def folder_task(path: Path, *, task_type: str | None = None) -> Task:
    """The task in a folder; what its ``task.toml`` and the caller leave open is read off its files and columns.

    Raises:
        TaskError: no such folder, an unknown type or field, or columns that fit no type.
    """
    folder = path.resolve()
    if not folder.is_dir():
        raise TaskError(f"{path}: {'a file, expected a folder with a task' if folder.exists() else 'no such folder'}")
    told = _description(folder)
    kind = _checked_type(task_type or told.get("type") or _guess(folder), folder)
    split = str(told.get("split") or _test_split(folder))
    columns = told.get("columns") or {}
    graded = kind == "Summarization" and _has(folder, split, {"summary", "score"} - set(columns.values()))
    return Task(
        name=str(told.get("name") or folder.name),
        task_type=kind,
        domain=str(told.get("domain") or "unknown"),
        language=str(told.get("language") or ""),
        source="folder",
        path=str(folder),
        split=split,
        main_metric=str(told.get("metric") or MAIN_METRICS[kind]),
        columns=columns,
        protocol=str(told.get("protocol") or ("finmteb" if graded else "mteb")),
        settings=told.get("settings") or {},
    )


def folder_tables(task: Task) -> dict[str, Table]:
    """Every table of a folder by the name of its split, or ``corpus``, ``queries`` and ``qrels``.

    Raises:
        TaskError: a file that cannot be read; the message names file and line.
    """
    folder = Path(task.path)
    if task.task_type == "Retrieval":
        names = {"corpus": "corpus", "queries": "queries", "qrels": f"qrels/{task.split}"}
    else:
        names = {name: name for name in {task.train_split, task.split}}
    found = {role: _find(folder, name) for role, name in names.items()}
    return {role: read_table(path) for role, path in found.items() if path is not None}


def read_table(path: Path) -> Table:
    """One file as a table.

    Raises:
        TaskError: it cannot be read; the message names the line where there is one.
    """
    try:
        return READERS[path.suffix](path)
    except (ValueError, OSError, pd.errors.ParserError, pyarrow.ArrowException) as error:
        raise TaskError(f"{path}: cannot be read: {first_line(error)}") from error


def _read_jsonl(path: Path) -> Table:
    rows = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                raise TaskError(f"{path}, row {number}: empty line")
            try:
                row = json.loads(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                raise TaskError(f"{path}, row {number}: not UTF-8 at byte {error.start}") from error
            except json.JSONDecodeError as error:
                raise TaskError(f"{path}, row {number}: not JSON: {error.msg}") from error
            if not isinstance(row, dict):
                raise TaskError(f"{path}, row {number}: expected an object with named fields")
            rows.append(row)
    return Table(pd.DataFrame(rows, dtype=object), str(path), 1)


def _read_delimited(path: Path, separator: str) -> Table:
    frame = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8")
    return Table(frame.astype(object), str(path), 2)


READERS: Mapping[str, Callable[[Path], Table]] = {
    ".jsonl": _read_jsonl,
    ".csv": lambda path: _read_delimited(path, ","),
    ".tsv": lambda path: _read_delimited(path, "\t"),
    ".parquet": lambda path: Table(pd.read_parquet(path).astype(object), str(path), 1),
}


def _find(folder: Path, name: str) -> Path | None:
    return next((path for suffix in READERS if (path := folder / f"{name}{suffix}").is_file()), None)


def _description(folder: Path) -> dict[str, object]:
    path = folder / DESCRIPTION
    if not path.is_file():
        return {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TaskError(f"{path}: not TOML: {error}") from error
    unknown = sorted(set(told) - set(FIELDS))
    if unknown:
        raise TaskError(f"{path}: unknown field {unknown[0]!r}{did_you_mean(unknown[0], FIELDS)}")
    for name in ("columns", "settings"):
        if not isinstance(told.get(name, {}), dict):
            raise TaskError(f"{path}: {name} is no table; write [{name}]")
    return told


def _checked_type(name: object, folder: Path) -> str:
    if name not in TASK_TYPES:
        raise TaskError(f"{folder}: unknown type {name!r}, expected one of {', '.join(TASK_TYPES)}")
    return str(name)


def _test_split(folder: Path) -> str:
    """``test`` where there is one, else the only split that there is."""
    if (folder / "qrels").is_dir():
        names = sorted(path.stem for path in (folder / "qrels").iterdir() if path.suffix in READERS)
    else:
        names = sorted({path.stem for path in folder.iterdir() if path.suffix in READERS} - {"train"})
    if "test" in names or len(names) != 1:
        return "test"
    return names[0]


def _columns(folder: Path, split: str) -> set[str]:
    path = _find(folder, split)
    return set() if path is None else set(map(str, read_table(path).frame.columns))


def _has(folder: Path, split: str, names: set[str]) -> bool:
    return names <= _columns(folder, split)


# The first row whose columns are all there tells the type.
BY_COLUMNS: tuple[tuple[str, tuple[set[str], ...]], ...] = (
    ("Reranking", ({"query"}, {"positive"}, {"negative"})),
    ("Summarization", ({"human_summaries"}, {"machine_summaries"})),
    ("Summarization", ({"text"}, {"summary"}, {"score"})),
    ("STS", ({"sentence1", "sent1"}, {"sentence2", "sent2"}, {"score"})),
    ("PairClassification", ({"sentence1", "sent1"}, {"sentence2", "sent2"}, {"label", "labels"})),
    ("Clustering", ({"text", "sentence", "sentences"}, {"label", "labels"})),
)


def _guess(folder: Path) -> str:
    if _find(folder, "corpus") is not None and _find(folder, "queries") is not None:
        return "Retrieval"
    split = _test_split(folder)
    has = _columns(folder, split)
    for kind, needed in BY_COLUMNS:
        if all(names & has for names in needed):
            with_train = kind == "Clustering" and _find(folder, "train") is not None
            return "Classification" if with_train else kind
    if not has:
        held = ", ".join(sorted(path.name for path in folder.iterdir())[:8]) or "nothing"
        raise TaskError(
            f"{folder}: no data: expected corpus, queries and qrels/, or {split} as .jsonl, .csv or .parquet "
            f"(it has {held})"
        )
    raise TaskError(
        f"{folder}: the columns of {split} ({', '.join(sorted(has))}) fit no task type; "
        f"give --type, or a {DESCRIPTION} with type and [columns] that say which is which"
    )
