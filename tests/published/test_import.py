"""The whole import, on a small folder and on the archive that the shipped tables were made of."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from findomain import published
from findomain.errors import MissingExtraError
from findomain.paths import DATA, ROOT
from findomain.published.tables import NAMES, load_table

ARCHIVE = ROOT.parent / "shared" / "published" / "mteb-results.tar.xz"


def write(root: Path, name: str, scores: dict[str, float]) -> None:
    path = root / "results" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = {split: [{"hf_subset": "default", "main_score": score}] for split, score in scores.items()}
    path.write_text(json.dumps({"mteb_version": "1.18.0", "scores": entries}), encoding="utf-8")


def test_without_mteb_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a__b/r1/STS12.json", {"test": 0.5})
    monkeypatch.setitem(sys.modules, "mteb", None)
    with pytest.raises(MissingExtraError, match=r"install findomain\[import\]"):
        published.import_results(tmp_path, tmp_path / "out")


def test_a_small_folder_becomes_five_tables(tmp_path: Path) -> None:
    pytest.importorskip("mteb", reason="facts of tasks and models come from mteb")
    write(tmp_path, "nobody__model/r1/FiQA2018.json", {"test": 0.25, "train": 0.9})
    write(tmp_path, "nobody__model/r2/FiQA2018.json", {"train": 0.9})
    write(tmp_path, "nobody__model/r1/STS13.json", {"test": 71.0})
    write(tmp_path, "baseline__Human/r1/STS13.json", {"test": 0.9})
    done = published.import_results(tmp_path, tmp_path / "out")
    tables = {name: load_table(name, folder=tmp_path / "out") for name in NAMES}
    scores = tables["scores"].set_index("task")
    assert scores["score"].to_dict() == {"FiQA2018": 0.25, "STS13": 0.71}
    assert scores["flag_rescaled"].to_dict() == {"FiQA2018": False, "STS13": True}
    assert tables["exposure"]["in_training"].tolist() == ["unknown", "unknown"]
    assert tables["models"]["known_to_mteb"].tolist() == [False]
    assert tables["dropped"]["reason"].value_counts().to_dict() == {
        "split not declared for evaluation": 2,
        "no model": 1,
    }
    assert (done.n_files, done.n_scores, done.n_models, done.n_tasks, done.n_dropped) == (4, 2, 1, 2, 3)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{name}.parquet" for name in NAMES)


@pytest.mark.skipif(not ARCHIVE.is_file(), reason="the archive of results is not beside the checkout")
def test_the_shipped_tables_are_what_the_archive_gives(tmp_path: Path) -> None:
    pytest.importorskip("mteb", reason="facts of tasks and models come from mteb")
    published.import_results(ARCHIVE, tmp_path)
    for name in NAMES:
        made, shipped = load_table(name, folder=tmp_path), load_table(name, folder=DATA / "published")
        pd.testing.assert_frame_equal(made, shipped)
