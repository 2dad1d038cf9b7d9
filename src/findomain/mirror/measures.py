"""What is measured of each text and its twin, kept beside the texts so that the book needs no parser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from findomain.complexity.density import density
from findomain.complexity.lexicon import load_lexicon, split
from findomain.errors import TaskError
from findomain.mirror.twins import Item, mirror_items
from findomain.paths import require
from findomain.tasks.mirror import FOLDER, SIDES

KEPT = FOLDER / "measures.parquet"
KEYS = ["task_type", "split", "pair", "slot", "domain"]
MEASURES = ("words", "gunning_fog", "dependency_distance", "term_density")
REMAKE = "python benchmarks/mirror.py measures"


def text_key(text: str) -> str:
    """Eight hexadecimal digits of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def word_list(text: str) -> list[str]:
    """The words of a text: runs of letters and digits in lower case, as the lexicons have them."""
    return split(text, folded=False)


def _texts(items: Iterable[Item]) -> pd.DataFrame:
    rows = [
        (item.task_type, item.split, item.pair, slot, item.domain, text)
        for item in items
        for slot, text in item.texts.items()
    ]
    return pd.DataFrame(rows, columns=[*KEYS, "text"])


def measure_twins(items: Iterable[Item] | None = None) -> pd.DataFrame:
    """Every text of the suite measured: words (between white space), Fog, dependency distance, finance terms, its key.

    Raises:
        MissingExtraError: spaCy or textstat's data are not installed.
    """
    from findomain.complexity.profile import text_values
    from findomain.text import count

    frame = _texts(mirror_items() if items is None else items)
    values = text_values(frame["text"].tolist(), measures=["gunning_fog", "dependency_distance"])
    found = density(frame["text"], load_lexicon("finance"))
    return frame[KEYS].assign(
        words=frame["text"].map(lambda text: count(text).n_words),
        **{name: np.asarray(column, dtype=float).round(4) for name, column in values.items()},
        term_density=np.asarray(found.by_text, dtype=float).round(4),
        key=frame["text"].map(text_key),
    )


def load_measures(items: Iterable[Item] | None = None) -> pd.DataFrame:
    """The kept measures.

    Raises:
        TaskError: they are of other texts than those of the suite now.
    """
    kept = pd.read_parquet(require(KEPT))
    now = _texts(mirror_items() if items is None else items)
    now["key"] = now["text"].map(text_key)
    if kept[[*KEYS, "key"]].values.tolist() != now[[*KEYS, "key"]].values.tolist():
        raise TaskError(f"{KEPT}: the measures are of other texts than those of the suite; make them with: {REMAKE}")
    return kept


def overlap(item: Item) -> tuple[float, float]:
    """Share of a query's content words that the answering texts hold, and that the others hold.

    Of two paired texts the share of the first's content words that the second holds; NaN where there is nothing of the
    kind. Content words are those that scikit-learn does not list as English stop words.
    """
    names = list(item.texts)
    if names[0] not in ("query", "first"):
        return float("nan"), float("nan")
    asked = content_words(item.texts[names[0]])
    shares = [len(asked & content_words(item.texts[name])) / max(len(asked), 1) for name in names[1:]]
    if names[0] == "first":
        return shares[0], float("nan")
    answers = [label == "1" for label in item.labels]
    right = [share for share, answer in zip(shares, answers, strict=True) if answer]
    wrong = [share for share, answer in zip(shares, answers, strict=True) if not answer]
    return float(np.mean(right)), float(np.mean(wrong))


def content_words(text: str) -> set[str]:
    """The different words of a text without stop words."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return set(word_list(text)) - ENGLISH_STOP_WORDS


def item_measures() -> pd.DataFrame:
    """What is measured of each item, a row an item: ``task_type``, ``pair``, ``domain`` and the measures.

    ``words``: logarithm of its words; ``gunning_fog`` and ``dependency_distance``: means over its texts; ``overlap``:
    share of shared content words, NaN for types without paired texts.

    Raises:
        TaskError: see ``load_measures``.
    """
    items = mirror_items()
    by_item = load_measures(items).groupby(["task_type", "pair", "domain"])
    wide = by_item.agg(words=("words", "sum"), **{name: (name, "mean") for name in MEASURES[1:3]})
    wide["words"] = np.log(wide["words"])
    wide["overlap"] = pd.Series({(item.task_type, item.pair, item.domain): overlap(item)[0] for item in items})
    return wide.reset_index()


def mismatches() -> pd.DataFrame:
    """What the two items of each pair do not quite share, finance minus general: differences of ``item_measures``.

    Columns ``task_type``, ``pair`` and the measures; that of ``words`` is the logarithm of the ratio of the words.

    Raises:
        TaskError: see ``load_measures``.
    """
    wide = item_measures().set_index(["task_type", "pair", "domain"])
    finance, general = (wide.xs(side, level="domain") for side in SIDES)
    return (finance - general).reset_index()
