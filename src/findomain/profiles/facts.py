"""Facts of tasks that have scores, one row a task: what an analysis of the scores may adjust for.

Two sources. Of most published tasks the mteb package tells lengths, sizes and labels. Of the datasets that were
measured here every measure of text is known; they stand for the published tasks that were made of the same source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from findomain.complexity import profile as texts_profile
from findomain.profiles.shipped import load_descriptive, load_measures, load_same_source

# Sizes and lengths lie orders apart, so they are taken as decimal logarithms; a balance is a share already.
LOGARITHMS = {
    "text_length": "chars_mean",
    "query_length": "query_chars_mean",
    "n_documents": "n_documents",
    "relevant_per_query": "relevant_per_query",
    "n_classes": "n_classes",
}
STRUCTURE = (*LOGARITHMS, "class_balance")
# The paper's four measures first. Domain terms are left out: they tell the domain, which is what is asked.
TEXT = (
    "gunning_fog",
    "dependency_distance",
    "entropy",
    "llm_error_rate",
    *(name for name in texts_profile.MEASURES if name not in ("gunning_fog", "dependency_distance", "entropy")),
    "semantic_dispersion",
)


def structure_facts() -> pd.DataFrame:
    """Lengths, sizes and labels of published tasks: columns ``STRUCTURE``, indexed by task; NaN where a task has none.

    ``text_length``, ``query_length`` (characters), ``n_documents``, ``relevant_per_query`` and ``n_classes`` are
    decimal logarithms; ``class_balance`` is 0-1. Where the number of documents is not told it is that of distinct ones.
    """
    table = load_descriptive().set_index("task")
    distinct = table["n_texts"].where(table["query_chars_mean"].notna())
    table = table.assign(n_documents=table["n_documents"].fillna(distinct))
    facts = pd.DataFrame(
        {name: np.log10(table[column].where(table[column] > 0)) for name, column in LOGARITHMS.items()}
    )
    return facts.assign(class_balance=table["class_balance"])


def text_facts() -> pd.DataFrame:
    """Means of the measures of text, indexed by task: columns ``TEXT``.

    A measured dataset is there under its own name and under that of the published task of the same source, whose texts
    may be another part of it.
    """
    measures = load_measures()
    wide = measures[measures["measure"].isin(TEXT)].pivot(index="task", columns="measure", values="mean")
    same = load_same_source().query("table == 'published'").drop_duplicates("task")
    alias = wide.reindex(same["dataset"]).set_axis(same["task"])
    return pd.concat([wide, alias]).reindex(columns=list(TEXT)).rename_axis("task")
