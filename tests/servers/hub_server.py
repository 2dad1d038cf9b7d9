"""A small server that speaks the hub's protocol on loopback, with failures on demand: ``python hub_server.py FOLDER``.

``FOLDER/datasets/<owner>/<name>`` and ``FOLDER/models/<owner>/<name>`` are repositories, each at the one revision that
a file ``REVISION`` in it gives. The port is printed on the first line. Failures are told as JSON to ``POST /_faults``:
``{"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 2, "match": "resolve"}``; other kinds are
``reset``, ``truncate`` and ``slow``. ``GET /_log`` gives the paths that were asked for.
"""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

LIFETIME = 300.0


class Hub(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    root: Path
    faults: list[dict]
    seen: list[str]
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/_faults":
            with self.lock:
                self.faults[:] = json.loads(raw)
                self.seen.clear()
            self._json({})
        else:
            self.posted = raw
            self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        if path == "/_log":
            self._json(self.seen)
            return
        with self.lock:
            self.seen.append(f"{self.command} {path}")
            fault = next((f for f in self.faults if f["times"] > 0 and f.get("match", "") in path), None)
            if fault is not None:
                fault["times"] -= 1
        if fault is not None and self._fail(fault):
            return
        self._route([part for part in path.split("/") if part], body, truncate=bool(fault))

    def _fail(self, fault: dict) -> bool:
        """Misbehave; false if a normal answer (late, or cut short) is to follow."""
        if fault["kind"] == "status":
            self.send_response(fault["status"])
            for name, value in fault.get("headers", {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return True
        if fault["kind"] == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return True
        if fault["kind"] == "slow":
            time.sleep(fault["seconds"])
            fault["kind_done"] = True
        return False

    def _route(self, parts: list[str], body: bool, truncate: bool) -> None:
        if parts[:1] == ["api"] and len(parts) >= 4 and parts[1] in ("datasets", "models"):
            repository = self.root / parts[1] / parts[2] / parts[3]
            self._api(repository, f"{parts[2]}/{parts[3]}", parts[4:])
        elif "resolve" in parts:
            at = parts.index("resolve")
            kind, names = ("datasets", parts[1:at]) if parts[0] == "datasets" else ("models", parts[:at])
            self._file(self.root / kind / "/".join(names), parts[at + 1], "/".join(parts[at + 2 :]), body, truncate)
        else:
            self._missing("RepoNotFound")

    def _api(self, repository: Path, name: str, rest: list[str]) -> None:
        if not repository.is_dir():
            self._missing("RepoNotFound")
            return
        revision = (repository / "REVISION").read_text().strip()
        if rest and rest[0] in ("revision", "tree", "paths-info") and rest[1] not in (revision, "main"):
            self._missing("RevisionNotFound")
            return
        everything = [path for path in sorted(repository.rglob("*")) if path.name != "REVISION"]
        described = [_described(path, repository) for path in everything]
        if rest[:1] == ["paths-info"]:
            told = json.loads(self.posted) if self.posted[:1] == b"{" else {}
            wanted = told.get("paths") or [part.split("=")[1] for part in unquote(self.posted.decode()).split("&")]
            self._json([one for one in described if one["path"] in wanted])
        elif rest[:1] == ["tree"]:
            under = "/".join(rest[2:])
            inside = [one for one in described if not under or one["path"].startswith(f"{under}/")]
            if "recursive=true" not in self.path.lower():
                inside = [one for one in inside if "/" not in one["path"].removeprefix(f"{under}/" if under else "")]
            if under and not inside:
                self._missing("EntryNotFound")
                return
            self._json(inside)
        else:
            siblings = [{"rfilename": one["path"], "size": one["size"]} for one in described if one["type"] == "file"]
            self._json(
                {"id": name, "sha": revision, "siblings": siblings, "private": False, "gated": False, "tags": []}
            )

    def _file(self, repository: Path, revision: str, name: str, body: bool, truncate: bool) -> None:
        path = repository / name
        if not repository.is_dir():
            self._missing("RepoNotFound")
        elif revision not in ((repository / "REVISION").read_text().strip(), "main"):
            self._missing("RevisionNotFound")
        elif not path.is_file():
            self._missing("EntryNotFound")
        else:
            self._send(path.read_bytes(), (repository / "REVISION").read_text().strip(), body, truncate)

    def _send(self, raw: bytes, revision: str, body: bool, truncate: bool) -> None:
        start = 0
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes="):
            start = int(wanted.removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(raw) - start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("X-Repo-Commit", revision)
        self.send_header("ETag", f'"{hashlib.sha256(raw).hexdigest()}"')
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(raw) - 1}/{len(raw)}")
        self.end_headers()
        if body and truncate:
            self.wfile.write(raw[start : start + (len(raw) - start) // 2])
            self.wfile.flush()
            self.connection.close()
            self.close_connection = True
        elif body:
            self.wfile.write(raw[start:])

    def _json(self, told: object) -> None:
        raw = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def _missing(self, code: str) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _described(path: Path, repository: Path) -> dict:
    if path.is_dir():
        return {"type": "directory", "path": path.relative_to(repository).as_posix(), "size": 0, "oid": "0" * 40}
    return {
        "type": "file",
        "path": path.relative_to(repository).as_posix(),
        "size": path.stat().st_size,
        "oid": hashlib.sha1(path.read_bytes()).hexdigest(),
    }


def main() -> None:
    """Serve until the parent ends the process, at most ``LIFETIME`` seconds."""
    handler = type("Here", (Hub,), {"root": Path(sys.argv[1]), "faults": [], "seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(server.server_address[1], flush=True)
    threading.Timer(LIFETIME, server.shutdown).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
