"""Classification: logistic regressions on few examples a class, ten times."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from findomain.evaluators.evaluation import Evaluation

SEED = 42
MAX_ITERATIONS = 100


def classification(
    train_embeddings: np.ndarray,
    train_labels: Sequence[int | str],
    embeddings: np.ndarray,
    labels: Sequence[int | str],
    *,
    drawn: Sequence[Sequence[int]] | None = None,
    n_jobs: int = 1,
) -> Evaluation:
    """Accuracy, F1, precision, recall (macro and weighted) and, for two classes, AP: means over the experiments.

    Each experiment fits a logistic regression on a few examples of each label and predicts all of ``embeddings``. AP is
    that of the predicted labels.

    Args:
        train_embeddings: ``(n_train, d)``.
        train_labels: their labels.
        embeddings: ``(n, d)``, what is judged.
        labels: their labels.
        drawn: rows to train on, by experiment; those of ``draw_examples`` unless given.
        n_jobs: processes.
    """
    names = sorted(set(train_labels) | set(labels), key=lambda name: (str(type(name)), name))
    code = {name: i for i, name in enumerate(names)}
    train_codes = np.array([code[name] for name in train_labels])
    target = np.array([code[name] for name in labels])
    drawn = draw_examples(train_labels) if drawn is None else drawn
    predicted = Parallel(n_jobs=n_jobs)(
        delayed(_predict)(train_embeddings[rows], train_codes[rows], embeddings) for rows in drawn
    )
    by_experiment = [_scores(target, guess) for guess in predicted]
    scores = {name: float(np.mean([row[name] for row in by_experiment])) for name in by_experiment[0]}
    confusions = [_confusion_cells(target, guess, len(names)) for guess in predicted]

    def reweighted(metric: str, weights: np.ndarray) -> np.ndarray:
        values = [_from_confusion(metric, cells @ weights.T, len(names)) for cells in confusions]
        return np.mean(values, axis=0)

    return Evaluation(scores, len(target), reweighted)


def draw_examples(labels: Sequence[int | str], samples_per_label: int = 8, n_experiments: int = 10) -> list[list[int]]:
    """Rows of each experiment: all are shuffled again and again with one seed, and the first of each label taken."""
    rows = list(range(len(labels)))
    drawn = []
    for _ in range(n_experiments):
        np.random.RandomState(SEED).shuffle(rows)
        counts: dict[int | str, int] = defaultdict(int)
        taken = []
        for row in rows:
            if counts[labels[row]] < samples_per_label:
                taken.append(row)
                counts[labels[row]] += 1
        drawn.append(taken)
    return drawn


def _predict(train: np.ndarray, codes: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    model = LogisticRegression(max_iter=MAX_ITERATIONS, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reference stops at a hundred iterations too, converged or not
        return model.fit(train, codes).predict(embeddings)


def _scores(target: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    scores = {"accuracy": metrics.accuracy_score(target, predicted)}
    for average, suffix in (("macro", ""), ("weighted", "_weighted")):
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            target, predicted, average=average, zero_division=0
        )
        scores |= {f"f1{suffix}": f1, f"precision{suffix}": precision, f"recall{suffix}": recall}
    present = np.unique(target)
    if len(present) == 2:
        scores["ap"] = metrics.average_precision_score(target == present[1], predicted)
    return {name: float(value) for name, value in scores.items()}


def _confusion_cells(target: np.ndarray, predicted: np.ndarray, n_labels: int) -> sparse.csr_array:
    """``(n_labels^2, n)``: times weights of the items this is the confusion matrix, row by row."""
    cells = target * n_labels + predicted
    n = len(target)
    return sparse.csr_array((np.ones(n), (cells, np.arange(n))), shape=(n_labels**2, n))


def _from_confusion(metric: str, cells: np.ndarray, n_labels: int) -> np.ndarray:
    """A metric from confusion matrices ``(n_labels^2, draws)``, ``(draws,)``."""
    matrix = np.asarray(cells).reshape(n_labels, n_labels, -1)
    hits, true, guessed = np.einsum("iid->id", matrix), matrix.sum(1), matrix.sum(0)
    total = true.sum(0)
    if metric == "accuracy":
        return hits.sum(0) / total
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = np.where(guessed > 0, hits / guessed, 0.0), np.where(true > 0, hits / true, 0.0)
        f1 = np.where(true + guessed > 0, 2 * hits / (true + guessed), 0.0)
        if metric == "ap":
            positive = true[1] / total
            return np.where(true[1] > 0, recall[1] * precision[1] + (1 - recall[1]) * positive, np.nan)
    values = {"f1": f1, "precision": precision, "recall": recall}[metric.removesuffix("_weighted")]
    if metric.endswith("_weighted"):
        return (values * true).sum(0) / total
    present = (true + guessed) > 0
    return np.where(present, values, 0.0).sum(0) / present.sum(0)
