"""Several requests at once: the order of answers, what happens after a failure, what a failure costs of the budget."""

from __future__ import annotations

import time

import pytest

from findomain.errors import ComplexityError, EncoderError
from findomain.http import JsonClient, expected_tokens


def client(**options: object) -> JsonClient:
    defaults = {"concurrency": 3, "max_retries": 0, "backoff": 0.01}
    return JsonClient("there", "http://127.0.0.1:9/v1", ComplexityError, **(defaults | options))


def test_answers_are_in_the_order_of_the_requests() -> None:
    def ask(number: int) -> int:
        time.sleep((number % 3) / 100)
        return number * 2

    assert client().each(range(12), ask) == [number * 2 for number in range(12)]
    assert client().each([], ask) == []


def test_after_a_failure_no_further_request_is_begun() -> None:
    begun = []

    def ask(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise ComplexityError("the third")
        time.sleep(0.02)
        return number

    with pytest.raises(ComplexityError, match="the third"):
        client().each(range(100), ask)
    assert len(begun) < 10


def test_a_failed_request_costs_nothing() -> None:
    found = client(token_budget=100)
    for _ in range(3):
        with pytest.raises(ComplexityError, match=r"does not answer \(ConnectionError\) after 1 tries"):
            found.post("/x", {}, lambda told: (told, None), tokens=60, what="question needs")
    assert found.spent == 0
    with pytest.raises(ComplexityError, match="the next question needs about 101"):
        found.post("/x", {}, lambda told: (told, None), tokens=101, what="question needs")


def test_errors_are_of_the_kind_that_the_client_is_told() -> None:
    with pytest.raises(EncoderError, match="expected http"):
        JsonClient("there", "ftp://host/v1", EncoderError)
    assert expected_tokens(["abcd", "abcde", ""]) == 3
