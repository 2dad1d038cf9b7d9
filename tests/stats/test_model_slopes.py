"""Slopes on release date: the difference between a domain and the rest is covered, and not seen where none is."""

import numpy as np
import pandas as pd
import pytest

from findomain.errors import ScoresError
from findomain.stats.model_slopes import model_levels, model_slopes, slope_variants, slopes_by_domain
from findomain.stats.simulate import Design, simulate_scores

DESIGN = Design(n_models=60, n_tasks=60, n_domain_tasks=12, missing=0.4)


def table(seed: int, *, rise: float = 0.02, more: float = 0.0) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Makers of one to many models; a maker's models lie together in level and in what suits the domain."""
    rng = np.random.default_rng(seed)
    scores = simulate_scores(DESIGN, rng)
    models = np.array(sorted(scores["model"].unique()))
    maker = pd.Series(rng.choice(15, len(models), p=np.arange(1, 16) / 120), index=models)
    year = pd.Series(2020 + 5 * rng.random(len(models)), index=models) + maker * 0.1
    level, suits = rng.normal(0, 0.03, 15), rng.normal(0, 0.01, 15)
    inside = scores["domain"].eq("finance")
    of = scores["model"].map(maker).to_numpy()
    added = (scores["model"].map(year) - 2022) * (rise + more * inside) + level[of] + suits[of] * inside
    return scores.assign(score=scores["score"] + added), year, maker.map("maker-{}".format)


def test_slopes_and_their_difference_are_covered() -> None:
    found = [model_slopes(*table(seed, more=0.01)) for seed in range(120)]
    for name, truth in (("inside", 0.03), ("outside", 0.02), ("difference", 0.01)):
        estimates = [getattr(one, name) for one in found]
        assert np.mean([e.ci_low <= truth <= e.ci_high for e in estimates]) >= 0.89, name
        assert np.mean([e.estimate for e in estimates]) == pytest.approx(truth, abs=0.004)


def test_no_difference_is_not_found_and_a_large_one_is() -> None:
    none = [model_slopes(*table(seed)).difference.p_value < 0.05 for seed in range(200, 320)]
    assert np.mean(none) <= 0.11
    large = [model_slopes(*table(seed, more=0.03)).difference.p_value < 0.05 for seed in range(30)]
    assert np.mean(large) > 0.8


def test_the_slope_is_that_of_the_levels() -> None:
    scores, year, maker = table(0)
    one = scores[scores["task_type"] == "Retrieval"]
    levels = model_levels(one, min_tasks=1).pivot_table(index="model", columns="tasks", values="level").dropna()
    found = model_slopes(one, year, maker)
    for side, estimate in (("finance", found.inside), ("other", found.outside)):
        assert estimate.estimate * 100 == pytest.approx(np.polyfit(year[levels.index], levels[side], 1)[0])
    assert found.difference.estimate == pytest.approx(found.inside.estimate - found.outside.estimate)
    assert found.n_clusters == maker[levels.index].nunique()
    scaled = model_slopes(one, year, maker, scaled=True)
    assert scaled.inside.estimate == pytest.approx(found.inside.estimate / levels["finance"].std() * 100)
    assert scaled.inside.p_value == pytest.approx(found.inside.p_value)


def test_copies_by_one_maker_add_nothing() -> None:
    scores, year, _ = table(1)
    copies = scores.assign(model=scores["model"] + "-copy")
    twice = pd.concat([scores, copies], ignore_index=True)
    years = pd.concat([year, year.rename("{}-copy".format)])
    apart, together = (pd.Series(names, index=years.index) for names in (years.index, [*year.index, *year.index]))
    once = model_slopes(scores, year, pd.Series(year.index, index=year.index)).outside
    by_maker, by_model = (model_slopes(twice, years, groups).outside for groups in (together, apart))
    assert by_maker.estimate == pytest.approx(once.estimate)
    assert by_maker.se == pytest.approx(once.se, rel=0.05)
    assert by_model.se < 0.8 * once.se


def test_models_without_a_date_and_thin_types_are_left_out() -> None:
    scores, year, maker = table(2)
    fewer = model_slopes(scores, year.mask(year.index < "model-3"), maker)
    assert fewer.inside.n_models < model_slopes(scores, year, maker).inside.n_models
    task = scores.loc[scores["domain"] == "finance", "task"].iloc[0]
    thin = scores[scores["domain"].ne("finance") | scores["task"].eq(task)]
    with pytest.raises(ScoresError, match="no task type has 2 tasks in 'finance'"):
        model_slopes(thin, year, maker)
    frame = slopes_by_domain({"finance": thin}, year, maker)
    assert frame["estimate"].isna().all()
    assert len(frame) == 3


def test_variants_name_what_differs() -> None:
    scores, year, maker = table(3)
    scores = scores.assign(in_training=np.where(np.arange(len(scores)) % 7 == 0, "true", "false"))
    frame = slope_variants(scores, year, {"maker": maker, "model": pd.Series(year.index, index=year.index)})
    kinds = ["clustered by maker", "clustered by model", "without exposed scores", "in standard deviations"]
    assert list(dict.fromkeys(frame["evidence"])) == kinds
    assert frame.groupby("evidence")["estimate"].nunique().eq(3).all()
