"""What was measured here, beside the published scores: under the published names, never counted twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from findomain import live, published, stats
from findomain.errors import RunError
from findomain.results import Store, TaskResult

SCORES = {("all-MiniLM-L6-v2", "sts13"): 0.81, ("all-MiniLM-L6-v2", "tatqa"): 0.5, ("mine", "tatqa"): 0.4}
MINILM = "sentence-transformers/all-MiniLM-L6-v2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = Store(tmp_path)
    for (model, task), score in {**SCORES, ("mine", "ours"): -0.2}.items():
        facts = {"task_type": "STS", "domain": "law", "encoder": "0", "n_items": 9, "ci_low": 0.1, "ci_high": 0.9}
        result = TaskResult(model, task, "test", "eng", "1", {"main_score": score}, 1.0, facts)
        store.write(store.path(model, "0", task), result)
    return tmp_path


def test_names_and_facts_are_the_published_ones_where_there_are_some(folder: Path) -> None:
    table = live.live_scores(folder).set_index(["model", "task"])
    assert set(table.index) == {(MINILM, "STS13"), (MINILM, "tatqa"), ("mine", "tatqa"), ("mine", "ours")}
    assert table.loc[(MINILM, "tatqa"), ["task_type", "domain"]].tolist() == ["Retrieval", "finance"]
    assert table.loc[(MINILM, "STS13"), "domain"] == "general"
    assert table.loc[("mine", "ours"), ["task_type", "domain", "score", "family"]].tolist() == [
        "STS",
        "law",
        0.0,
        "ours",
    ]


def test_a_published_cell_is_not_added_again(folder: Path) -> None:
    scores = published.evidence()
    both = live.with_live(scores, live.live_scores(folder))
    added = both.iloc[len(scores) :]
    assert sorted(added["task"]) == ["ours", "tatqa", "tatqa"]
    assert set(added["source"]) == {"live"}
    stats.check_scores(both)
    assert not added.filter(like="flag_").to_numpy(dtype=bool).any()


def test_a_copy_of_a_published_dataset_is_no_new_task(folder: Path) -> None:
    scores = published.evidence()
    measured = live.live_scores(folder)
    copy = measured.assign(task="copied", family="Banking77Classification")
    assert len(live.with_live(scores, copy)) == len(scores)


def test_only_the_languages_that_are_asked_for(folder: Path) -> None:
    chinese = published.evidence(language="zho")
    assert len(live.with_live(chinese, live.live_scores(folder))) == len(chinese)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"nowhere: no such folder of results; findomain run"):
        live.live_scores(tmp_path / "nowhere")


def test_listed_datasets_that_are_published_exist_there() -> None:
    listed = pd.read_csv(live.SHIPPED / "datasets.csv", keep_default_na=False)
    tasks = published.load_tasks().set_index("task")
    for row in listed.query("published != ''").itertuples():
        facts = tasks.loc[row.published, ["task_type", "language", "family"]]
        assert tuple(facts) == (row.task_type, row.language, row.family)
