"""Profile tasks and files: every measure of their texts, of their words and vectors as a whole, of their structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from findomain.complexity import profile as texts_profile
from findomain.complexity.measure import Summary, Undefined
from findomain.errors import ComplexityError
from findomain.paths import cache_folder
from findomain.profiles import whole
from findomain.profiles.source import Source, sample
from findomain.registry import did_you_mean

SAMPLE = 2000
NAMES = (*texts_profile.MEASURES, *whole.MEASURES)


class Listener(Protocol):
    """Hears how profiling goes on."""

    def start(self, n_sources: int, n_characters: int) -> None:
        """Profiling of so many sources begins; so many characters will be measured or embedded."""
        ...

    def begin(self, name: str) -> None:
        """A source begins."""
        ...

    def advance(self, n_characters: int, fresh: bool) -> None:
        """So many characters are done, now or in a run before this one."""
        ...

    def end(self, profile: Profile) -> None:
        """A source ended."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What is measured, and how.

    Attributes:
        measures: names; all if empty.
        size: texts that are measured at most; None for all.
        seed: of the sample.
        n_jobs: processes for the measures of single texts.
        folder: where values and embeddings are kept; the cache folder if None.
    """

    measures: tuple[str, ...] = ()
    size: int | None = SAMPLE
    seed: int = 0
    n_jobs: int = 1
    folder: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what is not known.

        Raises:
            ComplexityError: an unknown measure.
        """
        for name in self.measures:
            if name not in NAMES:
                raise ComplexityError(f"unknown measure {name!r}{did_you_mean(name, NAMES)}")


@dataclass(frozen=True, slots=True)
class Profile:
    """The measures of one source.

    Attributes:
        source: what was measured.
        n_measured: texts in the sample.
        measures: a summary a measure, in a fixed order.
        centre: mean of the embeddings at length one, ``(d,)``; None if nothing was embedded.
    """

    source: Source
    n_measured: int
    measures: Mapping[str, Summary]
    centre: np.ndarray | None = None

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON: what it is, and the measures by name."""
        task = self.source.task
        return {
            "name": self.source.name,
            "task_type": task.task_type if task else "",
            "domain": task.domain if task else "unknown",
            "language": self.source.language,
            "n_texts": len(self.source.texts),
            "n_measured": self.n_measured,
            "measures": {name: told(summary) for name, summary in self.measures.items()},
        }


def told(summary: Summary) -> dict[str, object]:
    """A summary as plain values, with the most frequent reason where it has no mean."""
    plain = summary.to_dict()
    reasons = plain.pop("reasons")
    return plain | {"reason": max(reasons, key=reasons.get) if summary.mean != summary.mean and reasons else ""}


def profile_sources(
    sources: Sequence[Source], settings: Settings | None = None, listener: Listener | None = None
) -> Iterator[Profile]:
    """Profile one source after the other; what was measured before, of any source, is not measured again.

    Raises:
        ComplexityError: an unknown measure, or a sample below one text.
        MissingExtraError: the extra for measuring texts is not installed.
        RunError: the folder of kept values cannot be used.
    """
    settings = settings or Settings()
    samples = [sample(source.texts, settings.size, seed=settings.seed) for source in sources]
    if listener is not None:
        listener.start(len(sources), sum(sum(map(len, part)) for one in samples for part in _parts(one, settings)))
    for source, texts in zip(sources, samples, strict=True):
        if listener is not None:
            listener.begin(source.name)
        found = _profile(source, texts, settings, listener)
        if listener is not None:
            listener.end(found)
        yield found


def _parts(texts: Sequence[str], settings: Settings) -> list[Sequence[str]]:
    """The texts that are measured one by one, and those that are embedded."""
    single, dispersed = _names(settings)[0], set(_names(settings)[1]) & set(whole.DISPERSION)
    cut = [text[: whole.LONGEST] for text in texts[: whole.EMBEDDED]]
    return [texts if single else [], cut if dispersed else []]


def _names(settings: Settings) -> tuple[list[str], list[str]]:
    wanted = set(settings.measures or NAMES)
    return [n for n in texts_profile.MEASURES if n in wanted], [n for n in whole.MEASURES if n in wanted]


def _profile(source: Source, texts: Sequence[str], settings: Settings, listener: Listener | None) -> Profile:
    of_texts, of_wholes = _names(settings)
    kept = settings.folder or cache_folder()
    found = {}
    if of_texts:
        found |= texts_profile.profile(
            texts,
            language=source.language,
            measures=of_texts,
            n_jobs=settings.n_jobs,
            folder=kept / "complexity",
            progress=_in_characters(texts, listener),
        )
    vectors: np.ndarray | Undefined = Undefined("nothing was embedded")
    if set(of_wholes) & set(whole.DISPERSION):
        report = listener.advance if listener is not None else lambda characters, encoded: None
        vectors = whole.embedded(texts[: whole.EMBEDDED], source.language, cache_folder=kept, report=report)
    found |= whole.whole_measures(source, texts, vectors, of_wholes)
    ordered = {name: found[name] for name in NAMES if name in found}
    return Profile(source, len(texts), ordered, None if isinstance(vectors, Undefined) else _centre(vectors))


def _in_characters(texts: Sequence[str], listener: Listener | None) -> texts_profile.Progress:
    """Progress told in texts, in their order, as progress in characters."""
    place = 0

    def progress(n_texts: int, was_kept: bool) -> None:
        nonlocal place
        if listener is not None:
            listener.advance(sum(map(len, texts[place : place + n_texts])), not was_kept)
        place += n_texts

    return progress


def _centre(vectors: np.ndarray) -> np.ndarray:
    rows = vectors.astype(np.float64)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0).mean(axis=0)
