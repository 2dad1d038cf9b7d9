"""How domains differ in a measure, with datasets as the unit: means, differences, intervals, and what goes together.

The unit is the dataset, not the text: thousands of texts of one dataset tell of that dataset. Datasets that share texts
are one observation, the mean of theirs. Intervals are Student's t over datasets; with so few they are wide and lean on
the values being roughly normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats as distributions
from statsmodels.stats.multitest import multipletests

from findomain.complexity import profile as texts_profile
from findomain.errors import ComplexityError
from findomain.profiles.shipped import DOMAINS

# Structure is left out, which follows from the type of task, and the effective rank, which follows from the number of
# texts.
COMPARED = (
    *texts_profile.MEASURES,
    "domain_term_density",
    "loughran_mcdonald_density",
    "keyness_density",
    "pooled_entropy",
    "semantic_dispersion",
)
LEVEL = 0.95
# A mean of fewer texts of a dataset tells little of it: a measure that most of its texts are too short for.
FEWEST_TEXTS = 30


def dataset_means(
    measures: pd.DataFrame, datasets: pd.DataFrame, *, language: str = "eng", fewest: int = FEWEST_TEXTS
) -> pd.DataFrame:
    """The mean of each measure of text in each family of datasets.

    Returns:
        A frame: family, domain, measure, unit, mean; without measures that a family has no value of, or one of fewer
        texts than ``fewest``.

    Raises:
        ComplexityError: a family of datasets has two domains.
    """
    chosen = (measures["language"] == language) & measures["measure"].isin(COMPARED)
    table = measures[chosen].merge(datasets[["dataset", "family"]], left_on="task", right_on="dataset", validate="m:1")
    of_texts = table["sd"].notna() & (table["n"] < fewest)
    table = table[table["mean"].notna() & ~of_texts]
    domains = table.groupby("family")["domain"].nunique()
    if (domains > 1).any():
        raise ComplexityError(f"datasets that share texts have two domains: {', '.join(domains.index[domains > 1])}")
    keys = ["family", "domain", "measure", "unit"]
    return table.groupby(keys, sort=False)["mean"].mean().reset_index()


def domain_means(means: pd.DataFrame, *, domains: Sequence[str] = DOMAINS) -> pd.DataFrame:
    """Mean and t interval over datasets by measure and domain: measure, unit, domain, mean, ci_low, ci_high, n."""
    rows = []
    for (measure, unit), part in means.groupby(["measure", "unit"], sort=False):
        for domain in domains:
            values = part.loc[part["domain"] == domain, "mean"].to_numpy()
            low, high = t_interval(values)
            mean = float(values.mean()) if len(values) else float("nan")
            rows.append((measure, unit, domain, mean, low, high, len(values)))
    return pd.DataFrame(rows, columns=["measure", "unit", "domain", "mean", "ci_low", "ci_high", "n"])


def t_interval(values: np.ndarray) -> tuple[float, float]:
    """Student's 95 % interval of a mean; NaN below two values."""
    n = len(values)
    if n < 2:
        return float("nan"), float("nan")
    half = distributions.t.ppf((1 + LEVEL) / 2, n - 1) * np.std(values, ddof=1) / np.sqrt(n)
    return float(np.mean(values) - half), float(np.mean(values) + half)


def differences(means: pd.DataFrame, *, domain: str = "finance", against: str = "general") -> pd.DataFrame:
    """Domain less another by measure, Welch's interval and p, and Holm's p over all measures; two datasets at least.

    Columns ``measure, unit, difference, ci_low, ci_high, effect, p_value, p_holm, n_domain, n_against``; ``effect`` is
    the difference over the root of the mean of both variances.
    """
    rows = []
    for (measure, unit), part in means.groupby(["measure", "unit"], sort=False):
        ours, theirs = (part.loc[part["domain"] == name, "mean"].to_numpy() for name in (domain, against))
        spread = np.var(ours, ddof=1) + np.var(theirs, ddof=1) if min(len(ours), len(theirs)) > 1 else 0.0
        if not spread > 0:
            continue
        found = distributions.ttest_ind(ours, theirs, equal_var=False)
        interval = found.confidence_interval(LEVEL)
        difference = float(ours.mean() - theirs.mean())
        effect = difference / float(np.sqrt(spread / 2))
        low, high, p = float(interval.low), float(interval.high), float(found.pvalue)
        rows.append((measure, unit, difference, low, high, effect, p, len(ours), len(theirs)))
    columns = ["measure", "unit", "difference", "ci_low", "ci_high", "effect", "p_value", "n_domain", "n_against"]
    table = pd.DataFrame(rows, columns=columns)
    holm = multipletests(table["p_value"], method="holm")[1] if len(table) else []
    table.insert(columns.index("p_value") + 1, "p_holm", holm)
    return table


def correlations(means: pd.DataFrame, *, measures: Sequence[str]) -> pd.DataFrame:
    """Spearman's correlation of measures with each other over datasets, a symmetric frame; of pairs with both."""
    wide = means.pivot(index="family", columns="measure", values="mean")
    return wide[[name for name in measures if name in wide]].corr(method="spearman", min_periods=4)


def median_correlation(table: pd.DataFrame) -> float:
    """Median over pairs of measures of the size of their correlation."""
    return float(np.nanmedian(table.abs().to_numpy()[np.triu_indices(len(table), k=1)]))


def cosines_by_domain(
    cosines: pd.DataFrame, datasets: pd.DataFrame, *, domains: Sequence[str] = DOMAINS
) -> pd.DataFrame:
    """Mean cosine of pairs of different families of datasets, by the domains of both: a symmetric frame.

    NaN where there is no pair.
    """
    about = datasets.set_index("dataset").loc[list(cosines.index)]
    family, domain = about["family"].to_numpy(), about["domain"].to_numpy()
    values = cosines.to_numpy(dtype=float)
    apart = family[:, None] != family[None, :]

    def mean(one: str, other: str) -> float:
        chosen = apart & (domain[:, None] == one) & (domain[None, :] == other)
        return float(values[chosen].mean()) if chosen.any() else float("nan")

    return pd.DataFrame([[mean(a, b) for b in domains] for a in domains], index=list(domains), columns=list(domains))


def length_means(descriptive: pd.DataFrame, tasks: pd.DataFrame, *, language: str = "eng") -> pd.DataFrame:
    """Characters a text of the published tasks by domain: geometric means over families of tasks, with t intervals.

    Columns ``domain, mean, ci_low, ci_high, n``, the domain with the most families first; those with two at least.
    """
    table = descriptive.merge(tasks[["task", "domain", "language", "family"]], on="task", validate="1:1")
    table = table[(table["language"] == language) & (table["chars_mean"] > 0)]
    logs = np.log(table["chars_mean"]).groupby([table["domain"], table["family"]]).mean()
    rows = []
    for domain, values in logs.groupby(level="domain"):
        low, high = t_interval(values.to_numpy())
        rows.append((domain, np.exp(values.mean()), np.exp(low), np.exp(high), len(values)))
    found = pd.DataFrame(rows, columns=["domain", "mean", "ci_low", "ci_high", "n"])
    return found[found["n"] > 1].sort_values("n", ascending=False, ignore_index=True)
