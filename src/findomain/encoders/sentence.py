"""Models of sentence-transformers, from a folder, an installed package or the hub; loaded when first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from findomain.encoders.base import check_embeddings
from findomain.encoders.files import check_hashes, check_safetensors, folder_hash
from findomain.encoders.hub import check_allowed, hub_folder
from findomain.encoders.prompts import prompt_for
from findomain.errors import EncoderError, MissingExtraError, first_line
from findomain.tasks.spec import Role, Task

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 32


@dataclass
class SentenceEncoder:
    """A model that sentence-transformers runs.

    Attributes:
        name: what it is called in results.
        source: a folder, or a path on the hub.
        revision: the hub's commit; empty for a folder.
        prompts: put before a text, by role.
        max_length: tokens that are read of a text; 0 for what the model says itself.
        batch_size: texts at once; halved as long as memory does not suffice.
        sha256: known hashes of files of a folder.
        trust_remote_code: run code that comes with the model; needs a revision.
        device: where it runs; None for the best there is.
    """

    name: str
    source: str | Path
    revision: str = ""
    prompts: Mapping[str, str] = field(default_factory=dict)
    max_length: int = 0
    batch_size: int = BATCH_SIZE
    sha256: Mapping[str, str] = field(default_factory=dict)
    trust_remote_code: bool = False
    device: str | None = None
    chunk: int = 256

    def __post_init__(self) -> None:
        """What can be known to fail without loading anything."""
        if self.trust_remote_code and not self.revision:
            raise EncoderError(f"{self.name}: --trust-remote-code needs a pinned revision: --revision COMMIT")
        if isinstance(self.source, Path) and not (self.source / "config.json").is_file():
            what = "no such folder" if not self.source.is_dir() else "not a model: no config.json"
            raise EncoderError(f"{self.name}: {self.source}: {what}")
        if not isinstance(self.source, Path):
            check_allowed(self.source, self.revision, self.name)

    @cached_property
    def signature(self) -> Mapping[str, object]:
        """What shapes an embedding: the files or the commit, prompts, maximum length, precision."""
        is_folder = isinstance(self.source, Path)
        return {
            "kind": "sentence-transformers",
            "model": folder_hash(self.source) if is_folder else f"{self.source}@{self.revision}",
            "prompts": dict(self.prompts),
            "max_length": self.max_length,
            "precision": "float32",
        }

    def prompt(self, role: Role, task: Task) -> str:
        """What is put before a text of this role."""
        return prompt_for(self.prompts, role, task)

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, d)``.

        Raises:
            EncoderError: the model cannot be loaded, memory does not suffice for one text, or values are not finite.
        """
        prompt = self.prompt(role, task)
        while True:
            try:
                vectors = self.model.encode(
                    list(texts), prompt=prompt, batch_size=self.batch_size, show_progress_bar=False
                )
                return check_embeddings(vectors, len(texts), self.name)
            except (RuntimeError, MemoryError) as error:
                self._halve(error)

    def _halve(self, error: BaseException) -> None:
        if not isinstance(error, MemoryError) and "out of memory" not in str(error).lower():
            raise EncoderError(f"{self.name}: {first_line(error)}") from error
        if self.batch_size == 1:
            raise EncoderError(f"{self.name}: out of memory with one text at a time") from error
        self.batch_size //= 2

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model."""
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging
        except ImportError as error:
            raise MissingExtraError(f"{self.name} needs the extra: pip install 'findomain[models]'") from error
        logging.disable_progress_bar()
        logging.set_verbosity_error()
        folder = self._located()
        try:
            model = SentenceTransformer(
                str(folder),
                device=self.device,
                trust_remote_code=self.trust_remote_code,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # transformers raises many kinds
            raise EncoderError(f"{self.name}: cannot be loaded: {first_line(error)}") from error
        if self.max_length:
            model.max_seq_length = self.max_length
        # Prompts are ours alone: those in a model's own configuration would be added unseen.
        model.default_prompt_name = None
        return model

    def _located(self) -> Path:
        if isinstance(self.source, Path):
            check_hashes(self.source, self.sha256, self.name)
            folder = self.source
        else:
            folder = hub_folder(self.source, self.revision, self.name, with_code=self.trust_remote_code)
        check_safetensors(folder, self.name)
        return folder
