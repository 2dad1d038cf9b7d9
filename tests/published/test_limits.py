"""What the shipped table lacks, counted by other means."""

import numpy as np
import pandas as pd

from findomain import published


def test_counts_of_tasks_add_up() -> None:
    scores = published.evidence()
    counts = published.task_counts(scores)
    assert counts.loc["all", "all"] == scores["task"].nunique()
    assert (
        counts.loc["Retrieval", "finance"]
        == scores.query("task_type == 'Retrieval' and domain == 'finance'")["task"].nunique()
    )
    inner = counts.iloc[:-1, :-1]
    assert (inner.sum(axis=1) == counts["all"].iloc[:-1]).all()
    assert (inner.sum() == counts.loc["all"].iloc[:-1]).all()


def test_limits_by_hand() -> None:
    rows = [
        ("BAAI/bge-small-en-v1.5", "a", "STS", "finance", "unknown", True),
        ("x", "a", "STS", "finance", "false", False),
    ]
    rows += [("x", "b", "Retrieval", "general", "true", False)]
    scores = pd.DataFrame(rows, columns=["model", "task", "task_type", "domain", "in_training", "flag_external"])
    found = published.evidence_limits(scores.assign(family=scores["task"], flag_domain=scores["task"] == "b"))
    expected = {
        "n_scores": 3,
        "n_models": 2,
        "n_tasks": 2,
        "n_domain_tasks": 1,
        "types_without": 1,
        "models_with_domain": 2,
    }
    assert {name: found[name] for name in expected} == expected
    assert (found["n_disputed"], found["n_undated"], found["models_with_half"]) == (1, 1, 2)
    assert np.allclose(
        [found[name] for name in ("share_present", "share_unknown", "share_no_revision")], [0.75, 1 / 3, 1 / 3]
    )


def test_other_languages() -> None:
    found, tasks = published.other_languages(), published.load_tasks()
    assert found["n_tasks"] == (tasks["language"] == "zho").sum()
    assert 0 < found["n_domain_tasks"] < found["n_tasks"]
