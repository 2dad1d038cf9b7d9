"""The gap against outside truths: statsmodels, scipy's Welch test, a hand-made table, and its own symmetries."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.sandwich_covariance import cov_cluster

from findomain.errors import ScoresError
from findomain.stats import contrast as ct
from findomain.stats.effects import fit, influence, make_blocks
from findomain.stats.gap import WEIGHTINGS, domain_cells, domain_gap
from findomain.stats.resampling import bootstrap_gap, permutation_gap
from findomain.stats.simulate import Design, simulate_scores

EXACT = 1e-9


def scores(seed: int = 0, **design: float) -> pd.DataFrame:
    sizes = {"n_models": 30, "n_tasks": 60, "n_domain_tasks": 15}
    return simulate_scores(Design(**(sizes | design)), np.random.default_rng(seed))  # type: ignore[arg-type]


def hand_made() -> pd.DataFrame:
    """Two models, complete: STS 0.2 lower in finance, Retrieval 0.1 higher; two finance STS tasks, one Retrieval."""
    cells = {
        ("STS", "finance"): [0.4, 0.6],
        ("STS", "general"): [0.6, 0.8],
        ("Retrieval", "finance"): [0.6],
        ("Retrieval", "general"): [0.4, 0.6, 0.5],
    }
    rows = [
        (f"m{m}", f"{kind}-{domain}-{i}", kind, domain, value + 0.1 * m)
        for (kind, domain), values in cells.items()
        for i, value in enumerate(values)
        for m in range(2)
    ]
    return pd.DataFrame(rows, columns=["model", "task", "task_type", "domain", "score"])


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        ("types", (-0.2 + 0.1) / 2),
        ("datasets", (2 * -0.2 + 1 * 0.1) / 3),
        ("paper", (0.5 + 0.6) / 2 - (0.6 + 0.8 + 0.4 + 0.6 + 0.5) / 5),
    ],
)
def test_weightings_by_hand(weighting: str, expected: float) -> None:
    result = domain_gap(hand_made(), weighting=weighting)  # type: ignore[arg-type]
    assert result.pooled.estimate == pytest.approx(expected, abs=EXACT)
    assert result.by_task_type["STS"].estimate == pytest.approx(-0.2, abs=EXACT)
    assert result.by_task_type["Retrieval"].estimate == pytest.approx(0.1, abs=EXACT)
    assert (result.pooled.n_models, result.pooled.n_tasks, result.pooled.n_domain_tasks) == (2, 8, 3)


def test_on_a_complete_table_of_one_type_the_tasks_part_is_welch() -> None:
    table = scores(missing=0.0, sd_noise=0.0, sd_model_domain=0.0, sd_model_type=0.0).assign(task_type="STS")
    means = table.groupby(["task", "domain"])["score"].mean().reset_index()
    inside, outside = (means.loc[means["domain"] == d, "score"] for d in ("finance", "general"))
    welch = stats.ttest_ind(inside, outside, equal_var=False)
    cells = domain_cells(table, domain="finance", weighting="types")
    value = ct.contrast(cells)
    assert value.estimate == pytest.approx(inside.mean() - outside.mean(), abs=EXACT)
    # Welch's error, but for the correction of a ratio of variances by (df - 2) / df of the other tasks.
    n, m, df = len(inside), len(outside), len(outside) - 1
    corrected = inside.var() / n * (df - 2) / df + outside.var() / m
    assert value.variance_tasks == pytest.approx(corrected, rel=1e-6)
    assert abs(value.estimate / value.se) == pytest.approx(abs(welch.statistic), rel=0.03)


def test_the_models_part_is_the_clustered_sandwich_of_statsmodels() -> None:
    table = scores().assign(task_type="STS").sort_values(["model", "task"], ignore_index=True)
    fitted = fit(make_blocks(table)[0])
    inside = fitted.block.domains == "finance"
    on_tasks = np.where(inside, 1 / inside.sum(), -1 / (~inside).sum())
    weights = influence(fitted, on_models=np.zeros(len(fitted.block.models)), on_tasks=on_tasks)
    mine = ((weights * fitted.residual).sum(1) ** 2).sum()
    design = pd.get_dummies(table[["task", "model"]], dtype=float).drop(columns=f"model_{fitted.block.models[0]}")
    ols = sm.OLS(table["score"], design).fit()
    covariance = cov_cluster(ols, pd.factorize(table["model"])[0], use_correction=False)
    vector = np.zeros(design.shape[1])
    vector[[design.columns.get_loc(f"task_{name}") for name in fitted.block.tasks]] = on_tasks
    assert mine == pytest.approx(float(vector @ covariance @ vector), rel=1e-6)
    assert ols.params @ vector == pytest.approx(domain_gap(table).pooled.estimate, abs=1e-8)


@pytest.mark.parametrize(("share", "df"), [(1.0, 3.0), (0.0, 7.0)])
def test_the_reference_distribution_is_t_at_its_ends(share: float, df: float) -> None:
    reference = ct.Reference(share=share, df=3.0, df_rest=7.0)
    assert reference.quantile() == pytest.approx(stats.t.ppf(0.975, df), rel=0.01)
    assert reference.p_value(2.0) == pytest.approx(2 * stats.t.sf(2.0, df), rel=0.02)


def test_the_reference_distribution_equals_a_simulation() -> None:
    rng = np.random.default_rng(0)
    share, df, n = 0.7, 2.0, 400_000
    se2 = share * rng.chisquare(df, n) / df + (1 - share) * rng.chisquare(9, n) / 9
    ratio = np.abs(rng.standard_normal(n)) / np.sqrt(se2)
    reference = ct.Reference(share, df, 9.0)
    assert reference.quantile() == pytest.approx(np.quantile(ratio, 0.95), rel=0.02)
    assert reference.p_value(3.0) == pytest.approx((ratio > 3).mean(), rel=0.02)


@given(seed=st.integers(0, 500), shift=st.floats(-0.3, 0.3))
@settings(max_examples=20, deadline=None)
def test_a_shift_of_the_domain_moves_the_gap_by_itself(seed: int, shift: float) -> None:
    table = scores(seed)
    moved = table.assign(score=table["score"] + shift * (table["domain"] == "finance"))
    before, after = domain_gap(table), domain_gap(moved)
    assert after.pooled.estimate == pytest.approx(before.pooled.estimate + shift, abs=1e-8)
    assert after.pooled.se == pytest.approx(before.pooled.se, abs=1e-8)


@given(seed=st.integers(0, 500), shift=st.floats(-0.3, 0.3))
@settings(max_examples=20, deadline=None)
def test_better_models_are_not_a_gap(seed: int, shift: float) -> None:
    table = scores(seed)
    better = table.assign(score=table["score"] + shift * (table["model"] < "model-15"))
    before, after = domain_gap(table).pooled, domain_gap(better).pooled
    assert after.estimate == pytest.approx(before.estimate, abs=1e-8)


def test_order_of_rows_does_not_matter() -> None:
    table = scores()
    assert domain_gap(table) == domain_gap(table.iloc[::-1])


def test_bad_questions_are_refused() -> None:
    with pytest.raises(ScoresError, match="weighting is 'equal'; expected one of types, datasets, paper"):
        domain_gap(scores(), weighting="equal")  # type: ignore[arg-type]
    with pytest.raises(ScoresError, match="no task has the domain 'law'"):
        domain_gap(scores(), domain="law")
    split = scores().assign(task_type=lambda t: t["domain"])
    with pytest.raises(ScoresError, match="no task type has tasks both inside and outside"):
        domain_gap(split)
    with pytest.raises(ScoresError, match="mixes task types"):
        permutation_gap(scores(), weighting="paper")


def test_results_become_frames_json_and_a_line() -> None:
    result = domain_gap(hand_made())
    frame = result.to_frame()
    assert frame["task_type"].tolist() == ["pooled", "Retrieval", "STS"]
    assert set(result.to_dict()) == {"pooled", "by_task_type"}
    assert str(result).startswith("finance gap, pooled: -0.050 (95%")
    assert permutation_gap(hand_made(), n_permutations=9).pooled.to_dict()["ci_low"] is None
    assert set(WEIGHTINGS) == {"types", "datasets", "paper"}


def test_permutation_enumerates_a_tiny_table() -> None:
    table = hand_made().query("task_type == 'Retrieval'")
    # One finance task of four: labelling each in turn, the observed one lies farthest out with one other.
    result = permutation_gap(table, n_permutations=4000).pooled
    effects = {t: g["score"].mean() for t, g in table.groupby("task")}
    ratios = []
    for name, value in effects.items():
        rest = np.array([v for other, v in effects.items() if other != name])
        ratios.append(abs(value - rest.mean()) / np.sqrt(rest.var(ddof=1)))
    observed = ratios[list(effects).index("Retrieval-finance-0")]
    assert result.p_value == pytest.approx(np.mean([ratio >= observed - 1e-9 for ratio in ratios]), abs=0.03)


def test_bootstrap_is_near_the_clustered_interval_when_tasks_are_many() -> None:
    table = scores(n_tasks=200, n_domain_tasks=80, n_models=40)
    clustered, drawn = domain_gap(table, weighting="datasets"), bootstrap_gap(table, weighting="datasets")
    assert drawn.pooled.estimate == clustered.pooled.estimate
    assert drawn.pooled.se == pytest.approx(clustered.pooled.se, rel=0.15)
    assert drawn.pooled.ci_low < drawn.pooled.estimate < drawn.pooled.ci_high


def test_one_task_against_one_has_an_estimate_and_no_interval() -> None:
    table = hand_made().query("task_type == 'STS'").groupby(["model", "domain"]).head(1)
    pooled = domain_gap(table).pooled
    assert pooled.estimate == pytest.approx(-0.2, abs=EXACT)
    assert np.isnan([pooled.se, pooled.ci_low, pooled.ci_high, pooled.p_value]).all()
