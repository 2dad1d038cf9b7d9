"""Error rates of a language model as rows of the table of measures, each beside its level of chance."""

from __future__ import annotations

import math

import pandas as pd

MEASURES = {"llm_error_rate": "error_rate", "llm_chance_error": "chance_error"}


def error_rows(rates: pd.DataFrame, datasets: pd.DataFrame) -> pd.DataFrame:
    """Two rows a dataset: the error rate and that of guessing.

    Args:
        rates: a row a dataset, as ``benchmarks/llm_error.py`` writes them.
        datasets: what the datasets are; those that are not among them are left out.
    """
    joined = rates.drop(columns="task_type").merge(datasets, on="dataset", validate="1:1")
    return pd.DataFrame(
        [
            {
                "task": row.dataset,
                "task_type": row.task_type,
                "domain": row.domain,
                "language": row.language,
                "measure": measure,
                "mean": getattr(row, column),
                "sd": math.nan,
                "n": row.n,
                "n_undefined": 0,
                "unit": "share of items",
                "reason": "",
                "how": _how(row),
            }
            for row in joined.itertuples()
            for measure, column in MEASURES.items()
        ]
    )


def _how(row: tuple) -> str:
    verdict = "; no better than chance" if row.tells_nothing else ""
    return f"{row.model}, {row.n} items, our prompts, 95 % {row.ci_low:.2f} to {row.ci_high:.2f} over items{verdict}"
