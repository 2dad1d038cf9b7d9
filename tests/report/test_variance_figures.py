"""The figure of the variance's shares draws what it is given, below zero too, and the table reads in points."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from findomain import stats
from findomain.report.style import ACCENT
from findomain.report.variance_figures import readable_variance, variance_shares
from findomain.stats.simulate import Design, simulate_scores

mpl.use("Agg")


@pytest.fixture(scope="module")
def components() -> pd.DataFrame:
    scores = simulate_scores(Design(n_models=20, n_tasks=50, n_domain_tasks=12), np.random.default_rng(0))
    return stats.score_variance(scores, groups=8)


def test_every_component_is_drawn_with_its_interval(components: pd.DataFrame) -> None:
    (axes,) = variance_shares(components).axes
    shown = components[components["component"] != "total"]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(shown["component"])
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert [float(line.get_xdata()[0]) for line in points] == pytest.approx(list(shown["share"] * 100))
    accented = [line.get_color() == ACCENT for line in points]
    assert accented == ["domain" in name for name in shown["component"]]
    intervals = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2 and line.get_linewidth() > 1.5]
    expected = (shown[["share_low", "share_high"]].to_numpy() * 100).clip(-100, 100)
    assert np.array(intervals) == pytest.approx(expected)


def test_negative_shares_are_drawn_as_they_are(components: pd.DataFrame) -> None:
    negative = components.assign(share=-0.1, share_low=-0.3, share_high=0.1)
    (axes,) = variance_shares(negative).axes
    assert axes.get_xlim()[0] < -30


def test_the_table_reads_in_points_and_percent(components: pd.DataFrame) -> None:
    table = readable_variance(components)
    row = components.set_index("component").loc["task"]
    assert table.loc["task", "points"] == round(row["sd_points"], 1)
    assert table.loc["task", "percent"] == round(row["share"] * 100, 1)
    assert table.loc["total", "levels"] == ""
