"""BM25: scores of documents for queries, with no embeddings; for Retrieval and Reranking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from findomain.encoders.lexical import words
from findomain.errors import MissingExtraError

K1, B = 1.5, 0.75


@runtime_checkable
class Ranker(Protocol):
    """Scores documents for queries without embedding either.

    Attributes:
        name: what it is called in results.
    """

    name: str

    @property
    def signature(self) -> Mapping[str, object]:
        """All that shapes a score."""
        ...

    def ranker(self, documents: Sequence[str]) -> Callable[[Sequence[str]], np.ndarray]:
        """A function from queries to scores ``(n_queries, n_documents)``, greater is better."""
        ...


@dataclass
class Bm25:
    """Okapi BM25 in Lucene's variant (Kamphuis and others 2020), k1 = 1.5, b = 0.75."""

    name: str = "bm25"

    @property
    def signature(self) -> Mapping[str, object]:
        """Its variant and parameters."""
        return {"kind": "bm25", "variant": "lucene", "k1": K1, "b": B}

    def ranker(self, documents: Sequence[str]) -> Callable[[Sequence[str]], np.ndarray]:
        """A function from queries to scores ``(n_queries, n_documents)``; words that no document has score nothing.

        Raises:
            MissingExtraError: bm25s is not installed.
        """
        try:
            from bm25s import BM25
        except ImportError as error:
            raise MissingExtraError(f"{self.name} needs the extra: pip install 'findomain[models]'") from error
        index = BM25(method="lucene", k1=K1, b=B)
        index.index([words(text) for text in documents], show_progress=False)
        vocabulary = index.vocab_dict

        def scores(queries: Sequence[str]) -> np.ndarray:
            found = np.zeros((len(queries), len(documents)), dtype=np.float32)
            for row, query in zip(found, queries, strict=True):
                known = [word for word in words(query) if word in vocabulary]
                if known:
                    row += index.get_scores(known)
            return found

        return scores
