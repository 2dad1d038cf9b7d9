"""``findomain gap`` on a domain that is a list of tasks, and on the shipped scores by their word."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from findomain import cli, published, stats

LISTED = ["FiQA2018", "FinQARetrieval", "ArguAna"]


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["findomain", "gap", "--permutations", "0", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture
def table(tmp_path: Path) -> str:
    rows = [
        {"model": f"m{m}", "task": f"t{t}", "task_type": "STS", "domain": "general"}
        | {"score": 0.3 + 0.02 * m + 0.01 * ((7 * t) % 12)}
        for m in range(6)
        for t in range(12)
    ]
    path = tmp_path / "scores.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return str(path)


def test_listed_tasks_of_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, table: str
) -> None:
    names = tmp_path / "mine.txt"
    names.write_text("# mine\nt1\n\n t2 \n", encoding="utf-8")
    by_hand = stats.read_scores(table)
    by_hand["domain"] = by_hand["domain"].mask(by_hand["task"].isin(["t1", "t2", "t5"]), "own")
    expected = stats.domain_gap(by_hand, domain="own")
    assert run(monkeypatch, table, "--tasks", "t5", "--tasks-file", str(names), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pooled"] == expected.pooled.to_dict()
    assert run(monkeypatch, table, "--tasks", "t5", "--tasks", "t1", "--domain", "mine") == 0
    assert capsys.readouterr().out.startswith("mine gap, STS: ")


def test_the_word_published_takes_the_shipped_scores(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for name in LISTED for word in ("--tasks", name)]
    assert run(monkeypatch, "published", *words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    by_hand = published.load_scores()
    by_hand["domain"] = by_hand["domain"].mask(by_hand["task"].isin(LISTED), "own")
    assert told["pooled"] == stats.domain_gap(by_hand, domain="own").pooled.to_dict()
    assert told["pooled"]["n_domain_tasks"] == len(LISTED)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--tasks", "T3x"], "no task 'T3x' in the table; nearest: t3"),
        (["--tasks", "t3", "--tasks", "t3"], "task 't3' is listed twice"),
        (["--tasks", "t3", "--domain", "general"], "'general' is the domain of 11 tasks that are not listed"),
        (["--tasks", "t3", "--domain", ""], "a domain of listed tasks needs a name"),
        (["--tasks-file", "missing.txt"], "missing.txt: no such file"),
    ],
)
def test_mistakes_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], table: str, words: list[str], expected: str
) -> None:
    assert run(monkeypatch, table, *words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert expected in said.err


@pytest.mark.parametrize(
    ("content", "expected"), [(b"# nothing\n\n", "no name in it"), (b"\xff\xfe\xff", "cannot be read as text")]
)
def test_a_file_without_names_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    table: str,
    content: bytes,
    expected: str,
) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(content)
    assert run(monkeypatch, table, "--tasks-file", str(path)) == 2
    assert expected in capsys.readouterr().err
