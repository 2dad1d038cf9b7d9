"""Correlation within cells: what two numbers share once every cell has its own level.

Both are centred within their cell, so the correlation is the partial one given the cells. Leaving units out is exact
and costs no second fit: a cell of m that loses k units with the sum s of distances from its mean loses their squares
and s^2 / (m - k), by which its mean moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

NONE = 1e-12  # share of a variable's variance below which it counts as constant within the cells


@dataclass(frozen=True, slots=True)
class Within:
    """A partial correlation and what leaving out makes of it.

    Attributes:
        r: correlation within cells.
        n, n_cells: units and cells.
        left_out: the correlation without each group, shape (n_groups,).
        gain: share of the squared error of the cells' means that the second variable takes away, each group predicted
            from the others (leave-one-out R2 against the cell's mean alone); at most 1, not above 0: of no use.
    """

    r: float
    n: int
    n_cells: int
    left_out: np.ndarray
    gain: float

    @property
    def sign_changes(self) -> bool:
        """Whether the correlation has another sign, or none, without some one group."""
        return bool((~(self.left_out * np.sign(self.r) > 0)).any())

    def fisher(self) -> tuple[float, float, float]:
        """Bounds by Fisher's z with n - n_cells - 2 for its inverse variance (Fisher 1924), and p of the t test."""
        if self.n - self.n_cells < 3:
            return math.nan, math.nan, math.nan
        low, high = _back(self.r, 1.959964 / math.sqrt(self.n - self.n_cells - 2))
        df = self.n - self.n_cells - 1
        t = abs(self.r) * math.sqrt(df / max(1 - self.r**2, NONE))
        return low, high, float(2 * stats.t.sf(t, df))

    def jackknife(self) -> tuple[float, float, float]:
        """Bounds and p from the jackknife of z over groups, whose units may be dependent (Efron & Stein 1981)."""
        n_groups = len(self.left_out)
        z = np.arctanh(np.clip(self.left_out, -1 + NONE, 1 - NONE))
        se = math.sqrt((n_groups - 1) / n_groups * ((z - z.mean()) ** 2).sum())
        df = n_groups - 1
        if not se > 0:
            return math.nan, math.nan, math.nan
        low, high = _back(self.r, float(stats.t.ppf(0.975, df)) * se)
        return low, high, float(2 * stats.t.sf(abs(math.atanh(self.r)) / se, df))


def _back(r: float, half: float) -> tuple[float, float]:
    z = math.atanh(min(max(r, -1 + NONE), 1 - NONE))
    return math.tanh(z - half), math.tanh(z + half)


def within(x: np.ndarray, y: np.ndarray, cell: np.ndarray, *, group: np.ndarray | None = None) -> Within | None:
    """Correlate x and y within cells; None where either does not vary within them.

    Units alone in their cell are left out. ``group`` names what is left out together, by default each unit alone; a
    group that fills a cell cannot be predicted there and does not bear on the gain.
    """
    place, kept = _cells(cell)
    x, y, n = x[kept], y[kept], int(kept.sum())
    dx, dy = centred(x, place), centred(y, place)
    sxx, syy, sxy = (float((a * b).sum()) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    if n == 0 or sxx <= NONE * (x**2).sum() or syy <= NONE * (y**2).sum():
        return None
    code = np.arange(n) if group is None else np.unique(group[kept], return_inverse=True)[1]
    _, first, part, taken = np.unique(
        np.stack([code, place]), axis=1, return_index=True, return_inverse=True, return_counts=True
    )
    rest = (np.bincount(place)[place[first]] - taken).astype(float)  # what a cell keeps without the group
    moved = [-np.bincount(part, d) / np.maximum(rest, 1) for d in (dx, dy)]
    xx, yy, xy = (
        total - np.bincount(code, a * b) - np.bincount(code[first], rest * moved[i] * moved[j])
        for total, a, b, i, j in ((sxx, dx, dx, 0, 0), (syy, dy, dy, 1, 1), (sxy, dx, dy, 0, 1))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = np.where((xx > NONE * sxx) & (yy > NONE * syy), xy / np.sqrt(xx * yy), np.nan)
        slope = (xy / xx)[code]
    ahead = rest[part] > 0
    by_mean = (dy - moved[1][part])[ahead]
    missed = by_mean - (slope * (dx - moved[0][part]))[ahead]
    gain = 1 - float((missed**2).sum() / (by_mean**2).sum()) if ahead.any() else math.nan
    return Within(sxy / math.sqrt(sxx * syy), n, len(np.unique(place)), left_out, gain)


def centred(values: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Values less the mean of their cell; cells are numbered from 0."""
    return values - (np.bincount(place, values) / np.maximum(np.bincount(place), 1))[place]


def _cells(cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of the cell of each unit that is not alone, and which these are."""
    _, place, count = np.unique(cell, return_inverse=True, return_counts=True)
    kept = count[place] > 1
    return np.unique(place[kept], return_inverse=True)[1], kept
