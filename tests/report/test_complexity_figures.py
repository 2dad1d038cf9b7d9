"""Figures and tables of complexity draw what they are given and nothing else; the meter of profiles tells names."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from findomain.profiles import Profile, Source, beside_the_paper, tasks_with_figures
from findomain.report import complexity_figures, ledger, style
from findomain.report.measured import profile_table
from findomain.report.progress import ProfileMeter


@pytest.fixture
def means() -> pd.DataFrame:
    rows = [
        ("gunning_fog", "US school years", "general", 8.123, 6.0, 10.25, 3),
        ("gunning_fog", "US school years", "finance", 1234.5, 1000.4, 1500.6, 2),
        ("mtld", "words", "general", 30.0, math.nan, math.nan, 1),
        ("mtld", "words", "finance", math.nan, math.nan, math.nan, 0),
    ]
    return pd.DataFrame(rows, columns=["measure", "unit", "domain", "mean", "ci_low", "ci_high", "n"])


def test_means_are_written_with_their_interval_and_number(means: pd.DataFrame) -> None:
    shown = complexity_figures.readable_means(means)
    assert list(shown) == ["unit", "general", "finance"]
    assert shown.loc["Gunning fog", "general"] == "8.12 (6 to 10.2), n = 3"
    assert shown.loc["Gunning fog", "finance"] == "1,234 (1,000 to 1,501), n = 2"
    assert shown.loc["MTLD"].tolist() == ["words", "30, n = 1", ""]


def test_differences_are_ordered_by_p() -> None:
    table = pd.DataFrame(
        {
            "measure": ["mtld", "gunning_fog"],
            "difference": [1.0, -0.5],
            "ci_low": [-1.0, -0.9],
            "ci_high": [3.0, -0.1],
            "effect": [0.44, -1.26],
            "p_value": [0.4, 0.0001],
            "p_holm": [0.4, 0.0002],
            "n_domain": [4, 4],
            "n_against": [9, 9],
        }
    )
    shown = complexity_figures.readable_differences(table)
    assert list(shown.index) == ["Gunning fog", "MTLD"]
    assert shown.loc["Gunning fog"].tolist() == ["-0.5", "-0.9", "-0.1", -1.3, "< .001", "< .001", "4 and 9"]


def test_figures_draw_without_a_warning(means: pd.DataFrame) -> None:
    style.use_house_style()
    points = pd.DataFrame({"measure": "gunning_fog", "domain": ["general", "finance", "general"], "mean": [7, 1200, 9]})
    matrix = pd.DataFrame(np.eye(3), index=list("abc"), columns=list("abc"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panels = complexity_figures.domain_panels(means, points, measures=["gunning_fog", "mtld", "gunning_fog"])
        for low in (0, -1):
            complexity_figures.shades(matrix, low=low, high=1).canvas.draw()
        panels.canvas.draw()
    assert [axes.get_title(loc="left") for axes in panels.axes if axes.get_visible()] == [
        "Gunning fog",
        "MTLD",
        "Gunning fog",
    ]


@pytest.mark.parametrize(
    ("lows", "highs", "expected"),
    [((1, 1), (2, 2), "holds"), ((1, -2), (2, -1), "fails"), ((1, -1), (2, 1), "cannot be told")],
)
def test_verdict_on_the_characteristics(lows: tuple, highs: tuple, expected: str) -> None:
    assert ledger.characteristics_verdict(pd.DataFrame({"ci_low": lows, "ci_high": highs})) == expected


def test_the_papers_table_is_as_printed() -> None:
    table = beside_the_paper().set_index("measure")
    assert table.loc["sentence_length", ["mteb", "finmteb"]].tolist() == [18.2, 26.37]
    assert table.loc["dependency_distance", "difference_printed"] == pytest.approx(0.36)
    assert (table["finance"] - table["general"]).to_numpy() == pytest.approx(table["difference"].to_numpy())
    assert table["ci_low"].lt(table["difference"]).all()


def test_tasks_with_figures_are_few() -> None:
    known = tasks_with_figures()
    assert 0 < known["english_finance"] <= known["english"] <= known["all"] < known["published"] / 10


def test_meter_tells_the_name_and_the_time_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    now, lines = [0.0], []
    monkeypatch.setattr("findomain.report.progress.time.monotonic", lambda: now[0])
    meter = ProfileMeter(lines.append)
    meter.start(1, 100)
    meter.begin("mine.txt")
    now[0] = 10.0
    meter.advance(50, True)
    meter.end(Profile(Source("mine.txt", ("a", "b", "c"), "eng"), 2, {}))
    assert lines == [
        "[1/1] mine.txt: 50% of the text, about 10 s to go",
        "[1/1] mine.txt: 0 measures of 2 of 3 texts",
    ]


def test_table_of_a_profile_has_reasons_in_place_of_units() -> None:
    value = {"mean": 0.5, "sd": None, "q50": 0.25, "n": 2, "unit": "bits", "reason": ""}
    profile = {
        "name": "x",
        "language": "eng",
        "n_texts": 3,
        "n_measured": 2,
        "measures": {"a": value, "b": value | {"mean": None, "q50": None, "n": 0, "reason": "no word"}},
    }
    lines = profile_table(profile).splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["a", "0.5000", "0.2500", "2", "bits"],
        ["b", "0", "undefined:", "no", "word"],
    ]
