"""Commands on tables of scores, the shipped ones and the reader's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from findomain.cli.app import AsJson, app, show

if TYPE_CHECKING:
    import pandas as pd

published_app = typer.Typer(help="Refresh and check the shipped scores.", no_args_is_help=True)
app.add_typer(published_app, name="published")

Scores = Annotated[
    Path | None,
    typer.Argument(
        help="Table of scores: csv, parquet or jsonl; the word published takes the shipped scores.",
        metavar="SCORES",
        show_default="the shipped scores",
    ),
]
Domain = Annotated[str, typer.Option(help="The domain to compare with all other tasks.")]


SHIPPED = "published"  # no table of a user's is called so: their names end in .csv, .parquet or .jsonl


@app.command(epilog="Example: findomain gap scores.csv --by task_type --placebo 500")
def gap(
    scores: Scores = None,
    by: Annotated[str | None, typer.Option(help="Split the table by this column too, e.g. language.")] = None,
    domain: Annotated[
        str | None,
        typer.Option(
            help="The domain to compare with all other tasks; names the domain of --tasks.",
            show_default="finance; own with --tasks",
        ),
    ] = None,
    tasks: Annotated[
        list[str] | None, typer.Option("--tasks", help="A task of a domain of your own; several times.", metavar="NAME")
    ] = None,
    tasks_file: Annotated[
        Path | None, typer.Option(help="The tasks of a domain of your own, a name a line.", metavar="FILE")
    ] = None,
    weighting: Annotated[str, typer.Option(help="types, datasets or paper.")] = "types",
    permutations: Annotated[int, typer.Option(help="Permutations of the domain label; 0 for none.", min=0)] = 2000,
    placebo: Annotated[int, typer.Option(help="Placebo domains to try.", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """The domain gap of any table of scores: estimate, standard error, interval, p, numbers of models and tasks."""
    from findomain.stats import gap_report, read_names, with_domain

    table = _table(scores)
    if tasks or tasks_file is not None:
        domain = "own" if domain is None else domain
        table = with_domain(table, domain, [*(tasks or []), *(read_names(tasks_file) if tasks_file else [])])
    options = {"by": by, "weighting": weighting, "permutations": permutations, "placebo": placebo}
    show(gap_report(table, domain=domain or "finance", **options), as_json)


@app.command(epilog="Example: findomain ranks scores.csv --domain finance")
def ranks(
    scores: Scores = None,
    domain: Domain = "finance",
    resamples: Annotated[int, typer.Option(help="Draws of models and tasks for the intervals.", min=1)] = 500,
    as_json: AsJson = False,
) -> None:
    """Rank agreement between a domain and all other tasks: interval, reliability ceiling, power."""
    from findomain.stats import rank_report

    show(rank_report(_table(scores), domain=domain, n_resamples=resamples), as_json)


def _table(path: Path | None) -> pd.DataFrame:
    """The user's table, or the shipped scores."""
    if path is None or str(path) == SHIPPED:
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

    show(audit(), as_json)
