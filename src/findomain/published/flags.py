"""The blemishes of the published scores, each a boolean column, so that every analysis runs with and without."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from findomain.published.facts import VARIANT

MIN_SHARED, MIN_EQUAL = 20, 0.9
ROUNDING = 1e-6  # a perfect cosine may be a little above 1 and is no score from 0 to 100


@dataclass(frozen=True, slots=True)
class Flag:
    """One kind of blemish.

    Attributes:
        level: what it marks: ``cell``, ``task`` or ``model``.
        meaning: what is wrong, in one line.
        source: who reported it, or how it is found.
        duplicate: whether it marks a copy of evidence that the table already has; these are left out by default.
    """

    level: str
    meaning: str
    source: str
    duplicate: bool = False


FLAGS: dict[str, Flag] = {
    "flag_rescaled": Flag("cell", "score given from 0 to 100, divided by 100 here", "main score above 1"),
    "flag_negative": Flag("cell", "negative correlation, set to 0 here", "main score below 0"),
    "flag_several_files": Flag("cell", "several revisions or mteb versions of one cell", "mteb issue #5228"),
    "flag_external": Flag("cell", "no revision of the model (model card or old run)", "revision 'external' or none"),
    "flag_legacy": Flag("cell", "file in the layout before mteb 1.11", "no key 'scores'"),
    "flag_incomplete": Flag("cell", "lacks splits or subsets that the task declares", "parts counted"),
    "flag_task_twin": Flag(
        "task",
        "another edition of a dataset already counted (.v2, HardNegatives, Nano, HUME, a sum)",
        "names, adapted_from",
        True,
    ),
    "flag_domain": Flag("task", "tag and content disagree, or the domain is disputed", "data/domains.csv"),
    "flag_name": Flag("task", "name looks like finance, content is not", "names screened"),
    "flag_mislabelled": Flag("task", "relevance labels reported as wrong", "arXiv 2510.19365"),
    "flag_private": Flag("task", "private set that one vendor could see", "mteb issue #3934"),
    "flag_model_twin": Flag(
        "model", "same scores as another name on nearly every shared task", "scores compared", True
    ),
    "flag_model_variant": Flag(
        "model", "another precision, dimension or prompt of a model already counted", "name", True
    ),
    "flag_not_dense": Flag(
        "model", "cross-encoder, late interaction or sparse: no single vector a text", "mteb model type"
    ),
}
DUPLICATES = tuple(name for name, flag in FLAGS.items() if flag.duplicate)
# Choices of evidence under which a domain's gap is shown: what each leaves out.
CHOICES: dict[str, tuple[str, ...]] = {
    "as used": DUPLICATES,
    "copies in": (),
    "disputed out": (*DUPLICATES, "flag_domain"),
    "mislabelled out": (*DUPLICATES, "flag_mislabelled"),
    "private out": (*DUPLICATES, "flag_private"),
    "all of these out": (*DUPLICATES, "flag_domain", "flag_mislabelled", "flag_private"),
}
_PRIVATE = re.compile(r"^(English|Chinese|Japanese|French|German)(Finance|Healthcare)\d")
_LOOKS_LIKE_FINANCE = re.compile(r"fin(?:anc|qa|ben|para)|bank|econ|fiqa|esg|stock|tax|insur|invest|market|audit", re.I)
_AGGREGATES = ("CQADupstackRetrieval", "BrightRetrieval", "BrightLongRetrieval")


def flag_cells(cells: pd.DataFrame, n_declared: pd.Series) -> pd.DataFrame:
    """Flag and mend the cells: scores from 0 to 100 are divided, negative ones set to 0."""
    score = cells["score"]
    rescaled = score > 1 + ROUNDING
    mended = score.where(~rescaled, score / 100).clip(0, 1)
    return cells.assign(
        score=mended,
        flag_rescaled=rescaled,
        flag_negative=score < 0,
        flag_several_files=cells["n_files"] > 1,
        flag_external=cells["revision"].isin(["external", "no_revision_available", "no_revision"]),
        flag_legacy=cells["layout"] == "legacy",
        flag_incomplete=cells["n_parts"] < cells["task"].map(n_declared),
    )


def flag_tasks(tasks: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Flag the tasks; of several editions of a dataset in one task type, the one with the most models is kept."""
    n_models = cells.groupby("task")["model"].nunique()
    order = tasks.assign(n_models=tasks["task"].map(n_models).fillna(0), summed=tasks["task"].isin(_AGGREGATES))
    order = order.sort_values(["summed", "n_models", "task"], ascending=[True, False, True])
    twin = order.assign(edition=_editions(order)).duplicated(["edition", "task_type"])
    return tasks.assign(
        flag_task_twin=twin.reindex(tasks.index) | tasks["task"].isin(_AGGREGATES),
        flag_domain=(tasks["domain"] != tasks["domain_tagged"]) | tasks["domain_reason"].ne(""),
        flag_name=tasks["task"].str.contains(_LOOKS_LIKE_FINANCE) & tasks["domain"].ne("finance"),
        flag_mislabelled=tasks["task"].isin(["AILACasedocs", "AILAStatutes"]),
        flag_private=tasks["task"].str.match(_PRIVATE) | ~tasks["is_public"].astype(bool),
    )


def _editions(tasks: pd.DataFrame) -> pd.Series:
    """The source dataset of each task, or that of the task which supersedes the source."""
    source = dict(zip(tasks["task"], tasks["source_dataset"], strict=True))
    newer = {old: source[new] for old, new in zip(tasks["task"], tasks["superseded_by"], strict=True) if new in source}
    return tasks["source_dataset"].map(lambda name: newer.get(name, name))


def flag_models(models: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Flag the models; of a pair of twins the one with fewer scores is flagged."""
    kinds = models["model_type"].str.split(";")
    return models.assign(
        flag_model_twin=models["model"].isin(pairs["model"]),
        flag_model_variant=models["model"].str.contains(VARIANT),
        flag_not_dense=kinds.map(lambda names: bool(names[0]) and "dense" not in names),
    )


def twin_models(cells: pd.DataFrame) -> pd.DataFrame:
    """Pairs of models with equal scores to four decimals on 90 % of 20 or more shared tasks.

    Columns: ``model`` (the one with fewer scores), ``twin_of, n_shared, share_equal``. Scores of exactly 0 or 1 do not
    count: many models reach them.
    """
    used = cells[(cells["score"] > 0) & (cells["score"] < 1)]
    table = used.pivot_table(index="model", columns="task", values="score").round(4)
    values, count = table.to_numpy(), table.notna().sum(axis=1).to_numpy()
    rows = []
    for i in range(len(values)):
        shared = (~np.isnan(values[i])) & ~np.isnan(values[i + 1 :])
        n_shared = shared.sum(1)
        equal = ((values[i + 1 :] == values[i]) & shared).sum(1) / np.maximum(n_shared, 1)
        for j in np.flatnonzero((n_shared >= MIN_SHARED) & (equal >= MIN_EQUAL)):
            pair = sorted([i, i + 1 + int(j)], key=lambda k: (count[k], -k))
            rows.append((table.index[pair[0]], table.index[pair[1]], int(n_shared[j]), float(equal[j])))
    return pd.DataFrame(rows, columns=["model", "twin_of", "n_shared", "share_equal"])
