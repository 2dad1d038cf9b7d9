"""An OpenAI-compatible embeddings endpoint: batches, several at once, retried, on a budget of tokens."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from findomain.encoders.base import check_embeddings
from findomain.encoders.prompts import prompt_for
from findomain.errors import EncoderError, MissingExtraError
from findomain.tasks.spec import Role, Task

if TYPE_CHECKING:
    import requests

AGAIN = (408, 409, 425, 429, 500, 502, 503, 504, 529)
LONGEST_PAUSE = 60.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Of English text; used until the endpoint says what a request cost.
CHARACTERS_A_TOKEN = 4


class _Again(Exception):
    """A request that is worth another try, and after how many seconds if the server says so."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass
class EndpointEncoder:
    """A model behind ``POST {base_url}/embeddings``.

    Attributes:
        name: what it is called in results.
        model: what the endpoint calls it.
        base_url: the endpoint, up to and with its version.
        prompts: put before a text, by role.
        batch_size: texts a request.
        concurrency: requests at once.
        timeout: seconds to wait for an answer.
        max_retries: further tries of a request.
        backoff: seconds before the first of them; doubled each time, up to a minute.
        token_budget: tokens that may be spent in all; None for no limit.
        api_key_env: the environment variable that holds the key; one of its own, so that no key goes to a stranger.
        spent: tokens that were spent so far, by the endpoint's count or, without one, by length.
    """

    name: str
    model: str
    base_url: str
    prompts: Mapping[str, str] = field(default_factory=dict)
    batch_size: int = 64
    concurrency: int = 4
    timeout: float = 60.0
    max_retries: int = 6
    backoff: float = 0.5
    token_budget: int | None = None
    api_key_env: str = "FINDOMAIN_API_KEY"
    spent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """What can be known to fail without a request."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EncoderError(f"{self.name}: {self._address}: expected http:// or https://")
        if parts.username or parts.password:
            raise EncoderError(f"{self.name}: credentials do not belong into an address; set {self.api_key_env}")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK and self._key():
            raise EncoderError(f"{self.name}: {self._address} is not encrypted, and {self.api_key_env} is set")

    @property
    def chunk(self) -> int:
        """As many texts as are under way at once: what a kill loses."""
        return self.batch_size * self.concurrency

    @property
    def signature(self) -> Mapping[str, object]:
        """The endpoint, the model and the prompts."""
        return {
            "kind": "endpoint",
            "endpoint": self._address,
            "model": self.model,
            "prompts": dict(self.prompts),
            "precision": "float32",
        }

    @property
    def _address(self) -> str:
        """The address without whatever a user may have put around it."""
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"

    def _key(self) -> str:
        return os.environ.get(self.api_key_env, "")

    def prompt(self, role: Role, task: Task) -> str:
        """What is put before a text of this role."""
        return prompt_for(self.prompts, role, task)

    def encode(self, texts: Sequence[str], *, role: Role, task: Task) -> np.ndarray:
        """Embeddings, float32 ``(n, d)``, in the order of the texts.

        Raises:
            EncoderError: the endpoint refuses, does not answer after all tries, or the budget is spent.
        """
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        prompt = self.prompt(role, task)
        given = [prompt + text for text in texts]
        batches = [given[start : start + self.batch_size] for start in range(0, len(given), self.batch_size)]
        failed = threading.Event()
        with ThreadPoolExecutor(self.concurrency) as pool:
            futures = [pool.submit(self._batch, batch, failed) for batch in batches]
            try:
                errors = [error for future in futures if (error := future.exception()) is not None]
            finally:
                failed.set()
        if errors:
            raise errors[0]
        parts = [future.result() for future in futures]
        widths = {part.shape[1] for part in parts}
        if len(widths) > 1:
            raise EncoderError(f"{self.name}: {self._address} gives embeddings of different widths: {sorted(widths)}")
        return check_embeddings(np.concatenate(parts), len(texts), self.name)

    def _batch(self, texts: Sequence[str], failed: threading.Event) -> np.ndarray | None:
        """One request and its further tries; None, and no request, where another has failed for good."""
        if failed.is_set():
            return None
        try:
            return self._tried(texts)
        except EncoderError:
            failed.set()
            raise

    def _tried(self, texts: Sequence[str]) -> np.ndarray:
        expected = self._reserve(texts)
        pause = self.backoff
        for tries_left in range(self.max_retries, -1, -1):
            try:
                vectors, tokens = self._request(texts)
            except _Again as error:
                if not tries_left:
                    self._settle(expected, 0)
                    raise EncoderError(f"{self.name}: {error} after {self.max_retries + 1} tries") from error
                # Jitter, so that requests that failed together do not come back together.
                time.sleep(min(pause * random.uniform(0.5, 1.5) if error.pause is None else error.pause, LONGEST_PAUSE))
                pause *= 2
            except EncoderError:
                self._settle(expected, 0)
                raise
            else:
                self._settle(expected, expected if tokens is None else tokens)
                return vectors
        raise EncoderError(f"{self.name}: no try was made")

    def _reserve(self, texts: Sequence[str]) -> int:
        """Tokens that a request will cost, taken off the budget before it is sent."""
        expected = sum(-(-len(text) // CHARACTERS_A_TOKEN) for text in texts)
        with self._lock:
            if self.token_budget is not None and self.spent + expected > self.token_budget:
                raise EncoderError(
                    f"{self.name}: the budget of {self.token_budget} tokens is spent ({self.spent} so far, "
                    f"the next {len(texts)} texts need about {expected}); what was encoded is kept"
                )
            self.spent += expected
        return expected

    def _settle(self, expected: int, actual: int) -> None:
        with self._lock:
            self.spent += actual - expected

    def _request(self, texts: Sequence[str]) -> tuple[np.ndarray, int | None]:
        requests = _client()
        key = self._key()
        try:
            answer = requests.post(
                f"{self.base_url.rstrip('/')}/embeddings",
                json={"model": self.model, "input": list(texts), "encoding_format": "float"},
                headers={"Authorization": f"Bearer {key}"} if key else {},
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise _Again(f"{self._address} does not answer ({type(error).__name__})") from error
        if answer.status_code != requests.codes.ok:
            self._refused(answer)
        return self._vectors(answer, len(texts))

    def _refused(self, answer: requests.Response) -> None:
        """Raise what a status other than 200 means."""
        if answer.status_code in AGAIN:
            raise _Again(f"{self._address} answers {answer.status_code}", _pause(answer.headers.get("Retry-After")))
        raise EncoderError(f"{self.name}: {self._address} answers {answer.status_code}: {self._message(answer)}")

    def _message(self, answer: requests.Response) -> str:
        """What the server says, in one line and without the key."""
        text = " ".join(answer.text.split())[:200] or "nothing"
        return text.replace(self._key(), "***") if self._key() else text

    def _vectors(self, answer: requests.Response, n_texts: int) -> tuple[np.ndarray, int | None]:
        try:
            told = answer.json()
            rows = sorted(told["data"], key=lambda row: row["index"])
            if [row["index"] for row in rows] != list(range(n_texts)):
                raise _Again(f"{self._address} gives {len(rows)} embeddings for {n_texts} texts")
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
            tokens = told.get("usage", {}).get("total_tokens")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _Again(f"{self._address} gives no embeddings ({type(error).__name__})") from error
        return vectors, int(tokens) if tokens is not None else None


def _client() -> object:
    try:
        import requests
    except ImportError as error:
        raise MissingExtraError("endpoints need the extra: pip install 'findomain[models]'") from error
    return requests


def _pause(told: str | None) -> float | None:
    """Seconds of a Retry-After header, which holds a number or a date."""
    if told is None:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None
