"""The program, and what all its commands share: options, the tasks that are named, how a result is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from findomain import __version__

if TYPE_CHECKING:
    from findomain.tasks import Task

app = typer.Typer(
    name="findomain",
    help="Do we need domain-specific embedding models? Estimates of the domain gap, and the book that shows how.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"findomain {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
) -> None:
    """Options of every command; ``main`` reads ``--debug``."""


def chosen_tasks(suites: list[str], names: list[str], folders: list[Path], kind: str | None) -> list[Task]:
    """The tasks that the options name, each once.

    Raises:
        FindomainError: one does not exist.
    """
    from findomain.tasks import folder_task, get_suite, get_task, mteb_task

    chosen = [folder_task(folder, task_type=kind) for folder in folders]
    for name in names:
        chosen.append(mteb_task(name.removeprefix("mteb:")) if name.startswith("mteb:") else get_task(name))
    for suite in suites:
        chosen += [task for task in get_suite(suite) if not task.same_as]
    return list({(task.source, task.path, task.name): task for task in chosen}.values())


def show_rows(
    name: str, rows: list[dict[str, object]], columns: tuple[str, ...], as_json: bool, **more: object
) -> None:
    """Print rows as a table, or as one JSON object; numbers that are not finite are null."""
    from findomain.report.measured import text_table

    if not as_json:
        typer.echo(text_table(rows, columns))
        return
    plain = [{key: None if value != value else value for key, value in row.items()} for row in rows]
    print_json({name: plain, **more})


def print_json(plain: object) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(plain, ensure_ascii=False))


def show(result: object, as_json: bool) -> None:
    """Print a result: its own line, or one JSON object."""
    if not as_json:
        typer.echo(str(result))
        return
    if hasattr(result, "to_dict"):
        plain = result.to_dict()
    else:
        plain = {"rows": json.loads(result.to_frame().to_json(orient="records"))}
    print_json(plain)
