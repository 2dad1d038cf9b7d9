"""The data of a task, one record a task type: texts and labels as tuples, ready to be encoded and judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class ClassificationData:
    """Examples to train on and to judge by; labels are integers or strings."""

    train_texts: tuple[str, ...]
    train_labels: tuple[int | str, ...]
    texts: tuple[str, ...]
    labels: tuple[int | str, ...]
    repairs: tuple[str, ...] = ()

    @property
    def n_items(self) -> int:
        """Texts that are judged."""
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class ClusteringData:
    """Sets of texts to cluster, each with its labels.

    Attributes:
        flat: the source has one text a row (judged by ten draws) and not one set a row (each set judged once).
    """

    texts: tuple[tuple[str, ...], ...]
    labels: tuple[tuple[int | str, ...], ...]
    flat: bool
    repairs: tuple[str, ...] = ()

    @property
    def n_items(self) -> int:
        """Texts that are judged."""
        return sum(map(len, self.texts))


@dataclass(frozen=True, slots=True)
class PairData:
    """Pairs with a target: 0 or 1 for PairClassification, a graded score for STS and FinMTEB's Summarization."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    targets: tuple[float, ...]
    repairs: tuple[str, ...] = ()

    @property
    def n_items(self) -> int:
        """Pairs."""
        return len(self.first)


@dataclass(frozen=True, slots=True)
class RetrievalData:
    """A corpus, queries and qrels: ``qrels[query id][document id]`` is a grade, relevant above 0."""

    corpus_ids: tuple[str, ...]
    corpus: tuple[str, ...]
    query_ids: tuple[str, ...]
    queries: tuple[str, ...]
    qrels: Mapping[str, Mapping[str, int]]
    repairs: tuple[str, ...] = ()

    @property
    def n_items(self) -> int:
        """Queries that are judged."""
        return len(self.queries)


@dataclass(frozen=True, slots=True)
class RerankingData:
    """Queries, each with candidates in order and their grades.

    Attributes:
        queries: one text a query, or several wordings, of which the most similar counts.
        candidates: texts to order, by query.
        ids: identifiers of the candidates; among equal similarities the greater comes first, as in trec_eval.
        grades: relevance of each candidate, relevant above 0.
    """

    queries: tuple[tuple[str, ...], ...]
    candidates: tuple[tuple[str, ...], ...]
    ids: tuple[tuple[str, ...], ...]
    grades: tuple[tuple[int, ...], ...]
    repairs: tuple[str, ...] = ()

    @property
    def n_items(self) -> int:
        """Queries that are judged."""
        return len(self.queries)


@dataclass(frozen=True, slots=True)
class SummarizationData:
    """Documents, each with reference summaries, candidate summaries and a score for each candidate."""

    references: tuple[tuple[str, ...], ...]
    candidates: tuple[tuple[str, ...], ...]
    scores: tuple[tuple[float, ...], ...]
    repairs: tuple[str, ...] = ()

    @property
    def n_items(self) -> int:
        """Documents that are judged."""
        return len(self.references)


TaskData = ClassificationData | ClusteringData | PairData | RetrievalData | RerankingData | SummarizationData


def content_hash(data: TaskData) -> str:
    """Sixteen hexadecimal digits of everything that is judged: the same data give the same digits from any source."""
    digest = hashlib.sha256(type(data).__name__.encode())
    for field in fields(data):
        if field.name != "repairs":
            for piece in _pieces(getattr(data, field.name)):
                digest.update(piece)
    return digest.hexdigest()[:16]


def _pieces(value: object) -> Iterator[bytes]:
    """Each value behind its length, so that no two different data give the same bytes."""
    if isinstance(value, Mapping):
        value = tuple((key, value[key]) for key in sorted(value))
    if isinstance(value, tuple):
        yield b"(%d" % len(value)
        for part in value:
            yield from _pieces(part)
    else:
        raw = (value if isinstance(value, str) else repr(value)).encode("utf-8", "surrogatepass")
        yield b"%d:" % len(raw)
        yield raw
