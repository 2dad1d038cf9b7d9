"""Five readability formulas of English, in American school years, equal to textstat 0.7.13.

What counts as a word, a sentence, a syllable and an easy word is said in ``findomain.text.english``. A text without a
word has no value (textstat gives 0); a text of one word has one, that of the formula. None is defined for Chinese.
"""

from __future__ import annotations

import math

from findomain.complexity.measure import Measure, each
from findomain.text import Counted

ENGLISH = ("eng",)
YEARS = "US school years"


def gunning_fog(text: Counted) -> float:
    """0.4 (words a sentence + per cent of complex words); complex is of three or more syllables and not easy.

    Gunning (1952). From 0.4 up.
    """
    return 0.4 * (text.n_words / text.n_sentences + 100 * text.n_complex / text.n_words)


def flesch_kincaid(text: Counted) -> float:
    """0.39 words a sentence + 11.8 syllables a word - 15.59. Kincaid et al. (1975). From -3.4 up."""
    return 0.39 * (text.n_words / text.n_sentences) + 11.8 * (text.n_syllables / text.n_words) - 15.59


def smog(text: Counted) -> float:
    """1.043 sqrt(30 words of three or more syllables a sentence) + 3.1291. McLaughlin (1969). From 3.1291 up.

    The formula was fitted on 30 sentences; for fewer it is extrapolated.
    """
    return 1.043 * math.sqrt(30 * (text.n_polysyllables / text.n_sentences)) + 3.1291


def ari(text: Counted) -> float:
    """4.71 characters a run + 0.5 words a sentence - 21.43: the Automated Readability Index.

    Smith and Senter (1967). Characters include punctuation, runs are what white space separates. From -16.22 up.
    """
    return 4.71 * (text.n_characters / text.n_chunks) + 0.5 * (text.n_words / text.n_sentences) - 21.43


def dale_chall(text: Counted) -> float:
    """0.1579 per cent of hard words + 0.0496 words a sentence, and 3.6365 more where over 5 % are hard.

    Dale and Chall (1948). Hard is every word that is not in the list of easy ones. From 0.0496 up.
    """
    hard = 100 * text.n_hard / text.n_words
    return 0.1579 * hard + 0.0496 * (text.n_words / text.n_sentences) + (3.6365 if hard > 5 else 0.0)


MEASURES = (
    Measure("gunning_fog", YEARS, 0.4, math.inf, "Gunning 1952", ENGLISH, each(gunning_fog)),
    Measure("flesch_kincaid", YEARS, -15.59, math.inf, "Kincaid et al. 1975", ENGLISH, each(flesch_kincaid)),
    Measure("smog", YEARS, 3.1291, math.inf, "McLaughlin 1969", ENGLISH, each(smog)),
    Measure("ari", YEARS, -16.22, math.inf, "Smith and Senter 1967", ENGLISH, each(ari)),
    Measure("dale_chall", YEARS, 0.0496, math.inf, "Dale and Chall 1948", ENGLISH, each(dale_chall)),
)
