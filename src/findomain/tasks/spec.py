"""What a task is: a frozen record of where its data lie, how they are read and by which metric it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

TaskType = Literal[
    "Classification", "Clustering", "PairClassification", "Reranking", "Retrieval", "STS", "Summarization"
]
Role = Literal["query", "document", "symmetric"]
TASK_TYPES: tuple[str, ...] = get_args(TaskType)
# The main metric by which a task of each type is judged unless it says otherwise.
MAIN_METRICS: Mapping[str, str] = MappingProxyType(
    {
        "Classification": "accuracy",
        "Clustering": "v_measure",
        "PairClassification": "max_ap",
        "Reranking": "map_at_1000",
        "Retrieval": "ndcg_at_10",
        "STS": "cosine_spearman",
        "Summarization": "cosine_spearman",
    }
)


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        name: unique name.
        task_type: one of ``TASK_TYPES``.
        domain: ``finance``, ``medicine``, ``general`` and so on.
        language: ``eng`` or ``zho``; empty where a folder does not say.
        source: ``hub`` (a dataset of the hub), ``folder``, ``mirror`` (the matched pairs of this checkout), or ``mteb``
            (a task of the installed mteb package).
        path: the hub's path, an absolute folder, or for ``mirror`` one below ``data/mirror``.
        revision: the hub's commit; empty for a folder, whose data are known by their content hash.
        split: the split that is judged.
        train_split: where a classifier's examples come from.
        main_metric: name of the main score among those of its evaluator.
        subset: configuration of the dataset on the hub; empty for the default.
        columns: our names of columns by those of the source.
        protocol: ``mteb`` or ``finmteb``; they differ for Summarization.
        settings: what the evaluator does otherwise than by default, e.g. ``samples_per_label``.
        same_as: the task of the same suite that has the same data; empty for most.
    """

    name: str
    task_type: str
    domain: str = "general"
    language: str = "eng"
    source: str = "hub"
    path: str = ""
    revision: str = ""
    split: str = "test"
    train_split: str = "train"
    main_metric: str = ""
    subset: str = ""
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    protocol: str = "mteb"
    settings: Mapping[str, float] = field(default_factory=dict, hash=False)
    same_as: str = ""

    @property
    def metric(self) -> str:
        """The main metric, or that of the task's type."""
        return self.main_metric or MAIN_METRICS[self.task_type]
