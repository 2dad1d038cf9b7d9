"""Evaluators against mteb on the same embeddings, and against the bare product: ``python benchmarks/evaluators.py``.

Made-up embeddings of 384 dimensions; mteb is given them, so that neither side encodes. Each figure is the least of
three runs, ours and theirs in turn. The large retrieval is ours and the bare product alone, with the memory that each
needs beside the embeddings. About ten minutes on two cores. Writes evaluators.csv beside this file.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

RUNS = 3
WIDTH = 384


def vectors(n: int, seed: int, centres: int = 0) -> np.ndarray:
    """Unit vectors, around centres if there are any."""
    rng = np.random.default_rng(seed)
    found = rng.standard_normal((n, WIDTH), dtype=np.float32)
    if centres:
        found += (
            1.5 * np.random.default_rng(7).standard_normal((centres, WIDTH), dtype=np.float32)[np.arange(n) % centres]
        )
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def names(prefix: str, n: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{i}" for i in range(n))


def seconds(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def cases() -> dict[str, tuple[object, dict[str, str], dict[str, np.ndarray]]]:
    """Data, type and metric, and embeddings by text."""
    from findomain.tasks.data import ClassificationData, ClusteringData, PairData, RerankingData, RetrievalData

    rng = np.random.default_rng(0)
    found = {}
    queries, corpus = names("q", 648), names("d", 57_638)
    near = vectors(len(corpus), 1)
    qrels = {q: {corpus[j]: 1 for j in rng.choice(len(corpus), 3, replace=False)} for q in queries}
    data = RetrievalData(corpus, corpus, queries, queries, qrels)
    embedded = dict(zip(corpus, near, strict=True)) | dict(zip(queries, vectors(648, 2), strict=True))
    found["retrieval 57,638 x 648"] = data, {"task_type": "Retrieval", "metric": "ndcg_at_10"}, embedded

    first, second = names("a", 17_000), names("b", 17_000)
    labels = tuple(float(i % 3 == 0) for i in range(17_000))
    embedded = dict(zip(first + second, vectors(34_000, 3), strict=True))
    pairs = PairData(first, second, labels)
    found["pair classification 17,000"] = pairs, {"task_type": "PairClassification", "metric": "max_ap"}, embedded
    grades = PairData(first, second, tuple(float(i % 6) for i in range(17_000)))
    found["STS 17,000"] = grades, {"task_type": "STS", "metric": "cosine_spearman"}, embedded

    train, test = names("t", 77 * 20), names("e", 3080)
    codes = [tuple(i % 77 for i in range(n)) for n in (len(train), len(test))]
    classes = ClassificationData(train, codes[0], test, codes[1])
    embedded = dict(zip(train, vectors(len(train), 4, 77), strict=True)) | dict(
        zip(test, vectors(3080, 5, 77), strict=True)
    )
    found["classification 77 labels"] = classes, {"task_type": "Classification", "metric": "accuracy"}, embedded

    texts = names("c", 4000)
    clusters = ClusteringData((texts,), (tuple(i % 20 for i in range(4000)),), flat=True)
    embedded = dict(zip(texts, vectors(4000, 6, 20), strict=True))
    found["clustering 4,000"] = clusters, {"task_type": "Clustering", "metric": "v_measure"}, embedded

    candidates = tuple(tuple(f"{q}c{i}" for i in range(20)) for q in names("r", 1000))
    grades = tuple((1, *(0,) * 19) for _ in candidates)
    keys = tuple(tuple(f"{i:02}" for i in range(20)) for _ in candidates)
    ranked = RerankingData(tuple((q,) for q in names("r", 1000)), candidates, keys, grades)
    flat = [text for row in candidates for text in row]
    embedded = dict(zip(flat, vectors(20_000, 8), strict=True)) | dict(
        zip(names("r", 1000), vectors(1000, 9), strict=True)
    )
    found["reranking 1,000 x 20"] = ranked, {"task_type": "Reranking", "metric": "map_at_1000"}, embedded
    return found


def compare(name: str, data: object, told: dict[str, str], embedded: dict[str, np.ndarray]) -> dict[str, object]:
    """Ours against mteb's; two processes for classification and clustering, as on two cores."""
    from mteb_reference import Given, evaluated, reference_task

    from findomain.runner.judge import judge, texts_of
    from findomain.tasks import Task

    task, theirs = Task("any", told["task_type"]), reference_task(data, **told)
    arrays = {texts: np.stack([embedded[text] for text in texts]) for _, texts in map(hashable, texts_of(data))}
    given, scores = Given(embedded), {}

    def embed(texts: list[str], role: str) -> np.ndarray:
        known = arrays.get(tuple(texts))
        return known if known is not None else np.stack([embedded[text] for text in texts])

    def ours_once() -> None:
        scores["ours"] = judge(task, data, embed, n_jobs=2).scores[told["metric"]]

    def theirs_once() -> None:
        # Its draws go on from run to run: the first is the one that a user gets.
        scores.setdefault("mteb", evaluated(theirs, given)[told["metric"]])

    seconds(ours_once)  # the processes of a pool are started once in a run of many tasks
    times = [(seconds(ours_once), seconds(theirs_once)) for _ in range(RUNS)]
    ours, reference = (min(column) for column in zip(*times, strict=True))
    row = {"case": name, "ours_s": ours, "mteb_s": reference, "ratio": reference / ours}
    row["difference"] = abs(scores["ours"] - scores["mteb"])
    if told["task_type"] == "Retrieval":
        row |= bare(arrays[data.queries], arrays[data.corpus], ours)
    return row


def hashable(pair: tuple[str, object]) -> tuple[str, tuple[str, ...]]:
    return pair[0], tuple(pair[1])


def bare(queries: np.ndarray, corpus: np.ndarray, ours: float) -> dict[str, float]:
    """The product of all with all and the thousand best of each query, with nothing judged."""
    import torch

    def numpys() -> None:
        product = queries @ corpus.T
        np.argpartition(product, -1000, axis=1)

    def torchs() -> None:
        torch.topk(torch.from_numpy(queries) @ torch.from_numpy(corpus).T, 1000)

    alone = min(seconds(lambda: queries @ corpus.T) for _ in range(RUNS))
    best = min(min(seconds(one) for _ in range(RUNS)) for one in (numpys, torchs))
    return {"bare_product_s": alone, "bare_product_and_top_k_s": best, "ours_over_bare": ours / best}


def large(what: str) -> None:
    """A million documents and a thousand queries, in a process of its own: prints seconds and mebibytes."""
    from findomain.evaluators import retrieval

    corpus, queries = vectors(1_000_000, 1), vectors(1000, 2)
    ids, asked = names("d", 1_000_000), names("q", 1000)
    qrels = {q: {ids[(i * 997) % 1_000_000]: 1} for i, q in enumerate(asked)}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if what == "ours":
        spent = seconds(lambda: retrieval(queries, corpus, qrels, query_ids=asked, corpus_ids=ids))
    else:
        spent = seconds(lambda: [np.argpartition(queries[i : i + 16] @ corpus.T, -1000) for i in range(0, 1000, 16)])
    print(spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def million(what: str) -> list[float]:
    done = subprocess.run([sys.executable, __file__, what], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Every case, then the million."""
    if len(sys.argv) > 1:
        large(sys.argv[1])
        return
    rows = []
    for name, (data, told, embedded) in cases().items():
        rows.append(compare(name, data, told, embedded))
        print(
            " ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}: {v}" for k, v in rows[-1].items()), flush=True
        )
    (ours, memory), (product, product_memory) = million("ours"), million("bare")
    last = {"case": "retrieval 1,000,000 x 1,000", "ours_s": ours, "bare_product_and_top_k_s": product}
    last |= {"ours_over_bare": ours / product, "ours_mib": memory, "bare_mib": product_memory}
    print(last)
    pd.DataFrame([*rows, last]).round(4).to_csv(Path(__file__).with_suffix(".csv"), index=False)


if __name__ == "__main__":
    main()
