"""Rank agreement against scipy on complete tables, its intervals and ceilings on simulated ones."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from findomain.errors import ScoresError
from findomain.stats import domain_ranks, range_restriction, rank_agreement, rank_report
from findomain.stats.simulate import Design, simulate_scores


def scores(seed: int = 0, **sizes: float) -> pd.DataFrame:
    design = {"n_models": 40, "n_tasks": 60, "n_domain_tasks": 15} | sizes
    table = simulate_scores(Design(**design), np.random.default_rng(seed))  # type: ignore[arg-type]
    return table.assign(task_type="Retrieval")


def test_a_complete_table_gives_scipys_rho_and_tau() -> None:
    table = scores(missing=0.0)
    means = table.pivot_table(index="model", columns="domain", values="score")
    agreement = rank_agreement(table, n_resamples=20)
    assert agreement.rho == pytest.approx(sps.spearmanr(means["finance"], means["general"]).statistic, abs=1e-9)
    assert agreement.tau == pytest.approx(sps.kendalltau(means["finance"], means["general"]).statistic, abs=1e-9)
    assert (agreement.n_models, agreement.n_domain_tasks, agreement.n_other_tasks) == (40, 15, 45)


def test_the_interval_holds_the_agreement_that_more_tasks_would_show() -> None:
    hits = []
    for seed in range(30):
        table = scores(seed, n_tasks=120, n_domain_tasks=60, sd_model_domain=0.06)
        truth = rank_agreement(table, n_resamples=1).rho
        few = table[table["task"].isin(pd.Series(table["task"].unique()).sample(60, random_state=seed))]
        part = rank_agreement(few, n_resamples=60, seed=seed)
        hits.append(part.rho_low <= truth <= part.rho_high)
    assert np.mean(hits) > 0.8


def test_noise_lowers_reliability_and_the_ceiling_with_it() -> None:
    clean, noisy = (rank_agreement(scores(sd_noise=noise), n_resamples=5) for noise in (0.01, 0.3))
    assert clean.reliability_other > 0.9
    assert noisy.ceiling < clean.ceiling
    assert noisy.corrected == pytest.approx(noisy.rho / noisy.ceiling)
    one = scores().query("domain != 'finance' or task == @first", local_dict={"first": first_task(scores())})
    assert np.isnan(rank_agreement(one, n_resamples=5).reliability_domain)


def first_task(table: pd.DataFrame) -> str:
    return str(table.loc[table["domain"] == "finance", "task"].min())


@given(st.floats(0.2, 3.0), st.floats(-0.5, 0.5))
@settings(max_examples=10, deadline=None)
def test_scale_and_level_of_the_scores_do_not_matter(scale: float, level: float) -> None:
    table = scores(n_models=12, n_tasks=30, n_domain_tasks=8)
    moved = table.assign(score=table["score"] * scale + level)
    before, after = (domain_ranks(part).rank().to_numpy() for part in (table, moved))
    assert sps.spearmanr(*before.T).statistic == pytest.approx(sps.spearmanr(*after.T).statistic, abs=1e-6)


def test_models_with_too_few_tasks_on_a_side_are_left_out() -> None:
    table = scores(missing=0.0)
    few = table[
        ~((table["model"] == "model-0") & (table["domain"] == "finance") & (table["task"] != first_task(table)))
    ]
    assert "model-0" in domain_ranks(table).index
    assert "model-0" not in domain_ranks(few).index


def test_the_best_alone_agree_less_and_no_less_than_chance_says() -> None:
    table = scores(n_models=200, n_tasks=100, n_domain_tasks=40, sd_model_domain=0.04)
    restricted = range_restriction(table, top=20)
    assert restricted["expected"] < restricted["rho_all"]
    assert restricted["expected_low"] <= restricted["rho_top"] <= restricted["expected_high"]
    everything = range_restriction(table, top=len(domain_ranks(table)))
    assert everything["expected"] == pytest.approx(everything["rho_all"], abs=0.02)
    with pytest.raises(ScoresError, match="top is 300; expected 3 to"):
        range_restriction(table, top=300)


def test_the_report_has_a_row_a_type_and_speaks_json() -> None:
    table = simulate_scores(Design(n_models=30, n_tasks=80, n_domain_tasks=25), np.random.default_rng(1))
    report = rank_report(table, n_resamples=5)
    frame = report.to_frame()
    assert frame["task_type"].tolist() == ["all shared types", *report.by_task_type]
    assert set(report.to_dict()) == {"pooled", "by_task_type"}
    assert str(report).count("\n") == len(report.by_task_type)
    assert str(rank_report(table, n_resamples=5)) == str(report)


def test_too_few_models_are_refused() -> None:
    table = scores(missing=0.0)
    with pytest.raises(ScoresError, match="at least 3 are needed"):
        rank_agreement(table[table["model"].isin(["model-0", "model-1"])])
    with pytest.raises(ScoresError, match="no task has the domain 'law'"):
        rank_agreement(table, domain="law")
