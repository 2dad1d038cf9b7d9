"""LLM error rate: items by hand, answers read, Wilson's interval, the protocol against a server that misbehaves."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from findomain.complexity import llm_items as build
from findomain.complexity.llm import ChatModel, error_rate, is_right, read_answer, wilson
from findomain.complexity.llm_items import LONGEST, Item, templates
from findomain.errors import ComplexityError
from findomain.http import JsonClient
from findomain.tasks.spec import TASK_TYPES

SERVER = Path(__file__).parents[1] / "servers" / "chat_server.py"
YES = Item("PairClassification", ("a", "b"), (), 1.0)
GRADE = Item("STS", ("a", "b"), (), 3.4)
CHOICE = Item("Classification", ("profit rose",), ("negative", "neutral", "positive"), 2)


@dataclass
class Running:
    url: str
    log: Path

    def rule(self, **rules: object) -> None:
        request = urllib.request.Request(self.url.removesuffix("/v1") + "/_rules", json.dumps(rules).encode())
        urllib.request.urlopen(request).close()
        self.log.write_text("")

    def requests(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def model(self, cache: Path | None = None, **options: object) -> ChatModel:
        defaults = {"backoff": 0.01, "max_retries": 3, "timeout": 5.0, "concurrency": 1}
        client = JsonClient("there", self.url, ComplexityError, **(defaults | options))
        return ChatModel("there", self.url, identity="there", cache=cache, client=client)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("chat") / "log"
    process = subprocess.Popen(
        [sys.executable, str(SERVER), str(log)], stdout=subprocess.PIPE, text=True, env=os.environ | {"KEY": ""}
    )
    try:
        yield Running(f"http://127.0.0.1:{process.stdout.readline().strip()}/v1", log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(
    ("item", "answer", "value"),
    [
        (YES, "Yes", 1.0),
        (YES, " no, they differ", 0.0),
        (YES, "Answer: YES.", 1.0),
        (YES, "**No**", 0.0),
        (YES, "<think>no, wait</think>\nyes", 1.0),
        (YES, "I think yes", None),
        (YES, "yesterday", None),
        (YES, "", None),
        (GRADE, "4", 4.0),
        (GRADE, "Answer: 0", 0.0),
        (GRADE, "6", None),
        (GRADE, "3.5", None),
        (GRADE, "12", None),
        (CHOICE, "3", 2.0),
        (CHOICE, "3. positive", 2.0),
        (CHOICE, "(1)", 0.0),
        (CHOICE, "Positive.", 2.0),
        (CHOICE, "0", None),
        (CHOICE, "4", None),
        (CHOICE, "9" * 5000, None),
        (CHOICE, "it is 3", None),
    ],
)
def test_answers_are_read_strictly(item: Item, answer: str, value: float | None) -> None:
    assert read_answer(item, answer) == value


def test_right_and_chance_by_hand() -> None:
    assert [is_right(GRADE, value) for value in (2.0, 3.0, 4.0, 5.0, None)] == [False, True, True, False, False]
    assert GRADE.chance == pytest.approx(2 / 6)
    assert Item("STS", ("a", "b"), (), 3.0).chance == pytest.approx(3 / 6)
    assert YES.chance == 0.5
    assert CHOICE.chance == pytest.approx(1 / 3)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (50, 200), (1, 1)])
def test_wilson_equals_scipy(hits: int, n: int) -> None:
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_prompts_cover_all_task_types_and_hold_the_texts() -> None:
    assert set(templates()) == set(TASK_TYPES)
    prompt = Item("Classification", ("a {brace}\nand " + "long " * 9999,), ("x", "y"), 0).prompt
    assert "a {brace} and long" in prompt
    assert "1. x\n2. y" in prompt
    assert len(prompt) < LONGEST + 300


def test_builders() -> None:
    rng = np.random.default_rng(0)
    texts = [f"text {i}" for i in range(20)]
    labels = ["card_arrival", "top_up"] * 10
    for item in build.classification_items(texts, labels, n=5, rng=rng):
        assert item.options[int(item.right)].replace(" ", "_") == labels[texts.index(item.texts[0])]
    for item in build.clustering_items(texts, labels, n=6, rng=rng):
        kinds = [labels[texts.index(option)] for option in item.options]
        assert kinds.count(kinds[int(item.right)]) == 1
        assert len(kinds) == 4
    for item in build.summarization_items(texts, [t.upper() for t in texts], n=6, rng=rng):
        assert item.options[int(item.right)] == item.texts[0].upper()
    for item in build.reranking_items(["q"] * 3, [["good"]] * 3, [["bad", "worse"], [], ["bad"]], n=3, rng=rng):
        assert item.options[int(item.right)] == "good"
    corpus = dict(zip("abcdef", ["same", "same", "c", "d", "e", "f"], strict=True))
    found = build.retrieval_items({"q": "?", "r": "??", "s": "no"}, corpus, {"q": ["a", "c"], "r": ["z"]}, n=9, rng=rng)
    assert len(found) == 1
    assert found[0].options[int(found[0].right)] in ("same", "c")
    assert len(set(found[0].options)) == 4
    assert build.sts_items(["a"], ["b"], [0.5], low=0, high=1, n=1, rng=rng)[0].right == 2.5
    assert [i.right for i in build.pair_items(["a", "b"], ["a", "c"], [1, 0], n=2, rng=rng)].count(1.0) == 1
    with pytest.raises(ComplexityError, match="two topics"):
        build.clustering_items(texts, ["one"] * 20, n=2, rng=rng)


def test_error_rate_by_hand(server: Running) -> None:
    server.rule(answers=["yes", "no", "perhaps", "yes"])
    items = [Item("PairClassification", (str(i), "x"), (), 1.0) for i in range(4)]
    found = error_rate(items, server.model())
    assert (found.n, found.n_wrong, found.n_unreadable, found.error_rate) == (4, 2, 1, 0.5)
    assert found.wrong == (False, True, True, False)
    assert (found.ci_low, found.ci_high) == wilson(2, 4)
    assert found.chance_error == 0.5
    assert found.top_answer_share == pytest.approx(2 / 3)
    assert found.tells_nothing
    asked = server.requests()[0]
    assert (asked["path"], asked["asked"]["temperature"]) == ("/v1/chat/completions", 0)
    assert "wrong" not in found.to_dict()


def test_no_items_and_mixed_items(server: Running) -> None:
    found = error_rate([], server.model())
    assert math.isnan(found.error_rate)
    assert found.tells_nothing
    with pytest.raises(ComplexityError, match="one task type, got PairClassification, STS"):
        error_rate([YES, GRADE], server.model())


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "empty"},
        {"kind": "slow", "seconds": 1.5},
    ],
    ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}",
)
def test_what_passes_is_tried_again(server: Running, fault: dict) -> None:
    server.rule(answers=["no"], faults=[fault | {"times": 2}])
    assert server.model(timeout=1.0).answers(["a question"]) == ["no"]


def test_answers_are_kept_and_a_broken_run_goes_on(server: Running, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "answers.jsonl"
    questions = [f"question {i}" for i in range(6)]
    server.rule(faults=[{"kind": "", "times": 0}])
    first = server.model(cache)
    assert first.answers(questions[:3]) == ["0", "1", "2"]
    cache.write_text(cache.read_text() + '{"key": "cut o')
    server.rule(answers=["other"])
    again = server.model(cache)
    assert again.answers([*questions[:4], questions[3]]) == ["0", "1", "2", "other", "other"]
    assert len(server.requests()) == 1
    server.rule(answers=["third"])
    assert ChatModel("there", server.url, identity="another", cache=cache).answers(questions[:1]) == ["third"]


def test_what_was_answered_before_a_failure_is_kept(server: Running, tmp_path: Path) -> None:
    cache = tmp_path / "answers.jsonl"
    server.rule(answers=["yes"])
    with pytest.raises(ComplexityError, match=r"budget of 40 tokens is spent .* what was answered is kept"):
        server.model(cache, token_budget=40).answers([f"is this {i}?" for i in range(30)])
    n_kept = len(cache.read_text().splitlines())
    assert 0 < n_kept < 30
    server.rule(answers=["yes"])
    server.model(cache).answers([f"is this {i}?" for i in range(30)])
    assert len(server.requests()) == 30 - n_kept


def test_a_refusal_is_one_line(server: Running) -> None:
    server.rule(faults=[{"kind": "status", "status": 404, "times": 99}])
    with pytest.raises(ComplexityError, match=r"^there: http://127.0.0.1:\d+/v1 answers 404: .*not now"):
        server.model().answers(["a"])
    assert len(server.requests()) == 1
