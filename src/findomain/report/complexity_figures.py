"""Figures and tables of the complexity of texts: each takes the frame that its chapter shows, and computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from findomain.report.readable import readable_p
from findomain.report.style import COLOURS, QUIET, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 2
BELOW = 0.27  # points lie below the interval, which would cover them
# The names of the measures that are shown, as a reader knows them.
TITLES = {
    "gunning_fog": "Gunning fog",
    "flesch_kincaid": "Flesch-Kincaid",
    "smog": "SMOG",
    "ari": "ARI",
    "dale_chall": "Dale-Chall",
    "n_words": "length",
    "sentence_length": "sentence length",
    "word_length": "word length",
    "syllables_per_word": "syllables",
    "ttr": "type-token ratio",
    "mattr": "MATTR",
    "mtld": "MTLD",
    "hdd": "HD-D",
    "entropy": "entropy of a text",
    "conditional_entropy": "bigram entropy",
    "compressed_size": "compressed size",
    "dependency_distance": "dependency distance",
    "domain_term_density": "finance terms",
    "loughran_mcdonald_density": "Loughran-McDonald",
    "keyness_density": "key words",
    "pooled_entropy": "entropy of 5,000 words",
    "semantic_dispersion": "semantic dispersion",
    "effective_rank": "effective rank",
}


def domain_panels(means: pd.DataFrame, points: pd.DataFrame, *, measures: Sequence[str]) -> Figure:
    """A panel a measure: each dataset as a light point, the mean of a domain with its interval in colour.

    ``means`` has the columns of ``domain_means``, ``points`` those of ``dataset_means``.
    """
    rows = -(-len(measures) // COLUMNS)
    domains = list(dict.fromkeys(means["domain"]))
    figure, all_axes = new_figure(0.4 + (0.62 + 0.24 * len(domains)) * rows, columns=COLUMNS, rows=rows, sharey=True)
    for axes, measure in zip(all_axes, measures, strict=False):
        _panel(axes, means[means["measure"] == measure], points[points["measure"] == measure], domains)
        axes.set_title(TITLES.get(measure, measure))
    for axes in all_axes[len(measures) :]:
        axes.set_visible(False)
    return figure


def _panel(axes: Axes, means: pd.DataFrame, points: pd.DataFrame, domains: list[str]) -> None:
    for place, domain in enumerate(domains):
        shade = COLOURS.get(domain, QUIET)
        values = points.loc[points["domain"] == domain, "mean"]
        axes.scatter(values, np.full(len(values), place + BELOW), color=shade, s=12, alpha=0.5, linewidths=0)
        row = means[means["domain"] == domain].iloc[0]
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=shade, linewidth=2)
        axes.plot([row["mean"]], [place], marker="o", color=shade, markersize=6)
    axes.set_yticks(range(len(domains)), domains)
    axes.set_ylim(len(domains) - 0.4, -0.4)
    axes.set_xlabel(means["unit"].iloc[0], fontsize="small")
    axes.grid(visible=False, axis="y")


def shades(table: pd.DataFrame, *, low: float, high: float) -> Figure:
    """A matrix of values between two bounds as shades, blue to red where zero is between them."""
    import seaborn as sns

    figure, (axes,) = new_figure(1.5 + 0.23 * len(table))
    sns.heatmap(
        table.rename(index=TITLES, columns=TITLES),
        vmin=low,
        vmax=high,
        cmap="vlag" if low < 0 else "Oranges",
        # Adding zero takes the sign off what is rounded to zero.
        annot=table.round(1) + 0.0,
        fmt=".1f",
        annot_kws={"fontsize": 5.5},
        square=True,
        linewidths=0.5,
        cbar=False,
        xticklabels=True,
        yticklabels=True,
        ax=axes,
    )
    axes.tick_params(labelsize=7)
    axes.set(xlabel="", ylabel="")
    return figure


def readable_means(means: pd.DataFrame) -> pd.DataFrame:
    """A row a measure, a column a domain: mean with its interval and the number of datasets."""
    shown = means.assign(value=[_value(row) for row in means.itertuples()])
    order = list(dict.fromkeys(means["measure"]))
    wide = shown.pivot(index=["measure", "unit"], columns="domain", values="value")
    wide = wide[list(dict.fromkeys(means["domain"]))].reindex(order, level="measure").reset_index()
    return wide.assign(measure=wide["measure"].map(lambda name: TITLES.get(name, name))).set_index("measure")


def _value(row: tuple) -> str:
    if not row.n:
        return ""
    interval = "" if np.isnan(row.ci_low) else f" ({_short(row.ci_low)} to {_short(row.ci_high)})"
    return f"{_short(row.mean)}{interval}, n = {row.n}"


def _short(value: float) -> str:
    """Three digits, or the whole of a larger number."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def readable_differences(table: pd.DataFrame) -> pd.DataFrame:
    """Differences as a reader wants them, the smallest p first."""
    shown = table.sort_values(["p_value", "measure"]).reset_index(drop=True)
    return pd.DataFrame(
        {
            "measure": shown["measure"].map(lambda name: TITLES.get(name, name)),
            "difference": shown["difference"].map(_short),
            "from": shown["ci_low"].map(_short),
            "to": shown["ci_high"].map(_short),
            "in spreads": shown["effect"].round(1),
            "p": shown["p_value"].map(readable_p),
            "p, Holm": shown["p_holm"].map(readable_p),
            "datasets": [f"{a} and {b}" for a, b in zip(shown["n_domain"], shown["n_against"], strict=True)],
        }
    ).set_index("measure")
