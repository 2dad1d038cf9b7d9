"""Each type's evaluator gives the names that are announced, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from findomain.encoders.lexical import hashed
from findomain.evaluators import METRIC_NAMES
from findomain.runner import judge
from findomain.runner.judge import check_metric
from findomain.tasks import MAIN_METRICS, TASK_TYPES, catalog, folder_task, load_data

# Where the data have another form: several classes, sets of texts, MTEB's summaries.
ELSEWHERE = {"Classification": {"ap"}, "Clustering": set(), "Summarization": {"dot_spearman", "dot_pearson"}}


@pytest.mark.parametrize("task_type", TASK_TYPES)
def test_scores_have_the_announced_names(small_task: Callable[[str], Path], task_type: str) -> None:
    task = folder_task(small_task(task_type))

    def embed(texts: list[str], role: str) -> np.ndarray:
        return hashed(texts).toarray().astype(np.float32)

    found = judge(task, load_data(task), embed).scores
    assert set(found) == set(METRIC_NAMES[task_type]) - ELSEWHERE.get(task_type, set())
    assert MAIN_METRICS[task_type] in found


def test_every_known_task_has_a_metric_of_its_type() -> None:
    for task in catalog().values():
        check_metric(task)
