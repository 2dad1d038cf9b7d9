"""The two-way fit equals least squares with dummies, and its weights reproduce it from the scores."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from findomain.stats.effects import fit, influence, make_blocks, model_effects
from findomain.stats.simulate import Design, simulate_scores

EXACT = 1e-9  # the same least-squares problem by two routes


def one_type(seed: int = 0, **sizes: int) -> pd.DataFrame:
    design = Design(**({"n_models": 12, "n_tasks": 9, "n_domain_tasks": 3} | sizes))
    return simulate_scores(design, np.random.default_rng(seed)).assign(task_type="Retrieval")


def test_fit_equals_dummy_regression() -> None:
    scores = one_type()
    fitted = fit(make_blocks(scores)[0])
    ols = smf.ols("score ~ C(model) + C(task)", scores).fit()
    grid = fitted.model_effect[:, None] + fitted.task_effect
    places = [
        (list(fitted.block.models).index(m), list(fitted.block.tasks).index(t))
        for m, t in zip(scores["model"], scores["task"], strict=True)
    ]
    mine = np.array([grid[place] for place in places])
    np.testing.assert_allclose(mine, ols.fittedvalues, atol=EXACT)
    np.testing.assert_allclose(fitted.residual_variance, ols.mse_resid, rtol=EXACT)


def test_complete_table_gives_plain_means() -> None:
    scores = one_type(n_models=5).pivot_table(index="model", columns="task", values="score").fillna(0.5)
    long = scores.stack().rename("score").reset_index().assign(task_type="STS", domain="general")
    fitted = fit(make_blocks(long)[0])
    np.testing.assert_allclose(fitted.task_effect, scores.mean(axis=0).loc[list(fitted.block.tasks)], atol=EXACT)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_influence_reproduces_any_function_of_the_effects(seed: int) -> None:
    fitted = fit(make_blocks(one_type(seed))[0])
    rng = np.random.default_rng(seed)
    on_tasks = rng.normal(size=len(fitted.block.tasks))
    on_models = rng.normal(size=len(fitted.block.models))
    on_models += (on_tasks.sum() - on_models.sum()) / len(on_models)
    value = on_models @ fitted.model_effect + on_tasks @ fitted.task_effect
    weights = influence(fitted, on_models=on_models, on_tasks=on_tasks)
    np.testing.assert_allclose((weights * fitted.block.score).sum(), value, atol=1e-8)


def test_only_the_largest_connected_part_is_compared() -> None:
    island = pd.DataFrame({"model": ["x", "x"], "task": ["i1", "i2"], "score": [0.1, 0.9]})
    scores = pd.concat([one_type(), island.assign(task_type="Retrieval", domain="general")])
    block = make_blocks(scores)[0]
    assert "x" not in block.models
    assert block.n_dropped == 2


def test_a_model_weight_counts_the_model_so_often() -> None:
    scores = one_type(n_models=6)
    weights = np.array([2.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    block = make_blocks(scores)[0]
    copies = pd.concat(
        [
            scores[scores["model"] == name].assign(model=f"{name}-{i}")
            for name, weight in zip(block.models, weights, strict=True)
            for i in range(int(weight))
        ]
    )
    repeated = fit(make_blocks(copies)[0])
    weighted = fit(block, model_weight=weights)
    differences = np.diff(weighted.task_effect)
    np.testing.assert_allclose(differences, np.diff(repeated.task_effect), atol=EXACT)


def test_model_effects_recover_the_order_of_models_despite_holes() -> None:
    design = Design(n_models=30, n_tasks=60, n_domain_tasks=5, sd_noise=0.001, sd_model_type=0, sd_model_domain=0)
    scores = simulate_scores(design, np.random.default_rng(1))
    complete = simulate_scores(
        Design(**{name: getattr(design, name) for name in design.__slots__} | {"missing": 0.0}),
        np.random.default_rng(1),
    )
    truth = complete.groupby("model")["score"].mean()
    assert model_effects(scores).corr(truth, method="spearman") > 0.99


def test_models_with_too_few_tasks_are_left_out() -> None:
    scores = pd.concat([one_type(), one_type().head(1).assign(model="new")])
    assert "new" in model_effects(scores).index
    assert "new" not in model_effects(scores, min_tasks=2).index


@pytest.mark.parametrize("shift", [0.1, -0.2])
def test_a_shift_of_all_scores_moves_task_effects_alone(shift: float) -> None:
    scores = one_type()
    plain, moved = (fit(make_blocks(part)[0]) for part in (scores, scores.assign(score=scores["score"] + shift)))
    np.testing.assert_allclose(moved.task_effect, plain.task_effect + shift, atol=EXACT)
    np.testing.assert_allclose(moved.model_effect, plain.model_effect, atol=EXACT)
