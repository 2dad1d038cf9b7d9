"""Which measures are fit to be controls, in simulation: planted, confounded, collinear, and of no effect."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from findomain.errors import ScoresError
from findomain.stats.multiplicity import holm
from findomain.stats.regression import TaskTable, task_table
from findomain.stats.simulate import Design, simulate_scores
from findomain.stats.validity import MIN_BEYOND, POOLED, validate_controls, validate_items

DRAWS = 40


def tasks(seed: int, *, within: float = 0.0, shift: float = 0.0, gap: float = 0.0, **design: float) -> TaskTable:
    """A measure that moves scores by ``within`` a unit among tasks of a cell and lies ``shift`` higher in finance."""
    rng = np.random.default_rng(seed)
    sizes = {"n_models": 12, "n_tasks": 80, "n_domain_tasks": 20, "missing": 0.1, "sd_model_domain": 0.0}
    table = task_table(simulate_scores(Design(**(sizes | {"gap": gap} | design)), rng))  # type: ignore[arg-type]
    inside = table.frame["domain"].eq("finance").to_numpy()
    measure = rng.normal(size=len(inside))
    effect = table.frame["effect"] + within * measure
    return replace(table, frame=table.frame.assign(measure=measure + shift * inside, effect=effect))


def pooled(table: TaskTable) -> pd.Series:
    return validate_controls(table, ["measure"]).set_index("task_type").loc[POOLED]


@pytest.fixture(scope="module")
def planted() -> pd.DataFrame:
    return pd.DataFrame([pooled(tasks(seed, within=0.1)) for seed in range(DRAWS)])


def test_a_planted_measure_passes(planted: pd.DataFrame) -> None:
    """At .55 within cells and 70 tasks beyond them a test at 1 % finds it nearly always."""
    assert planted["passes"].mean() > 0.95
    assert (planted.loc[planted["passes"].astype(bool), "reason"] == "").all()
    assert (planted["gain"] > 0.1).mean() > 0.9


def test_its_slope_and_correlation_are_covered(planted: pd.DataFrame) -> None:
    rho = 0.1 / np.hypot(0.1, 0.15)
    assert 0.88 <= ((planted["ci_low"] <= rho) & (rho <= planted["ci_high"])).mean() <= 1
    assert 0.88 <= ((planted["slope_low"] <= 0.1) & (planted["slope_high"] >= 0.1)).mean() <= 1


def test_what_only_differs_between_domains_does_not_pass() -> None:
    """Over all tasks it goes with the score; among tasks of one domain and type it says nothing."""
    found, across = [], []
    for seed in range(DRAWS):
        table = tasks(seed, shift=1.5, gap=-0.3)
        found.append(pooled(table))
        across.append(table.frame["measure"].corr(table.frame["effect"]))
    rows = pd.DataFrame(found)
    assert np.mean(across) < -0.25
    assert rows["passes"].mean() <= 0.05
    assert rows["reason"].str.startswith("no correlation within domain and type").mean() >= 0.9
    assert rows["r_domain"].mean() > 0.4


def test_what_is_the_domain_is_called_collinear() -> None:
    rows = pd.DataFrame([pooled(tasks(seed, within=0.1, shift=4.0)) for seed in range(20)])
    assert not rows["passes"].any()
    assert rows["reason"].str.startswith("collinear").mean() > 0.9
    assert (rows["r_balanced"] > rows["r_domain"]).all()
    assert np.allclose(rows["vif"], 1 / (1 - rows["r_domain"] ** 2))


def test_balanced_correlation_does_not_depend_on_how_rare_the_domain_is() -> None:
    few = np.mean([pooled(tasks(s, shift=3.0, n_domain_tasks=8))["r_balanced"] for s in range(20)])
    half = np.mean([pooled(tasks(s, shift=3.0, n_domain_tasks=40))["r_balanced"] for s in range(20)])
    assert few == pytest.approx(half, abs=0.03)
    assert half == pytest.approx(3 / np.hypot(3, 2), abs=0.03)  # Cohen's d / sqrt(d^2 + 4)


def test_of_no_effect_none_passes() -> None:
    """Three measures, every type and pooled, the domain's tasks spreading twice as much: at most 5 % have any."""
    any_passes = []
    for seed in range(40):
        table = tasks(seed, domain_spread=2.0)
        more = np.random.default_rng(seed + 1000).lognormal(size=(len(table.frame), 2))
        table = replace(table, frame=table.frame.assign(second=more[:, 0], third=more[:, 1]))
        any_passes.append(validate_controls(table, ["measure", "second", "third"])["passes"].any())
    assert np.mean(any_passes) <= 0.05


def test_holm_equals_statsmodels() -> None:
    p_values = np.array([0.04, 0.001, np.nan, 0.5, 0.012, 0.012])
    tested = np.isfinite(p_values)
    assert holm(p_values)[tested] == pytest.approx(multipletests(p_values[tested], method="holm")[1])
    assert np.isnan(holm(p_values)[2])


def test_the_reasons() -> None:
    table = tasks(0, within=0.1)
    frame = table.frame.assign(
        constant=1.0, few=table.frame["measure"].where(np.arange(len(table.frame)) < MIN_BEYOND), domain_only=0.0
    )
    frame["domain_only"] = frame["domain"].eq("finance").astype(float)
    rows = validate_controls(replace(table, frame=frame), ["constant", "few", "domain_only"])
    reason = rows[rows["task_type"] == POOLED].set_index("measure")["reason"]
    assert reason["constant"] == reason["domain_only"] == "does not vary within domain and type"
    assert reason["few"].startswith("too few tasks")
    with pytest.raises(ScoresError, match="no column 'fog'"):
        validate_controls(table, ["fog"])


def test_one_task_cannot_make_a_control() -> None:
    """A slope that a single far task makes: the plain test is impressed, the verdict is not."""
    table = tasks(3)
    frame = table.frame.copy()
    largest = frame.groupby("task_type")["task"].transform("size").idxmax()
    frame.loc[largest, ["measure", "effect"]] = 12.0, 2.5
    row = pooled(replace(table, frame=frame))
    assert row["p_fisher"] < 0.001
    assert not row["passes"]


def test_families_are_one_witness() -> None:
    """Tasks made of 25 datasets share what they are; the measure is the dataset's and has no effect."""
    rejected = []
    for seed in range(60):
        table = tasks(seed, n_tasks=100, n_domain_tasks=20)
        rng = np.random.default_rng(seed)
        family = rng.integers(0, 25, len(table.frame))
        shared = rng.normal(size=(2, 25))[:, family]
        frame = table.frame.assign(
            family=family.astype(str), measure=shared[0], effect=table.frame["effect"] + 0.3 * shared[1]
        )
        table = replace(table, frame=frame)
        row = validate_controls(table, ["measure"], family="family").set_index("task_type").loc[POOLED]
        alone = frame.groupby(["task_type", "domain"])["task"].transform("size") == 1
        assert row["n_groups"] == frame.loc[~alone, "family"].nunique()
        rejected.append([row["p_fisher"] < 0.05, row["p_value"] < 0.05, row["passes"]])
    fisher, both, passes = np.mean(rejected, axis=0)
    assert fisher > 0.2
    assert both <= 0.1
    assert passes <= 0.05


def items(seed: int, *, within: float, shared: float = 1.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two types of 60 pairs and four models; twins share most of what an item is."""
    rng = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product(
        [["Retrieval", "STS"], range(60), ["finance", "general"]], names=["task_type", "pair", "domain"]
    ).to_frame(index=False)
    pair = np.repeat(np.arange(120), 2)
    x, y = (shared * rng.normal(size=120)[pair] + 0.5 * rng.normal(size=240) for _ in range(2))
    level = keys["domain"].eq("finance").to_numpy() * 1.0
    values = keys.assign(words=x + level)
    noise = [rng.normal(0, 0.5, 240) for _ in range(4)]
    table = [keys.assign(model=f"m{k}", value=0.1 * y + within * x - level + 0.1 * e) for k, e in enumerate(noise)]
    return pd.concat(table, ignore_index=True), values


def test_items_of_pairs() -> None:
    rows = [validate_items(*items(seed, within=0.05)).set_index("task_type").loc[POOLED] for seed in range(20)]
    assert np.mean([row["passes"] for row in rows]) >= 0.9
    assert all(row["n_items"] == 240 and row["n_pairs"] == 120 and row["n_cells"] == 4 for row in rows)
    assert np.mean([row["same_sign"] for row in rows]) == 1


def test_items_of_no_effect_do_not_pass() -> None:
    passes = [validate_items(*items(seed, within=0.0))["passes"].any() for seed in range(100)]
    assert np.mean(passes) <= 0.06


def test_items_without_values_are_told() -> None:
    table, values = items(0, within=0.0)
    with pytest.raises(ScoresError, match="nothing in common"):
        validate_items(table, values.assign(pair=values["pair"] + 1000))
