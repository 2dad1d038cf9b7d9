"""A table as it was read, with where it came from, so that every complaint can name file and row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.errors import TaskError

# What a column may be called in the datasets that exist; the first name is ours.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "sentence", "sentences", "content"),
    "label": ("label", "labels", "label_text"),
    "sentence1": ("sentence1", "sent1", "text1"),
    "sentence2": ("sentence2", "sent2", "text2"),
    "score": ("score", "similarity_score", "label", "labels"),
    "id": ("_id", "id"),
    "query-id": ("query-id", "query_id", "qid"),
    "corpus-id": ("corpus-id", "corpus_id", "doc_id", "pid"),
    "corpus-ids": ("corpus-ids", "corpus_ids"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as read.

    Attributes:
        frame: the rows, index 0, 1, ...
        origin: the file, or dataset and split, that a message names.
        first_row: the number that the source gives its first row (1 for JSON Lines, 2 below a header).
    """

    frame: pd.DataFrame
    origin: str
    first_row: int = 1

    def row(self, position: int) -> str:
        """``origin, row n`` for a message."""
        return f"{self.origin}, row {position + self.first_row}"

    def find(self, name: str, renames: Mapping[str, str]) -> str | None:
        """The source's column for one of ours: renamed by the task, or by a usual name."""
        for column, ours in renames.items():
            if ours == name and column in self.frame.columns:
                return column
        return next((known for known in SYNONYMS.get(name, (name,)) if known in self.frame.columns), None)

    def column(self, name: str, renames: Mapping[str, str]) -> list[object]:
        """Values of one of our columns.

        Raises:
            TaskError: the table has no such column.
        """
        found = self.find(name, renames)
        if found is None:
            expected = " or ".join(SYNONYMS.get(name, (name,))[:3])
            has = ", ".join(map(str, self.frame.columns)) or "no columns"
            raise TaskError(
                f"{self.origin}: no column {expected} (it has {has}); "
                f"name it in task.toml: [columns] '<your column>' = \"{name}\""
            )
        return [plain(value) for value in self.frame[found].tolist()]


def plain(value: object) -> object:
    """Arrays as lists and numpy's numbers as Python's."""
    if isinstance(value, np.ndarray):
        return [plain(part) for part in value.tolist()]
    return value.item() if isinstance(value, np.generic) else value


def texts(table: Table, name: str, renames: Mapping[str, str]) -> tuple[str, ...]:
    """A column of texts, none of them missing or empty.

    Raises:
        TaskError: no such column; a value that is no text; an empty text.
    """
    values = table.column(name, renames)
    for place, value in enumerate(values):
        check_text(value, lambda place=place: f"{table.row(place)}: {name}")
    return tuple(values)


def check_text(value: object, where: Callable[[], str]) -> str:
    """The value, if it is a text with something in it.

    Raises:
        TaskError: it is not.
    """
    if not isinstance(value, str):
        raise TaskError(f"{where()} is {_kind(value)}, expected a text")
    if not value.strip():
        raise TaskError(f"{where()} is empty")
    return value


def numbers(table: Table, name: str, renames: Mapping[str, str]) -> tuple[float, ...]:
    """A column of finite numbers.

    Raises:
        TaskError: no such column, or a value that is not a finite number.
    """
    return tuple(as_number(value, f"{table.row(i)}: {name}") for i, value in enumerate(table.column(name, renames)))


def as_number(value: object, where: str) -> float:
    """A finite number, also from a text that spells one.

    Raises:
        TaskError: it is none.
    """
    try:
        number = float(value) if isinstance(value, (int, float, str)) else float("nan")
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise TaskError(f"{where} is {_kind(value)}, expected a number")
    return number


def labels(values: Sequence[object], where: Callable[[int], str]) -> tuple[int | str, ...]:
    """Labels as integers or texts.

    Raises:
        TaskError: a label that is missing or neither.
    """
    found = []
    for place, value in enumerate(values):
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
            raise TaskError(f"{where(place)}: label is {_kind(value)}, expected an integer or a text")
        found.append(value)
    return tuple(found)


def positions_by_id(values: Iterable[object], table: Table) -> dict[str, int]:
    """The row of each identifier; where one is given twice the last row counts, as in BEIR's loader.

    Raises:
        TaskError: a missing identifier.
    """
    rows: dict[str, int] = {}
    for place, value in enumerate(values):
        if value is None or value == "" or (isinstance(value, float) and np.isnan(value)):
            raise TaskError(f"{table.row(place)}: no id")
        rows[str(value)] = place
    return rows


def _kind(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "missing"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
