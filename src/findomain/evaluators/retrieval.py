"""Retrieval: exact ranks of the relevant documents among a whole corpus, in blocks of bounded memory.

The measures need the ranks of the relevant documents alone. A rank is one more than the number of documents that score
higher, so a block of similarities is compared with a few numbers a query and never sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from findomain.evaluators.evaluation import Evaluation, mean_over_items
from findomain.evaluators.ranking import means, measures
from findomain.evaluators.similarity import normalised

# Similarities held at once: 64 MB.
BLOCK = 16_000_000
ScoreBlock = Callable[[int, int], np.ndarray]


def retrieval(
    query_embeddings: np.ndarray,
    corpus_embeddings: np.ndarray,
    qrels: Mapping[str, Mapping[str, int]],
    *,
    query_ids: Sequence[str],
    corpus_ids: Sequence[str],
    ignore_identical_ids: bool = False,
) -> Evaluation:
    """nDCG, MAP, recall, precision, MRR and hit rate by cosine similarity, means over the queries.

    Args:
        query_embeddings: ``(n_queries, d)``.
        corpus_embeddings: ``(n_documents, d)``.
        qrels: grade by query and document id; relevant above 0.
        query_ids: identifiers of the queries' rows; each has a relevant document.
        corpus_ids: identifiers of the documents' rows; of equally similar documents the greater id ranks higher.
        ignore_identical_ids: a document of the same id as the query is not ranked.
    """
    queries, documents = normalised(query_embeddings), normalised(corpus_embeddings)
    return retrieval_by_scores(
        lambda start, stop: queries[start:stop] @ documents.T,
        qrels,
        query_ids=query_ids,
        corpus_ids=corpus_ids,
        ignore_identical_ids=ignore_identical_ids,
    )


def retrieval_by_scores(
    block: ScoreBlock,
    qrels: Mapping[str, Mapping[str, int]],
    *,
    query_ids: Sequence[str],
    corpus_ids: Sequence[str],
    ignore_identical_ids: bool = False,
) -> Evaluation:
    """The same for any scores: ``block(start, stop)`` gives those of some queries, ``(stop - start, n_documents)``."""
    place = {key: i for i, key in enumerate(corpus_ids)}
    tie_order = _tie_order(corpus_ids)
    step = max(1, BLOCK // max(len(corpus_ids), 1))
    per_query = []
    for start in range(0, len(query_ids), step):
        stop = min(start + step, len(query_ids))
        for scores, key in zip(block(start, stop), query_ids[start:stop], strict=True):
            if ignore_identical_ids and key in place:
                scores[place[key]] = -np.inf
            per_query.append(_judge(scores, qrels[key], place, tie_order))
    scores, values = means(per_query)
    return Evaluation(scores, len(query_ids), mean_over_items(values))


def _tie_order(ids: Sequence[str]) -> np.ndarray:
    """Position of each id among all in rising order; trec_eval puts the greater first among equal scores."""
    order = np.empty(len(ids), dtype=np.int64)
    order[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return order


def _judge(
    scores: np.ndarray, grades: Mapping[str, int], place: Mapping[str, int], tie_order: np.ndarray
) -> dict[str, float]:
    relevant = {key: grade for key, grade in grades.items() if grade > 0}
    ranked = {key: grade for key, grade in relevant.items() if key in place and scores[place[key]] > -np.inf}
    rows = np.array([place[key] for key in ranked], dtype=np.int64)
    return measures(ranks_of(scores, rows, tie_order), np.array(list(ranked.values())), list(relevant.values()))


# From so many relevant documents on, sorting all scores is quicker than comparing with each.
MANY = 40


def ranks_of(scores: np.ndarray, rows: np.ndarray, tie_order: np.ndarray) -> np.ndarray:
    """Rank of the documents at ``rows``, from 1, by falling score and, among equals, falling ``tie_order``."""
    if len(rows) > MANY:
        ranks = np.empty(len(scores), dtype=np.int64)
        ranks[np.lexsort((-tie_order, -scores))] = np.arange(1, len(scores) + 1)
        return ranks[rows]
    ranks = np.empty(len(rows), dtype=np.int64)
    for i, row in enumerate(rows):
        not_below = scores >= scores[row]
        ahead = int(np.count_nonzero(not_below))
        equal = np.flatnonzero(not_below & (scores == scores[row])) if ahead > 1 else rows[i : i + 1]
        ranks[i] = ahead - len(equal) + 1 + int((tie_order[equal] > tie_order[row]).sum())
    return ranks
