"""Agreement of the two annotators, by task type and domain, from ``data/mirror/labels.csv``."""

from __future__ import annotations

import pandas as pd

from findomain.paths import require
from findomain.stats import krippendorff_alpha
from findomain.tasks.mirror import FOLDER, SIDES

GRADED = ("STS", "Summarization")


def load_labels() -> pd.DataFrame:
    """Labels of every item: ``task_type, pair_id, domain, authors, first, second, gold``.

    Parts of an item (candidates, passages, summaries) are divided by spaces.
    """
    return pd.read_csv(require(FOLDER / "labels.csv"), dtype=str, keep_default_na=False)


def agreement(labels: pd.DataFrame | None = None) -> pd.DataFrame:
    """Krippendorff's alpha between the annotators, and of each with the authors.

    One row a type and domain: ``task_type, domain, scale, n`` (labels that both annotators gave), ``alpha``, ``differ``
    (labels in which the annotators differ), ``first_authors``, ``second_authors`` and ``not_authors`` (gold labels that
    are not the authors'). Interval scale for grades, nominal for the rest.
    """
    labels = load_labels() if labels is None else labels
    rows = []
    for kind in sorted(labels["task_type"].unique()):
        for domain in SIDES:
            part = labels[(labels["task_type"] == kind) & (labels["domain"] == domain)]
            rows.append(
                {"task_type": kind, "domain": domain, **_row(part, "interval" if kind in GRADED else "nominal")}
            )
    return pd.DataFrame(rows)


def _row(part: pd.DataFrame, scale: str) -> dict[str, object]:
    both = part[(part["first"] != "") & (part["second"] != "")]
    told = {name: _parts(both[name], scale) for name in ("authors", "first", "second", "gold")}
    pairs = {
        "alpha": ("first", "second"),
        "first_authors": ("first", "authors"),
        "second_authors": ("second", "authors"),
    }
    return {
        "scale": scale,
        "n": len(told["first"]),
        "differ": _unlike(told["first"], told["second"]),
        **{name: krippendorff_alpha([told[a], told[b]], scale=scale) for name, (a, b) in pairs.items()},
        "not_authors": _unlike(told["gold"], told["authors"]),
    }


def _parts(column: pd.Series, scale: str) -> list[object]:
    parts = [part for value in column for part in value.split(" ")]
    return [float(part) for part in parts] if scale == "interval" else parts


def _unlike(one: list[object], other: list[object]) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
