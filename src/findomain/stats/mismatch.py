"""Does the gap within pairs come from what the twins do not quite share? One residual mismatch at a time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.paired import differences, gaps_frame

LEFT_OUT = 1 / 3


def mismatch_sensitivity(items: pd.DataFrame, mismatches: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The pooled gap without the most mismatched third of the pairs of each type, and at no mismatch.

    Args:
        items: see ``paired``.
        mismatches: columns ``task_type``, ``pair`` and one a measure: the domain's item minus its twin. NaN where the
            measure does not apply; types without a value do not take part.
        domain: the target domain.

    Returns:
        One row a measure: ``measure``; ``n_types``; ``mean_mismatch``; ``gap`` of these types; ``without``,
        ``without_low``, ``without_high``: the gap without the third; ``at_zero``, ``zero_low``, ``zero_high``: the gap
        where the mismatch is 0, by regression of the pairs' differences on it with a level for each type (intervals
        over pairs, robust to unequal spread, HC1); ``slope_p``: p of the mismatch.

    Raises:
        ScoresError: see ``paired_gap``; or pairs without a mismatch.
    """
    by_type = differences(items, domain=domain)
    measures = [name for name in mismatches.columns if name not in ("task_type", "pair")]
    rows = []
    for name in measures:
        values = {
            kind: part.set_index("pair")[name]
            for kind, part in mismatches.groupby("task_type")
            if part[name].notna().any()
        }
        kept = {kind: table for kind, table in by_type.items() if kind in values}
        rows.append({"measure": name, **_row(kept, {kind: _aligned(values[kind], kept[kind], kind) for kind in kept})})
    return pd.DataFrame(rows)


def _aligned(values: pd.Series, table: pd.DataFrame, kind: str) -> np.ndarray:
    found = values.reindex(table.columns)
    if found.isna().any():
        raise ScoresError(f"{kind}: pair {found.index[found.isna()][0]} has no mismatch")
    return found.to_numpy(dtype=float)


def _row(by_type: Mapping[str, pd.DataFrame], values: Mapping[str, np.ndarray]) -> dict[str, float]:
    near = {}
    for kind, table in by_type.items():
        n_kept = table.shape[1] - int(table.shape[1] * LEFT_OUT)
        near[kind] = table.iloc[:, np.sort(np.argsort(np.abs(values[kind]), kind="stable")[:n_kept])]
    everything, without = gaps_frame(by_type).iloc[0], gaps_frame(near).iloc[0]
    return {
        "n_types": len(by_type),
        "mean_mismatch": float(np.mean([part.mean() for part in values.values()])),
        "gap": everything["estimate"],
        "without": without["estimate"],
        "without_low": without["pairs_low"],
        "without_high": without["pairs_high"],
        **_at_zero([table.mean().to_numpy() for table in by_type.values()], list(values.values())),
    }


def _at_zero(means: list[np.ndarray], values: list[np.ndarray]) -> dict[str, float]:
    """Mean of the types' levels where the mismatch is 0."""
    import statsmodels.api as sm

    level = np.repeat(np.eye(len(means)), [len(part) for part in means], axis=0)
    design = np.column_stack([level, np.concatenate(values)])
    fitted = sm.OLS(np.concatenate(means), design).fit(cov_type="HC1", use_t=True)
    test = fitted.t_test(np.r_[np.full(len(means), 1 / len(means)), 0.0])
    low, high = test.conf_int()[0]
    found = {"at_zero": float(test.effect[0]), "zero_low": float(low), "zero_high": float(high)}
    return found | {"slope_p": float(fitted.pvalues[-1])}
