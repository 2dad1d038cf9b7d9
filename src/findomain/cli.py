"""The command line: each command calls one function of the library and prints what it returns."""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from findomain import __version__
from findomain.errors import FindomainError

if TYPE_CHECKING:
    import pandas as pd

    from findomain.tasks import Task

app = typer.Typer(
    name="findomain",
    help="Do we need domain-specific embedding models? Estimates of the domain gap, and the book that shows how.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
published_app = typer.Typer(help="Refresh and check the shipped scores.", no_args_is_help=True)
app.add_typer(published_app, name="published")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Scores = Annotated[
    Path | None,
    typer.Argument(help="Table of scores: csv, parquet or jsonl.", metavar="SCORES", show_default="the shipped scores"),
]
Domain = Annotated[str, typer.Option(help="The domain to compare with all other tasks.")]


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


@app.command(epilog="Example: findomain book --only 06   or   findomain book -m bge-m3 -p SEED=1")
def book(
    model: Annotated[list[str] | None, typer.Option("-m", "--model", help="Only these models.")] = None,
    only: Annotated[str | None, typer.Option(help="Only this chapter, by number or name.")] = None,
    parameter: Annotated[list[str] | None, typer.Option("-p", metavar="KEY=VALUE", help="A parameter.")] = None,
    pages: Annotated[bool, typer.Option(help="Build the pages after the notebooks.")] = True,
) -> None:
    """Run the notebooks that changed and build the pages."""
    from findomain.book import make_book, parse_parameters

    parameters = parse_parameters(parameter or [], models=model or [])
    first = make_book(parameters, only=only, pages=pages, say=lambda line: typer.echo(line, err=True))
    typer.echo(first)


@app.command(epilog="Example: findomain gap scores.csv --by task_type --placebo 500")
def gap(
    scores: Scores = None,
    by: Annotated[str | None, typer.Option(help="Split the table by this column too, e.g. language.")] = None,
    domain: Domain = "finance",
    weighting: Annotated[str, typer.Option(help="types, datasets or paper.")] = "types",
    permutations: Annotated[int, typer.Option(help="Permutations of the domain label; 0 for none.", min=0)] = 2000,
    placebo: Annotated[int, typer.Option(help="Placebo domains to try.", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """The domain gap of any table of scores: estimate, standard error, interval, p, numbers of models and tasks."""
    from findomain.stats import gap_report

    options = {"by": by, "weighting": weighting, "permutations": permutations, "placebo": placebo}
    _show(gap_report(_table(scores), domain=domain, **options), as_json)


@app.command(epilog="Example: findomain ranks scores.csv --domain finance")
def ranks(
    scores: Scores = None,
    domain: Domain = "finance",
    resamples: Annotated[int, typer.Option(help="Draws of models and tasks for the intervals.", min=1)] = 500,
    as_json: AsJson = False,
) -> None:
    """Rank agreement between a domain and all other tasks: interval, reliability ceiling, power."""
    from findomain.stats import rank_report

    _show(rank_report(_table(scores), domain=domain, n_resamples=resamples), as_json)


@app.command(epilog="Example: findomain tasks --suite 'FinMTEB(eng)' --type Retrieval")
def tasks(
    suite: Annotated[str | None, typer.Option("--suite", "-s", help="Only the tasks of this suite.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Only this task type.")] = None,
    language: Annotated[str | None, typer.Option(help="Only this language: eng or zho.")] = None,
    as_json: AsJson = False,
) -> None:
    """What can be measured: known tasks, their type, domain, metric and pinned dataset."""
    from findomain.report.measured import task_rows
    from findomain.tasks import catalog, get_suite

    known = get_suite(suite) if suite else catalog().values()
    kept = [t for t in known if kind in (None, t.task_type) and language in (None, t.language)]
    if not kept:
        raise FindomainError(f"no task of type {kind or 'any'} and language {language or 'any'}")
    _show_rows("tasks", task_rows(kept), ("task", "task_type", "domain", "language", "metric", "path"), as_json)


@app.command(epilog="Example: findomain models")
def models(as_json: AsJson = False) -> None:
    """What can be run here, and what each model needs."""
    from findomain.encoders import encoder_specs
    from findomain.report.measured import model_rows

    _show_rows("models", model_rows(encoder_specs().values()), ("model", "runs", "needs", "title"), as_json)


@app.command(
    epilog="Examples: findomain run -m all-MiniLM-L6-v2 --data my_folder   or   "
    "findomain run -m bge-m3 -m bm25 -t FiQA2018Retrieval   or   findomain run -m https://host/v1#model -s SUITE"
)
def run(
    model: Annotated[
        list[str],
        typer.Option("-m", "--model", help="A known model, a folder, owner/model[@commit], https://host/v1#model."),
    ],
    suite: Annotated[list[str] | None, typer.Option("-s", "--suite", help="All tasks of a suite.")] = None,
    task: Annotated[list[str] | None, typer.Option("-t", "--task", help="A known task, or mteb:NAME.")] = None,
    data: Annotated[list[Path] | None, typer.Option("--data", help="A folder with a task of your own.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Type of the task in --data.")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of results.")] = Path("results"),
    jobs: Annotated[int, typer.Option(help="Processes.", min=1)] = 1,
    backend: Annotated[str, typer.Option(help="loky (this machine), dask or ray.")] = "loky",
    address: Annotated[str, typer.Option(help="Of the Dask scheduler or Ray cluster.")] = "",
    prompt: Annotated[list[str] | None, typer.Option(metavar="ROLE=TEXT", help="query, document or symmetric.")] = None,
    max_length: Annotated[
        int, typer.Option(help="Tokens read of a text; 0: the model's own; FinMTEB's code: 256 or 512.", min=0)
    ] = 0,
    batch_size: Annotated[int, typer.Option(help="Texts at once; 0: the default.", min=0)] = 0,
    revision: Annotated[str, typer.Option(help="Commit of the model on the hub.")] = "",
    device: Annotated[str | None, typer.Option(help="cpu, cuda, mps.")] = None,
    token_budget: Annotated[int | None, typer.Option(help="Tokens that an endpoint may cost.")] = None,
    trust_remote_code: Annotated[bool, typer.Option(help="Run code that comes with a model.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure models on tasks; results are kept, and what is there is not measured again."""
    from findomain.encoders import Options
    from findomain.report.measured import failure_rows, result_rows
    from findomain.report.progress import Meter
    from findomain.runner import Plan
    from findomain.runner import run as run_plan

    options = Options(
        prompts=_prompts(prompt or []),
        max_length=max_length,
        batch_size=batch_size,
        revision=revision,
        trust_remote_code=trust_remote_code,
        device=device,
        token_budget=token_budget,
    )
    chosen = _chosen_tasks(suite or [], task or [], data or [], kind)
    plan = Plan(model, chosen, options, out, n_jobs=jobs, backend=backend, address=address)
    try:
        with Meter() as meter:
            outcomes = run_plan(plan, meter)
    except KeyboardInterrupt:
        typer.echo("findomain: interrupted; what is done is kept, run the same command to go on", err=True)
        raise typer.Exit(130) from None
    rows, failures = result_rows(outcomes), failure_rows(outcomes)
    columns = ("model", "task", "metric", "main_score", "ci_low", "ci_high", "n_items", "path")
    if rows or as_json:
        _show_rows("results", rows, columns, as_json, **({"failed": failures} if failures else {}))
    if failures:
        typer.echo(f"findomain: {len(failures)} of {len(outcomes)} failed", err=True)
        raise typer.Exit(1)


def _chosen_tasks(suites: list[str], names: list[str], folders: list[Path], kind: str | None) -> list[Task]:
    """The tasks that the options name, each once.

    Raises:
        FindomainError: none is named, or one does not exist.
    """
    from findomain.tasks import folder_task, get_suite, get_task, mteb_task

    chosen = [folder_task(folder, task_type=kind) for folder in folders]
    for name in names:
        chosen.append(mteb_task(name.removeprefix("mteb:")) if name.startswith("mteb:") else get_task(name))
    for suite in suites:
        chosen += [task for task in get_suite(suite) if not task.same_as]
    if not chosen:
        raise FindomainError("nothing to run: name a suite (-s), a task (-t) or a folder (--data)")
    return list({(task.source, task.path, task.name): task for task in chosen}.values())


def _prompts(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        role, equals, text = pair.partition("=")
        if not equals:
            raise FindomainError(f"--prompt {pair!r}: expected ROLE=TEXT, for example query='search: '")
        found[role] = text
    return found


def _show_rows(
    name: str, rows: list[dict[str, object]], columns: tuple[str, ...], as_json: bool, **more: object
) -> None:
    """Print rows as a table, or as one JSON object; numbers that are not finite are null."""
    from findomain.report.measured import text_table

    if not as_json:
        typer.echo(text_table(rows, columns))
        return
    plain = [{key: None if value != value else value for key, value in row.items()} for row in rows]
    typer.echo(json.dumps({name: plain, **more}, ensure_ascii=False))


def _table(path: Path | None) -> pd.DataFrame:
    """The user's table, or the shipped scores."""
    if path is None:
        from findomain.published import load_scores

        return load_scores()
    from findomain.stats import read_scores

    return read_scores(path)


@published_app.command("import", epilog="Example: findomain published import results.tar.xz")
def published_import(
    source: Annotated[Path, typer.Argument(help="Results checkout, folder or archive.", metavar="PATH")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where the tables go.", show_default="data/published")
    ] = None,
) -> None:
    """Read published result files and write the shipped tables."""
    from findomain.paths import DATA
    from findomain.published import import_results

    typer.echo(import_results(source, out or DATA / "published"))


@published_app.command("audit")
def published_audit(as_json: AsJson = False) -> None:
    """List the blemishes of the shipped scores and how many cells each one touches."""
    from findomain.published import audit

    _show(audit(), as_json)


def _show(result: object, as_json: bool) -> None:
    """Print a result: its own line, or one JSON object."""
    if not as_json:
        typer.echo(str(result))
        return
    if hasattr(result, "to_dict"):
        plain = result.to_dict()
    else:
        plain = {"rows": json.loads(result.to_frame().to_json(orient="records"))}
    typer.echo(json.dumps(plain, ensure_ascii=False))


def main() -> None:
    """Run the command line: 0 done, 2 the user's mistake in one line, 1 our fault."""
    debug = "--debug" in sys.argv[1:]
    sys.argv[1:] = [word for word in sys.argv[1:] if word != "--debug"]
    try:
        app()
    except FindomainError as error:
        typer.echo(f"findomain: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        if debug:
            traceback.print_exc()
        reason = str(error).strip().splitlines() or [""]
        typer.echo(f"findomain: unexpected {type(error).__name__}: {reason[0]} (--debug shows where)", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
