"""The matched pairs: tasks in folders of the checkout, ``data/mirror/<domain>/<type>``, whose rows name their pair."""

from __future__ import annotations

from dataclasses import replace

from findomain.errors import TaskError
from findomain.paths import DATA, require
from findomain.tasks.folder import folder_tables
from findomain.tasks.raw import Table
from findomain.tasks.spec import Task

FOLDER = DATA / "mirror"
SUITE = "Mirror"
# The domain that is asked about, and the other.
SIDES = ("finance", "general")


def mirror_tables(task: Task) -> dict[str, Table]:
    """Every table of a task of the suite."""
    return folder_tables(replace(task, path=str(require(FOLDER / task.path))))


def pair_ids(task: Task) -> tuple[str, ...]:
    """The pair of each item that is judged, in the order in which it is judged.

    Raises:
        TaskError: the task is not of the suite.
    """
    if task.source != "mirror":
        raise TaskError(f"{task.name}: its items are in no pairs; those of the suite {SUITE} are")
    tables = mirror_tables(task)
    return tuple(map(str, tables["queries" if task.task_type == "Retrieval" else task.split].column("pair_id", {})))
