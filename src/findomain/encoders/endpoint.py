"""An OpenAI-compatible embeddings endpoint: batches, several at once, retried, on a budget of tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from findomain.encoders.base import check_embeddings
from findomain.encoders.prompts import prompt_for
from findomain.errors import EncoderError
from findomain.http import JsonClient, TryAgainError, expected_tokens
from findomain.tasks.spec import Role, Task


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
    _client: JsonClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raise what can be known to fail without a request."""
        self._client = JsonClient(
            name=self.name,
            base_url=self.base_url,
            error=EncoderError,
            concurrency=self.concurrency,
            timeout=self.timeout,
            max_retries=self.max_retries,
            backoff=self.backoff,
            token_budget=self.token_budget,
            api_key_env=self.api_key_env,
            kept="what was encoded is kept",
        )

    @property
    def spent(self) -> int:
        """Tokens that were spent so far, by the endpoint's count or, without one, by length."""
        return self._client.spent

    @property
    def chunk(self) -> int:
        """As many texts as are under way at once: what a kill loses."""
        return self.batch_size * self.concurrency

    @property
    def signature(self) -> Mapping[str, object]:
        """The endpoint, the model and the prompts."""
        return {
            "kind": "endpoint",
            "endpoint": self._client.address,
            "model": self.model,
            "prompts": dict(self.prompts),
            "precision": "float32",
        }

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
        parts = self._client.each(batches, self._batch)
        widths = {part.shape[1] for part in parts}
        if len(widths) > 1:
            address = self._client.address
            raise EncoderError(f"{self.name}: {address} gives embeddings of different widths: {sorted(widths)}")
        return check_embeddings(np.concatenate(parts), len(texts), self.name)

    def _batch(self, texts: Sequence[str]) -> np.ndarray:
        return self._client.post(
            "/embeddings",
            {"model": self.model, "input": list(texts), "encoding_format": "float"},
            lambda told: self._vectors(told, len(texts)),
            tokens=expected_tokens(texts),
            what=f"{len(texts)} texts need",
        )

    def _vectors(self, told: dict, n_texts: int) -> tuple[np.ndarray, int | None]:
        try:
            rows = sorted(told["data"], key=lambda row: row["index"])
            if [row["index"] for row in rows] != list(range(n_texts)):
                raise TryAgainError(f"{self._client.address} gives {len(rows)} embeddings for {n_texts} texts")
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
            tokens = told.get("usage", {}).get("total_tokens")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TryAgainError(f"{self._client.address} gives no embeddings ({type(error).__name__})") from error
        return vectors, int(tokens) if tokens is not None else None
