"""Placebo domains for the adjusted gaps: how often does each method call tasks drawn at random a "domain"?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.adjusted import (
    FEWEST,
    INSIDE,
    Controls,
    gap_line,
    need_parts,
    residuals,
    type_parts,
    type_regression,
)
from findomain.stats.matching import match_weights, odds_weights, whole
from findomain.stats.placebo import ALPHA
from findomain.stats.regression import TaskTable
from findomain.stats.resampling import random_labels
from findomain.stats.spread import spread, spread_p

PLACEBO = "placebo"
UNADJUSTED, REGRESSION, MATCHED, ROBUST, CURVES = (
    "unadjusted",
    "regression",
    "matching",
    "doubly robust",
    "gap against a measure",
)


def adjusted_placebo(
    table: TaskTable, controls: Controls, *, domain: str = "finance", n_draws: int = 300, seed: int = 0
) -> pd.DataFrame:
    """Share of placebo domains that each method finds at p < .05, the types alike.

    A placebo domain has as many tasks of each type as the domain has with the controls, drawn from the other tasks that
    have them. ``table`` must be of the scores without the domain's tasks counted out here: its domain tasks are only
    counted, never used. Of the gap against a measure the smallest p after Holm counts. Columns ``method, n_draws, rate,
    ci_low, ci_high`` (Wilson).

    Raises:
        ScoresError: see ``adjusted_gap``; or no type has enough other tasks to draw from.
    """
    rng = np.random.default_rng(seed)
    parts = need_parts(table, controls, domain=domain)
    drawn = {part.task_type: int(part.inside.sum()) for part in parts}
    rest = {part.task_type: part.rows[~part.inside] for part in parts}
    drawn = {name: n for name, n in drawn.items() if n <= len(rest[name]) - 2 - len(controls.get(name, ()))}
    if not drawn:
        raise ScoresError(f"no task type has enough tasks outside of {domain!r} for a placebo domain of its size")
    labels = {name: random_labels(len(rest[name]), n, n_draws, rng) for name, n in drawn.items()}
    kept = {name: controls.get(name, ()) for name in drawn}
    found: dict[str, list[float]] = {name: [] for name in (UNADJUSTED, REGRESSION, MATCHED, ROBUST, CURVES)}
    for draw in range(n_draws):
        placed = _labelled(table, rest, {name: label[draw] for name, label in labels.items()})
        for name, p_value in _p_values(placed, kept).items():
            found[name].append(p_value)
    return pd.DataFrame([_rate(name, np.array(values)) for name, values in found.items()])


def _labelled(table: TaskTable, rest: dict[str, np.ndarray], labels: dict[str, np.ndarray]) -> TaskTable:
    """The table with the drawn tasks as the domain and the other tasks of these types; the rest in no domain's type."""
    domains = np.full(len(table.frame), "", dtype=object)
    for name, label in labels.items():
        domains[rest[name]] = np.where(label, PLACEBO, "other")
    frame = table.frame.assign(domain=domains)
    frame.loc[frame["domain"] == "", list(frame.columns[5:])] = np.nan
    frame.loc[frame["domain"] == "", "task_type"] = "left out"
    return TaskTable(table.fits, table.rows, frame)


def _p_values(table: TaskTable, controls: Controls) -> dict[str, float]:
    parts = need_parts(table, controls, domain=PLACEBO)
    fitted = [type_regression(table, part) for part in parts]
    plain = [type_regression(table, part, controls=False) for part in parts]
    seen = spread([residuals(part, one) for part, one in zip(parts, fitted, strict=True)])
    before = spread([residuals(part, one) for part, one in zip(parts, plain, strict=True)])
    ways: dict[str, Callable[[], Sequence[np.ndarray]]] = {
        UNADJUSTED: lambda: [one.weights(INSIDE) for one in plain],
        REGRESSION: lambda: [one.weights(INSIDE) for one in fitted],
        MATCHED: lambda: whole(table, parts, [match_weights(part) for part in parts]),
        ROBUST: lambda: whole(table, parts, [odds_weights(part) for part in parts]),
    }
    found = {
        name: spread_p(table, before if name == UNADJUSTED else seen, np.mean(weights(), axis=0))
        for name, weights in ways.items()
    }
    return found | {CURVES: _smallest_slope(table, controls)}


def _smallest_slope(table: TaskTable, controls: Controls) -> float:
    """Smallest p of a slope of the gap on a measure, Holm's correction made; NaN where there is no slope."""
    p_values = []
    for task_type, names in controls.items():
        for name in names:
            for part in type_parts(table, {task_type: [name]}, domain=PLACEBO):
                told = part.task_type == task_type and part.inside.sum() >= FEWEST and part.measures
                line = gap_line(table, part) if told else None
                if line is not None:
                    p_values.append(spread_p(table, line[0], line[2]))
    return min(min(p_values) * len(p_values), 1.0) if p_values else np.nan


def _rate(name: str, p_values: np.ndarray) -> dict[str, object]:
    told = np.isfinite(p_values)
    rejected, n = int((p_values[told] < ALPHA).sum()), int(told.sum())
    if not n:
        return {"method": name, "n_draws": 0, "rate": np.nan, "ci_low": np.nan, "ci_high": np.nan}
    interval = stats.binomtest(rejected, n).proportion_ci(method="wilson")
    return {"method": name, "n_draws": n, "rate": rejected / n, "ci_low": interval.low, "ci_high": interval.high}
