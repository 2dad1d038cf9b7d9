"""Models made for a domain, each with the model it was made from, and the paper's two from its printed tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from scipy import stats

from findomain.errors import PublishedError
from findomain.paths import DATA
from findomain.published.paper import corrected_paired_tests
from findomain.stats.estimate import Estimate, estimates_frame, t_estimate

COLUMNS = ("specialist", "base", "domain", "kind", "source", "note")
KINDS: Mapping[str, str] = {
    "tuned": "the base is published and named",
    "no base": "the base is not published: set against the vendor's generalist of the same generation, if any",
    "live": "the base is published and named, and both were measured here",
    "edition": "another size or stage of one that is in the table: no generalist, and not compared",
    "table": "known from the paper's printed tables alone",
}


def load_specialists(*, domain: str | None = None, path: Path | None = None) -> pd.DataFrame:
    """The table of specialists: ``specialist, base, domain, kind, source, note``; of one domain, or all if None.

    Those that cannot be compared with a base are in it too: they are no generalists. ``kind`` is one of ``KINDS``.

    Raises:
        PublishedError: no such file, another heading, a doubled specialist, an unknown kind, a domain that none has.
    """
    path = path or DATA / "specialists.csv"
    try:
        table = pd.read_csv(path, keep_default_na=False, dtype="str")
    except (OSError, ValueError) as error:
        raise PublishedError(f"{path}: cannot be read as a table of specialists ({error})") from error
    if tuple(table.columns) != COLUMNS:
        raise PublishedError(f"{path}: the columns are {', '.join(table.columns)}; expected {', '.join(COLUMNS)}")
    for row, (name, kind) in enumerate(zip(table["specialist"], table["kind"], strict=True), start=2):
        if kind not in KINDS:
            raise PublishedError(f"{path}, row {row}: kind is {kind!r}; expected one of {', '.join(KINDS)}")
        if name in set(table["specialist"][: row - 2]):
            raise PublishedError(f"{path}, row {row}: {name} is there twice; expected one row a specialist")
    if domain is not None and domain not in set(table["domain"]):
        known = ", ".join(sorted(table["domain"].unique()))
        raise PublishedError(f"no specialist for the domain {domain!r}; there are some for: {known}")
    return table if domain is None else table[table["domain"] == domain].reset_index(drop=True)


def printed_pairs() -> pd.DataFrame:
    """What the printed paired tests of the paper's two specialists imply, a row a comparison and task type.

    A paired t-test over n datasets with a two-sided p has n - 1 degrees of freedom: its t follows from p, and the
    standard error from t and the printed difference. Columns ``comparison, task_type, n_datasets, t, p_holm`` and those
    of ``Estimate``, on finance alone: the paper prints no score of either out of its domain.
    """
    printed = corrected_paired_tests()
    table = estimates_frame(_implied(row) for _, row in printed.iterrows())
    lead = printed[["comparison", "task_type", "n_datasets", "p_holm"]]
    return pd.concat([lead, (table["estimate"] / table["se"]).rename("t"), table], axis=1)


def printed_estimates(comparison: str) -> list[Estimate]:
    """The same as estimates, to be pooled over task types.

    Raises:
        PublishedError: a comparison that the paper does not print.
    """
    printed = corrected_paired_tests()
    known = printed["comparison"].unique()
    if comparison not in known:
        raise PublishedError(f"no comparison {comparison!r} in the paper; there are: {', '.join(known)}")
    return [_implied(row) for _, row in printed[printed["comparison"] == comparison].iterrows()]


def _implied(row: pd.Series) -> Estimate:
    n, p, value = int(row["n_datasets"]), float(row["p_printed"]), float(row["difference"])
    se = abs(value) / float(stats.t.isf(p / 2, n - 1))
    name = f"{row['comparison']}, {row['task_type']}"
    return t_estimate(name, value, se**2, n - 1, (2, n, n), "implied by the printed paired t-test")
