"""The scores that a chapter of the book works on, from its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import pandas as pd

from findomain.errors import PublishedError
from findomain.published.flags import DUPLICATES
from findomain.published.tables import load_scores


def evidence(
    *,
    models: Sequence[str] | None = None,
    task_types: Sequence[str] | None = None,
    flagged: bool = False,
    language: str | None = "eng",
) -> pd.DataFrame:
    """The scores table for some models and task types; None means all.

    ``flagged`` keeps what is a copy of evidence that the table has already: further editions of a dataset, second names
    and variants of a model. By default they are left out, since a copy is no new task and no new model.

    Raises:
        PublishedError: a model or task type that the table does not have, with the nearest names.
    """
    scores = load_scores(language=language, drop=() if flagged else DUPLICATES)
    for column, wanted in (("model", models), ("task_type", task_types)):
        if wanted is not None:
            scores = scores[scores[column].isin(_known(wanted, scores[column].unique(), column))]
    return scores.reset_index(drop=True)


def _known(wanted: Sequence[str], names: Sequence[str], column: str) -> list[str]:
    """Full names; the part of a model's name behind the slash will do."""
    short = {str(name).split("/")[-1].lower(): str(name) for name in names} | {
        str(name).lower(): str(name) for name in names
    }
    for name in wanted:
        if name.lower() not in short:
            near = get_close_matches(name.lower(), list(short), n=3, cutoff=0.4)
            raise PublishedError(
                f"no {column} {name!r} in the published scores; nearest: {', '.join(short[n] for n in near)}"
            )
    return [short[name.lower()] for name in wanted]
