"""The figures of the book: each takes the frame that its chapter shows as a table, and computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from findomain.report.style import ACCENT, COLOURS, OWN, POINTS, QUIET, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def forest(
    gaps: pd.DataFrame,
    *,
    label: str = "task_type",
    colour: str | None = None,
    limit: float = 40.0,
    count: tuple[str, str] = ("n_domain_tasks", "tasks"),
    subject: str = "domain",
    group: str | None = None,
) -> Figure:
    """Estimates with their 95 % intervals, one a row, in points; intervals beyond ``limit`` end in an arrow.

    ``gaps`` has the columns of ``GapResult.to_frame``; rows are drawn from the top in the order given. ``colour``
    names the column whose values choose the colours, ``count`` that of the numbers at the right and their heading,
    ``subject`` what is lower at the left and higher at the right. ``group`` names a column: rows of one value stand
    together, with a space before the next.
    """
    places = _places(gaps, group)
    figure, (axes,) = new_figure(0.9 + 0.34 * (places[-1] + 1))
    for place, (_, row) in zip(places, gaps.iterrows(), strict=True):
        shade = _shade(str(row[colour])) if colour else ACCENT
        _interval(axes, place, row, shade, limit)
        axes.annotate(
            f"{row[count[0]]:.0f}",
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )
    axes.annotate(
        count[1],
        (1.0, -0.75),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 0),
        textcoords="offset points",
        fontsize="small",
    )
    axes.axvline(0, color="black", linewidth=1)
    axes.set_yticks(places, [str(name) for name in gaps[label]])
    if group:
        for text, (_, row) in zip(axes.get_yticklabels(), gaps.iterrows(), strict=True):
            text.set_fontweight("bold" if row["task_type"] == "pooled" else "normal")
    axes.set_ylim(places[-1] + 0.6, -1.1)
    bound = min(limit, float(np.nanmax(np.abs(gaps[["ci_low", "ci_high"]].to_numpy()))) * POINTS * 1.05)
    axes.set_xlim(-bound, bound)
    axes.set_xlabel(f"points: {subject} lower  \N{LEFTWARDS ARROW}  0  \N{RIGHTWARDS ARROW}  {subject} higher")
    axes.grid(visible=False, axis="y")
    return figure


def _places(gaps: pd.DataFrame, group: str | None) -> np.ndarray:
    """Heights of the rows: one apart, and a little more where the group changes."""
    places = np.arange(len(gaps), dtype=float)
    if group is None:
        return places
    names = gaps[group].to_numpy()
    return places + 0.6 * np.concatenate([[0], np.cumsum(names[1:] != names[:-1])])


def _shade(name: str) -> str:
    """The colour of a domain; one of the reader's own is dark blue-green, not the grey of "general"."""
    return COLOURS.get(name, OWN)


def _interval(axes: Axes, place: int, row: pd.Series, shade: str, limit: float) -> None:
    low, high = row["ci_low"] * POINTS, row["ci_high"] * POINTS
    shown = np.clip([low, high], -limit, limit)
    bold = 3.0 if row.get("task_type") == "pooled" else 1.8
    axes.plot(shown, [place, place], color=shade, linewidth=bold, solid_capstyle="butt")
    for end, marker, beyond in ((shown[0], "<", low < -limit), (shown[1], ">", high > limit)):
        if beyond:
            axes.plot([end], [place], marker=marker, color=shade, markersize=8, clip_on=False)
    axes.plot([row["estimate"] * POINTS], [place], marker="o", color=shade, markersize=4 + bold)


def heat(counts: pd.DataFrame, *, xlabel: str, ylabel: str, fmt: str = ".0f") -> Figure:
    """A table of numbers as shades with the numbers written in."""
    import seaborn as sns

    figure, (axes,) = new_figure(1.1 + 0.4 * len(counts))
    sns.heatmap(counts, annot=True, fmt=fmt, cmap="Oranges", cbar=False, linewidths=1, ax=axes, norm=_log_norm(counts))
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.tick_params(axis="x", rotation=40)
    return figure


def _log_norm(counts: pd.DataFrame) -> object:
    from matplotlib.colors import SymLogNorm

    return SymLogNorm(linthresh=1, vmin=0, vmax=float(counts.to_numpy().max()))


def growth(table: pd.DataFrame, *, x: str, y: str, colour: str, xlabel: str, ylabel: str) -> Figure:
    """Lines over log-log axes, one a value of ``colour``."""
    import seaborn as sns

    figure, (axes,) = new_figure(3.4)
    sns.lineplot(
        table, x=x, y=y, hue=colour, style=colour, markers=True, dashes=False, ax=axes, palette=_palette(table[colour])
    )
    axes.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
    axes.legend(title=None, frameon=False)
    return figure


def _palette(values: pd.Series) -> dict[object, str]:
    spare = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555"]
    return {value: COLOURS.get(str(value), spare[i % len(spare)]) for i, value in enumerate(values.unique())}


def rates(table: pd.DataFrame, *, label: str, target: float, xlabel: str, panel: str | None = None) -> Figure:
    """Shares with their intervals against the target that they should meet; one panel a value of ``panel``."""
    panels = list(table[panel].unique()) if panel else [None]
    names = list(table[label].unique())
    figure, all_axes = new_figure(1.1 + 0.42 * len(names), columns=len(panels), sharey=True)
    for axes, name in zip(all_axes, panels, strict=True):
        part = table if name is None else table[table[panel] == name]
        places = [names.index(value) for value in part[label]]
        middle = part["rate"].to_numpy() * 100
        spread = np.abs(np.stack([middle - part["ci_low"] * 100, part["ci_high"] * 100 - middle]))
        axes.errorbar(middle, places, xerr=spread, fmt="o", color=ACCENT, markersize=6)
        axes.axvline(target * 100, color="black", linewidth=1, linestyle="--")
        axes.set(xlabel=xlabel, xlim=(0, 100), title="" if name is None else str(name))
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
    return figure


def scatter(table: pd.DataFrame, *, x: str, y: str, xlabel: str, ylabel: str, highlight: str | None = None) -> Figure:
    """Models as points; where ``highlight`` is true they are drawn in the accent colour."""
    figure, (axes,) = new_figure(3.8)
    chosen = table[highlight].to_numpy(bool) if highlight else np.zeros(len(table), bool)
    for mask, shade, size in ((~chosen, QUIET, 18), (chosen, ACCENT, 34)):
        axes.scatter(table.loc[mask, x], table.loc[mask, y], color=shade, s=size, alpha=0.75, linewidths=0)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    return figure


def curves(table: pd.DataFrame, *, x: str, y: str, colour: str, xlabel: str, ylabel: str, target: float) -> Figure:
    """Curves over a logarithmic axis of tasks, one a value of ``colour``, with the target as a dashed line."""
    import seaborn as sns

    figure, (axes,) = new_figure(3.4)
    sns.lineplot(
        table, x=x, y=y, hue=colour, style=colour, markers=True, dashes=False, ax=axes, palette=_palette(table[colour])
    )
    axes.axhline(target, color="black", linewidth=1, linestyle="--")
    axes.set(xscale="log", ylim=(0, 1.02), xlabel=xlabel, ylabel=ylabel)
    axes.legend(title=None, frameon=False)
    return figure


def trend(table: pd.DataFrame, *, x: str, y: str, colour: str, xlabel: str, ylabel: str, logx: bool = False) -> Figure:
    """Points with a running median (an eighth of the points at a time) for each value of ``colour``."""
    figure, (axes,) = new_figure(3.8)
    palette = _palette(table[colour])
    for value, part in table.sort_values(x).groupby(colour, sort=False):
        axes.scatter(part[x], part[y], s=14, alpha=0.35, linewidths=0, color=palette[value])
        window = max(len(part) // 8, 5)
        axes.plot(
            part[x], part[y].rolling(window, center=True).median(), color=palette[value], label=value, linewidth=2.2
        )
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale="log" if logx else "linear")
    axes.legend(title=None, frameon=False)
    return figure
