"""Summarization as MTEB has it: does similarity to a reference summary order machine summaries as people do?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from findomain.evaluators.evaluation import Evaluation, mean_over_items
from findomain.evaluators.similarity import normalised


def summarization(
    reference_embeddings: Sequence[np.ndarray],
    candidate_embeddings: Sequence[np.ndarray],
    gold: Sequence[Sequence[float]],
) -> Evaluation:
    """Spearman and Pearson correlation of gold scores with similarity to the nearest reference, means over documents.

    A document whose gold scores or similarities are all equal says nothing and does not count.

    Args:
        reference_embeddings: by document ``(n_references, d)``.
        candidate_embeddings: by document ``(n_candidates, d)``.
        gold: score of each candidate.
    """
    rows = [_document(*parts) for parts in zip(reference_embeddings, candidate_embeddings, gold, strict=True)]
    values = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    scores = {name: float(np.nanmean(row)) if np.isfinite(row).any() else float("nan") for name, row in values.items()}
    return Evaluation(scores, len(rows), mean_over_items(values))


def _document(references: np.ndarray, candidates: np.ndarray, gold: Sequence[float]) -> dict[str, float]:
    cosine = (normalised(candidates) @ normalised(references).T).max(1)
    dot = (candidates @ references.T).max(1)
    silent = min(len(set(gold)), len(set(cosine.tolist())), len(set(dot.tolist()))) < 2
    found = {}
    for name, values in (("cosine", cosine), ("dot", dot)):
        found[f"{name}_spearman"] = np.nan if silent else float(stats.spearmanr(gold, values).statistic)
        found[f"{name}_pearson"] = np.nan if silent else float(stats.pearsonr(gold, values).statistic)
    return found | {"spearman": found["cosine_spearman"], "pearson": found["cosine_pearson"]}
