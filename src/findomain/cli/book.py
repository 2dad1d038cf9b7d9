"""The command that makes the book."""

from __future__ import annotations

from typing import Annotated

import typer

from findomain.cli.app import app


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
