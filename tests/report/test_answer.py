"""The rows of the answer's figure are the estimates of the chapters that they name."""

import numpy as np
import pytest

from findomain import mirror, profiles, published, stats
from findomain.report.answer import answer_rows


def test_rows_are_the_chapters_estimates() -> None:
    scores = published.evidence()
    rows = answer_rows(scores).set_index("name")
    gap = stats.domain_gap(scores)
    assert rows.loc["finance, as it is", "estimate"] == gap.pooled.estimate
    assert rows.loc["finance, Retrieval", "ci_low"] == gap.by_task_type["Retrieval"].ci_low
    assert rows.loc["law", "n_domain_tasks"] == stats.domain_gap(scores, domain="law").pooled.n_domain_tasks
    table = stats.task_table(scores, profiles.structure_facts())
    controls = stats.controls_of(stats.validate_controls(table, profiles.STRUCTURE))
    assert rows.loc["nearest other tasks", "estimate"] == pytest.approx(
        stats.matched_gap(table, controls).row()["estimate"]
    )
    items = mirror.item_table()
    pairs = stats.paired_gap(items[items["model"] != "random"]).iloc[0]
    assert rows.loc["matched pairs", "ci_high"] == pytest.approx(pairs["ci_high"])
    assert np.isfinite(rows[["estimate", "ci_low", "ci_high"]].to_numpy()).all()
    assert (rows.loc[rows["domain"] != "finance", "task_type"] == "pooled").all()
