"""Lexical diversity of a list of tokens: TTR, MATTR, MTLD and HD-D, equal to lexicalrichness on the same tokens.

As measures of a text they take the words of ``findomain.text`` in lower case: numbers count, punctuation does not,
Chinese is cut by jieba. (lexicalrichness' own tokeniser drops digits and joins what a hyphen joins; values on texts
differ from its own by that much, on a list of tokens they do not.) TTR falls with the length of a text by itself; the
other three were made not to. Of the empty list none is defined, MATTR and HD-D also not below their window.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from findomain.complexity.measure import Measure, each
from findomain.text import LANGUAGES, Counted

# The length of MATTR's window: as near as is round to HD-D's draws, so that both need about as many words.
WINDOW = 50
DRAWS = 42
THRESHOLD = 0.72


def ttr(tokens: Sequence[str]) -> float:
    """Types by tokens. Above 0, at most 1."""
    return len(set(tokens)) / len(tokens) if tokens else math.nan


def mattr(tokens: Sequence[str], *, window: int = WINDOW) -> float:
    """Mean TTR over every window of so many successive tokens (Covington and McFall 2010). Above 0, at most 1.

    In one pass: a token counts in those of its windows in which its type has not come before.

    Raises:
        ValueError: the window is not positive.
    """
    if window < 1:
        raise ValueError(f"window must be 1 or more, got {window}")
    n = len(tokens)
    if n < window:
        return math.nan
    last: dict[str, int] = {}
    total = 0
    for place, token in enumerate(tokens):
        before = last.get(token, -1)
        last[token] = place
        # Windows begin from max(place - window + 1, before + 1, 0) to min(place, n - window).
        first = max(place - window, before)
        total += max(0, min(place, n - window) - max(first, -1))
    return total / (window * (n - window + 1))


def mtld(tokens: Sequence[str], *, threshold: float = THRESHOLD) -> float:
    """Mean length of runs that keep a TTR above the threshold, forwards and backwards (McCarthy and Jarvis 2010).

    From 1 / (1 - threshold), about, up; the number of tokens where no token comes twice.

    Raises:
        ValueError: the threshold is not between 0 and 1.
    """
    if not 0 < threshold < 1:
        raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
    if not tokens:
        return math.nan
    return (_run_length(tokens, threshold) + _run_length(tokens[::-1], threshold)) / 2


def _run_length(tokens: Sequence[str], threshold: float) -> float:
    """Tokens by factors: whole runs, and for the rest how far its TTR has come from 1 to the threshold."""
    factors, length = 0.0, 0
    types: set[str] = set()
    for token in tokens:
        length += 1
        types.add(token)
        if len(types) / length <= threshold:
            factors, length = factors + 1, 0
            types.clear()
    if length:
        factors += (1 - len(types) / length) / (1 - threshold)
    return len(tokens) / (factors or 1.0)


def hdd(tokens: Sequence[str], *, draws: int = DRAWS) -> float:
    """Expected TTR of so many tokens drawn without putting back (McCarthy and Jarvis 2007). Above 0, at most 1.

    Sum over types of the probability that a draw has one of its tokens (hypergeometric), by the size of the draw.

    Raises:
        ValueError: the number of draws is not positive.
    """
    if draws < 1:
        raise ValueError(f"draws must be 1 or more, got {draws}")
    n = len(tokens)
    if n < draws:
        return math.nan
    by_count = Counter(Counter(tokens).values())
    # Chance that none of a type's tokens is drawn, from that of a type with one token fewer.
    missed, at, total = 1.0, 0, 0.0
    for frequency in sorted(by_count):
        while at < frequency and missed > 0:
            missed *= (n - draws - at) / (n - at)
            at += 1
        total += by_count[frequency] * (1 - missed)
    return total / draws


def _of_tokens(function: Callable[[Sequence[str]], float]) -> Callable[[Sequence[Counted]], list[float]]:
    return each(lambda text: function(text.tokens))


MEASURES = (
    Measure("ttr", "share", 0, 1, "Johnson 1944", LANGUAGES, _of_tokens(ttr)),
    Measure("mattr", "share", 0, 1, "Covington and McFall 2010", LANGUAGES, _of_tokens(mattr), needs_words=WINDOW),
    Measure("mtld", "words", 1, math.inf, "McCarthy and Jarvis 2010", LANGUAGES, _of_tokens(mtld)),
    Measure("hdd", "share", 0, 1, "McCarthy and Jarvis 2007", LANGUAGES, _of_tokens(hdd), needs_words=DRAWS),
)
