"""Count a text once, in one pass, by the rules of its language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from findomain.errors import ComplexityError
from findomain.text import chinese, english

LANGUAGES = ("eng", "zho")
# A lone surrogate is half of a character: no text, and no encoder or parser takes it.
SURROGATE = re.compile("[\ud800-\udfff]")
# Longest run without white space in English that can still be a word or an address.
LONGEST_RUN = 1000


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one text.

    Attributes:
        text: the text itself, lone surrogates replaced by U+FFFD.
        language: ``eng`` or ``zho``.
        tokens: the words in order, in lower case, without punctuation.
        n_sentences: sentences; 0 for an empty text only.
        n_characters: characters that are not white space, punctuation included.
        n_letters: letters of the words; marks and apostrophes are not letters.
        n_chunks: runs without white space, those of punctuation alone included.
        n_syllables, n_polysyllables: syllables, and words of three or more; 0 where the language has no rule for them.
        n_hard: words that are not in the Dale-Chall list of easy words.
        n_complex: words of three or more syllables that are not in that list.
        longest_run: characters of the longest run without white space.
    """

    text: str
    language: str
    tokens: tuple[str, ...]
    n_sentences: int
    n_characters: int
    n_letters: int
    n_chunks: int
    n_syllables: int = 0
    n_polysyllables: int = 0
    n_hard: int = 0
    n_complex: int = 0
    longest_run: int = 0

    @property
    def n_words(self) -> int:
        """Number of words."""
        return len(self.tokens)

    @property
    def is_unbroken(self) -> bool:
        """Whether a run without white space is too long for English: binary or encoded matter, another script."""
        return self.language == "eng" and self.longest_run > LONGEST_RUN


def count(text: str, *, language: str = "eng") -> Counted:
    """Count a text.

    English follows textstat 0.7.13 to the letter (see ``english``), Chinese is cut by jieba (see ``chinese``).
    Nothing is read from a network.

    Raises:
        ComplexityError: the text is not a string, or the language is not one of ``eng`` and ``zho``.
    """
    if not isinstance(text, str):
        raise ComplexityError(f"expected a text, got {type(text).__name__}: {text!r:.60}")
    text = SURROGATE.sub("\ufffd", text)
    if language == "eng":
        return _english(text)
    if language == "zho":
        return _chinese(text)
    raise ComplexityError(f"unknown language {language!r}, expected one of {', '.join(LANGUAGES)}")


def _english(text: str) -> Counted:
    runs = text.split()
    longest = max(map(len, runs), default=0)
    cleaned = english.without_punctuation(text)
    # The syllables of an endless run take minutes to look for, and are none.
    sums = english.sums(cleaned.split()) if longest <= LONGEST_RUN else (0, 0, 0, 0)
    tokens = tuple(cleaned.lower().split())
    return Counted(
        text=text,
        language="eng",
        tokens=tokens,
        n_sentences=english.n_sentences(text),
        n_characters=sum(map(len, runs)),
        n_letters=sum(map(len, tokens)) - cleaned.count("'"),
        n_chunks=len(runs),
        n_syllables=sums[0],
        n_polysyllables=sums[1],
        n_hard=sums[2],
        n_complex=sums[3],
        longest_run=longest,
    )


def _chinese(text: str) -> Counted:
    runs = text.split()
    tokens = tuple(chinese.words(text))
    return Counted(
        text=text,
        language="zho",
        tokens=tokens,
        n_sentences=chinese.n_sentences(text),
        n_characters=sum(map(len, runs)),
        n_letters=sum(map(len, tokens)),
        n_chunks=len(runs),
        longest_run=max(map(len, runs), default=0),
    )
