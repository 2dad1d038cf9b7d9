"""Keyness: the words of a corpus that general English (or Chinese) has not, so that any domain can be measured.

Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, Fightin' Words), against the word
frequencies of the package ``wordfreq`` (Speer 2022). For a word w with count y among n words of the corpus, general
frequency f, and a prior of ``a = prior_size * f`` counts out of ``prior_size``:

    log_odds = log((y + a) / (n + prior_size - y - a)) - log((Y + a) / (N + prior_size - Y - a))
    z        = log_odds / sqrt(1 / (y + a) + 1 / (Y + a))

N is the size of the general corpus: frequencies alone have none, so it is taken as the 100 million words at which
wordfreq's list is resolved, and ``Y = N * f``. A word that the list lacks has the lowest frequency of the list. The
prior draws rare words towards 0; z says how sure the difference is. Unit of log_odds: nats; 0 = as often as in general.

A lexicon made from a corpus fits that corpus better than any other: measure other texts with it, or use
``keyness_density``, in which no text is measured by a lexicon that it helped to make. With ``wordfreq`` both sides are
tokenised alike; a text that occurs again counts once.
"""

from __future__ import annotations

import logging
import math
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from findomain.complexity.density import Density, density, n_words
from findomain.complexity.lexicon import Lexicon, split
from findomain.complexity.measure import NO_WORD, Undefined
from findomain.errors import ComplexityError, MissingExtraError

LANGUAGES = {"eng": "en", "zho": "zh"}
GENERAL_SIZE = 100_000_000
PRIOR_SIZE = 10_000
# One-sided 5 % shared out among ten thousand words.
Z_MIN = 4.42
MIN_COUNT = 5
MIN_TEXTS = 3
# Odds at least so many times those of general text: a large corpus makes "our" and "may" sure, too.
MIN_RATIO = 8.0
# The two hundred most common words of a language are no terms of a domain, however often it uses them.
MAX_FREQUENCY = 5e-4
PIECE = 20_000


def keyness(texts: Iterable[str], *, language: str = "eng", prior_size: float = PRIOR_SIZE) -> pd.DataFrame:
    """Every word of the texts, the most typical of them first.

    Returns:
        A frame: word, count, n_texts (texts that have it), log_odds, z; words without a letter are left out.

    Raises:
        ComplexityError: another language, or a prior that is not above zero.
        MissingExtraError: wordfreq (or for Chinese jieba) is not installed.
    """
    if not prior_size > 0:
        raise ComplexityError(f"the prior must be above zero words, got {prior_size}")
    counts, n_texts = _count(texts, language)
    frequencies, lowest = _general(language)
    words = sorted(counts)
    y = np.array([counts[word] for word in words], dtype=float)
    f = np.array([frequencies.get(word, lowest) for word in words])
    prior = prior_size * f
    inside, outside = y + prior, GENERAL_SIZE * f + prior
    log_odds = _log_odds(inside, y.sum() + prior_size) - _log_odds(outside, GENERAL_SIZE + prior_size)
    table = pd.DataFrame(
        {
            "word": pd.array(words, dtype="str"),
            "count": y.astype(np.int64),
            "n_texts": np.array([n_texts[word] for word in words], dtype=np.int64),
            "log_odds": log_odds,
            "z": log_odds / np.sqrt(1 / inside + 1 / outside),
        }
    )
    return table.sort_values(["z", "word"], ascending=[False, True], ignore_index=True)


def key_words(
    texts: Iterable[str],
    *,
    language: str = "eng",
    z_min: float = Z_MIN,
    min_count: int = MIN_COUNT,
    min_texts: int = MIN_TEXTS,
    min_ratio: float = MIN_RATIO,
    max_words: int | None = None,
) -> pd.DataFrame:
    """The rows of ``keyness`` that make a lexicon: sure, far from general, often enough, not the habit of one text."""
    table = keyness(texts, language=language)
    kept = (table["z"] >= z_min) & (table["log_odds"] >= math.log(min_ratio)) & (table["count"] >= min_count)
    frequencies, lowest = _general(language)
    kept &= (table["n_texts"] >= min_texts) & (table["word"].map(frequencies).fillna(lowest) <= MAX_FREQUENCY)
    return table[kept].head(max_words).reset_index(drop=True)


def keyness_lexicon(texts: Iterable[str], *, name: str, language: str = "eng", **limits: float) -> Lexicon:
    """A lexicon of the key words of a corpus; ``limits`` are those of ``key_words``.

    Raises:
        ComplexityError: no word passes, or see ``keyness``.
    """
    found = key_words(texts, language=language, **limits)
    if found.empty:
        raise ComplexityError(f"lexicon {name}: no word of the texts is typical enough; give more texts or lower z_min")
    return Lexicon.of(found["word"], name=name, language=language, folded=False)


def write_lexicon(texts: Iterable[str], path: Path, *, language: str = "eng", **limits: float) -> pd.DataFrame:
    """Write the key words of a corpus as CSV, to be named to ``load_lexicon``: figures only, no text.

    Raises:
        ComplexityError: no word passes, or see ``keyness``.
    """
    found = key_words(texts, language=language, **limits)
    if found.empty:
        raise ComplexityError(f"{path}: no word of the texts is typical enough; give more texts or lower z_min")
    found.round({"log_odds": 3, "z": 2}).to_csv(path, index=False, lineterminator="\n")
    return found


def keyness_density(texts: Iterable[str], *, language: str = "eng", folds: int = 2, **limits: float) -> Density:
    """Share of words that are key words of the other texts of the same dataset: how much of a jargon it has.

    The distinct texts are dealt into folds by their content, so that order does not matter; each is measured by the
    key words of the other folds. ``n_distinct`` counts the key words that occur, once a fold.

    Raises:
        ComplexityError: fewer than two folds, or see ``keyness``.
    """
    if folds < 2:
        raise ComplexityError(f"expected two folds or more, got {folds}")
    given = list(texts)
    fold = {text: zlib.crc32(text.encode("utf-8", "surrogatepass")) % folds for text in given}
    values: dict[str, float] = {}
    n_distinct = 0
    for place in sorted(set(fold.values())):
        part = [text for text in fold if fold[text] == place]
        words = key_words((text for text in fold if fold[text] != place), language=language, **limits)["word"]
        lexicon = Lexicon.of(words, name="keyness", language=language, folded=False) if len(words) else None
        found = density(part, lexicon or Lexicon("keyness", language, frozenset(), False, {}))
        values |= dict(zip(part, found.by_text, strict=True))
        n_distinct += found.n_distinct
    by_text = tuple(values[text] for text in given)
    sizes = [n_words(split(text, language=language, folded=False)) for text in given]
    inside = math.fsum(value * size for value, size in zip(by_text, sizes, strict=True) if size)
    pooled = inside / sum(sizes) if any(sizes) else Undefined(NO_WORD)
    return Density("keyness", by_text, pooled, sum(sizes), n_distinct)


def _log_odds(counts: np.ndarray, total: float) -> np.ndarray:
    return np.log(counts / (total - counts))


def _count(texts: Iterable[str], language: str) -> tuple[Counter[str], Counter[str]]:
    """How often each word occurs, and in how many texts."""
    counts: Counter[str] = Counter()
    n_texts: Counter[str] = Counter()
    tokenize = _tokenizer(language)
    for text in dict.fromkeys(texts):
        words = [word for word in tokenize(text) if any(map(str.isalpha, word))]
        counts.update(words)
        n_texts.update(set(words))
    return counts, n_texts


def _tokenizer(language: str) -> Callable[[str], list[str]]:
    wordfreq, code = _wordfreq(language), LANGUAGES[language]

    def tokenize(text: str) -> list[str]:
        # wordfreq asks jieba for a whole text at once, and its memory grows with it.
        pieces = (text[start : start + PIECE] for start in range(0, len(text), PIECE))
        return [word for piece in pieces for word in wordfreq.tokenize(piece, code)]

    return tokenize


@cache
def _general(language: str) -> tuple[dict[str, float], float]:
    """Frequencies of general text, and the lowest of them."""
    frequencies = _wordfreq(language).get_frequency_dict(LANGUAGES[language], wordlist="best")
    return frequencies, min(frequencies.values())


def _wordfreq(language: str) -> ModuleType:
    if language not in LANGUAGES:
        raise ComplexityError(f"unknown language {language!r}, expected {' or '.join(LANGUAGES)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import wordfreq

            if language == "zho":
                import jieba

                jieba.setLogLevel(logging.CRITICAL)
    except ModuleNotFoundError as error:
        raise MissingExtraError("keyness needs the extra: pip install 'findomain[complexity]'") from error
    return wordfreq
