"""How strong an unmeasured confounder would have to be (Cinelli & Hazlett 2020).

The strength of a confounder is told by two partial R2: what it takes of the domain's variation and what it takes of the
scores', both beyond the controls. The regression is over tasks, with a level for each type; its classical errors are
used, as the paper has it, so the numbers go with that regression and not with the intervals of ``adjusted_gap``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from findomain.stats.adjusted import INSIDE, Controls, TypePart, need_parts
from findomain.stats.regression import Regression, TaskTable, fit_regression

ALPHA = 0.05


def robustness_value(distance: float, se: float, df: int, *, alpha: float | None = None) -> float:
    """Partial R2 (0-1) that a confounder needs with both the domain and the scores to move an estimate by ``distance``.

    With ``alpha``, to bring the value at that distance into the interval of that level; 0 if it is there already.
    """
    whole = f = abs(distance) / (se * math.sqrt(df))
    if alpha is not None:
        critical = float(stats.t.ppf(1 - alpha / 2, df - 1)) / math.sqrt(df - 1)
        f -= critical
        if whole * critical > 1:  # so large an effect that the bound of the confounder with the scores binds (R2 = 1)
            return (whole**2 - critical**2) / (1 + whole**2)
    if f <= 0:
        return 0.0
    return 0.5 * (math.sqrt(f**4 + 4 * f**2) - f**2)


def pooled_regression(table: TaskTable, controls: Controls, *, domain: str = "finance") -> Regression:
    """One regression over all types: a level a type, each type's own controls, one gap.

    Raises:
        ScoresError: see ``adjusted_gap``.
    """
    parts = need_parts(table, controls, domain=domain)
    return fit_regression(table, _columns(table, parts))


def confounder_strength(
    table: TaskTable, controls: Controls, *, domain: str = "finance", targets: Sequence[float] = (0.0,)
) -> pd.DataFrame:
    """How strong a confounder would have to be for the gap to be each of ``targets`` (score units).

    Columns ``target, estimate, se, df, partial_r2`` (of the domain with the scores), ``robustness`` (the confounder's
    partial R2 with both at which the estimate is the target) and ``robustness_interval`` (at which the 95 % interval
    reaches it; 0: it does already).
    """
    fitted = pooled_regression(table, controls, domain=domain)
    value, se = _estimate(fitted)
    df = fitted.df_residual
    t_squared = (value / se) ** 2
    return pd.DataFrame(
        [
            {
                "target": target,
                "estimate": value,
                "se": se,
                "df": df,
                "partial_r2": t_squared / (t_squared + df),
                "robustness": robustness_value(value - target, se, df),
                "robustness_interval": robustness_value(value - target, se, df, alpha=ALPHA),
            }
            for target in targets
        ]
    )


def observed_benchmarks(
    table: TaskTable, controls: Controls, *, domain: str = "finance", times: Sequence[float] = (1.0, 2.0, 3.0)
) -> pd.DataFrame:
    """The gap with a confounder 1, 2 or 3 times as strong as an observed control, in either direction.

    Columns ``control, times, r2_domain, r2_score`` (the bounds on the confounder's partial R2), ``low, high`` (the gap
    if it worked against or for it) and ``ci_low, ci_high`` (outer ends of the 95 % intervals of both). A control that
    would leave nothing of the domain's variation has NaN: no confounder can be that strong.
    """
    parts = need_parts(table, controls, domain=domain)
    columns = _columns(table, parts)
    fitted = fit_regression(table, columns)
    value, se = _estimate(fitted)
    df = fitted.df_residual
    rows = []
    for name in fitted.names[1:]:
        of_score = _partial_r2(fitted, name)
        of_domain = _partial_r2(_of_domain(table, columns), name)
        for k in times:
            r2_domain, r2_score = _bounds(of_domain, of_score, k)
            bias = se * math.sqrt(df) * math.sqrt(r2_score * r2_domain / (1 - r2_domain)) if r2_domain < 1 else math.nan
            error = se * math.sqrt((1 - r2_score) / (1 - r2_domain) * df / (df - 1)) if r2_domain < 1 else math.nan
            half = float(stats.t.ppf(1 - ALPHA / 2, df - 1)) * error
            rows.append(
                (name, k, r2_domain, r2_score, value - bias, value + bias, value - bias - half, value + bias + half)
            )
    names = ["control", "times", "r2_domain", "r2_score", "low", "high", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names)


def _columns(table: TaskTable, parts: Sequence[TypePart]) -> pd.DataFrame:
    """The domain and each control of each type, 0 in the other types; NaN for tasks that are not used."""
    names = [INSIDE] + [f"{part.task_type}: {name}" for part in parts for name in part.measures]
    frame = pd.DataFrame(np.nan, index=table.frame.index, columns=names)
    for part in parts:
        frame.iloc[part.rows] = 0.0
        frame.iloc[part.rows, 0] = part.inside.astype(float)
        for k, name in enumerate(part.measures):
            frame.iloc[part.rows, names.index(f"{part.task_type}: {name}")] = part.x[:, k]
    return frame


def _estimate(fitted: Regression) -> tuple[float, float]:
    weights = fitted.weights(INSIDE)
    value = float(weights @ fitted.table.frame["effect"].to_numpy())
    return value, math.sqrt(float(fitted.classical[fitted.names.index(INSIDE)]))


def _partial_r2(fitted: Regression, name: str) -> float:
    k = fitted.names.index(name)
    t_squared = float((fitted.rows[k] @ fitted.effect) ** 2 / fitted.classical[k])
    return t_squared / (t_squared + fitted.df_residual)


def _of_domain(table: TaskTable, columns: pd.DataFrame) -> Regression:
    """The regression of being in the domain on the controls."""
    as_effect = TaskTable(table.fits, table.rows, table.frame.assign(effect=columns[INSIDE]))
    return fit_regression(as_effect, columns.drop(columns=INSIDE))


def _bounds(of_domain: float, of_score: float, k: float) -> tuple[float, float]:
    """Cinelli & Hazlett's bounds on the partial R2 of a confounder k times as strong as a control."""
    r2_domain = k * of_domain / (1 - of_domain)
    if r2_domain >= 1:
        return math.nan, math.nan
    shared = k * of_domain**2 / ((1 - k * of_domain) * (1 - of_domain))
    if not 0 <= shared < 1:
        return math.nan, math.nan
    eta = (math.sqrt(k) + math.sqrt(shared)) / math.sqrt(1 - shared)
    return r2_domain, min(eta**2 * of_score / (1 - of_score), 1.0)
