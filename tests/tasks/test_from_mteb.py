"""A task of mteb, given data by hand, read through our layouts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from findomain.errors import TaskError
from findomain.tasks import mteb_task
from findomain.tasks.from_mteb import tables_of
from findomain.tasks.layouts import read_data

mteb = pytest.importorskip("mteb", reason="the reference library is the extra 'import'")
from datasets import Dataset, DatasetDict  # noqa: E402


@pytest.mark.parametrize(
    ("name", "task_type", "metric"),
    [
        ("STS12", "STS", "cosine_spearman"),
        ("Banking77Classification", "Classification", "accuracy"),
        ("SciFact", "Retrieval", "ndcg_at_10"),
        ("MindSmallReranking", "Reranking", "map_at_1000"),
        ("SummEval", "Summarization", "cosine_spearman"),
    ],
)
def test_facts_are_mtebs(name: str, task_type: str, metric: str) -> None:
    task = mteb_task(name)
    assert (task.source, task.task_type, task.metric, len(task.revision)) == ("mteb", task_type, metric, 40)


def test_what_is_not_measured_here() -> None:
    with pytest.raises(TaskError, match="mteb has no task 'Nothing'"):
        mteb_task("Nothing")
    with pytest.raises(TaskError, match="a task of type BitextMining is not measured here"):
        mteb_task("BUCC.v2")


def test_pairs() -> None:
    abstract = mteb.get_task("STS12")
    rows = {"sentence1": ["a", "b"], "sentence2": ["c", "d"], "score": [1.0, 2.0]}
    abstract.dataset = DatasetDict(test=Dataset.from_dict(rows))
    task = mteb_task("STS12")
    assert read_data(task, tables_of(abstract, task)).targets == (1.0, 2.0)


def test_wordings_of_a_query_in_reranking() -> None:
    abstract = mteb.get_task("MindSmallReranking")
    ranked = {"u_0": ["d0", "d1"], "u_1": ["d0", "d1"], "v_0": ["d1", "d2"]}
    abstract.dataset = {
        "default": {
            "test": {
                "corpus": Dataset.from_dict({"id": ["d0", "d1", "d2"], "title": [""] * 3, "text": ["x", "y", "z"]}),
                "queries": Dataset.from_dict({"id": ["u_0", "u_1", "v_0"], "text": ["one", "two", "three"]}),
                "relevant_docs": {"u_0": {"d0": 1}, "u_1": {"d0": 1}, "v_0": {"d2": 1}},
                "top_ranked": ranked,
            }
        }
    }
    task = mteb_task("MindSmallReranking")
    data = read_data(task, tables_of(abstract, task))
    assert data.queries == (("one", "two"), ("three",))
    assert data.candidates == (("x", "y"), ("y", "z"))
    assert data.grades == ((1, 0), (0, 1))


def test_no_request_is_made_where_none_is_allowed() -> None:
    code = "from findomain.tasks import load_data, mteb_task; load_data(mteb_task('STS12'))"
    environment = os.environ | {
        "FINDOMAIN_OFFLINE": "1",
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "HF_HOME": "/nonexistent",
    }
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert "mteb cannot load it" in done.stderr.splitlines()[-1]
    assert "Retry" not in done.stderr
