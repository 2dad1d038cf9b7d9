"""Models times tasks: kept, found again, remade when something changed; one cell's failure is its own."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from findomain.encoders import Encoder, Options
from findomain.errors import EncoderError, FindomainError, RunError, TaskError
from findomain.results import Store, scores_table
from findomain.runner import Outcome, Plan, run, run_cell
from findomain.tasks import TASK_TYPES, Role, Task, folder_task, load_data

Make = Callable[[str], Path]


@dataclass
class Toy:
    """An encoder of the tests that counts what it encodes and may fail."""

    name: str = "toy"
    chunk: int = 16
    version: int = 1
    poison: str = ""
    seen: list[str] = field(default_factory=list)

    @property
    def signature(self) -> dict[str, object]:
        return {"kind": "toy", "version": self.version}

    def prompt(self, role: Role, task: Task) -> str:
        return ""

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        self.seen += texts
        vectors = np.array([[len(t), t.count("e") + 1, t.count("a"), len(t.split())] for t in texts], dtype=np.float32)
        if self.poison:
            vectors[[self.poison in text for text in texts]] = np.nan
        return vectors


def plan(tmp_path: Path, models: list[str], tasks: list[Task], **options: object) -> Plan:
    return Plan(models, tasks, Options(), tmp_path / "results", tmp_path / "cache", **options)


def cell(toy: Encoder, folder: Path, tmp_path: Path) -> Outcome:
    task = folder_task(folder)
    return run_cell(toy, task, load_data(task), store=Store(tmp_path / "results"), cache_folder=tmp_path / "cache")


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_every_type_from_folder_to_result(small_task: Make, tmp_path: Path, task_type: str) -> None:
    task = folder_task(small_task(task_type))
    assert task.task_type == task_type
    outcomes = run(plan(tmp_path, ["wordllama-256", "tf-idf", "bag-of-words"], [task]))
    assert [outcome.error for outcome in outcomes] == [""] * 3
    for outcome in outcomes:
        low, high = (outcome.result.facts[name] for name in ("ci_low", "ci_high"))
        assert low <= outcome.result.main_score <= high
    table = scores_table(tmp_path / "results")
    assert sorted(table["model"]) == ["bag-of-words", "tf-idf", "wordllama-256"]
    assert set(table["task_type"]) == {task_type}


@pytest.mark.parametrize("task_type", ["Retrieval", "Reranking"])
def test_bm25_ranks_without_embeddings(small_task: Make, tmp_path: Path, task_type: str) -> None:
    (outcome,) = run(plan(tmp_path, ["bm25"], [folder_task(small_task(task_type))]))
    assert outcome.result.main_score > 0.8


def test_bm25_has_nothing_to_say_on_pairs(small_task: Make, tmp_path: Path) -> None:
    (outcome,) = run(plan(tmp_path, ["bm25"], [folder_task(small_task("STS"))]))
    assert outcome.error == "bm25: has no embeddings and runs on Retrieval and Reranking alone, not STS"


def test_each_text_is_encoded_once_and_never_again(small_task: Make, tmp_path: Path) -> None:
    toy, again = Toy(), Toy()
    first = cell(toy, small_task("Reranking"), tmp_path)
    assert len(toy.seen) == len(set(toy.seen)) == first.result.facts["n_encoded"]
    second = cell(again, tmp_path / "data" / "small-reranking", tmp_path)
    assert (second.reused, again.seen) == (True, [])
    first.path.unlink()
    third = cell(again, tmp_path / "data" / "small-reranking", tmp_path)
    assert again.seen == []
    assert third.result.scores == first.result.scores


def test_texts_of_another_task_are_not_encoded_again(small_task: Make, tmp_path: Path) -> None:
    toy = Toy()
    cell(toy, small_task("STS"), tmp_path)
    cell(toy, small_task("PairClassification"), tmp_path)
    assert len(toy.seen) == len(set(toy.seen))


@pytest.mark.parametrize("what", ["model", "data", "settings"])
def test_a_change_is_measured_again(small_task: Make, tmp_path: Path, what: str) -> None:
    folder = small_task("STS")
    cell(Toy(), folder, tmp_path)
    if what == "data":
        path = folder / "test.jsonl"
        path.write_text(path.read_text().replace('"score": 5', '"score": 4'))
    if what == "settings":
        (folder / "task.toml").write_text('metric = "cosine_pearson"')
    assert not cell(Toy(version=2 if what == "model" else 1), folder, tmp_path).reused


def test_not_finite_stops_its_cell_and_the_others_go_on(
    small_task: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy(poison="again")
    monkeypatch.setattr("findomain.runner.plan.make_encoder", lambda name, options: toy)
    tasks = [folder_task(small_task(kind)) for kind in ("Reranking", "STS")]
    bad, good = run(plan(tmp_path, ["toy"], tasks))
    assert bad.error == "toy: 14 of 16 embeddings hold NaN or infinity (first: text 0)"
    assert not bad.path.exists()
    assert math.isfinite(good.result.main_score)


def test_a_score_that_is_not_defined_stops_its_cell(small_task: Make, tmp_path: Path) -> None:
    class Constant(Toy):
        def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
            return np.ones((len(texts), 3), dtype=np.float32)

    outcome = cell(Constant(), small_task("STS"), tmp_path)
    assert outcome.error == "small-sts: cosine_spearman is not defined for these embeddings"


def test_everything_is_checked_before_anything_is_encoded(
    small_task: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy()
    monkeypatch.setattr("findomain.runner.plan.make_encoder", lambda name, options: toy)
    good, bad = folder_task(small_task("STS")), folder_task(small_task("Retrieval"))
    with (tmp_path / "data/small-retrieval/qrels/test.tsv").open("a") as lines:
        lines.write("q0\tnowhere\t1\n")
    with pytest.raises(TaskError, match=r"qrels/test.tsv, row 32: document id 'nowhere' is not in the corpus"):
        run(plan(tmp_path, ["toy"], [good, bad]))
    assert toy.seen == []
    with pytest.raises(RunError, match="two tasks are called 'small-sts'"):
        run(plan(tmp_path, ["toy"], [good, good]))


def test_a_metric_that_does_not_exist(small_task: Make, tmp_path: Path) -> None:
    folder = small_task("STS")
    (folder / "task.toml").write_text('metric = "cosine_spearmann"')
    with pytest.raises(
        TaskError, match=r"small-sts: STS has no metric 'cosine_spearmann' .did you mean cosine_spearman,"
    ):
        run(plan(tmp_path, ["bag-of-words"], [folder_task(folder)]))


def test_processes_give_what_one_process_gives(small_task: Make, tmp_path: Path) -> None:
    tasks = [folder_task(small_task(kind)) for kind in ("STS", "Retrieval", "Clustering")]
    alone = run(plan(tmp_path, ["wordllama-256", "bag-of-words"], tasks))
    several = run(plan(tmp_path / "several", ["wordllama-256", "bag-of-words"], tasks, n_jobs=2))
    scores = {(o.model, o.task): o.result.scores for o in alone}
    assert scores == {(o.model, o.task): o.result.scores for o in several}


def test_a_backend_or_cluster_that_is_not_there(small_task: Make, tmp_path: Path) -> None:
    task = folder_task(small_task("STS"))
    with pytest.raises(RunError, match="unknown backend 'spark'"):
        run(plan(tmp_path, ["bag-of-words"], [task], backend="spark"))
    with pytest.raises(RunError, match="needs the scheduler's --address"):
        run(plan(tmp_path, ["bag-of-words"], [task], backend="dask"))


def test_results_that_cannot_be_written_are_one_line(small_task: Make, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(FindomainError, match=r"results: cannot be written: (File exists|Not a directory)"):
        run(plan(tmp_path, ["bag-of-words"], [folder_task(small_task("STS"))]))


def test_a_result_file_is_valid_json(small_task: Make, tmp_path: Path) -> None:
    folder = small_task("STS")
    lines = (folder / "test.jsonl").read_text().splitlines()[:2]
    (folder / "test.jsonl").write_text("\n".join(lines) + "\n")
    outcome = cell(Toy(), folder, tmp_path)

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    told = json.loads(outcome.path.read_text(), parse_constant=refuse)
    assert told["findomain"]["n_items"] == 2


def test_an_unknown_model_names_the_nearest(small_task: Make, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"unknown model 'tfdif' \(did you mean tf-idf"):
        run(plan(tmp_path, ["tfdif"], [folder_task(small_task("STS"))]))
