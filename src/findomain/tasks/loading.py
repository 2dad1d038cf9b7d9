"""From a task to its data, wherever it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from findomain.tasks.data import TaskData
from findomain.tasks.folder import folder_tables
from findomain.tasks.from_mteb import mteb_tables
from findomain.tasks.hub import hub_tables
from findomain.tasks.layouts import read_data
from findomain.tasks.mirror import mirror_tables
from findomain.tasks.raw import Table
from findomain.tasks.spec import Task

SOURCES: Mapping[str, Callable[[Task], dict[str, Table]]] = {
    "folder": folder_tables,
    "hub": hub_tables,
    "mirror": mirror_tables,
    "mteb": mteb_tables,
}


def load_data(task: Task) -> TaskData:
    """The data of a task, checked.

    Raises:
        TaskError: they cannot be had or used; one line with file and row.
    """
    return read_data(task, SOURCES[task.source](task))
