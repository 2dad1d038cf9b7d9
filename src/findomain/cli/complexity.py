"""The command that says how complex texts are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from findomain.cli.app import AsJson, app, chosen_tasks, print_json
from findomain.errors import FindomainError

if TYPE_CHECKING:
    from findomain.profiles import Source
    from findomain.tasks import Task


@app.command(
    epilog="Examples: findomain complexity texts.txt   or   findomain complexity -t FOMCClassification --measure mtld"
    "   or   findomain complexity --data my_folder notes.jsonl --json"
)
def complexity(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help=".txt (a text a line); .jsonl, .csv, .parquet (column text); a folder.", metavar="FILE..."),
    ] = None,
    suite: Annotated[list[str] | None, typer.Option("-s", "--suite", help="All tasks of a suite.")] = None,
    task: Annotated[list[str] | None, typer.Option("-t", "--task", help="A known task, or mteb:NAME.")] = None,
    data: Annotated[list[Path] | None, typer.Option("--data", help="A folder with a task of your own.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Type of the task in --data.")] = None,
    measure: Annotated[list[str] | None, typer.Option("--measure", help="Only this measure.")] = None,
    language: Annotated[str | None, typer.Option(help="eng or zho, where it is not told or guessed wrongly.")] = None,
    sample: Annotated[int, typer.Option(help="Texts measured at most, drawn by their content.", min=1)] = 2000,
    everything: Annotated[bool, typer.Option("--all", help="Measure all texts.")] = False,
    jobs: Annotated[int, typer.Option(help="Processes.", min=1)] = 1,
    as_json: AsJson = False,
) -> None:
    """How complex texts are: of a task, a folder or plain files; what was measured before is not measured again."""
    from findomain.profiles import Settings, profile_sources
    from findomain.report.measured import profile_table
    from findomain.report.progress import ProfileMeter

    settings = Settings(tuple(measure or ()), None if everything else sample, n_jobs=jobs)
    folders = [path for path in files or [] if path.is_dir()]
    tasks = chosen_tasks(suite or [], task or [], [*(data or []), *folders], kind)
    sources = _sources([path for path in files or [] if path not in folders], tasks, language)
    try:
        with ProfileMeter() as meter:
            profiles = [found.to_dict() for found in profile_sources(sources, settings, meter)]
    except KeyboardInterrupt:
        typer.echo("findomain: interrupted; what is done is kept, run the same command to go on", err=True)
        raise typer.Exit(130) from None
    if as_json:
        print_json(profiles[0] if len(profiles) == 1 else {"profiles": profiles})
    else:
        typer.echo("\n\n".join(map(profile_table, profiles)))


def _sources(files: list[Path], tasks: list[Task], language: str | None) -> list[Source]:
    """Everything that is named, read before anything is measured.

    Raises:
        FindomainError: nothing is named, or something cannot be read.
    """
    from findomain.profiles import file_source, task_source

    if not files and not tasks:
        raise FindomainError("nothing to measure: name files, a suite (-s), a task (-t) or a folder (--data)")
    found = [task_source(task, language=language) for task in tasks]
    return found + [file_source(path, language=language) for path in files]
