"""A score's variance as a table in points and percent, and as numbers for prose."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from findomain import stats
from findomain.report.variance import readable_variance, variance_numbers
from findomain.stats.simulate import Design, simulate_scores


@pytest.fixture(scope="module")
def components() -> pd.DataFrame:
    scores = simulate_scores(Design(n_models=20, n_tasks=50, n_domain_tasks=12), np.random.default_rng(0))
    return stats.score_variance(scores, groups=8)


def test_the_table_reads_in_points_and_percent(components: pd.DataFrame) -> None:
    table = readable_variance(components)
    row = components.set_index("component").loc["task"]
    assert table.loc["task", "points"] == round(row["sd_points"], 1)
    assert table.loc["task", "percent"] == round(row["share"] * 100, 1)
    assert table.loc["total", "levels"] == ""


def test_numbers_of_the_prose_are_those_of_the_table(components: pd.DataFrame) -> None:
    numbers, row = variance_numbers(components), components.set_index("component").loc["model x domain"]
    assert numbers["var_model_domain_low"] == round(row["share_low"] * 100, 1)
    assert numbers["var_model_domain_sd"] == round(row["sd_points"], 1)
    lacking = variance_numbers(components[components["component"] != "type"])
    assert np.isnan(lacking["var_type"])
