"""Domains side by side, and a domain of one's own: equal to relabelling by hand, mistakes named."""

import numpy as np
import pandas as pd
import pytest

from findomain.errors import ScoresError
from findomain.stats.domains import domain_gaps, domain_power, domain_tables, domain_variants, with_domain
from findomain.stats.gap import domain_gap
from findomain.stats.power import gap_power
from findomain.stats.simulate import Design, simulate_scores

SCORES = simulate_scores(Design(n_models=20, n_tasks=60, n_domain_tasks=12), np.random.default_rng(0))
LISTED = sorted(SCORES.loc[SCORES["task_type"].isin(["Retrieval", "Classification"]), "task"].unique())[:14]


def test_a_list_of_tasks_is_a_domain_like_any_other() -> None:
    by_hand = SCORES.copy()
    by_hand.loc[by_hand["task"].isin(LISTED), "domain"] = "mine"
    found = with_domain(SCORES, "mine", LISTED)
    pd.testing.assert_frame_equal(found, by_hand)
    assert domain_gap(found, domain="mine") == domain_gap(by_hand, domain="mine")
    inside = list(SCORES.loc[SCORES["domain"] == "finance", "task"].unique())
    assert domain_gap(with_domain(SCORES, "again", inside), domain="again").pooled.estimate == (
        domain_gap(SCORES).pooled.estimate
    )
    wider = with_domain(SCORES, "finance", [*inside, *(task for task in LISTED if task not in inside)])
    assert domain_gap(wider).pooled.n_domain_tasks > domain_gap(SCORES).pooled.n_domain_tasks


@pytest.mark.parametrize(
    ("name", "tasks", "expected"),
    [
        ("mine", ["task-1", "Task-1x"], "no task 'Task-1x' in the table; nearest: task-1"),
        ("mine", ["task-1", "task-2", "task-1"], "task 'task-1' is listed twice"),
        ("mine", [], "no task is listed for the domain 'mine'"),
        ("", ["task-1"], "needs a name"),
        ("finance", ["task-1"], "'finance' is the domain of 1[12] tasks that are not listed"),
    ],
)
def test_a_mistake_in_the_list_is_named(name: str, tasks: list[str], expected: str) -> None:
    with pytest.raises(ScoresError, match=expected):
        with_domain(SCORES, name, tasks)


def test_own_domain_joins_the_others_and_leaves_them_their_tasks() -> None:
    tables = domain_tables(SCORES, ["finance", "law"], tasks=LISTED)
    assert list(tables) == ["finance", "own"], "the table has no law"
    gaps = domain_gaps(tables)
    assert (
        gaps.loc[gaps["domain"] == "finance", "estimate"].iloc[0] == domain_gap(SCORES).pooled.estimate
    )  # fmt: skip
    pooled = gaps["task_type"] == "pooled"
    assert gaps.loc[pooled, "p_holm"].isna().all()
    tested = gaps.loc[~pooled & gaps["p_value"].notna()]
    assert (tested["p_holm"] >= tested["p_value"]).all()
    assert tested["p_holm"].min() == pytest.approx(min(tested["p_value"].min() * len(tested), 1))
    power = domain_power(tables, gap=0.1)
    assert power["power_now"].iloc[0] == gap_power(SCORES, gap=0.1).power_now


def test_choices_of_evidence_count_the_tasks_that_they_remove() -> None:
    chosen = SCORES.loc[SCORES["domain"] == "finance", "task"].unique()[:2]
    flagged = SCORES.assign(flag_bad=SCORES["task"].isin(chosen), flag_none=False)
    choices = {"as used": ["flag_none"], "bad out": ["flag_bad"], "all": []}
    frame = domain_variants({"finance": flagged}, choices).set_index("evidence")
    assert list(frame["n_removed"]) == [0, 2, 0]
    by_hand = domain_gap(SCORES[~SCORES["task"].isin(chosen)]).pooled.estimate
    assert frame.loc["bad out", "estimate"] == by_hand
    rest = flagged.assign(flag_bad=flagged["domain"].eq("finance"))
    assert list(domain_variants({"finance": rest}, choices)["evidence"]) == ["as used", "all"]
