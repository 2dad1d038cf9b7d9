"""Static embeddings: a text is the mean of its tokens' vectors. A table and a tokenizer, no network of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from findomain.encoders.base import check_embeddings
from findomain.encoders.files import check_hashes, file_hash
from findomain.encoders.prompts import prompt_for
from findomain.errors import EncoderError, MissingExtraError
from findomain.tasks.spec import Role, Task

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass
class StaticEncoder:
    """Mean of token vectors, as sentence-transformers' StaticEmbedding computes it; no special tokens, no limit.

    Attributes:
        name: what it is called in results.
        weights: safetensors file with one table ``(n_tokens, d)``.
        tokenizer: the tokenizer's JSON file.
        sha256: known hashes, by file name.
    """

    name: str
    weights: Path
    tokenizer: Path
    sha256: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    chunk: int = 8192

    @cached_property
    def signature(self) -> Mapping[str, object]:
        """Hashes of both files, and the prompts."""
        files = {path.name: file_hash(path) for path in (self.weights, self.tokenizer)}
        return {"kind": "static", "files": files, "prompts": dict(self.prompts), "precision": "float32"}

    def prompt(self, role: Role, task: Task) -> str:
        """What is put before a text of this role."""
        return prompt_for(self.prompts, role, task)

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, d)``; zeros for a text without a token.

        Raises:
            EncoderError: a file is not the known one.
        """
        prompt = self.prompt(role, task)
        table, tokenizer = self._loaded
        encoded = tokenizer.encode_batch([prompt + text for text in texts], add_special_tokens=False)
        lengths = np.array([len(one.ids) for one in encoded])
        vectors = np.zeros((len(texts), table.shape[1]), dtype=np.float32)
        for i, one in enumerate(encoded):
            if lengths[i]:
                vectors[i] = table[one.ids].mean(0)
        return check_embeddings(vectors, len(texts), self.name)

    @cached_property
    def _loaded(self) -> tuple[np.ndarray, Tokenizer]:
        try:
            from safetensors.numpy import load_file
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtraError(f"{self.name} needs the extra: pip install 'findomain[models]'") from error
        check_hashes(self.weights.parent, {self.weights.name: self.sha256[self.weights.name]}, self.name)
        tables = load_file(self.weights)
        if len(tables) != 1:
            raise EncoderError(f"{self.name}: {self.weights} holds {len(tables)} tables, expected one")
        tokenizer = Tokenizer.from_file(str(self.tokenizer))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return np.asarray(next(iter(tables.values())), dtype=np.float32), tokenizer
