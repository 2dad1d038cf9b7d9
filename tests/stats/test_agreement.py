"""Krippendorff's alpha against the worked example of its author, and at its ends."""

from __future__ import annotations

import math

import numpy as np
import pytest

from findomain.stats import krippendorff_alpha

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers, twelve units.
EXAMPLE = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


@pytest.mark.parametrize(("scale", "expected"), [("nominal", 0.743), ("interval", 0.849)])
def test_worked_example(scale: str, expected: float) -> None:
    assert krippendorff_alpha(EXAMPLE, scale=scale) == pytest.approx(expected, abs=5e-4)


def test_ends() -> None:
    assert krippendorff_alpha([["a", "b", "c"], ["a", "b", "c"]]) == 1.0
    assert math.isnan(krippendorff_alpha([["a", "a"], ["a", "a"]]))
    assert math.isnan(krippendorff_alpha([["a", None], [None, "b"]]))
    drawn = np.random.default_rng(0).integers(0, 4, (2, 20_000)).tolist()
    assert abs(krippendorff_alpha(drawn)) < 0.02
    assert krippendorff_alpha([[0, 1], [1, 0]], scale="interval") < 0


def test_mistakes_name_the_value() -> None:
    with pytest.raises(ValueError, match="scale is 'ordinal'; expected one of nominal, interval"):
        krippendorff_alpha([[1], [1]], scale="ordinal")
    with pytest.raises(ValueError, match=r"different numbers of units: \[1, 2\]"):
        krippendorff_alpha([[1], [1, 2]])
