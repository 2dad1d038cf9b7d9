"""Chinese words by jieba, with its own dictionary, and sentences by their closing marks.

A word is a piece that jieba cuts (hidden Markov model on, for words that its dictionary lacks) and that has a letter, a
character or a digit. A sentence ends with one of the marks 。！？；!? or the end of a line, and has a word.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from findomain.errors import MissingExtraError
from findomain.paths import cache_folder

if TYPE_CHECKING:
    from jieba import Tokenizer

END = re.compile(r"[。！？；!?\n]+")
WORD = re.compile(r"\w")
# jieba cuts between such marks alone, so a text may be handed to it in these pieces and gives the same words. A run
# without any is cut every 1,000 characters: the time that jieba takes for unknown words grows with their square.
PIECE = re.compile(r"[^\s，。！？；：、]{1,1000}")


def words(text: str) -> Iterator[str]:
    """The words of a text in order, in lower case."""
    cutter = _cutter()
    for piece in PIECE.findall(text.lower()):
        yield from filter(WORD.search, cutter.cut(piece))


def n_sentences(text: str) -> int:
    """Sentences that have a word; at least one unless the text is empty."""
    return max(min(1, len(text)), sum(bool(WORD.search(sentence)) for sentence in END.split(text)))


@cache
def _cutter() -> Tokenizer:
    try:
        with warnings.catch_warnings():
            # Its source has escapes that newer Pythons warn of, and it asks for pkg_resources.
            warnings.simplefilter("ignore")
            import jieba
    except ModuleNotFoundError as error:
        raise MissingExtraError("counting Chinese text needs jieba: pip install 'findomain[complexity]'") from error
    jieba.setLogLevel(logging.CRITICAL)
    cutter = jieba.Tokenizer()
    # Its built dictionary is kept in our folder; where there can be none it is built anew in each process.
    cutter.tmp_dir = str(cache_folder())
    with suppress(OSError):
        cache_folder().mkdir(parents=True, exist_ok=True)
    cutter.initialize()
    return cutter
