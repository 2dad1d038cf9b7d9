"""Posting JSON to a model's endpoint: retried, several requests at once, on a budget of tokens, the key never told."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from findomain.errors import FindomainError, MissingExtraError

if TYPE_CHECKING:
    import requests

AGAIN = (408, 409, 425, 429, 500, 502, 503, 504, 529)
LONGEST_PAUSE = 60.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Of English text; used until the endpoint says what a request cost.
CHARACTERS_A_TOKEN = 4
Answer = TypeVar("Answer")
Request = TypeVar("Request")


class TryAgainError(Exception):
    """A request that is worth another try, and after how many seconds if the server says so."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


def expected_tokens(texts: Sequence[str]) -> int:
    """About how many tokens texts have."""
    return sum(-(-len(text) // CHARACTERS_A_TOKEN) for text in texts)


@dataclass
class JsonClient:
    """A server that takes JSON and answers with JSON.

    Attributes:
        name: what the server's model is called in messages.
        base_url: the endpoint, up to and with its version.
        error: what is raised when it cannot be used.
        concurrency: requests at once.
        timeout: seconds to wait for an answer.
        max_retries: further tries of a request.
        backoff: seconds before the first of them; doubled each time, up to a minute.
        token_budget: tokens that may be spent in all; None for no limit.
        api_key_env: the environment variable that holds the key; one of its own, so that no key goes to a stranger.
        kept: what the message about a spent budget says of the work so far.
        spent: tokens that were spent so far, by the endpoint's count or, without one, by length.
    """

    name: str
    base_url: str
    error: type[FindomainError]
    concurrency: int = 4
    timeout: float = 60.0
    max_retries: int = 6
    backoff: float = 0.5
    token_budget: int | None = None
    api_key_env: str = "FINDOMAIN_API_KEY"
    kept: str = "what was answered is kept"
    spent: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """What can be known to fail without a request."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self.error(f"{self.name}: {self.address}: expected http:// or https://")
        if parts.username or parts.password:
            raise self.error(f"{self.name}: credentials do not belong into an address; set {self.api_key_env}")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK and self._key():
            raise self.error(f"{self.name}: {self.address} is not encrypted, and {self.api_key_env} is set")

    @property
    def address(self) -> str:
        """The address without whatever a user may have put around it."""
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"

    def _key(self) -> str:
        return os.environ.get(self.api_key_env, "")

    def each(self, requests: Sequence[Request], ask: Callable[[Request], Answer]) -> list[Answer]:
        """The answers to several requests in their order; after a failure no further one is begun.

        Raises:
            FindomainError: what ``ask`` raises.
        """
        stopped = threading.Event()

        def one(request: Request) -> Answer | None:
            if stopped.is_set():
                return None
            try:
                return ask(request)
            except BaseException:
                stopped.set()
                raise

        with ThreadPoolExecutor(self.concurrency) as pool:
            futures = [pool.submit(one, request) for request in requests]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                # After a failure, or when the user breaks off, the requests that wait are not sent.
                if not all(future.done() for future in futures):
                    stopped.set()
        failed = next((error for future in futures if (error := future.exception()) is not None), None)
        if failed is not None:
            raise failed
        return [future.result() for future in futures]

    def post(
        self,
        path: str,
        body: Mapping[str, object],
        read: Callable[[dict], tuple[Answer, int | None]],
        *,
        tokens: int,
        what: str,
    ) -> Answer:
        """One request and its further tries.

        Args:
            path: below the address.
            body: sent as JSON.
            read: takes the answer apart: what is wanted of it, and the tokens it cost if told; raises TryAgainError.
            tokens: about what the request will cost.
            what: the request, in the message about a spent budget.

        Raises:
            FindomainError: of the client's kind: refused, no answer after all tries, or the budget is spent.
        """
        self._reserve(tokens, what)
        spent = 0
        try:
            found, told = self._tried(path, body, read)
            spent = tokens if told is None else told
            return found
        finally:
            with self._lock:
                self.spent += spent - tokens

    def _tried(
        self, path: str, body: Mapping[str, object], read: Callable[[dict], tuple[Answer, int | None]]
    ) -> tuple[Answer, int | None]:
        pause = self.backoff
        for tries_left in range(self.max_retries, -1, -1):
            try:
                return read(self._request(path, body))
            except TryAgainError as error:
                if not tries_left:
                    raise self.error(f"{self.name}: {error} after {self.max_retries + 1} tries") from error
                # Jitter, so that requests that failed together do not come back together.
                time.sleep(min(pause * random.uniform(0.5, 1.5) if error.pause is None else error.pause, LONGEST_PAUSE))
                pause *= 2
        raise self.error(f"{self.name}: no try was made")

    def _reserve(self, expected: int, what: str) -> None:
        """Take what a request will cost off the budget before it is sent."""
        with self._lock:
            if self.token_budget is not None and self.spent + expected > self.token_budget:
                raise self.error(
                    f"{self.name}: the budget of {self.token_budget} tokens is spent ({self.spent} so far, "
                    f"the next {what} about {expected}); {self.kept}"
                )
            self.spent += expected

    def _request(self, path: str, body: Mapping[str, object]) -> dict:
        requests = _client()
        key = self._key()
        try:
            answer = requests.post(
                f"{self.base_url.rstrip('/')}{path}",
                json=body,
                headers={"Authorization": f"Bearer {key}"} if key else {},
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TryAgainError(f"{self.address} does not answer ({type(error).__name__})") from error
        if answer.status_code != requests.codes.ok:
            self._refused(answer)
        try:
            return answer.json()
        except ValueError as error:
            raise TryAgainError(f"{self.address} gives no JSON ({type(error).__name__})") from error

    def _refused(self, answer: requests.Response) -> None:
        """Raise what a status other than 200 means."""
        if answer.status_code in AGAIN:
            pause = _pause(answer.headers.get("Retry-After"))
            raise TryAgainError(f"{self.address} answers {answer.status_code}", pause)
        raise self.error(f"{self.name}: {self.address} answers {answer.status_code}: {self._message(answer)}")

    def _message(self, answer: requests.Response) -> str:
        """What the server says, in one line and without the key."""
        text = " ".join(answer.text.split())[:200] or "nothing"
        return text.replace(self._key(), "***") if self._key() else text


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
