"""One notebook: deterministic, quiet, replaced only when it succeeds; and nbval sees an altered number."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from findomain import paths
from findomain.book import Edition, execute
from findomain.errors import NotebookError


def run(edition: Edition, name: str = "01_one", **parameters: object) -> Path:
    output = edition.executed / f"{name}.ipynb"
    execute(edition.templates[name], output, parameters, root=edition.root, work=edition.build / ".work")
    return output


def test_two_runs_are_the_same_to_the_byte(tiny: Edition) -> None:
    first = run(tiny, SEED=2).read_bytes()
    second = run(tiny, SEED=2)
    assert second.read_bytes() == first
    notebook = nbformat.read(second, as_version=4)
    injected = [cell for cell in notebook.cells if cell.id == "injected-parameters"]
    assert [cell.metadata["tags"] for cell in injected] == [["injected-parameters", "remove-cell"]]
    assert [key for cell in notebook.cells for key in cell.metadata if key in ("papermill", "execution")] == []
    assert notebook.metadata["papermill"] == {"parameters": {"SEED": 2}}
    assert notebook.metadata["language_info"] == {"name": "python"}


def test_failing_cell_is_one_line_and_changes_nothing(tiny: Edition, write: object) -> None:
    before = run(tiny).read_bytes()
    write("01_one", last="raise ValueError('first line\\nsecond line')")
    with pytest.raises(NotebookError, match=r"01_one.ipynb: cell \[5\] failed: ValueError: first line") as caught:
        run(tiny)
    assert "\n" not in str(caught.value)
    assert (tiny.executed / "01_one.ipynb").read_bytes() == before
    assert (tiny.build / ".work" / "01_one.ipynb").is_file()


def test_stopped_kernel_is_one_line(tiny: Edition, write: object) -> None:
    write("01_one", last="import os; os._exit(3)")
    with pytest.raises(NotebookError, match=r"01_one.ipynb: the kernel stopped"):
        run(tiny)


def nbval(folder: Path) -> subprocess.CompletedProcess[str]:
    options = ["--nbval-lax", "--nbval-current-env", "--nbval-sanitize-with", str(paths.ROOT / "tests" / "nbval.cfg")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), *options]
    return subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False, cwd=folder)


def test_nbval_accepts_what_was_run_and_sees_an_altered_number(tiny: Edition) -> None:
    path = run(tiny)
    shutil.copy(paths.ROOT / "conftest.py", path.parent)
    assert nbval(path.parent).returncode == 0
    notebook = nbformat.read(path, as_version=4)
    output = next(cell for cell in notebook.cells if cell.id == "cell-3").outputs[0]
    output.data["text/plain"] = re.sub(
        r"\d$", lambda last: str((int(last.group()) + 1) % 10), output.data["text/plain"]
    )
    nbformat.write(notebook, path)
    altered = nbval(path.parent)
    assert altered.returncode == 1
    assert "text/plain" in altered.stdout
