"""A score's variance for readers: the share of each component with its interval, as a table and as numbers."""

from __future__ import annotations

import pandas as pd

PERCENT = 100
NUMBERED = {
    "task": "task",
    "type": "type",
    "model": "model",
    "domain": "domain with its interactions",
    "exposure": "exposure",
    "model_domain": "model x domain",
    "model_type": "model x type",
    "rest": "rest",
}


def readable_variance(components: pd.DataFrame) -> pd.DataFrame:
    """The components with standard deviations in points and shares in percent, to one decimal, with their intervals."""
    columns = {"sd_points": "points", "sd_points_low": "from", "sd_points_high": "to"}
    shares = {"share": "percent", "share_low": "from, percent", "share_high": "to, percent"}
    shown = components[["component", "n_levels", *columns, *shares, "units"]].copy()
    shown[[*shares]] *= PERCENT
    shown = shown.round(dict.fromkeys([*columns, *shares], 1))
    shown["n_levels"] = shown["n_levels"].map(lambda n: "" if pd.isna(n) else str(n))
    return shown.rename(columns={"n_levels": "levels", **columns, **shares}).set_index("component")


def variance_numbers(components: pd.DataFrame) -> dict[str, float]:
    """Numbers for prose: ``var_NAME`` (share, percent) and ``var_NAME_sd`` (points), with ``_low`` and ``_high``.

    A component that the table lacks (one type or domain) is NaN.
    """
    table = components.set_index("component").reindex(NUMBERED.values())
    numbers = {}
    for key, name in NUMBERED.items():
        for end in ("", "_low", "_high"):
            numbers[f"var_{key}{end}"] = round(float(table.loc[name, f"share{end}"]) * 100, 1)
            numbers[f"var_{key}_sd{end}"] = round(float(table.loc[name, f"sd_points{end}"]), 1)
    return numbers
