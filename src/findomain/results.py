"""Results on disk: mteb result files with our block beside, written aside and renamed, one a model and task."""

from __future__ import annotations

import errno
import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from findomain.errors import RunError

SCRIPTS: Mapping[str, str] = {"eng": "eng-Latn", "zho": "cmn-Hans"}
# The version of the format: what mteb's own reader is told.
FORMAT = "2.26.24"
BLOCK = "findomain"


@dataclass(frozen=True, slots=True)
class TaskResult:
    """Scores of one model on one task.

    Attributes:
        model: the model's name.
        task: the task's name.
        split: the split that was judged.
        language: ``eng`` or ``zho``.
        dataset_revision: commit, or content hash for a folder.
        scores: every metric by name, ``main_score`` among them.
        seconds: what it took.
        facts: our block: fingerprints, interval, numbers of items, versions of software, times, repairs.
    """

    model: str
    task: str
    split: str
    language: str
    dataset_revision: str
    scores: Mapping[str, float]
    seconds: float
    facts: Mapping[str, object] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """The JSON of an mteb result file, our block last."""
        subset = {**self.scores, "hf_subset": "default", "languages": [SCRIPTS.get(self.language, "und-Zyyy")]}
        return {
            "dataset_revision": self.dataset_revision,
            "task_name": self.task,
            "mteb_version": FORMAT,
            "scores": {self.split: [subset]},
            "evaluation_time": self.seconds,
            "kg_co2_emissions": None,
            BLOCK: {"model": self.model, **self.facts},
        }

    def to_json(self) -> str:
        """The text of the file; what is not finite is null, which JSON has."""
        return json.dumps(_finite(self.to_dict()), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_dict(cls, told: Mapping[str, object]) -> TaskResult:
        """Read one back.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it is not one of ours.
        """
        ((split, (subset,)),) = told["scores"].items()
        facts = dict(told[BLOCK])
        scores = {name: float(value) for name, value in subset.items() if isinstance(value, (int, float))}
        languages = {script: code for code, script in SCRIPTS.items()}
        return cls(
            model=facts.pop("model"),
            task=told["task_name"],
            split=split,
            language=languages.get(subset["languages"][0], ""),
            dataset_revision=told["dataset_revision"],
            scores=scores,
            seconds=float(told["evaluation_time"]),
            facts=facts,
        )

    @property
    def main_score(self) -> float:
        """The score that the task is judged by."""
        return self.scores["main_score"]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of results: ``<model>/<fingerprint>/<task>.json``, as mteb's results are laid out."""

    root: Path

    def path(self, model: str, fingerprint: str, task: str) -> Path:
        """Where a result is, or will be."""
        return self.root / _safe(model) / fingerprint / f"{_safe(task)}.json"

    def read(self, path: Path) -> TaskResult | None:
        """The result at a path; None where there is none. A file that cannot be read is put aside."""
        try:
            return TaskResult.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError):
            path.replace(path.with_suffix(".broken"))
            return None

    def write(self, path: Path, result: TaskResult) -> None:
        """Write a result whole or not at all.

        Raises:
            RunError: the folder cannot be written.
        """
        write_aside(path, result.to_json())

    def results(self) -> Iterator[TaskResult]:
        """Every result of the folder that is ours, in order of model and task."""
        for path in sorted(self.root.glob("*/*/*.json")):
            if path.name != "model_meta.json" and (result := self.read(path)) is not None:
                yield result


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _safe(name: str) -> str:
    return name.replace("/", "__")


def make_folder(folder: Path) -> None:
    """Make a folder that can be written.

    Raises:
        RunError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror}") from error


def write_aside(path: Path, text: str) -> None:
    """Write a file beside its place and rename it, so that it is never there in part.

    Raises:
        RunError: the folder cannot be written.
    """
    make_folder(path.parent)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def scores_table(root: Path) -> pd.DataFrame:
    """Results of a folder as a table of scores, the newest of each model and task.

    Columns ``model, task, task_type, domain, language, score, ci_low, ci_high, n_items, source, in_training,
    revision, finished``.
    """
    rows = [_row(result) for result in Store(root).results()]
    columns = [*KEPT, "model", "task", "language", "score", "source", "in_training", "revision", "finished"]
    frame = pd.DataFrame(rows, columns=None if rows else columns)
    return (
        frame.sort_values("finished")
        .drop_duplicates(["model", "task"], keep="last")
        .sort_values(["model", "task"], ignore_index=True)
    )


KEPT = ("task_type", "domain", "ci_low", "ci_high", "n_items")


def _row(result: TaskResult) -> dict[str, object]:
    return {
        **{name: result.facts.get(name) for name in KEPT},
        "model": result.model,
        "task": result.task,
        "language": result.language,
        "score": result.main_score,
        "source": "live",
        "in_training": "unknown",
        "revision": result.facts.get("encoder"),
        "finished": result.facts.get("finished", ""),
    }
