"""From result files to cells: every split and subset of a file, then one score for a model on a task.

The rule, in order. (1) Only the splits and subsets that the task declares for evaluation count. (2) A file's score is
the mean over subsets, then over splits, of its main scores, as mteb itself aggregates them. (3) Of several files for
one model and task the one that has most of the declared splits and subsets is taken, then one with a revision of the
model before ``external``, then the newest mteb version, then the last revision in alphabetical order. What is not
taken is listed in the table of dropped scores with its reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from findomain.errors import PublishedError
from findomain.published.records import Record

NO_REVISION = ("external", "no_revision_available", "no_revision", "main")


@dataclass(frozen=True, slots=True)
class TaskSplits:
    """What a task declares: name of the main metric, splits and subsets of its evaluation."""

    main_score: str
    splits: tuple[str, ...]
    subsets: tuple[str, ...]


def read_rows(records: Iterable[Record], declared: Mapping[str, TaskSplits]) -> pd.DataFrame:
    """One row a file, split and subset, with the reason why it is dropped (empty where it is kept)."""
    rows = [row for record in records for row in _rows(record, declared.get(record.task))]
    return pd.DataFrame(
        rows, columns=["model", "task", "revision", "version", "layout", "split", "subset", "score", "reason"]
    )


def _rows(record: Record, task: TaskSplits | None) -> Iterable[tuple[object, ...]]:
    version = str(record.content.get("mteb_version") or "")
    scores = record.content.get("scores")
    layout = "current" if isinstance(scores, dict) else "legacy"
    head = (record.model, record.task, record.revision, version, layout)
    if task is None:
        yield (*head, "", "", math.nan, "task not known to mteb")
        return
    found = _current(scores, record.path) if isinstance(scores, dict) else _legacy(record.content, task.main_score)
    for split, subset, score in found:
        yield (*head, split, subset, score, _reason(split, subset, score, task))


def _reason(split: str, subset: str, score: float, task: TaskSplits) -> str:
    if split not in task.splits:
        return "split not declared for evaluation"
    if subset not in task.subsets:
        return "subset not declared or not in the language"
    if not math.isfinite(score):
        return "no main score"
    return "main score above 100" if score > 100 else ""


def _current(scores: Mapping[str, object], path: str) -> Iterable[tuple[str, str, float]]:
    for split, entries in scores.items():
        for entry in entries if isinstance(entries, list) else []:
            if not isinstance(entry, dict):
                raise PublishedError(f"{path}: split {split!r}: expected a list of objects, one a subset")
            yield split, str(entry.get("hf_subset", "default")), _number(entry.get("main_score"))


def _legacy(content: Mapping[str, object], main_score: str) -> Iterable[tuple[str, str, float]]:
    """Files written before mteb 1.11: ``{split: {metric: value}}``, similarities nested by kind."""
    for split, metrics in content.items():
        if isinstance(metrics, dict):
            yield split, "default", _legacy_score(metrics, main_score)


def _legacy_score(metrics: Mapping[str, object], main_score: str) -> float:
    kind, _, metric = main_score.partition("_")
    nested = metrics.get({"cosine": "cos_sim"}.get(kind, kind))
    plain = main_score.removeprefix("max_over_subqueries_").removesuffix("_at_1000")
    for name in (main_score, plain):  # map, not map_at_1000 or max_over_subqueries_map_at_1000, before mteb 2
        if name in metrics:
            return _number(metrics[name])
    if isinstance(nested, dict):
        return _number(nested.get(metric))
    if kind == "max":
        values = [_number(part.get(metric)) for part in metrics.values() if isinstance(part, dict)]
        return max((value for value in values if not math.isnan(value)), default=math.nan)
    return math.nan


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def choose(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Apply the rule: the cells, one a model and task, and the files that lost to another of the same cell.

    Cells have ``model, task, score, revision, version, layout, n_parts, n_files, score_spread``.
    """
    kept = rows[rows["reason"] == ""]
    keys = ["model", "task", "revision", "version", "layout"]
    by_split = kept.groupby([*keys, "split"], as_index=False).agg(score=("score", "mean"), n=("score", "size"))
    files = by_split.groupby(keys, as_index=False).agg(score=("score", "mean"), n_parts=("n", "sum"))
    files = files.assign(
        _named=~files["revision"].isin(NO_REVISION), _version=files["version"].map(version_key)
    ).sort_values(["model", "task", "n_parts", "_named", "_version", "revision"])
    cells = files.groupby(["model", "task"])
    spread = cells["score"].agg(["size", "max", "min"])
    last = ~files.duplicated(["model", "task"], keep="last")
    chosen = files[last].drop(columns=["_named", "_version"]).set_index(["model", "task"])
    chosen = chosen.assign(n_files=spread["size"], score_spread=spread["max"] - spread["min"]).reset_index()
    lost = files.loc[~last, [*keys, "score"]].assign(reason="another file of the cell was taken")
    return chosen, lost


def version_key(version: str) -> str:
    """A version as a string that sorts as the numbers do."""
    return ".".join(f"{int(number):05d}" for number in re.findall(r"\d+", version)[:3])
