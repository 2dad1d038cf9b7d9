"""Means, intervals and differences over datasets by hand; datasets that share texts count once."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from findomain.errors import ComplexityError
from findomain.profiles import correlations, cosines_by_domain, dataset_means, differences, domain_means
from findomain.profiles.contrast import t_interval
from findomain.profiles.datasets import families
from findomain.profiles.source import Source

VALUES = {
    # dataset: domain, family, fog, dispersion
    "a": ("finance", "a", 10.0, 0.5),
    "b": ("finance", "a", 14.0, 0.7),
    "c": ("finance", "c", 16.0, 0.4),
    "d": ("general", "d", 6.0, 0.9),
    "e": ("general", "e", 8.0, 0.8),
    "f": ("general", "f", 10.0, 0.85),
}


def tables(n: int = 100) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = []
    for name, (domain, _, fog, dispersion) in VALUES.items():
        about = {"task": name, "domain": domain, "language": "eng", "n": n}
        rows.append(about | {"measure": "gunning_fog", "unit": "years", "mean": fog, "sd": 1.0})
        rows.append(about | {"measure": "semantic_dispersion", "unit": "cosine", "mean": dispersion, "sd": math.nan})
    datasets = pd.DataFrame({"dataset": list(VALUES), "family": [row[1] for row in VALUES.values()]})
    datasets["domain"] = [row[0] for row in VALUES.values()]
    return pd.DataFrame(rows), datasets


def test_a_family_is_one_observation() -> None:
    means = dataset_means(*tables())
    fog = means[means["measure"] == "gunning_fog"].set_index("family")["mean"]
    assert fog.to_dict() == {"a": 12.0, "c": 16.0, "d": 6.0, "e": 8.0, "f": 10.0}


def test_measures_of_few_texts_are_left_out_and_those_of_datasets_are_not() -> None:
    means = dataset_means(*tables(n=29))
    assert set(means["measure"]) == {"semantic_dispersion"}


def test_a_family_of_two_domains_is_a_mistake() -> None:
    measures, datasets = tables()
    with pytest.raises(ComplexityError, match="two domains: a"):
        dataset_means(measures, datasets.assign(family="a"))


def test_domain_means_by_hand() -> None:
    found = domain_means(dataset_means(*tables())).set_index(["measure", "domain"])
    general = found.loc[("gunning_fog", "general")]
    # 6, 8, 10: mean 8, standard error 2 / sqrt(3), t of two degrees of freedom 4.3027.
    assert (general["mean"], general["n"]) == (8.0, 3)
    assert general["ci_high"] - 8 == pytest.approx(4.302652729911275 * 2 / math.sqrt(3))
    nothing = found.loc[("gunning_fog", "medicine")]
    assert nothing["n"] == 0
    assert math.isnan(nothing["mean"])


def test_t_interval_covers() -> None:
    drawn = np.random.default_rng(1).normal(3, 2, size=(4000, 4))
    covered = np.mean([low <= 3 <= high for low, high in map(t_interval, drawn)])
    assert covered == pytest.approx(0.95, abs=0.015)
    assert all(map(math.isnan, t_interval(np.array([1.0]))))


def test_differences_are_welchs() -> None:
    found = differences(dataset_means(*tables())).set_index("measure")
    expected = stats.ttest_ind([12.0, 16.0], [6.0, 8.0, 10.0], equal_var=False)
    fog = found.loc["gunning_fog"]
    assert fog["difference"] == pytest.approx(6.0)
    assert fog["p_value"] == pytest.approx(expected.pvalue)
    assert fog["ci_low"] == pytest.approx(expected.confidence_interval().low)
    # Variances 8 and 4: six over the root of six.
    assert fog["effect"] == pytest.approx(math.sqrt(6))
    assert (fog["n_domain"], fog["n_against"]) == (2, 3)
    smallest = found["p_value"].min()
    assert found.loc[found["p_value"].idxmin(), "p_holm"] == pytest.approx(2 * smallest)
    assert differences(dataset_means(*tables()), domain="medicine").empty


def test_correlations_of_measures_over_datasets() -> None:
    found = correlations(dataset_means(*tables()), measures=["gunning_fog", "semantic_dispersion", "absent"])
    ranks = stats.spearmanr([12.0, 16.0, 6.0, 8.0, 10.0], [0.6, 0.4, 0.9, 0.8, 0.85]).statistic
    assert list(found) == ["gunning_fog", "semantic_dispersion"]
    assert found.loc["gunning_fog", "semantic_dispersion"] == pytest.approx(ranks)


def test_cosines_leave_a_family_with_itself_out() -> None:
    _, datasets = tables()
    cosines = pd.DataFrame(0.2, index=list(VALUES), columns=list(VALUES))
    cosines.loc["a", "b"] = cosines.loc["b", "a"] = 0.99
    cosines.loc["a", "c"] = cosines.loc["c", "a"] = 0.4
    found = cosines_by_domain(cosines, datasets)
    # a and b are one family; a with c is 0.4 and b with c 0.2.
    assert found.loc["finance", "finance"] == pytest.approx(0.3)
    assert found.loc["finance", "general"] == pytest.approx(0.2)
    assert math.isnan(found.loc["medicine", "finance"])


def test_families_join_by_way_of_others() -> None:
    texts = {"x": "abcd", "b": "cdef", "c": "efgh", "d": "yz"}
    sources = [Source(name, tuple(letters), "eng") for name, letters in texts.items()]
    assert families(sources) == {"b": "b", "c": "b", "x": "b", "d": "d"}
