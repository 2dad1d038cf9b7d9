"""A specialist against the best generalist on its domain's tasks, without rewarding the generalist for being chosen.

The best of many models on some tasks is partly the luckiest: its mean there overstates it (the winner's curse, a
maximum of noisy numbers). So it is chosen on all tasks but one and compared on that one, each task in turn. These
choices share most of their tasks, so the comparisons are not independent and Student's interval covers 80-90 %, not 95;
the variance is the one that Nadeau & Bengio (2003) give for differences that share their training data.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.estimate import Estimate
from findomain.stats.places import paired_mean
from findomain.stats.pooling import pool_effects

Against = Literal["same size, not newer", "same size, today", "any size, today"]
AGAINST: tuple[Against, ...] = ("same size, not newer", "same size, today", "any size, today")
SIZE_FACTOR = 2.0  # models whose parameters differ by no more than this factor are of one size class
ENOUGH_GENERALISTS = 20  # a task that fewer generalists were run on is left out: the best of few says little


@dataclass(frozen=True, slots=True)
class GeneralistComparison:
    """A specialist less the best generalist.

    Attributes:
        specialist, domain, against: who, on which tasks, against whom.
        left_out: the generalist is chosen on the other tasks, each task in turn; NaN with fewer than two tasks.
        naive: the generalist is chosen on the tasks on which it is compared.
        best: the generalist of the naive choice.
        n_candidates: generalists that were run on all of the tasks.
        n_unknown: generalists that were run on them and left out since their size or date is not known.
        reason: why there is no comparison; empty where there is.
    """

    specialist: str
    domain: str
    against: Against
    left_out: Estimate
    naive: Estimate
    best: str
    n_candidates: int
    n_unknown: int
    reason: str

    def to_frame(self) -> pd.DataFrame:
        """A row a way of choosing."""
        fields = {key: value for key, value in asdict(self).items() if key not in ("left_out", "naive")}
        rows = [
            {"chosen": "on other tasks"} | asdict(self.left_out),
            {"chosen": "on the same tasks"} | asdict(self.naive),
        ]
        return pd.DataFrame(rows).assign(**fields)


def against_generalists(
    scores: pd.DataFrame,
    models: pd.DataFrame,
    specialist: str,
    *,
    domain: str,
    specialists: Collection[str],
    against: Against = "any size, today",
) -> GeneralistComparison:
    """Compare a specialist with the best generalist over the domain's tasks that both were run on.

    Args:
        scores: the table of scores.
        models: facts of the models: ``model, n_parameters, release_date``.
        specialist: the specialist.
        domain: its domain.
        specialists: models that are no generalists.
        against: which generalists; a size class is a factor of two in parameters, and one whose size (or date, where
            it matters) is not known cannot be in it.
    """
    part = scores[scores["domain"] == domain]
    tasks = part.loc[part["model"] == specialist, "task"].unique()
    others = part[part["task"].isin(tasks) & ~part["model"].isin({specialist, *specialists})]
    run_on = others.groupby("task")["model"].nunique()
    tasks = sorted(run_on.index[run_on >= ENOUGH_GENERALISTS])
    wide = others.pivot_table(index="model", columns="task", values="score").reindex(columns=tasks).dropna()
    eligible, n_unknown = _eligible(models.set_index("model"), wide.index, specialist, against)
    wide = wide.loc[eligible]
    ours = part[part["model"] == specialist].set_index("task")["score"].reindex(tasks).to_numpy(float)
    best, left_out, naive = _choose(wide, ours) if len(wide) and tasks else ("", np.array([]), np.array([]))
    name = f"{specialist} less the best generalist, {against}"
    return GeneralistComparison(
        specialist=specialist,
        domain=domain,
        against=against,
        left_out=_shared_choice(paired_mean(f"{name}, chosen on other tasks", left_out, len(left_out))),
        naive=paired_mean(f"{name}, chosen on the same tasks", naive, len(naive)),
        best=best,
        n_candidates=len(wide),
        n_unknown=n_unknown,
        reason=_reason(models, specialist, against, len(tasks), len(wide)),
    )


def pool_generalists(found: Sequence[GeneralistComparison]) -> pd.DataFrame:
    """The comparisons pooled over specialists by random effects: ``against, how`` and the columns of ``Pooled``.

    ``how``: the generalist chosen on other tasks; the naive choice; one specialist a domain, that with the most tasks,
    since those of one domain meet the same opponent on the same tasks. What cannot be pooled is left out.
    """
    rows = []
    for against in AGAINST:
        part = [one for one in found if one.against == against and one.left_out.n_tasks]
        ranked = sorted(part, key=lambda one: (-one.left_out.n_tasks, one.specialist))
        single = {one.domain: one for one in reversed(ranked)}.values()
        ways = {
            "chosen on other tasks": [one.left_out for one in part],
            "chosen on the same tasks": [one.naive for one in part],
            "one specialist a domain": [one.left_out for one in single],
        }
        for how, estimates in ways.items():
            try:
                row = pool_effects(estimates, name=f"specialist less the best generalist, {against}").to_frame()
            except ScoresError:  # no specialist has such an opponent
                continue
            rows.append(row.assign(against=against, how=how))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["against", "how"])


def _eligible(facts: pd.DataFrame, names: pd.Index, specialist: str, against: Against) -> tuple[pd.Index, int]:
    """Which candidates belong to the class, and how many cannot be placed."""
    size = facts["n_parameters"].reindex(names)
    date = pd.to_datetime(facts["release_date"]).reindex(names)
    keep, known = pd.Series(True, index=names), pd.Series(True, index=names)
    if against != "any size, today":
        ratio = size / facts["n_parameters"].get(specialist, math.nan)
        keep &= ratio.between(1 / SIZE_FACTOR, SIZE_FACTOR)
        known &= size.notna()
    if against == "same size, not newer":
        keep &= date <= pd.to_datetime(facts["release_date"].get(specialist))
        known &= date.notna()
    return names[keep.to_numpy(bool)], int((~known).sum())


def _choose(wide: pd.DataFrame, ours: np.ndarray) -> tuple[str, np.ndarray, np.ndarray]:
    """Name of the best on all tasks, and our score less the best's on each task, chosen without it and with it."""
    table = wide.to_numpy(float)
    total = table.sum(1)
    naive = ours - table[total.argmax()]
    if table.shape[1] < 2:
        return str(wide.index[total.argmax()]), np.array([]), naive
    chosen = (total[:, None] - table).argmax(0)
    return str(wide.index[total.argmax()]), ours - table[chosen, np.arange(table.shape[1])], naive


def _shared_choice(e: Estimate) -> Estimate:
    """Widen an interval over n tasks, each compared with the choice of the n - 1 others: 1/n + 1/(n - 1) for 1/n."""
    n = e.n_tasks
    if n < 2:
        return e
    factor = math.sqrt(1 + n / (n - 1))
    half = (e.ci_high - e.estimate) * factor
    p_value = float(2 * stats.t.sf(abs(e.estimate) / (e.se * factor), n - 1)) if e.se > 0 else math.nan
    return replace(
        e,
        se=e.se * factor,
        ci_low=e.estimate - half,
        ci_high=e.estimate + half,
        p_value=p_value,
        method="chosen on the other tasks, corrected t (Nadeau & Bengio)",
    )


def _reason(models: pd.DataFrame, specialist: str, against: Against, n_tasks: int, n_candidates: int) -> str:
    if not n_tasks:
        return f"no task of its domain that {ENOUGH_GENERALISTS} generalists were run on"
    if against != "any size, today":
        size = models.loc[models["model"] == specialist, "n_parameters"]
        if not size.notna().any():
            return "its number of parameters is not known"
    if not n_candidates:
        return "no such generalist was run on all of its tasks"
    return "one task: no other to choose on" if n_tasks == 1 else ""
