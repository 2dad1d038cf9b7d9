"""Coverage and false alarms in simulation: the claim that the error bars hold, and that the usual ones do not."""

import numpy as np
import pytest

from findomain.stats.coverage import coverage, coverage_grid
from findomain.stats.placebo import placebo_rates
from findomain.stats.simulate import Design, simulate_scores

N_DRAWS = 300
# 4 standard deviations of a binomial share of .95 over 300 draws, and half a point for the grid's worst corner.
SLACK = 4 * np.sqrt(0.95 * 0.05 / N_DRAWS) + 0.005


@pytest.mark.parametrize(
    "design",
    [
        Design(n_models=40, n_tasks=60, n_domain_tasks=5),
        Design(n_models=40, n_tasks=120, n_domain_tasks=35),
        Design(n_models=100, n_tasks=200, n_domain_tasks=8, gap=-0.1),
        Design(n_models=60, n_tasks=100, n_domain_tasks=12, domain_spread=1.5),
        Design(n_models=60, n_tasks=100, n_domain_tasks=12, sd_model_domain=0.08),
    ],
    ids=["few tasks", "many domain tasks", "planted gap", "domain spreads more", "models differ by domain"],
)
def test_the_interval_covers(design: Design) -> None:
    table = coverage(design, n_draws=N_DRAWS).set_index("method")
    assert table.loc["clustered by task and model", "covered"] == pytest.approx(0.95, abs=SLACK)
    assert table.loc["cell ANOVA", "covered"] < 0.6
    if not design.gap:
        assert table.loc["permutation", "false_alarms"] == pytest.approx(0.05, abs=SLACK)
        assert table.loc["cell ANOVA", "false_alarms"] > 0.4


def test_a_planted_gap_is_found() -> None:
    design = Design(n_models=60, n_tasks=200, n_domain_tasks=60, gap=-0.15, sd_task=0.1)
    table = coverage(design, n_draws=40).set_index("method")
    assert np.isnan(table.loc["clustered by task and model", "false_alarms"])
    scores = simulate_scores(design, np.random.default_rng(5))
    rates = placebo_rates(scores, n_draws=200).to_frame()
    ours = rates[rates["test"].isin(["clustered by task and model", "permutation"]) & (rates["task_type"] == "pooled")]
    assert (ours["rate"] < 0.12).all()


def test_placebo_rates_tell_the_tests_apart() -> None:
    scores = simulate_scores(Design(n_models=60, n_tasks=150, n_domain_tasks=10), np.random.default_rng(2))
    result = placebo_rates(scores, n_draws=400)
    assert result.rate("cell ANOVA") > 0.5
    assert result.rate("clustered by model") > 0.5
    assert result.rate("clustered by task and model") < 0.1
    assert result.rate("permutation") == pytest.approx(0.05, abs=0.045)
    assert "placebo rate at p < 0.05, 400 draws: cell ANOVA" in str(result)


def test_the_grid_leaves_out_domains_larger_than_the_rest() -> None:
    grid = coverage_grid(n_models=(10,), n_tasks=(20,), n_domain_tasks=(5, 12), n_draws=3)
    assert set(grid["n_domain_tasks"]) == {5}
