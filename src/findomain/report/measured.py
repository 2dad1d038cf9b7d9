"""What a run, the tasks and the models look like as rows: for a table on a terminal, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from findomain.encoders import EncoderSpec
from findomain.runner import Outcome
from findomain.tasks import Task


def result_rows(outcomes: Iterable[Outcome]) -> list[dict[str, object]]:
    """One row a measured cell."""
    return [
        {
            "model": outcome.model,
            "task": outcome.task,
            "task_type": outcome.result.facts["task_type"],
            "metric": outcome.result.facts["main_metric"],
            "main_score": outcome.result.main_score,
            "ci_low": outcome.result.facts["ci_low"],
            "ci_high": outcome.result.facts["ci_high"],
            "n_items": outcome.result.facts["n_items"],
            "seconds_encode": outcome.result.facts["seconds_encode"],
            "seconds_score": outcome.result.facts["seconds_score"],
            "repairs": outcome.result.facts["repairs"],
            "reused": outcome.reused,
            "path": str(outcome.path),
        }
        for outcome in outcomes
        if outcome.result is not None
    ]


def failure_rows(outcomes: Iterable[Outcome]) -> list[dict[str, object]]:
    """One row a cell that failed."""
    return [{"model": o.model, "task": o.task, "error": o.error} for o in outcomes if o.result is None]


def task_rows(tasks: Iterable[Task]) -> list[dict[str, object]]:
    """One row a known task."""
    return [
        {
            "task": task.name,
            "task_type": task.task_type,
            "domain": task.domain,
            "language": task.language,
            "metric": task.metric,
            "split": task.split,
            "path": task.path,
            "revision": task.revision,
            "same_as": task.same_as,
        }
        for task in tasks
    ]


def model_rows(specs: Iterable[EncoderSpec]) -> list[dict[str, object]]:
    """One row a known model, with what it needs to run here."""
    rows = []
    for spec in specs:
        runs, needs = spec.readiness()
        rows.append({"model": spec.name, "runs": runs, "needs": needs, "title": spec.title, "note": spec.note})
    return rows


def profile_table(profile: Mapping[str, object]) -> str:
    """A profile as a heading and a table; a measure without a value has the reason in place of its unit."""
    measures = profile["measures"]
    rows = [
        {"measure": name}
        | {column: "" if told[column] is None else told[column] for column in ("mean", "sd", "q50", "n")}
        | {"unit": f"undefined: {told['reason']}" if told["reason"] else told["unit"]}
        for name, told in measures.items()
    ]
    heading = f"{profile['name']} ({profile['language']}, {profile['n_measured']} of {profile['n_texts']} texts)"
    return f"{heading}\n{text_table(rows, ('measure', 'mean', 'sd', 'q50', 'n', 'unit'))}"


def text_table(rows: Sequence[dict[str, object]], columns: Sequence[str]) -> str:
    """Rows under their headings, as wide as they are."""
    cells = [[_text(row[name]) for name in columns] for row in rows]
    widths = [max(len(name), *(len(row[i]) for row in cells)) for i, name in enumerate(columns)]
    lines = ["  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)) for row in cells]
    head = "  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True))
    return "\n".join(line.rstrip() for line in (head, *lines))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
