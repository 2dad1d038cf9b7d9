"""Placebo domains of the adjusted gaps: each method near 5 %, from the other tasks alone."""

from __future__ import annotations

import numpy as np
import pytest

from findomain.errors import ScoresError
from findomain.stats.adjusted_placebo import adjusted_placebo
from findomain.stats.regression import TaskTable, task_table
from findomain.stats.simulate import Design, plant_measure, simulate_scores

CONTROLS = {"Retrieval": ["measure"], "Classification": ["measure"]}
METHODS = ["unadjusted", "regression", "matching", "doubly robust", "gap against a measure"]


def table_of(seed: int, **design: float) -> TaskTable:
    rng = np.random.default_rng(seed)
    sizes = {"n_models": 12, "n_tasks": 90, "n_domain_tasks": 12, "missing": 0.3, "sd_model_type": 0.0}
    scores = simulate_scores(Design(**(sizes | design)), rng)  # type: ignore[arg-type]
    place = scores["task"].str.removeprefix("task-").astype(int)
    scores["task_type"] = np.where(place % 2 == 0, "Retrieval", "Classification")
    return task_table(*plant_measure(scores, rng, slope=-0.08, shift=1.0))


def test_no_method_finds_chance_too_often() -> None:
    rates = adjusted_placebo(table_of(0), CONTROLS, n_draws=250)
    assert list(rates["method"]) == METHODS
    assert (rates["n_draws"] > 200).all()
    assert (rates["ci_low"] <= rates["rate"]).all()
    assert (rates["rate"] <= rates["ci_high"]).all()
    assert (rates["rate"] < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 250)).all()
    assert rates["rate"].max() > 0  # at 5 % a test that never rejects in 250 draws tests nothing


def test_the_domain_itself_is_never_used() -> None:
    table = table_of(1)
    moved = table.frame["effect"] + 5.0 * table.frame["domain"].eq("finance")
    other = TaskTable(table.fits, table.rows, table.frame.assign(effect=moved))
    expected = adjusted_placebo(table, CONTROLS, n_draws=25, seed=4)
    assert adjusted_placebo(other, CONTROLS, n_draws=25, seed=4).equals(expected)
    assert not adjusted_placebo(table, CONTROLS, n_draws=25, seed=5).equals(expected)


def test_a_domain_larger_than_the_rest_has_no_placebo() -> None:
    table = table_of(2, n_tasks=30, n_domain_tasks=20)
    with pytest.raises(ScoresError, match="placebo domain of its size"):
        adjusted_placebo(table, CONTROLS, n_draws=5)
    with pytest.raises(ScoresError, match="outside of 'law'"):
        adjusted_placebo(table, CONTROLS, domain="law", n_draws=5)
