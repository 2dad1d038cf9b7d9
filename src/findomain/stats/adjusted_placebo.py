"""Placebo domains for the adjusted gaps: how often does each method call tasks drawn at random a "domain"?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.adjusted import (
    FEWEST,
    INSIDE,
    Controls,
    TypePart,
    fitted_spread,
    gap_line,
    gap_on_line,
    need_parts,
    standardised,
    type_regression,
)
from findomain.stats.matching import CALIPER, match_weights, odds_weights, whole
from findomain.stats.placebo import rejection_rate
from findomain.stats.regression import TaskTable
from findomain.stats.resampling import random_labels
from findomain.stats.spread import spread_p

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

    A placebo domain has as many tasks of each type as the domain has with all of the type's controls, drawn from the
    other tasks that have them; the domain's own tasks are only counted, never used. Each method runs as it is
    published, matching and the doubly robust estimate with their caliper. Of the gap against a measure the smallest p
    after Holm counts. Columns ``method, n_draws, rate, ci_low, ci_high`` (Wilson); a draw without a p does not count.

    Raises:
        ScoresError: see ``adjusted_gap``; or no type has enough other tasks to draw from.
    """
    rng = np.random.default_rng(seed)
    pools, labels = [], []
    for part in need_parts(table, controls, domain=domain):
        rest, n_inside = ~part.inside, int(part.inside.sum())
        if n_inside <= rest.sum() - 2 - len(part.measures):
            pools.append((part.task_type, part.rows[rest], part.x[rest], part.measures))
            labels.append(random_labels(int(rest.sum()), n_inside, n_draws, rng))
    if not pools:
        raise ScoresError(f"no task type has enough tasks outside of {domain!r} for a placebo domain of its size")
    found: dict[str, list[float]] = {name: [] for name in (UNADJUSTED, REGRESSION, MATCHED, ROBUST, CURVES)}
    for draw in zip(*labels, strict=True):
        drawn = [
            TypePart(task_type, rows, inside, x, measures)
            for (task_type, rows, x, measures), inside in zip(pools, draw, strict=True)
        ]
        for name, p_value in _p_values(table, drawn).items():
            found[name].append(p_value)
    return pd.DataFrame([_rate(name, np.array(values)) for name, values in found.items()])


def _p_values(table: TaskTable, drawn: Sequence[TypePart]) -> dict[str, float]:
    parts = _kept(drawn)
    near = _kept(drawn, caliper=CALIPER)
    full = [type_regression(table, part) for part in parts]
    plain = [type_regression(table, part, controls=False) for part in parts]
    of_near = [type_regression(table, part) for part in near]
    ways = {
        UNADJUSTED: (fitted_spread(parts, plain), [fitted.weights(INSIDE) for fitted in plain]),
        REGRESSION: (fitted_spread(parts, full), [fitted.weights(INSIDE) for fitted in full]),
        MATCHED: (fitted_spread(near, of_near), whole(table, near, [match_weights(part) for part in near])),
        ROBUST: (fitted_spread(near, of_near), whole(table, near, [odds_weights(part) for part in near])),
    }
    found = {
        name: spread_p(table, seen, np.mean(weights, axis=0)) if weights else np.nan
        for name, (seen, weights) in ways.items()
    }
    return found | {CURVES: _smallest_slope(table, drawn)}


def _kept(drawn: Sequence[TypePart], *, caliper: float | None = None) -> list[TypePart]:
    made = [standardised(part, caliper=caliper) for part in drawn]
    return [part for part in made if part is not None]


def _smallest_slope(table: TaskTable, drawn: Sequence[TypePart]) -> float:
    """Smallest p of a slope of the gap on a measure, Holm's correction made; NaN where there is no slope."""
    p_values = []
    for part in drawn:
        for k, name in enumerate(part.measures):
            one = standardised(TypePart(part.task_type, part.rows, part.inside, part.x[:, [k]], (name,)))
            fitted = gap_line(table, one) if one is not None and one.measures and one.inside.sum() >= FEWEST else None
            if fitted is not None:
                p_values.append(gap_on_line(fitted, level=0.0, slope=1.0).p_value)
    told = [p_value for p_value in p_values if np.isfinite(p_value)]
    return min(min(told) * len(told), 1.0) if told else np.nan


def _rate(name: str, p_values: np.ndarray) -> dict[str, object]:
    n = int(np.isfinite(p_values).sum())
    return {"method": name, "n_draws": n} | rejection_rate(p_values, n_draws=n)
