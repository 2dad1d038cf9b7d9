"""Tasks made of one dataset share a source and a family."""

from __future__ import annotations

import pandas as pd
import pytest

from findomain.paths import DATA
from findomain.published.families import families, source_dataset


@pytest.mark.parametrize(
    ("task", "source"),
    [
        ("STS12", "STS12"),
        ("Touche2020Retrieval.v3", "Touche2020Retrieval"),
        ("FEVERHardNegatives", "FEVER"),
        ("ClimateFEVERHardNegatives.v2", "ClimateFEVER"),
        ("NanoFEVERRetrieval", "FEVER"),
        ("HUMEEmotionClassification", "EmotionClassification"),
        ("Renamed", "Original"),
        ("Circle1", "Circle2"),
    ],
)
def test_source_dataset(task: str, source: str) -> None:
    adapted = {"Renamed": ["Middle.v2"], "Middle.v2": ["Original"], "Circle1": ["Circle2"], "Circle2": ["Circle1"]}
    assert source_dataset(task, adapted) == source


def test_the_first_pattern_that_matches_names_the_family() -> None:
    patterns = pd.DataFrame({"pattern": ["CUAD", "(Big|Small)Patent"], "family": ["CUAD", "Patent"]})
    found = families(["CUADInsurance", "BigPatentClustering.v2", "SmallPatent", "NotCUAD", "STS13.v2"], {}, patterns)
    assert list(found.values()) == ["CUAD", "Patent", "Patent", "NotCUAD", "STS13"]


def test_every_shipped_pattern_has_its_reason() -> None:
    patterns = pd.read_csv(DATA / "families.csv")
    assert list(patterns.columns) == ["pattern", "family", "reason"]
    assert patterns.notna().all(axis=None)
    assert patterns["pattern"].is_unique
