"""A tiny checkout: two chapters, one page of prose, the real configuration."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from findomain import paths
from findomain.book import Edition, default_edition

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
TOC = """format: jb-book
root: book/index
parts:
  - caption: The study
    chapters:
      - file: book/executed/01_one
      - file: book/executed/02_two
"""
Write = Callable[..., Path]


def notebook(last: str) -> nbformat.NotebookNode:
    """A template with parameters, a table, a glued number and one cell to play with."""
    cells = [
        v4.new_markdown_cell("# A chapter\n\nThe mean is {glue:text}`tiny.mean:.2f`."),
        v4.new_code_cell("SEED: int = 1\nRESAMPLES = 9", metadata={"tags": ["parameters", "remove-cell"]}),
        v4.new_code_cell(
            "import numpy as np\nimport pandas as pd\nfrom myst_nb import glue\n"
            "from findomain.report.tables import searchable",
            metadata={"tags": ["remove-cell"]},
        ),
        v4.new_code_cell(
            "frame = pd.DataFrame({'x': np.random.default_rng(SEED).random(RESAMPLES).round(3)})\n"
            "searchable(frame, 'tbl-tiny')",
            metadata={"tags": ["hide-input", "nbval-check-output"]},
        ),
        v4.new_code_cell("glue('tiny.mean', float(frame.x.mean()), display=False)", metadata={"tags": ["remove-cell"]}),
        v4.new_code_cell(last),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return v4.new_notebook(cells=cells, metadata=METADATA)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a template into the tiny checkout."""

    def _write(name: str, last: str = "frame.shape") -> Path:
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook(last), path)
        return path

    return _write


@pytest.fixture
def tiny(tmp_path: Path, write: Write) -> Edition:
    """The committed edition of the tiny checkout."""
    write("01_one")
    write("02_two")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "figures.csv").write_text("a\n1\n", encoding="utf-8")
    shutil.copytree(paths.ROOT / "book" / "_static", tmp_path / "book" / "_static")
    shutil.copy(paths.ROOT / "book" / "references.bib", tmp_path / "book")
    shutil.copy(paths.ROOT / "_config.yml", tmp_path)
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    landing = "# Tiny\n\n{glue:text}`executed/01_one.ipynb::tiny.mean:.2f`\n\n$$ y = \\frac{1}{n} $$ (eq-y)\n"
    (tmp_path / "book" / "index.md").write_text(landing, encoding="utf-8")
    return default_edition(tmp_path)
