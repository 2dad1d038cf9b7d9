"""Frames of results as a reader wants them: points instead of shares, words instead of column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from findomain.report.style import POINTS
from findomain.stats.power import MAX_TASKS

NAMES = {
    "task_type": "task type",
    "estimate": "gap",
    "ci_low": "from",
    "ci_high": "to",
    "p_value": "p",
    "n_models": "models",
    "n_tasks": "tasks",
    "n_domain_tasks": "domain tasks",
}

PAIRED_NAMES = {
    "pairs_low": "from, pairs",
    "pairs_high": "to, pairs",
    "both_low": "from, pairs and models",
    "both_high": "to, pairs and models",
    "detectable": "found 4 times in 5",
    "n_pairs": "pairs",
    "mean_mismatch": "mean mismatch",
    "n_types": "types",
    "without_low": "from, without",
    "without_high": "to, without",
    "at_zero": "at no mismatch",
    "zero_low": "from, at none",
    "zero_high": "to, at none",
    "slope_p": "p of the mismatch",
}


ENDS = {"": "estimate", "_low": "ci_low", "_high": "ci_high"}  # what is glued of an estimate, and under which ending


def readable_gaps(gaps: pd.DataFrame, *first: str) -> pd.DataFrame:
    """Gaps in points to one decimal with their interval, p and numbers; ``first`` names the columns to lead with."""
    columns = [*first, "estimate", "ci_low", "ci_high", "p_value", "n_models", "n_tasks", "n_domain_tasks"]
    shown = gaps[columns].copy()
    for column in ("estimate", "ci_low", "ci_high"):
        shown[column] = (shown[column] * POINTS).round(1)
    shown["p_value"] = shown["p_value"].map(readable_p)
    return shown.rename(columns=NAMES).set_index(list(dict.fromkeys(NAMES.get(name, name) for name in first)))


def readable_points(frame: pd.DataFrame, *first: str, points: Sequence[str], plain: Sequence[str] = ()) -> pd.DataFrame:
    """A frame for readers: ``first`` leads, ``points`` are shares shown in points to one decimal, ``plain`` stays."""
    shown = frame[[*first, *points, *plain]].copy()
    for column in points:
        shown[column] = (shown[column] * POINTS).round(1)
    for column in {"p_value", "slope_p"} & set(plain):
        shown[column] = shown[column].map(readable_p)
    return shown.rename(columns=NAMES | PAIRED_NAMES).set_index([NAMES.get(name, name) for name in first])


def forest_rows(gaps: pd.DataFrame) -> pd.DataFrame:
    """Gaps of several domains as the rows of one forest plot: ``name`` is the domain, and below it each type."""
    kept = gaps[gaps["estimate"].notna()]
    return kept.assign(name=kept["domain"].where(kept["task_type"] == "pooled", kept["task_type"]))


def readable_p(p: float) -> str:
    """A p-value as it is printed: three decimals, or '< .001'."""
    if pd.isna(p):
        return ""
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def readable_power(power: pd.DataFrame) -> pd.DataFrame:
    """``Power.to_frame`` of several domains for readers: the gaps in points, the chance in percent."""
    needed = power["tasks_needed"].map(lambda n: f"more than {MAX_TASKS:,}" if pd.isna(n) else f"{n:,.0f}")
    columns = {
        "domain": power["domain"],
        "domain tasks": power["n_domain_tasks"],
        "gap asked for": (power["gap"] * POINTS).round(1),
        "found, percent": (power["power_now"] * 100).round(0).astype(int),
        "found 4 times in 5": (power["smallest_gap"] * POINTS).round(1),
        "tasks needed": needed,
        "variance seen, others 1": power["spread_seen"].round(2),
    }
    return pd.DataFrame(columns).set_index("domain")


def interval_grid(frame: pd.DataFrame, *, rows: Sequence[str], columns: str) -> pd.DataFrame:
    """Estimates with their intervals as text in points, ``+1.2 (-0.3 to +2.7)``; one row and column a value each.

    Rows and columns keep the order in which they come; an estimate that does not exist is empty.
    """
    parts = (frame["estimate"] * POINTS, frame["ci_low"] * POINTS, frame["ci_high"] * POINTS)
    text = [_with_interval(*values) for values in zip(*parts, strict=True)]
    grid = frame.assign(text=text).pivot(index=list(rows), columns=columns, values="text")
    order = frame[list(rows)].drop_duplicates()
    grid = grid.reindex(
        pd.MultiIndex.from_frame(order) if len(rows) > 1 else pd.Index(order[rows[0]]), columns=frame[columns].unique()
    )
    return grid.fillna("").rename_axis(columns=None)


def _with_interval(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return ""
    return f"{value:+.1f}" if pd.isna(low) else f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def numbers(name: str, row: Mapping[str, float] | pd.Series) -> dict[str, float]:
    """An estimate to be glued, in points: ``name``, ``name_low``, ``name_high``."""
    return {f"{name}{end}": in_points(row[field]) for end, field in ENDS.items()}


def without_zero(frame: pd.DataFrame) -> pd.DataFrame:
    """The estimates whose interval leaves out zero."""
    return frame[(frame["ci_low"] > 0) | (frame["ci_high"] < 0)]


def against_zero(row: Mapping[str, float] | pd.Series) -> str:
    """What an interval says of the sign: above zero, below zero, or not told from zero."""
    if row["ci_low"] > 0:
        return "above zero"
    return "below zero" if row["ci_high"] < 0 else "not told from zero"


def listed(frame: pd.DataFrame, *columns: str) -> str:
    """The estimates of a frame in words, each by its columns: ``law, as used +1.2 (+0.1 to +2.3); ...``, or "none"."""
    rows = [
        f"{', '.join(str(row[name]) for name in columns)} "
        + _with_interval(*(row[field] * POINTS for field in ENDS.values()))
        for _, row in frame.iterrows()
    ]
    return "; ".join(rows) or "none"


def in_points(value: float) -> float:
    """A share as points to one decimal, a plain float for glue."""
    return round(float(value) * POINTS, 1)
