"""An OpenAI-compatible chat server on loopback that answers by rule: ``python chat_server.py LOG``.

It is told what to do by ``POST /_rules``: ``{"answers": [...]}`` are given in turn and then over again, ``{"faults":
[...]}`` are those of embeddings_server: ``status``, ``reset``, ``truncate``, ``slow``, ``die`` and ``empty`` (JSON
without an answer). Without answers the last word of the question comes back. The port is printed on the first line.
Each question is a line in LOG. A key is wanted if ``KEY`` is in the environment.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LIFETIME = 300.0


class Chat(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    rules: dict
    log: Path
    n_answered = 0
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/_rules":
            with self.lock:
                Chat.rules, Chat.n_answered = json.loads(raw), 0
            self._send(200, {})
            return
        asked = json.loads(raw)
        with self.lock:
            fault = next((one for one in self.rules.get("faults", []) if one["times"] > 0), {"kind": ""})
            if fault["kind"]:
                fault["times"] -= 1
        status = self._answer(asked, fault)
        with self.lock, self.log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"asked": asked, "status": status, "path": self.path}) + "\n")

    def _answer(self, asked: dict, fault: dict) -> int:
        kind, key = fault["kind"], os.environ.get("KEY")
        if key and self.headers.get("Authorization") != f"Bearer {key}":
            self._send(401, {"error": {"message": f"wrong key: {self.headers.get('Authorization')}"}})
            return 401
        if kind == "status":
            self._send(fault["status"], {"error": {"message": "not now"}}, fault.get("headers"))
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
        self._send(200, {"choices": []} if kind == "empty" else self._said(asked), truncate=kind == "truncate")
        return 200

    def _said(self, asked: dict) -> dict:
        question = asked["messages"][-1]["content"]
        with self.lock:
            answers = self.rules.get("answers")
            answer = answers[Chat.n_answered % len(answers)] if answers else question.split()[-1]
            Chat.n_answered += 1
        message = {"role": "assistant", "content": answer}
        return {
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"total_tokens": len(question.split()) + 1},
        }

    def _send(self, status: int, content: dict, headers: dict | None = None, truncate: bool = False) -> None:
        raw = json.dumps(content).encode()
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
    Chat.log, Chat.rules = Path(sys.argv[1]), {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    print(server.server_address[1], flush=True)
    threading.Timer(LIFETIME, server.shutdown).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
