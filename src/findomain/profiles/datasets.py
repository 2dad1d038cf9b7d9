"""Make the shipped tables from a folder of datasets: profiles, families of datasets that share texts, cosines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from findomain.complexity import profile as texts_profile
from findomain.complexity.dispersion import cosine_between
from findomain.errors import ComplexityError
from findomain.profiles import whole
from findomain.profiles.profile import Listener, Profile, Settings, profile_sources, told
from findomain.profiles.source import Source, task_source
from findomain.tasks import content_hash, folder_task

# Of the texts of the smaller of two datasets so many are in the larger: both count as one observation.
SHARED = 0.5
ABOUT = ("task_type", "domain", "language")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of some datasets; see ``shipped`` for their columns.

    Attributes:
        measures, datasets: a row a dataset and measure, and a row a dataset.
        cosines: by language, between the mean embeddings of its datasets.
    """

    measures: pd.DataFrame
    datasets: pd.DataFrame
    cosines: Mapping[str, pd.DataFrame]


def dataset_source(folder: Path) -> tuple[Source, dict[str, str]]:
    """A dataset with what its ``SOURCE.json`` says of it.

    Raises:
        ComplexityError: there is no such file, or it is malformed.
        TaskError: the data cannot be used.
    """
    path = folder / "SOURCE.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        task = folder_task(folder, task_type=facts["task_type"])
        task = replace(task, name=facts["name"], domain=facts["domain"], language=facts["language"])
    except (OSError, ValueError, KeyError) as error:
        raise ComplexityError(f"{path}: cannot be used ({type(error).__name__}: {error})") from error
    return task_source(task), facts


def dataset_tables(
    folders: Iterable[Path], settings: Settings | None = None, listener: Listener | None = None
) -> Tables:
    """Profile datasets and put their figures into tables; see ``profile_sources`` and ``dataset_source``."""
    known = [dataset_source(folder) for folder in folders]
    sources = [source for source, _ in known]
    profiles = list(profile_sources(sources, settings, listener))
    return Tables(
        measures=pd.DataFrame([row for profile in profiles for row in measure_rows(profile)]),
        datasets=_datasets(profiles, [facts for _, facts in known]),
        cosines={language: _cosines(profiles, language) for language in sorted({s.language for s in sources})},
    )


def measure_rows(profile: Profile) -> list[dict[str, object]]:
    """A row a measure, with how it was measured."""
    plain = profile.to_dict()
    about = {"task": plain["name"]} | {name: plain[name] for name in ABOUT}
    return [
        about | {"measure": name} | told(summary) | {"how": how(name, profile)}
        for name, summary in profile.measures.items()
    ]


def how(name: str, profile: Profile) -> str:
    """How a measure was taken, in short."""
    sampled = f"{profile.n_measured} of {len(profile.source.texts)} texts"
    if name in whole.DISPERSION:
        return f"{min(whole.EMBEDDED, profile.n_measured)} texts by {whole.ENCODERS[profile.source.language]}"
    if name == "pooled_entropy":
        return f"{whole.DRAWN_WORDS} words of {sampled}"
    if name in whole.LEXICONS:
        return f"lexicon {whole.LEXICONS[name]}, {sampled}"
    return sampled if name in texts_profile.MEASURES or name == "keyness_density" else "all judged items"


def families(sources: Sequence[Source]) -> dict[str, str]:
    """For each source the first one by name that it shares texts with, directly or by way of others, or itself."""
    texts = {source.name: set(source.texts) for source in sorted(sources, key=lambda source: source.name)}
    first: dict[str, str] = {}
    for name, own in texts.items():
        shared = {first[other] for other in first if _share(own, texts[other]) >= SHARED}
        head = min(shared, default=name)
        first = {other: head if known in shared else known for other, known in first.items()} | {name: head}
    return first


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _datasets(profiles: Sequence[Profile], facts: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    family = families([profile.source for profile in profiles])
    rows = []
    for profile, told_of in zip(profiles, facts, strict=True):
        plain = profile.to_dict()
        rows.append(
            {"dataset": plain["name"]}
            | {name: plain[name] for name in (*ABOUT, "n_texts", "n_measured")}
            | {"family": family[profile.source.name], "content": content_hash(profile.source.data)}
            | {name: told_of.get(name, "") for name in ("source_repository", "source_commit", "license_stated")}
        )
    return pd.DataFrame(rows)


def _cosines(profiles: Sequence[Profile], language: str) -> pd.DataFrame:
    known = [p for p in profiles if p.source.language == language and p.centre is not None]
    return cosine_between({p.source.name: p.centre[None] for p in known}).rename_axis("dataset")
