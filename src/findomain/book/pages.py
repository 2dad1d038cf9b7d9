"""The pages: jupyter-book over the prose and the executed notebooks, without a network, warnings are errors."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from findomain.book.cover import CHAPTER, write_cover
from findomain.book.edition import Edition
from findomain.book.stamps import pages_fingerprint, read_stamp, write_pages_stamp
from findomain.errors import MissingExtraError, NotebookError

OPTIONS = ("--all", "-n", "-W", "--keep-going", "-q")


def build_pages(
    edition: Edition, executed: Collection[str] = (), say: Callable[[str], None] = lambda line: None
) -> Path:
    """Build the pages unless they are current, and return the first one.

    All pages are read again: numbers glued from another page would otherwise stay old, and the warnings of an
    unchanged page would not be seen.

    Raises:
        NotebookError: jupyter-book found something wrong; its first complaints are in the message.
    """
    key = pages_fingerprint(edition)
    first = edition.html / "index.html"
    if read_stamp(edition, "html").get("key") == key and first.is_file():
        say("pages: nothing changed")
        return first
    source = edition.root if edition.is_default else _stage(edition, executed)
    say("building the pages")
    _jupyter_book(source)
    if not edition.is_default:
        shutil.rmtree(edition.html, ignore_errors=True)
        (source / "_build" / "html").rename(edition.html)
    write_pages_stamp(edition, key)
    return first


def _stage(edition: Edition, executed: Collection[str]) -> Path:
    """Lay a copy of the book's sources with this edition's notebooks in place of the committed ones."""
    source = edition.build / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(edition.root / "book", source / "book")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(edition.root / name, source / name)
    target = source / "book" / "executed"
    target.mkdir(exist_ok=True)
    for name in executed:
        shutil.copy(edition.executed / f"{name}.ipynb", target / f"{name}.ipynb")
    if CHAPTER in executed:
        write_cover(target, source / "book")
    return source


def _jupyter_book(source: Path) -> None:
    program = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "build", str(source), *OPTIONS],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "SPHINX_NO_COLOR": "1", "NO_COLOR": "1"},
        check=False,
    )
    if "No module named 'jupyter_book'" in done.stderr:
        raise MissingExtraError("the book needs jupyter-book: pip install findomain[book]")
    if done.returncode:
        complaints = [line for line in done.stderr.splitlines() if "WARNING" in line or "rror" in line]
        shown = "; ".join((complaints or done.stderr.splitlines() or ["no message"])[:5])
        raise NotebookError(f"the pages do not build: {shown}")
