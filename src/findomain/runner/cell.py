"""One model on one task: found in the store, or measured and written there."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from findomain import __version__, paths
from findomain.encoders import Encoder, Ranker, fingerprint
from findomain.errors import FindomainError
from findomain.evaluators import Evaluation, interval, item_values
from findomain.results import Store, TaskResult, make_folder
from findomain.runner.cache import EmbeddingCache
from findomain.runner.embed import Embedder, Report
from findomain.runner.judge import judge, judge_ranker, main_score, texts_of
from findomain.tasks import Task, TaskData, content_hash

# Raised when a change of an evaluator changes a score: results of another number are measured again.
EVALUATION = 1
# Encoders that are quicker than a disk.
NOT_CACHED = ("bag-of-words", "tf-idf", "random")
ITEM_DIGITS = 6
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "sentence-transformers", "transformers")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one model on one task.

    Attributes:
        model, task: their names.
        path: where the result is, or would be.
        result: None if it failed.
        error: one line; empty if it did not fail.
        reused: it was in the store already.
    """

    model: str
    task: str
    path: Path
    result: TaskResult | None = None
    error: str = ""
    reused: bool = False


def run_cell(
    encoder: Encoder | Ranker,
    task: Task,
    data: TaskData,
    *,
    store: Store,
    cache_folder: Path | None = None,
    n_jobs: int = 1,
    report: Report = lambda characters, encoded: None,
) -> Outcome:
    """Measure a model on a task unless the store has it; a failure is an outcome, other cells go on."""
    mark = fingerprint(encoder.signature)
    path = store.path(encoder.name, mark, task.name)
    content = content_hash(data)
    wanted = {"encoder": mark, "task": task_fingerprint(task, content), "content": content}
    make_folder(path.parent)
    # Another process that measures the same is waited for, and its result taken.
    with FileLock(_lock(path, cache_folder)):
        known = store.read(path)
        if known is not None and wanted.items() <= known.facts.items():
            return Outcome(encoder.name, task.name, path, known, reused=True)
        try:
            result = _measured(encoder, task, data, wanted, cache_folder, n_jobs, report)
        except FindomainError as error:
            return Outcome(encoder.name, task.name, path, error=str(error))
        store.write(path, result)
    return Outcome(encoder.name, task.name, path, result)


def _lock(path: Path, cache_folder: Path | None) -> Path:
    """Beside the embeddings, so that a folder of results holds results alone."""
    folder = (cache_folder or paths.cache_folder()) / "locks"
    make_folder(folder)
    return folder / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]}.lock"


def task_fingerprint(task: Task, content: str) -> str:
    """Sixteen digits of what is judged, by the hash of its content, and how."""
    return fingerprint(
        {
            "type": task.task_type,
            "metric": task.metric,
            "protocol": task.protocol,
            "settings": dict(task.settings),
            "content": content,
            "evaluation": EVALUATION,
        }
    )


def _measured(
    encoder: Encoder | Ranker,
    task: Task,
    data: TaskData,
    wanted: Mapping[str, str],
    cache_folder: Path | None,
    n_jobs: int,
    report: Report,
) -> TaskResult:
    started = time.perf_counter()
    if isinstance(encoder, Encoder):
        embed = _embedder(encoder, task, data, cache_folder, report)
        evaluation = judge(task, data, embed, n_jobs=n_jobs)
        counts = {"n_encoded": embed.n_encoded, "n_cached": embed.n_found, "seconds_encode": round(embed.seconds, 3)}
    else:
        evaluation = judge_ranker(task, data, encoder)
        counts = {"n_encoded": 0, "n_cached": 0, "seconds_encode": 0.0}
    seconds = time.perf_counter() - started
    facts = {**wanted, **counts, "seconds_score": round(seconds - counts["seconds_encode"], 3)}
    return _result(encoder, task, data, evaluation, facts, seconds)


def _embedder(encoder: Encoder, task: Task, data: TaskData, cache_folder: Path | None, report: Report) -> Embedder:
    if hasattr(encoder, "fitted"):
        encoder = encoder.fitted([text for _, texts in texts_of(data) for text in dict.fromkeys(texts)])
    cached = encoder.signature["kind"] not in NOT_CACHED
    cache = EmbeddingCache.of(fingerprint(encoder.signature), cache_folder) if cached else None
    return Embedder(encoder, task, cache, report)


def _result(
    encoder: Encoder | Ranker,
    task: Task,
    data: TaskData,
    evaluation: Evaluation,
    facts: dict[str, object],
    seconds: float,
) -> TaskResult:
    value = main_score(task, evaluation)
    low, high = interval(evaluation, task.metric)
    return TaskResult(
        model=encoder.name,
        task=task.name,
        split=task.split,
        language=task.language,
        dataset_revision=task.revision or str(facts["content"]),
        scores={**evaluation.scores, "main_score": value},
        seconds=round(seconds, 3),
        facts=facts
        | {
            "signature": dict(encoder.signature),
            "task_type": task.task_type,
            "domain": task.domain,
            "main_metric": task.metric,
            "protocol": task.protocol,
            "ci_low": low,
            "ci_high": high,
            "n_items": evaluation.n_items,
            **_items(task, evaluation),
            "repairs": list(data.repairs),
            "software": software(),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def _items(task: Task, evaluation: Evaluation) -> dict[str, list[float]]:
    """What each item of a matched pair contributes: the gap within pairs is made of these."""
    if task.source != "mirror":
        return {}
    return {"items": [round(float(value), ITEM_DIGITS) for value in item_values(evaluation, task.metric)]}


def software() -> dict[str, str]:
    """Versions of what takes part in a score."""
    found = {"findomain": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
