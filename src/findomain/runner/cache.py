"""Embeddings on disk, by content: one SQLite file an encoder's fingerprint, a row a text.

SQLite in write-ahead mode is what makes it safe: several processes may write, and a kill leaves whole rows.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from findomain.errors import RunError
from findomain.paths import cache_folder

WAIT = 60.0
MANY = 500
Keys = Sequence[bytes]


def text_key(prompt: str, text: str) -> bytes:
    """What an embedding is found by, beside the encoder's fingerprint: prompt and text."""
    digest = hashlib.blake2b(prompt.encode("utf-8", "surrogatepass"), digest_size=16, person=b"findomain")
    digest.update(b"\0" + text.encode("utf-8", "surrogatepass"))
    return digest.digest()


@dataclass
class EmbeddingCache:
    """Embeddings of one encoder.

    Attributes:
        path: the SQLite file; made when first written.
        broken: files that could not be read and were put aside.
    """

    path: Path
    broken: int = 0

    @classmethod
    def of(cls, fingerprint: str, folder: Path | None = None) -> EmbeddingCache:
        """The cache of an encoder in a folder."""
        return cls((folder or cache_folder()) / "embeddings" / f"{fingerprint}.sqlite")

    def get(self, keys: Keys) -> dict[bytes, np.ndarray]:
        """The embeddings that are there, by key, float32 ``(d,)``; a damaged row or file is as good as none.

        Raises:
            RunError: the folder cannot be used.
        """
        try:
            with self._connected() as connection:
                return dict(self._rows(connection, keys))
        except sqlite3.DatabaseError:
            self._put_aside()
            return {}

    @staticmethod
    def _rows(connection: sqlite3.Connection, keys: Keys) -> Iterator[tuple[bytes, np.ndarray]]:
        for start in range(0, len(keys), MANY):
            part = keys[start : start + MANY]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, vector, crc FROM embeddings WHERE key IN ({marks})"
            for key, vector, crc in connection.execute(query, part):
                if zlib.crc32(vector) == crc and len(vector) % 4 == 0:
                    yield key, np.frombuffer(vector, dtype=np.float32)

    def put(self, keys: Keys, vectors: np.ndarray) -> None:
        """Keep embeddings ``(n, d)``; all of them or, after a kill, none.

        Raises:
            RunError: the folder cannot be written.
        """
        rows = [(key, raw := vector.tobytes(), zlib.crc32(raw)) for key, vector in zip(keys, vectors, strict=True)]
        try:
            self._insert(rows)
        except sqlite3.DatabaseError:
            self._put_aside()
            self._insert(rows)

    def _insert(self, rows: list[tuple[bytes, bytes, int]]) -> None:
        with self._connected() as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._prepared()) as connection:
                yield connection
        except (sqlite3.OperationalError, OSError) as error:
            raise RunError(f"{self.path}: {error} (FINDOMAIN_CACHE names another folder)") from error

    def _prepared(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("CREATE TABLE IF NOT EXISTS embeddings (key BLOB PRIMARY KEY, vector BLOB, crc INTEGER)")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _put_aside(self) -> None:
        """A damaged file holds nothing that cannot be made again; it is kept for whoever wants to look."""
        self.broken += 1
        for suffix in ("", "-wal", "-shm"):
            path = Path(f"{self.path}{suffix}")
            if path.exists():
                path.replace(Path(f"{path}.broken"))
