"""The paper's own tables set beside the published general scores of the same models."""

from __future__ import annotations

import pandas as pd

from findomain.published.tables import load_paper, load_scores, load_tasks

TYPES = ("STS", "Retrieval", "Classification", "Clustering", "Reranking", "PairClassification", "Summarization")


def recomputed_averages() -> pd.DataFrame:
    """The printed averages of the paper's two tables by task type, and the mean of the seven printed types.

    Columns ``model, language, printed, recomputed, agrees`` (to one unit of the fourth decimal, which the rounding
    of the seven printed numbers allows).
    """
    frames = []
    for language in ("english", "chinese"):
        table = load_paper(f"finmteb_{language}_by_task_type")
        recomputed = table[list(TYPES)].mean(axis=1)
        printed = table["average_as_printed"]
        frames.append(
            pd.DataFrame(
                {
                    "model": table["model"],
                    "language": language,
                    "printed": printed,
                    "recomputed": recomputed.round(4),
                    "agrees": (printed - recomputed).abs() <= 1.0001e-4,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def paper_gaps() -> pd.DataFrame:
    """FinMTEB (the paper's table) less MTEB(eng, v1) (published scores), by model and task type.

    The archive holds the 48 of MTEB's 56 tasks that are in English alone; a model counts when it has at least 47 of
    them. Columns ``model, task_type, general, finance, difference``.
    """
    names = load_paper("models").set_index("published")["model"]
    tasks = load_tasks()
    scores = load_scores()
    scores = scores[scores["task"].isin(tasks.loc[tasks["mteb_eng_v1"], "task"]) & scores["model"].isin(names.index)]
    enough = scores.groupby("model")["task"].nunique()
    scores = scores[scores["model"].isin(enough.index[enough >= enough.max() - 1])]
    general = scores.groupby(["model", "task_type"])["score"].mean().rename("general").reset_index()
    general = general.assign(model=general["model"].map(names))
    finance = load_paper("finmteb_english_by_task_type").melt("model", list(TYPES), "task_type", "finance")
    both = general.merge(finance, on=["model", "task_type"])
    return both.assign(difference=both["finance"] - both["general"]).sort_values(
        ["model", "task_type"], ignore_index=True
    )


def paper_averages() -> pd.DataFrame:
    """FinMTEB less MTEB for each model of ``paper_gaps`` under two averages of MTEB, score units.

    ``as_printed``: mean over task types less mean over datasets, the paper's mixture. ``types_alike``: task types
    weighted alike on both sides. ``without_sts``: the same without STS, which is two datasets in FinMTEB.
    """
    gaps = paper_gaps()
    tasks = load_tasks()
    names = load_paper("models").set_index("published")["model"]
    scores = load_scores()
    v1 = scores[scores["task"].isin(tasks.loc[tasks["mteb_eng_v1"], "task"])]
    over_datasets = v1.assign(model=v1["model"].map(names)).groupby("model")["score"].mean()
    by_model = gaps.groupby("model")
    return pd.DataFrame(
        {
            "as_printed": by_model["finance"].mean() - over_datasets.reindex(by_model["finance"].mean().index),
            "types_alike": by_model["difference"].mean(),
            "without_sts": gaps[gaps["task_type"] != "STS"].groupby("model")["difference"].mean(),
        }
    ).reset_index()


def finmteb_counts() -> dict[str, int]:
    """How many datasets the public code of FinMTEB defines: by language, and how many differ in path and revision."""
    tasks = load_paper("finmteb_tasks")
    return {
        "claimed": 64,
        "defined": len(tasks),
        "english": int((tasks["language"] == "eng").sum()),
        "chinese": int((tasks["language"] == "zho").sum()),
        "distinct": len(tasks.drop_duplicates(["hub_path", "hub_revision"])),
    }


def corrected_paired_tests() -> pd.DataFrame:
    """The paper's paired tests of adapted against generic models with Holm's correction over all of them.

    Columns ``comparison, task_type, n_datasets, difference, p_printed, p_holm``.
    """
    from statsmodels.stats.multitest import multipletests

    table = load_paper("adapted_vs_generic_paired_tests")
    pairs = {"Fin-E5 against e5-mistral": ("fin_e5", "e5_mistral"), "FinBERT against BERT": ("finbert", "bert")}
    long = pd.concat(
        [
            table[["task_type", "n_datasets"]].assign(
                comparison=name, difference=table[adapted] - table[base], p_printed=table[f"p_{adapted}"]
            )
            for name, (adapted, base) in pairs.items()
        ],
        ignore_index=True,
    )
    return long.assign(p_holm=multipletests(long["p_printed"], method="holm")[1])[
        ["comparison", "task_type", "n_datasets", "difference", "p_printed", "p_holm"]
    ]
