"""What the book's chapters start from: the scores by parameter, and the paper's own tables."""

from __future__ import annotations

import pandas as pd
import pytest

from findomain import published
from findomain.errors import PublishedError
from findomain.paths import DATA


def test_copies_are_left_out_unless_asked_for() -> None:
    few, all_of_them = published.evidence(), published.evidence(flagged=True)
    assert len(few) < len(all_of_them) == len(published.load_scores(language="eng"))
    assert not few[list(published.DUPLICATES)].any(axis=None)


def test_models_are_found_by_the_end_of_their_name() -> None:
    one = published.evidence(models=["all-MiniLM-L6-v2"], task_types=["STS"])
    assert set(one["model"]) == {"sentence-transformers/all-MiniLM-L6-v2"}
    assert set(one["task_type"]) == {"STS"}
    with pytest.raises(PublishedError, match=r"no model 'all-MiniLM-L6-v3' in the published scores; nearest: "):
        published.evidence(models=["all-MiniLM-L6-v3"])


def test_published_scores_of_minilm_to_four_decimals() -> None:
    """Values that the reference library gives for this model on these sets."""
    found = published.load_scores().set_index(["model", "task"])["score"]["sentence-transformers/all-MiniLM-L6-v2"]
    known = {"STS13": 0.8060, "STS15": 0.8539, "STSBenchmark": 0.8203, "SICK-R": 0.7758}
    assert {task: round(found[task], 4) for task in known} == known


@pytest.mark.parametrize("path", sorted((DATA / "paper").glob("*.csv")), ids=lambda path: path.stem)
def test_every_table_of_the_paper_loads_and_is_in_the_sources(path: object) -> None:
    table = published.load_paper(path.stem)
    assert len(table)
    assert not any(str(column).startswith("Unnamed") for column in table.columns)
    assert f"`{path.name}`" in (DATA / "SOURCES.md").read_text(encoding="utf-8")


def test_what_finmteb_defines() -> None:
    counts = published.finmteb_counts()
    assert (counts["defined"], counts["english"], counts["chinese"]) == (63, 35, 28)
    tasks = published.load_paper("finmteb_tasks")
    twins = tasks[tasks["name"].isin(["HeadlineACClassification", "HeadlinePDUClassification"])]
    assert len(twins.drop_duplicates(["hub_path", "hub_revision"])) <= 1


def test_the_papers_averages_agree_with_its_columns_mostly() -> None:
    averages = published.recomputed_averages()
    assert averages["agrees"].dtype == bool
    assert averages.loc[averages["language"] == "english", "agrees"].mean() > 0.5


def test_holm_never_lowers_a_p_value() -> None:
    tests = published.corrected_paired_tests()
    assert len(tests) == 14
    assert (tests["p_holm"] >= tests["p_printed"]).all()
    assert isinstance(tests, pd.DataFrame)
