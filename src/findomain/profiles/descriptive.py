"""What the ``mteb`` package tells of the texts of the published tasks: lengths in characters, sizes and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from findomain.complexity.structure import class_structure
from findomain.published import load_tasks
from findomain.published.facts import need_mteb

LENGTHS = {"chars_min": "min_text_length", "chars_mean": "average_text_length", "chars_max": "max_text_length"}
QUERIES = "queries_text_statistics"


def descriptive_table() -> pd.DataFrame:
    """A row a published task of which mteb has statistics, of the first split that it declares.

    Columns ``task, split, n_items, n_texts`` (distinct), ``chars_min, chars_mean, chars_max`` of all texts but the
    queries, ``query_chars_mean, n_queries, n_documents, relevant_per_query, n_classes, class_balance,
    largest_class_share``; empty where a task has none such. Of texts in several parts (the two sides of pairs) the
    mean is that of the parts.

    Raises:
        MissingExtraError: mteb is not installed.
    """
    need_mteb()
    import mteb

    published = set(load_tasks()["task"])
    metas = [task.metadata for task in mteb.get_tasks(exclude_superseded=False)]
    rows = []
    for meta in sorted((m for m in metas if m.name in published), key=lambda m: m.name):
        statistics = (meta.descriptive_stats or {}).get(meta.eval_splits[0])
        if statistics:
            rows.append({"task": meta.name, "split": meta.eval_splits[0]} | _row(statistics))
    return pd.DataFrame(rows)


def _row(statistics: Mapping[str, object]) -> dict[str, float | None]:
    parts = [
        part
        for key, part in statistics.items()
        if isinstance(part, dict) and "average_text_length" in part and key != QUERIES
    ]
    relevant = statistics.get("relevant_docs_statistics") or {}
    return {
        "n_items": statistics.get("num_queries") or statistics.get("num_samples"),
        "n_texts": sum(part.get("unique_texts") or 0 for part in parts) or None,
        "chars_min": min((part[LENGTHS["chars_min"]] for part in parts), default=None),
        "chars_mean": sum(part[LENGTHS["chars_mean"]] for part in parts) / len(parts) if parts else None,
        "chars_max": max((part[LENGTHS["chars_max"]] for part in parts), default=None),
        "query_chars_mean": (statistics.get(QUERIES) or {}).get("average_text_length"),
        "n_queries": statistics.get("num_queries"),
        "n_documents": statistics.get("num_documents"),
        "relevant_per_query": relevant.get("average_relevant_docs_per_query"),
    } | _labels(statistics)


def _labels(statistics: Mapping[str, object]) -> dict[str, float | None]:
    told = statistics.get("label_statistics") or statistics.get("labels_statistics") or {}
    counts = {label: row["count"] for label, row in (told.get("labels") or {}).items()}
    if not counts:
        return dict.fromkeys(("n_classes", "class_balance", "largest_class_share"))
    found = class_structure(Counter(counts).elements())
    return {
        "n_classes": found.n_classes,
        "class_balance": found.balance,
        "largest_class_share": found.largest_share,
    }
