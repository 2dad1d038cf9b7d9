"""Results that were measured here, as a table of scores, alone or added to the published ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from findomain.errors import RunError
from findomain.paths import DATA, ROOT
from findomain.published import load_models, load_tasks
from findomain.results import scores_table

SHIPPED = DATA / "results"
FACTS = ("task_type", "domain", "language", "family")


def live_scores(folder: str | Path | None = None) -> pd.DataFrame:
    """Results of a folder (the shipped ones by default), a row a model and task, with names as in the published scores.

    A task that is published under another name takes that name, and its domain; a model takes the published name that
    ends in its own. ``score`` is 0-1: a negative correlation is 0, as in the published table. ``ci_low``, ``ci_high``
    are bounds of its 95 % interval over the task's items.

    Raises:
        RunError: there is no such folder.
    """
    root = SHIPPED if folder is None else ROOT / folder
    if not root.is_dir():
        raise RunError(f"{root}: no such folder of results; findomain run -m MODEL --data DIR -o {folder} makes it")
    table = scores_table(root).assign(score=lambda t: t["score"].clip(lower=0))
    return _published_models(_described(table)).reset_index(drop=True)


def _described(table: pd.DataFrame) -> pd.DataFrame:
    """Facts of each task: as published, else as listed for the shipped results, else what its result says."""
    listed = pd.read_csv(SHIPPED / "datasets.csv", keep_default_na=False).set_index("task")
    names = table["task"].map(listed["published"]).fillna("")
    table = table.assign(dataset=table["task"], family=table["task"], task=table["task"].where(names == "", names))
    known = load_tasks().set_index("task")
    for column in FACTS:
        ours = table["dataset"].map(listed[column]).fillna(table[column])
        table[column] = table["task"].map(known[column]).fillna(ours)
    return table


def _published_models(table: pd.DataFrame) -> pd.DataFrame:
    short = {name.split("/")[-1]: name for name in load_models()["model"]}
    return table.assign(model=table["model"].map(lambda name: short.get(name, name)))


def with_live(scores: pd.DataFrame, live: pd.DataFrame) -> pd.DataFrame:
    """Published scores and those measured here in the same languages; where a cell has both, the published one.

    A task that was made of a dataset which has a published task under another name is left out: a copy is no new witness.
    What was measured here carries no flag.
    """
    flags = [name for name in scores.columns if name.startswith("flag_")]
    columns = ["model", "task", *FACTS, "score", "n_items", "source", "in_training", *flags]
    there = pd.MultiIndex.from_frame(scores[["model", "task"]])
    new = live[live["language"].isin(scores["language"].unique())].assign(**dict.fromkeys(flags, False))
    new = new[new["task"].isin(scores["task"]) | ~new["family"].isin(scores["family"])]
    new = new[~pd.MultiIndex.from_frame(new[["model", "task"]]).isin(there)]
    return pd.concat([scores, new[columns]], ignore_index=True)
