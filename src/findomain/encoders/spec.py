"""The models that are known by name: ``data/encoders.toml``, and what each needs to run here."""

from __future__ import annotations

import importlib.util
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from findomain.errors import EncoderError
from findomain.network import offline
from findomain.paths import DATA, require
from findomain.registry import did_you_mean

KINDS = ("sentence-transformers", "static", "use", "bag-of-words", "tf-idf", "random", "bm25", "endpoint")


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """A row of the registry.

    Attributes:
        name: what users call it.
        kind: one of ``KINDS``: which class runs it.
        title: one line about it.
        package: the installed package that carries its files; empty for none.
        files: what it consists of, by part, relative to the package.
        sha256: hash of files that are checked before they are loaded, by relative path.
        hub: its path on the hub; empty for none.
        revision: the pinned commit there.
        max_length: tokens that are read of a text; 0 for what the model says itself.
        prompts: put before a text, by role; ``{instruction}`` stands for that of the task type.
        base_url, model, key_env: of an endpoint.
        custom_code: it runs only with code from the hub, so only with ``--trust-remote-code``.
        aliases: other names.
        note: what a user should know before running it.
    """

    name: str
    kind: str
    title: str = ""
    package: str = ""
    files: Mapping[str, str] = field(default_factory=dict, hash=False)
    sha256: Mapping[str, str] = field(default_factory=dict, hash=False)
    hub: str = ""
    revision: str = ""
    max_length: int = 0
    prompts: Mapping[str, str] = field(default_factory=dict, hash=False)
    base_url: str = ""
    model: str = ""
    key_env: str = ""
    custom_code: bool = False
    aliases: tuple[str, ...] = ()
    note: str = ""

    def folder(self) -> Path | None:
        """Where the package that carries the model lies, without importing it; None if it is not installed."""
        found = importlib.util.find_spec(self.package) if self.package else None
        return Path(found.origin).parent if found is not None and found.origin else None

    def readiness(self) -> tuple[bool, str]:
        """Can it run here and now, and what it needs."""
        if self.kind in ("bag-of-words", "tf-idf", "random"):
            return True, "ready"
        if self.kind == "bm25":
            there = importlib.util.find_spec("bm25s") is not None
            return there, "ready" if there else "pip install 'findomain[models]'"
        if self.kind == "endpoint":
            there = bool(os.environ.get(self.key_env))
            return there, f"endpoint, {self.key_env} is {'set' if there else 'not set'}"
        if self.package:
            there = self.folder() is not None
            return there, "ready" if there else "pip install 'findomain[models]'"
        return self._hub_readiness()

    def _hub_readiness(self) -> tuple[bool, str]:
        if self.note.startswith("not runnable"):
            return False, self.note
        if cached_folder(self.hub, self.revision) is not None:
            return True, "ready, in the hub's cache"
        return not offline(), "hub, offline" if offline() else "hub, will be downloaded"


def cached_folder(hub: str, revision: str) -> Path | None:
    """The snapshot of a model in the hub's cache on disk, read without its library; None if there is none."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    root = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    folder = root / f"models--{hub.replace('/', '--')}" / "snapshots" / (revision or "none")
    return folder if (folder / "config.json").exists() or (folder / "modules.json").exists() else None


@cache
def encoder_specs() -> Mapping[str, EncoderSpec]:
    """Every known model by name, in the order of the file."""
    told = tomllib.loads(require(DATA / "encoders.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: _spec(name, row) for name, row in told["encoders"].items()})


def _spec(name: str, row: dict[str, object]) -> EncoderSpec:
    return EncoderSpec(name=name, **{**row, "aliases": tuple(row.get("aliases", ()))})


@cache
def instructions() -> Mapping[str, str]:
    """What an instructed model is told, by task type."""
    told = tomllib.loads(require(DATA / "encoders.toml").read_text(encoding="utf-8"))
    return MappingProxyType(told["instructions"])


def get_spec(name: str) -> EncoderSpec:
    """A known model by name, alias or hub path.

    Raises:
        EncoderError: no model has that name; the message names the nearest.
    """
    for spec in encoder_specs().values():
        if name in (spec.name, spec.hub, *spec.aliases):
            return spec
    raise EncoderError(f"unknown model {name!r}{did_you_mean(name, encoder_specs())}; see findomain models")
