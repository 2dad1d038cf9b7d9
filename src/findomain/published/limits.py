"""What the published scores are too few or of the wrong kind for: counts that every reader of a result should know."""

from __future__ import annotations

import pandas as pd

from findomain.published.tables import load_models, load_tasks

ORDER = ("finance", "law", "medicine", "chemistry", "programming", "general")


def task_counts(scores: pd.DataFrame) -> pd.DataFrame:
    """Tasks by type (rows) and domain (columns), with the row and column ``all``."""
    tasks = scores.drop_duplicates("task")
    counts = pd.crosstab(tasks["task_type"], tasks["domain"])
    order = [name for name in ORDER if name in counts] + sorted(set(counts) - set(ORDER))
    counts = counts[order].assign(all=counts.sum(axis=1))
    return pd.concat([counts, counts.sum().to_frame("all").T]).rename_axis("task_type").rename_axis(None, axis=1)


def evidence_limits(scores: pd.DataFrame, *, domain: str = "finance") -> dict[str, float]:
    """Counts and shares (0-1) that say how far a table of published scores can carry.

    ``n_scores, n_models, n_tasks, n_families, n_domain_tasks, n_domain_families``; ``types_without``: task types that
    have no task of the domain; ``share_present``: cells of model and task that have a score; ``models_with_domain``:
    models with a score on the domain; ``models_with_half``: those that ran half of its tasks; ``share_unknown``:
    scores of models that declare no training data; ``share_no_revision``: scores that name no revision of the model;
    ``n_disputed``: tasks whose tag and content disagree; ``n_undated``: models without a release date.
    """
    inside = scores[scores["domain"] == domain]
    per_model = inside.groupby("model")["task"].nunique()
    n_models, n_tasks, n_inside = (
        scores["model"].nunique(),
        scores["task"].nunique(),
        inside["task"].nunique(),
    )
    dated = load_models().set_index("model")["release_date"]
    return {
        "n_scores": len(scores),
        "n_models": n_models,
        "n_tasks": n_tasks,
        "n_families": scores["family"].nunique(),
        "n_domain_tasks": n_inside,
        "n_domain_families": inside["family"].nunique(),
        "types_without": scores["task_type"].nunique() - inside["task_type"].nunique(),
        "share_present": len(scores) / (n_models * n_tasks),
        "models_with_domain": len(per_model),
        "models_with_half": int((per_model >= n_inside / 2).sum()),
        "share_unknown": float((scores["in_training"] == "unknown").mean()),
        "share_no_revision": float(scores["flag_external"].mean()),
        "n_disputed": int(scores.loc[scores["flag_domain"], "task"].nunique()),
        "n_undated": int(dated.reindex(scores["model"].unique()).isna().sum()),
    }


def other_languages(*, domain: str = "finance", language: str = "eng") -> dict[str, int]:
    """Published tasks in languages that the analyses leave out: all, and those of the domain."""
    tasks = load_tasks()
    tasks = tasks[tasks["language"] != language]
    return {"n_tasks": len(tasks), "n_domain_tasks": int((tasks["domain"] == domain).sum())}
