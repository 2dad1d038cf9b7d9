"""Single models among all: how high they stand on a domain's tasks and elsewhere, and two models on the same tasks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.effects import model_effects
from findomain.stats.estimate import Estimate


def model_places(
    scores: pd.DataFrame, models: Sequence[str], *, domain: str = "finance", min_tasks: int = 2
) -> pd.DataFrame:
    """Level of some models on the domain's tasks and on all others, in points above the average model, and their place.

    A row a model: ``model``, and for ``domain`` and ``other`` the level, ``n_tasks_*``, ``place_*`` (1 is the best) and
    ``n_models_*`` (models with at least ``min_tasks`` tasks on that side). NaN where the model has fewer tasks.
    """
    found = pd.DataFrame(index=pd.Index(models, name="model"))
    inside = scores["domain"] == domain
    for side, part in ((domain, scores[inside]), ("other", scores[~inside])):
        levels = model_effects(part, min_tasks=min_tasks) * 100
        found[side] = levels.reindex(models)
        found[f"place_{side}"] = levels.rank(ascending=False).reindex(models)
        found[f"n_models_{side}"] = len(levels)
        found[f"n_tasks_{side}"] = part.groupby("model")["task"].nunique().reindex(models).fillna(0).astype(int)
    return found.reset_index()


def paired_difference(scores: pd.DataFrame, model: str, base: str, *, domain: str = "finance") -> list[Estimate]:
    """Mean score of a model minus that of its base over the tasks that both were run on, in the domain and elsewhere.

    Units are tasks; the interval is Student's over them, NaN with fewer than two.

    Raises:
        ScoresError: the two models share no task.
    """
    wide = scores[scores["model"].isin([model, base])].pivot_table(
        index=["task", "domain"], columns="model", values="score"
    )
    if not {model, base} <= set(wide.columns) or wide.dropna().empty:
        raise ScoresError(f"{model} and {base} share no task")
    difference = (wide[model] - wide[base]).dropna()
    inside = difference.index.get_level_values("domain") == domain
    return [
        paired_mean(f"{model} minus {base}, {domain}", difference[inside].to_numpy(), int(inside.sum())),
        paired_mean(f"{model} minus {base}, other", difference[~inside].to_numpy(), 0),
    ]


def paired_mean(name: str, values: np.ndarray, n_domain_tasks: int) -> Estimate:
    """Mean of one difference a task of two models, with Student's interval over the tasks; NaN where it has none."""
    n = len(values)
    mean = float(values.mean()) if n else float("nan")
    se = float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    half = float(stats.t.ppf(0.975, n - 1)) * se if n > 1 else float("nan")
    p = float(2 * stats.t.sf(abs(mean) / se, n - 1)) if n > 1 and se > 0 else float("nan")
    return Estimate(name, mean, se, mean - half, mean + half, p, 2, n, n_domain_tasks, "paired by task, Student's t")
