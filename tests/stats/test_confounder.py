"""How strong a confounder would have to be: published figures, hand numbers, and confounders built to that strength."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from findomain.stats.adjusted import INSIDE
from findomain.stats.confounder import (
    confounder_strength,
    observed_benchmarks,
    pooled_regression,
    robustness_value,
)
from findomain.stats.regression import TaskTable, task_table
from findomain.stats.simulate import Design, plant_measure, simulate_scores

CONTROLS = {"Retrieval": ["measure"], "Classification": ["measure"]}


def table_of(seed: int, *, gap: float = 0.0) -> TaskTable:
    rng = np.random.default_rng(seed)
    design = Design(n_models=15, n_tasks=80, n_domain_tasks=16, gap=gap, sd_task=0.08, sd_model_type=0.0)
    scores = simulate_scores(design, rng)
    place = scores["task"].str.removeprefix("task-").astype(int)
    scores["task_type"] = np.where(place % 2 == 0, "Retrieval", "Classification")
    return task_table(*plant_measure(scores, rng, slope=-0.05, shift=0.5))


def test_the_published_example() -> None:
    """Cinelli & Hazlett (2020), table 1: t = 4.18445 with 783 degrees of freedom."""
    t, df = 4.18445, 783
    assert robustness_value(t, 1.0, df) == pytest.approx(0.139, abs=5e-4)
    assert robustness_value(t, 1.0, df, alpha=0.05) == pytest.approx(0.076, abs=5e-4)


def test_hand_numbers() -> None:
    assert robustness_value(0.0, 0.1, 20) == 0.0
    assert robustness_value(0.5, 0.1, 25) == pytest.approx((math.sqrt(5) - 1) / 2)  # f = 1
    assert robustness_value(-0.5, 0.1, 25) == robustness_value(0.5, 0.1, 25)
    assert robustness_value(0.1, 0.1, 25, alpha=0.05) == 0.0  # the interval is there already
    critical = stats.t.ppf(0.975, 9) / 3
    assert robustness_value(3 * math.sqrt(10), 1.0, 10, alpha=0.05) == pytest.approx((9 - critical**2) / 10)


def with_confounder(table: TaskTable, *, r2_domain: float, r2_score: float, towards: float) -> tuple[float, float, int]:
    """Gap, error and degrees of freedom beside a confounder built to these partial R2, moving the gap ``towards``."""
    frame = table.frame
    inside = frame["domain"].eq("finance").to_numpy(float)
    types = pd.get_dummies(frame["task_type"]).to_numpy(float)
    controls = np.column_stack([types, types * frame[["measure"]].to_numpy()])
    effect = frame["effect"].to_numpy()
    of_domain = unit(sm.OLS(inside, controls).fit().resid)
    of_score = unit(sm.OLS(effect, np.column_stack([controls, inside])).fit().resid)
    free = np.random.default_rng(0).normal(size=len(frame))
    free = unit(sm.OLS(free, np.column_stack([controls, of_domain, of_score])).fit().resid)
    before = sm.OLS(effect, np.column_stack([inside, controls])).fit().params[0]
    # the confounder's coefficient takes the sign of its part along the scores
    with_scores = math.sqrt(r2_score * (1 - r2_domain)) * np.sign(before - towards)
    rest = math.sqrt(max(1 - r2_domain - with_scores**2, 0.0))
    hidden = math.sqrt(r2_domain) * of_domain + with_scores * of_score + rest * free
    fitted = sm.OLS(effect, np.column_stack([inside, controls, hidden])).fit()
    return float(fitted.params[0]), float(fitted.bse[0]), int(fitted.df_resid)


def unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x)


@pytest.mark.parametrize("target", [0.0, -0.05, 0.1])
def test_a_confounder_of_that_strength_moves_the_gap_to_the_target(target: float) -> None:
    table = table_of(1, gap=-0.12)
    row = confounder_strength(table, CONTROLS, targets=[target]).iloc[0]
    moved, _, _ = with_confounder(table, r2_domain=row["robustness"], r2_score=row["robustness"], towards=target)
    assert row["robustness"] > 0.01
    assert moved == pytest.approx(target, abs=1e-9)
    weaker = 0.8 * row["robustness"]
    short, _, _ = with_confounder(table, r2_domain=weaker, r2_score=weaker, towards=target)
    assert abs(short - target) > 1e-3


def test_at_the_interval_value_the_interval_reaches_the_target() -> None:
    table = table_of(2, gap=-0.12)
    row = confounder_strength(table, CONTROLS).iloc[0]
    strength = row["robustness_interval"]
    assert 0 < strength < row["robustness"]
    moved, se, df = with_confounder(table, r2_domain=strength, r2_score=strength, towards=0.0)
    assert abs(moved / se) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-6)


def test_a_gap_near_zero_hides_a_drop_only_behind_a_confounder() -> None:
    """The reverse question: the farther the drop, the stronger what would have to hide it."""
    strengths = confounder_strength(table_of(3), CONTROLS, targets=[-0.05, -0.1, -0.2])
    assert strengths["robustness"].is_monotonic_increasing
    assert strengths["robustness_interval"].is_monotonic_increasing
    assert (strengths["robustness"] > strengths["robustness_interval"]).all()


def test_the_regression_is_that_of_statsmodels() -> None:
    table = table_of(4, gap=-0.1)
    frame = table.frame
    types = pd.get_dummies(frame["task_type"]).to_numpy(float)
    inside = frame["domain"].eq("finance").to_numpy(float)
    fitted = sm.OLS(
        frame["effect"].to_numpy(), np.column_stack([inside, types, types * frame[["measure"]].to_numpy()])
    ).fit()
    row = confounder_strength(table, CONTROLS).iloc[0]
    assert row["estimate"] == pytest.approx(fitted.params[0])
    assert row["se"] == pytest.approx(fitted.bse[0])
    assert row["df"] == fitted.df_resid
    assert row["partial_r2"] == pytest.approx(fitted.tvalues[0] ** 2 / (fitted.tvalues[0] ** 2 + fitted.df_resid))
    assert pooled_regression(table, CONTROLS).names[0] == INSIDE


def test_a_confounder_as_strong_as_a_control_stays_within_the_bounds() -> None:
    table = table_of(5, gap=-0.1)
    bounds = observed_benchmarks(table, CONTROLS)
    assert list(bounds["times"]) == [1.0, 2.0, 3.0] * 2
    value = confounder_strength(table, CONTROLS)["estimate"].iloc[0]
    for row in bounds.itertuples():
        for end, ci_end, towards in (("low", "ci_low", -1.0), ("high", "ci_high", 1.0)):
            moved, se, df = with_confounder(table, r2_domain=row.r2_domain, r2_score=row.r2_score, towards=towards)
            assert moved == pytest.approx(getattr(row, end), abs=1e-9)
            outer = moved + np.sign(towards) * stats.t.ppf(0.975, df) * se
            assert outer == pytest.approx(getattr(row, ci_end), abs=1e-9)
        assert row.low < value < row.high
    widths = (bounds["high"] - bounds["low"]).to_numpy().reshape(2, 3)
    assert (np.diff(widths, axis=1) > 0).all()
