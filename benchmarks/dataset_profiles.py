"""Make data/complexity from ../shared/datasets: ``python benchmarks/dataset_profiles.py [FOLDER]``.

Needs the extras complexity and models, and import for the table of descriptive statistics. What was measured is kept in
the cache folder: a run that was broken off goes on. The error rates of the language model are those that
``benchmarks/llm_error.py`` has written.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from findomain.paths import ROOT
from findomain.profiles import Settings
from findomain.profiles.datasets import dataset_tables
from findomain.profiles.descriptive import descriptive_table
from findomain.profiles.error_rates import error_rows
from findomain.profiles.shipped import FOLDER
from findomain.report.progress import ProfileMeter

DIGITS = "%.6g"


def main() -> None:
    """Measure every dataset of the folder and write the tables."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "datasets"
    folders = sorted(path.parent for path in root.glob("*/SOURCE.json"))
    with ProfileMeter() as meter:
        tables = dataset_tables(folders, Settings(n_jobs=2), meter)
    errors = error_rows(pd.read_csv(ROOT / "benchmarks" / "llm_error.csv"), tables.datasets)
    measures = pd.concat([tables.measures, errors], ignore_index=True)
    named = {"measures": measures, "datasets": tables.datasets, "descriptive": descriptive_table()}
    for name, table in named.items():
        table.to_csv(FOLDER / f"{name}.csv", index=False, float_format=DIGITS, lineterminator="\n")
    for language, cosines in tables.cosines.items():
        cosines.to_csv(FOLDER / f"cosines_{language}.csv", float_format=DIGITS, lineterminator="\n")


if __name__ == "__main__":
    main()
