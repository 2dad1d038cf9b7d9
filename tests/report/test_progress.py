"""How a run goes on: a line a cell, and a time to go that counts what was encoded and not what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from findomain.report.progress import Meter
from findomain.runner import Outcome


def test_time_to_go_is_that_of_the_text_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now, lines = [0.0], []
    monkeypatch.setattr("findomain.report.progress.time.monotonic", lambda: now[0])
    meter = Meter(lines.append)
    meter.start(2, 1000)
    meter.cell("model", "task")
    now[0] = 6.0
    meter.advance(500, encoded=False)
    assert lines == ["[1/2] task with model: 50% of the text, time to go not known yet"]
    now[0] = 20.0
    meter.advance(100, encoded=True)
    # 100 characters took 20 s; 400 are left.
    assert lines[1] == "[1/2] task with model: 60% of the text, about 80 s to go"
    now[0] = 21.0
    meter.advance(100, encoded=True)
    assert len(lines) == 2
    meter.done(Outcome("model", "task", Path("x"), error="model: no"))
    assert lines[2] == "[1/2] task with model: failed: model: no"
