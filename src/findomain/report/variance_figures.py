"""A score's variance for readers: the share of each component with its interval, as a figure and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from findomain.report.style import ACCENT, QUIET, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PERCENT = 100


def variance_shares(components: pd.DataFrame, *, highlight: str = "domain", limit: float = 100.0) -> Figure:
    """Shares of the total as points with 95 % intervals, in percent; rows from the top in the order given.

    ``components`` has the columns of ``stats.score_variance``; its total is not drawn. Components whose name holds
    ``highlight`` are in the accent colour, and standard deviations in points stand at the right. Shares below 0 are
    drawn as they are: parts that cannot be told from none. Intervals beyond ``limit`` percent end at the edge.
    """
    shown = components[components["component"] != "total"].reset_index(drop=True)
    figure, (axes,) = new_figure(0.9 + 0.34 * len(shown))
    ends = np.clip(shown[["share_low", "share_high"]].to_numpy() * PERCENT, -limit, limit)
    for place, row in shown.iterrows():
        shade = ACCENT if highlight in row["component"] else QUIET
        axes.plot(ends[place], [place, place], color=shade, linewidth=1.8, solid_capstyle="butt")
        axes.plot([row["share"] * PERCENT], [place], marker="o", color=shade, markersize=6)
        _at_right(axes, place, f"{row['sd_points']:.1f}", shift=6)
    _at_right(axes, -0.75, "points", shift=-4)
    axes.axvline(0, color="black", linewidth=1)
    axes.set_yticks(range(len(shown)), list(shown["component"]))
    axes.set_ylim(len(shown) - 0.4, -1.1)
    axes.set_xlabel("percent of the variance of a score")
    axes.grid(visible=False, axis="y")
    return figure


def _at_right(axes: Axes, place: float, text: str, *, shift: int) -> None:
    axes.annotate(
        text,
        (1.0, place),
        xycoords=("axes fraction", "data"),
        xytext=(shift, 0),
        textcoords="offset points",
        va="center" if shift > 0 else "baseline",
        fontsize="small",
    )


def readable_variance(components: pd.DataFrame) -> pd.DataFrame:
    """The components with standard deviations in points and shares in percent, to one decimal, with their intervals."""
    columns = {"sd_points": "points", "sd_points_low": "from", "sd_points_high": "to"}
    shares = {"share": "percent", "share_low": "from, percent", "share_high": "to, percent"}
    shown = components[["component", "n_levels", *columns, *shares, "units"]].copy()
    shown[[*shares]] *= PERCENT
    shown = shown.round(dict.fromkeys([*columns, *shares], 1))
    shown["n_levels"] = shown["n_levels"].map(lambda n: "" if pd.isna(n) else str(n))
    return shown.rename(columns={"n_levels": "levels", **columns, **shares}).set_index("component")
