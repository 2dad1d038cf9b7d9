"""Are newer or larger models better, and in the domain more than elsewhere: the level of models on a fact of theirs.

Within each task type a model has a level on the domain's tasks and one on the others (its effect in the two-way fit).
Both are regressed on the fact for the same models, so the difference of the slopes is the slope of the difference: on
the release date it says whether newer models catch up in the domain. Models of one maker share data and recipe and are
one cluster; the draw of tasks is the second source of error (a domain of eight tasks may hold eight that newer models
happen to suit).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.clusters import both_ways, clustered
from findomain.stats.effects import Fit, fit, influence, make_blocks, model_effects
from findomain.stats.estimate import Estimate, estimates_frame, t_estimate
from findomain.stats.multiplicity import holm

FEWEST = 2  # tasks of a type on either side; with one, what is special to the task cannot be told from the level
FEWEST_MODELS = 3
SIDES = ("in the domain", "other tasks", "difference")
METHOD = "level on {unit} within task types, clustered by maker (CR2) and by task"


@dataclass(frozen=True, slots=True)
class ModelSlopes:
    """Slopes of level on a fact of the models, score units a unit of the fact (0.01 on a date: a point a year).

    Attributes:
        domain: the target domain.
        inside: slope on the domain's tasks.
        outside: slope of the same models on the other tasks of the same types.
        difference: the first less the second; above 0 the models with more of it gain more in the domain.
        n_clusters: makers, or whatever the clusters are.
    """

    domain: str
    inside: Estimate
    outside: Estimate
    difference: Estimate
    n_clusters: int

    def to_frame(self) -> pd.DataFrame:
        """A row a slope: ``domain, tasks`` (``SIDES``), the fields of ``Estimate``, ``n_clusters``."""
        rows = estimates_frame([self.inside, self.outside, self.difference])
        rows.insert(0, "tasks", list(SIDES))
        rows.insert(0, "domain", self.domain)
        return rows.assign(n_clusters=self.n_clusters)


def slopes_by_domain(
    tables: Mapping[str, pd.DataFrame], fact: pd.Series, clusters: pd.Series, *, unit: str = "year"
) -> pd.DataFrame:
    """``model_slopes`` of several domains, each on its own table, stacked; NaN where a domain has too little.

    ``p_holm`` is that of the differences, corrected for the number of domains (Holm 1979); NaN in the other rows.
    """
    rows = pd.concat(
        [_frame(part, fact, clusters, domain=name, unit=unit) for name, part in tables.items()], ignore_index=True
    )
    return rows.assign(p_holm=holm(rows["p_value"].where(rows["tasks"] == SIDES[2])))


def slope_variants(
    scores: pd.DataFrame,
    fact: pd.Series,
    clusters: Mapping[str, pd.Series],
    *,
    domain: str = "finance",
    unit: str = "year",
) -> pd.DataFrame:
    """The slopes again: exposed scores left out, other clusters, levels in standard deviations.

    ``clusters`` names the kinds of cluster; the first is used for all else. ``evidence`` leads the columns.
    """
    first = next(iter(clusters.values()))
    asked = {"domain": domain, "unit": unit}
    rows = [
        _frame(scores, fact, groups, **asked).assign(evidence=f"clustered by {name}")
        for name, groups in clusters.items()
    ]
    if "in_training" in scores:
        kept = scores[scores["in_training"].astype(str) != "true"]
        rows.append(_frame(kept, fact, first, **asked).assign(evidence="without exposed scores"))
    rows.append(_frame(scores, fact, first, **asked, scaled=True).assign(evidence="in standard deviations"))
    return pd.concat(rows, ignore_index=True)


def _frame(
    scores: pd.DataFrame, fact: pd.Series, clusters: pd.Series, *, domain: str, unit: str = "year", scaled: bool = False
) -> pd.DataFrame:
    try:
        return model_slopes(scores, fact, clusters, domain=domain, unit=unit, scaled=scaled).to_frame()
    except ScoresError as error:
        nan = math.nan
        none = Estimate(f"level on {unit}, {domain}", nan, nan, nan, nan, nan, 0, 0, 0, str(error))
        return ModelSlopes(domain, none, none, none, 0).to_frame()


def model_levels(scores: pd.DataFrame, *, domain: str = "finance", min_tasks: int = 2) -> pd.DataFrame:
    """Level of each model in points above the average one, on the domain's tasks and on the others.

    Columns ``model, tasks`` (the domain, or ``other``) and ``level``; models with fewer tasks are left out.
    """
    inside = scores["domain"].eq(domain)
    sides = {domain: scores[inside], "other": scores[~inside]}
    levels = [
        (model_effects(part, min_tasks=min_tasks) * 100)
        .rename_axis("model")
        .reset_index(name="level")
        .assign(tasks=side)
        for side, part in sides.items()
        if len(part)
    ]
    return pd.concat(levels, ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of one task type: its fit, and the fact of its models less the mean of those that have both sides.

    ``x`` is 0 for models that lack the other side; ``left`` is the distance of a model's level from the line.
    """

    fitted: Fit
    x: np.ndarray
    left: np.ndarray


def model_slopes(
    scores: pd.DataFrame,
    fact: pd.Series,
    clusters: pd.Series,
    *,
    domain: str = "finance",
    unit: str = "year",
    scaled: bool = False,
) -> ModelSlopes:
    """Slopes of level on a fact, in the domain and elsewhere, and their difference, for the same models.

    ``fact`` (numbers; ``unit`` says of what) and ``clusters`` (names) are indexed by model; models without the fact are
    left out. Each model counts once in each type that it has on both sides; types with fewer than two tasks on a side
    are left out. ``scaled`` divides each side's levels by their standard deviation among these models, for tasks that
    set models further apart show steeper slopes in points.

    Raises:
        ScoresError: no task type has two tasks on both sides and three models on both whose fact differs.
    """
    known = scores[scores["model"].isin(fact.dropna().index)]
    pairs = [pair for _, part in known.groupby("task_type") if (pair := _pair(part, domain, fact, scaled))]
    if not pairs:
        raise ScoresError(
            f"no task type has {FEWEST} tasks in {domain!r}, {FEWEST} others, and {FEWEST_MODELS} models on both "
            f"that differ in {unit}"
        )
    size = sum(float((pair[0].x ** 2).sum()) for pair in pairs)
    slopes = [sum(float(pair[k].x @ pair[k].fitted.model_effect) for pair in pairs) / size for k in (0, 1)]
    sides = [[_off_the_line(pair[k], slopes[k]) for pair in pairs] for k in (0, 1)]
    makers = clusters.astype(str)
    signed = [[(1.0, side) for side in sides[0]], [(1.0, side) for side in sides[1]]]
    signed.append([*signed[0], *((-1.0, side) for side in sides[1])])
    names = (f"level on {unit}, {domain}", f"level on {unit}, other tasks", f"level on {unit}, {domain} less other")
    values = (*slopes, slopes[0] - slopes[1])
    found = [
        replace(_estimate(*each, size, makers, domain), method=METHOD.format(unit=unit))
        for each in zip(names, values, signed, strict=True)
    ]
    used = {str(model) for side in sides[0] for model in side.fitted.block.models[side.x != 0]}
    return ModelSlopes(domain, *found, n_clusters=int(makers[sorted(used)].nunique()))


def _pair(part: pd.DataFrame, domain: str, fact: pd.Series, scaled: bool) -> tuple[_Side, _Side] | None:
    """Both sides of a task type, or None where a side has too few tasks or too few models have both."""
    inside = part["domain"] == domain
    if min(part.loc[inside, "task"].nunique(), part.loc[~inside, "task"].nunique()) < FEWEST:
        return None
    fits = [fit(make_blocks(side)[0]) for side in (part[inside], part[~inside])]
    shared = np.intersect1d(*(f.block.models.astype(str) for f in fits))
    if len(shared) < FEWEST_MODELS or min(len(f.block.tasks) for f in fits) < FEWEST or fact[shared].nunique() < 2:
        return None
    mean = float(fact[shared].mean())
    return tuple(_side(f, shared, fact, mean, scaled) for f in fits)  # type: ignore[return-value]


def _side(fitted: Fit, shared: np.ndarray, fact: pd.Series, mean: float, scaled: bool) -> _Side:
    models = fitted.block.models.astype(str)
    both = np.isin(models, shared)
    x = np.where(both, fact[models].to_numpy(float) - mean, 0.0)
    level = fitted.model_effect - fitted.model_effect[both].mean()
    unit = float(level[both].std(ddof=1)) if scaled else 1.0
    fitted = replace(fitted, model_effect=level / unit, residual=fitted.residual / unit)
    return _Side(fitted, x, np.where(both, fitted.model_effect, 0.0))


def _off_the_line(side: _Side, slope: float) -> _Side:
    return replace(side, left=side.left - slope * side.x)


def _estimate(
    name: str,
    value: float,
    signed: Sequence[tuple[float, _Side]],
    size: float,
    makers: pd.Series,
    domain: str,
) -> Estimate:
    groups = np.unique(makers)
    gram, moment = np.zeros(len(groups)), np.zeros(len(groups))
    by_task, squares, shared = 0.0, 0.0, 0.0
    for sign, side in signed:
        block = side.fitted.block
        group = np.searchsorted(groups, makers[block.models.astype(str)].to_numpy())
        weights = side.x / size
        pieces = influence(side.fitted, on_models=weights, on_tasks=np.zeros(len(block.tasks))) * side.fitted.residual
        np.add.at(gram, group, side.x**2)
        np.add.at(moment, group, sign * (pieces.sum(1) + weights * side.left) * size)
        cells = np.zeros((len(groups), len(block.tasks)))
        np.add.at(cells, group, pieces)
        spare = len(block.tasks) - 1  # the residuals of a model sum to 0 over its tasks
        one = float((pieces.sum(0) ** 2).sum()) * (spare + 1) / spare
        by_task, squares, shared = by_task + one, squares + one**2 / spare, shared + float((cells**2).sum())
    used = gram > 0
    sides = gram[used, None, None] / (gram.sum() / size)  # both sides have the same models: counted once
    by_maker = clustered(np.ones(1), sides, moment[used, None])
    variance, df = both_ways(by_maker, (by_task, by_task**2 / squares if squares > 0 else np.inf), shared)
    blocks = [side.fitted.block for _, side in signed]
    n_models = len({str(model) for _, side in signed for model in side.fitted.block.models[side.x != 0]})
    tasks = [str(task) for block in blocks for task in block.tasks]
    n_inside = sum(int((block.domains == domain).sum()) for block in blocks)
    return t_estimate(name, value, variance, df, (n_models, len(tasks), n_inside), METHOD)
