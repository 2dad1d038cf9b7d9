"""One task type, one way to embed its texts and judge the embeddings."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from findomain import evaluators
from findomain.encoders.bm25 import Ranker
from findomain.errors import EncoderError, TaskError
from findomain.evaluators import Evaluation
from findomain.registry import did_you_mean
from findomain.tasks import Role, Task, TaskData
from findomain.tasks.data import (
    ClassificationData,
    ClusteringData,
    PairData,
    RerankingData,
    RetrievalData,
    SummarizationData,
)

Embed = Callable[[Sequence[str], Role], np.ndarray]
SEED = 42


def texts_of(data: TaskData) -> list[tuple[Role, Sequence[str]]]:
    """Every text that a task needs, by role."""
    if isinstance(data, ClassificationData):
        return [("symmetric", (*data.train_texts, *data.texts))]
    if isinstance(data, ClusteringData):
        return [("symmetric", [text for texts in data.texts for text in texts])]
    if isinstance(data, PairData):
        return [("symmetric", (*data.first, *data.second))]
    if isinstance(data, RetrievalData):
        return [("query", data.queries), ("document", data.corpus)]
    if isinstance(data, RerankingData):
        return [("query", _flat(data.queries)), ("document", _flat(data.candidates))]
    return [("symmetric", _flat(data.references) + _flat(data.candidates))]


def _flat(rows: Sequence[Sequence[str]]) -> list[str]:
    return [text for row in rows for text in row]


def judge(task: Task, data: TaskData, embed: Embed, *, n_jobs: int = 1) -> Evaluation:
    """Embed a task's texts and judge the embeddings by its type and protocol."""
    return JUDGES[type(data)](task, data, embed, n_jobs)


def _classification(task: Task, data: ClassificationData, embed: Embed, n_jobs: int) -> Evaluation:
    samples, n_experiments = int(task.settings.get("samples_per_label", 8)), int(task.settings.get("n_experiments", 10))
    drawn = evaluators.draw_examples(data.train_labels, samples, n_experiments)
    # Only the examples that an experiment uses are embedded, as in the reference library.
    used = sorted({row for rows in drawn for row in rows})
    place = {row: i for i, row in enumerate(used)}
    train = embed([data.train_texts[row] for row in used], "symmetric")
    return evaluators.classification(
        train,
        [data.train_labels[row] for row in used],
        embed(data.texts, "symmetric"),
        data.labels,
        drawn=[[place[row] for row in rows] for rows in drawn],
        n_jobs=n_jobs,
    )


def _clustering(task: Task, data: ClusteringData, embed: Embed, n_jobs: int) -> Evaluation:
    if not data.flat or task.protocol == "finmteb":
        return evaluators.clustering_sets([embed(texts, "symmetric") for texts in data.texts], data.labels)
    rng = random.Random(SEED)
    (texts,), (labels,) = data.texts, data.labels
    wanted = int(task.settings.get("max_document_to_embed", 0)) or int(
        len(texts) * task.settings.get("max_fraction_of_documents_to_embed", 0)
    )
    if 0 < wanted < len(texts):
        rows = rng.sample(range(len(texts)), k=wanted)
        texts, labels = [texts[i] for i in rows], [labels[i] for i in rows]
    return evaluators.clustering_draws(embed(texts, "symmetric"), labels, rng=rng, n_jobs=n_jobs)


def _pairs(task: Task, data: PairData, embed: Embed, n_jobs: int) -> Evaluation:
    both = embed((*data.first, *data.second), "symmetric")
    first, second = both[: len(data.first)], both[len(data.first) :]
    if task.task_type == "PairClassification":
        return evaluators.pair_classification(first, second, data.targets)
    return evaluators.sts(first, second, data.targets)


def _retrieval(task: Task, data: RetrievalData, embed: Embed, n_jobs: int) -> Evaluation:
    return evaluators.retrieval(
        embed(data.queries, "query"),
        embed(data.corpus, "document"),
        data.qrels,
        query_ids=data.query_ids,
        corpus_ids=data.corpus_ids,
        ignore_identical_ids=bool(task.settings.get("ignore_identical_ids", 0)),
    )


def _reranking(task: Task, data: RerankingData, embed: Embed, n_jobs: int) -> Evaluation:
    queries = _grouped(embed(_flat(data.queries), "query"), data.queries)
    candidates = _grouped(embed(_flat(data.candidates), "document"), data.candidates)
    return evaluators.reranking(queries, candidates, data.grades, data.ids)


def _summarization(task: Task, data: SummarizationData, embed: Embed, n_jobs: int) -> Evaluation:
    references = _grouped(embed(_flat(data.references), "symmetric"), data.references)
    candidates = _grouped(embed(_flat(data.candidates), "symmetric"), data.candidates)
    return evaluators.summarization(references, candidates, data.scores)


def _grouped(vectors: np.ndarray, rows: Sequence[Sequence[str]]) -> list[np.ndarray]:
    return np.split(vectors, np.cumsum([len(row) for row in rows])[:-1])


JUDGES: Mapping[type, Callable[[Task, TaskData, Embed, int], Evaluation]] = {
    ClassificationData: _classification,
    ClusteringData: _clustering,
    PairData: _pairs,
    RetrievalData: _retrieval,
    RerankingData: _reranking,
    SummarizationData: _summarization,
}


def judge_ranker(task: Task, data: TaskData, ranker: Ranker) -> Evaluation:
    """Judge scores of documents for queries.

    Raises:
        EncoderError: the task is neither Retrieval nor Reranking.
    """
    if isinstance(data, RetrievalData):
        scores = ranker.ranker(data.corpus)
        return evaluators.retrieval_by_scores(
            lambda start, stop: scores(data.queries[start:stop]),
            data.qrels,
            query_ids=data.query_ids,
            corpus_ids=data.corpus_ids,
            ignore_identical_ids=bool(task.settings.get("ignore_identical_ids", 0)),
        )
    if isinstance(data, RerankingData):
        place = {text: i for i, text in enumerate(dict.fromkeys(_flat(data.candidates)))}
        scores = ranker.ranker(list(place))
        rows = [
            scores(wordings).max(0)[[place[text] for text in candidates]]
            for wordings, candidates in zip(data.queries, data.candidates, strict=True)
        ]
        return evaluators.reranking_by_scores(rows, data.grades, data.ids)
    raise EncoderError(
        f"{ranker.name}: has no embeddings and runs on Retrieval and Reranking alone, not {task.task_type}"
    )


def check_metric(task: Task) -> None:
    """Raise if no evaluator gives the task's metric.

    Raises:
        TaskError: it does not exist for the type of the task; the message names the nearest.
    """
    known = evaluators.METRIC_NAMES[task.task_type]
    if task.metric not in known:
        raise TaskError(
            f"{task.name}: {task.task_type} has no metric {task.metric!r}{did_you_mean(task.metric, known)}"
        )


def main_score(task: Task, evaluation: Evaluation) -> float:
    """The score that the task is judged by.

    Raises:
        TaskError: it is not defined for the data, such as AP for three classes.
        EncoderError: it is not defined for the embeddings, such as a correlation with similarities that are all equal.
    """
    if task.metric not in evaluation.scores:
        raise TaskError(f"{task.name}: {task.metric} is not defined for its data")
    value = evaluation.scores[task.metric]
    if not math.isfinite(value):
        raise EncoderError(f"{task.name}: {task.metric} is not defined for these embeddings")
    return value
