"""Variance components against REML and closed forms, and in simulation: unbiased, and covered by their intervals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from findomain.errors import ScoresError
from findomain.stats.crossed import cell_forms
from findomain.stats.simulate import Design, simulate_scores
from findomain.stats.variance import level_agreement, score_variance

DOMAINS = ("chemistry", "finance", "general", "law")
SD = {
    "type": 0.08,
    "domain": 0.05,
    "type x domain": 0.04,
    "task": 0.12,
    "model": 0.08,
    "model x type": 0.04,
    "model x domain": 0.03,
    "rest": 0.05,
}
DRAWN = ("task", "model", "model x type", "model x domain", "rest")
FIXED = ("type", "domain", "type x domain")


def effects(labels: pd.Series, sd: float, rng: np.random.Generator) -> np.ndarray:
    """A draw for each label, as long as the labels."""
    codes, names = pd.factorize(labels)
    return rng.normal(0, sd, len(names))[codes]


def with_effects(table: pd.DataFrame, rng: np.random.Generator, sd: dict[str, float]) -> pd.DataFrame:
    """Scores drawn anew on the cells that a table has; column ``fixed`` is the mean of the type and domain."""
    keys = {
        "type": table["task_type"],
        "domain": table["domain"],
        "type x domain": table["task_type"] + table["domain"],
        "task": table["task"],
        "model": table["model"],
        "model x type": table["model"] + table["task_type"],
        "model x domain": table["model"] + table["domain"],
        "rest": table["model"] + table["task"],
    }
    drawn = {name: effects(key, sd.get(name, 0.0), rng) for name, key in keys.items()}
    fixed = sum(drawn[name] for name in FIXED)
    return table.assign(score=0.5 + sum(drawn.values()), fixed=fixed)


def pattern(rng: np.random.Generator, *, n_models: int = 40, n_tasks: int = 90) -> pd.DataFrame:
    """Which models have which tasks, of types and four domains, most cells missing."""
    table = simulate_scores(Design(n_models=n_models, n_tasks=n_tasks, n_domain_tasks=6, missing=0.55), rng)
    tasks = table["task"].unique()
    return table.assign(domain=table["task"].map(dict(zip(tasks, rng.choice(DOMAINS, len(tasks)), strict=True))))


def balanced(n_models: int = 6, n_tasks: int = 3) -> pd.DataFrame:
    """Every model on the same number of tasks of each type and domain."""
    rows = [
        {"model": f"m{m}", "task": f"{kind}{domain}{t}", "task_type": kind, "domain": domain}
        for m in range(n_models)
        for kind in ("Classification", "Retrieval", "STS")
        for domain in ("finance", "general", "law")
        for t in range(n_tasks)
    ]
    return pd.DataFrame(rows)


def reml(scores: pd.DataFrame, formulas: dict[str, str]) -> pd.Series:
    """Restricted maximum likelihood by statsmodels, all scores one group."""
    model = smf.mixedlm("score ~ 1", scores.assign(all=1), groups="all", vc_formula=formulas)
    found = model.fit(reml=True, method=["bfgs", "powell"], maxiter=4000)
    return pd.Series([*found.vcomp, found.scale], index=[*model.exog_vc.names, "rest"])


FORMULAS = {
    "type": "0 + C(task_type)",
    "domain": "0 + C(domain)",
    "type x domain": "0 + C(task_type):C(domain)",
    "task": "0 + C(task)",
    "model": "0 + C(model)",
    "model x type": "0 + C(model):C(task_type)",
    "model x domain": "0 + C(model):C(domain)",
}


def by_name(scores: pd.DataFrame, **options: int) -> pd.DataFrame:
    return score_variance(scores, **options).set_index("component")


def test_a_balanced_table_gives_what_reml_gives() -> None:
    rng = np.random.default_rng(2)  # a draw with no component at the bound 0, where REML would part from any moments
    scores = with_effects(balanced(n_models=8), rng, SD)
    ours, theirs = by_name(scores)["variance"], reml(scores, FORMULAS)
    for name, value in theirs.items():
        assert ours[name] == pytest.approx(value, rel=2e-3), name  # as near as the optimiser comes


def test_an_unbalanced_table_comes_near_reml() -> None:
    rng = np.random.default_rng(2)
    scores = with_effects(balanced(n_models=8), rng, SD).sample(frac=0.75, random_state=2)
    ours, theirs = by_name(scores), reml(scores, FORMULAS)
    for name, value in theirs.items():
        half = (ours["variance_high"] - ours["variance_low"])[name] / 2
        assert abs(ours["variance"][name] - value) < half / 2, name


@pytest.fixture(scope="module")
def draws() -> pd.DataFrame:
    """Estimates of many drawn tables with most cells missing, a row a component and table, with the truth."""
    rows = []
    for seed in range(40):
        rng = np.random.default_rng(1000 + seed)
        scores = with_effects(pattern(rng), rng, SD)
        found = by_name(scores, groups=15)
        truth = {name: SD[name] ** 2 for name in DRAWN} | among_the_cells(scores)
        rows.append(found[["variance", "variance_low", "variance_high"]].assign(truth=pd.Series(truth), seed=seed))
    return pd.concat(rows).dropna().reset_index()


def among_the_cells(scores: pd.DataFrame) -> dict[str, float]:
    """Variances of type, domain and their interaction among the levels of one table, from the cells' true means."""
    tasks = scores.drop_duplicates("task").groupby(["task_type", "domain"])
    cells = tasks.agg(mean=("fixed", "first"), n_tasks=("task", "size")).reset_index()
    types, domains = (pd.factorize(cells[column])[0] for column in ("task_type", "domain"))
    forms = cell_forms(types, domains, cells["n_tasks"].to_numpy(float))
    return dict(zip(FIXED, np.einsum("i,kij,j->k", cells["mean"], forms, cells["mean"]), strict=True))


@pytest.mark.parametrize("name", [*DRAWN, *FIXED])
def test_unbiased_in_simulation(draws: pd.DataFrame, name: str) -> None:
    part = draws[draws["component"] == name]
    error = part["variance"] - part["truth"]
    assert len(part) == draws["seed"].nunique()
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(len(part))
    if name in DRAWN:
        assert error.std() < 0.5 * SD[name] ** 2  # so that the line above says something


@pytest.mark.parametrize("name", [*DRAWN, *FIXED])
def test_intervals_cover_in_simulation(draws: pd.DataFrame, name: str) -> None:
    part = draws[draws["component"] == name]
    covered = part["variance_low"].le(part["truth"]) & part["truth"].le(part["variance_high"])
    assert covered.mean() >= 0.82  # 0.95 less twice the error of 40 draws, and what skewness costs with 40 models
    # Rest: tasks and models both hold the spread of single scores, so the sum is on the safe side.
    assert name == "rest" or ((part["variance_high"] - part["variance_low"]) / 2).median() < 4 * part["variance"].std()


def test_single_scores_as_units_would_be_too_sure(draws: pd.DataFrame) -> None:
    """The number of scores is not the number of models: the estimate spreads far more than it would by the former."""
    part = draws[draws["component"] == "model"]
    as_if_scores = SD["model"] ** 2 * np.sqrt(2 / len(pattern(np.random.default_rng(0))))
    assert part["variance"].std() > 3 * as_if_scores


@pytest.fixture(scope="module")
def without_domain() -> pd.DataFrame:
    """The same where domain has no part in a score."""
    rows = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        sd = SD | {"domain": 0.0, "type x domain": 0.0, "model x domain": 0.0}
        rows.append(by_name(with_effects(pattern(rng), rng, sd), groups=15))
    return pd.concat(rows).reset_index()


@pytest.mark.parametrize("name", ["domain", "type x domain", "model x domain", "domain with its interactions"])
def test_no_part_is_not_found(without_domain: pd.DataFrame, name: str) -> None:
    part = without_domain[without_domain["component"] == name]
    assert (part["variance_low"] > 0).mean() <= 0.1
    assert abs(part["variance"].mean()) < 3 * part["variance"].std() / np.sqrt(len(part))


def test_a_planted_order_of_models_by_domain_is_found() -> None:
    rng = np.random.default_rng(3)
    found = by_name(with_effects(pattern(rng), rng, SD | {"model x domain": 0.08}), groups=15)
    assert found.loc["model x domain", "variance_low"] > 0
    assert found.loc["model x domain", "sd_points"] == pytest.approx(8, abs=2)


@pytest.mark.parametrize("across", ["domain", "type"])
def test_agreement_of_levels_is_the_planted_one(across: str) -> None:
    planted = SD["model"] ** 2 / (SD["model"] ** 2 + SD[f"model x {across}"] ** 2)
    found = []
    for seed in range(10):
        rng = np.random.default_rng(200 + seed)
        found.append(level_agreement(with_effects(pattern(rng), rng, SD), across=across, groups=10))  # type: ignore[arg-type]
    assert np.mean([e.estimate for e in found]) == pytest.approx(planted, abs=0.05)
    assert sum(e.ci_low <= planted <= e.ci_high for e in found) >= 7


def test_exposure_is_unbiased_and_covered() -> None:
    found = []
    for seed in range(16):
        scores = exposed(0.04, 0.03, seed)
        row = by_name(scores, groups=10).loc["exposure"]
        truth = scores["added"].var(ddof=0)
        found.append((row["variance"] - truth, row["variance_low"] <= truth <= row["variance_high"]))
    error, covered = np.array(found).T
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(len(error))
    assert covered.mean() >= 0.8


def exposed(slope: float, unknown: float, seed: int = 4) -> pd.DataFrame:
    """Scores with a planted effect of exposure, true and unknown."""
    rng = np.random.default_rng(seed)
    scores = with_effects(pattern(rng, n_models=60), rng, SD | {"model": 0.02})
    hidden = scores["model"].isin(scores["model"].unique()[::3])
    state = np.where(hidden, "unknown", np.where(rng.random(len(scores)) < 0.3, "true", "false"))
    added = slope * (state == "true") + unknown * (state == "unknown")
    return scores.assign(score=scores["score"] + added, in_training=state, added=added)


def test_a_planted_exposure_is_found_and_taken_off_the_rest() -> None:
    scores = exposed(0.1, 0.15)
    found, plain = by_name(scores, groups=15), by_name(exposed(0.0, 0.0), groups=15)
    row = found.loc["exposure"]
    assert row["n_levels"] == 3
    assert row["variance"] == pytest.approx(scores["added"].var(ddof=0), rel=0.25)
    assert row["variance_low"] > 0
    assert plain.loc["exposure", "variance_low"] <= 0
    for name in ("task", "model", "rest"):
        assert found.loc[name, "variance"] == pytest.approx(plain.loc[name, "variance"], rel=1e-6), name


def test_three_ways_part_what_two_mix() -> None:
    rng = np.random.default_rng(5)
    scores = with_effects(pattern(rng, n_models=60), rng, SD)
    cell = scores["model"] + scores["task_type"] + scores["domain"]
    found = by_name(scores.assign(score=scores["score"] + effects(cell, 0.05, rng)), three_way=True, groups=15)
    assert found.loc["model x type x domain", "sd_points"] == pytest.approx(5, abs=1.2)
    assert found.loc["rest", "sd_points"] == pytest.approx(100 * SD["rest"], abs=0.4)


def test_shares_add_up() -> None:
    rng = np.random.default_rng(6)
    found = by_name(with_effects(pattern(rng), rng, SD), groups=10)
    parts = found.drop(index=["total", "domain with its interactions"])
    assert parts["variance"].sum() == pytest.approx(found.loc["total", "variance"])
    assert parts["share"].sum() == pytest.approx(1)
    of_domain = parts.loc[["domain", "type x domain", "model x domain"], "variance"].sum()
    assert found.loc["domain with its interactions", "variance"] == pytest.approx(of_domain)
    assert (found["sd_points_low"] <= found["sd_points"]).all()
    assert (found["sd_points"] <= found["sd_points_high"]).all()


def test_parts_with_a_single_level_are_left_out() -> None:
    rng = np.random.default_rng(7)
    scores = with_effects(pattern(rng), rng, SD)
    one_type = by_name(scores[scores["task_type"] == "Retrieval"], groups=10)
    assert [name for name in one_type.index if "type" in name] == []
    one_domain = by_name(scores[scores["domain"] == "law"], groups=10)
    assert [name for name in one_domain.index if "domain" in name] == []


def useless() -> Iterator[tuple[str, pd.DataFrame]]:
    table = balanced(n_models=4, n_tasks=2).assign(score=0.5)
    yield "expected at least 3", table[table["model"].isin(["m0", "m1"])]
    yield "no task type has two tasks", table[table["task"].str.endswith("0")]
    diagonal = {"Classification": "finance", "Retrieval": "general", "STS": "law"}
    yield "cannot be told apart", table[table["task_type"].map(diagonal) == table["domain"]]


@pytest.mark.parametrize(("message", "scores"), list(useless()), ids=["few", "one task a cell", "type is domain"])
def test_what_cannot_be_estimated_is_said(message: str, scores: pd.DataFrame) -> None:
    with pytest.raises(ScoresError, match=message):
        score_variance(scores)


def test_agreement_between_domains_needs_two() -> None:
    with pytest.raises(ScoresError, match="single domain"):
        level_agreement(balanced().assign(score=0.5, domain="law"))
