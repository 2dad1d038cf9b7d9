"""LLM error rate: the share of a task's items that a language model gets wrong. Higher = harder for that model.

How it differs from the paper: Tang and Yang (arXiv 2409.18511) report an error rate of ChatGPT, whose prompts, items
and rules of scoring are not published. Here the prompts are ours (``data/prompts.toml``), every task type is one kind
of question with a known level of chance (``llm_items``), the model is any that the user names, and its default is a
small one that runs offline. So the values are not those of the paper and cannot be compared with them, only with each
other, for one model and one version of the prompts.

An error rate tells of difficulty only where the model is better than chance: read ``ci_low``, ``ci_high`` and
``chance_error`` together. An answer that cannot be read counts as wrong and is counted apart.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from findomain.complexity.llm_items import TOLERANCE, YES_NO, Item
from findomain.errors import ComplexityError
from findomain.http import JsonClient, TryAgainError, expected_tokens

Z_95 = 1.959963984540054
THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
NUMBER = re.compile(r"(?:answer\W*)?[(\[*#]*(\d+)\b(?!\.\d)", re.IGNORECASE)
WORD = re.compile(r"(?:answer\W*)?[(\[*]*(yes|no)\b", re.IGNORECASE)


@dataclass
class ChatModel:
    """A model behind ``POST {base_url}/chat/completions``; answers are kept and never asked for twice.

    Attributes:
        model: what the endpoint calls it.
        base_url: the endpoint, up to and with its version.
        identity: what its answers are kept by; the address and the model unless given.
        cache: a file of answers, made if it is not there; None to keep none.
        max_tokens: longest answer.
        client: how requests are sent; made from the address unless given.
    """

    model: str
    base_url: str
    identity: str = ""
    cache: Path | None = None
    max_tokens: int = 8
    client: JsonClient | None = None
    _known: dict[str, str] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Read the answers that are kept."""
        self.client = self.client or JsonClient(self.model, self.base_url, ComplexityError)
        self.identity = self.identity or f"{self.client.address} {self.model}"
        if self.cache is not None and self.cache.is_file():
            self._known = dict(_kept(self.cache))

    def answers(self, prompts: Sequence[str]) -> list[str]:
        """An answer a prompt, in order; what is kept is not asked again.

        Raises:
            ComplexityError: the endpoint refuses, does not answer after all tries, or the budget is spent.
        """
        keys = [self._key(prompt) for prompt in prompts]
        missing = {key: prompt for key, prompt in zip(keys, prompts, strict=True) if key not in self._known}
        self.client.each(list(missing.items()), self._ask)
        return [self._known[key] for key in keys]

    def _key(self, prompt: str) -> str:
        asked = json.dumps([self.identity, self.max_tokens, prompt]).encode()
        return hashlib.sha256(asked).hexdigest()[:32]

    def _ask(self, missing: tuple[str, str]) -> None:
        key, prompt = missing
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": 0,
            "max_tokens": self.max_tokens,
        }
        tokens = expected_tokens([prompt]) + self.max_tokens
        answer = self.client.post("/chat/completions", body, self._read, tokens=tokens, what="question needs")
        with self._lock:
            self._known[key] = answer
            if self.cache is not None:
                self.cache.parent.mkdir(parents=True, exist_ok=True)
                with self.cache.open("a", encoding="utf-8") as opened:
                    opened.write(json.dumps({"key": key, "answer": answer}) + "\n")

    def _read(self, told: dict) -> tuple[str, int | None]:
        try:
            answer = told["choices"][0]["message"]["content"]
            tokens = (told.get("usage") or {}).get("total_tokens")
            return str(answer or ""), None if tokens is None else int(tokens)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise TryAgainError(f"{self.client.address} gives no answer ({type(error).__name__})") from error


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """How often a model was wrong.

    Attributes:
        model: its name.
        task_type: of the items.
        n: items.
        n_wrong: answered wrongly, or not in a way that can be read.
        n_unreadable: those of them that could not be read.
        error_rate: n_wrong / n; NaN without items.
        ci_low, ci_high: Wilson's 95 % interval over items.
        chance_error: the error rate of answers drawn evenly from the allowed ones.
        top_answer_share: share of the most frequent answer among those that could be read; 1 = always the same.
        wrong: an entry an item, in order.
    """

    model: str
    task_type: str
    n: int
    n_wrong: int
    n_unreadable: int
    error_rate: float
    ci_low: float
    ci_high: float
    chance_error: float
    top_answer_share: float
    wrong: tuple[bool, ...] = field(repr=False)

    @property
    def tells_nothing(self) -> bool:
        """Whether chance is within the interval or below it: the model does not understand the task."""
        return not self.ci_high < self.chance_error

    def to_dict(self) -> dict[str, object]:
        """The figures by name, without the items."""
        return {name: value for name, value in asdict(self).items() if name != "wrong"}


def error_rate(items: Sequence[Item], model: ChatModel) -> ErrorRate:
    """Ask a model all items of one task and count what it gets wrong.

    Raises:
        ComplexityError: items of several task types, or the endpoint cannot be used.
    """
    types = sorted({item.task_type for item in items})
    if len(types) > 1:
        raise ComplexityError(f"expected items of one task type, got {', '.join(types)}")
    read = [
        read_answer(item, answer) for item, answer in zip(items, model.answers([i.prompt for i in items]), strict=True)
    ]
    wrong = tuple(not is_right(item, value) for item, value in zip(items, read, strict=True))
    n = len(items)
    low, high = wilson(sum(wrong), n)
    return ErrorRate(
        model=model.model,
        task_type=types[0] if types else "",
        n=n,
        n_wrong=sum(wrong),
        n_unreadable=read.count(None),
        error_rate=sum(wrong) / n if n else math.nan,
        ci_low=low,
        ci_high=high,
        chance_error=1 - sum(item.chance for item in items) / n if n else math.nan,
        top_answer_share=_top_share(read),
        wrong=wrong,
    )


def read_answer(item: Item, answer: str) -> float | None:
    """The place of an option from 0, 1 or 0 for yes or no, or a grade; None if the answer cannot be read.

    It has to begin with a number that is allowed (or with yes or no), after nothing but the word answer and signs, or
    be one of the options word for word.
    """
    text = THOUGHTS.sub("", answer).strip()
    if item.task_type == "STS":
        found = NUMBER.match(text)
        return float(found[1]) if found and len(found[1]) == 1 and int(found[1]) <= 5 else None
    if not item.options:
        found = WORD.match(text)
        return float(found[1].lower() == YES_NO[0]) if found else None
    found = NUMBER.match(text)
    if found and len(found[1]) < 6 and 1 <= int(found[1]) <= len(item.options):
        return float(int(found[1]) - 1)
    same = [place for place, option in enumerate(item.options) if option.lower() == text.rstrip(".").lower()]
    return float(same[0]) if len(same) == 1 else None


def is_right(item: Item, value: float | None) -> bool:
    """Whether an answer that was read is the right one; a grade may be one step away."""
    if value is None:
        return False
    return abs(value - item.right) <= TOLERANCE if item.task_type == "STS" else value == item.right


def wilson(n_hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; NaN without items."""
    if not n:
        return math.nan, math.nan
    share, square = n_hits / n, Z_95**2 / n
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def _top_share(read: Sequence[float | None]) -> float:
    counts = Counter(value for value in read if value is not None)
    return max(counts.values()) / counts.total() if counts else math.nan


def _kept(path: Path) -> list[tuple[str, str]]:
    """The answers in a file; a line that was cut off is asked for again."""
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            told = json.loads(line)
            found.append((told["key"], told["answer"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found
