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
    draws = _bootstrap_draws(cells, n_bootstraps, np.random.default_rng(seed))
    by_type = {}
    for k, one in enumerate_single(cells):
        values = draws[:, k, 0] - draws[:, k, 1]
        by_type[one.fits[0].block.task_type] = _percentile(one, domain, values)
    pooled = (draws[:, :, 0] * cells.weight_inside - draws[:, :, 1] * cells.weight_outside).sum(1)
    return GapResult(domain, _percentile(cells, domain, pooled), by_type)


def enumerate_single(cells: ct.Cells) -> list[tuple[int, ct.Cells]]:
    """``single_types`` with each type's position in ``cells``."""
    position = {fitted.block.task_type: k for k, fitted in enumerate(cells.fits)}
    return [(position[one.fits[0].block.task_type], one) for one in single_types(cells)]


def _bootstrap_draws(cells: ct.Cells, n_bootstraps: int, rng: np.random.Generator) -> np.ndarray:
    """Means inside and outside of the domain, shape (n_bootstraps, n_types, 2)."""
    n_models = len(cells.models)
    out = np.zeros((n_bootstraps, len(cells.fits), 2))
    for draw in out:
        counts = rng.multinomial(n_models, np.full(n_models, 1 / n_models))
        for k, (fitted, inside) in enumerate(zip(cells.fits, cells.inside, strict=True)):
            effect = refit(fitted, counts[cells.rows[k]].astype(float)).task_effect
            for side, chosen in enumerate((inside, ~inside)):
                places = np.flatnonzero(chosen & np.isfinite(effect))
                if len(places):
                    draw[k, side] = effect[rng.choice(places, len(places))].mean()
    return out


def _percentile(cells: ct.Cells, domain: str, values: np.ndarray) -> Estimate:
    n = len(values)
    estimate = ct.contrast(cells).estimate
    low, high = np.percentile(values, [2.5, 97.5])
    tail = min(int((values <= 0).sum()), int((values >= 0).sum()))
    p_value = min(2 * (tail + 1) / (n + 1), 1.0)
    method = f"bootstrap over tasks and models, {n} draws"
    around = (float(low) - estimate, float(high) - estimate)
    return describe(cells, domain, method, estimate, float(values.std(ddof=1)), around, p_value)
