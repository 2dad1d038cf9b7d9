"""One template executed by papermill and stored in a form in which a diff means a changed result."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from findomain import paths
from findomain.book.parameters import check_parameters
from findomain.errors import NotebookError

if TYPE_CHECKING:
    from nbformat import NotebookNode

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def execute(
    template: Path, output: Path, parameters: Mapping[str, object], *, root: Path = paths.ROOT, work: Path
) -> float:
    """Run one template and return the seconds it took; ``output`` changes only when the run succeeds.

    The unfinished notebook stays in ``work`` when a cell fails, to be looked at.

    Raises:
        NotebookError: an unknown parameter, or a cell that failed: template, cell and error in one line.
    """
    check_parameters(template, parameters)
    unfinished = work / template.name
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with _environment(**ONE_THREAD, FINDOMAIN_ROOT=str(root)):
        _run(template, unfinished, parameters, root)
    _store(_normalised(unfinished, template, parameters), unfinished)
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished.replace(output)
    return time.perf_counter() - start


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Set variables for the kernel, which inherits those of this process, and put the old ones back."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run(template: Path, output: Path, parameters: Mapping[str, object], root: Path) -> None:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        papermill.execute_notebook(
            str(template),
            str(output),
            parameters=dict(parameters),
            cwd=str(root),
            progress_bar=False,
            extra_arguments=["--log-level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        reason = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
        raise NotebookError(f"{template.name}: cell [{error.exec_count}] failed: {reason} (kept: {output})") from error
    except (CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(f"{template.name}: the kernel stopped: {str(error).splitlines()[0]}") from error


def _normalised(path: Path, template: Path, parameters: Mapping[str, object]) -> NotebookNode:
    """The notebook without timings, random ids and the versions of this machine."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for timing in ("papermill", "execution"):
            cell.metadata.pop(timing, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.metadata["tags"] = ["injected-parameters", "remove-cell"]
            cell["id"] = "injected-parameters"
    declared = nbformat.read(template, as_version=4).metadata
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": declared.get("kernelspec", {}),
            "language_info": declared.get("language_info", {}),
            "papermill": {"parameters": dict(parameters)},
        }
    )
    return notebook


def _store(notebook: NotebookNode, path: Path) -> None:
    import nbformat

    nbformat.validate(notebook)
    nbformat.write(notebook, path)
