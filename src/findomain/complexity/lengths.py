"""Lengths: words a text, words a sentence, letters and syllables a word; what other studies tell of their texts.

Words and sentences are those of ``findomain.text``. For Chinese a word is what jieba cuts and its letters are
characters; syllables are not counted there. A text without a word has no value.
"""

from __future__ import annotations

import math

from findomain.complexity.measure import Measure, each
from findomain.text import LANGUAGES, Counted


def n_words(text: Counted) -> float:
    """Words of the text. From 1 up."""
    return float(text.n_words)


def sentence_length(text: Counted) -> float:
    """Words a sentence. Sentences of one or two English words are not counted, their words are. Above 0."""
    return text.n_words / text.n_sentences


def word_length(text: Counted) -> float:
    """Letters, digits and characters a word. From 1 up."""
    return text.n_letters / text.n_words


def syllables_per_word(text: Counted) -> float:
    """Syllables a word by the CMU dictionary, or by hyphenation for words it lacks. Above 0."""
    return text.n_syllables / text.n_words


MEASURES = (
    Measure("n_words", "words", 1, math.inf, "count", LANGUAGES, each(n_words)),
    Measure("sentence_length", "words a sentence", 0, math.inf, "count", LANGUAGES, each(sentence_length)),
    Measure("word_length", "letters a word", 1, math.inf, "count", LANGUAGES, each(word_length)),
    Measure("syllables_per_word", "syllables a word", 0, math.inf, "count", ("eng",), each(syllables_per_word)),
)
