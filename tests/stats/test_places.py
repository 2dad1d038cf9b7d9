"""Places of single models, and two models on the same tasks, by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as reference

from findomain.errors import ScoresError
from findomain.stats import model_places, paired_difference


def table(levels: dict[str, float], bonus: dict[tuple[str, str], float] | None = None) -> pd.DataFrame:
    rows = [
        {"model": model, "task": f"{domain}{i}", "task_type": "STS", "domain": domain}
        | {"score": level + i / 50 + (bonus or {}).get((model, domain), 0.0)}
        for model, level in levels.items()
        for domain in ("finance", "general")
        for i in range(4)
    ]
    return pd.DataFrame(rows)


def test_places_by_hand() -> None:
    found = model_places(table({"a": 0.2, "b": 0.4, "c": 0.6}, {("a", "finance"): 0.3}), ["a", "nobody"])
    row = found.set_index("model").loc["a"]
    assert row["finance"] == pytest.approx(0)
    assert row["other"] == pytest.approx(-20)
    assert (row["place_finance"], row["place_other"], row["n_models_other"], row["n_tasks_finance"]) == (2, 3, 3, 4)
    assert math.isnan(found["finance"][1])
    assert found["n_tasks_other"].tolist() == [4, 0]


def test_paired_difference_is_a_paired_t_test() -> None:
    scores = table({"base": 0.3, "tuned": 0.3})
    scores["score"] += np.random.default_rng(0).normal(0, 0.02, len(scores))
    inside, outside = paired_difference(scores, "tuned", "base")
    wide = scores[scores["domain"] == "finance"].pivot_table(index="task", columns="model", values="score")
    expected = reference.ttest_rel(wide["tuned"], wide["base"])
    assert (inside.p_value, inside.n_tasks, inside.n_domain_tasks) == (pytest.approx(expected.pvalue), 4, 4)
    assert (inside.ci_low, inside.ci_high) == pytest.approx(tuple(expected.confidence_interval()))
    assert outside.n_domain_tasks == 0


def test_one_task_has_no_interval_and_none_is_an_error() -> None:
    scores = table({"base": 0.3, "tuned": 0.4})
    one = scores[scores["task"] == "finance0"]
    inside, outside = paired_difference(one, "tuned", "base")
    assert inside.estimate == pytest.approx(0.1)
    assert math.isnan(inside.ci_low)
    assert outside.n_tasks == 0
    with pytest.raises(ScoresError, match="tuned and base share no task"):
        paired_difference(one[one["model"] == "base"], "tuned", "base")
