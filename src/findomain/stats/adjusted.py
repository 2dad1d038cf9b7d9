"""The domain gap with measures of the tasks held fixed.

Controls are measures that predict scores (``validity``). They may differ by task type: a mapping of types to measures.
Within a type the gap is the coefficient of being in the domain; pooled it is a weighted mean over types, as the
unadjusted gap is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.estimate import Estimate, estimates_frame
from findomain.stats.multiplicity import holm
from findomain.stats.regression import Regression, TaskTable, fit_regression, linear_estimate
from findomain.stats.spread import Residuals, Spread, spread, spread_estimate

Controls = Mapping[str, Sequence[str]]
FEWEST = 4  # domain tasks from which a line through them is more than a guess
FLAT = 1e-3  # standard deviations: a measure that varies less in the domain has no slope there
INSIDE, SLOPE = "inside", "z inside"
AT = {"low": -1.0, "mean": 0.0, "high": 1.0}  # standard deviations from the measure's mean
CURVE_COLUMNS = (
    *("task_type", "measure", "n_tasks", "n_domain_tasks", "slope", "slope_low", "slope_high", "p_value", "p_holm"),
    *(f"gap_{where}{end}" for where in AT for end in ("", "_ci_low", "_ci_high")),
    "reason",
)


@dataclass(frozen=True, slots=True)
class TypePart:
    """The tasks of one type that have all of its controls.

    Attributes:
        task_type: the type.
        rows: positions in the table's frame.
        inside: which of them are in the domain.
        x: controls, standardised over the tasks outside of the domain, shape (tasks, controls).
        measures: names of the controls.
    """

    task_type: str
    rows: np.ndarray
    inside: np.ndarray
    x: np.ndarray
    measures: tuple[str, ...]

    def distances(self) -> np.ndarray:
        """Euclidean distances of the domain's tasks (rows) to the other tasks (columns)."""
        difference = self.x[self.inside][:, None, :] - self.x[~self.inside][None, :, :]
        return np.sqrt((difference**2).sum(-1))


def type_parts(
    table: TaskTable, controls: Controls, *, domain: str, caliper: float | None = None
) -> Iterator[TypePart]:
    """The types with a domain task and more other tasks than controls and one; controls that do not vary are left out.

    With a ``caliper`` domain tasks farther from every other task than so many standard deviations are left out.

    Raises:
        ScoresError: a control that is no column of the table.
    """
    frame = table.frame
    for task_type, part in frame.groupby("task_type", sort=True):
        names = list(controls.get(str(task_type), ()))
        missing = [name for name in names if name not in frame]
        if missing:
            known = ", ".join(frame.columns[5:])
            raise ScoresError(f"no measure {', '.join(missing)} of the tasks; the table has: {known}")
        part = part[part[names].notna().all(axis=1)]
        inside = part["domain"].eq(domain).to_numpy()
        raw = TypePart(str(task_type), part.index.to_numpy(), inside, part[names].to_numpy(float), tuple(names))
        made = standardised(raw, caliper=caliper)
        if made is not None:
            yield made


def standardised(part: TypePart, *, caliper: float | None = None) -> TypePart | None:
    """The part with its controls standardised over the other tasks; None where there is nothing to compare."""
    inside = part.inside
    if not inside.any() or not (~inside).any():
        return None
    centre, deviation = part.x[~inside].mean(0), part.x[~inside].std(0)
    varies = deviation > 1e-9
    if (~inside).sum() <= varies.sum() + 1:
        return None
    x = ((part.x - centre) / np.where(varies, deviation, 1.0))[:, varies]
    kept = tuple(name for name, keep in zip(part.measures, varies, strict=True) if keep)
    made = TypePart(part.task_type, part.rows, inside, x, kept)
    near = made if caliper is None else _within(made, caliper)
    return near if near.inside.any() else None


def _within(part: TypePart, caliper: float) -> TypePart:
    keep = ~part.inside
    keep[part.inside] = part.distances().min(axis=1) <= caliper
    return TypePart(part.task_type, part.rows[keep], part.inside[keep], part.x[keep], part.measures)


@dataclass(frozen=True, slots=True)
class AdjustedGap:
    """The gap before and after adjustment, on the same tasks.

    Attributes:
        domain: the target domain.
        table: a row a task type and two pooled ones (``types alike``, ``datasets alike``) for each of ``unadjusted``,
            ``adjusted`` and ``change`` (adjusted less unadjusted): columns ``task_type, kind, controls`` and those of
            ``Estimate``.
    """

    domain: str
    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def row(self, task_type: str = "types alike", kind: str = "adjusted") -> pd.Series:
        """One estimate."""
        chosen = self.table[(self.table["task_type"] == task_type) & (self.table["kind"] == kind)]
        return chosen.iloc[0]


def adjusted_gap(
    table: TaskTable, controls: Controls, *, domain: str = "finance", caliper: float | None = None
) -> AdjustedGap:
    """The gap by regression on the controls, beside the unadjusted one on the same tasks, and the change.

    The change is a weighted sum of task effects too, so it has an interval of its own: both gaps rest on the same tasks
    and their intervals cannot be compared by eye; it takes the tasks' measures as they are. A domain task unlike any
    other is compared by a line drawn past all others; with ``caliper`` such tasks are left out (``type_parts``).

    Raises:
        ScoresError: an unknown control, or no type has tasks with the controls inside and outside of the domain.
    """
    parts = need_parts(table, controls, domain=domain, caliper=caliper)
    full = [type_regression(table, part) for part in parts]
    plain = [type_regression(table, part, controls=False) for part in parts]
    after = [fitted.weights(INSIDE) for fitted in full]
    before = [fitted.weights(INSIDE) for fitted in plain]
    seen, seen_before = fitted_spread(parts, full), fitted_spread(parts, plain)
    change = [a - b for a, b in zip(after, before, strict=True)]
    kinds = {"unadjusted": (seen_before, before), "adjusted": (seen, after), "change": (seen, change)}
    return AdjustedGap(domain, gap_rows(table, parts, kinds, domain=domain))


def need_parts(table: TaskTable, controls: Controls, *, domain: str, caliper: float | None = None) -> list[TypePart]:
    """The types of ``type_parts``.

    Raises:
        ScoresError: there is none.
    """
    parts = list(type_parts(table, controls, domain=domain, caliper=caliper))
    if not parts:
        raise ScoresError(f"no task type has enough tasks with these measures inside and outside of {domain!r}")
    return parts


def type_regression(
    table: TaskTable, part: TypePart, *, controls: bool = True, more: Mapping[str, np.ndarray] | None = None
) -> Regression:
    """Regress the effects of a type on being in the domain, its controls, and ``more`` columns (a row a task)."""
    columns = {INSIDE: part.inside.astype(float)} | dict(more or {})
    if controls:
        columns |= dict(zip(part.measures, part.x.T, strict=True))
    frame = pd.DataFrame(np.nan, index=table.frame.index, columns=list(columns))
    frame.iloc[part.rows] = np.column_stack(list(columns.values()))
    return fit_regression(table, frame)


def fitted_spread(parts: Sequence[TypePart], fits: Sequence[Regression]) -> Spread:
    """Spread of the tasks about a regression of each type, whose coefficients but the domain's own the others give."""
    return spread(
        [
            Residuals(part.rows, part.inside, fitted.residual, len(fitted.rows) - 1)
            for part, fitted in zip(parts, fits, strict=True)
        ]
    )


def gap_rows(
    table: TaskTable,
    parts: Sequence[TypePart],
    kinds: Mapping[str, tuple[Spread, Sequence[np.ndarray]]],
    *,
    domain: str,
) -> pd.DataFrame:
    """A row a kind of estimate and type, and pooled with types alike and with domain datasets alike.

    ``kinds`` maps a name to the spread and, a type each, the weights of the estimate.
    """
    n_inside = np.array([part.inside.sum() for part in parts], float)
    shares = {"types alike": np.full(len(parts), 1 / len(parts)), "datasets alike": n_inside / n_inside.sum()}
    heads, estimates = [], []
    for kind, (seen, weights) in kinds.items():
        pooled = {label: np.einsum("k,kt->t", share, np.array(weights)) for label, share in shares.items()}
        by_type = {part.task_type: row for part, row in zip(parts, weights, strict=True)}
        names = {part.task_type: ", ".join(part.measures) for part in parts}
        for label, row in (pooled | by_type).items():
            if row.any():
                heads.append((label, kind, names.get(label, "")))
                name = f"{domain} gap, {label}, {kind}"
                estimates.append(spread_estimate(table, seen, row, name=name))
    return pd.DataFrame(heads, columns=["task_type", "kind", "controls"]).join(estimates_frame(estimates))


def gap_curves(table: TaskTable, controls: Controls, *, domain: str = "finance") -> pd.DataFrame:
    """How the gap changes with each measure, one at a time: a line in the domain beside a line outside of it.

    Each measure is centred at the mean of all tasks of the type that have it and divided by their standard deviation.
    Columns ``task_type, measure, n_tasks, n_domain_tasks, slope, slope_low, slope_high`` (change of the gap with one
    standard deviation), ``p_value, p_holm`` (Holm over all rows that have a p), ``gap_low, gap_mean, gap_high`` (the
    gap one standard deviation below, at and above the mean) with ``..._ci_low`` and ``..._ci_high``, and ``reason``
    where there is no line or no interval, e.g. fewer than four domain tasks. Tasks as units by HC2 (``gap_on_line``).
    """
    rows = []
    for task_type, names in controls.items():
        for name in names:
            parts = {p.task_type: p for p in type_parts(table, {task_type: [name]}, domain=domain)}
            rows.append({"task_type": task_type, "measure": name} | _curve(table, parts.get(task_type)))
    found = pd.DataFrame(rows, columns=CURVE_COLUMNS)
    found["p_holm"] = holm(found["p_value"])
    return found


def gap_line(table: TaskTable, part: TypePart) -> Regression | None:
    """A line in the domain beside a line outside of it, over the standardised measure; None where it has no slope."""
    z = (part.x[:, 0] - part.x[:, 0].mean()) / part.x[:, 0].std()
    if np.ptp(z[part.inside]) < FLAT:
        return None
    return type_regression(table, part, controls=False, more={"z": z, SLOPE: z * part.inside})


def gap_on_line(fitted: Regression, *, level: float, slope: float, domain: str = "finance") -> Estimate:
    """A sum of the line's gap at the mean and its slope.

    By HC2, not by one factor (``spread``): task effects spread unevenly over a measure and one far task can decide the
    slope, so with one variance for all a slope is found among tasks drawn at random in up to twice 5 % of draws.
    """
    row = level * fitted.rows[fitted.names.index(INSIDE)] + slope * fitted.rows[fitted.names.index(SLOPE)]
    return linear_estimate(fitted.table, fitted.weighted(row), name="gap on a line", domain=domain)[0]


def _curve(table: TaskTable, part: TypePart | None) -> dict[str, object]:
    n_inside = 0 if part is None else int(part.inside.sum())
    if part is None or n_inside < FEWEST or not part.measures:
        return {"n_domain_tasks": n_inside, "reason": f"{n_inside} domain tasks with the measure; {FEWEST} are needed"}
    fitted = gap_line(table, part)
    if fitted is None:
        return {"n_domain_tasks": n_inside, "reason": "the measure does not vary in the domain"}
    told = gap_on_line(fitted, level=0.0, slope=1.0)
    found: dict[str, object] = {
        "n_tasks": len(part.rows),
        "n_domain_tasks": n_inside,
        "slope": told.estimate,
        "slope_low": told.ci_low,
        "slope_high": told.ci_high,
        "p_value": told.p_value,
        "reason": "" if np.isfinite(told.se) else "one domain task decides the slope: no interval",
    }
    for where, at in AT.items():
        gap = gap_on_line(fitted, level=1.0, slope=at)
        found |= {f"gap_{where}": gap.estimate, f"gap_{where}_ci_low": gap.ci_low, f"gap_{where}_ci_high": gap.ci_high}
    return found
