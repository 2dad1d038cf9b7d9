"""The domain gap by resampling: permutation of the domain label, and bootstrap over tasks and models."""

from __future__ import annotations

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats import contrast as ct
from findomain.stats.estimate import Estimate
from findomain.stats.gap import GapResult, Weighting, describe, domain_cells, fitted_effects, refit, single_types


def permutation_gap(
    scores: pd.DataFrame,
    *,
    domain: str = "finance",
    weighting: Weighting = "types",
    n_permutations: int = 2000,
    seed: int = 0,
) -> GapResult:
    """The gap with a p-value from permuting the domain label among the tasks of each type.

    The statistic is studentised, so that a domain whose tasks merely spread more is not called a gap. No interval:
    se and bounds are NaN. p is (c + 1) / (n + 1) (Phipson & Smyth 2010).

    Raises:
        ScoresError: see ``domain_gap``; or the weighting compares different mixtures of types (``paper``), where
            permuting within types has no null to test.
    """
    if weighting == "paper":
        raise ScoresError("weighting 'paper' mixes task types: a permutation within types cannot test it")
    cells = domain_cells(scores, domain=domain, weighting=weighting)
    by_type = {
        one.fits[0].block.task_type: _permuted(one, domain, n_permutations, np.random.default_rng(seed))
        for one in single_types(cells)
    }
    return GapResult(domain, _permuted(cells, domain, n_permutations, np.random.default_rng(seed)), by_type)


def _permuted(cells: ct.Cells, domain: str, n_permutations: int, rng: np.random.Generator) -> Estimate:
    effects = fitted_effects(cells)
    estimate, observed = ct.t_ratio(ct.summarise(effects, cells.inside), cells)
    labels = [random_labels(len(inside), int(inside.sum()), n_permutations, rng) for inside in cells.inside]
    _, drawn = ct.t_ratio(ct.summarise(effects, labels), cells)
    tolerance = 1e-9  # a permutation that equals the observed labelling must count, whatever its last bit
    count = int((np.abs(drawn) >= abs(float(observed)) - tolerance).sum())
    method = f"permutation of tasks within type, {n_permutations} draws"
    nan = float("nan")
    return describe(cells, domain, method, float(estimate), nan, (nan, nan), (count + 1) / (n_permutations + 1))


def random_labels(n: int, n_chosen: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Bool array (n_draws, n): in each row ``n_chosen`` of ``n`` places, drawn at random, are True."""
    places = np.argsort(rng.random((n_draws, n)), axis=1)
    return places < n_chosen


def bootstrap_gap(
    scores: pd.DataFrame,
    *,
    domain: str = "finance",
    weighting: Weighting = "types",
    n_bootstraps: int = 500,
    seed: int = 0,
) -> GapResult:
    """The gap with a percentile interval from drawing models and, within each type and side, tasks anew.

    Models and tasks are drawn independently of each other (the pigeonhole bootstrap, Owen 2007). With few domain
    tasks it is too short (a percentile interval has no small-sample correction): read it beside ``domain_gap``.
    p is twice the smaller tail of the draws at zero, (c + 1) / (n + 1).
    """
    cells = domain_cells(scores, domain=domain, weighting=weighting)
    rng = np.random.default_rng(seed)
    effects = drawn_effects(cells, n_bootstraps, rng)
    means = [drawn_means(drawn, inside, rng) for drawn, inside in zip(effects, cells.inside, strict=True)]
    sides = np.stack(means, axis=1)  # (n_bootstraps, n_types, 2)
    position = {fitted.block.task_type: k for k, fitted in enumerate(cells.fits)}
    by_type = {}
    for one in single_types(cells):
        name = one.fits[0].block.task_type
        by_type[name] = _percentile(one, domain, sides[:, position[name], 0] - sides[:, position[name], 1])
    pooled = (sides[:, :, 0] * cells.weight_inside - sides[:, :, 1] * cells.weight_outside).sum(1)
    return GapResult(domain, _percentile(cells, domain, pooled), by_type)


def drawn_effects(cells: ct.Cells, n_bootstraps: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Task effects of each type with the models drawn anew, shape (n_bootstraps, n_tasks).

    A task that keeps no model in a draw keeps the effect that all models give it.
    """
    n_models = len(cells.models)
    out = [np.empty((n_bootstraps, len(fitted.block.tasks))) for fitted in cells.fits]
    for i in range(n_bootstraps):
        counts = rng.multinomial(n_models, np.full(n_models, 1 / n_models)).astype(float)
        for fitted, rows, effects in zip(cells.fits, cells.rows, out, strict=True):
            effect = refit(fitted, counts[rows]).task_effect
            effects[i] = np.where(np.isfinite(effect), effect, fitted.task_effect)
    return out


def drawn_means(effects: np.ndarray, inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mean effect inside and outside with the tasks of each side drawn anew, shape (n_bootstraps, 2); 0 for no task."""
    means = np.zeros((len(effects), 2))
    for side, chosen in enumerate((inside, ~inside)):
        places = np.flatnonzero(chosen)
        if len(places):
            drawn = places[rng.integers(0, len(places), (len(effects), len(places)))]
            means[:, side] = np.take_along_axis(effects, drawn, axis=1).mean(axis=1)
    return means


def percentile_p(values: np.ndarray) -> float:
    """Twice the smaller tail of the draws at zero, (c + 1) / (n + 1)."""
    tail = min(int((values <= 0).sum()), int((values >= 0).sum()))
    return min(2 * (tail + 1) / (len(values) + 1), 1.0)


def _percentile(cells: ct.Cells, domain: str, values: np.ndarray) -> Estimate:
    estimate = ct.contrast(cells).estimate
    low, high = np.percentile(values, [2.5, 97.5])
    method = f"bootstrap over tasks and models, {len(values)} draws"
    around = (float(low) - estimate, float(high) - estimate)
    return describe(cells, domain, method, estimate, float(values.std(ddof=1)), around, percentile_p(values))
