"""Load the shipped tables: they need neither mteb nor a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from findomain.errors import PublishedError
from findomain.paths import DATA
from findomain.published.flags import FLAGS

NAMES = ("scores", "tasks", "models", "exposure", "dropped")


def load_table(name: str, *, folder: Path | None = None) -> pd.DataFrame:
    """One of the five tables as it was written; text columns as text.

    Raises:
        PublishedError: the table is not there or cannot be read.
    """
    path = (folder or DATA / "published") / f"{name}.parquet"
    if not path.is_file():
        raise PublishedError(f"{path}: no such table; make it with: findomain published import PATH")
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise PublishedError(f"{path}: not a parquet table ({str(error).splitlines()[0]})") from error
    text = {column: "str" for column in table.columns if isinstance(table[column].dtype, pd.CategoricalDtype)}
    return table.astype(text)


def load_tasks() -> pd.DataFrame:
    """Facts of the tasks: type, domain, language, year, sizes, text lengths, main score, family, flags."""
    return load_table("tasks")


def load_models() -> pd.DataFrame:
    """Facts of the models: parameters, dimensions, release date, open weights, base model, flags."""
    return load_table("models")


def load_exposure() -> pd.DataFrame:
    """``model, task, in_training`` (true, false, unknown) for every scored cell."""
    return load_table("exposure")


def load_dropped() -> pd.DataFrame:
    """What the rule of ``cells`` left out, a row a split and subset, with the reason."""
    return load_table("dropped")


def load_paper(name: str) -> pd.DataFrame:
    """One of the paper's own tables, e.g. ``mteb_vs_finmteb_averages``.

    Raises:
        PublishedError: no such table; the line lists those there are.
    """
    path = DATA / "paper" / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in (DATA / "paper").glob("*.csv")))
        raise PublishedError(f"no table {name!r} of the paper; there are: {known}")
    return pd.read_csv(path)


def load_scores(
    *,
    language: str | None = None,
    domains: Literal["declared", "tagged"] = "declared",
    drop: Sequence[str] = (),
) -> pd.DataFrame:
    """The scores table of all statistics: a row a model and task, scores 0-1.

    Args:
        language: ``eng`` or ``zho``; both if None.
        domains: our assignment (``data/domains.csv`` beside the tags), or the tags of mteb alone.
        drop: flags whose scores are left out (see ``FLAGS``).

    Raises:
        PublishedError: an unknown flag, language or kind of domain, with the valid ones.
    """
    unknown = sorted(set(drop) - set(FLAGS))
    if unknown:
        raise PublishedError(f"unknown flag {', '.join(unknown)}; expected some of {', '.join(FLAGS)}")
    if language not in (None, "eng", "zho"):
        raise PublishedError(f"language is {language!r}; expected eng or zho")
    if domains not in ("declared", "tagged"):
        raise PublishedError(f"domains is {domains!r}; expected declared or tagged")
    tasks = load_tasks().rename(columns={"domain": "declared", "domain_tagged": "tagged"})
    tasks = tasks.assign(domain=tasks[domains])
    facts = ["task", "task_type", "domain", "language", "n_items", "family"]
    scores = load_table("scores").merge(tasks[facts + _flags("task")], on="task")
    scores = scores.merge(load_models()[["model", *_flags("model")]], on="model")
    scores = scores.merge(load_exposure(), on=["model", "task"]).assign(source="published")
    keep = ~scores[list(drop)].any(axis=1) if drop else pd.Series(True, index=scores.index)
    if language is not None:
        keep &= scores["language"] == language
    first = [
        "model",
        "task",
        "task_type",
        "domain",
        "language",
        "score",
        "n_items",
        "source",
        "in_training",
        "revision",
    ]
    return scores.loc[keep, [*first, "family", *FLAGS]].sort_values(["model", "task"], ignore_index=True)


def _flags(level: str) -> list[str]:
    return [name for name, flag in FLAGS.items() if flag.level == level]
