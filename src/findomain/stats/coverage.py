"""What an interval is worth: its coverage and false alarms on simulated scores whose true gap is known."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from findomain.stats.effects import make_blocks
from findomain.stats.gap import domain_gap
from findomain.stats.naive import naive_test
from findomain.stats.resampling import permutation_gap
from findomain.stats.simulate import Design, simulate_scores

N_PERMUTATIONS = 199


def coverage(design: Design, *, n_draws: int, seed: int = 0) -> pd.DataFrame:
    """Draw tables from a design; a row a method: how often its 95 % interval holds the truth, how long it is.

    ``covered`` is NaN for the permutation test, which has no interval; ``false_alarms`` (p < 0.05) is NaN where the
    true gap is not 0. Columns: the design's sizes, ``method, covered, false_alarms, mean_se, true_se, n_draws``.
    """
    rng = np.random.default_rng(seed)
    draws = pd.concat([_one_draw(design, rng, i) for i in range(n_draws)])
    rows = draws.groupby("method", sort=False).agg(
        covered=("covered", "mean"), false_alarms=("alarm", "mean"), mean_se=("se", "mean"), true_se=("estimate", "std")
    )
    if design.gap:
        rows["false_alarms"] = np.nan
    sizes = {key: value for key, value in asdict(design).items() if key.startswith("n_") or key == "domain_spread"}
    return rows.reset_index().assign(n_draws=n_draws, **sizes)


def _one_draw(design: Design, rng: np.random.Generator, i: int) -> pd.DataFrame:
    scores = simulate_scores(design, rng)
    gap = domain_gap(scores).pooled
    blocks = [block for block in make_blocks(scores) if len(set(block.domains)) == 2]
    naive = naive_test(blocks, [block.domains == "finance" for block in blocks])
    naive_se = abs(naive.estimate) / np.sqrt(naive.f_statistic)
    miss = abs(naive.estimate - design.gap) / naive_se
    permuted = permutation_gap(scores, n_permutations=N_PERMUTATIONS, seed=i).pooled
    truth = gap.ci_low <= design.gap <= gap.ci_high
    return pd.DataFrame(
        [
            ("clustered by task and model", float(truth), gap.p_value < 0.05, gap.se, gap.estimate),
            ("permutation", np.nan, permuted.p_value < 0.05, np.nan, permuted.estimate),
            ("cell ANOVA", float(miss < stats.norm.ppf(0.975)), naive.p_iid < 0.05, naive_se, naive.estimate),
        ],
        columns=["method", "covered", "alarm", "se", "estimate"],
    )


def coverage_grid(
    *,
    n_models: tuple[int, ...] = (40, 230),
    n_tasks: tuple[int, ...] = (60, 350),
    n_domain_tasks: tuple[int, ...] = (5, 12, 35),
    n_draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """``coverage`` over a grid of sizes, half of the cells missing; no domain has more than half the tasks."""
    designs = [
        Design(n_models=m, n_tasks=t, n_domain_tasks=d)
        for m, t, d in product(n_models, n_tasks, n_domain_tasks)
        if 2 * d <= t
    ]
    return pd.concat([coverage(design, n_draws=n_draws, seed=seed) for design in designs], ignore_index=True)
