"""Any text task of the installed mteb package, read through mteb itself (the extra ``import``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from findomain.errors import MissingExtraError, TaskError, first_line
from findomain.network import tell_clients
from findomain.tasks.raw import Table
from findomain.tasks.spec import TASK_TYPES, Task

if TYPE_CHECKING:
    from mteb.abstasks import AbsTask

# Before the name of a metric: the nearest of several wordings of a query counts.
OVER_WORDINGS = "max_over_subqueries_"
SETTINGS = ("samples_per_label", "n_experiments", "max_fraction_of_documents_to_embed", "max_document_to_embed")


def mteb_task(name: str) -> Task:
    """A task by mteb's name, for one language and its first evaluation split.

    Raises:
        TaskError: mteb has no such task, or it is of a type or modality that is not measured here.
        MissingExtraError: mteb is not installed.
    """
    abstract = _get(name)
    facts = abstract.metadata
    if facts.type not in TASK_TYPES or facts.modalities != ["text"]:
        raise TaskError(f"{name}: a task of type {facts.type} is not measured here ({', '.join(TASK_TYPES)} are)")
    columns = {
        getattr(abstract, old): new for old, new in COLUMNS.items() if isinstance(getattr(abstract, old, 0), str)
    }
    return Task(
        name=name,
        task_type=facts.type,
        domain=";".join(facts.domains or []).lower() or "unknown",
        language=facts.languages[0],
        source="mteb",
        path=str(facts.dataset.get("path", "")),
        revision=str(facts.dataset.get("revision", "")),
        split="test" if "test" in facts.eval_splits else facts.eval_splits[0],
        train_split=getattr(abstract, "train_split", "train"),
        main_metric=facts.main_score.removeprefix(OVER_WORDINGS),
        subset="" if abstract.hf_subsets[0] == "default" else abstract.hf_subsets[0],
        columns={theirs: ours for theirs, ours in columns.items() if theirs != ours},
        settings=_settings(abstract),
    )


def _settings(abstract: AbsTask) -> dict[str, float]:
    found = {key: value for key in SETTINGS if isinstance(value := getattr(abstract, key, None), (int, float))}
    return found | ({"subqueries": 1} if abstract.metadata.main_score.startswith(OVER_WORDINGS) else {})


COLUMNS: Mapping[str, str] = {
    "input_column_name": "text",
    "label_column_name": "label",
    "input1_column_name": "sentence1",
    "input2_column_name": "sentence2",
}


def mteb_tables(task: Task) -> dict[str, Table]:
    """The tables of a task as mteb loads and transforms them.

    Raises:
        TaskError: mteb cannot load it.
        MissingExtraError: mteb is not installed.
    """
    abstract = _get(task.name)
    try:
        abstract.load_data()
    except Exception as error:  # whatever the loaders of two thousand tasks raise
        raise TaskError(f"{task.name}: mteb cannot load it: {first_line(error)}") from error
    return tables_of(abstract, task)


def tables_of(abstract: AbsTask, task: Task) -> dict[str, Table]:
    """The tables of a loaded mteb task."""
    data = abstract.dataset
    data = data.get(task.subset or "default", data) if isinstance(data, dict) else data
    if task.task_type not in ("Retrieval", "Reranking"):
        return {name: _table(part.to_pandas(), task, name) for name, part in data.items()}
    split = data[task.split]
    judged = [(q, d, grade) for q, row in split["relevant_docs"].items() for d, grade in row.items()]
    frames = {
        "corpus": split["corpus"].to_pandas(),
        "queries": split["queries"].to_pandas(),
        "qrels": pd.DataFrame(judged, columns=["query-id", "corpus-id", "score"]),
    }
    if task.task_type == "Reranking":
        ranked = split["top_ranked"]
        frames["top_ranked"] = pd.DataFrame(
            {"query-id": list(ranked), "corpus-ids": [list(v) for v in ranked.values()]}
        )
    return {name: _table(frame, task, name) for name, frame in frames.items()}


def _table(frame: pd.DataFrame, task: Task, name: str) -> Table:
    return Table(frame.astype(object).reset_index(drop=True), f"{task.name} of mteb ({name})", 1)


def _get(name: str) -> AbsTask:
    tell_clients()
    try:
        import mteb
    except ImportError as error:
        raise MissingExtraError("tasks of mteb need the extra: pip install 'findomain[import]'") from error
    try:
        return mteb.get_task(name)
    except KeyError as error:
        raise TaskError(f"mteb has no task {name!r}") from error
