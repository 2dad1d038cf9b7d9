"""Verdicts follow from figures by their rule; figures draw what they are given; the explorer has a row for each."""

import dataclasses
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from findomain import published, stats
from findomain.report import explorer, figures, ledger, readable, style
from findomain.stats.simulate import Design, simulate_scores

mpl.use("Agg")


def made_up(low: float, high: float, rho: tuple[float, float] = (0.7, 0.9), placebo: float = 0.9) -> ledger.Evidence:
    table = simulate_scores(Design(n_models=20, n_tasks=60, n_domain_tasks=12), np.random.default_rng(0))
    gap = stats.domain_gap(table)
    pooled = dataclasses.replace(gap.pooled, ci_low=low, ci_high=high)
    ranks = dataclasses.replace(stats.rank_agreement(table, n_resamples=2), rho_low=rho[0], rho_high=rho[1])
    return ledger.Evidence(
        gap=dataclasses.replace(gap, pooled=pooled),
        ranks=ranks,
        placebo={"Retrieval": placebo},
        adjusted=adjusted((-0.2, -0.1), (-0.2, -0.1)),
        valid_text=pd.DataFrame({"measure": ["gunning_fog"], "passes": [True]}),
        thirds=thirds((-0.1, -0.1, -0.2), 0.05),
    )


def adjusted(before: tuple[float, float], after: tuple[float, float]) -> stats.AdjustedGap:
    rows = [(kind, low, high) for kind, (low, high) in (("unadjusted", before), ("adjusted", after))]
    table = pd.DataFrame(rows, columns=["kind", "ci_low", "ci_high"]).assign(task_type="types alike", estimate=0.0)
    return stats.AdjustedGap("finance", table)


def thirds(estimates: tuple[float, ...], half: float) -> pd.DataFrame:
    value = pd.Series(estimates)
    return pd.DataFrame({"third": ["low", "medium", "high"], "naive_estimate": value}).assign(
        held_ci_low=value - half, held_ci_high=value + half, n_domain_tasks=2
    )


def verdict(evidence: ledger.Evidence, claim: str) -> str:
    return str(ledger.ledger(evidence).set_index("id").loc[claim, "verdict"])


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(-0.2, -0.1, "holds"), (0.1, 0.2, "fails"), (-0.1, 0.1, "cannot be told")]
)
def test_the_drop_is_judged_by_its_interval(low: float, high: float, expected: str) -> None:
    assert verdict(made_up(low, high), "drop") == expected


@pytest.mark.parametrize(
    ("rho", "expected"), [((0.6, 0.9), "fails"), ((-0.3, 0.3), "holds"), ((-0.2, 0.8), "cannot be told")]
)
def test_ranks_are_judged_by_their_interval(rho: tuple[float, float], expected: str) -> None:
    assert verdict(made_up(-0.1, 0.1, rho), "ranks") == expected


@pytest.mark.parametrize(
    ("before", "after", "passes", "expected"),
    [
        ((-0.2, -0.1), (-0.2, -0.1), True, "holds"),
        ((-0.2, -0.1), (-0.1, 0.1), True, "fails"),
        ((-0.2, -0.1), (-0.2, -0.1), False, "cannot be told"),
        ((-0.1, 0.1), (-0.2, -0.1), True, "cannot be told"),
    ],
)
def test_complexity_is_judged_with_a_drop_and_a_control(
    before: tuple[float, float], after: tuple[float, float], passes: bool, expected: str
) -> None:
    evidence = dataclasses.replace(
        made_up(-0.1, 0.1),
        adjusted=adjusted(before, after),
        valid_text=pd.DataFrame({"measure": ["gunning_fog", "ttr"], "passes": [passes, True]}),
    )
    assert verdict(evidence, "complexity") == expected


@pytest.mark.parametrize(
    ("estimates", "half", "expected"),
    [
        ((-0.1, -0.1, -0.2), 0.05, "holds"),
        ((-0.3, -0.1, -0.2), 0.05, "cannot be told"),
        ((0.3, -0.1, -0.2), 0.05, "fails"),
        ((0.3, -0.1, -0.2), 0.5, "cannot be told"),
    ],
)
def test_thirds_are_judged_by_intervals_over_tasks(estimates: tuple[float, ...], half: float, expected: str) -> None:
    assert verdict(dataclasses.replace(made_up(-0.1, 0.1), thirds=thirds(estimates, half)), "thirds") == expected


def test_every_claim_has_a_verdict_and_every_rule_a_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = ledger.ledger(made_up(-0.1, 0.1))
    assert set(claims["verdict"]) <= {"holds", "fails", "cannot be told"}
    assert claims["figure"].str.len().gt(5).all()
    monkeypatch.delitem(ledger._RULES, "drop")
    with pytest.raises(KeyError, match="drop"):
        ledger.ledger(made_up(-0.1, 0.1))


def test_every_figure_draws_without_a_warning() -> None:
    style.use_house_style()
    gaps = stats.domain_gap(simulate_scores(Design(n_models=20, n_tasks=60), np.random.default_rng(0))).to_frame()
    rows = pd.DataFrame({"x": [10, 100, 1000] * 4, "y": np.linspace(0.1, 0.9, 12), "c": ["a", "b"] * 6})
    shares = pd.DataFrame({"test": ["a", "b"], "rate": [0.05, 0.9], "ci_low": [0.03, 0.88], "ci_high": [0.07, 0.92]})
    labels = {"xlabel": "x", "ylabel": "y"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = [
            figures.forest(gaps, limit=1.0),
            figures.heat(pd.DataFrame([[0, 5], [120, 1]]), **labels),
            figures.growth(rows, x="x", y="y", colour="c", **labels),
            figures.rates(shares, label="test", target=0.05, xlabel="%"),
            figures.scatter(rows.assign(top=rows["y"] > 0.5), x="x", y="y", highlight="top", **labels),
            figures.curves(rows, x="x", y="y", colour="c", target=0.8, **labels),
            figures.trend(rows, x="x", y="y", colour="c", logx=True, **labels),
        ]
        for figure in drawn:
            figure.canvas.draw()
    for figure in drawn:
        mpl.pyplot.close(figure)


def test_numbers_are_written_as_a_reader_wants_them() -> None:
    assert [readable.readable_p(p) for p in (0.0001, 0.0456, float("nan"))] == ["< .001", ".046", ""]
    gaps = stats.domain_gap(simulate_scores(Design(n_models=20, n_tasks=60), np.random.default_rng(0))).to_frame()
    shown = readable.readable_gaps(gaps, "task_type")
    assert shown["gap"].iloc[0] == round(gaps["estimate"].iloc[0] * 100, 1)
    assert shown.index.name == "task type"


def test_the_explorer_has_a_row_for_each_model_and_task() -> None:
    scores = published.evidence(flagged=True)
    models, tasks = explorer.model_table(scores), explorer.task_table(scores)
    assert sorted(models["model"]) == sorted(scores["model"].unique())
    assert sorted(tasks["task"]) == sorted(scores["task"].unique())
    ranks = models.dropna(subset=["finance rank", "other rank"])
    assert ranks["finance rank"].corr(ranks["other rank"], method="spearman") == pytest.approx(
        stats.rank_agreement(scores, n_resamples=1).rho, abs=0.01
    )
