"""Tables and the one figure of several domains: intervals as text, groups of rows, words for signs."""

import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from findomain import stats
from findomain.report import figures, readable, style
from findomain.stats.simulate import Design, simulate_scores

mpl.use("Agg")
SCORES = simulate_scores(Design(n_models=20, n_tasks=60, n_domain_tasks=12), np.random.default_rng(0))
TABLES = stats.domain_tables(SCORES, ["finance"], name="mine", tasks=sorted(SCORES["task"].unique())[:9])


def frame(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"domain": ["a", "b"], "what": ["x", "x"], **columns})


def test_a_grid_holds_each_estimate_with_its_interval() -> None:
    rows = frame(estimate=[0.012, float("nan")], ci_low=[-0.001, float("nan")], ci_high=[0.025, float("nan")])
    grid = readable.interval_grid(rows, rows=["what"], columns="domain")
    assert grid.loc["x"].to_dict() == {"a": "+1.2 (-0.1 to +2.5)", "b": ""}
    without = rows.assign(ci_low=float("nan"), side="y")
    two_keys = readable.interval_grid(without, rows=["what", "domain"], columns="side")
    assert two_keys["y"].to_dict() == {("x", "a"): "+1.2", ("x", "b"): ""}


def test_signs_are_told_by_the_interval() -> None:
    rows = frame(estimate=[0.02, -0.02], ci_low=[0.01, -0.03], ci_high=[0.03, 0.001])
    assert readable.without_zero(rows)["domain"].tolist() == ["a"]
    assert readable.listed(readable.without_zero(rows), "domain", "what") == "a, x +2.0 (+1.0 to +3.0)"
    assert readable.listed(rows.iloc[:0], "domain") == "none"
    told = [readable.against_zero(row) for _, row in rows.iterrows()]
    assert told == ["above zero", "not told from zero"]
    assert readable.against_zero({"ci_low": -0.2, "ci_high": -0.1}) == "below zero"
    assert readable.numbers("gap", rows.iloc[0]) == {"gap": 2.0, "gap_low": 1.0, "gap_high": 3.0}


def test_power_is_told_in_points_and_words() -> None:
    power = stats.domain_power(TABLES, gap=0.0001)
    shown = readable.readable_power(power)
    assert shown["tasks needed"].tolist() == ["more than 10,000"] * 2
    assert shown.loc["mine", "found 4 times in 5"] == pytest.approx(power["smallest_gap"].iloc[1] * 100, abs=0.06)


def test_domains_stand_apart_in_one_figure() -> None:
    rows = readable.forest_rows(stats.domain_gaps(TABLES))
    assert rows.loc[rows["task_type"] == "pooled", "name"].tolist() == ["finance", "mine"]
    style.use_house_style()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = figures.forest(rows, label="name", colour="domain", group="domain")
        figure.canvas.draw()
    axes = figure.axes[0]
    steps = np.diff(axes.get_yticks())
    assert (steps > 1).sum() == 1, "a space where the domain changes"
    weights = [text.get_fontweight() for text in axes.get_yticklabels()]
    assert weights == ["bold" if kind == "pooled" else "normal" for kind in rows["task_type"]]
    low, high = sorted(axes.get_ylim())
    assert low < 0 <= axes.get_yticks()[-1] < high
    mpl.pyplot.close(figure)
