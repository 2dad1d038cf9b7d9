"""Effects of several pairs put together: random effects, what is common to them and where the next one would lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import optimize, stats

from findomain.errors import ScoresError
from findomain.stats.estimate import Estimate

Spread = Literal["common", "own"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled effect and how much the effects differ.

    Attributes:
        estimate: the mean of the effects; ``n_models`` counts the effects.
        prediction_low, prediction_high: 95 % interval for the effect of one more of the same kind (Higgins, Thompson &
            Spiegelhalter 2009); NaN with fewer than three.
        tau: standard deviation of the true effects, in the unit of the effects.
        i2: share (0-1) of the spread of the effects that is not error (Higgins & Thompson 2002).
        q, q_p: Cochran's test that all effects are one.
        names: the effects that were pooled.
        weights: their shares in the mean; they sum to 1.
    """

    estimate: Estimate
    prediction_low: float
    prediction_high: float
    tau: float
    i2: float
    q: float
    q_p: float
    names: tuple[str, ...]
    weights: tuple[float, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row: the fields of the estimate, then the others, without names and weights."""
        fields = ("prediction_low", "prediction_high", "tau", "i2", "q", "q_p")
        return pd.DataFrame([asdict(self.estimate) | {field: getattr(self, field) for field in fields}])


def pool_effects(estimates: Sequence[Estimate], *, name: str = "pooled", spread: Spread = "common") -> Pooled:
    """Random effects: Paule & Mandel's variance, interval of Hartung & Knapp (2001) and Sidik & Jonkman (2002).

    The method takes the standard errors for known. Those of a mean over two or three tasks are not, and weights made of
    them pull the mean to whatever pair happened to agree with itself: the interval then covers 84-90 % instead of 95.
    So by default (``common``) each estimate, a plain mean over its tasks, gets ``s / sqrt(n_tasks)`` with one s for
    all, from the spread over tasks within each; one with a single task then counts too. ``own`` takes each ``se`` as it
    is, for estimates that are no plain means.

    Raises:
        ScoresError: no estimate that can be pooled.
    """
    used = [e for e in estimates if math.isfinite(e.estimate) and e.n_tasks > 0]
    variance = _common(used) if spread == "common" else np.array([e.se**2 for e in used])
    known = np.isfinite(variance) & (variance > 0)
    used = [e for e, there in zip(used, known, strict=True) if there]
    if not used:
        raise ScoresError("no effect with a standard error: nothing to pool")
    if len(used) == 1:
        return _single(used[0], name)
    return _pool(used, variance[known], name, spread)


def _common(estimates: Sequence[Estimate]) -> np.ndarray:
    n = np.array([e.n_tasks for e in estimates], dtype=float)
    squares = np.array([e.se**2 * e.n_tasks * (e.n_tasks - 1) for e in estimates], dtype=float)
    spare = np.where(np.isfinite(squares), n - 1, 0.0).sum()
    return np.nansum(squares) / spare / n if spare else np.full(len(n), np.nan)


def _single(only: Estimate, name: str) -> Pooled:
    nan = math.nan
    bare = Estimate(
        name,
        only.estimate,
        only.se,
        only.ci_low,
        only.ci_high,
        only.p_value,
        1,
        only.n_tasks,
        only.n_domain_tasks,
        "one",
    )
    return Pooled(bare, nan, nan, nan, nan, nan, nan, (only.name,), (1.0,))


def _pool(used: Sequence[Estimate], variance: np.ndarray, name: str, spread: Spread) -> Pooled:
    effect = np.array([e.estimate for e in used])
    df = len(used) - 1
    q = _excess(0.0, effect, variance) + df
    tau = math.sqrt(_paule_mandel(effect, variance))
    weight = 1 / (variance + tau**2)
    share = weight / weight.sum()
    value = float(share @ effect)
    se = math.sqrt(float(share @ (effect - value) ** 2) / df)
    half = float(stats.t.ppf(0.975, df)) * se
    reach = float(stats.t.ppf(0.975, df - 1)) * math.sqrt(tau**2 + se**2) if df > 1 else math.nan
    pooled = Estimate(
        name=name,
        estimate=value,
        se=se,
        ci_low=value - half,
        ci_high=value + half,
        p_value=float(2 * stats.t.sf(abs(value) / se, df)) if se > 0 else math.nan,
        n_models=len(used),
        n_tasks=sum(e.n_tasks for e in used),
        n_domain_tasks=sum(e.n_domain_tasks for e in used),
        method=f"random effects (Paule-Mandel, Hartung-Knapp-Sidik-Jonkman), {spread} spread over tasks",
    )
    return Pooled(
        estimate=pooled,
        prediction_low=value - reach,
        prediction_high=value + reach,
        tau=tau,
        i2=max(0.0, 1 - df / q) if q > 0 else 0.0,
        q=q,
        q_p=float(stats.chi2.sf(q, df)),
        names=tuple(e.name for e in used),
        weights=tuple(float(w) for w in share),
    )


def _paule_mandel(effect: np.ndarray, variance: np.ndarray) -> float:
    """The variance of the true effects at which the weighted sum of squares equals its degrees of freedom, or 0.

    statsmodels 0.15 has the same estimator, but its iteration says 0 when the last step ends below the root by a
    rounding error, which happened on these data; hence our own root.
    """
    if _excess(0.0, effect, variance) <= 0:
        return 0.0
    upper = float(((effect - effect.mean()) ** 2).sum())
    while _excess(upper, effect, variance) > 0:
        upper *= 2
    return float(optimize.brentq(_excess, 0.0, upper, args=(effect, variance), xtol=upper * 1e-14, rtol=1e-12))


def _excess(tau2: float, effect: np.ndarray, variance: np.ndarray) -> float:
    weight = 1 / (variance + tau2)
    return float(weight @ (effect - weight @ effect / weight.sum()) ** 2) - (len(effect) - 1)
