"""The gap within pairs: by hand, against a paired t test, its coverage in simulation, a planted gap that is found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from findomain.errors import ScoresError
from findomain.evaluators import item_values, sts
from findomain.stats import gap_by_model, gap_without_type, mismatch_sensitivity, paired_bootstrap, paired_gap
from findomain.stats.paired import gaps_frame

TYPES = ("STS", "Retrieval", "Classification")
# Twelve hundred simulations: 95 % plus and minus three standard errors.
SIMULATIONS, SLACK = 1200, 0.019


def simulated(
    rng: np.random.Generator, *, gap: float = 0.0, n_models: int = 6, n_pairs: int = 40, model_sd: float = 0.03
) -> pd.DataFrame:
    """Items with a level a model and pair, a gap that differs by pair and by model, and noise."""
    rows = []
    for kind in TYPES:
        by_pair = rng.normal(0, 0.2, n_pairs)
        differs = gap + rng.normal(0, 0.15, n_pairs)[:, None] + rng.normal(0, model_sd, n_models)
        general = 0.6 + by_pair[:, None] + rng.normal(0, 0.05, (n_pairs, n_models))
        for domain, values in (("general", general), ("finance", general + differs)):
            noisy = values + rng.normal(0, 0.1, values.shape)
            rows += [(f"m{m}", kind, f"p{i:02}", domain, noisy[i, m]) for i in range(n_pairs) for m in range(n_models)]
    return pd.DataFrame(rows, columns=["model", "task_type", "pair", "domain", "value"])


def test_one_model_is_a_paired_t_test() -> None:
    items = simulated(np.random.default_rng(1), n_models=1)
    frame = paired_gap(items).set_index("task_type")
    for kind in TYPES:
        part = items[items["task_type"] == kind].pivot(index="pair", columns="domain", values="value")
        expected = scipy_stats.ttest_rel(part["finance"], part["general"])
        low, high = expected.confidence_interval()
        row = frame.loc[kind]
        assert row["p_value"] == pytest.approx(expected.pvalue)
        assert [row["ci_low"], row["ci_high"]] == pytest.approx([low, high])
        assert [row["pairs_low"], row["pairs_high"]] == pytest.approx([low, high])
    assert frame.loc["pooled", "estimate"] == pytest.approx(frame.loc[list(TYPES), "estimate"].mean())
    assert frame.loc["pooled", "n_pairs"] == 120


def test_models_and_types_alone() -> None:
    items = simulated(np.random.default_rng(2))
    gaps = paired_gap(items).set_index("task_type")["estimate"]
    by_model = gap_by_model(items).pivot(index="model", columns="task_type", values="estimate")
    pd.testing.assert_series_equal(by_model.mean(), gaps.reindex(by_model.columns), check_names=False)
    one = paired_gap(items[items["model"] == "m3"]).iloc[0]
    assert gap_by_model(items).query("model == 'm3'").iloc[0]["se"] == pytest.approx(one["se"])
    without = gap_without_type(items).set_index("without")
    expected = paired_gap(items[items["task_type"] != "STS"]).iloc[0]
    assert without.loc["STS", ["estimate", "ci_low"]].tolist() == pytest.approx(
        expected[["estimate", "ci_low"]].tolist()
    )


def test_two_pairs_by_hand() -> None:
    values = {("a", "x"): (0.5, 0.4), ("b", "x"): (0.9, 0.5), ("a", "y"): (0.7, 0.6), ("b", "y"): (0.8, 0.8)}
    rows = [
        (model, "STS", pair, domain, value)
        for (pair, model), both in values.items()
        for domain, value in zip(("finance", "general"), both, strict=True)
    ]
    row = paired_gap(pd.DataFrame(rows, columns=["model", "task_type", "pair", "domain", "value"])).iloc[1]
    # Differences: x 0.1 and 0.4, y 0.1 and 0.0; means of pairs 0.1 and 0.2, of models 0.25 and 0.05, remainder 0.04.
    assert row["estimate"] == pytest.approx(0.15)
    of_pairs, of_models, rest = 0.005 / 2, 0.02 / 2, 0.04 / 4
    assert row["se"] == pytest.approx(np.sqrt(max(of_pairs + of_models - rest, of_pairs, of_models)))


def drawn_differences(
    rng: np.random.Generator, *, gap: float = 0.0, n_models: int = 6, n_pairs: int = 25, model_sd: float = 0.03
) -> dict[str, pd.DataFrame]:
    """What ``simulated`` comes to, as differences."""
    return {
        kind: pd.DataFrame(
            gap
            + rng.normal(0, 0.15, n_pairs)
            + rng.normal(0, model_sd, n_models)[:, None]
            + rng.normal(0, 0.1 * np.sqrt(2), (n_models, n_pairs))
        )
        for kind in TYPES
    }


def coverage(truth: float, **options: float) -> tuple[float, float]:
    """How often the pooled interval over pairs and models, and that over pairs, holds the truth."""
    rng = np.random.default_rng(7)
    rows = [gaps_frame(drawn_differences(rng, gap=truth, **options)).iloc[0] for _ in range(SIMULATIONS)]
    both = np.mean([row["ci_low"] <= truth <= row["ci_high"] for row in rows])
    return float(both), float(np.mean([row["pairs_low"] <= truth <= row["pairs_high"] for row in rows]))


@pytest.mark.parametrize("truth", [0.0, -0.05])
def test_interval_over_pairs_and_models_covers(truth: float) -> None:
    both, pairs = coverage(truth)
    assert abs(both - 0.95) < SLACK
    assert pairs < both - SLACK, "an interval over pairs is about these models alone"


def test_interval_over_pairs_covers_where_models_agree() -> None:
    assert abs(coverage(0.0, model_sd=0.0)[1] - 0.95) < SLACK


def test_detectable_gap_is_found_four_times_in_five() -> None:
    rng = np.random.default_rng(3)
    size = float(np.mean([gaps_frame(drawn_differences(rng)).iloc[0]["detectable"] for _ in range(100)]))
    found = [gaps_frame(drawn_differences(rng, gap=-size)).iloc[0] for _ in range(600)]
    assert np.mean([row["ci_high"] < 0 for row in found]) == pytest.approx(0.8, abs=0.06)
    assert np.mean([row["estimate"] for row in found]) == pytest.approx(-size, abs=0.01)


def test_bootstrap_agrees_where_it_should() -> None:
    items = simulated(np.random.default_rng(5), n_models=8, n_pairs=80)
    gaps, drawn = (frame.set_index("task_type") for frame in (paired_gap(items), paired_bootstrap(items)))
    for name in gaps.index:
        half = (gaps.loc[name, "pairs_high"] - gaps.loc[name, "pairs_low"]) / 2
        assert drawn.loc[name, "pairs_low"] == pytest.approx(gaps.loc[name, "pairs_low"], abs=0.1 * half)
        assert drawn.loc[name, "pairs_high"] == pytest.approx(gaps.loc[name, "pairs_high"], abs=0.1 * half)
        assert drawn.loc[name, "both_high"] - drawn.loc[name, "both_low"] > 0.9 * 2 * half
    pd.testing.assert_frame_equal(paired_bootstrap(items, n_draws=50), paired_bootstrap(items, n_draws=50))


def correlated(rng: np.random.Generator, n: int, noise: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings of pairs whose similarity follows a gold score, more or less."""
    gold = rng.integers(0, 6, n).astype(float)
    angle = np.arccos(np.clip(gold / 6 + rng.normal(0, noise, n), -1, 1))
    first = np.tile([1.0, 0.0], (n, 1)).astype(np.float32)
    return first, np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32), gold


def test_items_stand_for_the_bootstrap_of_a_correlation() -> None:
    """The same pairs drawn in both domains and each correlation taken anew, against the items' linear shares."""
    rng, n = np.random.default_rng(11), 120
    sides = {name: sts(*correlated(rng, n, noise)) for name, noise in (("finance", 0.3), ("general", 0.2))}
    metric = "cosine_spearman"
    values = {name: item_values(side, metric) for name, side in sides.items()}
    for name, side in sides.items():
        assert values[name].mean() == pytest.approx(side.scores[metric])
    weights = rng.multinomial(n, np.full(n, 1 / n), 3000).astype(float)
    drawn = sides["finance"].reweighted(metric, weights) - sides["general"].reweighted(metric, weights)
    rows = [("m", "STS", str(i), name, v) for name, column in values.items() for i, v in enumerate(column)]
    row = paired_gap(pd.DataFrame(rows, columns=["model", "task_type", "pair", "domain", "value"])).iloc[0]
    assert row["se"] == pytest.approx(drawn.std(), rel=0.08)


def test_interval_of_a_correlation_covers_no_gap() -> None:
    rng, inside, n = np.random.default_rng(13), 0, 300
    for _ in range(n):
        rows = []
        for name in ("finance", "general"):
            values = item_values(sts(*correlated(rng, 60, 0.25)), "cosine_spearman")
            rows += [("m", "STS", str(i), name, value) for i, value in enumerate(values)]
        row = paired_gap(pd.DataFrame(rows, columns=["model", "task_type", "pair", "domain", "value"])).iloc[0]
        inside += row["ci_low"] <= 0 <= row["ci_high"]
    assert inside / n == pytest.approx(0.95, abs=0.04)


def test_mismatch_that_makes_the_gap_is_seen() -> None:
    rng = np.random.default_rng(17)
    items = simulated(rng, n_pairs=90)
    length = {(kind, f"p{i:02}"): value for kind in TYPES for i, value in enumerate(rng.normal(0.3, 1.0, 90))}
    by_length = [0.1 * length[key] for key in zip(items["task_type"], items["pair"], strict=True)]
    moved = items["value"] + np.where(items["domain"] == "finance", by_length, 0)
    table = pd.DataFrame([(*key, value, rng.normal()) for key, value in length.items()])
    table.columns = ["task_type", "pair", "length", "nothing"]
    found = mismatch_sensitivity(items.assign(value=moved), table).set_index("measure")
    assert found.loc["length", "gap"] > 0.02
    assert found.loc["length", "slope_p"] < 1e-6
    assert abs(found.loc["length", "at_zero"]) < 0.02
    assert found.loc["length", "zero_low"] < 0 < found.loc["length", "zero_high"]
    assert abs(found.loc["length", "without"]) < abs(found.loc["length", "gap"])
    assert found.loc["nothing", "slope_p"] > 0.01
    assert found.loc["nothing", "at_zero"] == pytest.approx(found.loc["nothing", "gap"], abs=0.01)


def test_a_measure_takes_part_where_it_applies() -> None:
    items = simulated(np.random.default_rng(19))
    table = items[["task_type", "pair"]].drop_duplicates()
    table["overlap"] = np.where(table["task_type"] == "Retrieval", np.arange(len(table)) / 1000, np.nan)
    (row,) = mismatch_sensitivity(items, table).to_dict("records")
    assert row["n_types"] == 1
    assert row["gap"] == paired_gap(items).set_index("task_type").loc["Retrieval", "estimate"]
    broken = table.query("not (task_type == 'Retrieval' and pair == 'p00')")
    with pytest.raises(ScoresError, match="Retrieval: pair p00 has no mismatch"):
        mismatch_sensitivity(items, broken)


def test_what_is_incomplete_is_named() -> None:
    items = simulated(np.random.default_rng(23))
    one = items.query("task_type == 'Classification' and pair == 'p00' and model == 'm0'").index[0]
    with pytest.raises(ScoresError, match="Classification, m0: pair p00 has 1 values, expected one a domain"):
        paired_gap(items.drop(one))
    with pytest.raises(ScoresError, match="m0 lacks items that another model has"):
        paired_gap(items.query("not (task_type == 'STS' and pair == 'p00' and model == 'm0')"))
    with pytest.raises(ScoresError, match="no column pair"):
        paired_gap(items.drop(columns="pair"))
    with pytest.raises(ScoresError, match="no task has the domain 'law'"):
        paired_gap(items, domain="law")
    without_a_type = items.query("not (model == 'm0' and task_type == 'STS')")
    assert set(paired_gap(without_a_type)["n_models"]) == {5}
