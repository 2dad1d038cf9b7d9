"""The tasks and suites that are known by name: ``data/tasks.csv`` and ``data/suites.toml``."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from findomain.errors import TaskError
from findomain.paths import DATA, require
from findomain.registry import did_you_mean
from findomain.tasks.spec import Task


@cache
def catalog() -> Mapping[str, Task]:
    """Every known task by name, in the order of the file."""
    path = require(DATA / "tasks.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return MappingProxyType({row["name"]: _task(row) for row in rows})


def _task(row: dict[str, str]) -> Task:
    mapped = {name: json.loads(row.pop(name) or "{}") for name in ("columns", "settings")}
    return Task(**row, **mapped)


@cache
def suites() -> Mapping[str, tuple[str, ...]]:
    """Names of tasks by suite."""
    told = tomllib.loads(require(DATA / "suites.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: tuple(suite["tasks"]) for name, suite in told.items()})


def get_task(name: str) -> Task:
    """A known task.

    Raises:
        TaskError: no task has that name; the message names the nearest.
    """
    if name not in catalog():
        raise TaskError(f"unknown task {name!r}{did_you_mean(name, catalog())}; see findomain tasks")
    return catalog()[name]


def get_suite(name: str) -> tuple[Task, ...]:
    """The tasks of a suite.

    Raises:
        TaskError: no suite has that name; the message names the nearest.
    """
    if name not in suites():
        raise TaskError(f"unknown suite {name!r}{did_you_mean(name, suites())}: {', '.join(suites())}")
    return tuple(get_task(task) for task in suites()[name])
