"""What is profiled: the judged texts of a task, or a file of plain texts; each text once.

Of many texts a sample is measured: those whose digests with the seed are the lowest. It depends neither on the order
of the texts nor on what else is profiled, so half of a sample is a sample too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from findomain.errors import ComplexityError
from findomain.runner.judge import texts_of
from findomain.tasks import Task, TaskData, load_data
from findomain.tasks.data import ClassificationData
from findomain.tasks.folder import READERS, read_table
from findomain.text import LANGUAGES
from findomain.text.counted import SURROGATE

SUFFIXES = (".txt", *READERS)
CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# Of the letters of a Chinese text with English names in it more are Chinese than this; of an English one, fewer.
CHINESE_SHARE = 0.3
GUESSED_BY = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Texts with a name.

    Attributes:
        name: of the task or file.
        texts: the distinct texts, lone surrogates replaced by U+FFFD.
        language: ``eng`` or ``zho``.
        task: the task; None for a file.
        data: its data; None for a file.
    """

    name: str
    texts: tuple[str, ...]
    language: str
    task: Task | None = None
    data: TaskData | None = None


def task_source(task: Task, *, language: str | None = None) -> Source:
    """The judged texts of a task, those of all roles together; examples to train on are left out.

    Raises:
        TaskError: its data cannot be had or used.
        ComplexityError: a language that is not known.
    """
    data = load_data(task)
    texts = _distinct(judged_texts(data))
    return Source(task.name, texts, _language(language or task.language, texts), task, data)


def judged_texts(data: TaskData) -> list[str]:
    """Every text that a task is judged by."""
    if isinstance(data, ClassificationData):
        return list(data.texts)
    return [text for _, texts in texts_of(data) for text in texts]


def file_source(path: Path, *, language: str | None = None) -> Source:
    """The texts of a file: a line a text in ``.txt``, the column ``text`` of ``.jsonl``, ``.csv`` or ``.parquet``.

    Lines of white space are no texts; an empty field of a table is one and has no value.

    Raises:
        ComplexityError: another kind of file, no UTF-8, no column text, a field that is no text, or no text at all.
        TaskError: a table that cannot be read; the message names file and row.
    """
    if not path.is_file():
        raise ComplexityError(f"{path}: no such file")
    if path.suffix not in SUFFIXES:
        raise ComplexityError(f"{path}: expected a file ending in {', '.join(SUFFIXES)}")
    texts = _distinct(_lines(path) if path.suffix == ".txt" else _column(path))
    if not texts:
        raise ComplexityError(f"{path}: no text in it")
    return Source(path.name, texts, _language(language, texts))


def sample(texts: Sequence[str], size: int | None, *, seed: int = 0) -> list[str]:
    """At most so many of some distinct texts; all of them for None. The order is that of their digests.

    Raises:
        ComplexityError: the size is below one.
    """
    if size is not None and size < 1:
        raise ComplexityError(f"a sample has one text or more, got {size}")

    def place(text: str) -> bytes:
        return hashlib.blake2b(f"{seed} {text}".encode(), digest_size=16).digest()

    return sorted(texts, key=place)[:size]


def guess_language(texts: Sequence[str]) -> str:
    """``zho`` if a good part of the letters is Chinese, else ``eng``."""
    letters = [letter for text in texts[:GUESSED_BY] for letter in text[:GUESSED_BY] if letter.isalpha()]
    n_chinese = sum(bool(CHINESE.match(letter)) for letter in letters)
    return "zho" if n_chinese > CHINESE_SHARE * len(letters) else "eng"


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(SURROGATE.sub("\ufffd", text) for text in texts))


def _language(told: str | None, texts: Sequence[str]) -> str:
    if told and told not in LANGUAGES:
        raise ComplexityError(f"unknown language {told!r}, expected one of {', '.join(LANGUAGES)}")
    return told or guess_language(texts)


def _lines(path: Path) -> list[str]:
    found = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError as error:
                raise ComplexityError(f"{path}, line {number}: not UTF-8 at byte {error.start}") from error
            if text:
                found.append(text)
    return found


def _column(path: Path) -> list[str]:
    table = read_table(path)
    if "text" not in table.frame.columns:
        has = ", ".join(map(str, table.frame.columns)) or "no columns"
        raise ComplexityError(f"{path}: no column text (it has {has})")
    values = table.column("text", {})
    for place, value in enumerate(values):
        if not isinstance(value, str):
            raise ComplexityError(f"{table.row(place)}: expected a text, got {type(value).__name__}: {value!r:.40}")
    return values
