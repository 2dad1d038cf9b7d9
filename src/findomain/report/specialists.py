"""Frames of the chapter on specialists as a reader wants them: short names, points, and rows of a forest plot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from findomain.report.readable import readable_p
from findomain.report.style import POINTS
from findomain.stats import GeneralistComparison, PairEffect, Pooled, worth

INTERVAL = ("estimate", "ci_low", "ci_high")


def short(name: str) -> str:
    """A model's name without its owner."""
    return name.split("/")[-1]


SHORTER = {"in domain ": "in: ", "outside ": "out: ", "cannot be told": "open", "not measured": "not run"}


def readable_worth(effects: Sequence[PairEffect]) -> pd.DataFrame:
    """Gain and price of each pair in points with interval, tasks and what can be said."""
    table = worth(effects)
    shown = pd.DataFrame(
        {
            "specialist": table["specialist"].map(short),
            "base": table["base"].map(short),
            "domain": table["domain"],
            "gain in (95 %)": _with_interval(table, "gain"),
            "tasks in": table["n_gain"],
            "price out (95 %)": _with_interval(table, "price"),
            "tasks out": table["n_price"],
            "verdict": table["verdict"].replace(SHORTER, regex=True),
        }
    )
    return shown.set_index("specialist")


def _with_interval(table: pd.DataFrame, name: str) -> list[str]:
    """Points with their interval as text; empty where there are none, without interval where a single task has none."""
    intervals = _interval(table[f"{name}_low"], table[f"{name}_high"])
    both = zip(_points(table[name]), intervals, strict=True)
    return ["" if np.isnan(value) else f"{value:+.1f}" + (f" ({ends})" if ends else "") for value, ends in both]


def readable_pairs(table: pd.DataFrame, effects: Sequence[PairEffect]) -> pd.DataFrame:
    """The table of specialists with the tasks that a pair has in common, or why it has none."""
    found = {effect.specialist: effect for effect in effects}
    shown = table[["specialist", "base", "domain", "kind"]].copy()
    shown["tasks in"] = [found[name].gain.n_tasks if name in found else 0 for name in table["specialist"]]
    shown["tasks out"] = [found[name].price.n_tasks if name in found else 0 for name in table["specialist"]]
    reasons = [found[name].reason if name in found else "" for name in table["specialist"]]
    shown["remark"] = ["; ".join(filter(None, pair)) for pair in zip(reasons, table["note"], strict=True)]
    return shown.assign(specialist=table["specialist"].map(short), base=table["base"].map(short)).set_index(
        "specialist"
    )


def readable_differences(effects: Sequence[PairEffect]) -> pd.DataFrame:
    """In less out of domain with the task type held fixed, and the gain without declared tasks, in points."""
    rows = []
    for effect in effects:
        undeclared, difference = effect.undeclared, effect.difference
        rows.append(
            {
                "specialist": short(effect.specialist),
                "declared": effect.n_declared,
                "not known": effect.n_unknown,
                "gain, not declared": undeclared.estimate,
                "gain from": undeclared.ci_low,
                "gain to": undeclared.ci_high,
                "in less out": difference.estimate,
                "from": difference.ci_low,
                "to": difference.ci_high,
                "tasks": difference.n_tasks,
                "reason": effect.reason,
            }
        )
    shown = pd.DataFrame(rows).set_index("specialist")
    columns = ["gain, not declared", "gain from", "gain to", "in less out", "from", "to"]
    shown[columns] = (shown[columns].astype(float) * POINTS).round(1)
    return shown


def readable_pooled(table: pd.DataFrame, *, lead: str = "side") -> pd.DataFrame:
    """Pooled effects in points, a row a side (or other ``lead``) and way of pooling."""
    if table.empty:
        return table
    names = {
        "estimate": "mean",
        "ci_low": "from",
        "ci_high": "to",
        "p_value": "p",
        "prediction_low": "next pair from",
        "prediction_high": "next pair to",
        "tau": "tau",
        "n_models": "pairs",
    }
    shown = table[[lead, "how", *names]].copy()
    for column in ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high", "tau"):
        shown[column] = _points(shown[column])
    shown["p_value"] = shown["p_value"].map(readable_p)
    return shown.rename(columns=names).set_index([lead, "how"])


def readable_means(table: pd.DataFrame) -> pd.DataFrame:
    """Means by domain in points, with the numbers of pairs and of different tasks."""
    if table.empty:
        return table
    shown = table[["domain", *INTERVAL, "p_value", "n_models", "n_tasks"]].copy()
    for column in INTERVAL:
        shown[column] = _points(shown[column])
    shown["p_value"] = shown["p_value"].map(readable_p)
    names = {"estimate": "mean gain", "ci_low": "from", "ci_high": "to", "p_value": "p", "n_models": "pairs"}
    return shown.rename(columns=names | {"n_tasks": "tasks"}).set_index("domain")


def readable_generalists(found: Sequence[GeneralistComparison]) -> pd.DataFrame:
    """A row a specialist and kind of opponent: the choice on other tasks, and the naive one beside it, in points."""
    rows = [
        {
            "specialist": short(one.specialist),
            "against": one.against,
            "best": short(one.best),
            "difference": one.left_out.estimate * POINTS,
            "from": one.left_out.ci_low * POINTS,
            "to": one.left_out.ci_high * POINTS,
            "naive": one.naive.estimate * POINTS,
            "tasks": one.naive.n_tasks,
            "of": one.n_candidates,
            "size or date not known": one.n_unknown,
            "reason": one.reason,
        }
        for one in found
    ]
    return pd.DataFrame(rows).round(1).set_index(["specialist", "against"])


def readable_printed(table: pd.DataFrame) -> pd.DataFrame:
    """The paper's paired tests with what they imply, in points."""
    shown = table[["comparison", "task_type", "n_datasets", *INTERVAL, "t", "p_value", "p_holm"]].copy()
    for column in INTERVAL:
        shown[column] = _points(shown[column])
    for column in ("p_value", "p_holm"):
        shown[column] = shown[column].map(readable_p)
    names = {"task_type": "task type", "n_datasets": "datasets", "estimate": "difference", "ci_low": "from"}
    names |= {"ci_high": "to", "p_value": "p printed", "p_holm": "p, Holm"}
    return shown.round({"t": 2}).rename(columns=names).set_index(["comparison", "task type"])


def pair_forest(effects: Sequence[PairEffect], side: str, pooled: pd.Series, crossed: pd.Series) -> pd.DataFrame:
    """Rows of a forest plot: the pairs that have the side, their mean in two ways, where one more pair would lie."""
    rows = [
        {"name": short(effect.specialist), "domain": effect.domain, "task_type": ""} | _bounds(getattr(effect, side))
        for effect in effects
        if getattr(effect, side).n_tasks
    ]
    if np.isfinite(pooled["estimate"]):
        mean = {column: pooled[column] for column in INTERVAL} | {"n_tasks": pooled["n_tasks"], "task_type": "pooled"}
        rows.append({"name": "mean of pairs", "domain": "general"} | mean)
        spread = {"ci_low": pooled["prediction_low"], "ci_high": pooled["prediction_high"], "task_type": ""}
        both = {column: crossed[column] for column in (*INTERVAL, "n_tasks")} | {"task_type": "pooled"}
        rows.append({"name": "mean, clustered", "domain": "general"} | both)
        rows.append({"name": "one more pair", "domain": "general"} | mean | spread)
    return pd.DataFrame(rows)


def generalist_forest(found: Sequence[GeneralistComparison]) -> pd.DataFrame:
    """Rows of a forest plot: specialist less the best generalist, chosen on other tasks."""
    return pd.DataFrame(
        [
            {"name": short(one.specialist), "domain": one.domain} | _bounds(one.left_out)
            for one in found
            if one.left_out.n_tasks
        ]
    )


def pooled_row(table: pd.DataFrame, side: str, how: str = "all pairs", *, lead: str = "side") -> pd.Series:
    """One row of a table of pooled effects; NaN, of no pair, where it is not there."""
    fields = [*INTERVAL, "p_value", "prediction_low", "prediction_high", "tau", "i2", "n_models", "n_tasks"]
    found = table[(table[lead] == side) & (table["how"] == how)]
    if found.empty:
        return pd.Series(np.nan, index=fields).fillna({"n_models": 0, "n_tasks": 0})
    return found.iloc[0][fields]


def pooled_points(pooled: Pooled | pd.Series, prefix: str) -> dict[str, float]:
    """Mean, interval and prediction interval of a pooled effect in points, named for the prose."""
    row = pooled.to_frame().iloc[0] if isinstance(pooled, Pooled) else pooled
    names = {"": "estimate", "_low": "ci_low", "_high": "ci_high"}
    names |= {"_next_low": "prediction_low", "_next_high": "prediction_high"}
    return {f"{prefix}{end}": round(float(row[column]) * POINTS, 1) for end, column in names.items()}


def _bounds(e: object) -> dict[str, float]:
    return {column: getattr(e, column) for column in (*INTERVAL, "n_tasks")}


def _points(column: pd.Series) -> pd.Series:
    return (column.astype(float) * POINTS).round(1)


def _interval(low: pd.Series, high: pd.Series) -> list[str]:
    bounds = zip(_points(low), _points(high), strict=True)
    return ["" if np.isnan(a) else f"{a:+.1f} to {b:+.1f}" for a, b in bounds]
