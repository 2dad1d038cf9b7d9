"""The domain gap within matched pairs: each item of the domain against its twin, for the same models.

The table of items has the columns ``model, task_type, pair, domain, value``: one value an item and model, whose mean
over the items of a type and domain is the model's score (``evaluators.item_values``). A pair's difference is the value
of the domain's item minus that of its twin: what both share cancels. Signed: negative means the domain is harder.

Pairs are drawn, and so are models, each independently of the other: the variance of the mean difference is that of the
pairs' means over models plus that of the models' means over pairs, less that of the remainder, which both hold; the
reference is t with Satterthwaite's degrees of freedom. Beside it stands the interval over pairs alone, which is about
these models and no others. Task types are fixed and weigh alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy import stats

from findomain.errors import ScoresError
from findomain.stats.table import check_domain

COLUMNS = ("model", "task_type", "pair", "domain", "value")
POOLED = "pooled"
FIND = 0.8


@dataclass(frozen=True, slots=True)
class PairedGap:
    """The gap within pairs of one task type, or of all.

    Attributes:
        task_type: the type, or ``pooled``.
        estimate: mean difference, in score units (0-1).
        se: standard error over pairs and models.
        ci_low, ci_high: 95 % interval over pairs and models.
        p_value: two-sided p of no gap.
        pairs_low, pairs_high: 95 % interval over pairs, the models held fixed.
        detectable: the gap that would be found (p < .05) four times in five with this standard error.
        n_models, n_pairs: what carried it.
    """

    task_type: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    pairs_low: float
    pairs_high: float
    detectable: float
    n_models: int
    n_pairs: int


def paired_gap(items: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The gap pooled over types and within each, a row each with the fields of ``PairedGap``, the pooled one first.

    Raises:
        ScoresError: a missing column, no item of the domain or outside, an item without its twin, or a model that
            lacks items.
    """
    return gaps_frame(differences(items, domain=domain))


def gaps_frame(by_type: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The same from differences."""
    found = [_gap(POOLED, list(by_type.values())), *(_gap(name, [table]) for name, table in by_type.items())]
    return pd.DataFrame([asdict(gap) for gap in found])


def gap_by_model(items: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The gap of each model alone, with its interval over pairs: ``model`` and the fields of ``PairedGap``.

    Raises:
        ScoresError: see ``paired_gap``.
    """
    by_type = differences(items, domain=domain)
    models = next(iter(by_type.values())).index
    tables = [gaps_frame({kind: table.loc[[model]] for kind, table in by_type.items()}) for model in models]
    return pd.concat(
        [table.assign(model=model) for model, table in zip(models, tables, strict=True)], ignore_index=True
    )


def gap_without_type(items: pd.DataFrame, *, domain: str = "finance") -> pd.DataFrame:
    """The pooled gap with one task type left out at a time: ``without`` and the fields of ``PairedGap``.

    Raises:
        ScoresError: see ``paired_gap``.
    """
    by_type = differences(items, domain=domain)
    rows = [
        gaps_frame({kind: table for kind, table in by_type.items() if kind != left}).head(1).assign(without=left)
        for left in by_type
        if len(by_type) > 1
    ]
    return pd.concat(rows, ignore_index=True)


def differences(items: pd.DataFrame, *, domain: str = "finance") -> dict[str, pd.DataFrame]:
    """By task type, the difference of each pair (columns) for each model (rows); only models that have every type.

    Raises:
        ScoresError: see ``paired_gap``.
    """
    missing = [name for name in COLUMNS if name not in items.columns]
    if missing:
        raise ScoresError(f"no column {missing[0]}; expected {', '.join(COLUMNS)}")
    check_domain(items, domain)
    signed = items["value"].where(items["domain"] == domain, -items["value"])
    groups = items.assign(value=signed).groupby(["task_type", "model", "pair"])["value"]
    uneven = groups.size().loc[lambda size: size != 2]
    if len(uneven):
        kind, model, pair = uneven.index[0]
        raise ScoresError(f"{kind}, {model}: pair {pair} has {uneven.iloc[0]} values, expected one a domain")
    wide = groups.sum().unstack("pair")
    everywhere = set.intersection(*(set(wide.loc[kind].index) for kind in wide.index.levels[0]))
    if not everywhere:
        raise ScoresError("no model has items of every task type")
    kept = {kind: wide.loc[kind].loc[sorted(everywhere)].dropna(axis=1, how="all") for kind in wide.index.levels[0]}
    for kind, table in kept.items():
        if table.isna().to_numpy().any():
            raise ScoresError(f"{kind}: {table.index[table.isna().any(axis=1)][0]} lacks items that another model has")
    return kept


def _gap(name: str, tables: Sequence[pd.DataFrame]) -> PairedGap:
    values = [table.to_numpy() for table in tables]
    estimate = float(np.mean([table.mean() for table in values]))
    of_pairs, of_both, of_pairs_df, of_both_df = _variances(values)
    pairs_half, half = (
        float(stats.t.ppf(0.975, df) * np.sqrt(variance)) if variance > 0 else float("nan")
        for variance, df in ((of_pairs, of_pairs_df), (of_both, of_both_df))
    )
    se = float(np.sqrt(of_both))
    return PairedGap(
        task_type=name,
        estimate=estimate,
        se=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        p_value=float(2 * stats.t.sf(abs(estimate) / se, of_both_df)) if se > 0 else float("nan"),
        pairs_low=estimate - pairs_half,
        pairs_high=estimate + pairs_half,
        detectable=half + float(stats.t.ppf(FIND, of_both_df)) * se,
        n_models=len(tables[0]),
        n_pairs=sum(table.shape[1] for table in tables),
    )


def _variances(values: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
    """Variance of the mean over types: over pairs, over pairs and models; and the degrees of freedom of each."""
    n_types, n_models = len(values), len(values[0])
    parts = [table.mean(0).var(ddof=1) / table.shape[1] / n_types**2 for table in values]
    of_pairs = float(sum(parts))
    spread = sum(part**2 / (table.shape[1] - 1) for part, table in zip(parts, values, strict=True))
    pairs_df = of_pairs**2 / spread if spread > 0 else float("nan")
    if n_models < 2:
        return of_pairs, of_pairs, pairs_df, pairs_df
    of_models = float(np.mean([table.mean(1) for table in values], axis=0).var(ddof=1) / n_models)
    rest = float(sum(_remainder(table) for table in values) / n_types**2)
    of_both = max(of_pairs + of_models - rest, of_pairs, of_models)
    spread += of_models**2 / (n_models - 1)
    return of_pairs, of_both, pairs_df, (of_pairs + of_models) ** 2 / spread if spread > 0 else float("nan")


def _remainder(table: np.ndarray) -> float:
    """Variance of the grand mean that comes from what neither pair nor model explains."""
    left = table - table.mean(0) - table.mean(1)[:, None] + table.mean()
    n_models, n_pairs = table.shape
    return float((left**2).sum() / ((n_models - 1) * (n_pairs - 1)) / table.size)


def paired_bootstrap(
    items: pd.DataFrame, *, domain: str = "finance", n_draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Percentile intervals from drawing anew: the same pairs in both domains, and with them models.

    Columns ``task_type``, ``pairs_low``, ``pairs_high`` (models fixed), ``both_low``, ``both_high`` (models drawn too,
    the same in every type; with few models too short).

    Raises:
        ScoresError: see ``paired_gap``.
    """
    by_type, rng = differences(items, domain=domain), np.random.default_rng(seed)
    n_models = len(next(iter(by_type.values())))
    models = rng.multinomial(n_models, np.full(n_models, 1 / n_models), n_draws) / n_models
    fixed, drawn = [], []
    for table in by_type.values():
        n = table.shape[1]
        by_model = rng.multinomial(n, np.full(n, 1 / n), n_draws) / n @ table.to_numpy().T
        fixed.append(by_model.mean(1))
        drawn.append((by_model * models).sum(1))
    rows = []
    for place, name in enumerate([POOLED, *by_type]):
        chosen = slice(None) if name == POOLED else slice(place - 1, place)
        ends = [np.quantile(np.mean(side[chosen], axis=0), (0.025, 0.975)) for side in (fixed, drawn)]
        rows.append([name, *map(float, np.concatenate(ends))])
    return pd.DataFrame(rows, columns=["task_type", "pairs_low", "pairs_high", "both_low", "both_high"])
