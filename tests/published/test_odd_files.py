"""Odd files that the first import took wrongly or stumbled over."""

from __future__ import annotations

import json
import lzma
import tarfile
from pathlib import Path

import pandas as pd
import pytest

from findomain import published
from findomain.errors import PublishedError
from findomain.published.cells import TaskSplits, choose, read_rows
from findomain.published.flags import flag_cells, flag_tasks
from findomain.published.records import Record, read_records

ONE = {"STS13": TaskSplits("cosine_spearman", ("test",), ("default",))}
MIND = {"MindSmallReranking": TaskSplits("max_over_subqueries_map_at_1000", ("test",), ("default",))}


def rows(score: object) -> pd.DataFrame:
    content = {"scores": {"test": [{"main_score": score}]}}
    return read_rows([Record("f.json", "m/m", "r", "STS13", content)], ONE)


def test_runs_with_other_settings_are_no_model(tmp_path: Path) -> None:
    for name in ("a__b/r1/STS13.json", "a__b/r1/experiments/kwargs_{}/STS13.json"):
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"scores": {}}', encoding="utf-8")
    with tarfile.open(tmp_path / "r.tar", "w") as tar:
        tar.add(tmp_path / "results", arcname="./results")
    for source in (tmp_path, tmp_path / "r.tar"):
        assert [(record.model, record.revision) for record in read_records(source)] == [("a/b", "r1")]


def test_no_model_of_the_shipped_tables_lacks_an_owner() -> None:
    assert published.load_models()["model"].str.contains("/").all()


def test_a_cut_archive_is_named(tmp_path: Path) -> None:
    whole = tmp_path / "whole.tar"
    member = tmp_path / "results" / "a__b" / "r1" / "STS13.json"
    member.parent.mkdir(parents=True)
    member.write_text(json.dumps({"noise": [hash((i, "x")) for i in range(20000)]}), encoding="utf-8")
    with tarfile.open(whole, "w") as tar:
        tar.add(tmp_path / "results", arcname="results")
    packed = bytearray(lzma.compress(whole.read_bytes()))
    packed[len(packed) // 2 : len(packed) // 2 + 64] = b"\0" * 64
    broken = tmp_path / "broken.tar.xz"
    broken.write_bytes(packed)
    with pytest.raises(PublishedError, match=r"broken\.tar\.xz: not a tar archive"):
        list(read_records(broken))


def test_entries_that_are_no_objects_are_named() -> None:
    record = Record("a__b/r/STS13.json", "a/b", "r", "STS13", {"scores": {"test": [0.5]}})
    with pytest.raises(PublishedError, match=r"^a__b/r/STS13\.json: split 'test': expected a list of objects"):
        read_rows([record], ONE)


def test_a_rounding_error_above_one_is_no_percentage() -> None:
    flagged = flag_cells(choose(rows(1.0000000002))[0], pd.Series({"STS13": 1}))
    assert flagged["score"].tolist() == [1.0]
    assert not flagged["flag_rescaled"].any()


@pytest.mark.parametrize(
    ("score", "reason"),
    [(250.0, "main score above 100"), (float("inf"), "no main score"), ("high", "no main score")],
)
def test_a_score_on_no_known_scale_is_dropped(score: object, reason: str) -> None:
    assert rows(score)["reason"].tolist() == [reason]


def test_the_older_name_of_the_metric_of_mind() -> None:
    record = Record("f.json", "m/m", "r", "MindSmallReranking", {"test": {"map": 0.31, "mrr": 0.33}})
    assert choose(read_rows([record], MIND))[0]["score"].tolist() == [0.31]


def test_nothing_to_keep_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("mteb", reason="facts of tasks and models come from mteb")
    path = tmp_path / "results" / "a__b" / "r1" / "NoSuchTask.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"scores": {"test": [{"main_score": 0.5}]}}', encoding="utf-8")
    with pytest.raises(PublishedError, match=r"no score of a text task in English or Chinese \(1 result files read\)"):
        published.import_results(tmp_path, tmp_path / "out")


def test_a_superseding_task_is_an_edition_of_what_it_supersedes() -> None:
    tasks = pd.DataFrame(
        {
            "task": ["Old", "HUMEOld", "New"],
            "source_dataset": ["Old", "Old", "New"],
            "superseded_by": ["New", "", ""],
            "task_type": ["Clustering"] * 3,
            "domain": ["general"] * 3,
            "domain_tagged": ["general"] * 3,
            "domain_reason": [""] * 3,
            "is_public": [True] * 3,
        }
    )
    cells = pd.DataFrame({"task": ["New", "New", "Old"], "model": ["a", "b", "a"]})
    assert flag_tasks(tasks, cells)["flag_task_twin"].tolist() == [True, True, False]


def test_chinese_finance_and_its_families() -> None:
    tasks = published.load_tasks().set_index("task")
    assert tasks.loc[["AFQMC", "ATEC", "BQ"], "domain"].eq("finance").all()
    assert tasks.loc["HC3FinanceRetrieval", "family"] == "FiQA2018"
    both = tasks.loc[["LegalBenchCorporateLobbying", "CorporateLobbyingLegalBenchClassification"], "family"]
    assert both.nunique() == 1
    assert both.iloc[0] != tasks.loc["LegalBenchConsumerContractsQA", "family"]
