"""Several domains side by side, each against all other tasks, and a domain of the user's own: a list of tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.gap import Weighting, domain_gap
from findomain.stats.multiplicity import holm
from findomain.stats.power import gap_power
from findomain.stats.sensitivity import without_flagged


def with_domain(scores: pd.DataFrame, name: str, tasks: Sequence[str]) -> pd.DataFrame:
    """The scores with the listed tasks as the domain ``name``; each leaves the domain that it had.

    Raises:
        ScoresError: no task, a task that the table does not have (with the nearest names) or that is listed twice, no
            name, or a name that other tasks have as their domain.
    """
    if not name:
        raise ScoresError("a domain of listed tasks needs a name; expected one of at least one letter")
    if not len(tasks):
        raise ScoresError(f"no task is listed for the domain {name!r}")
    known = [str(task) for task in scores["task"].unique()]
    nearest = {task.lower(): task for task in known}
    for task in tasks:
        if task not in known:
            near = [nearest[key] for key in get_close_matches(str(task).lower(), list(nearest), n=3, cutoff=0.4)]
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise ScoresError(f"no task {task!r} in the table{hint}")
    twice = [task for task, n in Counter(tasks).items() if n > 1]
    if twice:
        raise ScoresError(f"task {twice[0]!r} is listed twice")
    listed = scores["task"].isin(tasks)
    others = scores.loc[~listed & scores["domain"].eq(name), "task"].unique()
    if len(others):
        raise ScoresError(
            f"{name!r} is the domain of {len(others)} tasks that are not listed, {others[0]} among them; "
            "expected another name, or a list that holds them"
        )
    return scores.assign(domain=scores["domain"].astype(str).mask(listed, name))


def domain_tables(
    scores: pd.DataFrame, domains: Sequence[str], *, name: str | None = None, tasks: Sequence[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Each domain with the table that it is a domain in, those that the table lacks left out.

    ``tasks`` adds a domain of one's own (``name``, or ``own``) on a table of its own, so the others keep their tasks.

    Raises:
        ScoresError: see ``with_domain``.
    """
    present = set(scores["domain"])
    tables = {domain: scores for domain in domains if domain in present}
    if tasks is not None:
        own = name or "own"
        tables[own] = with_domain(scores, own, [tasks] if isinstance(tasks, str) else tasks)
    return tables


def domain_gaps(tables: Mapping[str, pd.DataFrame], *, weighting: Weighting = "types") -> pd.DataFrame:
    """The gap of each domain, pooled and by task type: ``GapResult.to_frame`` stacked, and ``p_holm``.

    ``p_holm`` is corrected over all rows of single types (Holm 1979), NaN for pooled ones.
    """
    rows = pd.concat(
        [domain_gap(part, domain=domain, weighting=weighting).to_frame() for domain, part in tables.items()],
        ignore_index=True,
    )
    return rows.assign(p_holm=holm(rows["p_value"].where(rows["task_type"] != "pooled")))


def domain_power(tables: Mapping[str, pd.DataFrame], *, gap: float = 0.05) -> pd.DataFrame:
    """``gap_power`` of each domain, a row each."""
    return pd.concat(
        [gap_power(part, domain=domain, gap=gap).to_frame() for domain, part in tables.items()], ignore_index=True
    )


def domain_variants(tables: Mapping[str, pd.DataFrame], drops: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The pooled gap of each domain without the scores that some flags mark, for each choice of flags.

    ``drops`` maps the name of a choice to the flag columns that it drops; the first is the choice that the others are
    compared with. Columns ``domain, evidence, n_removed`` (the domain's tasks less than with the first; negative: more)
    and those of a gap. A choice that leaves a domain nothing to compare is left out.
    """
    rows = []
    for domain, scores in tables.items():
        n_first = None
        for name, flags in drops.items():
            kept = without_flagged(scores, flags)
            n_tasks = kept.loc[kept["domain"].eq(domain), "task"].nunique()
            n_first = n_tasks if n_first is None else n_first
            try:
                pooled = domain_gap(kept, domain=domain).to_frame().head(1)
            except ScoresError:
                continue
            rows.append(pooled.assign(evidence=name, n_removed=n_first - n_tasks))
    return pd.concat(rows, ignore_index=True)
