"""The whole book: run the templates that changed, several at a time, then build the pages."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from findomain.book.cover import CHAPTER, write_cover
from findomain.book.edition import Edition, custom_edition, default_edition, facts, select
from findomain.book.execute import execute
from findomain.book.pages import build_pages
from findomain.book.parameters import distribute
from findomain.book.stamps import fingerprint, is_current, read_stamp, write_stamp

WORKERS = 2
Say = Callable[[str], None]


def make_book(
    parameters: Mapping[str, object] | None = None,
    *,
    only: str | None = None,
    pages: bool = True,
    edition: Edition | None = None,
    say: Say = lambda line: None,
) -> Path:
    """Bring the book up to date and return its first page, or without ``pages`` the executed notebooks' folder.

    With parameters only the chapters that have one of them are run, into the custom edition; the others are
    taken as committed. Without, every chapter that changed is run into the committed edition.

    Raises:
        NotebookError: an unknown chapter or parameter, a cell that fails, pages that do not build.
    """
    edition = edition or (custom_edition() if parameters else default_edition())
    given = distribute(select(edition, only), parameters or {})
    if parameters:
        given = {name: chosen for name, chosen in given.items() if chosen}
    run_changed(edition, given, say)
    if edition.is_default and CHAPTER in given:
        write_cover(edition.executed, edition.root / "book")
    return build_pages(edition, given, say) if pages else edition.executed


def run_changed(edition: Edition, given: Mapping[str, Mapping[str, object]], say: Say) -> None:
    """Run the templates whose stamp is not current."""
    keys = {name: fingerprint(edition, name, chosen) for name, chosen in given.items()}
    todo = {name: _seconds(edition, name) for name in given if not is_current(edition, name, keys[name])}
    say(f"{len(todo)} of {len(given)} notebooks to run" + (_to_go(todo) if todo else ": nothing changed"))
    if todo:
        _warm_fonts()
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = {}
        for name in sorted(todo, key=lambda name: -todo[name]):
            target = edition.executed / f"{name}.ipynb"
            work = edition.build / ".work"
            job = pool.submit(execute, edition.templates[name], target, given[name], root=edition.root, work=work)
            jobs[job] = name
        _collect(edition, jobs, keys, todo, say)


def _collect(edition: Edition, jobs: dict[Future, str], keys: dict[str, str], todo: dict[str, float], say: Say) -> None:
    """Stamp what succeeds; one notebook that fails does not stop the others, and is raised at the end."""
    waiting, failed = dict(todo), []
    for count, job in enumerate(as_completed(jobs), start=1):
        name = jobs[job]
        del waiting[name]
        to_go = _to_go(waiting) if waiting else ""
        if error := job.exception():
            failed.append(error)
            say(f"[{count}/{len(jobs)}] {name} failed{to_go}")
            continue
        write_stamp(edition, name, keys[name], job.result())
        say(f"[{count}/{len(jobs)}] {name} {job.result():.0f} s{to_go}")
    if failed:
        raise failed[0]


def _seconds(edition: Edition, name: str) -> float:
    return float(read_stamp(edition, name).get("seconds") or facts(edition.root, name).seconds)


def _to_go(waiting: Mapping[str, float]) -> str:
    return f", about {max(sum(waiting.values()) / WORKERS, *waiting.values(), 0.0):.0f} s to go"


def _warm_fonts() -> None:
    """Build the font cache here: the first process to need it would write a line into its notebook."""
    try:
        import matplotlib.font_manager  # noqa: F401
    except ImportError:
        return
