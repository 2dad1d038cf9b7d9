"""The domain gap: how much higher or lower the same models score on a domain's tasks than on other tasks.

Signed (negative: the domain is harder), in score units (0.01 is one point), by task type and pooled. The unit is the
task; ``contrast`` says how the interval is made. Three functions, one question: a t interval, a permutation of the
domain label among the tasks of a type, and a bootstrap over tasks and models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats import contrast as ct
from findomain.stats.effects import Fit, fit, make_blocks
from findomain.stats.estimate import Estimate, estimates_frame
from findomain.stats.table import check_domain

Weighting = Literal["types", "datasets", "paper"]
WEIGHTINGS: dict[str, str] = {
    "types": "task types weigh alike",
    "datasets": "domain datasets weigh alike",
    "paper": "the paper's mixture: mean over types in the domain, mean over datasets elsewhere",
}


@dataclass(frozen=True, slots=True)
class GapResult:
    """The domain gap, pooled and by task type.

    Attributes:
        domain: the target domain.
        pooled: the gap over all task types.
        by_task_type: the gap within each task type that has tasks inside and outside of the domain.
    """

    domain: str
    pooled: Estimate
    by_task_type: dict[str, Estimate]

    def to_frame(self) -> pd.DataFrame:
        """One row an estimate, the pooled one first; ``task_type`` is ``pooled`` or the type."""
        rows = estimates_frame([self.pooled, *self.by_task_type.values()])
        rows.insert(0, "task_type", ["pooled", *self.by_task_type])
        rows.insert(0, "domain", self.domain)
        return rows

    def to_dict(self) -> dict[str, object]:
        """``{"pooled": {...}, "by_task_type": {type: {...}}}`` for JSON."""
        by_type = {name: estimate.to_dict() for name, estimate in self.by_task_type.items()}
        return {"pooled": self.pooled.to_dict(), "by_task_type": by_type}

    def __str__(self) -> str:
        """The pooled gap in one line."""
        return str(self.pooled)


def domain_gap(scores: pd.DataFrame, *, domain: str = "finance", weighting: Weighting = "types") -> GapResult:
    """The gap with a t interval, clustered by task and by model (see ``contrast``).

    Raises:
        ScoresError: no task in the domain, none outside, or no task type with both.
    """
    cells = domain_cells(scores, domain=domain, weighting=weighting)
    spread = ct.domain_spread(ct.summarise(fitted_effects(cells), cells.inside))
    method = "clustered by task and model"
    if not spread.df:
        method += ", the domain's tasks assumed to spread like the others"
    by_type = {one.fits[0].block.task_type: _t_estimate(one, spread, domain, method) for one in single_types(cells)}
    return GapResult(domain, _t_estimate(cells, spread, domain, f"{method}; {WEIGHTINGS[weighting]}"), by_type)


def domain_cells(scores: pd.DataFrame, *, domain: str, weighting: Weighting) -> ct.Cells:
    """Fit each task type and weight it.

    Raises:
        ScoresError: see ``domain_gap``; or an unknown weighting.
    """
    if weighting not in WEIGHTINGS:
        raise ScoresError(f"weighting is {weighting!r}; expected one of {', '.join(get_args(Weighting))}")
    check_domain(scores, domain)
    blocks = [(block, block.domains == domain) for block in make_blocks(scores)]
    n_inside = np.array([inside.sum() for _, inside in blocks], float)
    n_outside = np.array([(~inside).sum() for _, inside in blocks], float)
    both = (n_inside > 0) & (n_outside > 0)
    if not both.any():
        raise ScoresError(f"no task type has tasks both inside and outside of the domain {domain!r}")
    if weighting == "paper":
        used, weight_inside, weight_outside = n_inside + n_outside > 0, (n_inside > 0).astype(float), n_outside
    else:
        used = both
        weight_inside = weight_outside = both * (n_inside if weighting == "datasets" else 1.0)
    kept = [(fit(block), inside) for (block, inside), keep in zip(blocks, used, strict=True) if keep]
    fits, labels = zip(*kept, strict=True)
    return ct.make_cells(fits, labels, weight_inside[used], weight_outside[used])


def single_types(cells: ct.Cells) -> list[ct.Cells]:
    """The contrasts within each type that has tasks on both sides."""
    one = np.ones(1)
    return [
        ct.make_cells([fitted], [inside], one, one)
        for fitted, inside in zip(cells.fits, cells.inside, strict=True)
        if inside.any() and not inside.all()
    ]


def _t_estimate(cells: ct.Cells, spread: ct.Spread, domain: str, method: str) -> Estimate:
    return t_gap(cells, ct.contrast(cells, spread=spread), domain, method)


def t_gap(cells: ct.Cells, value: ct.Contrast, domain: str, method: str) -> Estimate:
    """A contrast of these cells with its interval; NaN where none can be had."""
    if not value.se > 0:  # one other task a type, or no spread at all: no interval can be had
        nan = float("nan")
        return describe(cells, domain, method, value.estimate, nan, (nan, nan), nan)
    half = value.reference.quantile() * value.se
    p_value = value.reference.p_value(value.estimate / value.se)
    return describe(cells, domain, method, value.estimate, value.se, (-half, half), p_value)


def describe(
    cells: ct.Cells,
    domain: str,
    method: str,
    estimate: float,
    se: float,
    around: tuple[float, float],
    p_value: float,
) -> Estimate:
    """An ``Estimate`` of a contrast with its numbers of models and tasks; the interval is given around the value."""
    types = [fitted.block.task_type for fitted in cells.fits]
    return Estimate(
        name=f"{domain} gap, {types[0] if len(types) == 1 else 'pooled'}",
        estimate=estimate,
        se=se,
        ci_low=estimate + around[0],
        ci_high=estimate + around[1],
        p_value=p_value,
        n_models=len(cells.models),
        n_tasks=sum(len(inside) for inside in cells.inside),
        n_domain_tasks=sum(int(inside.sum()) for inside in cells.inside),
        method=method,
    )


def fitted_effects(cells: ct.Cells) -> list[np.ndarray]:
    """The task effects of each type."""
    return [fitted.task_effect for fitted in cells.fits]


def refit(fitted: Fit, model_weight: np.ndarray) -> Fit:
    """The same block with other weights of the models."""
    return fit(fitted.block, model_weight=model_weight)
