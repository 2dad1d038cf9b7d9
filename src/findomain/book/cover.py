"""The figure of the landing page and the README: taken from an executed chapter, so that it cannot grow old."""

from __future__ import annotations

import base64
from pathlib import Path

from findomain.errors import NotebookError

CHAPTER, FIGURE, FILE = "ledger", "fig-answer", "answer.png"


def write_cover(executed: Path, book: Path) -> None:
    """Write the cell output that is captioned ``fig-answer`` to ``book/answer.png``; leave it alone if it is the same.

    Raises:
        NotebookError: the chapter has no such figure.
    """
    import nbformat

    notebook = nbformat.read(executed / f"{CHAPTER}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == FIGURE:
            picture = next((out.data["image/png"] for out in cell.outputs if "image/png" in out.get("data", {})), None)
            if picture is not None:
                _replace(book / FILE, base64.b64decode(picture))
                return
    raise NotebookError(f"{CHAPTER}.ipynb: no figure {FIGURE} for the landing page")


def _replace(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    aside = path.with_suffix(".new")
    aside.write_bytes(content)
    aside.replace(path)
