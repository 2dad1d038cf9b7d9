"""Searchable tables: plain html that the book's own script gives a search box, sorting, pages and a CSV button.

The html is a complete table, so it reads without scripts too, and it is the same for the same frame.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from numbers import Number

import numpy as np
import pandas as pd

from findomain.errors import FindomainError

ID = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class SearchableTable:
    """A table for a notebook: html for the page, plain text for the check of the executed notebook.

    Attributes:
        frame: the rows, already rounded as they shall be read.
        table_id: its id in the page and the name of its CSV.
        title: what a screen reader calls it.
        rows: rows on one page.
        digits: decimals by column, for columns of floats.
        links: by column, the column of the frame that holds the address; that one is not shown.
    """

    frame: pd.DataFrame
    table_id: str
    title: str
    rows: int
    digits: Mapping[str, int]
    links: Mapping[str, str]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What IPython stores: the html and the text."""
        return {"text/html": self.to_html(), "text/plain": self.to_text()}

    def to_text(self) -> str:
        """All rows as text, tabs between the cells: numbers are compared as they are shown."""
        rows = [self.shown, *(self._cells(row) for row in self.frame.to_dict("records"))]
        return "\n".join("\t".join(cells) for cells in rows)

    def to_html(self) -> str:
        """The table in its box."""
        numeric = {column: pd.api.types.is_numeric_dtype(self.frame[column]) for column in self.shown}
        mark = {column: ' class="fd-number"' if numeric[column] else "" for column in self.shown}
        head = "".join(f'<th scope="col"{mark[column]}>{escape(str(column))}</th>' for column in self.shown)
        body = "\n".join(self._row(row, mark) for row in self.frame.to_dict("records"))
        return (
            f'<div class="fd-box">\n<table id="{self.table_id}" aria-label="{escape(self.title)}" '
            f'data-rows="{self.rows}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>'
        )

    @property
    def shown(self) -> list[str]:
        """The columns that are shown, in order."""
        return [column for column in self.frame.columns if column not in self.links.values()]

    def _cells(self, row: Mapping[str, object]) -> list[str]:
        return [_text(row[column], self.digits.get(column)) for column in self.shown]

    def _row(self, row: Mapping[str, object], mark: Mapping[str, str]) -> str:
        pairs = zip(self.shown, self._cells(row), strict=True)
        cells = [f"<td{mark[column]}>{self._linked(row, column, escape(text))}</td>" for column, text in pairs]
        return f"<tr>{''.join(cells)}</tr>"

    def _linked(self, row: Mapping[str, object], column: str, text: str) -> str:
        address = row.get(self.links.get(column, ""))
        if address is None or pd.isna(address) or not text:
            return text
        return f'<a href="{escape(str(address))}">{text}</a>'


def searchable(
    frame: pd.DataFrame,
    table_id: str,
    *,
    title: str = "",
    rows: int = 10,
    digits: int | Mapping[str, int] = 3,
    links: Mapping[str, str] | None = None,
) -> SearchableTable:
    """Show a frame as a searchable table; end a cell with it.

    Args:
        frame: one row a row; a named index is shown as the first columns.
        table_id: lower-case letters, digits and hyphens, different for each table of a page.
        title: what a screen reader calls the table; from the id if not given.
        rows: rows on one page.
        digits: decimals of floats, one for all columns or by column.
        links: ``{"model": "url"}`` links the cells of ``model`` to the address in ``url``.

    Raises:
        FindomainError: an id that cannot be one, columns of the same name, a column to link that does not exist.
    """
    if not ID.fullmatch(table_id):
        raise FindomainError(f"table id {table_id!r}: expected lower-case letters, digits and hyphens")
    frame = frame.reset_index(drop=frame.index.names == [None])
    if not frame.columns.is_unique:
        raise FindomainError(f"table {table_id}: two columns have the same name")
    links = dict(links or {})
    missing = [column for pair in links.items() for column in pair if column not in frame.columns]
    if missing:
        raise FindomainError(f"table {table_id}: no column {', '.join(missing)} to link")
    floats = [column for column in frame.columns if pd.api.types.is_float_dtype(frame[column])]
    places = {c: digits if isinstance(digits, int) else digits.get(c, 3) for c in floats}
    return SearchableTable(frame, table_id, title or table_id.replace("-", " "), rows, places, links)


def _text(value: object, digits: int | None) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if digits is not None and isinstance(value, Number):
        text = f"{value:.{digits}f}"
        return text.lstrip("-") if float(text) == 0 else text
    return str(value)
