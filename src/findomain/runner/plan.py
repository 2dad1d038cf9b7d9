"""Models times tasks: everything is checked before anything is encoded, and each cell is written when it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from findomain.encoders import Encoder, Options, Ranker, make_encoder
from findomain.errors import RunError
from findomain.results import Store, make_folder
from findomain.runner.backends import distributed
from findomain.runner.cell import Outcome, run_cell
from findomain.runner.judge import check_metric, texts_of
from findomain.tasks import Task, TaskData, load_data


class Listener(Protocol):
    """Hears how a run goes on."""

    def start(self, n_cells: int, n_characters: int) -> None:
        """A run of so many cells begins; they hold so many characters of different texts."""
        ...

    def cell(self, model: str, task: str) -> None:
        """A cell begins."""
        ...

    def advance(self, n_characters: int, encoded: bool) -> None:
        """So many characters are done, encoded or found in the cache."""
        ...

    def done(self, outcome: Outcome) -> None:
        """A cell ended."""
        ...


class Silence:
    """Hears and says nothing."""

    def start(self, n_cells: int, n_characters: int) -> None:
        """Nothing."""

    def cell(self, model: str, task: str) -> None:
        """Nothing."""

    def advance(self, n_characters: int, encoded: bool) -> None:
        """Nothing."""

    def done(self, outcome: Outcome) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run.

    Attributes:
        models: as the user calls them.
        tasks: what they are measured on.
        options: for every model.
        out: the folder of results.
        cache_folder: of embeddings; None for the default.
        n_jobs: processes.
        backend: ``loky`` here, ``dask`` or ``ray`` on a cluster.
        address: of the cluster.
    """

    models: Sequence[str]
    tasks: Sequence[Task]
    options: Options = field(default_factory=Options)
    out: Path = Path("results")
    cache_folder: Path | None = None
    n_jobs: int = 1
    backend: str = "loky"
    address: str = ""


def run(plan: Plan, listener: Listener | None = None) -> list[Outcome]:
    """Run every model on every task and return what became of each.

    Raises:
        FindomainError: a model or a task's data cannot be used; nothing has been encoded then.
    """
    listener = listener or Silence()
    encoders = [make_encoder(name, plan.options) for name in plan.models]
    for task in plan.tasks:
        check_metric(task)
    make_folder(plan.out)
    data = [load_data(task) for task in plan.tasks]
    _check_names(encoders, plan.tasks)
    sizes = [sum(len(text) for _, texts in texts_of(one) for text in dict.fromkeys(texts)) for one in data]
    listener.start(len(encoders) * len(data), len(encoders) * sum(sizes))
    cells = _here(plan, encoders, data, listener) if _is_local(plan) else _elsewhere(plan, encoders, sizes, listener)
    return list(cells)


def _check_names(encoders: Sequence[Encoder | Ranker], tasks: Sequence[Task]) -> None:
    for what, names in (("model", [e.name for e in encoders]), ("task", [t.name for t in tasks])):
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise RunError(f"two {what}s are called {doubled[0]!r}; results are kept by name")


def _is_local(plan: Plan) -> bool:
    return plan.backend == "loky" and (plan.n_jobs == 1 or len(plan.models) * len(plan.tasks) == 1)


def _here(
    plan: Plan, encoders: Sequence[Encoder | Ranker], data: Sequence[TaskData], listener: Listener
) -> Iterator[Outcome]:
    store = Store(plan.out)
    for encoder in encoders:
        for task, texts in zip(plan.tasks, data, strict=True):
            listener.cell(encoder.name, task.name)
            outcome = run_cell(
                encoder,
                task,
                texts,
                store=store,
                cache_folder=plan.cache_folder,
                n_jobs=plan.n_jobs,
                report=listener.advance,
            )
            listener.done(outcome)
            yield outcome


def _elsewhere(
    plan: Plan, encoders: Sequence[Encoder | Ranker], sizes: Sequence[int], listener: Listener
) -> Iterator[Outcome]:
    size = {task.name: n for task, n in zip(plan.tasks, sizes, strict=True)}
    calls = [
        (name, plan.options, task, plan.out.resolve(), plan.cache_folder) for name in plan.models for task in plan.tasks
    ]
    for outcome in distributed(run_named, calls, n_jobs=plan.n_jobs, backend=plan.backend, address=plan.address):
        listener.advance(size[outcome.task], True)
        listener.done(outcome)
        yield outcome


def run_named(model: str, options: Options, task: Task, out: Path, cache_folder: Path | None) -> Outcome:
    """One cell in another process: it loads model and data itself, the model once."""
    encoder = _encoder(model, options_key(options))
    return run_cell(encoder, task, load_data(task), store=Store(out), cache_folder=cache_folder)


def options_key(options: Options) -> tuple[tuple[str, object], ...]:
    """Options as something that can be remembered by."""
    pairs = {slot: getattr(options, slot) for slot in options.__slots__}
    return tuple((name, tuple(value.items()) if name == "prompts" else value) for name, value in pairs.items())


@lru_cache(maxsize=1)
def _encoder(model: str, options: tuple[tuple[str, object], ...]) -> Encoder | Ranker:
    told = dict(options)
    return make_encoder(model, Options(**told | {"prompts": dict(told["prompts"])}))
