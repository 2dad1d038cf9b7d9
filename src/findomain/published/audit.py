"""The audit: every known blemish of the published scores, what it touches, and the column that marks it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from findomain.published.flags import FLAGS, twin_models
from findomain.published.tables import load_dropped, load_scores, load_table


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found.

    Attributes:
        table: columns ``blemish, column, level, n_scores, n_tasks, n_models, examples, source``; a blemish that was
            looked for and not found has zeros.
        n_scores, n_tasks, n_models: sizes of the shipped tables.
    """

    table: pd.DataFrame
    n_scores: int
    n_tasks: int
    n_models: int

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def __str__(self) -> str:
        """A head line and a line a blemish."""
        lines = [f"{self.n_scores} scores of {self.n_models} models on {self.n_tasks} tasks"]
        lines += [
            f"{row.column}: {row.blemish}: {row.n_scores} scores, {row.n_tasks} tasks, {row.n_models} models"
            + (f" ({row.examples})" if row.examples else "")
            for row in self.table.itertuples()
        ]
        return "\n".join(lines)


def audit() -> Audit:
    """Count every flag over the shipped scores, and what the rule of the import dropped."""
    scores = load_scores()
    rows = [_flag_row(name, scores) for name in FLAGS]
    rows += _dropped_rows()
    return Audit(pd.DataFrame(rows), len(scores), scores["task"].nunique(), scores["model"].nunique())


def _flag_row(name: str, scores: pd.DataFrame) -> dict[str, object]:
    flag = FLAGS[name]
    marked = scores[scores[name]]
    shown = marked["model" if flag.level == "model" else "task"].value_counts().index[:3]
    examples = ", ".join(shown)
    if name == "flag_model_twin":
        pairs = twin_models(load_table("scores"))
        examples = ", ".join(f"{a} = {b}" for a, b in pairs[["model", "twin_of"]].itertuples(index=False))
    return _row(flag.meaning, name, flag.level, marked, examples, flag.source)


def _dropped_rows() -> list[dict[str, object]]:
    dropped = load_dropped()
    return [
        _row(f"dropped: {reason}", "(dropped)", "cell", part, ", ".join(part["task"].value_counts().index[:3]), "rule")
        for reason, part in dropped.groupby("reason")
    ]


def _row(blemish: str, column: str, level: str, marked: pd.DataFrame, examples: str, source: str) -> dict[str, object]:
    return {
        "blemish": blemish,
        "column": column,
        "level": level,
        "n_scores": len(marked),
        "n_tasks": marked["task"].nunique(),
        "n_models": marked["model"].nunique(),
        "examples": examples,
        "source": source,
    }
