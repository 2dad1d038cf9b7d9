"""Known tasks and a model from a hub over HTTP: the hub's own libraries against a server on loopback that fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.launch import Running, launched
from tasks import hub_repositories as hub

STS, CLASSES, QUERIES = "FinSTS", "FiQAClassification", "FiQA2018Retrieval"
MODEL = "somebody/small-model"


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hub")
    n = len(hub.SENTENCES)
    hub.flat(
        root,
        STS,
        {
            "sentence1": hub.SENTENCES,
            "sentence2": hub.SENTENCES[5:] + hub.SENTENCES[:5],
            "score": [float(i % 7) for i in range(n)],
        },
    )
    hub.flat(root, CLASSES, {"text": hub.SENTENCES, "label": [i % 2 for i in range(n)]})
    hub.retrieval(root, QUERIES)
    hub.model(root, MODEL)
    return root


@pytest.fixture(scope="module")
def server(repositories: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("log") / "log"
    with launched("hub_server.py", repositories, log) as running:
        yield running


def findomain(server: Running, home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    places = {"HF_ENDPOINT": server.address, "HF_HOME": str(home / "hub"), "FINDOMAIN_CACHE": str(home / "cache")}
    # The clients wait as long as they are told to; a test need not.
    patience = {"HF_HUB_DOWNLOAD_TIMEOUT": "3", "HF_HUB_ETAG_TIMEOUT": "3", "HF_HUB_DISABLE_XET": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    command = [sys.executable, "-m", "findomain", *words]
    if words[0] == "run":
        command += ["-o", str(home / "results"), "--json"]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=180, env=kept | places | patience | environment
    )


def scores(done: subprocess.CompletedProcess) -> dict[str, float]:
    assert done.returncode == 0, done.stderr
    return {row["task"]: row["main_score"] for row in json.loads(done.stdout)["results"]}


def said(done: subprocess.CompletedProcess) -> str:
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def filled(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    server.fail()
    tasks = [word for name in (STS, CLASSES, QUERIES) for word in ("-t", name)]
    found = scores(findomain(server, home, "run", "-m", "bag-of-words", *tasks))
    assert set(found) == {STS, CLASSES, QUERIES}
    return home


def test_tasks_are_read_over_http_and_then_from_the_cache(server: Running, filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "hub", tmp_path / "hub")
    words = ["run", "-m", "tf-idf", "-t", QUERIES, "-t", STS]
    online = scores(findomain(server, filled, *words))
    offline = scores(findomain(server, tmp_path, *words, FINDOMAIN_OFFLINE="1"))
    nobody = Running("http://127.0.0.1:9", tmp_path / "log")
    assert online == offline == scores(findomain(nobody, tmp_path / "elsewhere", *words, HF_HOME=str(tmp_path / "hub")))


def test_a_model_is_fetched_once_at_its_commit(server: Running, filled: Path) -> None:
    server.fail()
    words = ["run", "-m", f"{MODEL}@{'5' * 40}", "-t", STS]
    fetched = scores(findomain(server, filled, *words))
    assert fetched == scores(findomain(server, filled, "run", "-m", "all-MiniLM-L6-v2", "-t", STS))
    (filled / "results").rename(filled / "kept")
    assert scores(findomain(server, filled, *words, FINDOMAIN_OFFLINE="1")) == fetched


def test_a_model_without_a_commit_is_pinned_to_the_newest(server: Running, filled: Path) -> None:
    server.fail()
    done = findomain(server, filled, "run", "-m", MODEL, "-t", STS)
    (row,) = json.loads(done.stdout)["results"]
    told = json.loads(Path(row["path"]).read_text())
    assert told["findomain"]["signature"]["model"] == f"{MODEL}@{'5' * 40}"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 1, "match": "resolve"},
        {"kind": "status", "status": 503, "times": 1, "match": "resolve"},
        {"kind": "reset", "times": 1, "match": "resolve"},
        {"kind": "slow", "seconds": 1.0, "times": 2, "match": "resolve"},
    ],
    ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}",
)
def test_what_passes_is_survived(server: Running, filled: Path, tmp_path: Path, fault: dict) -> None:
    server.fail(fault)
    found = scores(findomain(server, tmp_path, "run", "-m", "bag-of-words", "-t", STS))
    server.fail()
    assert found == scores(findomain(server, filled, "run", "-m", "bag-of-words", "-t", STS))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "truncate", "times": 1000, "match": "parquet"},
        {"kind": "reset", "times": 1000, "match": "resolve"},
        {"kind": "status", "status": 500, "times": 1000, "match": "resolve"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_what_stays_is_one_line_and_leaves_nothing_half(server: Running, tmp_path: Path, fault: dict) -> None:
    server.fail(fault)
    done = findomain(server, tmp_path, "run", "-m", "bag-of-words", "-t", STS)
    assert done.returncode == 2
    assert said(done).startswith(f"findomain: {STS}: FinanceMTEB/FinSTS at 09e270b1afe8: ")
    assert not list((tmp_path / "results").rglob("*.json"))
    server.fail()
    assert scores(findomain(server, tmp_path, "run", "-m", "bag-of-words", "-t", STS))


def test_what_the_hub_lacks_is_named(server: Running, tmp_path: Path) -> None:
    server.fail()
    for words in (["-m", "bag-of-words", "-t", "FINAL"], ["-m", "nobody/nothing", "-t", STS]):
        done = findomain(server, tmp_path, "run", *words)
        assert done.returncode == 2
        assert ("FinanceMTEB/Final at" if "FINAL" in words else "the hub has no nobody/nothing") in said(done)


def test_offline_and_not_cached_is_said_before_anything(server: Running, tmp_path: Path) -> None:
    server.fail()
    task = findomain(server, tmp_path, "run", "-m", "bag-of-words", "-t", STS, FINDOMAIN_OFFLINE="1")
    model = findomain(server, tmp_path, "run", "-m", "bge-m3", "-t", STS, FINDOMAIN_OFFLINE="1")
    assert (task.returncode, model.returncode) == (2, 2)
    assert "requests are switched off" in said(task)
    assert said(model).startswith("findomain: bge-m3: needs the hub (BAAI/bge-m3)")


def test_models_and_tasks_ask_nobody(server: Running, tmp_path: Path) -> None:
    server.fail()
    assert findomain(server, tmp_path, "models", "--json").returncode == 0
    assert findomain(server, tmp_path, "tasks", "--suite", "FinMTEB(eng)").returncode == 0
