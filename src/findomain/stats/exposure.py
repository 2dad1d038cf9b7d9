"""Training exposure: what a task's place in a model's declared training data is worth, in score units.

``in_training`` is true, false or unknown; a model that declares nothing is unknown on every task, so its level is in
its model effect and it does not bear on the estimate.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.effects import Block, fit, make_blocks
from findomain.stats.estimate import Estimate

Held = Literal["task", "type"]


def exposure_effect(scores: pd.DataFrame, *, held: Held = "task") -> Estimate:
    """Score of exposed cells minus that of others, with model and task (or model and task type) held fixed.

    Least squares within task types, one coefficient for all; clustered by task and by model (Cameron, Gelbach &
    Miller 2011), t with the smaller number of clusters less one.

    Raises:
        ScoresError: no column ``in_training``, or no model has both exposed and unexposed tasks.
    """
    if "in_training" not in scores:
        raise ScoresError("no column in_training; expected true, false or unknown")
    exposed = scores.assign(score=scores["in_training"].astype(str).eq("true").astype(float))
    pairs = list(zip(make_blocks(exposed), make_blocks(scores), strict=True))
    x = [_residual(block, held) for block, _ in pairs]
    sxx = sum(float((part**2).sum()) for part in x)
    if sxx < 1e-12:
        raise ScoresError("in_training never differs between the tasks of a model: exposure has no effect to estimate")
    y = [_residual(block, held) for _, block in pairs]
    slope = sum(float((a * b).sum()) for a, b in zip(x, y, strict=True)) / sxx
    pieces = pd.concat(_long(block, a * (b - slope * a)) for (block, _), a, b in zip(pairs, x, y, strict=True))
    by_task, by_model = (pieces.groupby(name)["value"].sum() for name in ("task", "model"))
    variance = _cluster(by_task) + _cluster(by_model) - float((pieces["value"] ** 2).sum())
    se = math.sqrt(max(variance, _cluster(by_task), _cluster(by_model))) / sxx
    half = float(stats.t.ppf(0.975, min(len(by_task), len(by_model)) - 1)) * se
    p_value = float(2 * stats.t.sf(abs(slope) / se, min(len(by_task), len(by_model)) - 1)) if se > 0 else float("nan")
    method = f"model and {'task' if held == 'task' else 'task type'} held fixed, clustered by task and model"
    exposed_tasks = scores.loc[scores["in_training"].astype(str).eq("true"), "task"].nunique()
    return Estimate(
        "exposure", slope, se, slope - half, slope + half, p_value, len(by_model), len(by_task), exposed_tasks, method
    )


def without_exposure(scores: pd.DataFrame, effect: Estimate) -> pd.DataFrame:
    """The scores with the effect of exposure taken off the exposed cells; they may fall below 0."""
    exposed = scores["in_training"].astype(str).eq("true")
    return scores.assign(score=scores["score"] - effect.estimate * exposed)


def _residual(block: Block, held: Held) -> np.ndarray:
    if held == "task":
        return fit(block).residual
    count = block.present.sum(1, keepdims=True)
    return block.present * (block.score - block.score.sum(1, keepdims=True) / count)


def _long(block: Block, values: np.ndarray) -> pd.DataFrame:
    model, task = np.nonzero(block.present)
    return pd.DataFrame({"model": block.models[model], "task": block.tasks[task], "value": values[model, task]})


def _cluster(sums: pd.Series) -> float:
    return float((sums**2).sum()) * len(sums) / max(len(sums) - 1, 1)
