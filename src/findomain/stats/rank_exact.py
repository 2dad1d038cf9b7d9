"""Spearman's rho for few models, exactly: the values that it can take, and their probabilities under independence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import permutations

import numpy as np
from scipy import optimize, stats

MAX_EXACT = 9  # 362,880 orders; beyond, p comes from random permutations


@cache
def _distribution(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Values of rho without ties, ascending, and their probabilities, by enumeration of all orders."""
    orders = np.array(list(permutations(range(n))), dtype=np.int16)
    squares = ((orders - np.arange(n)) ** 2).sum(1)
    values, counts = np.unique(1 - 6 * squares / (n * (n**2 - 1)), return_counts=True)
    return values, counts / counts.sum()


def rho_grid(n: int) -> np.ndarray:
    """The values that Spearman's rho can take for n models without ties, ascending.

    For n above 9 every even sum of squared differences from 0 to n(n^2-1)/3 occurs.

    Raises:
        ValueError: n below 2.
    """
    if n < 2:
        raise ValueError(f"n is {n}; a rank correlation needs at least 2 models")
    if n <= MAX_EXACT:
        return _distribution(n)[0]
    return 1 - 6 * np.arange(n * (n**2 - 1) // 3, -1, -2) / (n * (n**2 - 1))


def exact_p(rho: float, n: int) -> float:
    """Two-sided p of rho under independence, by enumeration.

    Raises:
        ValueError: n outside of 2 to 9.
    """
    if not 2 <= n <= MAX_EXACT:
        raise ValueError(f"n is {n}; enumeration is done for 2 to {MAX_EXACT} models")
    values, chances = _distribution(n)
    return float(chances[np.abs(values) >= abs(rho) - 1e-9].sum())


def on_grid(rhos: Sequence[float], n: int, *, decimals: int = 2) -> list[bool]:
    """Which printed values are a value of rho for n models, rounded."""
    grid = np.round(rho_grid(n), decimals)
    return [bool(np.isclose(grid, value, atol=10 ** -(decimals + 2)).any()) for value in rhos]


def permutation_p(x: np.ndarray, y: np.ndarray, *, n_permutations: int, rng: np.random.Generator) -> float:
    """Two-sided p of rho: exact up to 9 models without ties, else from random permutations, (c + 1) / (n + 1)."""
    n = len(x)
    rank_x, rank_y = stats.rankdata(x), stats.rankdata(y)
    if n < 3 or np.ptp(rank_x) == 0 or np.ptp(rank_y) == 0:
        return float("nan")
    rho = float(np.corrcoef(rank_x, rank_y)[0, 1])
    if n <= MAX_EXACT and len(set(rank_x)) == n == len(set(rank_y)):
        return exact_p(rho, n)
    centred = (rank_x - rank_x.mean()) / rank_x.std()
    shuffled = rng.permuted(np.tile((rank_y - rank_y.mean()) / rank_y.std(), (n_permutations, 1)), axis=1)
    count = int((np.abs(shuffled @ centred / n) >= abs(rho) - 1e-12).sum())
    return (count + 1) / (n_permutations + 1)


def smallest_rho(n: int, *, power: float = 0.8) -> float:
    """The true rho that n models find at p < 0.05 with this power; NaN if none.

    Fisher's z with the variance of Bonett & Wright (2000).
    """
    if n < 4:
        return float("nan")
    reach = stats.norm.ppf(0.975) + stats.norm.ppf(power)

    def excess(rho: float) -> float:
        return float(np.arctanh(rho) - reach * np.sqrt((1 + rho**2 / 2) / (n - 3)))

    return float(optimize.brentq(excess, 1e-6, 1 - 1e-12)) if excess(1 - 1e-12) > 0 else float("nan")
