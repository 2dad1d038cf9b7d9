"""The landing figure is the one of the executed chapter, and is written only when it changed."""

import base64
from pathlib import Path

import nbformat
import pytest

from findomain import paths
from findomain.book.cover import CHAPTER, FILE, write_cover
from findomain.errors import NotebookError


def test_the_committed_figure_is_that_of_the_executed_chapter(tmp_path: Path) -> None:
    write_cover(paths.ROOT / "book" / "executed", tmp_path)
    assert (tmp_path / FILE).read_bytes() == (paths.ROOT / "book" / FILE).read_bytes()
    before = (tmp_path / FILE).stat().st_mtime_ns
    write_cover(paths.ROOT / "book" / "executed", tmp_path)
    assert (tmp_path / FILE).stat().st_mtime_ns == before


def test_a_changed_figure_replaces_the_old_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("", metadata={"mystnb": {"figure": {"name": "fig-answer"}}})
    data = {"image/png": base64.b64encode(b"new").decode()}
    cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{CHAPTER}.ipynb")
    (tmp_path / FILE).write_bytes(b"old")
    write_cover(tmp_path, tmp_path)
    assert (tmp_path / FILE).read_bytes() == b"new"
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / f"{CHAPTER}.ipynb")
    with pytest.raises(NotebookError, match="no figure fig-answer"):
        write_cover(tmp_path, tmp_path)
    assert (tmp_path / FILE).read_bytes() == b"new"
