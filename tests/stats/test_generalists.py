"""A specialist against the best generalist: the winner's curse, which the choice on other tasks does not have."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from findomain.stats import AGAINST, against_generalists, pool_generalists

TASKS = [f"task {k}" for k in range(6)]


def table(scores: dict[str, list[float]], domain: str = "law") -> pd.DataFrame:
    rows = [
        {"model": model, "task": task, "task_type": "Retrieval", "domain": domain, "score": value}
        for model, values in scores.items()
        for task, value in zip(TASKS, values, strict=False)
    ]
    return pd.DataFrame(rows)


def facts(names: list[str], sizes: list[float], dates: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"model": names, "n_parameters": sizes, "release_date": dates})


def crowd(value: float = 0.1, n: int = 20) -> dict[str, list[float]]:
    return {f"generalist {k}": [value] * len(TASKS) for k in range(n)}


def test_by_hand() -> None:
    scores = crowd() | {"even": [0.6] * 6, "lucky": [0.5] * 5 + [1.2], "tuned": [0.7] * 6}
    names = list(scores)
    found = against_generalists(
        table(scores), facts(names, [1.0] * 23, ["2024-01-01"] * 23), "tuned", domain="law", specialists=[]
    )
    assert (found.best, found.n_candidates, found.reason) == ("lucky", 22, "")
    assert found.naive.estimate == pytest.approx(0.7 - 3.7 / 6)
    # Without its lucky task the lucky one is not chosen there: 0.7 - 0.6; on the other five it is: 0.7 - 0.5.
    assert found.left_out.estimate == pytest.approx((5 * 0.2 + 0.1) / 6)
    frame = found.to_frame()
    assert frame["chosen"].tolist() == ["on other tasks", "on the same tasks"]
    assert frame["best"].tolist() == ["lucky", "lucky"]


def test_size_class_and_date_and_what_is_unknown() -> None:
    scores = crowd() | {
        "twice": [0.5] * 6,
        "huge": [0.9] * 6,
        "new": [0.6] * 6,
        "secret": [0.8] * 6,
        "tuned": [0.7] * 6,
    }
    names = list(scores)
    sizes = [1.0] * 20 + [2.0, 2.1, 1.0, math.nan, 1.0]
    dates = ["2024-01-01"] * 22 + ["2025-01-01", "2024-01-01", "2024-06-01"]
    models = facts(names, sizes, dates)
    best, unknown = {}, {}
    for against in AGAINST:
        found = against_generalists(
            table(scores), models, "tuned", domain="law", specialists=["tuned"], against=against
        )
        best[against], unknown[against] = found.best, found.n_unknown
    assert list(best.values()) == ["twice", "new", "huge"]
    assert list(unknown.values()) == [1, 1, 0]
    left = against_generalists(table(scores), models, "tuned", domain="law", specialists=["huge"])
    assert left.best == "secret", "a specialist is no generalist"
    nobody = models.assign(n_parameters=math.nan)
    found = against_generalists(
        table(scores), nobody, "tuned", domain="law", specialists=[], against="same size, today"
    )
    assert (found.reason, found.n_candidates) == ("its number of parameters is not known", 0)
    assert math.isnan(found.left_out.estimate)


def test_tasks_that_few_generalists_ran_are_left_out_and_one_task_leaves_no_choice() -> None:
    scores = table(crowd() | {"tuned": [0.7] * 6})
    models = facts(["tuned"], [1.0], ["2024-01-01"])
    one = scores[(scores["task"] == "task 0") | (scores["model"] < "generalist 5")]
    found = against_generalists(one, models, "tuned", domain="law", specialists=[])
    assert (found.naive.n_tasks, found.left_out.n_tasks) == (1, 0)
    assert found.reason == "one task: no other to choose on"
    few = against_generalists(scores[scores["model"] != "generalist 0"], models, "tuned", domain="law", specialists=[])
    assert few.reason == "no task of its domain that 20 generalists were run on"


def test_choice_on_other_tasks_removes_the_winners_curse() -> None:
    rng = np.random.default_rng(0)
    left_out, naive, covered, plain = [], [], [], []
    models = facts(["tuned"], [1.0], ["2024-01-01"])
    for _ in range(400):  # all models are equally good: the truth is 0
        values = rng.normal(0.5, 0.15, len(TASKS)) + rng.normal(0, 0.05, (41, len(TASKS)))
        scores = {f"generalist {k}": list(values[k]) for k in range(40)} | {"tuned": list(values[40])}
        found = against_generalists(table(scores), models, "tuned", domain="law", specialists=[])
        left_out.append(found.left_out.estimate)
        naive.append(found.naive.estimate)
        covered.append(found.left_out.ci_low <= 0 <= found.left_out.ci_high)
        plain.append(
            abs(found.left_out.estimate) <= (found.left_out.ci_high - found.left_out.estimate) / math.sqrt(2.2)
        )
    assert np.mean(naive) < -0.03
    assert abs(np.mean(left_out)) < 0.006
    assert 0.92 <= np.mean(covered) <= 0.99
    assert np.mean(plain) < 0.91, "Student's interval takes the comparisons for independent"


def test_planted_advantage_is_found_against_noise() -> None:
    rng = np.random.default_rng(1)
    models = facts(["tuned"], [1.0], ["2024-01-01"])
    estimates = []
    for _ in range(60):
        values = rng.normal(0.5, 0.15, len(TASKS)) + rng.normal(0, 0.03, (31, len(TASKS)))
        values[0] += 0.06  # one generalist is better than the others, the specialist better still
        values[30] += 0.10
        scores = {f"generalist {k}": list(values[k]) for k in range(30)} | {"tuned": list(values[30])}
        found = against_generalists(table(scores), models, "tuned", domain="law", specialists=[])
        estimates.append(found.left_out.estimate)
    assert np.mean(estimates) == pytest.approx(0.04, abs=0.015)


def test_pooled_over_specialists_and_one_a_domain() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(0.5, 0.05, (23, len(TASKS)))
    scores = table(
        {f"generalist {k}": list(values[k]) for k in range(20)} | {f"tuned {k}": list(values[20 + k]) for k in range(3)}
    )
    models = facts(sorted(scores["model"].unique()), [1.0] * 23, ["2024-01-01"] * 23)
    names = [f"tuned {k}" for k in range(3)]
    found = [
        against_generalists(scores, models, name, domain="law", specialists=names, against=against)
        for name in names
        for against in AGAINST
    ]
    pooled = pool_generalists(found).set_index(["against", "how"])
    assert pooled["n_models"].tolist() == [3, 3, 1] * 3
    row = pooled.loc[("any size, today", "chosen on other tasks")]
    assert row["estimate"] == pytest.approx(np.mean([f.left_out.estimate for f in found if f.against == AGAINST[2]]))
    assert pool_generalists([]).empty
