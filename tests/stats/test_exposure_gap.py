"""Exposure beside the gap: planted confounding removed, a planted interaction found, none found where there is none."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from findomain.errors import ScoresError
from findomain.stats.cell_slopes import cell_slopes, taken_off
from findomain.stats.clusters import both_ways, clustered
from findomain.stats.estimate import Estimate
from findomain.stats.exposure import exposure_effect
from findomain.stats.exposure_gap import (
    exposure_facts,
    exposure_gap,
    exposure_gaps,
    family_exposure,
    zero_shot_models,
    zero_shot_scores,
)
from findomain.stats.gap import domain_gap
from findomain.stats.simulate import Design, simulate_scores

DESIGN = Design(n_models=24, n_tasks=50, n_domain_tasks=12, missing=0.3, sd_task=0.05, sd_model_type=0.0)


def table(seed: int, *, effect: float = 0.06, more: float = 0.0, gap: float = 0.0) -> pd.DataFrame:
    """Domain tasks are trained on far more often; every fifth model declares nothing. Two task types, to be quick."""
    rng = np.random.default_rng(seed)
    scores = simulate_scores(DESIGN, rng)
    scores = scores.assign(task_type=np.where(scores["task_type"] > "R", "Retrieval", "Classification"))
    inside = scores["domain"].eq("finance").to_numpy()
    seen = rng.random(len(scores)) < np.where(inside, 0.7, 0.15)
    value = scores["score"] + effect * seen + (gap + more * seen) * inside
    undeclared = scores["model"].str.removeprefix("model-").astype(int) % 5 == 0
    return scores.assign(score=value, in_training=np.where(undeclared, "unknown", np.where(seen, "true", "false")))


def test_groups_of_one_are_hc2() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 2))
    y = x @ [1.0, 2.0] + rng.normal(size=30) * np.abs(x[:, 0])
    fitted = smf.ols("y ~ 0 + a + b", pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1]})).fit(cov_type="HC2")
    gram, moment = np.einsum("ni,nj->nij", x, x), x * fitted.resid.to_numpy()[:, None]
    for weights in ([1.0, 0.0], [1.0, -1.0]):
        variance, df = clustered(np.array(weights), gram, moment)
        assert variance == pytest.approx(weights @ fitted.cov_params().to_numpy() @ weights)
        assert 1 < df < 28


def test_one_group_that_decides_gives_no_error() -> None:
    gram = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [0.0, 3.0]]])
    moment = np.ones((3, 2))
    assert np.isnan(clustered(np.array([1.0, 0.0]), gram, moment)).all()
    assert np.isfinite(clustered(np.array([0.0, 1.0]), gram, moment)).all()
    assert both_ways((2.0, 5.0), (1.0, 3.0), 2.5) == (2.0, 3.0)


def test_the_coefficient_is_that_of_least_squares_with_dummies() -> None:
    scores = table(0)
    one = scores[scores["task_type"] == "Retrieval"]
    facts = pd.DataFrame({"seen": one["in_training"].eq("true").astype(float)})
    slopes = cell_slopes(one, facts)
    frame = one.assign(seen=facts["seen"])
    fitted = smf.ols("score ~ C(model) + C(task) + seen", frame).fit()
    assert slopes.beta[0] == pytest.approx(fitted.params["seen"], abs=1e-10)
    assert exposure_effect(one).estimate == pytest.approx(slopes.beta[0], abs=1e-12)
    again = cell_slopes(taken_off(one, facts, slopes), facts)
    assert again.beta[0] == pytest.approx(0, abs=1e-12)


def test_confounding_is_removed_and_intervals_cover() -> None:
    found = [exposure_gap(table(seed)) for seed in range(40)]
    bias = np.mean([one.plain.estimate for one in found])
    held = np.array([one.held.estimate for one in found])
    assert bias > 0.015
    assert abs(held.mean()) < 3 * held.std() / np.sqrt(len(held))
    for name, truth in (("held", 0.0), ("effect", 0.06), ("interaction", 0.0), ("unknown", None)):
        estimates = [getattr(one, name) for one in found]
        # The gap of the undeclared is higher by what they were exposed without saying so: 0.06 * (0.7 - 0.15).
        value = 0.06 * 0.55 if truth is None else truth
        cover = np.mean([e.ci_low <= value <= e.ci_high for e in estimates])
        assert cover >= 0.88, name


def interaction(scores: pd.DataFrame) -> Estimate:
    return cell_slopes(scores, exposure_facts(scores)).estimate("exposed in domain", "interaction", n_domain_tasks=0)


def test_no_interaction_is_not_found_and_a_planted_one_is() -> None:
    without = [interaction(table(seed, gap=0.05)).p_value < 0.05 for seed in range(100, 170)]
    assert np.mean(without) <= 0.12
    planted = [interaction(table(seed, more=0.08)) for seed in range(25)]
    assert np.mean([e.p_value < 0.05 for e in planted]) > 0.8
    assert np.mean([e.estimate for e in planted]) == pytest.approx(0.08, abs=0.015)


def few_exposed(seed: int) -> pd.DataFrame:
    """Three domain tasks are in training data, and each task has a worth of exposure of its own."""
    rng = np.random.default_rng(seed)
    scores = table(seed, effect=0.0)
    chosen = scores.loc[scores["domain"] == "finance", "task"].unique()[:3]
    seen = scores["in_training"].eq("true") & (scores["domain"].ne("finance") | scores["task"].isin(chosen))
    worth = pd.Series(rng.normal(0.05, 0.04, scores["task"].nunique()), index=scores["task"].unique())
    value = scores["in_training"].where(~scores["in_training"].eq("true") | seen, "false")
    return scores.assign(score=scores["score"] + scores["task"].map(worth) * seen, in_training=value)


def test_few_exposed_domain_tasks_mean_few_degrees_of_freedom() -> None:
    found = [interaction(few_exposed(seed)) for seed in range(200)]
    rejected = np.mean([e.p_value < 0.05 for e in found])
    normal = np.mean([abs(e.estimate) > 1.96 * e.se for e in found])
    assert rejected <= 0.1
    assert normal > rejected + 0.02, "as many degrees of freedom as there are tasks would not do"


def test_gaps_among_kinds_are_gaps_of_the_parts() -> None:
    scores = table(2)
    found = exposure_gap(scores)
    for key in ("true", "false", "unknown"):
        assert found.among[key] == domain_gap(scores[scores["in_training"] == key]).pooled
    frame = exposure_gaps({"finance": scores})
    assert len(frame) == 9
    assert frame["estimate"].notna().sum() == 8, "no model of this table is zero-shot"
    assert frame.set_index("what").loc["gap, all scores", "estimate"] == found.plain.estimate


def test_zero_shot_models_are_those_without_a_named_task_on_both_sides() -> None:
    rows = [
        ("clean", "f1", "finance", "false"), ("clean", "g1", "general", "false"),
        ("seen", "f1", "finance", "false"), ("seen", "g1", "general", "true"),
        ("mute", "f1", "finance", "unknown"), ("mute", "g1", "general", "unknown"),
        ("one side", "g1", "general", "false"), ("one side", "g2", "general", "false"),
        ("family", "f1", "finance", "false"), ("family", "g1", "general", "false"),
    ]  # fmt: skip
    scores = pd.DataFrame(rows, columns=["model", "task", "domain", "in_training"])
    scores = scores.assign(task_type="STS", score=0.5, family=scores["task"])
    assert zero_shot_models(scores) == ["clean", "family"]
    other = pd.DataFrame({"model": ["family"], "task": ["g1-zh"], "family": ["g1"], "in_training": ["true"]})
    assert zero_shot_models(family_exposure(scores, other)) == ["clean"]
    assert family_exposure(scores).equals(scores), "nothing wider within these scores"
    assert zero_shot_scores(scores).empty, "two models are too few for an interval"


def test_what_cannot_be_used_is_said() -> None:
    scores = table(3)
    with pytest.raises(ScoresError, match="no column in_training"):
        exposure_gap(scores.drop(columns="in_training"))
    with pytest.raises(ScoresError, match="in_training is 'maybe'; expected true, false or unknown"):
        exposure_gap(scores.assign(in_training="maybe"))
    with pytest.raises(ScoresError, match="no column family"):
        family_exposure(scores)
    outside = scores["in_training"].where(~scores["in_training"].eq("true") | scores["domain"].eq("finance"), "false")
    with pytest.raises(ScoresError, match="cannot be told apart"):
        exposure_gap(scores.assign(in_training=outside))
    nothing = exposure_gap(scores.assign(in_training="unknown"))
    assert np.isnan(nothing.effect.estimate)
    assert nothing.held.estimate == pytest.approx(nothing.plain.estimate)
