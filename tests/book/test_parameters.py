"""Parameters: read from the command line, checked against the templates, refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from findomain.book import Edition
from findomain.book.edition import select
from findomain.book.parameters import check_parameters, distribute, parse_parameters
from findomain.errors import NotebookError


def test_values_are_json_or_text() -> None:
    pairs = ["SEED=3", "FLAGGED=false", 'TASK_TYPES=["STS"]', "NAME=a=b", "X=None", "Y=True"]
    assert parse_parameters(pairs, models=["e5", "bge"]) == {
        "SEED": 3,
        "FLAGGED": False,
        "TASK_TYPES": ["STS"],
        "NAME": "a=b",
        "X": None,
        "Y": True,
        "MODELS": ["e5", "bge"],
    }


@pytest.mark.parametrize("pair", ["SEED", "=3", " =3"])
def test_pair_without_key_or_equals_is_refused(pair: str) -> None:
    with pytest.raises(NotebookError, match="expected KEY=VALUE"):
        parse_parameters([pair])


def test_unknown_parameter_is_refused_with_the_known_ones(tiny: Edition) -> None:
    with pytest.raises(NotebookError, match="no chapter has the parameter SEEED; there are: RESAMPLES, SEED"):
        distribute(tiny.templates, {"SEEED": 1})
    with pytest.raises(NotebookError, match=r"01_one.ipynb: no parameter SEEED; it has: SEED, RESAMPLES"):
        check_parameters(tiny.templates["01_one"], {"SEEED": 1})


@pytest.mark.parametrize("value", ["one", 1.5, True, [1]])
def test_value_of_another_kind_is_refused(tiny: Edition, value: object) -> None:
    with pytest.raises(NotebookError, match=r"SEED is .*, expected a whole number like the default 1"):
        check_parameters(tiny.templates["01_one"], {"SEED": value})


@pytest.mark.parametrize("only", ["1", "01", "01_one", "01_one.ipynb", "one"])
def test_chapter_is_found_by_number_or_name(tiny: Edition, only: str) -> None:
    assert list(select(tiny, only)) == ["01_one"]


def test_unknown_chapter_and_missing_templates_are_refused(tiny: Edition, tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="no chapter '9'; there are: 01_one, 02_two"):
        select(tiny, "9")
    with pytest.raises(NotebookError, match="no templates there"):
        select(Edition(tmp_path / "no", tmp_path, tmp_path), None)
