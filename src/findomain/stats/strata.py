"""The paper's two analyses of complexity, as published, each beside the same question put with tasks as units.

As published (arXiv 2409.18511): datasets are cut into low, medium and high thirds by one measure, and the mean of seven
models on finance is compared with that on other datasets within each third; and a regression "that controls for
complexity" is mentioned. Not published: what is cut (here all tasks of both sides together, of all task types), where
(here at the thirds of the tasks, ties on the lower side), any error, and the regression's terms and coefficients (here
single scores on the domain and the measures, with and without a level for each task type).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.label_slopes import Slopes, cell_matrix, score_slopes, task_slopes, welch_slopes
from findomain.stats.placebo import rejection_rate
from findomain.stats.regression import TaskTable, task_table
from findomain.stats.resampling import random_labels
from findomain.stats.table import check_domain

THIRDS = ("low", "medium", "high")
NAIVE, TASKS, HELD, TWO_WAY = "scores as units", "tasks as units", "tasks as units, type held", "two-way clustered"
INTERVAL = {NAIVE: "naive", TASKS: "tasks", HELD: "held"}  # how the columns of thirds are named


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Tasks that have the measures: the table, which of its rows, their values, labels, scores and presence."""

    table: TaskTable
    used: np.ndarray
    values: np.ndarray
    inside: np.ndarray
    score: np.ndarray
    present: np.ndarray

    @property
    def types(self) -> np.ndarray:
        """Task type of each used task."""
        return self.table.frame["task_type"].to_numpy()[self.used]

    @property
    def levels(self) -> np.ndarray:
        """A level for each task type, shape (n_used, n_types)."""
        return pd.get_dummies(self.types).to_numpy(float)


def complexity_thirds(
    scores: pd.DataFrame,
    facts: pd.DataFrame,
    measure: str,
    *,
    domain: str = "finance",
    models: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Domain and other tasks compared within each third of a measure.

    Args:
        scores: the scores table.
        facts: indexed by task, a column a measure; tasks without a value do not take part.
        measure: the column.
        domain: the target domain.
        models: of the table; all unless given. A model counts on the tasks that it has.

    Returns:
        A row a third: ``third``; ``lowest, highest`` value of the measure; ``n_models``; ``n_domain_tasks,
        n_other_tasks, n_domain_scores, n_other_scores``; ``mean_domain, mean_other`` over scores; then estimate, bounds
        and p of the difference: ``naive_*`` takes scores for independent (Welch), ``tasks_*`` compares the tasks' mean
        scores (Welch), ``held_*`` compares within task types (HC2 over tasks, clustered by model). NaN where a side has
        too few.

    Raises:
        ScoresError: no such measure or model; no task with a value in the domain, or none outside of it.
    """
    found = _evidence(_of_models(scores, models), facts, [measure], domain)
    x, inside = found.values[:, 0], found.inside
    rows = []
    for third, here in zip(THIRDS, _thirds(x), strict=True):
        n = found.present.sum(0)
        with np.errstate(invalid="ignore"):
            means = [np.divide(found.score[:, side].sum(), n[side].sum()) for side in (here & inside, here & ~inside)]
        row = {
            "third": third,
            "lowest": x[here].min() if here.any() else np.nan,
            "highest": x[here].max() if here.any() else np.nan,
            "n_models": int((found.present[:, here].sum(1) > 0).sum()),
            "n_domain_tasks": int((here & inside).sum()),
            "n_other_tasks": int((here & ~inside).sum()),
            "n_domain_scores": int(n[here & inside].sum()),
            "n_other_scores": int(n[here & ~inside].sum()),
            "mean_domain": means[0],
            "mean_other": means[1],
        }
        for method, slopes in _third_tests(found, here, inside[None]).items():
            row |= _columns(INTERVAL[method], slopes)
        rows.append(row)
    return pd.DataFrame(rows)


def published_regression(
    scores: pd.DataFrame,
    facts: pd.DataFrame,
    measures: Sequence[str],
    *,
    domain: str = "finance",
    types: bool = True,
    models: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Single scores regressed on the domain and the measures, under three kinds of error.

    Measures are in standard deviations over tasks. Columns: ``method``, ``term`` (the domain's name or a measure),
    ``estimate, se, ci_low, ci_high, p_value, n_scores, n_models, n_tasks, n_domain_tasks``. Methods: scores as units
    (independent errors); the same coefficients with errors clustered by task and model (Cameron, Gelbach & Miller
    2011), which trusts a sum over few domain tasks; tasks as units, their effects regressed (HC2, clustered by model),
    only with types held. ``types``: a level for each task type.

    Raises:
        ScoresError: see ``complexity_thirds``.
    """
    found = _evidence(_of_models(scores, models), facts, measures, domain)
    columns = np.column_stack([found.inside.astype(float), _scaled(found.values)])
    sizes = {
        "n_scores": int(found.present.sum()),
        "n_models": int((found.present.sum(1) > 0).sum()),
        "n_tasks": len(found.inside),
        "n_domain_tasks": int(found.inside.sum()),
    }
    rows = []
    for k, term in enumerate((domain, *measures)):
        controls = np.column_stack([_level(found, types), np.delete(columns, k, axis=1)])
        for method, slopes in _regressions(found, controls, columns[:, k][None], types=types).items():
            rows.append({"method": method, "term": term, **_columns("", slopes), **sizes})
    order = {NAIVE: 0, TWO_WAY: 1, HELD: 2}
    return pd.DataFrame(rows).sort_values("method", key=lambda m: m.map(order), kind="stable", ignore_index=True)


def complexity_placebo(
    scores: pd.DataFrame,
    facts: pd.DataFrame,
    measures: Sequence[str],
    *,
    domain: str = "finance",
    types: bool = True,
    models: Sequence[str] | None = None,
    n_draws: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """How often the analyses call tasks drawn at random outside of the domain a "domain" at p < 0.05.

    A placebo has as many tasks of each type as the domain has with values, in the types that have two more outside of
    it; the domain's own are left out. The thirds (cut by the first measure) are those of all tasks. ``any third`` is a
    rejection in one or more of them: three tests, so up to 14 % are expected of a sound one.
    Columns: ``analysis`` (a third, ``any third``, ``regression``), ``method``, ``rate, ci_low, ci_high`` (Wilson),
    ``n_draws`` in which the test could be made.

    Raises:
        ScoresError: see ``complexity_thirds``; or no type has enough tasks outside of the domain.
    """
    found = _evidence(_of_models(scores, models), facts, measures, domain)
    labels = _placebos(found, n_draws, np.random.default_rng(seed))
    others = ~found.inside
    p_values: dict[tuple[str, str], np.ndarray] = {}
    for third, here in zip(THIRDS, _thirds(found.values[:, 0]), strict=True):
        for method, slopes in _third_tests(found, here & others, labels).items():
            p_values[third, method] = slopes.p_value
    for method in INTERVAL:
        every = np.stack([p_values.get((third, method), np.full(n_draws, np.nan)) for third in THIRDS])
        p_values["any third", method] = np.fmin.reduce(every)
    part = _restricted(found, others)
    controls = np.column_stack([_level(part, types), _scaled(part.values)])
    for method, slopes in _regressions(part, controls, labels[:, others], types=types).items():
        p_values["regression", method] = slopes.p_value
    return pd.DataFrame([{"analysis": a, "method": m, **_rate(p)} for (a, m), p in p_values.items()])


def _of_models(scores: pd.DataFrame, models: Sequence[str] | None) -> pd.DataFrame:
    if models is None:
        return scores
    unknown = sorted(set(models) - set(scores["model"]))
    if unknown:
        raise ScoresError(f"no scores of the model {unknown[0]!r}; expected names of the table's models")
    return scores[scores["model"].isin(list(models))]


def _evidence(scores: pd.DataFrame, facts: pd.DataFrame, measures: Sequence[str], domain: str) -> _Evidence:
    unknown = [name for name in measures if name not in facts]
    if unknown:
        raise ScoresError(f"no measure {unknown[0]!r}; the facts have: {', '.join(map(str, facts.columns))}")
    known = facts[list(measures)].dropna().index
    scores = scores[scores["task"].isin(known)]
    if scores.empty:
        raise ScoresError(f"no task with scores has a value of {', '.join(measures)}")
    check_domain(scores, domain)
    table = task_table(scores, facts[list(measures)])
    used = np.ones(len(table.frame), dtype=bool)
    inside = table.frame["domain"].eq(domain).to_numpy()
    score, present = cell_matrix(table)
    return _Evidence(table, used, table.frame[list(measures)].to_numpy(float), inside, score, present)


def _restricted(found: _Evidence, kept: np.ndarray) -> _Evidence:
    used = found.used.copy()
    used[used] = kept
    return _Evidence(
        found.table, used, found.values[kept], found.inside[kept], found.score[:, kept], found.present[:, kept]
    )


def _thirds(x: np.ndarray) -> list[np.ndarray]:
    place = np.searchsorted(np.quantile(x, [1 / 3, 2 / 3]), x, side="left")
    return [place == k for k in range(len(THIRDS))]


def _third_tests(found: _Evidence, here: np.ndarray, labels: np.ndarray) -> dict[str, Slopes]:
    """The three comparisons of the tasks ``here``; ``labels`` has a column a used task."""
    if not here.any():
        nan = np.full(len(labels), np.nan)
        return dict.fromkeys(INTERVAL, Slopes(nan, nan, nan))
    part, label = _restricted(found, here), labels[:, here]
    n, sums, squares = part.present.sum(0), part.score.sum(0), (part.score**2).sum(0)
    mean = sums / n
    return {
        NAIVE: welch_slopes(n, sums, squares, label),
        TASKS: welch_slopes(np.ones_like(mean), mean, mean**2, label),
        HELD: task_slopes(part.table, part.levels, label, used=part.used),
    }


def _regressions(found: _Evidence, controls: np.ndarray, labels: np.ndarray, *, types: bool) -> dict[str, Slopes]:
    naive, two_way = score_slopes(found.score, found.present, controls, labels)
    slopes = {NAIVE: naive, TWO_WAY: two_way}
    if types:  # effects of tasks are known up to a level of their type
        slopes[HELD] = task_slopes(found.table, controls, labels, used=found.used)
    return slopes


def _level(found: _Evidence, types: bool) -> np.ndarray:
    return found.levels if types else np.ones((len(found.inside), 1))


def _scaled(values: np.ndarray) -> np.ndarray:
    spread = values.std(0, ddof=1)
    return (values - values.mean(0)) / np.where(spread > 0, spread, 1.0)


def _columns(prefix: str, slopes: Slopes) -> dict[str, float]:
    """The first labelling's estimate as columns; an empty prefix gives the names of ``Estimate``."""
    value, half = float(slopes.estimate[0]), float(slopes.half[0])
    found = {"estimate": value, "se": float(slopes.se[0]), "ci_low": value - half, "ci_high": value + half}
    found["p_value"] = float(slopes.p_value[0])
    return {f"{prefix}_{name}" if prefix else name: number for name, number in found.items()}


def _placebos(found: _Evidence, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Labels (n_draws, n_used) of tasks outside of the domain, as many of each type as the domain has."""
    labels = np.zeros((n_draws, len(found.inside)), dtype=bool)
    for kind in np.unique(found.types[found.inside]):
        others = np.flatnonzero((found.types == kind) & ~found.inside)
        n = int((found.inside & (found.types == kind)).sum())
        if n <= len(others) - 2:
            labels[:, others] = random_labels(len(others), n, n_draws, rng)
    if not labels.any():
        raise ScoresError("no task type has two more tasks outside of the domain than inside: no placebo to draw")
    return labels


def _rate(p_values: np.ndarray) -> dict[str, float]:
    n = int(np.isfinite(p_values).sum())
    return rejection_rate(p_values, n_draws=n) | {"n_draws": n}
