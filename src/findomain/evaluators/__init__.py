"""Evaluators: embeddings and labels in, scores out; no model, no dataset."""

from findomain.evaluators.classification import classification, draw_examples
from findomain.evaluators.clustering import clustering_draws, clustering_sets
from findomain.evaluators.evaluation import Evaluation, interval, item_values
from findomain.evaluators.names import METRIC_NAMES
from findomain.evaluators.pair_classification import pair_classification
from findomain.evaluators.reranking import reranking, reranking_by_scores
from findomain.evaluators.retrieval import retrieval, retrieval_by_scores
from findomain.evaluators.sts import sts
from findomain.evaluators.summarization import summarization

__all__ = [
    "METRIC_NAMES",
    "Evaluation",
    "classification",
    "clustering_draws",
    "clustering_sets",
    "draw_examples",
    "interval",
    "item_values",
    "pair_classification",
    "reranking",
    "reranking_by_scores",
    "retrieval",
    "retrieval_by_scores",
    "sts",
    "summarization",
]
