"""A real Dask cluster of two workers over TCP on loopback, one of which is killed in the middle of a run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from findomain.encoders import Options
from findomain.errors import RunError
from findomain.runner import Plan, run
from findomain.tasks import folder_task
from servers.launch import Running, launched

pytest.importorskip("distributed", reason="Dask is the extra 'cluster'")
SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
WORKER = "from distributed.cli.dask_worker import main; main()"
Make = Callable[[str], Path]


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen]


def launch(program: str, log: Path, *words: str) -> subprocess.Popen:
    with log.open("w") as out:
        return subprocess.Popen(
            [sys.executable, "-c", program, *words], stdout=out, stderr=subprocess.STDOUT, env=os.environ
        )


def wait_for(log: Path, pattern: str) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if found := re.search(pattern, log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise TimeoutError(log.read_text())


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    options = ("--host", "127.0.0.1", "--no-dashboard")
    processes = [launch(SCHEDULER, tmp_path / "scheduler.log", *options, "--port", "0")]
    try:
        address = wait_for(tmp_path / "scheduler.log", r"Scheduler at:\s+(tcp://127.0.0.1:\d+)")
        for i in range(2):
            words = (address, "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path / f"scratch{i}"))
            processes.append(launch(WORKER, tmp_path / f"worker{i}.log", *words, *options))
        for i in range(2):
            wait_for(tmp_path / f"worker{i}.log", r"(Registered to)")
        yield Cluster(address, processes[1:])
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    log = tmp_path / "log"
    log.write_text("")
    with launched("embeddings_server.py", log, log) as running:
        yield running


def test_a_worker_killed_in_the_middle_costs_nothing(
    cluster: Cluster, server: Running, small_task: Make, tmp_path: Path
) -> None:
    tasks = [folder_task(small_task(kind)) for kind in ("STS", "Retrieval", "Classification", "Reranking")]
    models = [f"{server.url}#wordllama", "bag-of-words"]
    expected = run(Plan(models, tasks, Options(), tmp_path / "here", tmp_path / "cache-here"))
    server.fail({"kind": "slow", "seconds": 0.3, "times": 1000})

    def kill_one() -> None:
        until = time.monotonic() + 60
        while not server.requests() and time.monotonic() < until:
            time.sleep(0.01)
        cluster.workers[0].send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    plan = Plan(
        models, tasks, Options(), tmp_path / "there", tmp_path / "cache", backend="dask", address=cluster.address
    )
    found = run(plan)
    killer.join()
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert [outcome.error for outcome in found] == [""] * 8
    scores = {(o.model, o.task): o.result.scores for o in expected}
    assert {(o.model, o.task): o.result.scores for o in found} == scores


def test_nobody_at_the_address(small_task: Make, tmp_path: Path) -> None:
    plan = Plan(["bag-of-words"], [folder_task(small_task("STS"))], Options(), tmp_path / "out", tmp_path / "cache")
    with pytest.raises(RunError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers"):
        run(Plan(plan.models, plan.tasks, Options(), plan.out, backend="dask", address="tcp://127.0.0.1:9"))
