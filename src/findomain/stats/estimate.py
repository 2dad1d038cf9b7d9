"""The result of one statistic: a number with its interval, its units and the method that made it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd
from scipy import stats


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate with a 95 % interval.

    Attributes:
        name: what was estimated, e.g. ``finance gap, Retrieval``.
        estimate: the value, in the unit of the scores (0-1) or of the coefficient.
        se: standard error; NaN where the method gives none.
        ci_low, ci_high: bounds of the 95 % interval; NaN where it is not defined.
        p_value: two-sided p of "no effect"; NaN where it is not defined.
        n_models, n_tasks: models and tasks that carried the estimate.
        n_domain_tasks: how many of the tasks belong to the domain (0 where there is none).
        method: the method, in words.
    """

    name: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    n_models: int
    n_tasks: int
    n_domain_tasks: int
    method: str

    def to_dict(self) -> dict[str, float | int | str | None]:
        """Plain values for JSON: NaN and infinity become None."""
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }

    def to_frame(self) -> pd.DataFrame:
        """One row, one column a field."""
        return pd.DataFrame([asdict(self)])

    def __str__(self) -> str:
        """One line: name, estimate, interval, p and the numbers of models and tasks."""
        interval = f"95% {self.ci_low:+.3f} to {self.ci_high:+.3f}, " if math.isfinite(self.ci_low) else ""
        return (
            f"{self.name}: {self.estimate:+.3f} ({interval}p = {self.p_value:.3g}; {self.n_models} models, "
            f"{self.n_domain_tasks} of {self.n_tasks} tasks; {self.method})"
        )


def t_estimate(
    name: str, value: float, variance: float, df: float, numbers: tuple[int, int, int], method: str
) -> Estimate:
    """An ``Estimate`` from a variance and the degrees of freedom of its t; ``numbers``: models, tasks, domain tasks."""
    if not (variance > 0 and df > 0):
        nan = math.nan
        return Estimate(name, value, nan, nan, nan, nan, *numbers, method)
    se = math.sqrt(variance)
    half = float(stats.t.ppf(0.975, df)) * se
    p_value = float(2 * stats.t.sf(abs(value) / se, df))
    return Estimate(name, value, se, value - half, value + half, p_value, *numbers, method)


def estimates_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """Stack estimates into one table, a row each, in the order given."""
    return pd.DataFrame([asdict(estimate) for estimate in estimates])
