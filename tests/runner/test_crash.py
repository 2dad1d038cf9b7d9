"""Killed, damaged or run twice at once: nothing is lost, nothing is wrong, nothing is computed again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from findomain.encoders.endpoint import EndpointEncoder
from findomain.results import Store
from servers.launch import Running, launched

MODEL = "wordllama"
CHUNK = EndpointEncoder("any", "any", "http://127.0.0.1:1/v1").chunk
Make = Callable[[str], Path]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    log = tmp_path / "log"
    log.write_text("")
    with launched("embeddings_server.py", log, log) as running:
        yield running


def start(model: str, folders: list[Path], out: Path, cache: Path, *more: str) -> subprocess.Popen:
    words = [word for folder in folders for word in ("--data", str(folder))]
    command = [sys.executable, "-m", "findomain", "run", "-m", model, *words, "-o", str(out), "--json", *more]
    environment = os.environ | {"FINDOMAIN_CACHE": str(cache), "FINDOMAIN_OFFLINE": "1"}
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        # Where the tests run in the background, an interrupt is ignored by them and by what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def finish(process: subprocess.Popen) -> list[dict]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)["results"]


def scores(rows: list[dict]) -> dict[str, float]:
    return {row["task"]: row["main_score"] for row in rows}


def long_task(folder: Path, n: int = 1000) -> Path:
    """A task of many texts, so that it can be interrupted."""
    folder.mkdir(parents=True)
    rows = [
        {"sentence1": f"text {i} of {i % 13}", "sentence2": f"words {i * 3} {i % 7}", "score": i % 5} for i in range(n)
    ]
    (folder / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_killed_in_the_middle_and_run_again(server: Running, tmp_path: Path) -> None:
    model, task = f"{server.url}#{MODEL}", long_task(tmp_path / "long")
    expected = scores(finish(start(model, [task], tmp_path / "straight", tmp_path / "other-cache")))
    server.fail({"kind": "slow", "seconds": 0.05, "times": 10_000})
    process = start(model, [task], tmp_path / "out", tmp_path / "cache")
    while len(server.requests()) < 9 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    time.sleep(0.2)
    before = sum(request["n"] for request in server.requests())
    server.fail()
    found = finish(start(model, [task], tmp_path / "out", tmp_path / "cache"))
    after = sum(request["n"] for request in server.requests())
    assert scores(found) == expected
    assert 2000 - before <= after <= 2000 - before + CHUNK
    assert after < 2000
    assert [path.name for path in (tmp_path / "out").rglob("*.json")] == ["long.json"]


def test_two_processes_on_one_cell(server: Running, tmp_path: Path) -> None:
    model, task = f"{server.url}#{MODEL}", long_task(tmp_path / "long")
    both = [start(model, [task], tmp_path / "out", tmp_path / "cache") for _ in range(2)]
    first, second = (finish(process) for process in both)
    assert scores(first) == scores(second)
    assert sorted([first[0]["reused"], second[0]["reused"]]) == [False, True]
    assert sum(request["n"] for request in server.requests()) == 2000


def test_two_processes_with_one_cache(small_task: Make, tmp_path: Path) -> None:
    folders = [small_task(kind) for kind in ("STS", "Retrieval", "Classification")]
    both = [
        start("wordllama-256", order, tmp_path / name, tmp_path / "cache")
        for name, order in (("one", folders), ("two", folders[::-1]))
    ]
    first, second = (finish(process) for process in both)
    assert scores(first) == scores(second)
    assert not list((tmp_path / "cache").rglob("*.broken"))


@pytest.mark.parametrize("damage", ["result", "half a result", "cache", "half a cache"])
def test_damaged_files_are_made_again(small_task: Make, tmp_path: Path, damage: str) -> None:
    task = small_task("Retrieval")
    first = finish(start("wordllama-256", [task], tmp_path / "out", tmp_path / "cache"))
    result = Path(first[0]["path"])
    (cache,) = (tmp_path / "cache").rglob("*.sqlite")
    if "cache" in damage:
        result.unlink()
    path = cache if "cache" in damage else result
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2] if "half" in damage else b"\x00 nothing that can be read")
    again = finish(start("wordllama-256", [task], tmp_path / "out", tmp_path / "cache"))
    assert scores(again) == scores(first)
    assert again[0]["reused"] is False
    assert Store(tmp_path / "out").read(result).main_score == first[0]["main_score"]


def test_an_interrupt_is_one_line_and_keeps_what_is_done(server: Running, tmp_path: Path) -> None:
    server.fail({"kind": "slow", "seconds": 0.05, "times": 10_000})
    process = start(f"{server.url}#{MODEL}", [long_task(tmp_path / "long")], tmp_path / "out", tmp_path / "cache")
    while len(server.requests()) < 6 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1] == "findomain: interrupted; what is done is kept, run the same command to go on"
