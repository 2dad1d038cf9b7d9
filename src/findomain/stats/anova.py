"""The paper's analysis of variance: recomputed from its sums of squares, and run again as it was published.

As published (arXiv 2409.18511): pool the examples of all datasets of a task type, draw 50, score them; 500 such draws
for each of 7 models on each of 2 benchmarks; additive two-way analysis of variance of the 7,000 draws. The draws are
the observations, so the residual is the noise of drawing 50 examples, and F grows with the number of draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.resampling import random_labels
from findomain.stats.table import check_domain

DRAW, N_DRAWS = 50, 500  # examples in a draw, draws in a cell, as in the paper


def recomputed_anova(printed: pd.DataFrame) -> pd.DataFrame:
    """F, p and eta squared from printed sums of squares, beside what was printed.

    ``printed`` has ``task_type, factor, sum_of_squares, degrees_of_freedom, f_statistic``; factors model, domain,
    residual. Adds ``f_recomputed, p_recomputed, eta_squared`` (share of the total sum of squares). NaN where the
    printed residual is 0.00.
    """
    rows = []
    for task_type, part in printed.groupby("task_type", sort=False):
        by_factor = part.set_index("factor")
        residual = by_factor.loc["residual"]
        total = by_factor["sum_of_squares"].sum()
        noise = residual["sum_of_squares"] / residual["degrees_of_freedom"]
        for factor in ("model", "domain"):
            row = by_factor.loc[factor]
            f = row["sum_of_squares"] / row["degrees_of_freedom"] / noise if noise > 0 else float("nan")
            p = float(stats.f.sf(f, row["degrees_of_freedom"], residual["degrees_of_freedom"]))
            rows.append(
                {
                    "task_type": task_type,
                    "factor": factor,
                    "f_printed": row["f_statistic"],
                    "f_recomputed": f,
                    "p_recomputed": p,
                    "eta_squared": row["sum_of_squares"] / total,
                    "residual_df": residual["degrees_of_freedom"],
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class Anova:
    """Domain's row of the published analysis, and what it rests on.

    Attributes:
        task_type: the task type.
        f_statistic, p_value, eta_squared: of the domain.
        df: residual degrees of freedom.
        difference: mean on the domain less mean elsewhere, score units: F has no sign.
        n_models, n_domain_tasks, n_other_tasks: what was pooled.
        n_draws: draws a cell.
    """

    task_type: str
    f_statistic: float
    p_value: float
    eta_squared: float
    df: int
    difference: float
    n_models: int
    n_domain_tasks: int
    n_other_tasks: int
    n_draws: int

    def to_frame(self) -> pd.DataFrame:
        """One row, one column a field."""
        return pd.DataFrame([asdict(self)])

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.task_type}: domain F(1, {self.df}) = {self.f_statistic:.1f}, p = {self.p_value:.3g}, "
            f"difference {self.difference:+.3f} ({self.n_models} models x 2 x {self.n_draws} draws)"
        )


def two_way_anova(values: np.ndarray) -> tuple[float, float, float, int]:
    """F, p and eta squared of the second factor, and the residual degrees of freedom, of an additive analysis.

    ``values`` has the shape (n_models, 2, n_draws): a balanced table of models, domain or not, and draws.
    """
    n_models, n_sides, n_draws = values.shape
    grand = values.mean()
    by_side = n_models * n_draws * ((values.mean(axis=(0, 2)) - grand) ** 2).sum()
    by_model = n_sides * n_draws * ((values.mean(axis=(1, 2)) - grand) ** 2).sum()
    total = ((values - grand) ** 2).sum()
    df = values.size - n_models - n_sides + 1
    residual = max(total - by_side - by_model, np.finfo(float).tiny)
    f = by_side / (n_sides - 1) / (residual / df)
    return float(f), float(stats.f.sf(f, n_sides - 1, df)), float(by_side / total), df


def published_anova(
    scores: pd.DataFrame,
    *,
    models: Sequence[str],
    task_type: str,
    domain: str = "finance",
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Anova:
    """The paper's procedure on published scores.

    Scores of single examples are not published, so an example of a task counts as solved with the task's score as its
    probability; a draw takes a task in proportion to its number of items. Only tasks that all models were run on count.

    Raises:
        ScoresError: the models share no task of the type in the domain, or none outside.
    """
    pool = _pool(scores, models, task_type)
    inside = (pool.domains == domain).to_numpy()
    if not inside.any() or inside.all():
        raise ScoresError(f"the {len(models)} models share no {task_type} task inside, or none outside, of {domain!r}")
    values = _draws(pool, inside, n_draws, np.random.default_rng(seed))
    f, p, eta, df = two_way_anova(values)
    means = values.mean(axis=(0, 2))
    n_inside = int(inside.sum())
    return Anova(
        task_type, f, p, eta, df, float(means[0] - means[1]), len(pool.table), n_inside, len(inside) - n_inside, n_draws
    )


@dataclass(frozen=True, slots=True)
class _Pool:
    table: pd.DataFrame  # models x tasks, complete
    domains: pd.Series
    weights: np.ndarray


def _pool(scores: pd.DataFrame, models: Sequence[str], task_type: str) -> _Pool:
    part = scores[(scores["task_type"] == task_type) & scores["model"].isin(models)]
    table = part.pivot_table(index="model", columns="task", values="score").dropna(axis="columns")
    facts = part.drop_duplicates("task").set_index("task").reindex(table.columns)
    items = pd.to_numeric(facts["n_items"]) if "n_items" in facts else pd.Series(1.0, index=facts.index)
    return _Pool(table, facts["domain"], items.fillna(items.median()).fillna(1).to_numpy(float))


def _draws(pool: _Pool, inside: np.ndarray, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Scores of the draws, shape (n_models, 2, n_draws), the domain first.

    Drawing a task and then an example of it, 50 times, is a binomial draw with the pool's weighted mean.
    """
    values = pool.table.to_numpy()
    means = [values[:, side] @ pool.weights[side] / pool.weights[side].sum() for side in (inside, ~inside)]
    chances = np.clip(np.stack(means, axis=1), 0, 1)
    return rng.binomial(DRAW, chances[:, :, None], size=(*chances.shape, n_draws)) / DRAW


def f_by_draws(
    scores: pd.DataFrame,
    *,
    models: Sequence[str],
    domain: str = "finance",
    grid: Sequence[int] = (50, 100, 200, 500, 1000, 2000, 5000),
    seed: int = 0,
) -> pd.DataFrame:
    """F of the domain as a function of the number of draws, the data staying the same; a row a type and number."""
    check_domain(scores, domain)
    frames = [
        published_anova(scores, models=models, task_type=name, domain=domain, n_draws=n, seed=seed).to_frame()
        for name in poolable_types(scores, models, domain)
        for n in grid
    ]
    return pd.concat(frames, ignore_index=True)


def poolable_types(scores: pd.DataFrame, models: Sequence[str], domain: str) -> list[str]:
    """The task types in which the models share tasks inside and outside of the domain."""
    names = []
    for name in sorted(scores["task_type"].unique()):
        domains = _pool(scores, models, name).domains
        if domains.eq(domain).any() and domains.ne(domain).any():
            names.append(name)
    return names


def widest_models(scores: pd.DataFrame, *, domain: str = "finance", n: int = 7) -> list[str]:
    """The models with the most scores in the task types of the domain, so that they share the most tasks."""
    types = scores.loc[scores["domain"] == domain, "task_type"].unique()
    counts = scores[scores["task_type"].isin(types)].groupby("model")["task"].nunique()
    return sorted(counts.sort_index().nlargest(n).index)


def anova_placebo(
    scores: pd.DataFrame,
    *,
    models: Sequence[str],
    task_type: str,
    domain: str = "finance",
    n_placebos: int = 500,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> tuple[float, int, int]:
    """Share of placebo domains that the published analysis calls a domain at p < 0.05.

    Returns the rate, the number of tasks that a placebo is drawn from and the number of tasks in a placebo.

    Raises:
        ScoresError: fewer than two tasks would be left outside of a placebo.
    """
    pool = _pool(scores, models, task_type)
    n_inside = int(pool.domains.eq(domain).sum())
    others = _pool(scores[scores["domain"] != domain], models, task_type)
    n_tasks = others.table.shape[1]
    if n_inside < 1 or n_tasks - n_inside < 2:
        raise ScoresError(f"{task_type}: {n_tasks} shared tasks outside of {domain!r} are too few for a placebo")
    rng = np.random.default_rng(seed)
    p_values = [
        two_way_anova(_draws(others, inside, n_draws, rng))[1]
        for inside in random_labels(n_tasks, n_inside, n_placebos, rng)
    ]
    return float((np.array(p_values) < 0.05).mean()), n_tasks, n_inside
