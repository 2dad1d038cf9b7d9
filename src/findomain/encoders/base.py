"""What an encoder is: texts and their role in, vectors out, and a fingerprint of all that shapes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from findomain.errors import EncoderError
from findomain.tasks.spec import Role, Task


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into vectors. It owns its prompts, maximum length, pooling, normalisation and precision.

    Attributes:
        name: the name in the registry, or what the user called it.
        chunk: how many texts are worth giving at once; what is lost when a run is killed.
    """

    name: str
    chunk: int

    @property
    def signature(self) -> Mapping[str, object]:
        """All that shapes an embedding, as plain JSON values; two encoders of equal signature give equal vectors."""
        ...

    def prompt(self, role: Role, task: Task) -> str:
        """What is put before a text of this role in this task; empty for none."""
        ...

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, d)``.

        Raises:
            EncoderError: the model cannot be loaded or reached, or it refuses a text.
        """
        ...


def fingerprint(signature: Mapping[str, object]) -> str:
    """Sixteen hexadecimal digits of a signature."""
    text = json.dumps(signature, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_embeddings(embeddings: np.ndarray, n_texts: int, name: str) -> np.ndarray:
    """The embeddings as float32, or one line that says what is wrong with them.

    Raises:
        EncoderError: another number of rows than of texts, or values that are NaN or infinite.
    """
    vectors = np.ascontiguousarray(embeddings, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != n_texts:
        raise EncoderError(f"{name}: embeddings of shape {vectors.shape} for {n_texts} texts")
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise EncoderError(f"{name}: {len(bad)} of {n_texts} embeddings hold NaN or infinity (first: text {bad[0]})")
    return vectors
