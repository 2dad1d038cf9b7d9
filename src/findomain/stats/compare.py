"""One domain, every test: what each way of counting evidence makes of the same scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from findomain.stats.anova import poolable_types, published_anova
from findomain.stats.effects import Block, make_blocks
from findomain.stats.gap import domain_gap
from findomain.stats.naive import naive_test
from findomain.stats.resampling import permutation_gap


def compare_tests(
    scores: pd.DataFrame,
    *,
    domain: str = "finance",
    models: Sequence[str] = (),
    n_permutations: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """p-values of a domain by test, pooled and by task type, with the estimate that each test is about.

    ``f_cells`` and ``p_cells`` take single scores for independent, ``p_by_model`` clusters them by model,
    ``p_published`` is the published analysis of variance on ``models`` (by type alone); ``p_clustered`` and
    ``p_permutation`` have tasks as units. Columns: ``task_type, n_domain_tasks, gap_cells, f_cells, p_cells,
    p_by_model, p_published, gap, p_clustered, p_permutation``.

    Raises:
        ScoresError: see ``domain_gap``.
    """
    clustered = domain_gap(scores, domain=domain)
    permuted = permutation_gap(scores, domain=domain, n_permutations=n_permutations, seed=seed)
    blocks = {b.task_type: b for b in make_blocks(scores) if b.task_type in clustered.by_task_type}
    poolable = poolable_types(scores, models, domain) if models else []
    estimates = {"pooled": (clustered.pooled, permuted.pooled)}
    estimates |= {name: (clustered.by_task_type[name], permuted.by_task_type[name]) for name in blocks}
    rows = []
    for name, (ours, permutation) in estimates.items():
        naive = naive_test(*_labelled(list(blocks.values()) if name == "pooled" else [blocks[name]], domain))
        published = published_anova(scores, models=models, task_type=name, domain=domain) if name in poolable else None
        rows.append(
            {
                "task_type": name,
                "n_domain_tasks": ours.n_domain_tasks,
                "gap_cells": naive.estimate,
                "f_cells": naive.f_statistic,
                "p_cells": naive.p_iid,
                "p_by_model": naive.p_by_model,
                "p_published": published.p_value if published else float("nan"),
                "gap": ours.estimate,
                "p_clustered": ours.p_value,
                "p_permutation": permutation.p_value,
            }
        )
    return pd.DataFrame(rows)


def _labelled(blocks: list[Block], domain: str) -> tuple[list[Block], list[np.ndarray]]:
    return blocks, [block.domains == domain for block in blocks]
