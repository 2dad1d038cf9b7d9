"""The rule that makes one score of many files, splits and subsets, on files written by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from findomain.published.cells import TaskSplits, choose, read_rows, version_key
from findomain.published.flags import flag_cells
from findomain.published.records import Record

DECLARED = {
    "Plain": TaskSplits("accuracy", ("test",), ("default",)),
    "Split": TaskSplits("ndcg_at_10", ("dev", "test"), ("a", "b")),
    "Pairs": TaskSplits("cosine_spearman", ("test",), ("default",)),
    "Rerank": TaskSplits("map_at_1000", ("test",), ("default",)),
    "Kinds": TaskSplits("max_ap", ("test",), ("default",)),
}


def current(
    task: str, scores: dict[str, dict[str, object]], *, revision: str = "r1", version: str = "1.18.0"
) -> Record:
    entries = {
        split: [{"hf_subset": subset, "main_score": score} for subset, score in subsets.items()]
        for split, subsets in scores.items()
    }
    return Record("file.json", "m/m", revision, task, {"mteb_version": version, "scores": entries})


def legacy(task: str, metrics: dict[str, object]) -> Record:
    content = {"mteb_version": "1.0.2", "dataset_revision": "x", "test": metrics | {"evaluation_time": 3.5}}
    return Record("file.json", "m/m", "no_revision_available", task, content)


def cells(*records: Record) -> pd.DataFrame:
    return choose(read_rows(records, DECLARED))[0]


def test_mean_over_subsets_then_over_splits() -> None:
    chosen = cells(current("Split", {"dev": {"a": 0.2, "b": 0.4}, "test": {"a": 0.9}}))
    assert chosen["score"].tolist() == pytest.approx([(0.3 + 0.9) / 2])
    assert chosen["n_parts"].tolist() == [3]


def test_what_is_not_declared_is_dropped_with_its_reason() -> None:
    rows = read_rows(
        [
            current("Split", {"train": {"a": 0.1}, "test": {"a": 0.5, "fra": 0.7}}),
            current("Split", {"test": {"b": None}}, revision="r2"),
            current("Unheard", {"test": {"default": 0.5}}),
        ],
        DECLARED,
    )
    assert rows["reason"].tolist() == [
        "split not declared for evaluation",
        "",
        "subset not declared or not in the language",
        "no main score",
        "task not known to mteb",
    ]
    assert choose(rows)[0]["score"].tolist() == [0.5]


@pytest.mark.parametrize(
    ("task", "metrics", "score"),
    [
        ("Plain", {"accuracy": 0.7, "f1": 0.6}, 0.7),
        ("Pairs", {"cos_sim": {"pearson": 0.1, "spearman": 0.8}, "euclidean": {"spearman": 0.2}}, 0.8),
        ("Rerank", {"map": 0.55, "mrr": 0.6}, 0.55),
        ("Kinds", {"cos_sim": {"ap": 0.6}, "dot": {"ap": 0.65}, "max": {"ap": 0.65}}, 0.65),
    ],
)
def test_the_layout_before_scores(task: str, metrics: dict[str, object], score: float) -> None:
    chosen = cells(legacy(task, metrics))
    assert chosen["score"].tolist() == [score]
    assert chosen["layout"].tolist() == ["legacy"]


def test_a_legacy_file_without_the_metric_has_no_score() -> None:
    rows = read_rows([legacy("Plain", {"f1": 0.6})], DECLARED)
    assert rows["reason"].tolist() == ["no main score"]
    assert math.isnan(rows["score"].iloc[0])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"scores": {"dev": {"a": 0.1, "b": 0.1}}, "version": "1.2.0"}, {"scores": {"test": {"a": 0.9}}}),
        (
            {"scores": {"test": {"a": 0.1}}, "version": "1.2.0"},
            {"scores": {"test": {"a": 0.9}}, "revision": "external"},
        ),
        ({"scores": {"test": {"a": 0.1}}, "version": "1.12.0"}, {"scores": {"test": {"a": 0.9}}, "version": "1.9.9"}),
        ({"scores": {"test": {"a": 0.1}}, "revision": "z"}, {"scores": {"test": {"a": 0.9}}, "revision": "a"}),
    ],
    ids=["more parts", "a revision", "newer version", "last revision"],
)
def test_which_of_several_files_is_taken(better: dict[str, object], worse: dict[str, object]) -> None:
    for records in ([better, worse], [worse, better]):
        chosen, lost = choose(read_rows([current("Split", **record) for record in records], DECLARED))
        assert chosen["score"].tolist() == pytest.approx([0.1])
        assert chosen["score_spread"].tolist() == pytest.approx([0.8])
        assert chosen["n_files"].tolist() == [2]
        assert lost[["score", "reason"]].to_numpy().tolist() == [[0.9, "another file of the cell was taken"]]


def test_versions_sort_as_numbers() -> None:
    assert sorted(["2.0.0", "1.12.75", "1.9.1", ""], key=version_key) == ["", "1.9.1", "1.12.75", "2.0.0"]


def test_cells_are_mended_and_flagged() -> None:
    chosen = cells(
        current("Plain", {"test": {"default": 71.5}}),
        current("Pairs", {"test": {"default": -0.1}}, revision="external"),
        current("Split", {"test": {"a": 0.5}}),
        legacy("Rerank", {"map": 0.4}),
    )
    parts = pd.Series({name: len(task.splits) * len(task.subsets) for name, task in DECLARED.items()})
    flagged = flag_cells(chosen, parts).set_index("task")
    assert flagged["score"].to_dict() == {"Plain": 0.715, "Pairs": 0.0, "Split": 0.5, "Rerank": 0.4}
    marked = {name: flagged.index[flagged[name]].tolist() for name in flagged.columns if name.startswith("flag_")}
    assert marked == {
        "flag_rescaled": ["Plain"],
        "flag_negative": ["Pairs"],
        "flag_several_files": [],
        "flag_external": ["Pairs", "Rerank"],
        "flag_legacy": ["Rerank"],
        "flag_incomplete": ["Split"],
    }
