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
