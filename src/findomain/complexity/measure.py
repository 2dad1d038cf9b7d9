"""What a measure of text is, what a value that does not exist looks like, and how values of many texts are summed up.

A value that is not defined is NaN and carries its reason; it is never 0 and never a warning.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

import numpy as np

from findomain.text import Counted

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NO_WORD = "no word"
UNBROKEN = "a run of more than 1,000 characters without white space is no English word"


class Undefined(float):
    """NaN with a reason."""

    __slots__ = ("reason",)

    def __new__(cls, reason: str) -> Self:
        """NaN for this reason."""
        value = super().__new__(cls, math.nan)
        value.reason = reason
        return value

    def __reduce__(self) -> tuple[type[Undefined], tuple[str]]:
        return type(self), (self.reason,)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one text.

    Attributes:
        name: its name in tables and on the command line.
        unit: what it is counted in.
        low, high: the values that are possible; infinite where there is no bound.
        direction: what a higher value means.
        source: who defined it, in short.
        languages: for which it is defined.
        of: the counted texts in, a value a text out, NaN with a reason where there is none.
        needs_words: fewest words that it is defined for; with 0 it is defined for what is no language, too.
        version: raised when a value changes, so that kept values are not mixed.
    """

    name: str
    unit: str
    low: float
    high: float
    source: str
    languages: tuple[str, ...]
    of: Callable[[Sequence[Counted]], list[float]] = field(repr=False)
    needs_words: int = 1
    direction: str = "higher = harder"
    version: int = 1

    def values(self, texts: Sequence[Counted]) -> list[float]:
        """A value a text, in order; ``Undefined`` where the measure has none."""
        whys = [self.why_undefined(text) for text in texts]
        found = iter(self.of([text for text, why in zip(texts, whys, strict=True) if why is None]))
        return [next(found) if why is None else Undefined(why) for why in whys]

    def value(self, text: Counted) -> float:
        """The value of one text."""
        return self.values([text])[0]

    def why_undefined(self, text: Counted) -> str | None:
        """Why the text has no value; None where it has one."""
        if text.language not in self.languages:
            return f"not defined for {text.language}"
        if self.needs_words and not text.tokens:
            return NO_WORD
        if self.needs_words and text.is_unbroken:
            return UNBROKEN
        if text.n_words < self.needs_words:
            return f"fewer than {self.needs_words} words"
        return None


def each(function: Callable[[Counted], float]) -> Callable[[Sequence[Counted]], list[float]]:
    """A function of one text made one of many."""

    def of(texts: Sequence[Counted]) -> list[float]:
        return [function(text) for text in texts]

    return of


@dataclass(frozen=True, slots=True)
class Summary:
    """Values of many texts summed up.

    Attributes:
        mean, sd: mean and standard deviation (n - 1) of the values that are defined; NaN where there are too few.
        quantiles: by probability: 0.05, 0.25, 0.5, 0.75, 0.95.
        n: texts with a value.
        n_undefined: texts without one.
        unit: what the values are counted in.
        reasons: how often each reason is why a text has none.
    """

    mean: float
    sd: float
    quantiles: Mapping[float, float]
    n: int
    n_undefined: int
    unit: str
    reasons: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON: NaN becomes None, quantiles are named ``q05`` and so on."""
        told = asdict(self)
        quantiles = told.pop("quantiles")
        told |= {f"q{round(100 * probability):02d}": value for probability, value in quantiles.items()}
        return {name: None if value != value else value for name, value in told.items()}


def summarize(values: Iterable[float], *, unit: str, reasons: Mapping[str, int] | None = None) -> Summary:
    """Sum values up; those that are NaN are counted apart.

    The values are sorted first, so that the order of texts changes nothing, not even the last digit.

    Args:
        values: one a text.
        unit: what they are counted in.
        reasons: counts of why values are NaN; read from the values where not given.
    """
    told = list(values) if reasons is None else values
    if reasons is None:
        reasons = Counter(value.reason for value in told if isinstance(value, Undefined))
    found = np.sort(np.asarray(told, dtype=np.float64))
    n = int(np.count_nonzero(~np.isnan(found)))
    defined = found[:n]
    at = np.quantile(defined, QUANTILES) if n else np.full(len(QUANTILES), math.nan)
    return Summary(
        mean=float(np.mean(defined)) if n else math.nan,
        sd=float(np.std(defined, ddof=1)) if n > 1 else math.nan,
        quantiles={probability: float(value) for probability, value in zip(QUANTILES, at, strict=True)},
        n=n,
        n_undefined=len(found) - n,
        unit=unit,
        reasons=dict(sorted(reasons.items())),
    )
