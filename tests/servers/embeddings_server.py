"""An OpenAI-compatible embeddings server on loopback with a real small model: ``python embeddings_server.py LOG``.

The model is the static one that the package wordllama carries. The port is printed on the first line. Failures are told
as JSON to ``POST /_faults``: ``{"kind": "status", "status": 429, "headers": {...}, "times": 2}``; other kinds are
``reset``, ``truncate``, ``slow``, ``short`` (an embedding too few), ``nan`` and ``die`` (the process ends). Each
request is a line in LOG: the number of its texts and the status. A key is wanted if ``KEY`` is in the environment.
"""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from findomain.encoders import make_encoder
from findomain.tasks import Task

LIFETIME = 300.0
ENCODER = make_encoder("wordllama-256")
TASK = Task("any", "STS")


class Endpoint(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    faults: list[dict]
    log: Path
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/_faults":
            with self.lock:
                self.faults[:] = json.loads(raw)
            self._send(200, b"{}")
            return
        asked = json.loads(raw)
        with self.lock:
            fault = next((f for f in self.faults if f["times"] > 0), None)
            if fault is not None:
                fault["times"] -= 1
        status = self._answer(asked, fault or {"kind": ""})
        with self.lock, self.log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"n": len(asked["input"]), "status": status, "first": asked["input"][0]}) + "\n")

    def _answer(self, asked: dict, fault: dict) -> int:
        kind, key = fault["kind"], os.environ.get("KEY")
        if key and self.headers.get("Authorization") != f"Bearer {key}":
            told = f"wrong key: {self.headers.get('Authorization')}"
            self._send(401, json.dumps({"error": {"message": told}}).encode())
            return 401
        if kind == "status":
            self._send(fault["status"], b'{"error": {"message": "not now"}}', fault.get("headers"))
            return fault["status"]
        if kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return 0
        if kind == "die":
            os._exit(1)
        if kind == "slow":
            time.sleep(fault["seconds"])
        self._send(200, self._embeddings(asked["input"], kind), truncate=kind == "truncate")
        return 200

    def _embeddings(self, texts: list[str], kind: str) -> bytes:
        vectors = ENCODER.encode(texts, role="symmetric", task=TASK)
        rows = [{"object": "embedding", "index": i, "embedding": v.tolist()} for i, v in enumerate(vectors)]
        if kind == "nan":
            rows[0]["embedding"][0] = float("nan")
        if kind == "short":
            rows.pop()
        random.shuffle(rows)
        tokens = sum(len(text.split()) for text in texts)
        return json.dumps({"object": "list", "data": rows, "usage": {"total_tokens": tokens}}).encode()

    def _send(self, status: int, raw: bytes, headers: dict | None = None, truncate: bool = False) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if truncate else raw)
        if truncate:
            self.wfile.flush()
            self.connection.close()
            self.close_connection = True


def main() -> None:
    """Serve until the parent ends the process, at most ``LIFETIME`` seconds."""
    Endpoint.log, Endpoint.faults = Path(sys.argv[1]), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    print(server.server_address[1], flush=True)
    threading.Timer(LIFETIME, server.shutdown).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
