"""The domain gap against the other tasks that are most alike: matching, and weighting by propensity.

Both estimate the gap on the domain's own tasks (the effect on the treated) from the other tasks of the same type that
look like them in the controls, and mend what is left of the difference with a regression among the other tasks. A task
unlike all others (``CALIPER``) has no counterpart and is left out, by name. Given the controls both are weighted sums
of task effects, so their intervals are made as all others are (``spread``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.stats.adjusted import Controls, TypePart, fitted_spread, gap_rows, need_parts, type_regression
from findomain.stats.regression import TaskTable

NEIGHBOURS = 3  # enough to steady the comparison, few enough to stay near
TIE = 1e-9
CALIPER = 2.0  # standard deviations; a domain task farther than that from all others has no counterpart
RIDGE = 1.0  # penalty of a standardised coefficient: prior of standard deviation 1, since domain tasks are few


@dataclass(frozen=True, slots=True)
class MatchedGap:
    """A gap against tasks made comparable.

    Attributes:
        domain: the target domain.
        table: as ``AdjustedGap.table``, with the kind ``matched`` or ``doubly robust``.
        balance: columns ``task_type, measure, before, after`` (standardised mean differences, domain less others),
            ``n_effective`` (other tasks that carry the comparison) and ``overlap`` (share of the domain's tasks whose
            propensity some other task reaches) of the type.
        pairs: columns ``task, task_type, matches, distance`` (to the nearest, in standard deviations), ``used`` (within
            ``CALIPER``); empty where the method does not pair.
    """

    domain: str
    table: pd.DataFrame
    balance: pd.DataFrame
    pairs: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def row(self, task_type: str = "types alike") -> pd.Series:
        """One estimate."""
        return self.table[self.table["task_type"] == task_type].iloc[0]


def matched_gap(table: TaskTable, controls: Controls, *, domain: str = "finance") -> MatchedGap:
    """Each domain task against its nearest other tasks of the type, with replacement (Abadie & Imbens 2006).

    Distance is Euclidean over controls standardised by the other tasks; the difference that is left in the controls is
    taken off by a regression among the other tasks (Abadie & Imbens 2011).

    Raises:
        ScoresError: see ``adjusted_gap``.
    """
    parts = need_parts(table, controls, domain=domain, caliper=CALIPER)
    return _gap(
        table, parts, [match_weights(part) for part in parts], domain, "matched", _pairs(table, controls, domain)
    )


def doubly_robust_gap(table: TaskTable, controls: Controls, *, domain: str = "finance") -> MatchedGap:
    """Other tasks weighted by their odds of being in the domain, with a regression among them (Robins et al. 1994).

    Augmented inverse-propensity weighting of the effect on the treated: right if either the regression or the
    propensity is (Robins, Rotnitzky & Zhao 1994; Sant'Anna & Zhao 2020). The propensity is a logistic regression within
    the type with a ridge penalty (le Cessie & van Houwelingen 1992).

    Raises:
        ScoresError: see ``adjusted_gap``.
    """
    parts = need_parts(table, controls, domain=domain, caliper=CALIPER)
    return _gap(table, parts, [odds_weights(part) for part in parts], domain, "doubly robust", _no_pairs())


def match_weights(part: TypePart) -> np.ndarray:
    """Weight of each other task of a type in the comparison: how often it is a neighbour; sums to 1."""
    n_outside = int((~part.inside).sum())
    if not part.measures:
        return np.full(n_outside, 1 / n_outside)
    far = part.distances()
    third = np.sort(far, axis=1)[:, : min(NEIGHBOURS, n_outside)][:, -1:]
    near = far <= third + TIE  # tasks tied for the last place all count, as in Abadie & Imbens
    return (near / near.sum(1, keepdims=True)).mean(0)


def odds_weights(part: TypePart) -> np.ndarray:
    """Weight of each other task of a type in the comparison: its odds of being in the domain; sums to 1."""
    n_outside = int((~part.inside).sum())
    if not part.measures:
        return np.full(n_outside, 1 / n_outside)
    score = propensity_score(part)[~part.inside]
    odds = np.exp(score - score.max())
    return odds / odds.sum()


def propensity_score(part: TypePart) -> np.ndarray:
    """Logarithm of each task's odds of being in the domain, but for a constant."""
    return part.x @ ridge_logistic(part.x, part.inside)


def ridge_logistic(x: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Coefficients of a logistic regression with a free level and a ridge penalty, by Newton's method."""
    design = np.column_stack([x, np.ones(len(x))])
    penalty = np.diag([RIDGE] * x.shape[1] + [0.0])
    beta = np.zeros(x.shape[1] + 1)
    beta[-1] = np.log(inside.mean() / (1 - inside.mean()))
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (inside - p) - penalty @ beta
        step = np.linalg.solve(design.T @ (design * (p * (1 - p))[:, None]) + penalty, gradient)
        beta += step
        if np.abs(step).max() < 1e-10:
            break
    return beta[:-1]


def augmented(part: TypePart, weights: np.ndarray) -> np.ndarray:
    """Weights on the tasks of a type, in their order: the domain's mean less the comparison, the regression included.

    ``mean over the domain of (b - m) - sum of weights * (b - m)``, where m is the regression on the controls among the
    other tasks; m is linear in their effects, so the whole is.
    """
    inside = part.inside
    design = np.column_stack([part.x, np.ones(len(part.x))])
    outside = design[~inside]
    predict = outside @ np.linalg.pinv(outside.T @ outside)  # (others, coefficients): effects to coefficients
    gap = design[inside].mean(0) - weights @ outside
    out = np.zeros(len(inside))
    out[inside] = 1 / inside.sum()
    out[~inside] = -weights - predict @ gap
    return out


def _gap(
    table: TaskTable,
    parts: Sequence[TypePart],
    comparisons: Sequence[np.ndarray],
    domain: str,
    kind: str,
    pairs: pd.DataFrame,
) -> MatchedGap:
    seen = fitted_spread(parts, [type_regression(table, part) for part in parts])
    rows = gap_rows(table, parts, {kind: (seen, whole(table, parts, comparisons))}, domain=domain)
    balance = [_balance(part, weights) for part, weights in zip(parts, comparisons, strict=True)]
    return MatchedGap(domain, rows, pd.concat(balance, ignore_index=True), pairs)


def whole(table: TaskTable, parts: Sequence[TypePart], comparisons: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The augmented weights with an entry a row of the table's frame."""
    out = []
    for part, weights in zip(parts, comparisons, strict=True):
        row = np.zeros(len(table.frame))
        row[part.rows] = augmented(part, weights)
        out.append(row)
    return out


def _balance(part: TypePart, weights: np.ndarray) -> pd.DataFrame:
    inside = part.x[part.inside].mean(0)
    score = propensity_score(part)
    return pd.DataFrame(
        {
            "task_type": part.task_type,
            "measure": part.measures,
            "before": inside,  # the other tasks have mean 0 and standard deviation 1
            "after": inside - weights @ part.x[~part.inside],
            "n_effective": 1 / (weights**2).sum(),
            "overlap": (score[part.inside] <= score[~part.inside].max()).mean(),
        }
    )


def _pairs(table: TaskTable, controls: Controls, domain: str) -> pd.DataFrame:
    """The nearest tasks of each domain task, those without a counterpart among them."""
    rows = []
    for part in need_parts(table, controls, domain=domain):
        if not part.measures:
            continue
        names = table.frame["task"].to_numpy()[part.rows]
        others = names[~part.inside]
        for task, far in zip(names[part.inside], part.distances(), strict=True):
            order = np.argsort(far, kind="stable")
            nearest = order[: int((far <= far[order[:NEIGHBOURS]][-1] + TIE).sum())]
            matches = ", ".join(others[nearest[:NEIGHBOURS]])
            tied = f" and {len(nearest) - NEIGHBOURS} more, tied" if len(nearest) > NEIGHBOURS else ""
            distance = float(far[nearest[0]])
            rows.append((task, part.task_type, matches + tied, distance, distance <= CALIPER))
    return pd.DataFrame(rows, columns=_no_pairs().columns)


def _no_pairs() -> pd.DataFrame:
    return pd.DataFrame(columns=["task", "task_type", "matches", "distance", "used"])
