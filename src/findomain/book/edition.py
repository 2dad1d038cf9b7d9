"""An edition of the book: which templates it reads and where it keeps what it makes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from findomain import paths
from findomain.errors import NotebookError

INPUTS = ("data/**",)
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Edition:
    """Where one edition reads and writes.

    Attributes:
        root: the checkout: templates, prose, configuration, data.
        executed: folder of the executed notebooks.
        build: folder of pages, stamps and unfinished work.
    """

    root: Path
    executed: Path
    build: Path

    @property
    def is_default(self) -> bool:
        """Whether this is the committed edition, built straight from the checkout."""
        return self.executed == self.root / "book" / "executed"

    @property
    def html(self) -> Path:
        """The built pages."""
        return self.build / "html"

    @property
    def stamps(self) -> Path:
        """What was run when, outside of git."""
        return self.build / ".stamps"

    @property
    def templates(self) -> dict[str, Path]:
        """Every template by name, in the order of the files."""
        return {path.stem: path for path in sorted((self.root / "notebooks").glob("*.ipynb"))}


@dataclass(frozen=True, slots=True)
class Facts:
    """What ``data/notebooks.toml`` says of one template.

    Attributes:
        inputs: the data files it reads, as patterns below the checkout.
        seconds: about how long it takes; orders the work and feeds the time to go.
    """

    inputs: tuple[str, ...] = INPUTS
    seconds: float = SECONDS


def default_edition(root: Path = paths.ROOT) -> Edition:
    """The committed edition: default parameters, evidence in ``book/executed``."""
    return Edition(root, root / "book" / "executed", root / "_build")


def custom_edition(root: Path = paths.ROOT) -> Edition:
    """The edition with a reader's own parameters, kept away from the committed evidence."""
    return Edition(root, root / "_build" / "custom" / "executed", root / "_build" / "custom")


def facts(root: Path, name: str) -> Facts:
    """What is known of a template; the defaults where nothing is said."""
    row = _table(root).get("notebook", {}).get(name, {})
    return Facts(tuple(row.get("inputs", INPUTS)), float(row.get("seconds", SECONDS)))


def quick_parameters(root: Path = paths.ROOT) -> Mapping[str, object]:
    """The parameters of a small, fast book, for tests."""
    return _table(root).get("quick", {})


def _table(root: Path) -> dict:
    path = root / "data" / "notebooks.toml"
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise NotebookError(f"{path}: {error}") from error


def select(edition: Edition, only: str | None) -> dict[str, Path]:
    """The templates to run: all, or those whose name is, starts with or contains ``only``.

    Raises:
        NotebookError: there are no templates, or none fits.
    """
    templates = edition.templates
    if not templates:
        raise NotebookError(f"{edition.root / 'notebooks'}: no templates there; set FINDOMAIN_ROOT to a checkout")
    if only is None:
        return templates
    wanted = only.removesuffix(".ipynb")
    wanted = wanted.zfill(2) if wanted.isdecimal() else wanted
    chosen = {name: path for name, path in templates.items() if wanted in (name, name.partition("_")[0])}
    chosen = chosen or {name: path for name, path in templates.items() if wanted and wanted in name}
    if not chosen:
        raise NotebookError(f"no chapter {only!r}; there are: {', '.join(templates)}")
    return chosen
