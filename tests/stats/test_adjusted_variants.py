"""The adjusted gap under other choices: each row is the gap that its choice gives by hand."""

import numpy as np
import pandas as pd
import pytest

from findomain import stats
from findomain.stats.adjusted_variants import adjusted_variants, known_measures, merged_table, task_families
from findomain.stats.simulate import Design, plant_measure, simulate_scores

DESIGN = Design(n_models=20, n_tasks=120, n_domain_tasks=16, missing=0.2, gap=-0.1, sd_task=0.05)


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A measure that matters, one that does not, tasks in pairs of one family, a third of the scores exposed."""
    rng = np.random.default_rng(1)
    scores, facts = plant_measure(simulate_scores(DESIGN, rng), rng, slope=0.1, shift=1.0)
    number = scores["task"].str.removeprefix("task-").astype(int)
    scores = scores.assign(family=np.where(number < 40, "f" + (number // 2).astype(str), scores["task"]))
    exposed = rng.random(len(scores)) < 1 / 3
    return scores.assign(in_training=np.where(exposed, "true", "false")), facts.assign(idle=rng.normal(size=len(facts)))


def test_each_choice_is_the_gap_that_it_names(planted: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    scores, facts = planted
    found = adjusted_variants(scores, facts).query("task_type == 'types alike'").set_index("choice")["estimate"]
    table = stats.task_table(scores, facts)
    passed = stats.controls_of(stats.validate_controls(table, ["measure", "idle"]))
    assert all(names == ["measure"] for names in passed.values())
    assert passed
    whole = stats.adjusted_gap(table, known_measures(table, ["measure", "idle"]))
    assert found["measures that pass"] == pytest.approx(stats.adjusted_gap(table, passed).row()["estimate"])
    assert found["all measures that are known"] == pytest.approx(whole.row()["estimate"])
    unexposed = stats.task_table(scores[scores["in_training"] == "false"], facts)
    assert found["measures that pass, no declared training data"] == pytest.approx(
        stats.adjusted_gap(unexposed, passed).row()["estimate"]
    )
    assert found["all measures that are known"] == pytest.approx(-0.1, abs=0.05)


def test_families_are_merged_with_the_means_of_their_facts(planted: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    scores, facts = planted
    frame = merged_table(scores, facts).frame
    families = task_families(scores)
    assert len(frame) < scores["task"].nunique()
    several = families.value_counts()
    family = next(
        name for name in several.index[several > 1] if scores.loc[scores["family"] == name, "domain"].nunique() == 1
    )
    members = families.index[families == family]
    row = frame[frame["task"].str.startswith(f"{family} ")].iloc[0]
    assert row["measure"] == pytest.approx(facts.loc[members, "measure"].mean())


def test_a_measure_that_few_tasks_have_is_not_known() -> None:
    table = stats.task_table(simulate_scores(DESIGN, np.random.default_rng(0)))
    frame = table.frame.assign(all=1.0, few=np.where(np.arange(len(table.frame)) < 5, 1.0, np.nan))
    known = known_measures(stats.TaskTable(table.fits, table.rows, frame), ["all", "few"])
    assert known["Classification"] == ["all"]
