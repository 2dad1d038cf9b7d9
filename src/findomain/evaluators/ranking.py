"""Ranked retrieval measures from the ranks of the relevant documents: nothing else in a run matters to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

CUTOFFS = (1, 3, 5, 10, 20, 100, 1000)


def measures(ranks: np.ndarray, grades: np.ndarray, ideal: Sequence[int]) -> dict[str, float]:
    """nDCG, MAP, recall, precision, MRR and hit rate at the usual cutoffs, of one query, as trec_eval defines them.

    Args:
        ranks: rank of each relevant document that was ranked, from 1.
        grades: their grades, above 0; linear gains.
        ideal: the grades of all relevant documents, found or not.
    """
    order = np.argsort(ranks)
    ranks, grades = ranks[order], grades[order]
    best = np.sort(np.asarray(ideal, dtype=np.float64))[::-1]
    discounts = 1 / np.log2(np.arange(2, len(best) + 2))
    gains, precisions = grades / np.log2(ranks + 1), np.arange(1, len(ranks) + 1) / ranks
    first = float(ranks[0]) if len(ranks) else np.inf
    found: dict[str, float] = {}
    for k in CUTOFFS:
        inside = ranks <= k
        n = int(inside.sum())
        found[f"ndcg_at_{k}"] = float(gains[inside].sum() / (best[:k] * discounts[:k]).sum())
        found[f"map_at_{k}"] = float(precisions[inside].sum() / len(best))
        found[f"recall_at_{k}"] = n / len(best)
        found[f"precision_at_{k}"] = n / k
        found[f"mrr_at_{k}"] = 1 / first if first <= k else 0.0
        found[f"hit_rate_at_{k}"] = float(n > 0)
    return found


def means(per_query: Sequence[Mapping[str, float]]) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Means over queries and the values by query; means are rounded to five digits, as the reference library does.

    The reference leaves MRR unrounded.
    """
    values = {name: np.array([row[name] for row in per_query]) for name in per_query[0]}
    mean = {name: float(row.mean()) for name, row in values.items()}
    return {name: value if name.startswith("mrr") else round(value, 5) for name, value in mean.items()}, values
