"""Gain and price of many pairs of specialist and base put together, in the ways that their dependence asks for."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.estimate import Estimate
from findomain.stats.pooling import Pooled, Spread, pool_effects
from findomain.stats.specialists import SIDES, PairEffect, Side


def pool_pairs(effects: Sequence[PairEffect], side: Side, *, name: str, spread: Spread | None = None) -> Pooled:
    """Pool one side of the pairs that have it (``pool_effects``); a difference keeps its own standard error.

    Raises:
        ScoresError: no pair has it.
    """
    chosen = spread or ("own" if side == "difference" else "common")
    return pool_effects([getattr(effect, side) for effect in effects], name=name, spread=chosen)


def one_each(effects: Sequence[PairEffect], by: Literal["base", "domain"], side: Side) -> list[PairEffect]:
    """One pair a base (or domain), the one with the most tasks on that side: pairs that share one are not independent.

    Between equals the first name of the specialists decides.
    """
    ranked = sorted(effects, key=lambda effect: (-getattr(effect, side).n_tasks, effect.specialist))
    kept = {getattr(effect, by): effect for effect in reversed(ranked) if getattr(effect, side).n_tasks}
    chosen = {effect.specialist for effect in kept.values()}
    return [effect for effect in effects if effect.specialist in chosen]


def crossed_mean(effects: Sequence[PairEffect], side: Literal["gain", "undeclared", "price"], *, name: str) -> Estimate:
    """Mean over the pairs, each alike, clustered both by base and by task (Cameron, Gelbach & Miller 2011).

    Pairs of one domain are measured on the same few tasks, and some share a base. ``pool_effects`` takes them for
    independent witnesses; here a task that suits all specialists, or a base that is easy to improve, counts once.
    The t has one degree of freedom less than the smaller number of clusters. With a single base it is clustered by task
    alone, which for one pair is Student's interval; with a single task by base alone.

    Raises:
        ScoresError: no pair has that side.
    """
    cells = _side_cells(effects, side)
    if cells.empty:
        raise ScoresError(f"no pair has a task {SIDES[side]}: nothing to average")
    weight = 1 / cells.groupby("specialist")["score"].transform("size") / cells["specialist"].nunique()
    value = float((weight * cells["score"]).sum())
    pieces = cells.assign(piece=weight * (cells["score"] - value))
    n = {by: pieces[by].nunique() for by in ("base", "task")}
    clusters = [by for by in n if n[by] > 1]
    parts = [float((pieces.groupby(by)["piece"].sum() ** 2).sum()) * n[by] / (n[by] - 1) for by in clusters]
    both = float((pieces.groupby(["base", "task"])["piece"].sum() ** 2).sum()) if len(parts) == 2 else 0.0
    df = min((n[by] for by in clusters), default=1) - 1
    se = math.sqrt(max(sum(parts) - both, *parts)) if len(parts) == 2 else math.sqrt(parts[0]) if parts else math.nan
    half = float(stats.t.ppf(0.975, df)) * se if df else math.nan
    p_value = float(2 * stats.t.sf(abs(value) / se, df)) if df and se > 0 else math.nan
    method = f"mean over pairs, clustered by {' and '.join(clusters) or 'nothing'}"
    n_inside = n["task"] if side != "price" else 0
    return Estimate(
        name, value, se, value - half, value + half, p_value, cells["specialist"].nunique(), n["task"], n_inside, method
    )


def domain_means(effects: Sequence[PairEffect], side: Literal["gain", "undeclared", "price"] = "gain") -> pd.DataFrame:
    """``crossed_mean`` of each domain's pairs, a row a domain: ``domain`` and the columns of ``Estimate``."""
    have = [effect for effect in effects if getattr(effect, side).n_tasks]
    parts = {name: [effect for effect in have if effect.domain == name] for name in sorted({e.domain for e in have})}
    rows = [
        crossed_mean(part, side, name=f"{name}, {SIDES[side]}").to_frame().assign(domain=name)
        for name, part in parts.items()
    ]
    return (
        pd.concat(rows, ignore_index=True)
        if rows
        else pd.DataFrame(columns=["domain", "estimate", "ci_low", "ci_high", "n_tasks"])
    )


def without_task(effects: Sequence[PairEffect], side: Literal["gain", "undeclared", "price"] = "gain") -> pd.DataFrame:
    """``crossed_mean`` without one task at a time, the task that moves it most first: ``without``, columns of it."""
    tasks = sorted(_side_cells(effects, side)["task"].unique()) if effects else []
    rows = []
    for task in tasks:
        left = [replace(effect, cells=effect.cells[effect.cells["task"] != task]) for effect in effects]
        if not _side_cells(left, side).empty:
            rows.append(crossed_mean(left, side, name=SIDES[side]).to_frame().assign(without=task))
    if not rows:
        return pd.DataFrame(columns=["without", "estimate", "ci_low", "ci_high", "n_tasks"])
    moved = pd.concat(rows, ignore_index=True)
    whole = crossed_mean(effects, side, name=SIDES[side]).estimate
    return moved.sort_values("estimate", key=lambda column: -(column - whole).abs(), ignore_index=True)


def _side_cells(effects: Sequence[PairEffect], side: Literal["gain", "undeclared", "price"]) -> pd.DataFrame:
    cells = pd.concat(
        [e.cells.assign(specialist=e.specialist, base=e.base, inside=e.cells["domain"] == e.domain) for e in effects]
    )
    keep = ~cells["inside"] if side == "price" else cells["inside"]
    return cells[keep & (cells["in_training"] != "true")] if side == "undeclared" else cells[keep]


def pool_table(
    effects: Sequence[PairEffect],
    *,
    families: Sequence[PairEffect] = (),
    extra: Sequence[PairEffect] = (),
    specialists: Collection[str] = (),
) -> pd.DataFrame:
    """Gain, gain without declared tasks, and price, pooled in every way that a reader may ask for, a row each.

    Columns ``side, how`` and those of ``Pooled`` (NaN where a way gives none). ``families`` are the same pairs with
    families of tasks as units, ``extra`` pairs of a weaker kind; each joins in one row alone. ``specialists`` are bases
    that are specialists themselves, whose pairs one row leaves out. What cannot be pooled is left out.
    """
    rows = []
    for side in ("gain", "undeclared", "price"):
        have = [effect for effect in effects if getattr(effect, side).n_tasks]
        if not have:
            continue
        ways = {
            "all pairs": (have, "common"),
            "each with its own spread": (have, "own"),
            "families of tasks as units": (families, "common"),
            "one pair a base": (one_each(have, "base", side), "common"),
            "one pair a domain": (one_each(have, "domain", side), "common"),
            "base no specialist itself": ([effect for effect in have if effect.base not in specialists], "common"),
            "with pairs whose base is not published": ([*have, *extra], "common"),
        }
        for how, (chosen, spread) in ways.items():
            try:
                row = pool_pairs(chosen, side, name=SIDES[side], spread=spread).to_frame()
            except ScoresError:  # none, or one with a single task, which has no spread
                continue
            rows.append(row.assign(side=SIDES[side], how=how))
        crossed = crossed_mean(have, side, name=SIDES[side]).to_frame()
        rows.append(crossed.assign(side=SIDES[side], how="clustered by base and task"))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["side", "how"])
