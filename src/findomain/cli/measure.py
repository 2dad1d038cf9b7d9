"""Commands that measure models here, and what can be measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from findomain.cli.app import AsJson, app, chosen_tasks, show_rows
from findomain.errors import FindomainError


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
    show_rows("tasks", task_rows(kept), ("task", "task_type", "domain", "language", "metric", "path"), as_json)


@app.command(epilog="Example: findomain models")
def models(as_json: AsJson = False) -> None:
    """What can be run here, and what each model needs."""
    from findomain.encoders import encoder_specs
    from findomain.report.measured import model_rows

    show_rows("models", model_rows(encoder_specs().values()), ("model", "runs", "needs", "title"), as_json)


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
    chosen = chosen_tasks(suite or [], task or [], data or [], kind)
    if not chosen:
        raise FindomainError("nothing to run: name a suite (-s), a task (-t) or a folder (--data)")
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
        show_rows("results", rows, columns, as_json, **({"failed": failures} if failures else {}))
    if failures:
        typer.echo(f"findomain: {len(failures)} of {len(outcomes)} failed", err=True)
        raise typer.Exit(1)


def _prompts(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        role, equals, text = pair.partition("=")
        if not equals:
            raise FindomainError(f"--prompt {pair!r}: expected ROLE=TEXT, for example query='search: '")
        found[role] = text
    return found
