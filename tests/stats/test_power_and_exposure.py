"""Power agrees with simulated power, components and exposure are recovered where they were planted."""

import numpy as np
import pandas as pd
import pytest

from findomain.errors import ScoresError
from findomain.stats.exposure import exposure_effect, without_exposure
from findomain.stats.gap import domain_gap
from findomain.stats.power import gap_power, power_curve, variance_components
from findomain.stats.simulate import Design, simulate_scores


def test_components_are_recovered() -> None:
    design = Design(
        n_models=120, n_tasks=150, n_domain_tasks=5, sd_model=0.1, sd_task=0.2, sd_noise=0.05,
        sd_model_type=0.0, sd_model_domain=0.0,
    )  # fmt: skip
    table = simulate_scores(design, np.random.default_rng(0)).assign(task_type="STS")
    row = variance_components(table).iloc[0]
    assert row["sd_model"] == pytest.approx(0.1, rel=0.15)
    assert row["sd_task"] == pytest.approx(0.2, rel=0.15)
    assert row["sd_residual"] == pytest.approx(0.05, rel=0.03)


def test_predicted_power_is_the_share_of_gaps_found() -> None:
    design = Design(n_models=40, n_tasks=120, n_domain_tasks=30, gap=0.1)
    rng = np.random.default_rng(0)
    tables = [simulate_scores(design, rng) for _ in range(150)]
    found = np.mean([domain_gap(table).pooled.p_value < 0.05 for table in tables])
    predicted = np.mean([gap_power(table, gap=0.1).power_now for table in tables[:30]])
    assert found == pytest.approx(predicted, abs=0.12)


def test_power_grows_with_tasks_and_gap_and_answers_agree() -> None:
    table = simulate_scores(Design(n_tasks=300, n_domain_tasks=20, sd_task=0.05), np.random.default_rng(0))
    curve = power_curve(table, gaps=(0.02, 0.05), n_tasks=(5, 20, 100)).pivot_table(
        index="n_domain_tasks", columns="gap", values="power"
    )
    assert (np.diff(curve, axis=0) > 0).all()
    assert (np.diff(curve, axis=1) > 0).all()
    power = gap_power(table, gap=0.05)
    assert power.tasks_needed is not None
    at = power_curve(table, gaps=(0.05,), n_tasks=(power.tasks_needed - 1, power.tasks_needed))["power"]
    assert at.iloc[0] < 0.8 <= at.iloc[1]
    assert gap_power(table, gap=power.smallest_gap).power_now == pytest.approx(0.8, abs=1e-3)
    assert "would be needed" in str(power)


def test_what_more_tasks_cannot_show_is_said() -> None:
    table = simulate_scores(Design(n_models=10, n_tasks=30, n_domain_tasks=5), np.random.default_rng(0))
    power = gap_power(table, gap=0.001)
    assert power.tasks_needed is None
    assert "more than 10000" in str(power)


@pytest.mark.parametrize("ratio", [0.5, 1.0])
def test_the_spread_of_the_domains_tasks_is_seen_and_counts(ratio: float) -> None:
    design = Design(n_tasks=300, n_domain_tasks=100, sd_task=0.2, domain_spread=ratio)
    rng = np.random.default_rng(3)
    seen = np.mean([gap_power(simulate_scores(design, rng)).spread_seen for _ in range(20)])
    assert seen == pytest.approx(ratio**2, rel=0.12)
    table = simulate_scores(design, rng)
    alike, narrow = gap_power(table, gap=0.08), gap_power(table, gap=0.08, spread=0.25)
    assert narrow.power_now > alike.power_now
    assert alike.tasks_needed is not None
    assert narrow.tasks_needed is not None
    assert narrow.tasks_needed < alike.tasks_needed


def exposed(effect: float, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = simulate_scores(Design(n_models=60, n_tasks=80, n_domain_tasks=10), rng)
    seen = pd.Series(rng.random(len(table)) < 0.2)
    return table.assign(score=table["score"] + effect * seen, in_training=np.where(seen, "true", "false"))


def test_a_planted_exposure_is_found_and_taken_off() -> None:
    table = exposed(0.05)
    effect = exposure_effect(table)
    assert effect.ci_low < 0.05 < effect.ci_high
    assert effect.estimate == pytest.approx(0.05, abs=0.01)
    again = exposure_effect(without_exposure(table, effect))
    assert again.estimate == pytest.approx(0, abs=1e-9)
    assert exposure_effect(table, held="type").se > effect.se


def test_exposure_intervals_cover() -> None:
    hits = [
        abs((e := exposure_effect(exposed(0.02, seed))).estimate - 0.02) < e.ci_high - e.estimate for seed in range(80)
    ]
    assert np.mean(hits) > 0.87


def test_undeclared_training_data_do_not_count_as_unexposed() -> None:
    table = exposed(0.05)
    undeclared = table["model"] < "model-3"
    lifted = table.assign(
        score=table["score"] + 0.3 * undeclared, in_training=table["in_training"].where(~undeclared, "unknown")
    )
    assert exposure_effect(lifted).estimate == pytest.approx(0.05, abs=0.015)


def test_exposure_that_never_varies_is_refused() -> None:
    table = exposed(0.0)
    with pytest.raises(ScoresError, match="never differs"):
        exposure_effect(table.assign(in_training="unknown"))
    with pytest.raises(ScoresError, match="no column in_training"):
        exposure_effect(table.drop(columns="in_training"))
