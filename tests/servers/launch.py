"""Start one of the servers of this folder and stop it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass
class Running:
    """A server of the tests: its address and, where it writes one, its log of requests."""

    address: str
    log: Path

    @property
    def url(self) -> str:
        """The address of an OpenAI-compatible endpoint."""
        return f"{self.address}/v1"

    def fail(self, *faults: dict) -> None:
        """Tell the server how to misbehave from now on; forget what was asked before."""
        request = urllib.request.Request(f"{self.address}/_faults", json.dumps(faults).encode())
        urllib.request.urlopen(request).close()
        self.log.write_text("")

    def requests(self) -> list[dict]:
        """What the server was asked, oldest first."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def launched(server: str, argument: Path, log: Path, **environment: str) -> Iterator[Running]:
    """A server process on a port of its own, ended on the way out."""
    command = [sys.executable, str(HERE / server), str(argument)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environment)
    try:
        yield Running(f"http://127.0.0.1:{process.stdout.readline().strip()}", log)
    finally:
        process.kill()
        process.wait()
