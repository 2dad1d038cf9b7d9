"""Build the shipped tables from result files: scores, tasks, models, exposure, and what was dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from findomain.errors import PublishedError
from findomain.paths import DATA
from findomain.published import facts
from findomain.published.cells import choose, read_rows
from findomain.published.families import families, source_dataset
from findomain.published.flags import flag_cells, flag_models, flag_tasks, twin_models
from findomain.published.records import Record, count_files, read_records

NOT_MODELS = ("baseline/Human",)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote.

    Attributes:
        folder: where the tables are.
        n_files, n_scores, n_models, n_tasks, n_dropped: result files read, cells kept, and rows that were dropped.
    """

    folder: Path
    n_files: int
    n_scores: int
    n_models: int
    n_tasks: int
    n_dropped: int

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.n_files} result files: {self.n_scores} scores of {self.n_models} models on {self.n_tasks} tasks, "
            f"{self.n_dropped} rows dropped; tables in {self.folder}"
        )


def import_results(source: str | Path, out: str | Path) -> Imported:
    """Read a results checkout, its ``results`` folder or a tar archive, and write the five tables.

    Tables already there are replaced only when all five are ready.

    Raises:
        PublishedError: see ``read_records``.
        MissingExtraError: the mteb package, which knows tasks and models, is not installed.
    """
    source, out = Path(source), Path(out)
    if not source.exists():
        raise PublishedError(f"{source}: no such file or folder")
    facts.need_mteb()
    tasks, declared, adapted = facts.task_facts()
    counter = _Counter()
    rows = read_rows(counter(_with_progress(read_records(source), count_files(source))), declared)
    rows = _with_task_reasons(rows, tasks)
    if not rows["reason"].eq("").any():
        raise PublishedError(f"{source}: no score of a text task in English or Chinese ({counter.n} result files read)")
    cells, lost = choose(rows)
    n_declared = pd.Series({name: len(task.splits) * len(task.subsets) for name, task in declared.items()})
    negative = cells[cells["score"] < 0].assign(reason="negative, kept as 0")
    cells = flag_cells(cells, n_declared).sort_values(["model", "task"], ignore_index=True)
    tasks = _finished_tasks(tasks[tasks["task"].isin(cells["task"])], adapted, cells)
    metas = facts.model_metas()
    models = flag_models(facts.model_rows(sorted(cells["model"].unique()), metas), twin_models(cells))
    tables = {
        "scores": cells.drop(columns=["n_parts"]),
        "tasks": tasks,
        "models": models,
        "exposure": _exposure(cells, metas, adapted),
        "dropped": _dropped(rows, pd.concat([lost, negative])),
    }
    _write(tables, out)
    return Imported(out, counter.n, len(cells), len(models), len(tasks), len(tables["dropped"]))


class _Counter:
    """Counts what passes through."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            self.n += 1
            yield record


def _with_progress(records: Iterable[Record], total: int | None) -> Iterable[Record]:
    from rich.console import Console
    from rich.progress import track

    return track(records, description="Reading results", total=total, console=Console(stderr=True))


def _with_task_reasons(rows: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Drop whole tasks and models that are not of the study: other scales, other types, people."""
    kind = rows["task"].map(tasks.set_index("task")["task_type"])
    reason = rows["reason"].mask(
        rows["reason"].eq("") & ~kind.isin(facts.TYPES), "task type not scored from 0 to 1 on texts"
    )
    return rows.assign(reason=reason.mask(reason.eq("") & rows["model"].isin(NOT_MODELS), "no model"))


def _finished_tasks(tasks: pd.DataFrame, adapted: dict[str, list[str]], cells: pd.DataFrame) -> pd.DataFrame:
    decided = pd.read_csv(DATA / "domains.csv", index_col="task")
    patterns = pd.read_csv(DATA / "families.csv")
    tasks = tasks.sort_values("task", ignore_index=True)
    tasks = tasks.assign(
        domain=tasks["task"].map(decided["domain"]).fillna(tasks["domain_tagged"]),
        domain_reason=tasks["task"].map(decided["reason"]).fillna(""),
        source_dataset=[source_dataset(name, adapted) for name in tasks["task"]],
        family=tasks["task"].map(families(tasks["task"], adapted, patterns)),
    )
    return flag_tasks(tasks, cells)


def _exposure(cells: pd.DataFrame, metas: dict[str, object], adapted: dict[str, list[str]]) -> pd.DataFrame:
    """Whether the task, or another made of the same dataset, is in the model's declared training data."""
    source = {name: source_dataset(name, adapted) for name in cells["task"].unique()}
    parts = []
    for model, part in cells.groupby("model"):
        trained = facts.training_tasks(metas.get(facts.VARIANT.sub("", str(model))))
        values = "unknown"
        if trained is not None:
            seen = {source_dataset(name, adapted) for name in trained} | trained
            values = ["true" if task in seen or source[task] in seen else "false" for task in part["task"]]
        parts.append(part[["model", "task"]].assign(in_training=values))
    return pd.concat(parts, ignore_index=True)


def _dropped(rows: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    columns = ["reason", "model", "task", "revision", "split", "subset", "score"]
    together = pd.concat([rows.loc[rows["reason"] != "", columns], more.reindex(columns=columns)])
    return together.sort_values(columns[:6], ignore_index=True, na_position="first")


def _write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write every table aside, then rename all."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        aside = out / f".{name}.parquet.new"
        categories = {column: "category" for column in table.columns if table[column].dtype == "str"}
        table.astype(categories).to_parquet(aside, index=False, compression="zstd", compression_level=19)
        written.append((aside, out / f"{name}.parquet"))
    for aside, final in written:
        aside.replace(final)
