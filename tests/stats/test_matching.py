"""Matching and the doubly robust gap: by hand, with either model wrong, and what they say of their own support."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from findomain.stats.adjusted import TypePart, standardised
from findomain.stats.matching import (
    RIDGE,
    augmented,
    doubly_robust_gap,
    match_weights,
    matched_gap,
    odds_weights,
    ridge_logistic,
)
from findomain.stats.regression import task_table
from findomain.stats.simulate import Design, plant_measure, simulate_scores

CONTROLS = {"Retrieval": ["measure"]}


def part_of(x: np.ndarray, inside: np.ndarray) -> TypePart:
    made = standardised(TypePart("Retrieval", np.arange(len(x)), inside, x, tuple("abc"[: x.shape[1]])))
    assert made is not None
    return made


def test_matching_by_hand() -> None:
    """Two domain tasks, one between others and one beside them; the line among the others is flat but for noise."""
    x = np.array([[0.0], [10.0], [-1.0], [0.5], [1.0], [8.0], [9.0], [12.0]])
    inside = np.array([True, True] + [False] * 6)
    part = part_of(x, inside)
    assert match_weights(part) == pytest.approx(np.array([1, 1, 1, 1, 1, 1]) / 6)
    effect = np.array([0.5, 0.9, 0.4, 0.4, 0.4, 0.6, 0.6, 0.6])
    line = np.polyfit(x[~inside, 0], effect[~inside], 1)
    left = effect - np.polyval(line, x[:, 0])
    expected = left[:2].mean() - left[2:].mean()
    assert augmented(part, match_weights(part)) @ effect == pytest.approx(expected)


def test_a_neighbour_of_two_counts_twice() -> None:
    x = np.array([[0.0], [0.1], [0.0], [0.2], [-0.2], [7.0], [8.0], [9.0]])
    inside = np.array([True, True] + [False] * 6)
    assert match_weights(part_of(x, inside)) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0, 0])


def test_the_propensity_is_a_ridge_logistic_regression() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    inside = rng.random(80) < 1 / (1 + np.exp(1 - x[:, 0]))
    expected = LogisticRegression(C=1 / RIDGE, tol=1e-10, max_iter=1000).fit(x, inside).coef_[0]
    assert ridge_logistic(x, inside) == pytest.approx(expected, abs=1e-5)


def test_a_right_regression_makes_any_weights_right() -> None:
    """The propensity may be wrong: with scores on a line among the other tasks the estimate is exact."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 2)) + np.where(np.arange(40) < 8, 1.5, 0.0)[:, None]
    inside = np.arange(40) < 8
    part = part_of(x, inside)
    effect = 0.6 + x @ [0.3, -0.2] - 0.07 * inside
    wrong = rng.dirichlet(np.ones(32))
    for weights in (wrong, match_weights(part), odds_weights(part)):
        assert augmented(part, weights) @ effect == pytest.approx(-0.07)


def test_a_right_propensity_makes_a_wrong_regression_right() -> None:
    """Scores fall with the square of a measure that is normal on both sides: the odds are logistic, the line wrong."""
    rng = np.random.default_rng(2)
    inside = np.arange(300) < 60
    robust, regression, plain = [], [], []
    for _ in range(300):
        x = rng.normal(size=(300, 1)) + 0.6 * inside[:, None]
        effect = x[:, 0] ** 2
        part = part_of(x, inside)
        robust.append(augmented(part, odds_weights(part)) @ effect)
        design = np.column_stack([inside, x, np.ones(300)])
        regression.append(np.linalg.lstsq(design, effect, rcond=None)[0][0])
        plain.append(effect[inside].mean() - effect[~inside].mean())
    error = np.std(robust, ddof=1) / np.sqrt(300)
    assert abs(np.mean(robust)) < 4 * error + 0.02  # the ridge leaves a little
    assert np.mean(regression) > 0.15
    assert np.mean(plain) > 0.3


def scores_of(seed: int, **design: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    sizes = {"n_models": 12, "n_tasks": 60, "n_domain_tasks": 12, "missing": 0.3, "sd_model_type": 0.0}
    scores = simulate_scores(Design(**(sizes | design)), rng).assign(task_type="Retrieval")  # type: ignore[arg-type]
    return plant_measure(scores, rng, slope=-0.1, shift=1.0)


def test_weighting_and_matching_balance_the_measure() -> None:
    table = task_table(*scores_of(3))
    for gap in (matched_gap(table, CONTROLS), doubly_robust_gap(table, CONTROLS)):
        row = gap.balance.iloc[0]
        assert abs(row["after"]) < 0.5 * abs(row["before"])
        assert 3 <= row["n_effective"] < 48
        assert 0 < row["overlap"] <= 1
        assert gap.to_frame().equals(gap.table)


def test_a_task_without_a_counterpart_is_named_and_left_out() -> None:
    scores, facts = scores_of(4)
    far = scores.loc[scores["domain"] == "finance", "task"].iloc[0]
    facts.loc[far] = 12.0
    gap = matched_gap(task_table(scores, facts), CONTROLS)
    pairs = gap.pairs.set_index("task")
    assert not pairs.loc[far, "used"]
    assert pairs.loc[far, "distance"] > 2
    assert gap.row()["n_domain_tasks"] == pairs["used"].sum() < 12
    near = pairs[pairs["used"]]
    outside = set(scores.loc[scores["domain"] != "finance", "task"])
    assert all(len(set(names.split(", ")) & outside) == 3 for names in near["matches"])
    assert (near["distance"] <= 2).all()


def test_the_pairs_are_the_nearest() -> None:
    scores, facts = scores_of(5)
    gap = matched_gap(task_table(scores, facts), CONTROLS)
    others = facts.loc[scores.loc[scores["domain"] != "finance", "task"].unique(), "measure"]
    for row in gap.pairs.itertuples():
        distance = (others - facts.loc[row.task, "measure"]).abs().sort_values()
        assert set(row.matches.split(", ")) == set(distance.index[:3])
        assert row.distance == pytest.approx(distance.iloc[0] / others.std(ddof=0))


def test_without_controls_all_methods_are_the_plain_difference() -> None:
    table = task_table(scores_of(6)[0])
    inside = table.frame["domain"].eq("finance")
    expected = table.frame["effect"][inside].mean() - table.frame["effect"][~inside].mean()
    for gap in (matched_gap(table, {}), doubly_robust_gap(table, {})):
        assert gap.row()["estimate"] == pytest.approx(expected)
        assert gap.balance.empty
