"""The ledger of claims: each claim of the paper, the figure that tests it, and the verdict that follows from a rule.

A verdict is computed, never typed: ``holds``, ``fails`` or ``cannot be told`` (from these data).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from findomain import live, profiles, published
from findomain.report.controls import complexity_verdict
from findomain.report.readable import in_points
from findomain.stats import (
    AdjustedGap,
    GapResult,
    RankAgreement,
    adjusted_gap,
    anova_placebo,
    complexity_thirds,
    controls_of,
    domain_gap,
    on_grid,
    poolable_types,
    rank_agreement,
    task_table,
    validate_controls,
    widest_models,
)

HOLDS, FAILS, OPEN = "holds", "fails", "cannot be told"
PLACEBO_LIMIT = 0.1  # a test at 5 % that calls more than a tenth of random sets a domain is no evidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the verdicts rest on, computed once.

    Attributes:
        gap: domain gap on the published scores.
        ranks: rank agreement on the published scores.
        placebo: by task type, the rate at which the published analysis calls random tasks a domain.
        adjusted: the gap with the measures held fixed that predict scores within a domain and type.
        valid_text: which measures of text do so.
        thirds: the gap within thirds of the length of the texts.
    """

    gap: GapResult
    ranks: RankAgreement
    placebo: Mapping[str, float]
    adjusted: AdjustedGap
    valid_text: pd.DataFrame
    thirds: pd.DataFrame


def gather(scores: pd.DataFrame, *, n_resamples: int, seed: int) -> Evidence:
    """Run the tests that the ledger needs on a scores table."""
    models = widest_models(scores)
    placebo = {
        name: anova_placebo(scores, models=models, task_type=name, n_placebos=n_resamples, seed=seed)[0]
        for name in poolable_types(scores, models, "finance")
    }
    facts = profiles.structure_facts()
    table = task_table(scores, facts)
    measured = live.live_scores()
    together = live.with_live(scores, measured[measured["language"].isin(scores["language"].unique())])
    return Evidence(
        gap=domain_gap(scores),
        ranks=rank_agreement(scores, n_resamples=n_resamples, seed=seed),
        placebo=placebo,
        adjusted=adjusted_gap(table, controls_of(validate_controls(table, profiles.STRUCTURE))),
        valid_text=validate_controls(task_table(together, profiles.text_facts()), profiles.TEXT),
        thirds=complexity_thirds(scores, facts, "text_length"),
    )


def ledger(evidence: Evidence) -> pd.DataFrame:
    """One row a claim: ``id, claim, source, test, figure, verdict, page``."""
    claims = published.load_paper("claims")
    decided = {name: rule(evidence) for name, rule in _RULES.items()}
    missing = set(claims["id"]) ^ set(decided)
    if missing:
        raise KeyError(f"claims without a rule, or rules without a claim: {', '.join(sorted(missing))}")
    return claims.assign(
        figure=[decided[name][1] for name in claims["id"]], verdict=[decided[name][0] for name in claims["id"]]
    )[["id", "claim", "source", "test", "figure", "verdict", "page"]]


Verdict = tuple[str, str]


def _drop(evidence: Evidence) -> Verdict:
    gap = evidence.gap.pooled
    verdict = HOLDS if gap.ci_high < 0 else FAILS if gap.ci_low > 0 else OPEN
    return verdict, f"{gap.estimate * 100:+.1f} points (95 % {gap.ci_low * 100:+.1f} to {gap.ci_high * 100:+.1f})"


def _every_model(_: Evidence) -> Verdict:
    table = published.paper_averages()
    lower = int((table["types_alike"] < 0).sum())
    return HOLDS if lower == len(table) else FAILS, f"{lower} of {len(table)} models lower"


def _every_type(_: Evidence) -> Verdict:
    means = published.paper_gaps().groupby("task_type")["difference"].mean()
    lower = int((means < 0).sum())
    return HOLDS if lower == len(means) else FAILS, f"{lower} of {len(means)} task types lower"


def _anova(evidence: Evidence) -> Verdict:
    rates = evidence.placebo
    by_type = evidence.gap.by_task_type
    sure = sum(estimate.p_value < 0.05 for estimate in by_type.values())
    figure = ", ".join(f"{name} {rate:.0%}" for name, rate in rates.items())
    verdict = OPEN if max(rates.values(), default=1.0) > PLACEBO_LIMIT and sure < len(by_type) else HOLDS
    return verdict, f"placebo rate at 5 %: {figure}; with tasks as units {sure} of {len(by_type)} types significant"


def _ranks(evidence: Evidence) -> Verdict:
    r = evidence.ranks
    verdict = FAILS if r.rho_low > 0 else HOLDS if r.rho_high < 0.5 else OPEN
    return verdict, f"rho {r.rho:.2f} (95 % {r.rho_low:.2f} to {r.rho_high:.2f}), ceiling {r.ceiling:.2f}"


def _ranks_n(_: Evidence) -> Verdict:
    rhos = published.load_paper("rank_correlation_by_task_type")["spearman_rho"]
    fits = {n: sum(on_grid(rhos, n)) for n in (5, 7)}
    figure = f"{fits[5]} of {len(rhos)} printed values fit five models, {fits[7]} fit seven"
    return OPEN, f"{figure}; at five only |rho| = 1 is p < .05"


def characteristics_verdict(table: pd.DataFrame) -> str:
    """Whether all characteristics of ``beside_the_paper`` are higher in finance; one that is lower makes it fail."""
    return HOLDS if (table["ci_low"] > 0).all() else FAILS if (table["ci_high"] < 0).any() else OPEN


def _texts(_: Evidence) -> Verdict:
    table = profiles.beside_the_paper()
    higher, above = int((table["difference"] > 0).sum()), int((table["ci_low"] > 0).sum())
    datasets = f"{table['n_domain'].max():.0f} finance and {table['n_against'].max():.0f} general datasets"
    return characteristics_verdict(
        table
    ), f"{higher} of {len(table)} higher, {above} with an interval above zero, over {datasets}"


def _complexity(evidence: Evidence) -> Verdict:
    verdict, why = complexity_verdict(evidence.adjusted.table, evidence.valid_text)
    row = evidence.adjusted.row()
    low, high = in_points(row["ci_low"]), in_points(row["ci_high"])
    return verdict, f"with controls {in_points(row['estimate']):+.1f} points ({low:+.1f} to {high:+.1f}); {why}"


def _thirds(evidence: Evidence) -> Verdict:
    found = evidence.thirds.set_index("third")
    lower = int((found["naive_estimate"] < 0).sum())
    lowest = str(found["naive_estimate"].idxmin())
    sure = (found["held_ci_high"] < 0, found["held_ci_low"] > 0)
    verdict = HOLDS if sure[0].all() and lowest == found.index[-1] else FAILS if sure[1].any() else OPEN
    tasks = ", ".join(f"{n:d}" for n in found["n_domain_tasks"])
    figure = (
        f"lower in {lower} of {len(found)} thirds of text length, lowest in the {lowest} one; finance tasks {tasks}"
    )
    return verdict, f"{figure}; thirds with a sure sign, tasks as units: {int(sure[0].sum() + sure[1].sum())}"


def _diverse(_: Evidence) -> Verdict:
    between = profiles.cosines_by_domain(profiles.load_cosines(), profiles.load_datasets())
    mean, general = float(between.loc["finance", "finance"]), float(between.loc["general", "general"])
    return (
        HOLDS if mean <= 0.5 else FAILS,
        f"mean cosine {mean:.2f} between finance datasets here, {general:.2f} between general ones",
    )


def _adapted(comparison: str) -> Verdict:
    tests = published.corrected_paired_tests()
    part = tests[tests["comparison"].str.startswith(comparison)]
    better = part[part["difference"] > 0]
    before, after = int((better["p_printed"] < 0.05).sum()), int((better["p_holm"] < 0.05).sum())
    verdict = HOLDS if after == len(part) else OPEN
    return verdict, f"better with p < .05 in {before} of {len(part)} types as printed, {after} after correction"


def _bag_of_words(_: Evidence) -> Verdict:
    table = published.load_paper("finmteb_english_by_task_type").set_index("model")["STS"]
    best = table.drop("BOW").idxmax()
    return HOLDS if table["BOW"] > table[
        best
    ] else FAILS, f"{table['BOW']:.4f} against {table[best]:.4f} ({best}), on two datasets"


def _datasets(_: Evidence) -> Verdict:
    counts = published.finmteb_counts()
    verdict = HOLDS if counts["defined"] == counts["claimed"] else FAILS
    return verdict, f"{counts['defined']} tasks defined, {counts['distinct']} distinct datasets"


def _averages(_: Evidence) -> Verdict:
    table = published.recomputed_averages()
    return HOLDS if table["agrees"].all() else FAILS, f"{int(table['agrees'].sum())} of {len(table)} agree"


def _conclusion(evidence: Evidence) -> Verdict:
    drop, adapted = _drop(evidence)[0], _adapted("Fin-E5")[0]
    verdict = HOLDS if drop == adapted == HOLDS else FAILS if FAILS in (drop, adapted) else OPEN
    return verdict, f"drop: {drop}; adapted models better: {adapted}"


_RULES = {
    "drop": _drop,
    "every-model": _every_model,
    "every-type": _every_type,
    "anova": _anova,
    "ranks": _ranks,
    "ranks-n": _ranks_n,
    "texts": _texts,
    "complexity": _complexity,
    "thirds": _thirds,
    "diverse": _diverse,
    "adapted": lambda _: _adapted("Fin-E5"),
    "finbert": lambda _: _adapted("FinBERT"),
    "bag-of-words": _bag_of_words,
    "datasets": _datasets,
    "averages": _averages,
    "conclusion": _conclusion,
}
