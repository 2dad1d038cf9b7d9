"""Reranking: are the relevant ones of a query's candidates put first?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from findomain.evaluators.evaluation import Evaluation, mean_over_items
from findomain.evaluators.ranking import means, measures
from findomain.evaluators.similarity import normalised


def reranking(
    query_embeddings: Sequence[np.ndarray],
    candidate_embeddings: Sequence[np.ndarray],
    grades: Sequence[Sequence[int]],
    ids: Sequence[Sequence[str]],
) -> Evaluation:
    """MAP, MRR, nDCG, recall and precision by cosine similarity, means over the queries.

    Args:
        query_embeddings: by query ``(n_wordings, d)``; the most similar wording counts.
        candidate_embeddings: by query ``(n_candidates, d)``.
        grades: relevance of each candidate, relevant above 0.
        ids: identifiers of the candidates; of equally similar ones the greater ranks higher, as in trec_eval.
    """
    pairs = zip(query_embeddings, candidate_embeddings, strict=True)
    scores = [(normalised(query) @ normalised(candidates).T).max(0) for query, candidates in pairs]
    return reranking_by_scores(scores, grades, ids)


def reranking_by_scores(
    scores: Sequence[np.ndarray], grades: Sequence[Sequence[int]], ids: Sequence[Sequence[str]]
) -> Evaluation:
    """The same for any scores of the candidates, by query ``(n_candidates,)``."""
    per_query = []
    for row, given, keys in zip(scores, grades, ids, strict=True):
        order = sorted(range(len(row)), key=lambda i, row=row, keys=keys: (row[i], keys[i]), reverse=True)
        ordered = np.array([given[i] for i in order])
        ranks = np.flatnonzero(ordered > 0) + 1
        per_query.append(measures(ranks, ordered[ranks - 1], ordered[ranks - 1].tolist()))
    found, values = means(per_query)
    return Evaluation(found, len(per_query), mean_over_items(values))
