"""Names of the scores that the evaluator of each task type gives, so that a wrong one is known before a run."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

from findomain.evaluators.pair_classification import METRICS as PAIR_METRICS
from findomain.evaluators.ranking import CUTOFFS

_MEANS = ("f1", "precision", "recall")
_RANKED = tuple(
    f"{name}_at_{k}" for name, k in product(("ndcg", "map", "recall", "precision", "mrr", "hit_rate"), CUTOFFS)
)
_CORRELATIONS = ("spearman", "pearson")


def _correlations(*similarities: str) -> tuple[str, ...]:
    return (*(f"{name}_{kind}" for name, kind in product(similarities, _CORRELATIONS)), *_CORRELATIONS)


METRIC_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # AP is there for two classes alone.
        "Classification": ("accuracy", *_MEANS, *(f"{name}_weighted" for name in _MEANS), "ap"),
        # Mutual information is there where one text is a row of the data.
        "Clustering": ("v_measure", "v_measure_std", "ami", "ami_std"),
        "PairClassification": tuple(
            f"{name}_{kind}" for name, kind in product(("cosine", "manhattan", "euclidean", "dot", "max"), PAIR_METRICS)
        ),
        "Reranking": _RANKED,
        "Retrieval": _RANKED,
        "STS": _correlations("cosine", "manhattan", "euclidean"),
        "Summarization": _correlations("cosine", "manhattan", "euclidean", "dot"),
    }
)
