"""Result files of the public results repository, read from a folder or an archive, one record a file."""

from __future__ import annotations

import json
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from findomain.errors import PublishedError

META = "model_meta.json"


@dataclass(frozen=True, slots=True)
class Record:
    """One file: ``results/<model>/<revision>/<task>.json``.

    Attributes:
        path: where it was, for messages.
        model: name with a slash, as on the hub.
        revision: revision of the model, or ``external`` where a score was taken from a model card.
        task: name of the task, from the file's name.
        content: what the file says.
    """

    path: str
    model: str
    revision: str
    task: str
    content: dict[str, object]


def count_files(source: Path) -> int | None:
    """Number of result files where it can be had without reading: in a folder; None for an archive."""
    if not source.is_dir():
        return None
    return sum(1 for _ in results_folder(source).glob("*/*/*.json"))


def read_records(source: Path) -> Iterator[Record]:
    """Yield the records of a results checkout, its ``results`` folder, or a tar archive of one.

    Files at another depth (runs with other settings under ``experiments``) are not results of the model and not read.

    Raises:
        PublishedError: nothing is there, it holds no result files, or a file is not JSON; the line names the file.
    """
    if source.is_dir():
        files = _from_folder(source)
    elif source.is_file():
        files = _from_archive(source)
    else:
        raise PublishedError(f"{source}: no such file or folder")
    empty = True
    for path, parts, raw in files:
        record = _record(path, parts, raw)
        if record is not None:
            empty = False
            yield record
    if empty:
        raise PublishedError(f"{source}: no result files; expected results/<model>/<revision>/<task>.json")


def results_folder(source: Path) -> Path:
    """The folder of models: ``source/results`` in a checkout, else ``source`` itself."""
    return source / "results" if (source / "results").is_dir() else source


def _from_folder(source: Path) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    for path in sorted(results_folder(source).glob("*/*/*.json")):
        yield str(path), path.parts[-3:], path.read_bytes()


def _from_archive(source: Path) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    try:
        with tarfile.open(source, "r:*") as archive:  # members are read in memory, never unpacked to disk
            for member in archive:
                handle = archive.extractfile(member) if member.isfile() and member.name.endswith(".json") else None
                if handle is not None:
                    yield member.name, _below_results(member.name), handle.read()
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError) as error:
        raise PublishedError(f"{source}: not a tar archive that can be read ({error})") from error


def _below_results(name: str) -> tuple[str, ...]:
    """The parts of an archive member's name below the folder ``results``; all of them where there is none."""
    parts = tuple(part for part in PurePosixPath(name).parts if part != ".")
    return parts[parts.index("results") + 1 :] if "results" in parts else parts


def _record(path: str, parts: tuple[str, ...], raw: bytes) -> Record | None:
    if len(parts) != 3 or parts[-1] == META:
        return None
    try:
        content = json.loads(raw)
    except ValueError as error:
        raise PublishedError(f"{path}: not JSON ({error})") from error
    if not isinstance(content, dict):
        raise PublishedError(f"{path}: expected a JSON object, found {type(content).__name__}")
    return Record(path, parts[0].replace("__", "/"), parts[1], parts[2].removesuffix(".json"), content)
