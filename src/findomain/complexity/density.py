"""Domain-term density: the share of a text's words that belong to terms of a domain. Higher = more of the domain.

Terms are looked for from left to right, at each word the longest that fits, and do not overlap; a term of three words
counts three words. So ``net interest margin`` is one term and three words of a lexicon that also holds ``interest
rate`` and ``margin``. A number may be part of a term (``ifrs 9``) but is counted nowhere, or the density of a table
would be that of its figures. From 0 to 1. A text without a word has no density: NaN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from findomain.complexity.lexicon import Lexicon
from findomain.complexity.measure import NO_WORD, Undefined


@dataclass(frozen=True, slots=True)
class Density:
    """Density of a dataset.

    Attributes:
        lexicon: its name.
        by_text: a value a text, NaN for one without a word.
        pooled: the share among all words of all texts, in which a long text counts for more.
        n_words: how many words there are.
        n_distinct: how many terms of the lexicon occur.
    """

    lexicon: str
    by_text: tuple[float, ...]
    pooled: float
    n_words: int
    n_distinct: int


def terms_in(words: Sequence[str], lexicon: Lexicon) -> list[tuple[str, ...]]:
    """The terms that occur in a text's words, in order and as often as they occur."""
    found, place, by_first = [], 0, lexicon.by_first
    while place < len(words):
        term = _longest(words, place, by_first)
        if term:
            found.append(term)
        place += len(term) or 1
    return found


def term_density(text: str, lexicon: Lexicon) -> float:
    """Share of the words of one text that belong to a term."""
    return density([text], lexicon).by_text[0]


def density(texts: Iterable[str], lexicon: Lexicon) -> Density:
    """Density of each text and of all together; a text that occurs again is looked through once."""
    known: dict[str, tuple[int, int]] = {}
    terms: Counter[tuple[str, ...]] = Counter()
    counts = []
    for text in texts:
        if text not in known:
            words = lexicon.words(text)
            found = terms_in(words, lexicon)
            terms.update(found)
            known[text] = (sum(map(n_words, found)), n_words(words))
        counts.append(known[text])
    total = sum(size for _, size in counts)
    return Density(
        lexicon=lexicon.name,
        by_text=tuple(inside / size if size else Undefined(NO_WORD) for inside, size in counts),
        pooled=sum(inside for inside, _ in counts) / total if total else Undefined(NO_WORD),
        n_words=total,
        n_distinct=len(terms),
    )


def n_words(words: Sequence[str]) -> int:
    """How many of a text's words and numbers are words, not numbers."""
    return sum(not word.isdigit() for word in words)


def _longest(words: Sequence[str], place: int, by_first: dict[str, tuple[tuple[str, ...], ...]]) -> tuple[str, ...]:
    """The longest term that begins at this word; empty if none does."""
    for rest in by_first.get(words[place], ()):
        end = place + 1 + len(rest)
        if not rest or tuple(words[place + 1 : end]) == rest:
            return (words[place], *rest)
    return ()
