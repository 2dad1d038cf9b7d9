"""LLM error rate of the local model on real datasets: ``python benchmarks/llm_error.py [items]``.

Needs the extra llm and ../shared/datasets. Answers are kept in the cache folder: a run that was broken off goes on. The
stored table is of 24 items a dataset, broken off after the first seven.
Writes llm_error.csv beside this file: a row a dataset.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from findomain.complexity import llm_items as build
from findomain.complexity.llm import error_rate
from findomain.complexity.llm_items import Item
from findomain.complexity.local_llm import local_llm, local_model
from findomain.paths import ROOT, cache_folder

DATASETS = ROOT.parent / "shared" / "datasets"
NAMES = (
    "financial-phrasebank",
    "sst2",
    "mrpc",
    "mediqa-rqe",
    "stsbenchmark",
    "trecqa",
    "ag-news-clustering",
    "pubmedqa",
    "tatqa",
    "ectsum",
)


def rows_of(name: str, file: str = "test.jsonl") -> pd.DataFrame:
    """A file of a dataset."""
    lines = (DATASETS / name / file).read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([json.loads(line) for line in lines])


def items_of(name: str, n: int) -> list[Item]:
    """Items of a dataset, by the type that its source tells."""
    rng = np.random.default_rng(0)
    kind = json.loads((DATASETS / name / "SOURCE.json").read_text(encoding="utf-8"))["task_type"]
    if kind == "Retrieval":
        queries, corpus = (rows_of(name, f"{part}.jsonl").set_index("_id")["text"] for part in ("queries", "corpus"))
        judged = pd.read_csv(DATASETS / name / "qrels" / "test.tsv", sep="\t", dtype=str)
        relevant = judged[judged["score"] != "0"].groupby("query-id")["corpus-id"].agg(list)
        return build.retrieval_items(dict(queries), dict(corpus), dict(relevant), n=n, rng=rng)
    rows = rows_of(name)
    builders = {
        "Classification": (build.classification_items, ("text", "label")),
        "Clustering": (build.clustering_items, ("text", "label")),
        "PairClassification": (build.pair_items, ("sentence1", "sentence2", "label")),
        "STS": (build.sts_items, ("sentence1", "sentence2", "score")),
        "Reranking": (build.reranking_items, ("query", "positive", "negative")),
        "Summarization": (build.summarization_items, ("text", "summary")),
    }
    make, columns = builders[kind]
    return make(*(rows[column].tolist() for column in columns), n=n, rng=rng)


def main() -> None:
    """Measure each dataset; the table is written anew after each."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rows = []
    with local_llm() as url:
        model = local_model(url, cache=cache_folder() / "llm_answers.jsonl")
        for name in NAMES:
            found = error_rate(items_of(name, n), model)
            rows.append({"dataset": name, **found.to_dict(), "tells_nothing": found.tells_nothing})
            print(rows[-1], flush=True)
            pd.DataFrame(rows).round(4).to_csv(Path(__file__).with_suffix(".csv"), index=False)


if __name__ == "__main__":
    main()
