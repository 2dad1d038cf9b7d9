"""How a run goes on, for people: a bar with a time to go on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from findomain.profiles import Profile
from findomain.runner import Outcome

PAUSE = 5.0


class Meter(AbstractContextManager):
    """Listens to a run and reports on standard error.

    The time to go is that of the characters left at the speed of those encoded so far; what was in the cache is done
    without saying anything about speed.
    """

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self.say = say or (lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
        self.n_cells = self.n_done = self.total = self.gone = self.encoded = 0
        self.label = ""
        self.started = self.last = 0.0
        self.bar = self._bar() if say is None and sys.stderr.isatty() else None

    @staticmethod
    def _bar() -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        return Progress(*columns, console=Console(stderr=True), transient=True)

    def __enter__(self) -> Self:
        """Begin."""
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()

    def start(self, n_cells: int, n_characters: int) -> None:
        """A run begins."""
        self.n_cells, self.total = n_cells, n_characters
        self.started = self.last = time.monotonic()
        if self.bar is not None:
            self.bar.add_task("", total=n_characters)

    def cell(self, model: str, task: str) -> None:
        """A cell begins."""
        self._name(f"{task} with {model}")

    def _name(self, what: str) -> None:
        self.label = f"[{self.n_done + 1}/{self.n_cells}] {what}"
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], description=self.label)

    def advance(self, n_characters: int, encoded: bool) -> None:
        """So many characters are done."""
        self.gone += n_characters
        self.encoded += n_characters if encoded else 0
        if self.bar is not None:
            self.bar.advance(self.bar.task_ids[0], n_characters)
        elif time.monotonic() - self.last > PAUSE:
            self.last = time.monotonic()
            self.say(f"{self.label}: {self.gone / max(self.total, 1):.0%} of the text, {self._to_go()}")

    def _to_go(self) -> str:
        if not self.encoded:
            return "time to go not known yet"
        seconds = (self.total - self.gone) / self.encoded * (time.monotonic() - self.started)
        return f"about {seconds:.0f} s to go" if seconds < 90 else f"about {seconds / 60:.0f} min to go"

    def done(self, outcome: Outcome) -> None:
        """A cell ended."""
        self.n_done += 1
        self.say(f"[{self.n_done}/{self.n_cells}] {outcome.task} with {outcome.model}: {_verdict(outcome)}")


class ProfileMeter(Meter):
    """Listens to profiling; the characters of texts that are measured and embedded are counted twice."""

    def begin(self, name: str) -> None:
        """A source begins."""
        self._name(name)

    def end(self, profile: Profile) -> None:
        """A source ended."""
        self.n_done += 1
        texts = f"{profile.n_measured} of {len(profile.source.texts)} texts"
        self.say(f"[{self.n_done}/{self.n_cells}] {profile.source.name}: {len(profile.measures)} measures of {texts}")


def _verdict(outcome: Outcome) -> str:
    if outcome.result is None:
        return f"failed: {outcome.error}"
    how = "already there" if outcome.reused else f"{outcome.result.seconds:.1f} s"
    return f"{outcome.result.main_score:.4f} ({how})"
