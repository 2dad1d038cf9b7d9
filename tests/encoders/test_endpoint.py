"""The endpoint encoder against a real server process on loopback that serves a real small model and misbehaves."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from findomain.encoders import make_encoder
from findomain.encoders.endpoint import EndpointEncoder
from findomain.errors import EncoderError
from findomain.tasks import Task
from servers.launch import Running, launched

TASK = Task("any", "STS")
TEXTS = [f"the bank paid dividend number {i} to its {i % 7} holders" for i in range(45)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("server") / "log"
    with launched("embeddings_server.py", log, log) as running:
        yield running


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("locked") / "log"
    with launched("embeddings_server.py", log, log, KEY="the-right-key") as running:
        yield running


def encoder(server: Running, **options: object) -> EndpointEncoder:
    defaults = {"batch_size": 8, "concurrency": 3, "backoff": 0.01, "max_retries": 3, "timeout": 5.0}
    return EndpointEncoder("there", "wordllama", server.url, **(defaults | options))


def encode(found: EndpointEncoder) -> np.ndarray:
    return found.encode(TEXTS, role="symmetric", task=TASK)


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    return make_encoder("wordllama-256").encode(TEXTS, role="symmetric", task=TASK)


def test_embeddings_are_the_models_in_the_order_of_the_texts(server: Running, expected: np.ndarray) -> None:
    server.fail()
    found = encoder(server)
    np.testing.assert_allclose(encode(found), expected, atol=1e-6)
    assert sorted(one["n"] for one in server.requests()) == [5, 8, 8, 8, 8, 8]
    assert found.spent == sum(len(text.split()) for text in TEXTS)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "short"},
        {"kind": "slow", "seconds": 1.5},
    ],
    ids=lambda fault: fault["kind"],
)
def test_what_passes_is_tried_again(server: Running, expected: np.ndarray, fault: dict) -> None:
    server.fail(fault | {"times": 2})
    np.testing.assert_allclose(encode(encoder(server, timeout=1.0)), expected, atol=1e-6)


def test_retry_after_is_waited_for(server: Running) -> None:
    server.fail({"kind": "status", "status": 429, "headers": {"Retry-After": "0.7"}, "times": 1})
    started = time.monotonic()
    encode(encoder(server))
    assert time.monotonic() - started >= 0.7
    assert [one["status"] for one in server.requests()].count(429) == 1


def test_what_never_passes_ends_in_one_line(server: Running) -> None:
    server.fail({"kind": "status", "status": 503, "times": 1000})
    with pytest.raises(EncoderError, match=r"^there: http://127.0.0.1:\d+/v1 answers 503 after 4 tries$"):
        encode(encoder(server))


def test_a_bad_request_is_not_tried_again(server: Running) -> None:
    server.fail({"kind": "status", "status": 422, "times": 1000})
    with pytest.raises(EncoderError, match=r"answers 422: .*not now"):
        encode(encoder(server, concurrency=1))
    assert len(server.requests()) == 1


def test_values_that_are_not_finite_are_refused(server: Running) -> None:
    server.fail({"kind": "nan", "times": 1})
    with pytest.raises(EncoderError, match="1 of 45 embeddings hold NaN or infinity"):
        encode(encoder(server))


def test_nobody_there() -> None:
    found = EndpointEncoder("there", "m", "http://127.0.0.1:9/v1", backoff=0.01, max_retries=1)
    with pytest.raises(EncoderError, match=r"does not answer \(ConnectionError\) after 2 tries"):
        encode(found)


def test_the_budget_is_never_exceeded(server: Running) -> None:
    server.fail()
    needed = sum(len(text.split()) for text in TEXTS)
    found = encoder(server, token_budget=needed // 2, concurrency=1)
    with pytest.raises(EncoderError, match=r"budget of \d+ tokens is spent .* what was encoded is kept"):
        encode(found)
    assert 0 < found.spent <= needed // 2


def test_the_key_is_sent_and_never_told(locked: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDOMAIN_API_KEY", "the-right-key")
    found = encoder(locked)
    encode(found)
    assert "the-right-key" not in f"{found!r} {found} {found.signature}"
    monkeypatch.setenv("FINDOMAIN_API_KEY", "another-key")
    with pytest.raises(EncoderError, match=r"answers 401: .*wrong key: Bearer \*\*\*") as caught:
        encode(encoder(locked))
    assert "another-key" not in str(caught.value)


def test_the_key_does_not_travel_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDOMAIN_API_KEY", "secret")
    with pytest.raises(EncoderError, match="not encrypted"):
        EndpointEncoder("there", "m", "http://example.org/v1")


@pytest.mark.parametrize("url", ["ftp://host/v1", "http:///v1", "https://user:word@host/v1"])
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(EncoderError) as caught:
        EndpointEncoder("there", "m", url)
    assert "word" not in str(caught.value)


def test_a_prompt_is_sent_by_role(server: Running) -> None:
    server.fail()
    found = encoder(server, prompts={"query": "ask: "})
    found.encode(["a"], role="query", task=TASK)
    found.encode(["b"], role="document", task=TASK)
    assert [one["first"] for one in server.requests()] == ["ask: a", "b"]


def test_nothing_to_encode_is_no_request(server: Running) -> None:
    server.fail()
    assert encoder(server).encode([], role="query", task=TASK).shape == (0, 0)
    assert server.requests() == []
