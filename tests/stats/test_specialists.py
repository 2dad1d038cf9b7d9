"""A specialist less its base: by hand, with planted gain and price, and with none."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats as reference

from findomain.errors import ScoresError
from findomain.stats import (
    crossed_mean,
    domain_means,
    one_each,
    pair_effect,
    pair_effects,
    pool_pairs,
    pool_table,
    without_task,
    worth,
)

TYPES = ("Retrieval", "Classification", "STS")


def simulate(
    rng: np.random.Generator,
    *,
    gain: float = 0.0,
    price: float = 0.0,
    pairs: int = 1,
    n_inside: int = 6,
    n_outside: int = 24,
    shared: float = 0.0,
    type_effect: float = 0.0,
) -> pd.DataFrame:
    """Pairs of models; ``shared``: spread of what a task gives every specialist; ``type_effect``: what STS gives."""
    n = n_inside + n_outside
    inside = np.arange(n) < n_inside
    types = np.where(inside, np.arange(n) % 2, np.arange(n) % 3)  # the domain has no STS
    task = rng.normal(0.5, 0.15, n)
    common = rng.normal(0, shared, n)
    rows = []
    for k in range(pairs):
        base = task + rng.normal(0, 0.05, n)
        tuned = base + np.where(inside, gain, price) + type_effect * (types == 2) + common + rng.normal(0, 0.03, n)
        for name, score in ((f"base-{k}", base), (f"tuned-{k}", tuned)):
            rows.append(
                pd.DataFrame(
                    {
                        "model": name,
                        "task": [f"task {i}" for i in range(n)],
                        "task_type": [TYPES[t] for t in types],
                        "domain": np.where(inside, "law", "general"),
                        "score": score,
                        "in_training": np.where((np.arange(n) < 2) & name.startswith("tuned"), "true", "false"),
                        "family": [f"family {i // 2}" for i in range(n)],
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def table_of_pairs(pairs: int) -> pd.DataFrame:
    names = range(pairs)
    return pd.DataFrame(
        {"specialist": [f"tuned-{k}" for k in names], "base": [f"base-{k}" for k in names], "domain": "law"}
    )


def test_gain_and_price_are_paired_t_tests_and_the_difference_is_hc2_of_least_squares() -> None:
    scores = simulate(np.random.default_rng(0), gain=0.05, price=-0.02)
    effect = pair_effect(scores, "tuned-0", "base-0", domain="law")
    wide = scores.pivot_table(index=["task", "task_type", "domain"], columns="model", values="score").reset_index()
    law = wide[wide["domain"] == "law"]
    expected = reference.ttest_rel(law["tuned-0"], law["base-0"])
    assert (effect.gain.p_value, effect.gain.n_tasks) == (pytest.approx(expected.pvalue), 6)
    assert (effect.gain.ci_low, effect.gain.ci_high) == pytest.approx(tuple(expected.confidence_interval()))
    assert (effect.price.n_tasks, effect.price.n_domain_tasks) == (24, 0)
    part = wide[wide["task_type"] != "STS"]  # the domain has none
    columns = pd.get_dummies(part["task_type"]).astype(float).assign(inside=(part["domain"] == "law").astype(float))
    fitted = sm.OLS(part["tuned-0"] - part["base-0"], columns).fit(cov_type="HC2")
    assert effect.difference.estimate == pytest.approx(fitted.params["inside"])
    assert effect.difference.se == pytest.approx(fitted.bse["inside"])
    assert (effect.difference.n_models, effect.difference.n_tasks) == (2, len(part))


def test_declared_tasks_are_counted_and_left_out() -> None:
    effect = pair_effect(simulate(np.random.default_rng(1)), "tuned-0", "base-0", domain="law")
    assert (effect.n_declared, effect.n_unknown, effect.undeclared.n_tasks) == (2, 0, 4)
    kept = effect.cells[(effect.cells["domain"] == "law") & (effect.cells["in_training"] != "true")]
    assert effect.undeclared.estimate == pytest.approx(kept["score"].mean())
    without_column = simulate(np.random.default_rng(1)).drop(columns="in_training")
    assert pair_effect(without_column, "tuned-0", "base-0", domain="law").n_unknown == 6


def test_families_count_once() -> None:
    scores = simulate(np.random.default_rng(2))
    effect = pair_effect(scores, "tuned-0", "base-0", domain="law", units="families")
    tasks = pair_effect(scores, "tuned-0", "base-0", domain="law")
    assert effect.gain.n_tasks == 6  # two types a family
    twin = scores[scores["task"] == "task 0"].assign(task="task 0 again")
    both = pd.concat([scores, twin])
    assert pair_effect(both, "tuned-0", "base-0", domain="law").gain.n_tasks == 7
    again = pair_effect(both, "tuned-0", "base-0", domain="law", units="families")
    assert (again.gain.n_tasks, again.gain.estimate) == (6, pytest.approx(tasks.gain.estimate))


def test_what_is_missing_has_a_reason_and_no_number() -> None:
    scores = simulate(np.random.default_rng(3))
    absent = pair_effect(scores, "tuned-0", "nobody", domain="law")
    assert absent.reason == "no score of nobody"
    assert math.isnan(absent.gain.estimate)
    one = scores[(scores["domain"] == "general") | (scores["task"] == "task 0")]
    few = pair_effect(one, "tuned-0", "base-0", domain="law")
    assert "one task, so no interval, in domain" in few.reason
    assert (math.isnan(few.gain.ci_low), few.gain.n_tasks) == (True, 1)
    apart = scores[(scores["domain"] == "law") == (scores["task_type"] != "STS")]
    assert pair_effect(apart, "tuned-0", "base-0", domain="law").reason == "no task type on both sides"
    inside = pair_effect(scores[scores["domain"] == "law"], "tuned-0", "base-0", domain="law")
    assert inside.reason == "no task out of domain"
    half = (scores["model"] == "tuned-0") == (scores["domain"] == "law")
    assert pair_effect(scores[half], "tuned-0", "base-0", domain="law").reason == "no task that both were run on"


def test_one_pair_a_base_is_the_one_with_the_most_tasks() -> None:
    scores = simulate(np.random.default_rng(4), pairs=2)
    scores = scores[(scores["model"] != "tuned-0") | (scores["task"] != "task 0")]
    pairs = pd.DataFrame({"specialist": ["tuned-0", "tuned-1"], "base": "base-0", "domain": "law"})
    effects = pair_effects(scores, pairs)
    assert [e.specialist for e in one_each(effects, "base", "gain")] == ["tuned-1"]
    assert [e.specialist for e in one_each(effects, "base", "price")] == ["tuned-0"], "between equals by name"


def test_planted_gain_and_price_are_covered_and_types_held_fixed() -> None:
    rng = np.random.default_rng(5)
    hits = {"gain": 0, "price": 0, "difference": 0}
    n, truth = 150, {"gain": 0.05, "price": -0.02, "difference": 0.07}
    for _ in range(n):
        # STS, which the domain lacks, would move the difference if the types were not held fixed.
        effect = pair_effect(simulate(rng, gain=0.05, price=-0.02), "tuned-0", "base-0", domain="law")
        for side, value in truth.items():
            estimate = getattr(effect, side)
            hits[side] += estimate.ci_low <= value <= estimate.ci_high
    assert min(hits.values()) >= 0.90 * n
    confounded = [pair_effect(simulate(rng, type_effect=0.3), "tuned-0", "base-0", domain="law") for _ in range(40)]
    assert abs(np.mean([e.difference.estimate for e in confounded])) < 0.01
    assert np.mean([e.gain.estimate - e.price.estimate for e in confounded]) < -0.05


def test_none_is_not_found() -> None:
    rng = np.random.default_rng(6)
    effects = [pair_effect(simulate(rng), "tuned-0", "base-0", domain="law") for _ in range(200)]
    for side in ("gain", "price", "difference"):
        assert 0.01 <= np.mean([getattr(effect, side).p_value < 0.05 for effect in effects]) <= 0.10


def test_tasks_that_suit_all_specialists_fool_the_pooling_and_not_the_clustering() -> None:
    rng = np.random.default_rng(7)
    pooled, crossed = [], []
    for _ in range(40):
        scores = simulate(rng, pairs=6, n_inside=6, n_outside=2, shared=0.06)
        effects = pair_effects(scores, table_of_pairs(6))
        pooled.append(pool_pairs(effects, "gain", name="gain").estimate.p_value < 0.05)
        crossed.append(crossed_mean(effects, "gain", name="gain").p_value < 0.05)
    assert np.mean(pooled) > 0.25
    assert np.mean(crossed) <= 0.10


def test_planted_gain_is_found_by_pooling_and_clustering() -> None:
    scores = simulate(np.random.default_rng(8), gain=0.05, price=-0.03, pairs=6)
    effects = pair_effects(scores, table_of_pairs(6))
    gain = pool_pairs(effects, "gain", name="gain")
    assert gain.estimate.ci_low < 0.05 < gain.estimate.ci_high
    assert gain.estimate.p_value < 0.01
    assert crossed_mean(effects, "price", name="price").ci_high < 0
    assert pool_pairs(effects, "difference", name="difference").estimate.ci_low > 0
    rows = pool_table(effects, families=effects, extra=effects[:1]).set_index(["side", "how"])
    assert rows.loc[("in domain", "all pairs"), "estimate"] == pytest.approx(gain.estimate.estimate)
    assert rows.loc[("in domain", "with pairs whose base is not published"), "n_models"] == 7
    assert rows.loc[("out of domain", "one pair a domain"), "n_models"] == 1
    staged = pool_table(effects, specialists=["base-0", "base-1"]).set_index(["side", "how"])
    assert staged.loc[("in domain", "base no specialist itself"), "n_models"] == 4
    assert pool_table([]).empty
    means = domain_means(effects)
    assert means["domain"].tolist() == ["law"]
    assert means["ci_low"][0] == pytest.approx(crossed_mean(effects, "gain", name="law").ci_low)
    assert domain_means([]).empty
    assert worth(effects)["verdict"].str.contains("outside worse").all()


def test_nothing_to_average_is_an_error() -> None:
    scores = simulate(np.random.default_rng(9), n_inside=0)
    effects = pair_effects(scores, table_of_pairs(1))
    with pytest.raises(ScoresError, match="nothing to average"):
        crossed_mean(effects, "gain", name="gain")
    assert worth(effects)["verdict"].tolist()[0].startswith("in domain not measured")


def test_the_task_that_carries_a_mean_comes_first() -> None:
    scores = simulate(np.random.default_rng(10), pairs=3)
    scores.loc[(scores["task"] == "task 3") & scores["model"].str.startswith("tuned"), "score"] += 0.6
    effects = pair_effects(scores, table_of_pairs(3))
    left = without_task(effects)
    assert (left["without"][0], len(left)) == ("task 3", 6)
    rest = scores[scores["task"] != "task 3"]
    expected = crossed_mean(pair_effects(rest, table_of_pairs(3)), "gain", name="gain")
    assert (left["estimate"][0], left["ci_low"][0]) == pytest.approx((expected.estimate, expected.ci_low))
    assert without_task([]).empty


def test_a_single_pair_is_clustered_by_task_alone() -> None:
    effects = pair_effects(simulate(np.random.default_rng(11)), table_of_pairs(1))
    mean = crossed_mean(effects, "gain", name="gain")
    assert (mean.ci_low, mean.ci_high) == pytest.approx((effects[0].gain.ci_low, effects[0].gain.ci_high))
    assert mean.method == "mean over pairs, clustered by task"
