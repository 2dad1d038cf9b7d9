"""The command line: each command calls one function of the library and prints what it returns."""

from __future__ import annotations

import sys
import traceback

import typer

from findomain.cli import book, complexity, measure, scores
from findomain.cli.app import app
from findomain.errors import FindomainError

__all__ = ["app", "book", "complexity", "main", "measure", "scores"]


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
