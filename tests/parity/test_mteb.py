"""Scores are those of the reference library: every metric, for the same embeddings, on real and on odd data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest

from findomain import evaluators
from findomain.encoders import make_encoder
from findomain.paths import ROOT
from findomain.runner.judge import judge, texts_of
from findomain.tasks import Task, TaskData, folder_task, load_data
from findomain.tasks.data import (
    ClassificationData,
    ClusteringData,
    PairData,
    RerankingData,
    RetrievalData,
    SummarizationData,
)

pytest.importorskip("mteb", reason="the reference library is the extra 'import'")
from mteb.similarity_functions import cos_sim
from mteb_reference import Given, reference_scores

# Of float32 similarities; the last digits of a product differ between libraries.
TOLERANCE = 1e-6
# Correlations with similarities that differ in their last digit, so that near ties change places.
CORRELATIONS = 1e-5
# In the reference the model's own similarity: the cosine again, rounded otherwise, so that it orders ties by chance.
BY_ANOTHER_ROUTE = {"spearman", "pearson"}
SHARED = ROOT.parent / "shared" / "datasets"
DATASETS = sorted(path.name for path in SHARED.glob("*")) or ["none"]
ONE_OF_EACH_TYPE = ("mediqa-rqe", "trecqa", "humaneval", "financial-phrasebank", "finnl-zh", "ectsum", "sts13")
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real datasets are not part of a clone")


@cache
def encoder(name: str) -> object:
    return make_encoder(name)


def embeddings(name: str, task: Task, data: TaskData) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for role, texts in texts_of(data):
        unique = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(unique), 1024):
            part = unique[start : start + 1024]
            found |= zip(part, encoder(name).encode(part, role=role, task=task), strict=True)
    return found


def ours(task: Task, data: TaskData, vectors: Mapping[str, np.ndarray]) -> evaluators.Evaluation:
    return judge(task, data, lambda texts, role: np.stack([vectors[text] for text in texts]))


def with_their_product(data: RetrievalData, vectors: Mapping[str, np.ndarray]) -> evaluators.Evaluation:
    """Ours on their similarities: of two documents that are equal but for the last digit either may come first."""
    queries, corpus = (np.stack([vectors[text] for text in texts]) for texts in (data.queries, data.corpus))
    similarities = cos_sim(queries, corpus).numpy()
    return evaluators.retrieval_by_scores(
        lambda start, stop: similarities[start:stop].copy(),
        data.qrels,
        query_ids=data.query_ids,
        corpus_ids=data.corpus_ids,
    )


def check(task: Task, data: TaskData, vectors: Mapping[str, np.ndarray]) -> None:
    found = ours(task, data, vectors)
    theirs = reference_scores(data, Given(vectors), task_type=task.task_type, metric=task.metric)
    if isinstance(data, RetrievalData):
        found = with_their_product(data, vectors)
    assert found.scores[task.metric] == pytest.approx(theirs[task.metric], abs=TOLERANCE, nan_ok=True)
    shared = [name for name in found.scores if isinstance(theirs.get(name), (int, float))]
    assert len(shared) == len(found.scores)
    for name in set(shared) - BY_ANOTHER_ROUTE:
        allowed = CORRELATIONS if "spearman" in name else TOLERANCE
        assert found.scores[name] == pytest.approx(theirs[name], abs=allowed, nan_ok=True), name


@needs_shared
@pytest.mark.parametrize("name", DATASETS)
def test_every_real_dataset(name: str) -> None:
    task = folder_task(SHARED / name)
    data = load_data(task)
    check(task, data, embeddings("wordllama-256", task, data))


@needs_shared
@pytest.mark.parametrize("model", ["all-MiniLM-L6-v2", "use-multilingual-v3"])
@pytest.mark.parametrize("name", ONE_OF_EACH_TYPE)
def test_other_encoders(name: str, model: str) -> None:
    task = folder_task(SHARED / name)
    data = shortened(load_data(task), 300)
    check(task, data, embeddings(model, task, data))


def shortened(data: TaskData, characters: int) -> TaskData:
    """Summaries of whole conference calls, with less to read."""
    if not isinstance(data, PairData):
        return data
    return PairData(*(tuple(text[:characters] for text in side) for side in (data.first, data.second)), data.targets)


@needs_shared
@pytest.mark.parametrize(
    ("name", "published"),
    [("sts13", 0.8060), ("sts15", 0.8539), ("stsbenchmark", 0.8203), ("sick-r", 0.7758), ("banking77", 0.8004)],
)
def test_published_scores(name: str, published: float) -> None:
    """Published for all-MiniLM-L6-v2 by MTEB (data/SOURCES.md), to four decimals."""
    task = folder_task(SHARED / name)
    data = load_data(task)
    found = ours(task, data, embeddings("all-MiniLM-L6-v2", task, data))
    assert round(found.scores[task.metric], 4) == published


def vectors_of(texts: list[str], width: int, seed: int, distinct: int) -> dict[str, np.ndarray]:
    """Embeddings of which only so many differ: ties."""
    rng = np.random.default_rng(seed)
    table = rng.integers(-2, 3, size=(distinct, width)).astype(np.float32)
    table[:, 0] += 3
    return {text: table[rng.integers(distinct)] for text in texts}


def names(prefix: str, n: int) -> tuple[str, ...]:
    return tuple(f"{prefix} {i}" for i in range(n))


def test_ties_and_grades_in_retrieval() -> None:
    rng = np.random.default_rng(0)
    queries, corpus = names("query", 30), names("document", 120)
    ids = tuple(f"d{i}" for i in rng.permutation(120))
    qrels = {
        f"q{i}": {ids[j]: int(rng.integers(0, 4)) for j in rng.choice(120, 12, replace=False)} | {ids[i]: 2}
        for i in range(30)
    }
    data = RetrievalData(ids, corpus, tuple(qrels), queries, qrels)
    check(Task("any", "Retrieval"), data, vectors_of([*queries, *corpus], 4, 1, distinct=9))


def test_ties_in_reranking() -> None:
    rng = np.random.default_rng(2)
    candidates = tuple(tuple(f"candidate {q} {i}" for i in range(12)) for q in range(20))
    grades = tuple(tuple(int(g) for g in (1, *rng.integers(0, 2, 11))) for _ in range(20))
    keys = tuple(tuple(f"c{i:02}" for i in range(12)) for _ in range(20))
    queries = names("query", 20)
    data = RerankingData(tuple((query,) for query in queries), candidates, keys, grades)
    check(
        Task("any", "Reranking"),
        data,
        vectors_of([*queries, *[text for row in candidates for text in row]], 4, 3, distinct=7),
    )


@pytest.mark.parametrize("n", [4, 60])
def test_ties_in_pairs(n: int) -> None:
    first, second = names("first", n), names("second", n)
    vectors = vectors_of([*first, *second], 4, 4, distinct=6)
    labels = tuple(float(i % 3 == 0) for i in range(n))
    check(Task("any", "PairClassification"), PairData(first, second, labels), vectors)
    grades = tuple(float(i % 5) for i in range(n))
    check(Task("any", "STS"), PairData(first, second, grades), vectors)


@pytest.mark.parametrize(("n_labels", "n"), [(2, 6), (5, 40)])
def test_few_examples_in_classification(n_labels: int, n: int) -> None:
    train, test = names("train", n_labels * 3), names("test", n)
    labels = tuple(i % n_labels for i in range(len(train)))
    data = ClassificationData(train, labels, test, tuple(int(i % n_labels) for i in range(n)))
    check(Task("any", "Classification"), data, vectors_of([*train, *test], 6, 5, distinct=30))


def test_one_class_alone_to_be_judged() -> None:
    train, test = names("train", 8), names("test", 6)
    data = ClassificationData(train, (0, 1) * 4, test, (1,) * 6)
    check(Task("any", "Classification"), data, vectors_of([*train, *test], 6, 6, distinct=14))


@pytest.mark.parametrize("flat", [True, False])
def test_few_texts_in_clustering(flat: bool) -> None:
    sets = (names("a", 9),) if flat else (names("a", 9), names("b", 14))
    labels = tuple(tuple("xyz"[i % 3] for i in range(len(texts))) for texts in sets)
    texts = [text for row in sets for text in row]
    vectors = {t: v + i / 7 for i, (t, v) in enumerate(vectors_of(texts, 5, 7, distinct=20).items())}
    check(Task("any", "Clustering"), ClusteringData(sets, labels, flat), vectors)


def test_summaries_that_say_nothing() -> None:
    references = tuple((f"reference {i}", f"other {i}") for i in range(6))
    candidates = tuple(tuple(f"candidate {i} {j}" for j in range(5)) for i in range(6))
    scores = (*(tuple(float(j) for j in (1, 3, 2, 5, 4)) for _ in range(5)), (2.0,) * 5)
    texts = [text for rows in (*references, *candidates) for text in rows]
    data = SummarizationData(references, candidates, scores)
    rng = np.random.default_rng(8)
    vectors = {text: rng.normal(size=5).astype(np.float32) for text in texts}
    assert math.isfinite(ours(Task("any", "Summarization"), data, vectors).scores["cosine_spearman"])
    check(Task("any", "Summarization"), data, vectors)
