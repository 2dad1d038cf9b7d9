"""Exact rank statistics and the analysis of variance against enumeration, statsmodels and the paper's own figures."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats as sps
from statsmodels.stats.anova import anova_lm

from findomain.errors import ScoresError
from findomain.published import load_paper
from findomain.stats import anova, compare_tests, domain_gap, rank_exact
from findomain.stats.effects import make_blocks
from findomain.stats.naive import naive_test
from findomain.stats.simulate import Design, simulate_scores

PRINTED = load_paper("rank_correlation_by_task_type")["spearman_rho"]


def complete(seed: int = 0, **sizes: float) -> pd.DataFrame:
    design = {"n_models": 7, "n_tasks": 40, "n_domain_tasks": 6, "missing": 0.0} | sizes
    table = simulate_scores(Design(**design), np.random.default_rng(seed))  # type: ignore[arg-type]
    return table.assign(task_type="Retrieval", score=table["score"].clip(0, 1), n_items=100.0)


def test_five_models_allow_the_printed_values_and_seven_do_not() -> None:
    np.testing.assert_allclose(rank_exact.rho_grid(5), np.round(np.arange(-10, 11) / 10, 1), atol=1e-12)
    assert all(rank_exact.on_grid(PRINTED, 5))
    assert not any(rank_exact.on_grid(PRINTED, 7))


def test_exact_p_by_hand_and_by_enumeration() -> None:
    assert rank_exact.exact_p(1.0, 5) == pytest.approx(2 / 120)
    assert [rho for rho in rank_exact.rho_grid(5) if rank_exact.exact_p(rho, 5) < 0.05] == pytest.approx([-1.0, 1.0])
    x, y = np.arange(6.0), np.array([2.0, 0.0, 1.0, 5.0, 3.0, 4.0])

    def rho(order: np.ndarray) -> float:
        return float(sps.spearmanr(order, y).statistic)

    reference = sps.permutation_test(
        (x,), rho, permutation_type="pairings", n_resamples=np.inf, alternative="two-sided"
    )
    assert rank_exact.exact_p(rho(x), 6) == pytest.approx(reference.pvalue, abs=1e-9)
    assert rank_exact.permutation_p(x, y, n_permutations=10, rng=np.random.default_rng(0)) == pytest.approx(
        reference.pvalue, abs=1e-9
    )


def test_large_grids_follow_the_rule_of_small_ones() -> None:
    for n in (4, 6, 8):
        squares = np.arange(n * (n**2 - 1) // 3, -1, -2)
        np.testing.assert_allclose(rank_exact.rho_grid(n), 1 - 6 * squares / (n * (n**2 - 1)), atol=1e-12)
    assert len(rank_exact.rho_grid(12)) == 12 * 143 // 6 + 1


@pytest.mark.parametrize("call", [lambda: rank_exact.rho_grid(1), lambda: rank_exact.exact_p(0.5, 10)])
def test_impossible_numbers_of_models_are_refused(call: object) -> None:
    with pytest.raises(ValueError, match="n is"):
        call()  # type: ignore[operator]


def test_permutation_p_is_uniform_without_agreement_and_handles_ties() -> None:
    rng = np.random.default_rng(1)
    p = [rank_exact.permutation_p(*rng.normal(size=(2, 20)), n_permutations=199, rng=rng) for _ in range(300)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.04)
    tied = rank_exact.permutation_p(np.repeat([1, 2, 3], 4), np.arange(12), n_permutations=999, rng=rng)
    assert tied == pytest.approx(1 / 1000)
    assert np.isnan(rank_exact.permutation_p(np.ones(12), np.arange(12), n_permutations=9, rng=rng))


def test_smallest_rho_is_found_with_the_power_it_promises() -> None:
    rng = np.random.default_rng(0)
    rho = rank_exact.smallest_rho(30)
    r = 2 * np.sin(np.pi * rho / 6)
    x = rng.standard_normal((2000, 30))
    y = r * x + np.sqrt(1 - r**2) * rng.standard_normal(x.shape)
    found = [sps.spearmanr(a, b).pvalue < 0.05 for a, b in zip(x, y, strict=True)]
    assert np.mean(found) == pytest.approx(0.8, abs=0.05)
    assert rank_exact.smallest_rho(100) < rho
    assert np.isnan(rank_exact.smallest_rho(3))


def test_two_way_anova_equals_statsmodels() -> None:
    values = np.random.default_rng(0).normal(size=(7, 2, 20)) + np.array([0.0, 0.3])[:, None]
    places = np.indices(values.shape)
    frame = pd.DataFrame({"y": values.ravel(), "model": places[0].ravel(), "domain": places[1].ravel()})
    table = anova_lm(smf.ols("y ~ C(model) + C(domain)", frame).fit())
    f, p, eta, df = anova.two_way_anova(values)
    assert f == pytest.approx(table.loc["C(domain)", "F"], rel=1e-8)
    assert p == pytest.approx(table.loc["C(domain)", "PR(>F)"], rel=1e-6)
    assert eta == pytest.approx(table.loc["C(domain)", "sum_sq"] / table["sum_sq"].sum(), rel=1e-8)
    assert df == table.loc["Residual", "df"]


def test_the_papers_f_values_follow_from_its_sums_of_squares() -> None:
    table = anova.recomputed_anova(load_paper("anova_by_task_type"))
    tested = table[table["task_type"] != "Average"]
    # Sums of squares are printed to .01: the smallest is .25, so its F may be off by 2 %.
    np.testing.assert_allclose(tested["f_recomputed"], tested["f_printed"], rtol=0.02)
    assert table.loc[table["task_type"] == "Average", "f_recomputed"].isna().all()
    assert set(tested.loc[tested["residual_df"] != 6992, "task_type"]) == {"Reranking"}
    retrieval = tested.set_index(["task_type", "factor"]).loc[("Retrieval", "domain"), "eta_squared"]
    assert retrieval == pytest.approx(6.16 / (104.25 + 6.16 + 13.42))


def test_f_grows_in_proportion_to_the_draws() -> None:
    table = complete()
    shifted = table.assign(score=(table["score"] - 0.1 * (table["domain"] == "finance")).clip(0, 1))
    growth = anova.f_by_draws(shifted, models=sorted(table["model"].unique()), grid=(500, 5000))
    small, large = growth["f_statistic"]
    assert large / small == pytest.approx(10, rel=0.25)
    assert (growth["df"] == [7 * 2 * n - 8 for n in (500, 5000)]).all()


def test_the_published_analysis_calls_random_tasks_a_domain() -> None:
    table = complete()
    models = sorted(table["model"].unique())
    rate, n_tasks, n_placebo = anova.anova_placebo(table, models=models, task_type="Retrieval", n_placebos=100)
    assert (n_tasks, n_placebo) == (34, 6)
    assert rate > 0.7


def test_only_shared_tasks_are_pooled_and_too_few_are_refused() -> None:
    table = complete()
    models = sorted(table["model"].unique())
    lone = table[~((table["model"] == models[0]) & (table["domain"] == "finance"))]
    with pytest.raises(ScoresError, match="7 models share no Retrieval task inside"):
        anova.published_anova(lone, models=models, task_type="Retrieval")
    assert anova.published_anova(lone, models=models[1:], task_type="Retrieval").n_domain_tasks == 6
    assert anova.poolable_types(lone, models, "finance") == []
    assert "F(1, " in str(anova.published_anova(table, models=models, task_type="Retrieval", n_draws=20))
    assert models[0] not in anova.widest_models(lone, n=6)


def test_naive_tests_equal_statsmodels() -> None:
    table = simulate_scores(Design(n_models=20, n_tasks=30, n_domain_tasks=8), np.random.default_rng(3))
    table = table.assign(task_type="STS", inside=(table["domain"] == "finance").astype(float))
    blocks = make_blocks(table)
    mine = naive_test(blocks, [block.domains == "finance" for block in blocks])
    ols = smf.ols("score ~ C(model) + inside", table).fit()
    assert mine.estimate == pytest.approx(ols.params["inside"], abs=1e-9)
    assert mine.p_iid == pytest.approx(ols.pvalues["inside"], rel=1e-6)
    clustered = ols.get_robustcov_results("cluster", groups=pd.factorize(table["model"])[0], use_correction=False)
    place = list(ols.params.index).index("inside")
    se = clustered.bse[place] * np.sqrt(20 / 19)
    assert mine.p_by_model == pytest.approx(2 * sps.t.sf(abs(mine.estimate) / se, 19), rel=1e-6)


def test_every_test_is_set_beside_the_others() -> None:
    table = simulate_scores(Design(n_models=20, n_tasks=60, n_domain_tasks=15), np.random.default_rng(4))
    compared = compare_tests(table, n_permutations=99).set_index("task_type")
    gap = domain_gap(table)
    assert compared.loc["pooled", "p_clustered"] == gap.pooled.p_value
    assert set(compared.index) == {"pooled", *gap.by_task_type}
    assert compared["p_published"].isna().all()
    one = complete()
    with_models = compare_tests(one, models=sorted(one["model"].unique()), n_permutations=99).set_index("task_type")
    assert with_models["p_published"].notna().tolist() == [False, True]
