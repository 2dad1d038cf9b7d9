"""The book: templates executed by papermill, pages built by jupyter-book, only what changed is run again."""

from findomain.book.edition import Edition, custom_edition, default_edition, quick_parameters
from findomain.book.execute import execute
from findomain.book.make import make_book
from findomain.book.pages import build_pages
from findomain.book.parameters import parse_parameters

__all__ = [
    "Edition",
    "build_pages",
    "custom_edition",
    "default_edition",
    "execute",
    "make_book",
    "parse_parameters",
    "quick_parameters",
]
