"""The gap under other choices: what must not change it does not, what must does."""

import numpy as np
import pandas as pd
import pytest

from findomain.errors import ScoresError
from findomain.stats import (
    domain_gap,
    domain_tasks,
    flag_sensitivity,
    gap_report,
    gap_variants,
    merge_families,
    without_flagged,
)
from findomain.stats.simulate import Design, simulate_scores


def scores() -> pd.DataFrame:
    table = simulate_scores(Design(n_models=30, n_tasks=60, n_domain_tasks=12), np.random.default_rng(0))
    rng = np.random.default_rng(1)
    return table.assign(
        family=table["task"],
        in_training=rng.choice(["true", "false", "unknown"], len(table)),
        flag_odd=table["task"] == "task-3",
        language="eng",
    )


def test_families_of_one_task_change_nothing() -> None:
    table = scores()
    merged = domain_gap(merge_families(table)).pooled
    assert merged.estimate == pytest.approx(domain_gap(table).pooled.estimate, abs=1e-6)


def test_copies_of_a_task_count_once_as_a_family() -> None:
    table = scores()
    levels = domain_tasks(table).set_index("task")["level"]
    copied = levels.abs().idxmax()
    copies = [table[table["task"] == copied].assign(task=f"{copied}-{i}") for i in range(5)]
    inflated = pd.concat([table, *copies])
    assert domain_gap(inflated).pooled.estimate != pytest.approx(domain_gap(table).pooled.estimate, abs=1e-3)
    assert domain_gap(merge_families(inflated)).pooled.estimate == pytest.approx(
        domain_gap(merge_families(table)).pooled.estimate, abs=1e-6
    )


def test_every_choice_has_a_row_for_every_weighting() -> None:
    variants = gap_variants(scores(), flags=["flag_odd"])
    assert variants.groupby("evidence").size().eq(3).all()
    expected = {"all scores", "without flagged scores", "without exposed scores", "exposure taken off"}
    assert expected | {"families as units"} <= set(variants["evidence"])
    plain = variants.query("evidence == 'all scores' and weighting == 'types'").iloc[0]
    assert plain["estimate"] == domain_gap(scores()).pooled.estimate


def test_flags_are_taken_out_one_at_a_time() -> None:
    table = scores()
    rows = flag_sensitivity(table.assign(flag_none=False), {"flag_odd": "odd", "flag_none": "none"})
    assert rows["without"].tolist() == ["nothing", "flag_odd"]
    assert rows["n_removed"].tolist() == [0, int(table["flag_odd"].sum())]
    assert rows["estimate"].iloc[0] == domain_gap(table).pooled.estimate
    with pytest.raises(ScoresError, match="no flag column flag_new; the table has: flag_odd"):
        without_flagged(table, ["flag_new"])


def test_levels_of_the_domain_tasks_average_to_the_gap_of_their_type() -> None:
    table = scores().assign(task_type="STS")
    tasks = domain_tasks(table)
    assert tasks["level"].mean() == pytest.approx(domain_gap(table).pooled.estimate, abs=1e-9)
    without = domain_gap(table[table["task"] != tasks["task"][0]]).pooled
    assert tasks["gap_without"][0] == without.estimate


def test_the_report_splits_by_any_column() -> None:
    table = scores()
    report = gap_report(table, by="in_training", permutations=50, placebo=5)
    assert set(report.parts) <= {"true", "false", "unknown"}
    assert {"pooled", "by_task_type", "by_in_training", "permutation", "placebo"} == set(report.to_dict())
    assert report.to_frame()["part"].iloc[0] == "all"
    assert str(report).startswith("finance gap, pooled")
    with pytest.raises(ScoresError, match="no column 'colour' to split by"):
        gap_report(table, by="colour")
