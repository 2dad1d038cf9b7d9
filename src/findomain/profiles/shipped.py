"""The shipped tables of complexity: figures of measured datasets, and where they stand among the published tasks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from findomain.errors import ComplexityError, first_line
from findomain.paths import DATA

FOLDER = DATA / "complexity"
MAKER = "python benchmarks/dataset_profiles.py"
# Domains that the datasets are compared by; programming is one dataset.
DOMAINS = ("general", "finance", "medicine")


def load_measures(*, folder: Path = FOLDER) -> pd.DataFrame:
    """A row a dataset and measure.

    Columns ``task, task_type, domain, language, measure, unit, mean, sd, q05`` to ``q95, n, n_undefined, reason, how``.
    """
    return _table(folder / "measures.csv")


def load_datasets(*, folder: Path = FOLDER) -> pd.DataFrame:
    """A row a dataset: domain, sizes, its family (datasets that share texts), source, licence, content hash."""
    return _table(folder / "datasets.csv")


def load_cosines(language: str = "eng", *, folder: Path = FOLDER) -> pd.DataFrame:
    """Cosines between the mean embeddings of the datasets of a language, the same names on both sides."""
    return _table(folder / f"cosines_{language}.csv").set_index("dataset")


def load_same_source(*, folder: Path = FOLDER) -> pd.DataFrame:
    """A row a dataset and task made of the same source: ``dataset, task, table`` (published or finmteb), relation."""
    return _table(folder / "same_source.csv")


def load_descriptive(*, folder: Path = FOLDER) -> pd.DataFrame:
    """A row a published task: lengths, sizes and labels as the mteb package tells them."""
    return _table(folder / "descriptive.csv")


def _table(path: Path) -> pd.DataFrame:
    """A shipped table; text columns have no missing values.

    Raises:
        ComplexityError: it is not there or is no table.
    """
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise ComplexityError(
            f"{path}: cannot be read ({first_line(error)}); python benchmarks/dataset_profiles.py makes it"
        ) from error
    text = table.columns[[not pd.api.types.is_numeric_dtype(table[column]) for column in table.columns]]
    return table.fillna(dict.fromkeys(text, ""))
