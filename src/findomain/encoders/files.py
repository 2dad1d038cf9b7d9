"""Files of models: hashes of what is loaded, safetensors only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from findomain.errors import EncoderError

# What shapes an embedding; a README does not.
SHAPING = (".json", ".safetensors", ".txt", ".model", ".npz")
UNSAFE = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt")


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def check_hashes(folder: Path, expected: Mapping[str, str], name: str) -> None:
    """Raise if a file of a model is missing or is not the one that is known.

    Raises:
        EncoderError: which file, and both hashes.
    """
    for relative, wanted in expected.items():
        path = folder / relative
        if not path.is_file():
            raise EncoderError(f"{name}: {path} is missing")
        found = file_hash(path)
        if found != wanted:
            raise EncoderError(f"{name}: {path} has the hash {found[:12]}..., expected {wanted[:12]}...")


def folder_hash(folder: Path) -> str:
    """Sixteen digits of all that shapes the embeddings of a model in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in SHAPING:
            digest.update(f"{path.relative_to(folder).as_posix()}:{file_hash(path)}\n".encode())
    return digest.hexdigest()[:16]


def check_safetensors(folder: Path, name: str) -> None:
    """Raise if a model's weights can only be unpickled, which may run code.

    Raises:
        EncoderError: there are weights and none in safetensors.
    """
    if not any(folder.rglob("*.safetensors")):
        unsafe = [path.name for pattern in UNSAFE for path in folder.rglob(pattern)]
        what = f"its weights are in {unsafe[0]} only" if unsafe else "it has no weights"
        raise EncoderError(f"{name}: {folder}: {what}; weights are loaded from safetensors alone")
