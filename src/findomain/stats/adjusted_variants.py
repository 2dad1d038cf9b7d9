"""The adjusted gap under other choices: which measures are held fixed, what is a unit, which tasks take part."""

from __future__ import annotations

import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.adjusted import adjusted_gap
from findomain.stats.matching import CALIPER
from findomain.stats.regression import TaskTable, task_table
from findomain.stats.sensitivity import merge_families
from findomain.stats.validity import controls_of, validate_controls


def task_families(scores: pd.DataFrame) -> pd.Series:
    """The family of each task, indexed by task: which were made of one collection and are no independent witnesses."""
    return scores.drop_duplicates("task").set_index("task")["family"]


def adjusted_variants(scores: pd.DataFrame, facts: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The regression-adjusted gap for each choice, pooled (types alike) and by type.

    The measures: those that pass ``validate_controls`` with tasks as witnesses, or with families; all that are known of
    the type. The tasks: all; without domain tasks that have no counterpart; without scores on declared training data;
    families merged into one task. Columns ``choice`` and those of ``AdjustedGap.table``.
    """
    table = task_table(scores, facts.join(task_families(scores)))
    measures = list(facts.columns)
    passed = controls_of(validate_controls(table, measures, domain=domain))
    strict = controls_of(validate_controls(table, measures, domain=domain, family="family"))
    known = known_measures(table, measures)
    unexposed = scores[scores["in_training"].astype(str) != "true"]
    choices: dict[str, tuple[TaskTable, dict[str, list[str]], float | None]] = {
        "measures that pass": (table, passed, None),
        "measures that pass with collections as witnesses": (table, strict, None),
        "all measures that are known": (table, known, None),
        "all, no task without a counterpart": (table, known, CALIPER),
        "measures that pass, no declared training data": (task_table(unexposed, facts), passed, None),
        "measures that pass, collections as units": (merged_table(scores, facts), passed, None),
    }
    found = []
    for choice, (evidence, controls, caliper) in choices.items():
        try:
            gap = adjusted_gap(evidence, controls, domain=domain, caliper=caliper).table
        except ScoresError:
            continue  # no type keeps a domain task under this choice
        found.append(gap[(gap["kind"] == "adjusted") & (gap["task_type"] != "datasets alike")].assign(choice=choice))
    return pd.concat(found, ignore_index=True)


def known_measures(table: TaskTable, measures: list[str]) -> dict[str, list[str]]:
    """By type the measures that nine tenths of its tasks have."""
    shares = table.frame[measures].notna().groupby(table.frame["task_type"]).mean()
    return {str(kind): [name for name in measures if row[name] >= 0.9] for kind, row in shares.iterrows()}


def merged_table(scores: pd.DataFrame, facts: pd.DataFrame) -> TaskTable:
    """Tasks of one collection merged into one (``merge_families``), with the means of their facts."""
    tasks = scores.drop_duplicates("task")[["task", "family", "domain"]].join(facts, on="task")
    means = tasks.groupby(["family", "domain"])[list(facts.columns)].mean()
    return task_table(merge_families(scores), means.set_axis([f"{family} {name}" for family, name in means.index]))
