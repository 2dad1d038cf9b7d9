"""What the command line shows of a table of scores: the gap by every method asked for, and the ranks."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.gap import GapResult, Weighting, domain_gap
from findomain.stats.placebo import PlaceboResult, placebo_rates
from findomain.stats.ranks import RankAgreement, rank_agreement, shared_types
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
        if permutations and weighting != "paper"
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


@dataclass(frozen=True, slots=True)
class RankReport:
    """Rank agreement over all shared task types, and within each.

    Attributes:
        pooled: over all types that the domain and the rest share.
        by_task_type: within each type that has three models or more on both sides.
    """

    pooled: RankAgreement
    by_task_type: dict[str, RankAgreement]

    def to_dict(self) -> dict[str, object]:
        """JSON: ``pooled`` first, then ``by_task_type``."""
        by_type = {name: agreement.to_dict() for name, agreement in self.by_task_type.items()}
        return {"pooled": self.pooled.to_dict(), "by_task_type": by_type}

    def to_frame(self) -> pd.DataFrame:
        """A row an agreement, the pooled one first."""
        rows = pd.concat([part.to_frame() for part in (self.pooled, *self.by_task_type.values())], ignore_index=True)
        rows.insert(0, "task_type", ["all shared types", *self.by_task_type])
        return rows

    def __str__(self) -> str:
        """One line an agreement."""
        return "\n".join([str(self.pooled), *(f"  {part}" for part in self.by_task_type.values())])


def rank_report(scores: pd.DataFrame, *, domain: str = "finance", n_resamples: int = 500, seed: int = 0) -> RankReport:
    """Everything that ``findomain ranks`` prints.

    Raises:
        ScoresError: see ``rank_agreement``.
    """
    pooled = rank_agreement(scores, domain=domain, n_resamples=n_resamples, seed=seed)
    by_type = {}
    for name in shared_types(scores, domain):
        part = scores[scores["task_type"] == name]
        inside = part["domain"] == domain
        if len(set(part.loc[inside, "model"]) & set(part.loc[~inside, "model"])) >= 3:
            by_type[name] = rank_agreement(part, domain=domain, task_type=name, n_resamples=n_resamples, seed=seed)
    return RankReport(pooled, by_type)
