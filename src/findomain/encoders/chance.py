"""Random vectors: the same text has always the same one, and it says nothing of what the text means."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from findomain.encoders.base import check_embeddings
from findomain.tasks.spec import Role, Task

DIMENSIONS = 256


@dataclass
class RandomVectors:
    """Normal numbers from a generator that is seeded with the text: what a benchmark gives for chance alone."""

    name: str = "random"
    chunk: int = 2048

    @property
    def signature(self) -> Mapping[str, object]:
        """Its dimensions."""
        return {"kind": "random", "dimensions": DIMENSIONS}

    def prompt(self, role: Role, task: Task) -> str:
        """None: it would only be another seed."""
        return ""

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, 256)``."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            seed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
            row[:] = np.random.default_rng(int.from_bytes(seed[:16], "little")).standard_normal(DIMENSIONS)
        return check_embeddings(vectors, len(texts), self.name)
