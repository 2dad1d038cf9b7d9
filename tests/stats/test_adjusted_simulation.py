"""A planted confounder is removed by each of the three estimators, a planted gap found, and none is not found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from findomain.stats.adjusted import adjusted_gap
from findomain.stats.matching import doubly_robust_gap, matched_gap
from findomain.stats.regression import TaskTable, task_table
from findomain.stats.simulate import Design, plant_measure, simulate_scores

N_DRAWS = 80
DESIGN = Design(n_models=12, n_tasks=60, n_domain_tasks=14, missing=0.3, sd_task=0.08, sd_model_type=0.0)
CONTROLS = {"Retrieval": ["measure"], "Classification": ["measure"]}
WAYS = ("adjusted", "matched", "doubly robust")
# 4 standard deviations of a share of .95 (or .05) over the draws
SLACK = 4 * np.sqrt(0.95 * 0.05 / N_DRAWS)


def confounded(seed: int) -> TaskTable:
    """No gap; a measure that is one standard deviation higher in the domain lowers scores by 8 points a deviation."""
    rng = np.random.default_rng(seed)
    scores = simulate_scores(DESIGN, rng)
    place = scores["task"].str.removeprefix("task-").astype(int)
    scores["task_type"] = np.where(place % 2 == 0, "Retrieval", "Classification")
    return task_table(*plant_measure(scores, rng, slope=-0.08, shift=1.0))


def estimates(table: TaskTable) -> dict[str, pd.Series]:
    gap = adjusted_gap(table, CONTROLS)
    return {
        "unadjusted": gap.row(kind="unadjusted"),
        "adjusted": gap.row(),
        "matched": matched_gap(table, CONTROLS).row(),
        "doubly robust": doubly_robust_gap(table, CONTROLS).row(),
    }


@pytest.fixture(scope="module")
def draws() -> dict[str, pd.DataFrame]:
    rows = [estimates(confounded(seed)) for seed in range(N_DRAWS)]
    return {name: pd.DataFrame([row[name] for row in rows]) for name in rows[0]}


def covers(table: pd.DataFrame) -> float:
    return float(((table["ci_low"] <= 0) & (table["ci_high"] >= 0)).mean())


def test_the_unadjusted_gap_is_biased(draws: dict[str, pd.DataFrame]) -> None:
    table = draws["unadjusted"]
    assert table["estimate"].mean() == pytest.approx(-0.08, abs=4 * table["estimate"].std() / np.sqrt(N_DRAWS))
    assert covers(table) < 0.8


@pytest.mark.parametrize("way", WAYS)
def test_the_confounder_is_removed(draws: dict[str, pd.DataFrame], way: str) -> None:
    table = draws[way]
    spread = table["estimate"].std()
    assert abs(table["estimate"].mean()) < 4 * spread / np.sqrt(N_DRAWS)
    assert covers(table) == pytest.approx(0.95, abs=SLACK)
    assert table["se"].mean() == pytest.approx(spread, rel=0.35)


@pytest.mark.parametrize("way", WAYS)
def test_no_gap_is_not_found(draws: dict[str, pd.DataFrame], way: str) -> None:
    assert (draws[way]["p_value"] < 0.05).mean() <= 0.05 + SLACK


def test_a_planted_gap_is_found_and_moves_each_estimate_by_itself(draws: dict[str, pd.DataFrame]) -> None:
    found = dict.fromkeys(WAYS, 0)
    for seed in range(12):
        table = confounded(seed)
        effect = table.frame["effect"] - 0.2 * table.frame["domain"].eq("finance")
        planted = estimates(TaskTable(table.fits, table.rows, table.frame.assign(effect=effect)))
        for way in WAYS:
            assert planted[way]["estimate"] == pytest.approx(draws[way]["estimate"].iloc[seed] - 0.2)
            found[way] += planted[way]["p_value"] < 0.05
    assert min(found.values()) >= 11
