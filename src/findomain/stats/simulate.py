"""Scores with a known domain gap, to show what an interval or a test is worth: models crossed with tasks.

``score = level + type + model + model x type + task + gap * domain + model x domain + noise``
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.stats.table import GENERAL

TYPES = ("Classification", "Clustering", "PairClassification", "Reranking", "Retrieval", "STS")
TYPE_SHARES = (0.4, 0.1, 0.05, 0.05, 0.35, 0.05)


@dataclass(frozen=True, slots=True)
class Design:
    """Sizes and standard deviations (score units) of a simulated table.

    Attributes:
        n_models, n_tasks, n_domain_tasks: sizes.
        missing: share of the cells that are missing; models differ in how much they lack.
        gap: true gap.
        sd_model, sd_model_type, sd_task, sd_model_domain, sd_noise: standard deviations of the effects.
        domain_spread: the domain tasks' standard deviation over the general tasks'.
    """

    n_models: int = 100
    n_tasks: int = 200
    n_domain_tasks: int = 12
    missing: float = 0.5
    gap: float = 0.0
    sd_model: float = 0.08
    sd_model_type: float = 0.03
    sd_task: float = 0.15
    sd_model_domain: float = 0.02
    sd_noise: float = 0.04
    domain_spread: float = 1.0


def simulate_scores(design: Design, rng: np.random.Generator, *, domain: str = "finance") -> pd.DataFrame:
    """A scores table with crossed random effects; scores may leave 0-1, so that the true gap is exact.

    Missing cells come in the way of real tables: a model lacks many tasks or few, and each task keeps three models.
    """
    d = design
    types = rng.choice(len(TYPES), d.n_tasks, p=TYPE_SHARES)
    inside = np.zeros(d.n_tasks, dtype=bool)
    inside[rng.choice(d.n_tasks, d.n_domain_tasks, replace=False)] = True
    task = rng.normal(0, d.sd_task, d.n_tasks) * np.where(inside, d.domain_spread, 1.0)
    by_type = rng.normal(0, d.sd_model_type, (d.n_models, len(TYPES)))[:, types]
    by_domain = rng.normal(0, d.sd_model_domain, (d.n_models, 2))[:, inside.astype(int)]
    score = 0.6 + task + d.gap * inside + rng.normal(0, d.sd_model, (d.n_models, 1)) + by_type + by_domain
    score = score + rng.normal(0, d.sd_noise, score.shape)
    model, place = np.nonzero(_present(d, rng))
    return pd.DataFrame(
        {
            "model": np.char.add("model-", model.astype(str)),
            "task": np.char.add("task-", place.astype(str)),
            "task_type": np.array(TYPES)[types[place]],
            "domain": np.where(inside[place], domain, GENERAL),
            "score": score[model, place],
        }
    )


def _present(d: Design, rng: np.random.Generator) -> np.ndarray:
    keep = 1 - d.missing
    share = rng.beta(4 * keep, 4 * d.missing, (d.n_models, 1)) if d.missing > 0 else np.ones((d.n_models, 1))
    present = rng.random((d.n_models, d.n_tasks)) < share
    for place in range(d.n_tasks):
        present[rng.choice(d.n_models, 3, replace=False), place] = True
    return present


def plant_measure(
    scores: pd.DataFrame,
    rng: np.random.Generator,
    *,
    slope: float = 0.0,
    shift: float = 0.0,
    curve: float = 0.0,
    domain: str = "finance",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A measure of the tasks that confounds: it is higher by ``shift`` in the domain and moves scores by ``slope``.

    Standard normal outside of the domain; ``curve`` times its square (less 1) is added to the scores too. Returns the
    scores and the measure, a frame indexed by task with the column ``measure``.
    """
    tasks = scores.drop_duplicates("task").set_index("task")["domain"]
    measure = pd.Series(rng.normal(size=len(tasks)) + shift * (tasks == domain), index=tasks.index, name="measure")
    moved = slope * measure + curve * (measure**2 - 1)
    return scores.assign(score=scores["score"] + scores["task"].map(moved)), measure.to_frame()
