"""What chapter 5 shows: tables for readers, and the numbers that its prose takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from findomain.profiles import TEXT
from findomain.report.readable import in_points, readable_p

PAPER = TEXT[:4]  # the paper's four measures
POOLED, ALIKE = "pooled", "types alike"
METHODS = {
    "unadjusted": "unadjusted",
    "adjusted": "regression",
    "matched": "matching",
    "doubly robust": "doubly robust",
}


SHORT = {
    "does not vary": "does not vary",
    "too few": "too few",
    "a single": "one decides it",
    "no correlation": "not significant",
    "the sign changes": "sign changes",
    "predicts a left-out": "predicts nothing",
    "collinear": "is the domain",
}


def readable_validity(valid: pd.DataFrame, *, unit: str = "tasks") -> pd.DataFrame:
    """Correlation with its interval, p after correction, what leaving out does, and whether the measure passes."""
    count = "n_items" if unit == "items" else "n_tasks"
    shown = valid[["task_type", "measure"]].copy()
    shown[unit] = valid[count]
    shown["r (95 %)"] = [
        _interval(row.r, row.ci_low, row.ci_high) for row in valid[["r", "ci_low", "ci_high"]].itertuples()
    ]
    shown["p (Holm)"] = valid["p_holm"].map(readable_p)
    shown["gain"] = valid["gain"].map(_number)
    shown["r with finance"] = valid["r_balanced"].map(_number)
    shown["verdict"] = [_short(reason) for reason in valid["reason"]]
    lead = ["task type", "measure"] if valid["task_type"].nunique() > 1 else ["measure"]
    return shown.rename(columns={"task_type": "task type"}).set_index(lead).drop(columns="task type", errors="ignore")


def _interval(value: float, low: float, high: float) -> str:
    return _number(value) if np.isnan(low) else f"{value:+.2f} ({low:+.2f} to {high:+.2f})"


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:+.2f}"


def _short(reason: str) -> str:
    return next((short for start, short in SHORT.items() if reason.startswith(start)), "passes")


def readable_thirds(thirds: pd.DataFrame) -> pd.DataFrame:
    """The thirds in points: the naive difference and that over tasks within types, with intervals."""
    shown = thirds[["third", "n_domain_tasks", "n_other_tasks"]].rename(
        columns={"n_domain_tasks": "finance tasks", "n_other_tasks": "other tasks"}
    )
    for name, label in (("naive", "scores"), ("held", "tasks")):
        for part, word in (("estimate", ""), ("ci_low", ", from"), ("ci_high", ", to")):
            shown[f"{label}{word}"] = (thirds[f"{name}_{part}"] * 100).round(1)
        shown[f"{label}, p"] = thirds[f"{name}_p_value"].map(readable_p)
    return shown.set_index("third")


def by_method(gaps: pd.DataFrame) -> pd.DataFrame:
    """The rows of a forest plot: each method pooled and by type, the changes left out."""
    kept = gaps[gaps["kind"].isin(METHODS) & (gaps["task_type"] != "datasets alike")].copy()
    kept["kind"] = kept["kind"].map(METHODS)
    kept["name"] = kept["task_type"] + ", " + kept["kind"]
    return kept.sort_values("task_type", key=lambda names: names.map(_place), kind="stable")


def _place(name: str) -> str:
    return "" if name == ALIKE else name


def readable_curves(curves: pd.DataFrame) -> pd.DataFrame:
    """The lines that could be drawn, in points; the others with their reason."""
    shown = curves[["task_type", "measure", "n_domain_tasks"]].copy()
    for name in ("slope", "slope_low", "slope_high", "gap_low", "gap_mean", "gap_high"):
        shown[name] = (curves[name].astype(float) * 100).round(1)
    shown["p (Holm)"] = curves["p_holm"].map(readable_p)
    shown["reason"] = curves["reason"]
    names = {
        "task_type": "task type",
        "n_domain_tasks": "finance tasks",
        "slope_low": "from",
        "slope_high": "to",
        "gap_low": "gap below",
        "gap_mean": "gap at the mean",
        "gap_high": "gap above",
    }
    return shown.rename(columns=names).set_index(["task type", "measure"])


def placebo_table(published: pd.DataFrame, adjusted: pd.DataFrame) -> pd.DataFrame:
    """Rates of both placebo checks in one table: ``analysis, method, rate, ci_low, ci_high, n_draws``."""
    ours = adjusted.assign(analysis="the gap with controls")
    theirs = published.assign(analysis="as published: " + published["analysis"])
    return pd.concat([theirs, ours], ignore_index=True)[["analysis", "method", "rate", "ci_low", "ci_high", "n_draws"]]


def readable_confounder(strength: pd.DataFrame, benchmarks: pd.DataFrame) -> pd.DataFrame:
    """Strength needed for each target, then the gap with a confounder like each control, in percent and points."""
    needed = pd.DataFrame(
        {
            "what": [f"for a gap of {target * 100:+.0f} points" for target in strength["target"]],
            "of the domain, %": strength["robustness"] * 100,
            "of the scores, %": strength["robustness"] * 100,
            "for the interval, %": strength["robustness_interval"] * 100,
        }
    )
    likened = pd.DataFrame(
        {
            "what": [f"{row.times:.0f} times {row.control}" for row in benchmarks.itertuples()],
            "of the domain, %": benchmarks["r2_domain"] * 100,
            "of the scores, %": benchmarks["r2_score"] * 100,
            "gap from": benchmarks["low"] * 100,
            "gap to": benchmarks["high"] * 100,
            "interval from": benchmarks["ci_low"] * 100,
            "interval to": benchmarks["ci_high"] * 100,
        }
    )
    return pd.concat([needed, likened], ignore_index=True).round(1).set_index("what")


def chapter_numbers(
    *,
    valid: pd.DataFrame,
    strict: pd.DataFrame,
    valid_text: pd.DataFrame,
    valid_items: pd.DataFrame,
    thirds: pd.DataFrame,
    gaps: pd.DataFrame,
    curves: pd.DataFrame,
    placebo: pd.DataFrame,
    strength: pd.DataFrame,
    benchmarks: pd.DataFrame,
) -> dict[str, object]:
    """The numbers that the prose of chapter 5 takes, by name."""
    return (
        _validity_numbers(valid, valid_text, valid_items)
        | {"strict": passing(strict)}
        | _published_numbers(thirds, placebo)
        | _gap_numbers(gaps, curves)
        | _confounder_numbers(strength, benchmarks)
    )


def passing(valid: pd.DataFrame) -> str:
    """The pairs that pass, in words."""
    rows = valid[valid["passes"] & (valid["task_type"] != POOLED)]
    return (
        "; ".join(
            f"{row.measure} in {row.task_type}, r = {_interval(row.r, row.ci_low, row.ci_high)}"
            for row in rows.itertuples()
        )
        or "none"
    )


def _validity_numbers(valid: pd.DataFrame, text: pd.DataFrame, items: pd.DataFrame) -> dict[str, object]:
    by_type = valid[valid["task_type"] != POOLED]
    length = by_type[(by_type["measure"] == "text_length") & (by_type["task_type"] == "Retrieval")].iloc[0]
    four = text[text["measure"].isin(PAPER) & (text["task_type"] == POOLED)]
    pooled = items[items["task_type"] == POOLED].set_index("measure")
    return {
        "n_pass": int(by_type["passes"].sum()),
        "n_rows": len(by_type),
        "passing": passing(valid),
        "length_verdict": "is a control" if length["passes"] else "is no control",
        "length_r": float(length["r"]),
        "length_low": float(length["ci_low"]),
        "length_high": float(length["ci_high"]),
        "text_beyond": int((four["n_tasks"] - four["n_cells"]).max()),
        "text_pass": int(text["passes"].sum()),
        "four_pass": int(text.loc[text["passes"] & text["measure"].isin(PAPER), "measure"].nunique()),
        "text_n": int(text["measure"].nunique()),
        "items_pass": passing(items),
        "items_n": int((items["task_type"] != POOLED).sum()),
        **{
            f"{short}_{part}": float(pooled.loc[name, column])
            for short, name in (("fog", "gunning_fog"), ("dep", "dependency_distance"))
            for part, column in (("r", "r"), ("low", "ci_low"), ("high", "ci_high"))
        },
    }


def _published_numbers(thirds: pd.DataFrame, placebo: pd.DataFrame) -> dict[str, object]:
    rate = placebo.set_index(["analysis", "method"])["rate"]
    ours = "the gap with controls"
    return {
        "thirds_naive": int((thirds["naive_p_value"] < 0.05).sum()),
        "thirds_tasks": int((thirds["held_p_value"] < 0.05).sum()),
        "thirds_lower": int((thirds["naive_estimate"] < 0).sum()),
        "naive_rate": float(rate["as published: any third", "scores as units"]),
        "naive_regression_rate": float(rate["as published: regression", "scores as units"]),
        "regression_rate": float(rate[ours, "regression"]),
        "matched_rate": float(rate[ours, "matching"]),
        "robust_rate": float(rate[ours, "doubly robust"]),
    }


def _gap_numbers(gaps: pd.DataFrame, curves: pd.DataFrame) -> dict[str, object]:
    pooled = gaps[gaps["task_type"] == ALIKE].set_index("kind")
    retrieval = gaps[gaps["task_type"] == "Retrieval"].set_index("kind")
    ours = pooled.loc[["adjusted", "matched", "doubly robust"]]
    told = curves["p_holm"].notna()
    numbers: dict[str, object] = {
        "n_domain_tasks": int(pooled.loc["unadjusted", "n_domain_tasks"]),
        "n_pooled": len(ours),
        "n_drop": int((ours["ci_high"] < 0).sum()),
        "n_rise": int((ours["ci_low"] > 0).sum()),
        "curves_n": int(told.sum()),
        "curves_sure": int((curves.loc[told, "p_holm"] < 0.05).sum()),
    }
    rows = {
        "unadjusted": pooled.loc["unadjusted"],
        "retrieval": retrieval.loc["unadjusted"],
        "regression": pooled.loc["adjusted"],
        "matched": pooled.loc["matched"],
        "robust": pooled.loc["doubly robust"],
        "retrieval_adjusted": retrieval.loc["adjusted"],
        "retrieval_change": retrieval.loc["change"],
    }
    for name, row in rows.items():
        numbers |= {name: in_points(row["estimate"])}
        numbers |= {f"{name}_low": in_points(row["ci_low"]), f"{name}_high": in_points(row["ci_high"])}
    return numbers


def _confounder_numbers(strength: pd.DataFrame, benchmarks: pd.DataFrame) -> dict[str, object]:
    single = benchmarks[np.isclose(benchmarks["times"], 1.0)]
    strongest = single.loc[single["r2_score"].idxmax()]
    drop = strength[np.isclose(strength["target"], -0.05)].iloc[0]
    return {
        "hide": float(drop["robustness"]),
        "strongest": str(strongest["control"]),
        "strongest_domain": float(strongest["r2_domain"]),
        "strongest_score": float(strongest["r2_score"]),
    }


def balance_numbers(matched: pd.DataFrame, weighted: pd.DataFrame) -> dict[str, float]:
    """The largest difference in a control, in standard deviations: before, after matching, after weighting."""
    largest = {"before": matched["before"], "after_matched": matched["after"], "after_weighted": weighted["after"]}
    return {name: float(values.abs().max()) for name, values in largest.items()}


def complexity_verdict(gaps: pd.DataFrame, valid_text: pd.DataFrame) -> tuple[str, str]:
    """Verdict on "complexity does not explain the drop" by rule, and its reason in words.

    It holds if there is a drop, one of the paper's measures is a control, and the drop stays with it held fixed; it
    fails if the drop goes; without a drop or without a control it cannot be told.
    """
    pooled = gaps[gaps["task_type"] == ALIKE].set_index("kind")
    before, after = pooled.loc["unadjusted"], pooled.loc["adjusted"]
    controls = valid_text[valid_text["passes"] & valid_text["measure"].isin(PAPER)]
    if before["ci_high"] >= 0:
        return "cannot be told", _no_drop(before, controls["measure"].unique())
    if controls.empty:
        return "cannot be told", "none of the paper's four measures is known to predict scores within a domain and type"
    if after["ci_high"] < 0:
        return "holds", "the drop stays with the controls held fixed"
    return "fails", "the drop goes with the controls held fixed"


def _no_drop(before: pd.Series, controls: Sequence[str]) -> str:
    low, high = in_points(before["ci_low"]), in_points(before["ci_high"])
    known = ", ".join(controls) or "none"
    return (
        f"there is no drop to explain (unadjusted {low:+.1f} to {high:+.1f} points); of the paper's four measures "
        f"these are known to predict scores within a domain and type: {known}"
    )
