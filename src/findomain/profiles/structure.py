"""A task's structure from its data: classes, sizes, relevant documents, words that query and document share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain

from findomain.complexity.measure import Undefined
from findomain.complexity.structure import class_structure, retrieval_structure
from findomain.profiles.source import Source
from findomain.tasks.data import (
    ClassificationData,
    ClusteringData,
    PairData,
    RerankingData,
    RetrievalData,
)

Values = dict[str, float]
CLASSES = ("n_classes", "class_balance", "largest_class_share")
SEARCH = ("n_queries", "n_documents", "relevant_per_query", "overlap_jaccard", "overlap_query")
NO_TASK = "texts without a task"


def structure(source: Source) -> dict[str, tuple[float, int]]:
    """Every measure of structure with the number of items behind it; ``Undefined`` where the task has none such."""
    task, data = source.task, source.data
    if task is None or data is None:
        return {name: (Undefined(NO_TASK), 0) for name in ("n_items", *CLASSES, *SEARCH)}
    found = {name: Undefined(f"{task.task_type} has no classes") for name in CLASSES}
    found |= {name: Undefined(f"{task.task_type} has no queries and documents") for name in SEARCH}
    found |= READERS.get(type(data), lambda source: {})(source)
    return {"n_items": (float(data.n_items), data.n_items)} | {
        name: (value, data.n_items if value == value else 0) for name, value in found.items()
    }


def _labels(source: Source) -> Values:
    data = source.data
    if isinstance(data, PairData):
        # A graded score has no classes.
        return _classes(data.targets) if source.task.task_type == "PairClassification" else {}
    return _classes(data.labels if isinstance(data, ClassificationData) else chain.from_iterable(data.labels))


def _classes(labels: object) -> Values:
    found = class_structure(labels)
    return {
        "n_classes": float(found.n_classes),
        "class_balance": found.balance,
        "largest_class_share": found.largest_share,
    }


def _retrieval(source: Source) -> Values:
    data = source.data
    relevant = {query: [doc for doc, grade in row.items() if grade > 0] for query, row in data.qrels.items()}
    queries = dict(zip(data.query_ids, data.queries, strict=True))
    documents = dict(zip(data.corpus_ids, data.corpus, strict=True))
    return _search(queries, documents, relevant, source.language)


def _reranking(source: Source) -> Values:
    """Candidates are documents by their text: one that many queries share is one document."""
    data = source.data
    queries = {str(place): wordings[0] for place, wordings in enumerate(data.queries)}
    documents = {text: text for candidates in data.candidates for text in candidates}
    relevant = {
        str(place): {text for text, grade in zip(candidates, grades, strict=True) if grade > 0}
        for place, (candidates, grades) in enumerate(zip(data.candidates, data.grades, strict=True))
    }
    return _search(queries, documents, relevant, source.language)


def _search(queries: dict, documents: dict, relevant: dict, language: str) -> Values:
    told = retrieval_structure(queries, documents, relevant, language=language).to_dict()
    return {name: value if value != value else float(value) for name, value in told.items() if name in SEARCH}


READERS: Mapping[type, Callable[[Source], Values]] = {
    ClassificationData: _labels,
    ClusteringData: _labels,
    PairData: _labels,
    RetrievalData: _retrieval,
    RerankingData: _reranking,
}
