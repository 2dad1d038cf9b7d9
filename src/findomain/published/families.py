"""Which tasks were made of the same dataset: names that say so, ``adapted_from``, and a table of patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

_SUFFIX = re.compile(r"(\.v\d+|HardNegatives)+$")
_NANO = re.compile(r"^Nano(.+?)(Retrieval)?$")


def source_dataset(task: str, adapted_from: Mapping[str, Iterable[str]]) -> str:
    """The task that a task was made of: ``.v2``, ``HardNegatives``, ``Nano...``, ``HUME...`` and ``adapted_from``.

    ``adapted_from`` maps a task to its declared predecessors; a chain is followed to its end.
    """
    seen: set[str] = set()
    while task not in seen:
        seen.add(task)
        before = [name for name in adapted_from.get(task) or () if name not in seen]
        if before:
            task = before[0]
            continue
        task = _plain(task)
    return task


def _plain(task: str) -> str:
    task = _SUFFIX.sub("", task.removeprefix("HUME"))
    nano = _NANO.match(task)
    return nano.group(1) if nano else task


def families(tasks: Iterable[str], adapted_from: Mapping[str, Iterable[str]], patterns: pd.DataFrame) -> dict[str, str]:
    """The family of each task: the first pattern that the task or its source dataset matches, else the source itself.

    ``patterns`` has the columns ``pattern`` (a regular expression, matched from the start) and ``family``.
    """
    compiled = [
        (re.compile(pattern), family) for pattern, family in patterns[["pattern", "family"]].itertuples(index=False)
    ]
    out = {}
    for task in tasks:
        source = source_dataset(task, adapted_from)
        out[task] = next((family for regex, family in compiled if regex.match(task) or regex.match(source)), source)
    return out
