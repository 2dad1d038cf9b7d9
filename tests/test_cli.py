"""The command line: one line and exit 2 for a user's mistake, one line and 1 for ours, never a traceback."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from findomain import __version__, cli, stats


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run the command line in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["findomain", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"findomain {__version__}\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["gap", "missing.csv"], "missing.csv: no such file"),
        (["gap", "scores.xlsx"], "expected a file ending in"),
        (["ranks", "missing.csv"], "missing.csv: no such file"),
        (["book", "-p", "SEED"], "expected KEY=VALUE"),
        (["book", "-p", "NO_SUCH=1"], "no chapter has the parameter NO_SUCH"),
        (["book", "--only", "99"], "no chapter '99'"),
    ],
)
def test_mistake_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    assert run(monkeypatch, *words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    said = captured.err.splitlines()
    assert said[-1].startswith("findomain: ")
    assert expected in said[-1]
    assert [line for line in said[:-1] if line.startswith(("findomain", "Traceback", " "))] == []


@pytest.mark.parametrize("words", [["published", "import"], ["nonsense"], ["book", "--nonsense"]])
def test_wrong_usage_ends_with_two(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    assert run(monkeypatch, *words) == 2


def test_our_fault_is_one_line_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(path: Path) -> pd.DataFrame:
        raise RuntimeError("something broke\nmore")

    monkeypatch.setattr(stats, "read_scores", fail)
    assert run(monkeypatch, "gap", "scores.csv") == 1
    error = capsys.readouterr().err
    assert error == "findomain: unexpected RuntimeError: something broke (--debug shows where)\n"
    assert run(monkeypatch, "--debug", "gap", "scores.csv") == 1
    assert "Traceback" in capsys.readouterr().err


def test_json_is_one_object_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [
        {"model": f"m{m}", "task": f"t{t}", "task_type": "STS", "domain": "finance" if t < 4 else "general"}
        | {"score": 0.3 + 0.02 * m + 0.01 * t}
        for m in range(6)
        for t in range(12)
    ]
    path = tmp_path / "scores.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    monkeypatch.setattr(sys, "argv", ["findomain", "gap", str(path), "--json"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert isinstance(json.loads(capsys.readouterr().out), dict)


HEAD = "model,task,task_type,domain,score\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("model,task,domain,score\na,t,finance,0.5\n", "no column task_type; expected model, task, task_type, domain"),
        (HEAD + "a,t,STS,finance,0.5\na,u,STS,general,57.1\n", "row 2: score is 57.1, expected a number from 0 to 1"),
        (HEAD + "a,t,STS,finance,0.5\nb,t,STS,general,0.5\n", "task t has two values of domain: finance, general"),
        (HEAD + "a,t,STS,finance,0.5\na,t,STS,finance,0.6\n", "row 2: a on t is given twice"),
        (HEAD + "a,t,STS,finance,0.5\na,u,Retrieval,general,0.5\n", "no task type has tasks both inside and outside"),
        ("\x00\x01\x02", "no column model"),
    ],
    ids=["missing column", "not 0-1", "two domains", "cell twice", "nothing shared", "binary"],
)
@pytest.mark.parametrize("verb", ["gap", "ranks"])
def test_bad_table_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    verb: str,
    content: str,
    expected: str,
) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(content, encoding="utf-8")
    assert run(monkeypatch, verb, str(path)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    if not (verb == "ranks" and "no task type" in expected):
        assert expected in captured.err


def test_gap_of_the_shipped_scores(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["findomain", "gap", "--by", "language", "--placebo", "20", "--json"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    answer = json.loads(capsys.readouterr().out)
    keys = {"estimate", "se", "ci_low", "ci_high", "p_value", "n_models", "n_tasks", "n_domain_tasks", "method"}
    assert list(answer)[:2] == ["pooled", "by_task_type"]
    assert keys <= set(answer["pooled"])
    assert keys <= set(answer["by_task_type"]["Retrieval"])
    assert answer["permutation"]["pooled"]["p_value"] > 0
    assert {row["test"] for row in answer["placebo"]} >= {"cell ANOVA", "permutation"}
