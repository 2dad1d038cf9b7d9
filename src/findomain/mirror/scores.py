"""Results on the suite: scores by type and domain, and what each item contributes, as pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from findomain.errors import RunError
from findomain.paths import ROOT
from findomain.results import Store, TaskResult
from findomain.tasks import Task, content_hash, get_suite, load_data, pair_ids
from findomain.tasks.mirror import FOLDER, SUITE

SHIPPED = FOLDER / "results"
AGAIN = "findomain run -m MODEL -s Mirror -o DIR"


def _results(folder: str | Path | None) -> Iterator[tuple[Task, TaskResult]]:
    """Each result on a task of the suite, the newest of each model.

    Raises:
        RunError: there is none, or one is of other texts than those of the suite now.
    """
    root = SHIPPED if folder is None else ROOT / folder
    tasks = {task.name: task for task in get_suite(SUITE)}
    told = sorted(Store(root).results(), key=lambda result: str(result.facts.get("finished", "")))
    newest = {(result.task, result.model): result for result in told if result.task in tasks}
    if not newest:
        raise RunError(f"{root}: no results of the suite {SUITE}; make them with: {AGAIN}")
    contents = {name: content_hash(load_data(task)) for name, task in tasks.items()}
    for (name, model), result in sorted(newest.items()):
        if result.facts.get("content") != contents[name] or "items" not in result.facts:
            raise RunError(f"{root}: {model} on {name} was measured on other texts; measure again with: {AGAIN}")
        yield tasks[name], result


def score_table(folder: str | Path | None = None) -> pd.DataFrame:
    """Scores on the suite, a row a model and task: ``model, task, task_type, domain, score, ci_low, ci_high, n_items``.

    Args:
        folder: of results; the shipped ones unless given.

    Raises:
        RunError: there is none, or one is of other texts than those of the suite now.
    """
    rows = [
        {
            "model": result.model,
            "task": task.name,
            "task_type": task.task_type,
            "domain": task.domain,
            "score": result.main_score,
            **{name: result.facts[name] for name in ("ci_low", "ci_high", "n_items")},
        }
        for task, result in _results(folder)
    ]
    return pd.DataFrame(rows)


def item_table(folder: str | Path | None = None) -> pd.DataFrame:
    """What each item contributes to each score: the table that ``stats.paired_gap`` takes.

    Args:
        folder: of results; the shipped ones unless given.

    Raises:
        RunError: there is none, or one is of other texts than those of the suite now.
    """
    pairs = {task.name: pair_ids(task) for task in get_suite(SUITE)}
    tables = [
        pd.DataFrame(
            {
                "model": result.model,
                "task_type": task.task_type,
                "pair": pairs[task.name],
                "domain": task.domain,
                "value": result.facts["items"],
            }
        )
        for task, result in _results(folder)
    ]
    return pd.concat(tables, ignore_index=True)
