"""The paper's thirds and regression on simulated scores: what single scores as units find, and what tasks find."""

import numpy as np
import pandas as pd
import pytest

from findomain.errors import ScoresError
from findomain.stats.simulate import Design, simulate_scores
from findomain.stats.strata import (
    HELD,
    NAIVE,
    THIRDS,
    TWO_WAY,
    complexity_placebo,
    complexity_thirds,
    published_regression,
)

SIZES = {"n_models": 20, "n_tasks": 90, "n_domain_tasks": 30, "missing": 0.3, "sd_model_domain": 0.0}


def drawn(seed: int, *, slope: float = 0.0, shift: float = 0.0, **design: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores, and a measure that lies ``shift`` higher in finance and moves scores by ``slope`` a unit."""
    rng = np.random.default_rng(seed)
    scores = simulate_scores(Design(**(SIZES | design)), rng)  # type: ignore[arg-type]
    task = scores.drop_duplicates("task").set_index("task")
    fog = pd.Series(rng.normal(size=len(task)), index=task.index) + shift * task["domain"].eq("finance")
    scores["score"] += slope * fog[scores["task"]].to_numpy()
    return scores, fog.to_frame("fog")


def test_thirds_are_means_and_counts() -> None:
    scores, facts = drawn(0)
    rows = complexity_thirds(scores, facts, "fog").set_index("third")
    assert list(rows.index) == list(THIRDS)
    place = pd.qcut(facts["fog"], 3, labels=list(THIRDS))
    for third, row in rows.iterrows():
        part = scores[scores["task"].map(place) == third]
        sides = part.groupby(part["domain"].eq("finance"))
        assert row["mean_domain"] == pytest.approx(sides["score"].mean()[True])
        assert row["mean_other"] == pytest.approx(sides["score"].mean()[False])
        assert row["n_domain_tasks"] == sides["task"].nunique()[True]
        assert row["n_other_scores"] == sides.size()[False]
        assert row["naive_estimate"] == pytest.approx(row["mean_domain"] - row["mean_other"])


def test_scores_as_units_find_what_is_not_there() -> None:
    p_values = pd.concat([complexity_thirds(*drawn(seed), "fog") for seed in range(70)])
    assert (p_values["naive_p_value"] < 0.05).mean() > 0.25
    assert 0.005 <= (p_values["tasks_p_value"] < 0.05).mean() <= 0.1
    assert 0.005 <= (p_values["held_p_value"] < 0.05).mean() <= 0.1


def test_a_planted_gap_is_covered_by_tasks_as_units() -> None:
    rows = pd.concat([complexity_thirds(*drawn(seed, gap=-0.1), "fog") for seed in range(70)])
    assert 0.9 <= rows.eval("held_ci_low <= -0.1 and -0.1 <= held_ci_high").mean() <= 0.99
    assert rows.eval("naive_ci_low <= -0.1 and -0.1 <= naive_ci_high").mean() < 0.75


@pytest.fixture(scope="module")
def confounded() -> pd.DataFrame:
    """Finance is a unit and a half more complex, a unit costs 8 points, and there is no gap."""
    scores = [drawn(seed, slope=-0.08, shift=1.5) for seed in range(70)]
    return pd.concat([published_regression(*pair, ["fog"]) for pair in scores])


def test_the_regression_takes_planted_confounding_away(confounded: pd.DataFrame) -> None:
    domain = confounded[confounded["term"] == "finance"].groupby("method")
    assert (domain["estimate"].mean().abs() < 0.02).all()
    rejected = domain["p_value"].apply(lambda p: (p < 0.05).mean())
    assert rejected[NAIVE] > 0.25
    assert rejected[HELD] <= 0.1
    fog = confounded[(confounded["term"] == "fog") & (confounded["method"] == HELD)]
    assert (fog["p_value"] < 0.05).mean() > 0.8


def test_without_the_measure_the_confounding_stays() -> None:
    estimates = []
    for seed in range(20):
        scores, facts = drawn(seed, slope=-0.08, shift=1.5)
        facts["nothing"] = np.random.default_rng(seed).normal(size=len(facts))
        rows = published_regression(scores, facts, ["nothing"])
        estimates.append(rows.query("method == @HELD and term == 'finance'")["estimate"].iloc[0])
    assert np.mean(estimates) == pytest.approx(-0.12, abs=0.03)


def test_without_types_there_are_two_kinds_of_error() -> None:
    scores, facts = drawn(1)
    rows = published_regression(scores, facts, ["fog"], types=False)
    assert list(rows["method"].unique()) == [NAIVE, TWO_WAY]
    assert rows.groupby("term")["estimate"].nunique().eq(1).all()  # one coefficient, two errors


def test_placebo_rates() -> None:
    scores, facts = drawn(5, n_domain_tasks=12, gap=-0.2)
    rates = complexity_placebo(scores, facts, ["fog"], n_draws=500).set_index(["analysis", "method"])["rate"]
    assert rates["regression", NAIVE] > 0.25
    assert 0.02 <= rates["regression", HELD] <= 0.08
    for third in THIRDS:
        assert rates[third, NAIVE] > 0.2
        assert rates[third, HELD] <= 0.1
    assert rates["any third", NAIVE] >= max(rates[third, NAIVE] for third in THIRDS)


def test_models_and_what_is_missing() -> None:
    scores, facts = drawn(2)
    few = sorted(scores["model"].unique())[:7]
    rows = complexity_thirds(scores, facts, "fog", models=few)
    assert rows["n_models"].max() == 7
    with pytest.raises(ScoresError, match="no scores of the model 'nobody'"):
        complexity_thirds(scores, facts, "fog", models=["nobody"])
    with pytest.raises(ScoresError, match="no measure 'smog'"):
        complexity_thirds(scores, facts, "smog")
    outside = facts.loc[~facts.index.isin(scores.loc[scores["domain"] == "finance", "task"])]
    with pytest.raises(ScoresError, match="finance"):
        published_regression(scores, outside, ["fog"])
    only = facts.loc[facts.index.isin(scores.loc[scores["domain"] == "finance", "task"])]
    with pytest.raises(ScoresError, match="nothing to compare"):
        complexity_placebo(scores, only, ["fog"])
