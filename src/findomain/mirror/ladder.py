"""Does the suite tell models apart: chance, word counts, and a small trained model, in that order?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from findomain.mirror.measures import content_words, overlap
from findomain.mirror.twins import Item, mirror_items
from findomain.tasks.mirror import SIDES

RUNGS = ("random", "bag-of-words", "all-MiniLM-L6-v2")


MISLED, NOISE = "words mislead", "within the intervals"


def ladder(scores: pd.DataFrame, shared: pd.DataFrame) -> pd.DataFrame:
    """Scores of chance, bag of words and MiniLM by type and domain, and whether each is above the one before.

    Args:
        scores: as ``score_table`` gives them.
        shared: as ``lures`` gives them.

    Returns:
        ``task_type, domain``, a column a rung, ``together``, ``apart``, ``in_order``, and ``reason`` where they are
        not: ``words mislead`` (what does not belong together shares more words than what does), ``within the
        intervals`` (the 95 % intervals of the two that are out of order overlap), or nothing.
    """
    keys = ["task_type", "domain"]
    by = scores[scores["model"].isin(RUNGS)].set_index([*keys, "model"])
    value, low, high = (by[name].unstack("model")[list(RUNGS)] for name in ("score", "ci_low", "ci_high"))
    steps = list(pairwise(RUNGS))
    broken = pd.DataFrame({b: value[b] <= value[a] for a, b in steps})
    clear = pd.DataFrame({b: broken[b] & (high[b] < low[a]) for a, b in steps})
    table = value.join(shared.set_index(keys))
    table["in_order"] = ~broken.any(axis=1)
    told = np.where(clear.any(axis=1), "", NOISE)
    table["reason"] = np.where(table["in_order"], "", np.where(table["apart"] > table["together"], MISLED, told))
    return table.rename_axis(columns=None).reset_index()


def lures(items: Iterable[Item] | None = None) -> pd.DataFrame:
    """Share of content words that belong together has in common, and what does not: word counts follow the larger.

    Of a query and its answers against its other passages (Retrieval, Reranking); of pairs that say the same against
    those that do not (PairClassification); of a reference and the summaries graded 3 or more against the others
    (Summarization); of sentences graded 3 or more against the others (STS).

    Returns:
        ``task_type, domain, together, apart``.
    """
    rows = [(item.task_type, item.domain, *_shares(item)) for item in (mirror_items() if items is None else items)]
    table = pd.DataFrame(rows, columns=["task_type", "domain", "together", "apart"])
    table = table.dropna(subset=["together", "apart"], how="all")
    return (
        table.groupby(["task_type", "domain"])[["together", "apart"]]
        .mean()
        .reindex(SIDES, level="domain")
        .reset_index()
    )


GOOD = 3.0


def _shares(item: Item) -> tuple[float, float]:
    nothing = float("nan")
    if item.task_type == "Summarization":
        reference, *summaries = [content_words(text) for name, text in item.texts.items() if name != "document"]
        shares = np.array([len(reference & words) / len(reference) for words in summaries])
        good = np.array(item.labels, dtype=float) >= GOOD
        return (float(shares[good].mean()) if good.any() else nothing), (
            float(shares[~good].mean()) if not good.all() else nothing
        )
    share, other = overlap(item)
    if item.task_type in ("PairClassification", "STS"):
        together = float(item.labels[0]) >= (1 if item.task_type == "PairClassification" else GOOD)
        return (share, nothing) if together else (nothing, share)
    return share, other
