"""Structure of a task: classes and their balance, relevant documents a query, sizes, words that both share.

From plain values, whatever they were loaded by. Each says what a higher value means for difficulty, as far as that is
clear; a task without what a measure is about has no value: NaN with its reason.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

from findomain.complexity.lexicon import split
from findomain.complexity.measure import Undefined

NO_ITEM = "no item"
ONE_CLASS = "fewer than two classes"
NO_PAIR = "no query with a relevant document"


@dataclass(frozen=True, slots=True)
class ClassStructure:
    """Classes of a task with labels.

    Attributes:
        n_items: items with a label.
        n_classes: distinct labels; more = harder.
        balance: entropy of the labels over ``log(n_classes)``: 1 if all are as frequent, towards 0 if one has nearly
            all; NaN below two classes.
        largest_share: share of the largest class: the accuracy of always naming it.
    """

    n_items: int
    n_classes: int
    balance: float
    largest_share: float

    def to_dict(self) -> dict[str, float]:
        """The fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RetrievalStructure:
    """Sizes and overlap of a task with queries and documents.

    Attributes:
        n_queries: queries that have a relevant document.
        n_documents: documents; more = harder.
        relevant_per_query: mean number of relevant documents of those queries.
        overlap_jaccard: mean over pairs of query and relevant document of shared over all distinct words, 0 to 1.
        overlap_query: mean over the same pairs of the share of the query's distinct words that the document has, 0
            to 1; higher = easier for word matching.
        n_pairs: the pairs.
    """

    n_queries: int
    n_documents: int
    relevant_per_query: float
    overlap_jaccard: float
    overlap_query: float
    n_pairs: int

    def to_dict(self) -> dict[str, float]:
        """The fields by name."""
        return asdict(self)


def class_structure(labels: Iterable[object]) -> ClassStructure:
    """Classes and their balance; an item with several labels is given as several labels."""
    counts = Counter(labels)
    total = counts.total()
    balance: float = Undefined(ONE_CLASS)
    if len(counts) > 1:
        entropy = -math.fsum(count / total * math.log(count / total) for count in counts.values())
        balance = min(1.0, entropy / math.log(len(counts)))
    largest = max(counts.values()) / total if total else Undefined(NO_ITEM)
    return ClassStructure(total, len(counts), balance, largest)


def retrieval_structure(
    queries: Mapping[str, str],
    documents: Mapping[str, str],
    relevant: Mapping[str, Collection[str]],
    *,
    language: str = "eng",
) -> RetrievalStructure:
    """Sizes, and the words that queries share with their relevant documents.

    Args:
        queries: texts by id.
        documents: texts by id.
        relevant: ids of relevant documents by id of query; those that are not among the documents are not counted.
        language: ``eng`` (words in lower case, plurals folded) or ``zho`` (words by jieba).

    Words are those of ``lexicon.split``, numbers included, each counted once a text; common words are not left out. A
    pair of which either text has no word counts in neither overlap.
    """
    known = {query: [doc for doc in relevant.get(query, ()) if doc in documents] for query in queries}
    known = {query: found for query, found in known.items() if found}
    needed = {doc for found in known.values() for doc in found}
    words = {doc: frozenset(split(documents[doc], language=language)) for doc in needed}
    jaccard, contained = [], []
    for query, found in known.items():
        asked = frozenset(split(queries[query], language=language))
        for doc in found:
            if asked and words[doc]:
                shared = len(asked & words[doc])
                jaccard.append(shared / len(asked | words[doc]))
                contained.append(shared / len(asked))
    return RetrievalStructure(
        n_queries=len(known),
        n_documents=len(documents),
        relevant_per_query=_mean([len(found) for found in known.values()]),
        overlap_jaccard=_mean(jaccard),
        overlap_query=_mean(contained),
        n_pairs=sum(len(found) for found in known.values()),
    )


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else Undefined(NO_PAIR)
