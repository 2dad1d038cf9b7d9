"""The shipped tables keep what they promise: scores 0-1, one row a cell, every flag a column, small and quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from findomain import published
from findomain.errors import PublishedError
from findomain.paths import DATA
from findomain.published.facts import TYPES
from findomain.published.tables import NAMES, load_table
from findomain.stats.table import check_scores

FIRST = [
    *("model", "task", "task_type", "domain", "language"),
    *("score", "n_items", "source", "in_training", "revision", "family"),
]
DOMAINS = {"general", "finance", "law", "medicine", "chemistry", "programming"}


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    return published.load_scores()


@pytest.fixture(scope="module")
def tasks() -> pd.DataFrame:
    return published.load_tasks().set_index("task")


def test_the_scores_table(scores: pd.DataFrame) -> None:
    check_scores(scores)
    assert list(scores.columns) == [*FIRST, *published.FLAGS]
    assert not scores.duplicated(["model", "task"]).any()
    assert scores["score"].between(0, 1).all()
    assert set(scores["language"]) == {"eng", "zho"}
    assert set(scores["task_type"]) == set(TYPES)
    assert set(scores["domain"]) == DOMAINS
    assert set(scores["in_training"]) == {"true", "false", "unknown"}
    assert all(scores[flag].dtype == bool for flag in published.FLAGS)
    assert scores[["model", "task"]].equals(scores[["model", "task"]].sort_values(["model", "task"]))


def test_one_task_has_one_of_everything(scores: pd.DataFrame) -> None:
    assert scores.groupby("task")[["task_type", "domain", "language", "family"]].nunique().eq(1).all(axis=None)


def test_the_tables_fit_each_other(scores: pd.DataFrame, tasks: pd.DataFrame) -> None:
    assert set(scores["task"]) == set(tasks.index)
    assert set(scores["model"]) == set(published.load_models()["model"])
    assert len(published.load_exposure()) == len(scores) == len(load_table("scores"))


def test_every_flag_is_a_column_of_its_level() -> None:
    tables = {"cell": load_table("scores"), "task": published.load_tasks(), "model": published.load_models()}
    for name, flag in published.FLAGS.items():
        assert name in tables[flag.level].columns
        assert flag.meaning
        assert "\n" not in flag.meaning


@pytest.mark.parametrize("flag", list(published.FLAGS))
def test_drop_leaves_out_the_flagged_scores(scores: pd.DataFrame, flag: str) -> None:
    left = published.load_scores(drop=[flag])
    assert len(left) == len(scores) - scores[flag].sum()
    assert not left[flag].any()


def test_wrong_questions_are_one_line() -> None:
    with pytest.raises(PublishedError, match=r"unknown flag flag_none; expected some of flag_rescaled"):
        published.load_scores(drop=["flag_none"])
    with pytest.raises(PublishedError, match=r"language is 'fra'; expected eng or zho"):
        published.load_scores(language="fra")
    with pytest.raises(PublishedError, match=r"no table 'nothing' of the paper; there are: .*anova_by_task_type"):
        published.load_paper("nothing")


def test_a_missing_or_broken_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishedError, match=r"scores\.parquet: no such table; make it with"):
        load_table("scores", folder=tmp_path)
    (tmp_path / "scores.parquet").write_text("words", encoding="utf-8")
    with pytest.raises(PublishedError, match=r"scores\.parquet: not a parquet table"):
        load_table("scores", folder=tmp_path)


@pytest.mark.parametrize(
    ("task", "domain"),
    [
        ("FiQA2018", "finance"),
        ("Banking77Classification", "finance"),
        ("NanoFiQA2018Retrieval", "finance"),
        ("MSMARCO", "general"),
        ("T2Retrieval", "general"),
        ("SCIDOCS", "general"),
        ("BIOSSES", "medicine"),
        ("CMedQAv2-reranking", "medicine"),
        ("RARbCode", "programming"),
        ("AILAStatutes", "law"),
        ("LeCaRDv2", "law"),
        ("CUADInsuranceLegalBenchClassification", "law"),
        ("WikipediaChemistryTopicsClustering", "chemistry"),
    ],
)
def test_domains(tasks: pd.DataFrame, task: str, domain: str) -> None:
    assert tasks.loc[task, "domain"] == domain


def test_domains_decided_by_hand_are_flagged_and_have_reasons(tasks: pd.DataFrame) -> None:
    decided = pd.read_csv(DATA / "domains.csv").set_index("task")
    assert decided.index.is_unique
    assert set(decided["domain"]) <= DOMAINS
    assert decided["reason"].str.len().gt(10).all()
    assert set(decided.index) <= set(tasks.index)
    assert tasks.loc[decided.index, "flag_domain"].all()
    assert tasks.loc[decided.index, "domain"].equals(decided["domain"])
    differ = tasks["domain"] != tasks["domain_tagged"]
    assert set(tasks.index[differ]) <= set(decided.index)
    by_tag = published.load_scores(domains="tagged").drop_duplicates("task").set_index("task")["domain"]
    assert by_tag["Banking77Classification"] == "general"


def test_families_hold_together(tasks: pd.DataFrame) -> None:
    family = tasks["family"]
    assert family[["FiQA2018", "NanoFiQA2018Retrieval", "IFIRFiQA"]].nunique() == 1
    assert family[family.index.str.startswith("CQADupstack")].nunique() == 1
    assert family[family.index.str.startswith("CUAD")].nunique() == 1
    assert family[["STS12", "STS13", "STS14", "STS15", "STS16"]].nunique() == 5


def test_voyage_twins_and_variants_are_flagged() -> None:
    models = published.load_models().set_index("model")
    assert models.loc[["voyageai/voyage-code-2", "voyageai/voyage-large-2"], "flag_model_twin"].sum() == 1
    assert models.loc[models.index.str.contains("output_dtype"), "flag_model_variant"].all()


def test_training_exposure(scores: pd.DataFrame) -> None:
    seen = scores.set_index(["model", "task"])["in_training"]
    assert seen["BAAI/bge-en-icl", "FEVER"] == "true"
    both = seen.unstack()[["FEVER", "FEVERHardNegatives"]].dropna()
    assert len(both) > 20
    assert both["FEVER"].equals(both["FEVERHardNegatives"].rename("FEVER"))
    declared = published.load_models().set_index("model")["training_declared"]
    assert (scores["in_training"] != "unknown").equals(scores["model"].map(declared).astype(bool))


def test_the_audit_counts_every_flag(scores: pd.DataFrame) -> None:
    found = published.audit()
    table = found.to_frame().set_index("column")
    assert (found.n_scores, found.n_tasks) == (len(scores), scores["task"].nunique())
    for flag in published.FLAGS:
        assert table.loc[flag, "n_scores"] == scores[flag].sum()
        assert f"{flag}: " in str(found)
    assert "voyageai/voyage-large-2 = voyageai/voyage-code-2" in table.loc["flag_model_twin", "examples"]
    dropped = published.load_dropped()
    assert table.loc[["(dropped)"], "n_scores"].sum() == len(dropped)


def test_the_tables_are_small() -> None:
    assert sum((DATA / "published" / f"{name}.parquet").stat().st_size for name in NAMES) < 3_000_000


def test_loading_needs_neither_mteb_nor_rich() -> None:
    code = (
        "import sys; sys.modules['mteb'] = None; from findomain.published import load_scores; load_scores();"
        "print([name for name in ('rich', 'torch', 'datasets') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
