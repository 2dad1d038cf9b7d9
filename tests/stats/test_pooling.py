"""Random effects: equal to statsmodels, right by hand, and with intervals that cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as reference
from statsmodels.stats.meta_analysis import combine_effects

from findomain.errors import ScoresError
from findomain.stats import Estimate, pool_effects
from findomain.stats.places import paired_mean


def known(values: list[float], errors: list[float]) -> list[Estimate]:
    nan = math.nan
    pairs = enumerate(zip(values, errors, strict=True))
    return [Estimate(f"pair {k}", y, se, nan, nan, nan, 2, 5, 5, "given") for k, (y, se) in pairs]


def test_equal_to_statsmodels_with_known_errors() -> None:
    y, se = [0.10, -0.04, 0.22, 0.01, 0.15], [0.03, 0.05, 0.04, 0.02, 0.06]
    pooled = pool_effects(known(y, se), spread="own")
    expected = combine_effects(np.array(y), np.array(se) ** 2, method_re="pm", use_t=True, atol=1e-12, maxiter=1000)
    interval = expected.conf_int()[3]  # random effects with estimated scale
    assert pooled.estimate.estimate == pytest.approx(expected.mean_effect_re, abs=1e-7)
    assert (pooled.estimate.ci_low, pooled.estimate.ci_high) == pytest.approx(interval, abs=1e-6)
    assert pooled.tau**2 == pytest.approx(expected.tau2, abs=1e-7)
    assert (pooled.q, pooled.i2) == pytest.approx((expected.q, expected.i2))


def test_paule_mandel_and_the_prediction_interval_by_their_equations() -> None:
    y, se = np.array([0.10, -0.04, 0.22, 0.01]), np.array([0.03, 0.05, 0.04, 0.02])
    pooled = pool_effects(known(list(y), list(se)), spread="own")
    weight = 1 / (se**2 + pooled.tau**2)
    mean = (weight * y).sum() / weight.sum()
    assert (weight * (y - mean) ** 2).sum() == pytest.approx(3, abs=1e-5), "the generalised Q equals k - 1"
    assert pooled.weights == pytest.approx(tuple(weight / weight.sum()), abs=1e-6)
    reach = reference.t.ppf(0.975, 2) * math.sqrt(pooled.tau**2 + pooled.estimate.se**2)
    assert pooled.prediction_high == pytest.approx(mean + reach, abs=1e-6)
    assert pooled.q_p == pytest.approx(reference.chi2.sf((((y - np.average(y, weights=se**-2.0)) / se) ** 2).sum(), 3))


def test_spread_that_statsmodels_loses_to_rounding_is_kept() -> None:
    rng = np.random.default_rng(0)
    lost = 0
    for _ in range(300):
        y, se = rng.normal(0, 0.1, 8), rng.uniform(0.01, 0.03, 8)
        pooled = pool_effects(known(list(y), list(se)), spread="own")
        weight = 1 / (se**2 + pooled.tau**2)
        assert (weight * (y - np.average(y, weights=weight)) ** 2).sum() == pytest.approx(7, abs=1e-6)
        lost += combine_effects(y, se**2, method_re="pm", atol=1e-9, maxiter=500).tau2 == 0
    assert lost > 0, "statsmodels has been mended: use it again"


def test_the_unit_does_not_matter() -> None:
    small = pool_effects(known([0.01, 0.03, 0.09], [0.01, 0.02, 0.01]), spread="own")
    large = pool_effects(known([100.0, 300.0, 900.0], [100.0, 200.0, 100.0]), spread="own")
    assert large.estimate.ci_low == pytest.approx(small.estimate.ci_low * 1e4, rel=1e-5)
    assert large.tau == pytest.approx(small.tau * 1e4, rel=1e-5)


def test_common_spread_by_hand_and_a_single_task_counts() -> None:
    parts = [np.array([0.1, 0.3]), np.array([0.2, 0.2, 0.5]), np.array([0.4])]
    pooled = pool_effects([paired_mean(f"pair {k}", part, len(part)) for k, part in enumerate(parts)])
    variance = sum(((part - part.mean()) ** 2).sum() for part in parts) / 3
    expected = combine_effects(
        np.array([part.mean() for part in parts]), variance / np.array([2, 3, 1]), method_re="pm", use_t=True
    )
    assert pooled.estimate.estimate == pytest.approx(expected.mean_effect_re)
    assert (pooled.estimate.n_models, pooled.estimate.n_tasks, pooled.tau) == (3, 6, 0)
    assert pooled.names == ("pair 0", "pair 1", "pair 2")


def test_one_effect_stays_as_it_is_and_none_is_an_error() -> None:
    only = paired_mean("pair", np.array([0.1, 0.3, 0.2]), 3)
    pooled = pool_effects([only], name="alone")
    assert (pooled.estimate.ci_low, pooled.estimate.name) == (only.ci_low, "alone")
    assert math.isnan(pooled.prediction_low)
    with pytest.raises(ScoresError, match="nothing to pool"):
        pool_effects([paired_mean("pair", np.array([0.1]), 1)])


def coverage(effect: float, tau: float, spread: str, n: int = 400) -> tuple[float, float]:
    """How often the interval holds the true mean, and the prediction interval a new pair, with 2-4 tasks a pair."""
    rng = np.random.default_rng(4)
    covered, predicted = [], []
    for _ in range(n):
        sizes = (2, 2, 3, 3, 4, 3, 3, 2)
        pairs = [paired_mean("pair", rng.normal(rng.normal(effect, tau), 0.03, k), k) for k in sizes]
        pooled = pool_effects(pairs, spread=spread)
        covered.append(pooled.estimate.ci_low <= effect <= pooled.estimate.ci_high)
        predicted.append(pooled.prediction_low <= rng.normal(effect, tau) <= pooled.prediction_high)
    return float(np.mean(covered)), float(np.mean(predicted))


@pytest.mark.parametrize(("effect", "tau"), [(0.0, 0.0), (0.05, 0.0), (0.05, 0.04)])
def test_pooling_covers_at_its_rate(effect: float, tau: float) -> None:
    covered, predicted = coverage(effect, tau, "common")
    assert 0.92 <= covered <= 0.98
    assert predicted >= 0.88


def test_errors_of_few_tasks_taken_for_known_cover_too_little() -> None:
    assert coverage(0.05, 0.0, "own")[0] < 0.91
