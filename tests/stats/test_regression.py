"""The regression of task effects against statsmodels, its degrees of freedom, and a planted slope found again."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from findomain.errors import ScoresError
from findomain.stats.regression import regress, task_table
from findomain.stats.simulate import Design, simulate_scores


def table(seed: int = 0, **design: float):  # noqa: ANN201
    sizes = {"n_models": 20, "n_tasks": 60, "n_domain_tasks": 15, "sd_model_domain": 0.0}
    rng = np.random.default_rng(seed)
    found = task_table(simulate_scores(Design(**(sizes | design)), rng))  # type: ignore[arg-type]
    return found, pd.DataFrame(
        {"inside": (found.frame["domain"] == "finance").astype(float), "length": rng.normal(size=len(found.frame))}
    )


def test_equal_to_statsmodels() -> None:
    found, columns = table()
    slopes = regress(found, columns)
    frame = found.frame.assign(**columns)
    kept = frame.groupby("task_type")["task"].transform("size") > 1
    model = smf.ols("effect ~ 0 + C(task_type) + inside + length", frame[kept]).fit(cov_type="HC2")
    classical = smf.ols("effect ~ 0 + C(task_type) + inside + length", frame[kept]).fit()
    for name in columns:
        assert slopes[name].estimate.estimate == pytest.approx(model.params[name], abs=1e-12)
        assert slopes[name].estimate.se >= model.bse[name] - 1e-12  # the draw of models comes on top
        t = classical.tvalues[name]
        assert slopes[name].partial_r2 == pytest.approx(t**2 / (t**2 + classical.df_resid))
        assert slopes[name].df_residual == classical.df_resid


def test_two_groups_of_one_type_are_welch() -> None:
    """Bell and McCaffrey's degrees of freedom of two groups lie between those of the smaller and of both."""
    rng = np.random.default_rng(1)
    scores = simulate_scores(
        Design(n_models=20, n_tasks=30, n_domain_tasks=6, missing=0.0, sd_model_type=0.0, sd_model_domain=0.0), rng
    ).assign(task_type="STS")
    found = task_table(scores)
    inside = (found.frame["domain"] == "finance").to_numpy()
    slope = regress(found, pd.DataFrame({"inside": inside.astype(float)}))["inside"]
    a, b = found.frame["effect"][inside], found.frame["effect"][~inside]
    assert slope.estimate.estimate == pytest.approx(a.mean() - b.mean())
    assert slope.estimate.se**2 >= a.var() / 6 + b.var() / 24 - 1e-12
    assert slope.estimate.se**2 == pytest.approx(a.var() / 6 + b.var() / 24, rel=0.05)
    assert 5 <= slope.df <= 28


def test_a_planted_slope_is_covered() -> None:
    hits = 0
    for seed in range(60):
        found, columns = table(seed)
        found.frame["effect"] += 0.03 * columns["length"]
        e = regress(found, columns)["length"].estimate
        hits += e.ci_low <= 0.03 <= e.ci_high
    assert 51 <= hits <= 60


def test_tasks_without_a_value_are_left_out() -> None:
    found, columns = table()
    columns.loc[:9, "length"] = np.nan
    assert regress(found, columns)["length"].estimate.n_tasks <= len(found.frame) - 10


def test_what_cannot_be_estimated_is_said() -> None:
    found, columns = table()
    with pytest.raises(ScoresError, match="twice is determined"):
        regress(found, columns.assign(twice=2 * columns["inside"])[["twice", "inside"]])
    few = pd.DataFrame(np.where(np.arange(len(columns))[:, None] < 3, columns, np.nan), columns=columns.columns)
    with pytest.raises(ScoresError, match="expected more than"):
        regress(found, few)
