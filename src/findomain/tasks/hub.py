"""A task on the hub: its dataset at the pinned revision, cached on disk; code in a dataset is never run."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from findomain.errors import MissingExtraError, TaskError, first_line
from findomain.network import hub_endpoint, tell_clients, tried
from findomain.tasks.raw import Table
from findomain.tasks.spec import Task

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def hub_tables(task: Task) -> dict[str, Table]:
    """Every table of a dataset by split, or ``corpus``, ``queries`` and ``qrels``; from the cache where it is there.

    Raises:
        TaskError: offline and not cached, no such dataset, revision or configuration, or the hub fails.
    """
    datasets = _datasets()
    if task.task_type == "Retrieval" or "top_ranked" in task.settings:
        return _retrieval_tables(task, datasets.load_dataset)
    loaded = _load(task, datasets.load_dataset, task.subset or None)
    return {name: _table(task, split, name) for name, split in loaded.items()}


def _datasets() -> ModuleType:
    tell_clients()
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError("datasets of the hub need the extra: pip install 'findomain[models]'") from error
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
    return datasets


def _retrieval_tables(task: Task, load: Callable[..., DatasetDict]) -> dict[str, Table]:
    """Configurations ``corpus``, ``queries``, the judgements and, for Reranking, ``top_ranked``."""
    prefix = f"{task.subset}-" if task.subset else ""
    tables = {}
    for name in ("corpus", "queries", *(["top_ranked"] if "top_ranked" in task.settings else [])):
        loaded = _load(task, load, f"{prefix}{name}")
        tables[name] = _table(task, _only(loaded, (task.split, name)), name)
    judged = _load(task, load, f"{prefix}qrels" if prefix else "default")
    if task.split not in judged:
        raise TaskError(f"{task.path}: no split {task.split} in the judgements (it has {', '.join(judged)})")
    tables["qrels"] = _table(task, judged[task.split], task.split)
    return tables


def _only(loaded: DatasetDict, names: tuple[str, ...]) -> Dataset:
    return next((loaded[name] for name in names if name in loaded), next(iter(loaded.values())))


def _table(task: Task, split: Dataset, name: str) -> Table:
    return Table(split.to_pandas().astype(object), f"{task.path} ({name})", 1)


def _load(task: Task, load: Callable[..., DatasetDict], configuration: str | None) -> DatasetDict:
    what = f"{task.path}{f' ({configuration})' if configuration else ''} at {task.revision[:12]}"
    try:
        loaded = tried(lambda: load(task.path, configuration, revision=task.revision or None))
    except Exception as error:  # the hub's libraries raise many kinds, from requests' to pyarrow's
        raise TaskError(f"{task.name}: {what}: {_reason(error)}") from error
    _check_revision(task, loaded)
    return loaded


def _check_revision(task: Task, loaded: DatasetDict) -> None:
    """Without requests the library takes whatever revision its cache has last seen; a result must not."""
    files = [file["filename"] for split in loaded.values() for file in split.cache_files]
    if task.revision and any(task.revision not in name for name in files):
        raise TaskError(f"{task.name}: {task.path} is in the cache at another revision than {task.revision[:12]}")


def _reason(error: BaseException) -> str:
    """One line for what went wrong, with the way out where there is one."""
    if os.environ.get("HF_DATASETS_OFFLINE") == "1":
        return f"not in the cache, and requests are switched off or {hub_endpoint()} does not answer"
    return first_line(error)
