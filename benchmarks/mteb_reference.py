"""The reference library's scores for our data: each task type as an mteb task over given embeddings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from datasets import Dataset, DatasetDict
from mteb.abstasks import (
    AbsTask,
    AbsTaskClassification,
    AbsTaskClustering,
    AbsTaskPairClassification,
    AbsTaskRetrieval,
    AbsTaskSTS,
)
from mteb.abstasks.clustering_legacy import AbsTaskClusteringLegacy
from mteb.abstasks.task_metadata import TaskMetadata
from mteb.abstasks.text.summarization import AbsTaskSummarization
from mteb.models.abs_encoder import AbsEncoder
from mteb.models.model_meta import ModelMeta
from mteb.similarity_functions import cos_sim, pairwise_cos_sim

from findomain.encoders import get_spec
from findomain.tasks.data import (
    ClassificationData,
    ClusteringData,
    PairData,
    RerankingData,
    RetrievalData,
    SummarizationData,
    TaskData,
)


class Given(AbsEncoder):
    """An mteb encoder that knows the embedding of every text."""

    def __init__(self, vectors: Mapping[str, np.ndarray]) -> None:
        self.vectors = vectors
        self.mteb_model_meta = ModelMeta.create_empty({"name": "given/vectors", "revision": "1"})

    def similarity(self, embeddings1: Any, embeddings2: Any) -> Any:
        return cos_sim(embeddings1, embeddings2)

    def similarity_pairwise(self, embeddings1: Any, embeddings2: Any) -> Any:
        return pairwise_cos_sim(embeddings1, embeddings2)

    def encode(self, inputs: Any, **_: Any) -> np.ndarray:
        return np.stack([self.vectors[text] for batch in inputs for text in batch["text"]])


def metadata(task_type: str, main_score: str) -> TaskMetadata:
    return TaskMetadata(
        name="Parity",
        description="a task of the tests",
        reference=None,
        dataset={"path": "none", "revision": "1"},
        type=task_type,
        category="t2t",
        modalities=["text"],
        eval_splits=["test"],
        eval_langs=["eng-Latn"],
        main_score=main_score,
    )


def reference_scores(data: TaskData, model: AbsEncoder, *, task_type: str, metric: str) -> dict[str, float]:
    """What mteb gives for the data and a model."""
    return evaluated(reference_task(data, task_type=task_type, metric=metric), model)


def evaluated(task: AbsTask, model: AbsEncoder) -> dict[str, float]:
    """What mteb's task gives for a model."""
    scores = task.evaluate(model, "test", encode_kwargs={"batch_size": 32, "show_progress_bar": False})
    return dict(scores["default"])


def reference_task(data: TaskData, *, task_type: str, metric: str) -> AbsTask:
    """The data as a task of mteb."""
    base, dataset, options = BUILDERS[type(data)](data, task_type)
    attributes = {"metadata": metadata(task_type, metric), **options}
    task = type("Parity", (base,), attributes)()
    task.dataset = dataset
    task.data_loaded = True
    return task


def minilm() -> AbsEncoder:
    """The packaged all-MiniLM-L6-v2 as mteb runs it."""
    from mteb.models.sentence_transformer_wrapper import SentenceTransformerEncoderWrapper
    from sentence_transformers import SentenceTransformer

    spec = get_spec("all-MiniLM-L6-v2")
    model = SentenceTransformer(str(spec.folder() / spec.files["folder"]), device="cpu", local_files_only=True)
    model.max_seq_length = spec.max_length
    return SentenceTransformerEncoderWrapper(model)


def _splits(**columns: Mapping[str, list]) -> DatasetDict:
    return DatasetDict({name: Dataset.from_dict(dict(rows)) for name, rows in columns.items()})


def _classification(data: ClassificationData, task_type: str) -> tuple:
    dataset = _splits(
        train={"text": list(data.train_texts), "label": list(data.train_labels)},
        test={"text": list(data.texts), "label": list(data.labels)},
    )
    return AbsTaskClassification, dataset, {}


def _clustering(data: ClusteringData, task_type: str) -> tuple:
    if data.flat:
        dataset = _splits(test={"sentences": list(data.texts[0]), "labels": list(data.labels[0])})
        return AbsTaskClustering, dataset, {"max_fraction_of_documents_to_embed": None}
    rows = {"sentences": [list(row) for row in data.texts], "labels": [list(row) for row in data.labels]}
    return AbsTaskClusteringLegacy, _splits(test=rows), {}


def _pairs(data: PairData, task_type: str) -> tuple:
    columns = {"sentence1": list(data.first), "sentence2": list(data.second)}
    if task_type == "PairClassification":
        return AbsTaskPairClassification, _splits(test=columns | {"labels": [int(t) for t in data.targets]}), {}
    return AbsTaskSTS, _splits(test=columns | {"score": list(data.targets)}), {"min_score": 0, "max_score": 5}


def _retrieval(data: RetrievalData, task_type: str) -> tuple:
    split = {
        "corpus": Dataset.from_dict({"id": list(data.corpus_ids), "text": list(data.corpus)}),
        "queries": Dataset.from_dict({"id": list(data.query_ids), "text": list(data.queries)}),
        "relevant_docs": {query: dict(row) for query, row in data.qrels.items()},
        "top_ranked": None,
    }
    return AbsTaskRetrieval, {"default": {"test": split}}, {}


def _reranking(data: RerankingData, task_type: str) -> tuple:
    names = [f"q{i:06}" for i in range(data.n_items)]
    ids = [[f"{query}_{key}" for key in row] for query, row in zip(names, data.ids, strict=True)]
    texts = [text for row in data.candidates for text in row]
    split = {
        "corpus": Dataset.from_dict({"id": [key for row in ids for key in row], "text": texts}),
        "queries": Dataset.from_dict({"id": names, "text": [row[0] for row in data.queries]}),
        "relevant_docs": {
            query: dict(zip(row, grades, strict=True))
            for query, row, grades in zip(names, ids, data.grades, strict=True)
        },
        "top_ranked": dict(zip(names, ids, strict=True)),
    }
    return AbsTaskRetrieval, {"default": {"test": split}}, {}


def _summarization(data: SummarizationData, task_type: str) -> tuple:
    rows = {
        "text": ["unused"] * data.n_items,
        "human_summaries": [list(row) for row in data.references],
        "machine_summaries": [list(row) for row in data.candidates],
        "relevance": [list(row) for row in data.scores],
    }
    return AbsTaskSummarization, _splits(test=rows), {"min_score": 0, "max_score": 5}


BUILDERS: Mapping[type, Callable[[Any, str], tuple]] = {
    ClassificationData: _classification,
    ClusteringData: _clustering,
    PairData: _pairs,
    RetrievalData: _retrieval,
    RerankingData: _reranking,
    SummarizationData: _summarization,
}
