"""The tables of the explorer: one row a model, one row a task."""

from __future__ import annotations

import pandas as pd

from findomain.published import FLAGS, load_models, load_tasks
from findomain.report.style import POINTS
from findomain.stats import domain_ranks, model_effects
from findomain.stats.effects import fit, make_blocks


def model_table(scores: pd.DataFrame, *, domain: str = "finance", min_tasks: int = 2) -> pd.DataFrame:
    """Facts of each model with its level in a domain and elsewhere, in points above the average model."""
    sides = {domain: scores["domain"] == domain, "other": scores["domain"] != domain}
    types = scores.loc[sides[domain], "task_type"].unique()
    facts = load_models().set_index("model")
    flags = [name for name, flag in FLAGS.items() if flag.level == "model"]
    table = pd.DataFrame({"tasks": scores.groupby("model")["task"].nunique()}).join(facts)
    ranks = domain_ranks(scores, domain=domain).rank(ascending=False)
    for side, (name, chosen) in zip(("domain", "other"), sides.items(), strict=True):
        part = scores[chosen & scores["task_type"].isin(types)]
        table[name] = model_effects(part, min_tasks=min_tasks) * POINTS
        table[f"{name} rank"] = ranks[side].astype("Int64")
    shown = {
        f"{domain} rank": table[f"{domain} rank"],
        "other rank": table["other rank"],
        domain: table[domain],
        "other": table["other"],
        "tasks": table["tasks"],
        "parameters, millions": (table["n_parameters"] / 1e6).round().astype("Int64"),
        "dimensions": table["dimensions"].astype("Int64"),
        "released": table["release_date"].fillna(""),
        "open weights": table["open_weights"].astype("boolean"),
        "training data": table["training_declared"].map({True: "declared", False: "unknown"}),
        "flagged": table[flags].any(axis=1),
        "base model": table["base_model"],
    }
    return pd.DataFrame(shown).rename_axis("model").sort_values("other rank", kind="stable").reset_index()


def task_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Facts of each task with the score of the average model on it, 0-1."""
    fits = [fit(block) for block in make_blocks(scores)]
    level = pd.concat([pd.Series(f.task_effect, index=f.block.tasks) for f in fits])
    facts = load_tasks().set_index("task")
    flags = [name for name, flag in FLAGS.items() if flag.level == "task"]
    table = pd.DataFrame(
        {
            "type": facts["task_type"],
            "domain": facts["domain"],
            "language": facts["language"],
            "family": facts["family"],
            "year": facts["year"].astype("Int64"),
            "items": facts["n_items"].astype("Int64"),
            "text length": facts["text_length"],
            "models": scores.groupby("task")["model"].nunique(),
            "score": level,
            "flagged": facts[flags].any(axis=1),
        }
    )
    return table[table["models"].notna()].astype({"models": int}).rename_axis("task").sort_index().reset_index()
