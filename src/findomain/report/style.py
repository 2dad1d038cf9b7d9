"""One house style for all figures: quiet grid, colour-blind safe, readable at the width of a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 5.0  # inches: small, so that the text is legible when the page is 390 points wide
DPI = 200  # so that it is sharp when the page is wide
POINTS = 100  # scores are 0-1 in tables and points (0-100) in figures

# Okabe & Ito (2008): distinguishable with every common colour blindness, and in grey by their lightness.
COLOURS = {
    "finance": "#D55E00",
    "law": "#0072B2",
    "medicine": "#009E73",
    "chemistry": "#CC79A7",
    "programming": "#E69F00",
    "general": "#555555",
}
ACCENT, QUIET = "#D55E00", "#555555"
OWN = "#1B6B7A"  # a domain that is not in the palette


def use_house_style() -> None:
    """Set the style for the figures that follow; called once at the top of each notebook."""
    import matplotlib as mpl
    import seaborn as sns

    sns.set_theme(style="whitegrid", palette=list(COLOURS.values()), font_scale=0.95)
    mpl.rcParams.update(
        {
            "figure.dpi": DPI,
            "savefig.dpi": DPI,
            "savefig.bbox": "tight",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.titlesize": 11,
            "figure.constrained_layout.use": True,
        }
    )


def new_figure(height: float, *, columns: int = 1, rows: int = 1, sharey: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of the house width with its axes, as a list, row after row."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), squeeze=False, sharey=sharey)
    return figure, list(axes.flat)
