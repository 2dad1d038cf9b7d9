"""A chat endpoint on loopback for a model file: ``python -m findomain.complexity.llm_server MODEL.gguf [THREADS]``.

The port is the first line of output; the process ends when its input does, so it cannot outlive who started it. Answers
are the most probable words one by one: the same question has the same answer. A model without a chat template is given
the messages as they are and goes on writing; an answer ends with the line.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

CONTEXT = 4096
LONGEST_ANSWER = 256


class Model:
    """A model file, one question at a time."""

    def __init__(self, path: str, n_threads: int) -> None:
        from cyllama.llama import llama_cpp

        llama_cpp.disable_logging()
        self._lib = llama_cpp
        self._model = llama_cpp.LlamaModel(path_model=path)
        options = llama_cpp.LlamaContextParams()
        options.n_ctx = options.n_batch = CONTEXT
        options.n_threads = options.n_threads_batch = n_threads
        self._context = llama_cpp.LlamaContext(self._model, options, verbose=False)
        self._sampler = llama_cpp.LlamaSampler(llama_cpp.LlamaSamplerChainParams())
        self._sampler.add_greedy()
        self._vocab = self._model.get_vocab()
        self._lock = threading.Lock()

    def answer(self, prompt: str, max_tokens: int) -> tuple[str, int]:
        """What the model goes on to write, up to the end of the line, and the tokens it took.

        Raises:
            ValueError: the question does not fit.
        """
        tokens = self._vocab.tokenize(prompt, add_special=True, parse_special=False)
        if len(tokens) + max_tokens > CONTEXT:
            raise ValueError(f"the question has {len(tokens)} tokens, {CONTEXT - max_tokens} fit")
        with self._lock:
            self._context.kv_cache_clear()
            return self._continued(tokens, max_tokens)

    def _continued(self, tokens: list[int], max_tokens: int) -> tuple[str, int]:
        written, place, batch = "", len(tokens), self._lib.llama_batch_get_one(tokens, 0)
        while place < len(tokens) + max_tokens:
            self._context.decode(batch)
            token = self._sampler.sample(self._context, -1)
            if self._vocab.is_eog(token):
                break
            written += self._vocab.token_to_piece(token, 0, False)
            if "\n" in written.lstrip():
                break
            batch = self._lib.llama_batch_get_one([token], place)
            place += 1
        return written.strip().split("\n")[0], place


class Endpoint(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    model: ClassVar[Model]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer a question, or say what is wrong with it."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/v1/chat/completions":
            self._send(404, {"error": {"message": f"no such path: {self.path}"}})
            return
        try:
            asked = json.loads(raw)
            prompt = "\n\n".join(str(message["content"]) for message in asked["messages"])
            written, n_tokens = self.model.answer(prompt, min(int(asked.get("max_tokens", 16)), LONGEST_ANSWER))
        except (ValueError, KeyError, TypeError) as error:
            self._send(400, {"error": {"message": str(error)}})
            return
        choice = {"index": 0, "message": {"role": "assistant", "content": written}, "finish_reason": "stop"}
        self._send(200, {"object": "chat.completion", "choices": [choice], "usage": {"total_tokens": n_tokens}})

    def _send(self, status: int, content: dict) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve on a free port until the input ends."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    Endpoint.model = Model(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
