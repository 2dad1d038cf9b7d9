"""Frames of the matched pairs as readers see them."""

from __future__ import annotations

import pandas as pd

from findomain.report.figures import forest
from findomain.report.readable import readable_points

GAPS = pd.DataFrame(
    {
        "task_type": ["pooled", "STS"],
        "estimate": [-0.0312, 0.0049],
        "ci_low": [-0.05, -0.02],
        "ci_high": [-0.01, 0.03],
        "p_value": [0.0004, 0.61],
        "n_pairs": [240, 120],
    }
)


def test_shares_become_points_and_the_rest_stays() -> None:
    shown = readable_points(GAPS, "task_type", points=["estimate", "ci_low"], plain=["p_value", "n_pairs"])
    assert shown.index.name == "task type"
    assert list(shown.columns) == ["gap", "from", "p", "pairs"]
    assert shown.loc["pooled"].tolist() == [-3.1, -5.0, "< .001", 240]
    assert shown.loc["STS"].tolist() == [0.5, -2.0, ".610", 120]


def test_forest_counts_what_it_is_told_to() -> None:
    figure = forest(GAPS, count=("n_pairs", "pairs"))
    assert [text.get_text() for text in figure.axes[0].texts] == ["240", "120", "pairs"]
