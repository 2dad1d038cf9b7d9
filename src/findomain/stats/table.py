"""The scores table, the one input of every statistic: one row is one model on one task.

Columns: ``model, task, task_type, domain, score`` are required; ``score`` is 0-1. ``language``,
``n_items``, ``source``, ``in_training`` (true, false, unknown), ``revision`` and flags may follow.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from findomain.errors import ScoresError, first_line

REQUIRED = ("model", "task", "task_type", "domain", "score")
GENERAL = "general"

_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": pd.read_csv,
    ".parquet": pd.read_parquet,
    ".jsonl": lambda path: pd.read_json(path, lines=True, precise_float=True),
}


def read_scores(path: str | Path) -> pd.DataFrame:
    """Read a table of scores (csv, parquet or jsonl) and check it.

    Raises:
        ScoresError: the file is missing, of another kind, unreadable, or fails ``check_scores``.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ScoresError(f"{path}: expected a file ending in {', '.join(_READERS)}")
    if not path.is_file():
        raise ScoresError(f"{path}: no such file")
    try:
        frame = reader(path)
    except (ValueError, OSError, UnicodeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ScoresError(f"{path}: cannot be read as {path.suffix[1:]} ({reason})") from error
    return check_scores(frame, name=str(path))


def read_names(path: str | Path) -> list[str]:
    """Read a list of names, one a line; empty lines and lines that start with # are skipped.

    Raises:
        ScoresError: the file is missing, is not text, or holds no name.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise ScoresError(f"{path}: no such file") from error
    except (OSError, UnicodeError) as error:
        raise ScoresError(f"{path}: cannot be read as text ({first_line(error)})") from error
    names = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    if not names:
        raise ScoresError(f"{path}: no name in it; expected one a line")
    return names


def check_scores(frame: pd.DataFrame, *, name: str = "scores") -> pd.DataFrame:
    """Return the table with a clean index, or say in one line what is wrong with it.

    Rows are counted from 1, without the header.

    Raises:
        ScoresError: a required column is missing or has empty cells, a score is not a number from 0 to 1,
            a task has two domains or task types, or a model has two scores on one task.
    """
    missing = [column for column in REQUIRED if column not in frame.columns]
    if missing:
        raise ScoresError(f"{name}: no column {', '.join(missing)}; expected {', '.join(REQUIRED)}")
    if frame.empty:
        raise ScoresError(f"{name}: the table has no rows")
    frame = frame.reset_index(drop=True)
    for column in REQUIRED:
        empty = frame[column].isna()
        if empty.any():
            raise ScoresError(f"{name}: row {empty.idxmax() + 1}: {column} is empty")
    score = pd.to_numeric(frame["score"], errors="coerce").astype(float)
    bad = ~score.between(0, 1)
    if bad.any():
        row = bad.idxmax()
        raise ScoresError(f"{name}: row {row + 1}: score is {frame['score'][row]}, expected a number from 0 to 1")
    frame = frame.assign(score=score, **{c: frame[c].astype(str) for c in REQUIRED if c != "score"})
    _check_one_per_task(frame, name)
    doubled = frame.duplicated(["model", "task"])
    if doubled.any():
        row = frame.loc[doubled.idxmax()]
        raise ScoresError(f"{name}: row {doubled.idxmax() + 1}: {row['model']} on {row['task']} is given twice")
    return frame


def _check_one_per_task(frame: pd.DataFrame, name: str) -> None:
    for column in ("domain", "task_type"):
        values = frame.groupby("task")[column].unique()
        several = values[values.map(len) > 1]
        if len(several):
            raise ScoresError(
                f"{name}: task {several.index[0]} has two values of {column}: {', '.join(several.iloc[0][:2])}"
            )


def check_domain(frame: pd.DataFrame, domain: str) -> None:
    """Raise unless the table has tasks inside and outside of the domain.

    Raises:
        ScoresError: naming the domains that there are.
    """
    inside = frame["domain"].eq(domain).to_numpy()
    if not inside.any():
        known = ", ".join(sorted(frame["domain"].unique()))
        raise ScoresError(f"no task has the domain {domain!r}; the table has: {known}")
    if np.all(inside):
        raise ScoresError(f"every task has the domain {domain!r}: there is nothing to compare it with")
