"""The same gap under other choices: which weighting, which scores, which unit, which single task carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.effects import fit, make_blocks
from findomain.stats.exposure import exposure_effect, without_exposure
from findomain.stats.gap import WEIGHTINGS, domain_gap

WELL_KNOWN = 20  # models on a task from which its level hardly moves with which models they are


def gap_variants(scores: pd.DataFrame, *, domain: str = "finance", flags: Sequence[str] = ()) -> pd.DataFrame:
    """The pooled gap for each choice of evidence under each weighting.

    The evidence: all scores; without the scores that any of ``flags`` marks; without scores on tasks in the model's
    declared training data; with the effect of exposure taken off; with tasks of one family counted as one; without
    tasks that fewer than 20 models were run on, whose level is less well known.
    Columns: ``evidence, weighting`` and those of ``Estimate``.
    """
    parts: dict[str, pd.DataFrame] = {"all scores": scores}
    if flags:
        parts["without flagged scores"] = without_flagged(scores, flags)
    if "in_training" in scores:
        parts["without exposed scores"] = scores[scores["in_training"].astype(str) != "true"]
        parts["exposure taken off"] = without_exposure(scores, exposure_effect(scores))
    if "family" in scores:
        parts["families as units"] = merge_families(scores)
    n_models = scores.groupby("task")["model"].transform("nunique")
    if n_models.max() >= WELL_KNOWN:
        parts[f"tasks of {WELL_KNOWN} models or more"] = scores[n_models >= WELL_KNOWN]
    return pd.concat(
        [
            domain_gap(part, domain=domain, weighting=weighting)  # type: ignore[arg-type]
            .pooled.to_frame()
            .assign(evidence=evidence, weighting=weighting)
            for evidence, part in parts.items()
            for weighting in WEIGHTINGS
        ],
        ignore_index=True,
    )


def without_flagged(scores: pd.DataFrame, flags: Sequence[str]) -> pd.DataFrame:
    """Drop the rows that any of the flag columns marks.

    Raises:
        ScoresError: a flag that is no column.
    """
    unknown = [flag for flag in flags if flag not in scores.columns]
    if unknown:
        known = ", ".join(column for column in scores.columns if column.startswith("flag_"))
        raise ScoresError(f"no flag column {', '.join(unknown)}; the table has: {known}")
    return scores[~scores[list(flags)].astype(bool).any(axis=1)]


def flag_sensitivity(scores: pd.DataFrame, flags: Mapping[str, str], *, domain: str = "finance") -> pd.DataFrame:
    """The pooled gap without the scores of one flag at a time: ``without, meaning, n_removed`` and an estimate."""
    rows = [domain_gap(scores, domain=domain).pooled.to_frame().assign(without="nothing", meaning="", n_removed=0)]
    for flag, meaning in flags.items():
        kept = without_flagged(scores, [flag])
        if len(kept) < len(scores):
            gap = domain_gap(kept, domain=domain).pooled.to_frame()
            rows.append(gap.assign(without=flag, meaning=meaning, n_removed=len(scores) - len(kept)))
    return pd.concat(rows, ignore_index=True)


def merge_families(scores: pd.DataFrame) -> pd.DataFrame:
    """Count the tasks that were made of one dataset as one task.

    A model's score on a family is the mean over the tasks that it was run on, each first moved by its task effect to
    the family's mean, so that models with different tasks of a family can be compared.
    """
    moved = []
    for block in make_blocks(scores):
        effect = pd.Series(fit(block).task_effect, index=block.tasks, name="effect")
        part = scores[scores["task"].isin(effect.index) & scores["model"].isin(block.models)]
        part = part[part["task_type"] == block.task_type].join(effect, on="task")
        tasks = part.drop_duplicates("task")
        level = tasks.groupby(["family", "domain"])["effect"].mean().rename("level")
        part = part.join(level, on=["family", "domain"])
        moved.append(part.assign(score=part["score"] - part["effect"] + part["level"]))
    together = pd.concat(moved)
    keys = ["model", "family", "task_type", "domain"]
    return together.groupby(keys, as_index=False)["score"].mean().assign(task=lambda t: t["family"] + " " + t["domain"])


def domain_tasks(scores: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """Each domain task's level against the other tasks of its type, and the pooled gap without it.

    ``level`` is the score of the average model on the task less the mean over the other tasks, in units of score;
    ``in_spreads`` the same in standard deviations of those tasks. Columns: ``task, task_type, n_models, level,
    in_spreads, gap_without, p_without`` (NaN where the domain has no other task).
    """
    rows = []
    for block in make_blocks(scores):
        effect = fit(block).task_effect
        rest = effect[block.domains != domain]
        for place in np.flatnonzero(block.domains == domain):
            level = float(effect[place] - rest.mean()) if len(rest) else float("nan")
            spread = float(rest.std(ddof=1)) if len(rest) > 1 else float("nan")
            without = _gap_without(scores, str(block.tasks[place]), domain)
            rows.append(
                {
                    "task": block.tasks[place],
                    "task_type": block.task_type,
                    "n_models": int(block.present[:, place].sum()),
                    "level": level,
                    "in_spreads": level / spread,
                    "gap_without": without[0],
                    "p_without": without[1],
                }
            )
    return pd.DataFrame(rows)


def _gap_without(scores: pd.DataFrame, task: str, domain: str) -> tuple[float, float]:
    kept = scores[scores["task"] != task]
    if not kept["domain"].eq(domain).any():
        return float("nan"), float("nan")
    pooled = domain_gap(kept, domain=domain).pooled
    return pooled.estimate, pooled.p_value
