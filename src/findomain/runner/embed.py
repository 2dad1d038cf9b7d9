"""Texts to embeddings for one encoder and task: each text once, from the cache where it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from findomain.encoders.base import Encoder, check_embeddings
from findomain.runner.cache import EmbeddingCache, text_key
from findomain.tasks import Role, Task

Report = Callable[[int, bool], None]


@dataclass
class Embedder:
    """Embeds the texts of a task.

    Attributes:
        encoder: what embeds.
        task: the task, for the encoder's prompts.
        cache: embeddings on disk; None for encoders that are quicker than a disk.
        report: called with characters that are done and whether they were encoded (and not found).
        n_encoded: texts that were encoded.
        n_found: texts that were in the cache.
        seconds: time for encoding and for the cache.
    """

    encoder: Encoder
    task: Task
    cache: EmbeddingCache | None = None
    report: Report = lambda characters, encoded: None
    n_encoded: int = 0
    n_found: int = 0
    seconds: float = 0.0

    def __call__(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """Embeddings, float32 ``(n, d)``, in the order of the texts.

        Raises:
            EncoderError: the encoder fails or gives values that are not finite.
        """
        started = time.perf_counter()
        place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        unique = list(place)
        vectors = self._embedded(unique, role)
        self.seconds += time.perf_counter() - started
        if len(unique) == len(texts):
            return vectors
        return vectors[np.fromiter((place[text] for text in texts), dtype=np.int64, count=len(texts))]

    def _embedded(self, texts: list[str], role: Role) -> np.ndarray:
        prompt = self.encoder.prompt(role, self.task)
        keys = [text_key(prompt, text) for text in texts] if self.cache is not None else []
        found = self.cache.get(keys) if self.cache is not None else {}
        missing = [i for i in range(len(texts)) if not keys or keys[i] not in found]
        self._count(texts, missing)
        # The longest first: too little memory shows at once, and a batch holds texts of one length.
        missing.sort(key=lambda i: len(texts[i]), reverse=True)
        vectors = _table(found, keys, len(texts))
        for start in range(0, len(missing), self.encoder.chunk):
            rows = missing[start : start + self.encoder.chunk]
            given = [texts[i] for i in rows]
            made = check_embeddings(self.encoder.encode(given, role=role, task=self.task), len(rows), self.encoder.name)
            if self.cache is not None:
                self.cache.put([keys[i] for i in rows], made)
            if vectors is None:
                vectors = np.empty((len(texts), made.shape[1]), dtype=np.float32)
            vectors[rows] = made
            self.report(sum(map(len, given)), True)
        return vectors if vectors is not None else np.zeros((0, 0), dtype=np.float32)

    def _count(self, texts: list[str], missing: list[int]) -> None:
        self.n_encoded += len(missing)
        self.n_found += len(texts) - len(missing)
        if len(missing) < len(texts):
            self.report(sum(map(len, texts)) - sum(len(texts[i]) for i in missing), False)


def _table(found: dict[bytes, np.ndarray], keys: list[bytes], n_texts: int) -> np.ndarray | None:
    """An array with the found rows in place; None where nothing was found and the width is not known yet."""
    if not found:
        return None
    width = len(next(iter(found.values())))
    vectors = np.empty((n_texts, width), dtype=np.float32)
    for i, key in enumerate(keys):
        if key in found:
            vectors[i] = found[key]
    return vectors
