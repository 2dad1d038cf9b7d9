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


def small(folder: Path) -> str:
    folder.mkdir()
    rows = [{"sentence1": f"a {i}", "sentence2": f"a {i * i}", "score": i % 4} for i in range(12)]
    (folder / "test.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(folder)


def test_run_prints_one_object_and_keeps_the_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("FINDOMAIN_CACHE", str(tmp_path / "cache"))
    words = ["run", "-m", "bow", "--data", small(tmp_path / "mine"), "-o", str(tmp_path / "out"), "--json"]
    assert run(monkeypatch, *words) == 0
    captured = capsys.readouterr()
    (row,) = json.loads(captured.out)["results"]
    fields = {
        "model",
        "task",
        "task_type",
        "main_score",
        "ci_low",
        "ci_high",
        "seconds_encode",
        "seconds_score",
        "path",
    }
    assert fields <= set(row)
    assert (row["model"], row["task"], row["task_type"], row["reused"]) == ("bag-of-words", "mine", "STS", False)
    assert "[1/1] mine with bag-of-words" in captured.err
    assert json.loads(Path(row["path"]).read_text())["task_name"] == "mine"
    assert run(monkeypatch, *words[:-1]) == 0
    said = capsys.readouterr()
    assert "(already there)" in said.err
    assert said.out.splitlines()[0].split()[:4] == ["model", "task", "metric", "main_score"]


def test_a_cell_that_fails_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = [
        "run",
        "-m",
        "bm25",
        "-m",
        "bow",
        "--data",
        small(tmp_path / "mine"),
        "-o",
        str(tmp_path / "out"),
        "--json",
    ]
    assert run(monkeypatch, *words) == 1
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert [row["model"] for row in told["results"]] == ["bag-of-words"]
    assert told["failed"][0]["error"].startswith("bm25: has no embeddings")
    assert captured.err.splitlines()[-1] == "findomain: 1 of 2 failed"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "-m", "bow", "--data", "missing"], "missing: no such folder"),
        (["run", "-m", "bow"], "nothing to run: name a suite (-s), a task (-t) or a folder (--data)"),
        (["run", "-m", "bow", "-s", "FinMTEB"], "unknown suite 'FinMTEB' (did you mean FinMTEB("),
        (["run", "-m", "bow", "-t", "FinST"], "unknown task 'FinST' (did you mean FinSTS"),
        (["run", "-m", "bge-large", "-t", "FinSTS"], "unknown model 'bge-large' (did you mean bge-large-"),
        (["run", "-m", "bow", "-t", "FinSTS", "--prompt", "query"], "expected ROLE=TEXT"),
        (["tasks", "--suite", "FinMTEB(eng)", "--type", "Rank"], "no task of type Rank"),
    ],
)
def test_mistakes_with_models_and_tasks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    monkeypatch.setenv("FINDOMAIN_OFFLINE", "1")
    assert run(monkeypatch, *words) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("findomain: ")
    assert expected in said[0]


def test_tasks_and_models_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "tasks", "--suite", "FinMTEB(eng)", "--type", "Retrieval", "--json") == 0
    told = json.loads(capsys.readouterr().out)["tasks"]
    assert len(told) == 10
    assert {"task", "task_type", "domain", "metric", "path", "revision"} <= set(told[0])
    assert run(monkeypatch, "models", "--json") == 0
    models = {row["model"]: row for row in json.loads(capsys.readouterr().out)["models"]}
    assert models["all-MiniLM-L6-v2"]["runs"] is True
    assert models["Echo"]["runs"] is False
