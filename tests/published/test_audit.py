"""The flags find blemishes that were planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from findomain.published.flags import flag_models, flag_tasks, twin_models


def scores(models: dict[str, np.ndarray]) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame({"model": name, "task": [f"t{i}" for i in range(len(values))], "score": values})
            for name, values in models.items()
        ],
        ignore_index=True,
    ).dropna()


def test_a_model_under_two_names_is_found_with_the_smaller_table_flagged() -> None:
    rng = np.random.default_rng(0)
    original, other = rng.uniform(0.2, 0.8, (2, 30))
    copy = np.append(original[:25], [np.nan] * 5)
    copy[0] += 0.1
    pairs = twin_models(scores({"original": original, "other": other, "copy": copy}))
    assert pairs.to_dict("records") == [
        {"model": "copy", "twin_of": "original", "n_shared": 25, "share_equal": pytest.approx(24 / 25)}
    ]


def test_few_shared_tasks_or_scores_of_zero_and_one_make_no_twins() -> None:
    values = np.linspace(0.2, 0.8, 19)
    assert twin_models(scores({"a": values, "b": values})).empty
    flat = np.repeat([0.0, 1.0], 20)
    assert twin_models(scores({"a": flat, "b": flat})).empty


def tasks(**columns: list[object]) -> pd.DataFrame:
    n = len(columns["task"])
    default = {
        "task_type": ["Retrieval"] * n,
        "source_dataset": columns["task"],
        "domain": ["general"] * n,
        "domain_tagged": ["general"] * n,
        "domain_reason": [""] * n,
        "superseded_by": [""] * n,
        "is_public": [True] * n,
    }
    return pd.DataFrame(default | columns)


def test_planted_tasks_are_flagged() -> None:
    planted = tasks(
        task=["FinParaSTS", "EnglishFinance1Retrieval", "AILACasedocs", "Hidden", "Moved", "Plain"],
        domain=["general", "finance", "law", "general", "finance", "general"],
        domain_tagged=["general", "finance", "law", "general", "general", "general"],
        is_public=[True, True, True, False, True, True],
    )
    flagged = flag_tasks(planted, pd.DataFrame({"task": ["Plain"], "model": ["m"]})).set_index("task")
    marked = {name: flagged.index[flagged[name]].tolist() for name in flagged.columns if name.startswith("flag_")}
    assert marked == {
        "flag_task_twin": [],
        "flag_domain": ["Moved"],
        "flag_name": ["FinParaSTS"],
        "flag_mislabelled": ["AILACasedocs"],
        "flag_private": ["EnglishFinance1Retrieval", "Hidden"],
    }


def test_of_two_editions_the_one_with_more_models_is_kept() -> None:
    editions = tasks(task=["X", "X.v2", "XRanked"], source_dataset=["X"] * 3)
    editions["task_type"] = ["Retrieval", "Retrieval", "Reranking"]
    cells = pd.DataFrame({"task": ["X", "X.v2", "X.v2"], "model": ["a", "a", "b"]})
    assert flag_tasks(editions, cells)["flag_task_twin"].tolist() == [True, False, False]


def test_variants_and_other_kinds_of_models_are_flagged() -> None:
    models = pd.DataFrame(
        {"model": ["a/a", "a/a_(embed_dim=256)", "a/ce", "a/both", "a/?"],
         "model_type": ["dense", "dense", "cross-encoder", "dense;late-interaction", ""]}
    )  # fmt: skip
    pairs = pd.DataFrame({"model": ["a/both"], "twin_of": ["a/a"]})
    flagged = flag_models(models, pairs)
    assert flagged["flag_model_variant"].tolist() == [False, True, False, False, False]
    assert flagged["flag_not_dense"].tolist() == [False, False, True, False, False]
    assert flagged["flag_model_twin"].tolist() == [False, False, False, True, False]
