"""What chapter 5 shows: short verdicts for every reason, numbers that are those of the tables."""

import numpy as np
import pandas as pd
import pytest

from findomain import stats
from findomain.report import controls
from findomain.stats import validity
from findomain.stats.simulate import Design, plant_measure, simulate_scores


def valid_row(**values: object) -> dict[str, object]:
    plain = {"n_cells": 2, "p_value": 0.01, "p_holm": 0.01, "sign_changes": False, "gain": 0.1, "r_balanced": 0.1}
    return plain | values


@pytest.mark.parametrize(
    ("values", "beyond", "expected"),
    [
        ({}, 50, "passes"),
        ({"n_cells": 0}, 50, "does not vary"),
        ({}, 5, "too few"),
        ({"p_value": np.nan}, 50, "one decides it"),
        ({"p_holm": 0.2}, 50, "not significant"),
        ({"sign_changes": True}, 50, "sign changes"),
        ({"gain": -0.1}, 50, "predicts nothing"),
        ({"r_balanced": -0.9}, 50, "is the domain"),
    ],
)
def test_every_reason_has_a_short_form(values: dict[str, object], beyond: float, expected: str) -> None:
    assert controls._short(validity._reason(valid_row(**values), beyond, "task")) == expected


def test_the_table_of_controls_and_what_is_said_of_it() -> None:
    rng = np.random.default_rng(0)
    scores, facts = plant_measure(
        simulate_scores(Design(n_models=20, n_tasks=120, n_domain_tasks=16, sd_task=0.05), rng), rng, slope=0.1
    )
    valid = stats.validate_controls(stats.task_table(scores, facts), ["measure"])
    shown = controls.readable_validity(valid)
    assert list(shown["verdict"] == "passes") == list(valid["passes"])
    assert shown.index.names == ["task type", "measure"]
    assert "measure in Retrieval, r = +" in controls.passing(valid)
    assert controls.passing(valid.assign(passes=False)) == "none"
    pooled = controls.readable_validity(valid[valid["task_type"] == "pooled"], unit="tasks")
    assert pooled.index.names == ["measure"]


def test_methods_stand_by_type_with_the_pooled_first() -> None:
    kinds = ["adjusted", "change", "unadjusted"]
    rows = [(kind, name) for name in ("Retrieval", "types alike", "datasets alike") for kind in kinds]
    frame = controls.by_method(pd.DataFrame(rows, columns=["kind", "task_type"]))
    assert list(frame["name"]) == [
        "types alike, regression",
        "types alike, unadjusted",
        "Retrieval, regression",
        "Retrieval, unadjusted",
    ]
