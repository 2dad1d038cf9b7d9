"""Measures of a dataset as a whole: domain terms, key words, dispersion of its embeddings, structure of its task."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from findomain.complexity.density import density
from findomain.complexity.dispersion import effective_rank, mean_cosine_distance
from findomain.complexity.information import entropy
from findomain.complexity.keyness import keyness_density
from findomain.complexity.lexicon import LOUGHRAN_MCDONALD, load_lexicon
from findomain.complexity.measure import QUANTILES, Summary, Undefined, summarize
from findomain.encoders import Encoder, fingerprint, make_encoder
from findomain.errors import EncoderError, MissingExtraError
from findomain.profiles.source import Source
from findomain.profiles.structure import structure
from findomain.runner import Embedder, EmbeddingCache
from findomain.tasks import Task
from findomain.text import count

# all-MiniLM-L6-v2 and 1,000 texts are the paper's choice (arXiv 2502.10990); it knows no Chinese.
ENCODERS = {"eng": "all-MiniLM-L6-v2", "zho": "use-multilingual-v3"}
EMBEDDED = 1000
# Much longer than what the encoder reads; cutting a text takes less time than the encoder needs to do so.
LONGEST = 20_000
# So many words drawn from all of a dataset: the entropy of more words is higher, whatever they are.
DRAWN_WORDS = 5000
LEXICONS = {"domain_term_density": "finance", "loughran_mcdonald_density": LOUGHRAN_MCDONALD}
Report = Callable[[int, bool], None]


@dataclass(frozen=True, slots=True)
class WholeMeasure:
    """A measure of a dataset.

    Attributes:
        name: its name in tables and on the command line.
        unit: what it is counted in.
        low, high: the values that are possible.
        source: who defined it, or what it is made with.
        languages: for which it is defined.
        direction: what a higher value means.
    """

    name: str
    unit: str
    low: float
    high: float
    source: str
    languages: tuple[str, ...] = ("eng", "zho")
    direction: str = "higher = harder"


NO_ORDER = "neither way"
TONED = "higher = more tone"
DIVERSE = "higher = more diverse"
EASIER = "higher = easier"
MEASURES: Mapping[str, WholeMeasure] = {
    measure.name: measure
    for measure in (
        WholeMeasure("domain_term_density", "share of words", 0, 1, "our terms", ("eng",), "higher = more finance"),
        WholeMeasure(
            "loughran_mcdonald_density",
            "share of words",
            0,
            1,
            "Loughran, McDonald 2011",
            ("eng",),
            "higher = more tone",
        ),
        WholeMeasure("keyness_density", "share of words", 0, 1, "Monroe et al. 2008", direction="higher = more jargon"),
        WholeMeasure("pooled_entropy", "bits a word", 0, math.log2(DRAWN_WORDS), "Shannon 1948"),
        WholeMeasure("semantic_dispersion", "cosine distance", 0, 2, "mean over pairs", direction=DIVERSE),
        WholeMeasure("effective_rank", "directions", 1, math.inf, "Roy, Vetterli 2007", direction=DIVERSE),
        WholeMeasure("n_items", "items", 0, math.inf, "count", direction=NO_ORDER),
        WholeMeasure("n_classes", "classes", 0, math.inf, "count"),
        WholeMeasure("class_balance", "share of the largest entropy", 0, 1, "Shannon 1948", direction=NO_ORDER),
        WholeMeasure("largest_class_share", "share of items", 0, 1, "count", direction=NO_ORDER),
        WholeMeasure("n_queries", "queries", 0, math.inf, "count", direction=NO_ORDER),
        WholeMeasure("n_documents", "documents", 0, math.inf, "count"),
        WholeMeasure("relevant_per_query", "documents", 0, math.inf, "count", direction=NO_ORDER),
        WholeMeasure("overlap_jaccard", "share of words", 0, 1, "Jaccard 1901", direction=EASIER),
        WholeMeasure("overlap_query", "share of words", 0, 1, "count", direction=EASIER),
    )
}
DISPERSION = ("semantic_dispersion", "effective_rank")


def whole_measures(
    source: Source, texts: Sequence[str], vectors: np.ndarray | Undefined, names: Sequence[str]
) -> dict[str, Summary]:
    """The measures asked for of a sample of a source's texts and of their embeddings."""
    found = dict(_dispersions(vectors, names)) | dict(_densities(source, texts, names))
    if "pooled_entropy" in names:
        value = pooled_entropy(texts, source.language)
        found["pooled_entropy"] = single("pooled_entropy", value, 0 if value != value else DRAWN_WORDS)
    if any(name not in found for name in names):
        found |= {name: single(name, value, n) for name, (value, n) in structure(source).items()}
    return {name: found[name] for name in names}


def pooled_entropy(texts: Sequence[str], language: str, *, seed: int = 0) -> float:
    """Entropy in bits of 5,000 words drawn without replacement from all texts poured together; NaN of fewer words."""
    words = [word for text in texts for word in count(text, language=language).tokens]
    if len(words) < DRAWN_WORDS:
        return Undefined(f"fewer than {DRAWN_WORDS:,} words")
    drawn = np.random.default_rng(seed).choice(len(words), DRAWN_WORDS, replace=False)
    return entropy([words[place] for place in drawn])


def single(name: str, value: float, n: int) -> Summary:
    """A summary of the one value that a dataset has; ``n`` counts what it was made of."""
    why = getattr(value, "reason", None)
    nothing = dict.fromkeys(QUANTILES, math.nan)
    reasons = {why or "too few texts": 1} if value != value else {}
    return Summary(float(value), math.nan, nothing, 0 if reasons else n, len(reasons), MEASURES[name].unit, reasons)


def embedded(
    texts: Sequence[str],
    language: str,
    *,
    cache_folder: Path | None = None,
    report: Report = lambda characters, encoded: None,
) -> np.ndarray | Undefined:
    """Embeddings ``(n, d)`` of texts by the encoder for their language; ``Undefined`` where it cannot be had."""
    try:
        encoder = _encoder(ENCODERS[language])
        task = Task("profile", "STS", language=language)
        cache = EmbeddingCache.of(fingerprint(encoder.signature), cache_folder)
        return Embedder(encoder, task, cache, report)([text[:LONGEST] for text in texts], "symmetric")
    except (MissingExtraError, EncoderError) as error:
        return Undefined(str(error))


@lru_cache(maxsize=2)
def _encoder(name: str) -> Encoder:
    return make_encoder(name)


def _dispersions(vectors: np.ndarray | Undefined, names: Sequence[str]) -> Iterator[tuple[str, Summary]]:
    functions = dict(zip(DISPERSION, (mean_cosine_distance, effective_rank), strict=True))
    for name in set(names) & set(functions):
        value = vectors if isinstance(vectors, Undefined) else functions[name](vectors)
        yield name, single(name, value, 0 if isinstance(vectors, Undefined) else len(vectors))


def _densities(source: Source, texts: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, Summary]]:
    for name in set(names) & {*LEXICONS, "keyness_density"}:
        if source.language not in MEASURES[name].languages:
            yield name, single(name, Undefined(f"not defined for {source.language}"), 0)
            continue
        try:
            if name in LEXICONS:
                found = density(texts, load_lexicon(LEXICONS[name]))
            else:
                found = keyness_density(texts, language=source.language)
        except MissingExtraError as error:
            yield name, single(name, Undefined(str(error)), 0)
        else:
            yield name, summarize(found.by_text, unit=MEASURES[name].unit)
