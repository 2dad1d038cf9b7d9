"""Information of a text: entropy of its words, of a word given the one before, and the size that compression leaves.

Words are those of ``findomain.text``. Entropies are in bits a word and of the words as they stand: those of a short
text are bounded by its length (``log2 n``), so texts or datasets are compared at like lengths only.
"""

from __future__ import annotations

import lzma
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from findomain.complexity.measure import NO_WORD, Measure, Undefined, each
from findomain.text import LANGUAGES, Counted

COMPRESSIONS = ("deflate", "lzma")
LEVEL = 9
TO_BITS = 1 / math.log(2)


def entropy(tokens: Iterable[str] | Counter[str]) -> float:
    """Shannon's entropy of the distribution of tokens, ``-sum p log2 p``, in bits (plug-in, without correction).

    From 0 (one type) to log2 of the number of types. A ``Counter`` may be given: of a whole dataset, for example.
    NaN of nothing.
    """
    counts = tokens if isinstance(tokens, Counter) else Counter(tokens)
    n = counts.total()
    if not n:
        return Undefined(NO_WORD)
    # Summed by frequency, exactly rounded: the order of the tokens does not change the last digit.
    by_count = Counter(counts.values())
    return max(0.0, math.log2(n) - math.fsum(times * k * math.log2(k) for k, times in by_count.items()) / n)


def conditional_entropy(tokens: Sequence[str]) -> float:
    """Entropy of a token given the one before it, in bits, with the Miller-Madow correction.

    The entropy of pairs of neighbours minus that of their first tokens, each raised by (types - 1) / (2 n ln 2) bits
    (Miller 1955). The correction is that of small bias: a text whose pairs hardly repeat is still far too low.
    From 0 up; not defined below two tokens.
    """
    n = len(tokens) - 1
    if n < 1:
        return Undefined("fewer than 2 words")
    pairs, firsts = Counter(pairwise(tokens)), Counter(tokens[:-1])
    correction = (len(pairs) - len(firsts)) / (2 * n) * TO_BITS
    return max(0.0, entropy(pairs) - entropy(firsts)) + correction


def compressed_size(text: str, *, by: str = "deflate") -> float:
    """Bytes a character after compression of the text's UTF-8; a higher value means less repetition.

    ``deflate`` is zlib at level 9 without header and checksum; ``lzma`` is raw LZMA2 at preset 9. A short text hardly
    compresses, and a Chinese character is three bytes to begin with: languages are not compared by it. Above 0.

    Raises:
        ValueError: an unknown compression.
    """
    if by not in COMPRESSIONS:
        raise ValueError(f"unknown compression {by!r}, expected one of {', '.join(COMPRESSIONS)}")
    if not text:
        return Undefined("empty text")
    raw = text.encode("utf-8", "surrogatepass")
    if by == "lzma":
        packed = lzma.compress(raw, format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": LEVEL}])
    else:
        packed = zlib.compress(raw, LEVEL, wbits=-zlib.MAX_WBITS)
    return len(packed) / len(text)


def pooled_entropy(texts: Iterable[Counted]) -> float:
    """Entropy of the words of a whole dataset, its texts poured together, in bits."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text.tokens)
    return entropy(counts)


def _entropy(text: Counted) -> float:
    return entropy(text.tokens)


def _conditional(text: Counted) -> float:
    return conditional_entropy(text.tokens)


def _compressed(text: Counted) -> float:
    return compressed_size(text.text)


BITS = "bits a word"
BYTES = "bytes a character"
MEASURES = (
    Measure("entropy", BITS, 0, math.inf, "Shannon 1948", LANGUAGES, each(_entropy)),
    Measure("conditional_entropy", BITS, 0, math.inf, "Miller 1955", LANGUAGES, each(_conditional), needs_words=2),
    Measure("compressed_size", BYTES, 0, math.inf, "Deutsch 1996", LANGUAGES, each(_compressed), needs_words=0),
)
