"""The local model: a known file, a process that ends, real items answered, the same answers again."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from findomain.complexity import llm_items as build
from findomain.complexity.llm import error_rate
from findomain.complexity.local_llm import SHA256, is_installed, local_llm, local_model, model_file
from findomain.errors import ComplexityError
from findomain.paths import ROOT

DATASET = ROOT.parent / "shared" / "datasets" / "mrpc" / "test.jsonl"
pytestmark = pytest.mark.skipif(not is_installed(), reason="the extra llm is not installed")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with local_llm() as address:
        yield address


def test_the_file_is_the_known_one() -> None:
    path = model_file()
    assert path.stat().st_size > 200_000_000
    assert path.stem == "gemma-3-270m-q4_k_m"
    assert len(SHA256) == 64


def test_real_items_are_answered_and_kept(url: str, tmp_path: Path) -> None:
    if not DATASET.is_file():
        pytest.skip("the datasets are not beside this checkout")
    rows = [json.loads(line) for line in DATASET.read_text(encoding="utf-8").splitlines()]
    columns = [[row[name] for row in rows] for name in ("sentence1", "sentence2", "label")]
    items = build.pair_items(*columns, n=6, rng=np.random.default_rng(0))
    cache = tmp_path / "answers.jsonl"
    found = error_rate(items, local_model(url, cache=cache))
    assert (found.n, found.chance_error) == (6, 0.5)
    assert found.n_unreadable < 6, "the model answers none of six questions with yes or no"
    assert len(cache.read_text().splitlines()) == 6
    assert error_rate(items, local_model("http://127.0.0.1:9/v1", cache=cache)) == found
    assert error_rate(items[:2], local_model(url)).wrong == found.wrong[:2]


def test_what_does_not_fit_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(ComplexityError, match=r"answers 400: .*tokens, \d+ fit"):
        local_model(url).answers(["word " * 5000])


def listens(address: str) -> bool:
    parts = urlsplit(address)
    with closing(socket.socket()) as found:
        return found.connect_ex((parts.hostname, parts.port)) == 0


def test_the_server_ends_with_the_block() -> None:
    with local_llm() as address:
        assert listens(address)
    assert not listens(address)


def test_the_server_ends_with_who_started_it() -> None:
    program = (
        "import os, findomain.complexity.local_llm as l\n"
        "block = l.local_llm(); print(block.__enter__(), flush=True); os._exit(1)"
    )
    address = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip()
    assert address.startswith("http://127.0.0.1:")
    until = time.monotonic() + 20
    while listens(address) and time.monotonic() < until:
        time.sleep(0.1)
    assert not listens(address)
