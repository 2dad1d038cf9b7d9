"""The paper's table of text characteristics beside ours, and how many published tasks have a measured dataset."""

from __future__ import annotations

import pandas as pd

from findomain.profiles.contrast import dataset_means, differences, domain_means
from findomain.profiles.shipped import load_datasets, load_measures, load_same_source
from findomain.published import load_paper, load_tasks

# The paper's name of a characteristic and ours of the measure that is nearest: its words and sentences are cut by
# other rules, which are not published, so levels are not comparable, differences within a column are.
CHARACTERISTICS = {
    "sentence_length_tokens": "sentence_length",
    "token_length_characters": "word_length",
    "syllables_per_token": "syllables_per_word",
    "dependency_distance": "dependency_distance",
}


def beside_the_paper(means: pd.DataFrame | None = None) -> pd.DataFrame:
    """The four characteristics: both benchmarks as printed, and our general and finance datasets.

    Columns ``measure, mteb, finmteb, difference_printed, general, finance, difference, ci_low, ci_high, p_value,
    n_domain, n_against``, the last as in ``differences``. ``means`` are those of ``dataset_means``; of the shipped
    tables if not given.
    """
    means = dataset_means(load_measures(), load_datasets()) if means is None else means
    printed = load_paper("text_characteristics").set_index("benchmark")[list(CHARACTERISTICS)].T
    ours = domain_means(means).pivot(index="measure", columns="domain", values="mean")
    found = differences(means).set_index("measure")[
        ["difference", "ci_low", "ci_high", "p_value", "n_domain", "n_against"]
    ]
    table = pd.DataFrame(
        {
            "measure": list(CHARACTERISTICS.values()),
            "mteb": printed["MTEB"].to_numpy(),
            "finmteb": printed["FinMTEB"].to_numpy(),
            "difference_printed": (printed["FinMTEB"] - printed["MTEB"]).to_numpy(),
        }
    )
    return table.join(ours[["general", "finance"]], on="measure").join(found, on="measure")


def tasks_with_figures() -> dict[str, int]:
    """How many published tasks are made of a source that was measured: all, English, English finance; and all tasks."""
    tasks = load_tasks()
    same = load_same_source()
    known = tasks[tasks["task"].isin(same.loc[same["table"] == "published", "task"])]
    english = known[known["language"] == "eng"]
    return {
        "all": len(known),
        "english": len(english),
        "english_finance": int((english["domain"] == "finance").sum()),
        "published": len(tasks),
    }
