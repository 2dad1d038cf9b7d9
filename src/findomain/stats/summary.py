"""What the command line shows of a table of scores: the gap by every method that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.gap import GapResult, Weighting, domain_gap
from findomain.stats.placebo import PlaceboResult, placebo_rates
from findomain.stats.resampling import permutation_gap


@dataclass(frozen=True, slots=True)
class GapReport:
    """The gap and its checks.

    Attributes:
        gap: the clustered estimate, pooled and by task type.
        by: the column that the table was split by, if any.
        parts: the gap within each value of that column.
        permutation: the permutation test, if asked for.
        placebo: rates of placebo domains, if asked for.
    """

    gap: GapResult
    by: str | None
    parts: dict[str, GapResult]
    permutation: GapResult | None
    placebo: PlaceboResult | None

    def to_dict(self) -> dict[str, object]:
        """JSON: ``pooled`` and ``by_task_type`` first, then what else was asked for."""
        out: dict[str, object] = self.gap.to_dict()
        if self.parts:
            out[f"by_{self.by}"] = {name: part.to_dict() for name, part in self.parts.items()}
        if self.permutation is not None:
            out["permutation"] = self.permutation.to_dict()
        if self.placebo is not None:
            out["placebo"] = self.placebo.to_frame().to_dict("records")
        return out

    def to_frame(self) -> pd.DataFrame:
        """All estimates, a row each; ``part`` says which part of the table they are from."""
        frames = [self.gap.to_frame().assign(part="all")]
        frames += [part.to_frame().assign(part=name) for name, part in self.parts.items()]
        if self.permutation is not None:
            frames.append(self.permutation.to_frame().assign(part="all"))
        return pd.concat(frames, ignore_index=True)

    def __str__(self) -> str:
        """One line an estimate, the pooled one first."""
        lines = [str(self.gap.pooled), *(f"  {estimate}" for estimate in self.gap.by_task_type.values())]
        lines += [f"{name}: {part.pooled}" for name, part in self.parts.items()]
        lines += [str(result) for result in (self.permutation, self.placebo) if result is not None]
        return "\n".join(lines)


def gap_report(
    scores: pd.DataFrame,
    *,
    domain: str = "finance",
    weighting: Weighting = "types",
    by: str | None = None,
    permutations: int = 0,
    placebo: int = 0,
    seed: int = 0,
) -> GapReport:
    """Everything that ``findomain gap`` prints; ``by`` other than ``task_type`` splits the table first.

    Raises:
        ScoresError: see ``domain_gap``; or ``by`` is no column of the table.
    """
    split = by is not None and by != "task_type"
    if split and by not in scores.columns:
        raise ScoresError(f"no column {by!r} to split by; the table has: {', '.join(scores.columns)}")
    return GapReport(
        gap=domain_gap(scores, domain=domain, weighting=weighting),
        by=by,
        parts=_parts(scores, str(by), domain, weighting) if split else {},
        permutation=permutation_gap(scores, domain=domain, weighting=weighting, n_permutations=permutations, seed=seed)
        if permutations
        else None,
        placebo=placebo_rates(scores, domain=domain, n_draws=placebo, seed=seed) if placebo else None,
    )


def _parts(scores: pd.DataFrame, by: str, domain: str, weighting: Weighting) -> dict[str, GapResult]:
    """The gap within each value of a column; a value without tasks on both sides has none."""
    parts = {}
    for name, part in scores.groupby(by):
        sides = part.groupby("task_type")["domain"].agg(lambda d: d.eq(domain).any() and d.ne(domain).any())
        if sides.any():
            parts[str(name)] = domain_gap(part, domain=domain, weighting=weighting)
    return parts
