"""Lexical encoders: hashed bags of words and TF-IDF. They know no meaning and are the floor for every other."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from findomain.encoders.base import check_embeddings
from findomain.tasks.spec import Role, Task

DIMENSIONS = 4096
HAN = r"[\u3400-\u9fff\uf900-\ufaff]"
TOKEN = re.compile(rf"{HAN}|[^\W_]+")


def words(text: str) -> list[str]:
    """Lower-case runs of letters and digits; of Chinese every character and every two neighbours."""
    found = TOKEN.findall(re.sub(rf"({HAN})", r" \1 ", text.lower()))
    pairs = [a + b for a, b in itertools.pairwise(found) if re.match(HAN, a) and re.match(HAN, b)]
    return found + pairs


@dataclass
class BagOfWords:
    """Counts of words in 4,096 hashed dimensions."""

    name: str = "bag-of-words"
    chunk: int = 2048

    @property
    def signature(self) -> Mapping[str, object]:
        """Its dimensions."""
        return {"kind": "bag-of-words", "dimensions": DIMENSIONS}

    def prompt(self, role: Role, task: Task) -> str:
        """None: a prompt's words would be counted."""
        return ""

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, 4096)``; zeros for a text without a word."""
        return check_embeddings(hashed(texts).toarray(), len(texts), self.name)


@dataclass
class TfIdf:
    """Counts of words times how rare they are among the texts of the task: it has to see these before it encodes."""

    name: str = "tf-idf"
    chunk: int = 2048

    @property
    def signature(self) -> Mapping[str, object]:
        """Its dimensions; those of an encoder that has seen a task's texts say which texts."""
        return {"kind": "tf-idf", "dimensions": DIMENSIONS}

    def prompt(self, role: Role, task: Task) -> str:
        """None: a prompt's words would be counted."""
        return ""

    def fitted(self, texts: Sequence[str]) -> FittedTfIdf:
        """The encoder for a task that has these texts."""
        return FittedTfIdf(TfidfTransformer(norm=None).fit(hashed(texts)), self.name)

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, 4096)``, as if the texts were all there are."""
        return self.fitted(texts).encode(texts, role=role, task=task)


@dataclass
class FittedTfIdf:
    """TF-IDF with the document frequencies of one task (scikit-learn's smoothed IDF)."""

    weights: TfidfTransformer
    name: str = "tf-idf"
    chunk: int = 2048

    @property
    def signature(self) -> Mapping[str, object]:
        """Its dimensions and the weights of the words."""
        seen = hashlib.sha256(np.ascontiguousarray(self.weights.idf_).tobytes()).hexdigest()[:16]
        return {"kind": "tf-idf", "dimensions": DIMENSIONS, "idf": seen}

    def prompt(self, role: Role, task: Task) -> str:
        """None: a prompt's words would be counted."""
        return ""

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, 4096)``; zeros for a text without a word."""
        return check_embeddings(self.weights.transform(hashed(texts)).toarray(), len(texts), self.name)


def hashed(texts: Sequence[str]) -> sparse.csr_matrix:
    """Counts of hashed words, ``(n, 4096)``."""
    vectorizer = HashingVectorizer(analyzer=words, n_features=DIMENSIONS, norm=None, alternate_sign=False)
    return vectorizer.transform(texts)
