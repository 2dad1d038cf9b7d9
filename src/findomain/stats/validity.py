"""Is a measure fit to be a control? Only if it predicts scores among tasks of one domain and one task type.

A measure that merely differs between domains takes part of the domain's effect with it and calls it complexity. So the
question is put within cells, domain x task type, and the criteria below were set before any result was seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.multiplicity import holm
from findomain.stats.partial import Within, centred, within
from findomain.stats.regression import TaskTable, regress

# Five in a hundred, after Holm: the level of every test of this study.
ALPHA = 0.05
# Units beyond the cells. With 10, a correlation must reach .60 to be told from 0 even alone; with fewer, only a measure
# that is nearly the score itself could pass, or chance.
MIN_BEYOND = 10
# Leave-one-out R2 over the cell's mean: at 0 the measure predicts a new task no better than not knowing it.
MIN_GAIN = 0.0
# Correlation of measure and domain, either side weighing half: from .8 the means lie 2.7 standard deviations apart, few
# tasks of the domain have a like outside of it, and an adjusted gap is extrapolation. Sides weigh alike because a rare
# domain cannot reach .8 however far apart it lies.
MAX_COLLINEAR = 0.8
POOLED = "pooled"
_RESULT = (
    "n_tasks",
    "n_groups",
    "n_cells",
    "n_domain_tasks",
    "r",
    "ci_low",
    "ci_high",
    "slope",
    "slope_low",
    "slope_high",
)
_TESTS = ("p_fisher", "p_tasks", "p_family", "p_value", "p_holm")
_REST = ("loto_low", "loto_high", "sign_changes", "gain")
_DOMAIN = ("r_domain", "r_domain_low", "r_domain_high", "r_balanced", "vif")


def validate_controls(
    table: TaskTable, measures: Sequence[str], *, domain: str = "finance", family: str | None = None
) -> pd.DataFrame:
    """Whether each measure predicts task effects within domain and type, by type and pooled.

    ``family`` names a column of the table that says which tasks were made of one dataset and depend on each other.
    With it a family is left out as one, the interval of r is the jackknife's over families, and its p must hold too.

    Holm's correction is over all rows of the result that are tested: each measure in each type and pooled.

    Returns:
        A row a measure and task type, ``pooled`` first: ``n_tasks``; ``n_groups`` that are left out one by one (tasks
        or families); ``n_cells``; ``n_domain_tasks``; ``r, ci_low, ci_high``: partial correlation with Fisher's
        interval; ``slope, slope_low, slope_high``: score per unit of the measure, tasks as units (HC2) and clustered by
        model; ``p_fisher, p_tasks, p_family``: of r, of the slope, and of r over families; ``p_value``: the largest,
        all must hold (Berger 1982); ``p_holm``; ``loto_low, loto_high``: range of r without any one group;
        ``sign_changes`` within it; ``gain``: leave-one-out R2 over the cell's mean. Of the measure and the domain, over
        the types that have tasks inside and outside of it: ``r_domain`` within types with Fisher's interval;
        ``r_balanced``: the same were either side half of the tasks; ``vif``: by how much the measure inflates the
        variance of the domain's coefficient; NaN where no type has both sides, and then no criterion. ``passes``;
        ``reason``: the first criterion that it fails.

    Raises:
        ScoresError: a measure or family that the table lacks.
    """
    missing = [name for name in (*measures, *filter(None, [family])) if name not in table.frame]
    if missing:
        raise ScoresError(f"no column {missing[0]!r} in the task table; expected one of the facts joined to it")
    frame = table.frame
    cell = frame["task_type"].str.cat(frame["domain"], sep="|")
    by_cell = replace(table, frame=frame.assign(task_type=cell))  # a level for each cell where regress has one a type
    rows = []
    for kind in (POOLED, *sorted(frame["task_type"].unique())):
        here = np.ones(len(frame), dtype=bool) if kind == POOLED else frame["task_type"].eq(kind).to_numpy()
        for name in measures:
            values = frame[[name]].astype(float).where(here[:, None])
            if values[name].notna().any():
                found = _tasks_row(by_cell, values, domain, family) | _domain_row(
                    frame, values[name].to_numpy(), domain
                )
                rows.append({"task_type": kind, "measure": name} | found)
    columns = ["task_type", "measure", *_RESULT, *_TESTS, *_REST, *_DOMAIN]
    return _judged(pd.DataFrame(rows, columns=columns), "n_groups", "task" if family is None else "dataset")


def validate_items(items: pd.DataFrame, values: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The same with the items of matched pairs as units, where the measures are those of the item's own texts.

    The twins of a pair depend on each other, so interval and p come from the jackknife over pairs, and a pair is left
    out as one. The models are taken as they are: their mean value of an item is what is predicted.

    Args:
        items: see ``paired``: ``model, task_type, pair, domain, value``.
        values: ``task_type, pair, domain`` and a column a measure; NaN where it does not apply.
        domain: the target domain.

    Returns:
        Columns as of ``validate_controls``, with ``n_items, n_pairs`` for the numbers of tasks, one ``p_value``, and
        ``same_sign``: share of the models whose own correlation has the sign of r.

    Raises:
        ScoresError: no item has values.
    """
    keys = ["task_type", "pair", "domain"]
    wide = items.pivot_table(index=keys, columns="model", values="value")
    joined = wide.join(values.set_index(keys), how="inner")
    if joined.empty:
        raise ScoresError("no item has values: task_type, pair and domain of the two tables have nothing in common")
    measures = [name for name in values.columns if name not in keys]
    frame = joined.reset_index().assign(effect=joined[wide.columns].mean(axis=1).to_numpy())
    rows = []
    for kind in (POOLED, *sorted(frame["task_type"].unique())):
        part = frame if kind == POOLED else frame[frame["task_type"] == kind]
        for name in measures:
            known = part[part[name].notna()]
            if len(known):
                found = _items_row(known, name, list(wide.columns))
                found |= _domain_row(known, known[name].to_numpy(float), domain)
                rows.append({"task_type": kind, "measure": name} | found)
    numbers = ("n_items", "n_pairs", "n_cells", "r", "ci_low", "ci_high", "p_value", "p_holm")
    columns = ["task_type", "measure", *numbers, *_REST, "same_sign", *_DOMAIN]
    return _judged(pd.DataFrame(rows, columns=columns), "n_pairs", "pair")


def _tasks_row(by_cell: TaskTable, values: pd.DataFrame, domain: str, family: str | None) -> dict[str, object]:
    frame = by_cell.frame
    known = values.iloc[:, 0].notna().to_numpy()
    x, y = values.iloc[known, 0].to_numpy(), frame["effect"].to_numpy()[known]
    group = None if family is None else frame[family].fillna(frame["task"]).to_numpy(str)[known]
    found = within(x, y, frame["task_type"].to_numpy(str)[known], group=group)
    counts = {"n_tasks": int(known.sum()), "n_domain_tasks": int((frame["domain"][known] == domain).sum())}
    if found is None or _beyond(found) < MIN_BEYOND:
        return counts | _numbers(found)
    slope = regress(by_cell, values, domain=domain)[str(values.columns[0])].estimate
    low, high, p_fisher = found.fisher()
    p_values = {"p_fisher": p_fisher, "p_tasks": slope.p_value}
    if family is not None:
        low, high, p_values["p_family"] = found.jackknife()
    return (
        counts
        | _numbers(found)
        | p_values
        | {"ci_low": low, "ci_high": high}
        | {"slope": slope.estimate, "slope_low": slope.ci_low, "slope_high": slope.ci_high}
        # NaN, where a single task decides the slope, stays NaN: no p is to be had
        | {"p_value": float(np.max(list(p_values.values())))}
    )


def _items_row(known: pd.DataFrame, name: str, models: list[str]) -> dict[str, object]:
    x = known[name].to_numpy(float)
    cell = known["task_type"].str.cat(known["domain"], sep="|").to_numpy(str)
    pair = known["task_type"].str.cat(known["pair"].astype(str), sep="|").to_numpy(str)
    found = within(x, known["effect"].to_numpy(float), cell, group=pair)
    counts = {"n_items": len(known), "n_pairs": len(np.unique(pair))}
    if found is None or _beyond(found) < MIN_BEYOND:
        return counts | _numbers(found)
    low, high, p_value = found.jackknife()
    single = [within(x, known[model].to_numpy(float), cell) for model in models if known[model].notna().all()]
    same = [one is not None and one.r * found.r > 0 for one in single]
    return (
        counts
        | _numbers(found)
        | {"ci_low": low, "ci_high": high, "p_value": p_value}
        | {"same_sign": float(np.mean(same)) if same else math.nan}
    )


def _beyond(found: Within) -> int:
    """Independent units beyond the cells."""
    return len(found.left_out) - found.n_cells


def _numbers(found: Within | None) -> dict[str, object]:
    if found is None:
        return {"n_cells": 0}
    return {
        "n_tasks": found.n,
        "n_items": found.n,
        "n_groups": len(found.left_out),
        "n_pairs": len(found.left_out),
        "n_cells": found.n_cells,
        "r": found.r,
        "loto_low": float(np.nanmin(found.left_out, initial=found.r)),
        "loto_high": float(np.nanmax(found.left_out, initial=found.r)),
        "sign_changes": found.sign_changes,
        "gain": found.gain,
    }


def _domain_row(frame: pd.DataFrame, values: np.ndarray, domain: str) -> dict[str, float]:
    """How much of the measure is the domain, over the types that have units on both sides."""
    inside = (frame["domain"] == domain).to_numpy(float)
    known = np.isfinite(values)
    share = pd.Series(np.where(known, inside, np.nan)).groupby(frame["task_type"].to_numpy()).transform("mean")
    kept = known & share.between(0, 1, inclusive="neither").to_numpy()
    place = pd.factorize(frame["task_type"].to_numpy()[kept])[0]
    found = within(values[kept], inside[kept], place) if kept.any() else None
    if found is None:
        return {}
    low, high, _ = found.fisher()
    # d of two groups from r, then r of groups of one size (Cohen 1988): slope of the measure on the domain over its
    # spread within both, whatever the numbers of tasks.
    x, d = centred(values[kept], place), centred(inside[kept], place)
    slope = float((x * d).sum() / (d**2).sum())
    spread = math.sqrt(((x - slope * d) ** 2).mean())
    return {
        "r_domain": found.r,
        "r_domain_low": low,
        "r_domain_high": high,
        "r_balanced": slope / math.hypot(slope, 2 * spread),
        "vif": 1 / (1 - found.r**2) if abs(found.r) < 1 else math.inf,
    }


def _judged(rows: pd.DataFrame, count: str, unit: str) -> pd.DataFrame:
    rows["p_holm"] = holm(rows["p_value"].to_numpy(float))
    reasons = [_reason(row, row[count] - row["n_cells"], unit) for row in rows.to_dict("records")]
    return rows.infer_objects().assign(passes=[not reason for reason in reasons], reason=reasons)


def _reason(row: dict[str, float], beyond: float, unit: str) -> str:
    """The first criterion that a row fails, in words; nothing where it passes."""
    if row["n_cells"] == 0:
        return "does not vary within domain and type"
    collinear = abs(row["r_balanced"])
    failures = {
        f"too few {unit}s: {beyond:.0f} beyond the cells, {MIN_BEYOND} needed": beyond < MIN_BEYOND,
        f"a single {unit} decides the slope": math.isnan(row["p_value"]),
        f"no correlation within domain and type (Holm p = {row['p_holm']:.2g})": not row["p_holm"] < ALPHA,
        f"the sign changes without one {unit}": bool(row["sign_changes"]),
        f"predicts a left-out {unit} no better than the cell's mean": not row["gain"] > MIN_GAIN,
        f"collinear with the domain (r = {collinear:.2f}, below {MAX_COLLINEAR} needed)": collinear >= MAX_COLLINEAR,
    }
    return next((reason for reason, fails in failures.items() if fails), "")


def controls_of(valid: pd.DataFrame) -> dict[str, list[str]]:
    """The measures that pass by task type, of a result of ``validate_controls``; the pooled rows do not count."""
    passed = valid[valid["passes"] & (valid["task_type"] != POOLED)]
    return {str(kind): list(part["measure"]) for kind, part in passed.groupby("task_type")}
