"""Facts of tasks and models, read from the ``mteb`` package when scores are imported and shipped as tables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from findomain.errors import MissingExtraError
from findomain.published.cells import TaskSplits

if TYPE_CHECKING:
    from mteb.models.model_meta import ModelMeta

TYPES = ("Classification", "Clustering", "PairClassification", "Reranking", "Retrieval", "STS", "Summarization")
TYPE_OF = {"InstructionRetrieval": "Retrieval"}  # the others are not scored from 0 to 1, or not on texts alone
DOMAIN_OF = {
    "Financial": "finance",
    "Legal": "law",
    "Medical": "medicine",
    "Chemistry": "chemistry",
    "Programming": "programming",
}
LANGUAGE_OF = {"eng": "eng", "cmn": "zho", "zho": "zho"}
BENCHMARKS = {"MTEB(eng, v1)": "mteb_eng_v1", "MTEB(eng, v2)": "mteb_eng_v2", "MTEB(cmn, v1)": "mteb_cmn_v1"}


def need_mteb() -> None:
    """Raise MissingExtraError unless mteb can be imported."""
    try:
        import mteb  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("importing scores needs the mteb package: install findomain[import]") from error


def task_facts() -> tuple[pd.DataFrame, dict[str, TaskSplits], dict[str, list[str]]]:
    """Every task of mteb that is English or Chinese alone: a table, what it declares, and what it was adapted from."""
    import mteb

    benchmarks = {column: _members(name) for name, column in BENCHMARKS.items()}
    rows, declared, adapted = [], {}, {}
    for task in mteb.get_tasks(exclude_superseded=False):
        meta = task.metadata
        language = {LANGUAGE_OF.get(code.split("-")[0]) for code in meta.languages}
        if len(language) != 1 or None in language:
            continue
        adapted[meta.name] = list(meta.adapted_from or [])
        declared[meta.name] = TaskSplits(
            meta.main_score, tuple(meta.eval_splits), tuple(task.hf_subsets or ["default"])
        )
        rows.append(_task_row(meta, str(language.pop())) | {c: meta.name in names for c, names in benchmarks.items()})
    return pd.DataFrame(rows), declared, adapted


def _members(benchmark: str) -> set[str]:
    import mteb

    return {task.metadata.name for task in mteb.get_benchmark(benchmark).tasks}


def _task_row(meta: object, language: str) -> dict[str, object]:
    tags = sorted(meta.domains or [])
    special = [DOMAIN_OF[tag] for tag in tags if tag in DOMAIN_OF]
    statistics = (meta.descriptive_stats or {}).get(meta.eval_splits[0], {})
    return {
        "task": meta.name,
        "mteb_type": meta.type,
        "task_type": TYPE_OF.get(meta.type, meta.type),
        "domain_tagged": special[0] if len(special) == 1 else "general",
        "mteb_domains": ";".join(tags),
        "n_special_tags": len(special),
        "language": language,
        "year": int(meta.date[1][:4]) if meta.date else None,
        "main_score": meta.main_score,
        "hub_path": meta.dataset.get("path"),
        "hub_revision": meta.dataset.get("revision"),
        "adapted_from": ";".join(meta.adapted_from or []),
        "superseded_by": meta.superseded_by or "",
        "is_public": meta.is_public is not False,
        **_sizes(statistics),
    }


def _sizes(statistics: Mapping[str, object]) -> dict[str, float | None]:
    """Numbers of items and mean lengths in characters, from mteb's descriptive statistics of the first split."""
    lengths = [
        part["average_text_length"]
        for key, part in statistics.items()
        if isinstance(part, dict) and "average_text_length" in part and not key.startswith("queries")
    ]
    queries = statistics.get("queries_text_statistics") or {}
    labels = statistics.get("label_statistics") or statistics.get("labels_statistics") or {}
    return {
        "n_items": statistics.get("num_queries") or statistics.get("num_samples"),
        "n_documents": statistics.get("num_documents"),
        "n_labels": labels.get("unique_labels"),
        "text_length": sum(lengths) / len(lengths) if lengths else None,
        "query_length": queries.get("average_text_length"),
    }


def model_metas() -> dict[str, ModelMeta]:
    """Every model that mteb knows, by name; models whose owner was renamed are found under both names."""
    import mteb

    metas = {meta.name: meta for meta in mteb.get_model_metas() if meta.name}
    renamed = {
        name.replace("mongodb/", "voyageai/", 1): meta for name, meta in metas.items() if name.startswith("mongodb/")
    }
    return renamed | metas


VARIANT = re.compile(r"_\(.*\)$")


def model_rows(names: Iterable[str], metas: Mapping[str, ModelMeta]) -> pd.DataFrame:
    """Facts of the models; those that mteb does not know have empty fields."""
    return pd.DataFrame([_model_row(name, metas.get(VARIANT.sub("", name))) for name in names])


def _model_row(name: str, meta: ModelMeta | None) -> dict[str, object]:
    finite = meta is not None and meta.max_tokens is not None and math.isfinite(meta.max_tokens)
    dimensions = meta.embed_dim if meta is not None else None
    return {
        "model": name,
        "organisation": name.split("/")[0],
        "n_parameters": meta.n_parameters if meta is not None else None,
        "dimensions": max(dimensions) if isinstance(dimensions, list | tuple) else dimensions,
        "max_tokens": int(meta.max_tokens) if finite else None,
        "release_date": str(meta.release_date) if meta is not None and meta.release_date else None,
        "open_weights": meta.open_weights if meta is not None else None,
        "base_model": _hub_name(meta.adapted_from) if meta is not None else "",
        "model_type": ";".join(meta.model_type or []) if meta is not None else "",
        "training_declared": training_tasks(meta) is not None,
        "known_to_mteb": meta is not None,
    }


def _hub_name(base: str | None) -> str:
    """The base model's name; empty where a folder of somebody's machine is declared."""
    return "" if base is None or base.startswith("/") else base


def training_tasks(meta: ModelMeta | None) -> set[str] | None:
    """Tasks in the declared training data of a model and its bases; None where nothing is declared.

    An empty declaration of a model whose weights are closed is read as none.
    """
    if meta is None or meta.training_datasets is None:
        return None
    declared = set(meta.get_training_datasets() or ())
    return declared if declared or meta.open_weights else None
