"""Frames of the chapter on specialists: short names, points, and nothing where there is nothing."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from findomain import stats
from findomain.report import specialists


def effects() -> list[stats.PairEffect]:
    rows = [
        {
            "model": model,
            "task": f"{domain} {k}",
            "task_type": "Retrieval",
            "domain": domain,
            "score": 0.5 + gain * (k + 1),
        }
        for model, gains in (("us/tuned", {"law": 0.01, "general": -0.02}), ("us/base", {"law": 0, "general": 0}))
        for domain, gain in gains.items()
        for k in range(3)
    ]
    pairs = pd.DataFrame({"specialist": ["us/tuned", "us/absent"], "base": "us/base", "domain": "law"})
    return stats.pair_effects(pd.DataFrame(rows), pairs)


def test_worth_and_differences_in_points() -> None:
    shown = specialists.readable_worth(effects())
    assert shown.loc["tuned", "gain in (95 %)"] == "+2.0 (-0.5 to +4.5)"
    assert shown.loc["tuned", "price out (95 %)"].startswith("-4.0")
    assert shown.loc["tuned", ["tasks in", "verdict"]].tolist()[0] == 3
    assert shown.loc["tuned", "verdict"].startswith("in: open, out: ")
    assert shown.loc["absent", ["gain in (95 %)", "verdict"]].tolist() == ["", "in: not run, out: not run"]
    differences = specialists.readable_differences(effects())
    assert differences.loc["tuned", "in less out"] == 6.0
    assert differences.loc["absent", "reason"] == "no score of us/absent"


def test_pooled_rows_and_their_absence() -> None:
    table = stats.pool_table(effects())
    row = specialists.pooled_row(table, "in domain")
    assert specialists.pooled_points(row, "gain")["gain"] == 2.0
    assert specialists.readable_pooled(table).loc[("in domain", "all pairs"), "mean"] == 2.0
    empty = specialists.pooled_row(stats.pool_table([]), "in domain")
    assert (empty["n_models"], math.isnan(empty["estimate"])) == (0, True)
    forest = specialists.pair_forest(effects(), "gain", row, row)
    assert forest["name"].tolist() == ["tuned", "mean of pairs", "mean, clustered", "one more pair"]
    assert specialists.pair_forest([], "gain", empty, empty).empty
    means = specialists.readable_means(stats.domain_means(effects()))
    assert means.loc["law", "mean gain"] == pytest.approx(2.0)


def test_pairs_say_why_they_cannot_be_used() -> None:
    table = pd.DataFrame({"specialist": ["us/tuned", "us/absent"], "base": "us/base", "domain": "law", "kind": "tuned"})
    shown = specialists.readable_pairs(table.assign(note=["", "a note"]), effects())
    assert shown.loc["tuned", ["tasks in", "tasks out"]].tolist() == [3, 3]
    assert shown.loc["absent", "remark"] == "no score of us/absent; a note"
