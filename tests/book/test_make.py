"""The whole book: only what changed is run again, own parameters stay apart, warnings are errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from findomain import paths
from findomain.book import Edition, custom_edition, make_book, quick_parameters
from findomain.book.stamps import source_closure
from findomain.errors import NotebookError


def lines(edition: Edition, **options: object) -> list[str]:
    """Make the book and return what was said."""
    said: list[str] = []
    make_book(options.pop("parameters", None), edition=edition, say=said.append, **options)
    return said


def count(said: list[str]) -> int:
    """How many notebooks were to run."""
    return int(said[0].split()[0])


def test_only_what_changed_is_run_again(tiny: Edition, write: object) -> None:
    assert count(lines(tiny, pages=False)) == 2
    assert lines(tiny, pages=False) == ["0 of 2 notebooks to run: nothing changed"]
    write("02_two", last="frame.size")
    assert count(lines(tiny, pages=False)) == 1
    edited = tiny.executed / "01_one.ipynb"
    edited.write_text(edited.read_text(encoding="utf-8").replace("0.", "1."), encoding="utf-8")
    assert count(lines(tiny, pages=False)) == 1
    (tiny.root / "data" / "figures.csv").write_text("a\n2\n", encoding="utf-8")
    assert count(lines(tiny, pages=False)) == 2
    facts = '[notebook.01_one]\ninputs = ["data/other/**"]\n[notebook.02_two]\ninputs = ["data/figures.csv"]\n'
    (tiny.root / "data" / "notebooks.toml").write_text(facts, encoding="utf-8")
    lines(tiny, pages=False)
    (tiny.root / "data" / "figures.csv").write_text("a\n3\n", encoding="utf-8")
    assert count(lines(tiny, pages=False)) == 1


def test_one_failure_leaves_the_other_chapters_done(tiny: Edition, write: object) -> None:
    write("01_one", last="1 / 0")
    with pytest.raises(NotebookError, match=r"01_one.ipynb: cell \[5\] failed: ZeroDivisionError"):
        lines(tiny)
    assert not (tiny.executed / "01_one.ipynb").exists()
    assert (tiny.executed / "02_two.ipynb").is_file()
    write("01_one")
    assert count(lines(tiny, pages=False)) == 1


def test_pages_are_built_once_and_stay_local(tiny: Edition) -> None:
    assert lines(tiny)[-1] == "building the pages"
    assert lines(tiny)[-1] == "pages: nothing changed"
    page = (tiny.html / "book" / "index.html").read_text(encoding="utf-8")
    assert "<math" in page
    assert 'class="eqno">(1)' in page
    assert "unpkg" not in page
    script = (tiny.html / "_static" / "datatables.js").read_text(encoding="utf-8")
    assert "window.findomainTables" in script
    assert not re.search(r"^export\b", script, re.MULTILINE)


def test_warning_is_an_error_each_time(tiny: Edition) -> None:
    landing = tiny.root / "book" / "index.md"
    landing.write_text("# T\n\n{glue:text}`executed/01_one.ipynb::no_such_key:.2f`\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(NotebookError, match=r"do not build: .*no_such_key"):
            lines(tiny)


def test_own_parameters_go_to_their_own_edition(tiny: Edition) -> None:
    lines(tiny)
    evidence = {path: path.read_bytes() for path in tiny.executed.iterdir()}
    custom = custom_edition(tiny.root)
    lines(custom, parameters={"SEED": 7}, only="02")
    assert [path.name for path in custom.executed.iterdir()] == ["02_two.ipynb"]
    assert (custom.html / "book" / "executed" / "01_one.html").is_file()
    assert {path: path.read_bytes() for path in tiny.executed.iterdir()} == evidence
    assert (custom.executed / "02_two.ipynb").read_bytes() != evidence[tiny.executed / "02_two.ipynb"]


def test_stamp_follows_imports(tmp_path: Path) -> None:
    names = {
        path.relative_to(paths.ROOT / "src").as_posix() for path in source_closure("from findomain.stats import gap")
    }
    assert {"findomain/__init__.py", "findomain/stats/__init__.py", "findomain/stats/gap.py"} <= names
    assert "findomain/stats/table.py" in names, "what an imported module imports"
    assert "findomain/cli.py" not in names


def test_small_book_of_the_real_templates(tmp_path: Path) -> None:
    committed = {path: path.read_bytes() for path in (paths.ROOT / "book" / "executed").iterdir()}
    edition = Edition(paths.ROOT, tmp_path / "executed", tmp_path / "build")
    first = make_book(quick_parameters(), edition=edition)
    assert first == tmp_path / "build" / "html" / "index.html"
    assert first.is_file()
    assert list(edition.executed.iterdir())
    assert {path: path.read_bytes() for path in committed} == committed
