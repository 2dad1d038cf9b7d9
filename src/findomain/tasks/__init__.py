"""Tasks: what can be measured, where its data lie, and the data once they are read and checked."""

from findomain.tasks.catalog import catalog, get_suite, get_task, suites
from findomain.tasks.data import TaskData, content_hash
from findomain.tasks.folder import folder_task
from findomain.tasks.from_mteb import mteb_task
from findomain.tasks.loading import load_data
from findomain.tasks.mirror import pair_ids
from findomain.tasks.spec import MAIN_METRICS, TASK_TYPES, Role, Task, TaskType

__all__ = [
    "MAIN_METRICS",
    "TASK_TYPES",
    "Role",
    "Task",
    "TaskData",
    "TaskType",
    "catalog",
    "content_hash",
    "folder_task",
    "get_suite",
    "get_task",
    "load_data",
    "mteb_task",
    "pair_ids",
    "suites",
]
