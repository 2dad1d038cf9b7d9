"""A specialist less its own base on the tasks that both were run on: what it gains in its domain, what it pays outside.

The unit is the task: two models are compared, and their difference on one task is one observation. Gain less price, the
difference in differences, holds the task type fixed by least squares with a level for each type, with the errors of
``regression`` (HC2, degrees of freedom of Bell & McCaffrey 2002).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.estimate import Estimate
from findomain.stats.places import paired_mean
from findomain.stats.regression import regress, task_table
from findomain.stats.sensitivity import merge_families

Side = Literal["gain", "undeclared", "price", "difference"]
SIDES = {
    "gain": "in domain",
    "undeclared": "in domain, tasks not declared in training",
    "price": "out of domain",
    "difference": "in less out of domain",
}
Units = Literal["tasks", "families"]


@dataclass(frozen=True, slots=True)
class PairEffect:
    """A specialist less its base, in units of score.

    Attributes:
        specialist, base, domain: the pair and what the specialist is made for.
        gain: mean over the domain's tasks.
        undeclared: the same without tasks in the specialist's declared training data.
        price: mean over all other tasks; below zero the specialist has lost.
        difference: the domain's tasks less the others, task type held fixed.
        n_declared: tasks of the domain that the specialist's declared training data hold.
        n_unknown: tasks of the domain of which it is not known.
        reason: why one of these is missing or has no interval; empty where none is.
        cells: the differences themselves: ``task, domain, in_training, score``, a row a common task.
    """

    specialist: str
    base: str
    domain: str
    gain: Estimate
    undeclared: Estimate
    price: Estimate
    difference: Estimate
    n_declared: int
    n_unknown: int
    reason: str
    cells: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """A row a side, with the names of the pair and the reason."""
        rows = [{"side": words} | asdict(getattr(self, side)) for side, words in SIDES.items()]
        names = {"specialist": self.specialist, "base": self.base, "domain": self.domain}
        counts = {"n_declared": self.n_declared, "n_unknown": self.n_unknown, "reason": self.reason}
        return pd.DataFrame(rows).assign(**names, **counts)


def pair_effect(scores: pd.DataFrame, specialist: str, base: str, *, domain: str, units: Units = "tasks") -> PairEffect:
    """Compare one pair; NaN with the reason where it cannot be.

    ``units`` may be families of tasks, where tasks of one dataset count as one (column ``family``). Without a column
    ``in_training`` nothing is known of exposure.
    """
    both = _differences(scores, specialist, base)
    inside = both["domain"] == domain
    exposure = both.get("in_training", pd.Series("unknown", index=both.index)).astype(str)
    parts = {"gain": both[inside], "undeclared": both[inside & (exposure != "true")], "price": both[~inside]}
    found = {}
    for side, part in parts.items():
        part = merge_families(part) if units == "families" and len(part) else part
        found[side] = paired_mean(
            f"{specialist} less {base}, {SIDES[side]}", part["score"].to_numpy(float), len(part) * (side != "price")
        )
    difference, why = _difference(both, f"{specialist} less {base}, {SIDES['difference']}", domain, units)
    return PairEffect(
        specialist,
        base,
        domain,
        **found,
        difference=difference,
        n_declared=int((exposure[inside] == "true").sum()),
        n_unknown=int((exposure[inside] == "unknown").sum()),
        reason=_reason(scores, (specialist, base), found, why),
        cells=both.assign(in_training=exposure)[["task", "domain", "in_training", "score"]],
    )


def pair_effects(scores: pd.DataFrame, pairs: pd.DataFrame, *, units: Units = "tasks") -> list[PairEffect]:
    """Compare each pair of a table with the columns ``specialist, base, domain``."""
    names = pairs[["specialist", "base", "domain"]].itertuples(index=False)
    return [pair_effect(scores, specialist, base, domain=domain, units=units) for specialist, base, domain in names]


def _differences(scores: pd.DataFrame, specialist: str, base: str) -> pd.DataFrame:
    """The common tasks as the scores of one model, whose score is the difference."""
    ours, theirs = (scores[scores["model"] == name] for name in (specialist, base))
    both = ours.merge(theirs[["task", "score"]], on="task", suffixes=("", "_base"))
    return both.assign(model="specialist less base", score=both["score"] - both["score_base"])


def _difference(both: pd.DataFrame, name: str, domain: str, units: Units) -> tuple[Estimate, str]:
    """Coefficient of the domain with a level for each type, over the types that both sides have."""
    both = merge_families(both) if units == "families" and len(both) else both
    inside = both["domain"] == domain
    shared = set(both.loc[inside, "task_type"]) & set(both.loc[~inside, "task_type"])
    part = both[both["task_type"].isin(shared)]
    n_inside = int((part["domain"] == domain).sum())
    nan = math.nan
    empty = Estimate(
        name, nan, nan, nan, nan, nan, 2, len(part), n_inside, "task types held fixed, tasks as units (HC2)"
    )
    if not shared:
        return empty, "no task type on both sides" if inside.any() and (~inside).any() else ""
    table = task_table(part)
    column = pd.DataFrame({name: (table.frame["domain"] == domain).astype(float)})
    try:
        slope = regress(table, column, domain=domain)[name]
    except ScoresError:
        return empty, "too few tasks to hold their types fixed"
    return replace(slope.estimate, n_models=2, n_tasks=len(part), method=empty.method), ""


def _reason(scores: pd.DataFrame, pair: tuple[str, str], found: dict[str, Estimate], why: str) -> str:
    known = set(scores["model"].unique())
    absent = [name for name in pair if name not in known]
    if absent:
        return " and ".join(f"no score of {name}" if name else "base not named" for name in absent)
    inside, outside = found["gain"].n_tasks, found["price"].n_tasks
    if inside + outside == 0:
        return "no task that both were run on"
    few = {0: "no task", 1: "one task, so no interval,"}
    said = [f"{few[n]} {where}" for n, where in ((inside, "in domain"), (outside, "out of domain")) if n in few]
    return "; ".join([*said, why] if why else said)


def worth(effects: Sequence[PairEffect]) -> pd.DataFrame:
    """Gain and price of each pair with their intervals, and in words which of them is beyond doubt."""
    rows = []
    for effect in effects:
        row = {"specialist": effect.specialist, "base": effect.base, "domain": effect.domain}
        for side in ("gain", "price"):
            e = getattr(effect, side)
            row |= {side: e.estimate, f"{side}_low": e.ci_low, f"{side}_high": e.ci_high, f"n_{side}": e.n_tasks}
        verdict = f"in domain {_sign(effect.gain)}, outside {_sign(effect.price)}"
        rows.append(row | {"verdict": verdict, "reason": effect.reason})
    return pd.DataFrame(rows)


def _sign(e: Estimate) -> str:
    if not e.n_tasks:
        return "not measured"
    return "better" if e.ci_low > 0 else "worse" if e.ci_high < 0 else "cannot be told"
