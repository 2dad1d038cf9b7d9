"""The adjusted gap: equal to the plain one without controls, a planted line removed, a slope of the gap found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from findomain.errors import ScoresError
from findomain.stats.adjusted import adjusted_gap, gap_curves
from findomain.stats.gap import domain_gap
from findomain.stats.regression import TaskTable, regress, task_table
from findomain.stats.simulate import Design, plant_measure, simulate_scores

TYPES = ("Retrieval", "Classification")
CONTROLS = {name: ["measure"] for name in TYPES}
SMALL = {"n_models": 12, "n_tasks": 60, "n_domain_tasks": 14, "missing": 0.3, "sd_task": 0.08}


def scores_of(
    seed: int, *, slope: float = 0.0, shift: float = 0.0, **design: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    scores = simulate_scores(Design(**(SMALL | {"sd_model_type": 0.0} | design)), rng)  # type: ignore[arg-type]
    place = scores["task"].str.removeprefix("task-").astype(int)
    scores["task_type"] = np.where(place % 2 == 0, *TYPES)
    return plant_measure(scores, rng, slope=slope, shift=shift)


def table_of(seed: int, **planted: float) -> TaskTable:
    return task_table(*scores_of(seed, **planted))


@pytest.mark.parametrize("weighting", ["types", "datasets"])
def test_without_controls_it_is_the_plain_gap(weighting: str) -> None:
    scores, _ = scores_of(0)
    plain = domain_gap(scores, weighting=weighting)  # type: ignore[arg-type]
    adjusted = adjusted_gap(task_table(scores), {})
    told = {f"{weighting} alike": plain.pooled} | plain.by_task_type
    for task_type, expected in told.items():
        row = adjusted.row(task_type)
        for name in ("estimate", "se", "ci_low", "ci_high", "p_value"):
            assert row[name] == pytest.approx(getattr(expected, name), rel=1e-4, abs=1e-9), (task_type, name)
        assert (row["n_tasks"], row["n_domain_tasks"]) == (expected.n_tasks, expected.n_domain_tasks)


def test_one_type_is_the_regression_on_domain_and_measure() -> None:
    table = table_of(1, slope=-0.1, shift=1.0)
    kept = table.frame["task_type"].eq("Retrieval")
    columns = pd.DataFrame({"inside": table.frame["domain"].eq("finance").astype(float)}).assign(
        measure=table.frame["measure"].where(kept)
    )
    expected = regress(table, columns)["inside"].estimate.estimate
    assert adjusted_gap(table, CONTROLS).row("Retrieval")["estimate"] == pytest.approx(expected, abs=1e-12)


def test_the_change_is_the_difference_on_the_same_tasks() -> None:
    scores, facts = scores_of(2, slope=-0.1, shift=1.0)
    facts.iloc[:10] = np.nan
    gap = adjusted_gap(task_table(scores, facts), CONTROLS)
    for task_type in ("types alike", "datasets alike", *TYPES):
        before, after, change = (gap.row(task_type, kind) for kind in ("unadjusted", "adjusted", "change"))
        assert before["n_tasks"] == after["n_tasks"] <= 50
        assert change["estimate"] == pytest.approx(after["estimate"] - before["estimate"], abs=1e-12)
        assert change["ci_low"] <= change["estimate"] <= change["ci_high"]
    assert gap.row(kind="change")["ci_low"] > 0  # the measure made the domain look harder by a tenth
    assert gap.row(kind="change")["se"] < gap.row(kind="adjusted")["se"]


def test_a_single_domain_task_has_a_gap_and_a_change() -> None:
    table = table_of(3, slope=-0.1, shift=1.0, n_domain_tasks=1)
    gap = adjusted_gap(table, CONTROLS)
    assert np.isfinite(gap.table[["se", "ci_low", "p_value"]].to_numpy(float)).all()


def test_measures_that_do_not_vary_are_no_controls() -> None:
    scores, facts = scores_of(4)
    table = task_table(scores, facts.assign(constant=1.0))
    controls = {name: ["measure", "constant"] for name in TYPES}
    gap = adjusted_gap(table, controls)
    assert gap.row("Retrieval")["controls"] == "measure"
    assert gap.row()["estimate"] == pytest.approx(adjusted_gap(table, CONTROLS).row()["estimate"])


def test_a_caliper_leaves_out_what_has_no_counterpart() -> None:
    scores, facts = scores_of(5)
    inside = scores.loc[(scores["domain"] == "finance") & (scores["task_type"] == "Retrieval"), "task"].unique()
    facts.loc[inside[0]] = 9.0
    table = task_table(scores, facts)
    whole, near = adjusted_gap(table, CONTROLS), adjusted_gap(table, CONTROLS, caliper=2.0)
    assert near.row("Retrieval")["n_domain_tasks"] == len(inside) - 1 == whole.row("Retrieval")["n_domain_tasks"] - 1
    assert near.row("Retrieval")["n_tasks"] == whole.row("Retrieval")["n_tasks"] - 1


def test_what_cannot_be_adjusted_is_said() -> None:
    table = table_of(6)
    with pytest.raises(ScoresError, match=r"no measure length of the tasks; the table has: measure"):
        adjusted_gap(table, {"Retrieval": ["length"]})
    with pytest.raises(ScoresError, match="outside of 'law'"):
        adjusted_gap(table, CONTROLS, domain="law")


def with_line(table: TaskTable, *, slope: float) -> TaskTable:
    """The domain's tasks moved along their measure: the gap has a slope."""
    inside = table.frame["domain"].eq("finance")
    moved = table.frame["effect"] + slope * inside * table.frame["measure"]
    return TaskTable(table.fits, table.rows, table.frame.assign(effect=moved))


def test_a_planted_slope_of_the_gap_is_covered_and_none_is_not_found() -> None:
    covered = found = n = 0
    for seed in range(40):
        table = table_of(seed, n_domain_tasks=20)
        deviation = table.frame.groupby("task_type")["measure"].std(ddof=0)
        for row in gap_curves(with_line(table, slope=0.1), CONTROLS).itertuples():
            covered += row.slope_low <= 0.1 * deviation[row.task_type] <= row.slope_high
        found += int((gap_curves(table, CONTROLS)["p_holm"] < 0.05).any())
        n += 2
    assert 0.89 <= covered / n <= 0.99
    assert found / 40 <= 0.12


def test_a_strong_slope_is_found_and_the_ends_are_on_the_line() -> None:
    curves = gap_curves(with_line(table_of(7, n_domain_tasks=24), slope=0.3), CONTROLS)
    assert (curves["p_holm"] < 0.05).all()
    assert (curves["p_holm"] >= curves["p_value"]).all()
    low, mean, high = (curves[f"gap_{where}"].to_numpy(float) for where in ("low", "mean", "high"))
    assert low + high == pytest.approx(2 * mean)
    assert high - mean == pytest.approx(curves["slope"].to_numpy(float))
    assert (curves["gap_mean_ci_low"] < curves["gap_mean"]).all()
    assert (curves["gap_mean"] < curves["gap_mean_ci_high"]).all()


def test_no_line_through_three_tasks_or_one_value() -> None:
    scores, facts = scores_of(8, n_domain_tasks=5)
    few = gap_curves(task_table(scores, facts), CONTROLS)
    short = few["n_domain_tasks"] < 4
    assert short.any()
    assert few.loc[short, "reason"].str.contains("domain tasks with the measure; 4 are needed").all()
    assert few.loc[short, ["slope", "p_value", "gap_mean"]].isna().all(axis=None)
    scores, facts = scores_of(9)
    inside = scores.loc[scores["domain"] == "finance", "task"].unique()
    facts.loc[inside, "measure"] = 0.5 + 1e-6 * np.arange(len(inside))
    flat = gap_curves(task_table(scores, facts), CONTROLS)
    assert (flat["reason"] == "the measure does not vary in the domain").all()
