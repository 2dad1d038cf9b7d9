"""Correlation within cells: against residuals, against refits without each group, and its intervals by simulation."""

import numpy as np
import pytest
from scipy import stats

from findomain.stats.partial import within

CELLS = np.repeat(np.arange(5), [2, 3, 8, 12, 15])


def drawn(seed: int, rho: float = 0.5, cells: np.ndarray = CELLS) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=(2, len(cells)))
    return x + 3 * cells, rho * x + np.sqrt(1 - rho**2) * noise - cells


def residuals(values: np.ndarray, cells: np.ndarray) -> np.ndarray:
    return values - np.array([values[cells == cell].mean() for cell in cells])


def test_equal_to_the_correlation_of_residuals() -> None:
    x, y = drawn(0)
    found = within(x, y, CELLS)
    a, b = residuals(x, CELLS), residuals(y, CELLS)
    assert found.r == pytest.approx(stats.pearsonr(a, b).statistic)
    assert (found.n, found.n_cells) == (40, 5)
    t = found.r * np.sqrt(34 / (1 - found.r**2))
    assert found.fisher()[2] == pytest.approx(2 * stats.t.sf(abs(t), 34))


def test_leaving_out_equals_refitting() -> None:
    x, y = drawn(1)
    found = within(x, y, CELLS)
    missed = []
    for k in range(40):
        kept = np.arange(40) != k
        without = within(x[kept], y[kept], CELLS[kept])
        assert found.left_out[k] == pytest.approx(without.r)
        a, b = residuals(x[kept], CELLS[kept]), residuals(y[kept], CELLS[kept])
        same = kept & (CELLS[k] == CELLS)
        ahead = y[same].mean() + (a @ b) / (a @ a) * (x[k] - x[same].mean())
        missed.append([y[k] - ahead, y[k] - y[same].mean()])
    squares = (np.array(missed) ** 2).sum(0)
    assert found.gain == pytest.approx(1 - squares[0] / squares[1])


def test_groups_are_left_out_as_one() -> None:
    cells, pair = np.repeat([0, 1], 20), np.tile(np.arange(20), 2)
    x, y = drawn(2, cells=cells)
    found = within(x, y, cells, group=pair)
    for k in range(20):
        assert found.left_out[k] == pytest.approx(within(x[pair != k], y[pair != k], cells[pair != k]).r)


def test_groups_with_several_units_in_a_cell_equal_refitting() -> None:
    x, y = drawn(5)
    group = np.random.default_rng(5).integers(0, 12, 40)
    group[:2] = 50  # fills the first cell
    found = within(x, y, CELLS, group=group)
    squares = np.zeros(2)
    for place, name in enumerate(np.unique(group)):
        kept = group != name
        assert found.left_out[place] == pytest.approx(within(x[kept], y[kept], CELLS[kept]).r)
        a, b = (values[kept] - [values[kept & (cell == CELLS)].mean() for cell in CELLS[kept]] for values in (x, y))
        for k in np.flatnonzero(~kept & (CELLS > 0)):
            same = kept & (CELLS[k] == CELLS)
            error = y[k] - y[same].mean()
            squares += np.array([(error - (a @ b) / (a @ a) * (x[k] - x[same].mean())) ** 2, error**2])
    assert found.gain == pytest.approx(1 - squares[0] / squares[1])


def test_lonely_units_and_constants_say_nothing() -> None:
    x, y = drawn(3)
    assert within(np.r_[x, 90.0], np.r_[y, -90.0], np.r_[CELLS, 99]).r == pytest.approx(within(x, y, CELLS).r)
    assert within(CELLS.astype(float), y, CELLS) is None
    assert within(x, y, np.arange(40)) is None


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_fisher_covers(rho: float) -> None:
    """1,000 draws: the standard error of a rate of 95 % is 0.7 points."""
    hits = 0
    for seed in range(1000):
        low, high, _ = within(*drawn(seed, rho), CELLS).fisher()
        hits += low <= rho <= high
    assert 0.93 <= hits / 1000 <= 0.97


def twins(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two cells of 60 items, paired: both numbers are nearly the same in both twins, and have nothing to do."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(2, 60))
    x, y = (np.tile(part, 2) + 0.3 * rng.normal(size=120) for part in shared)
    return x, y, np.repeat([0, 1], 60), np.tile(np.arange(60), 2)


def test_the_jackknife_over_pairs_holds_where_fisher_does_not() -> None:
    p_values = np.array(
        [
            [found.jackknife()[2], found.fisher()[2]]
            for s in range(500)
            for x, y, c, g in [twins(s)]
            for found in [within(x, y, c, group=g)]
        ]
    )
    jackknife, fisher = (p_values < 0.05).mean(0)
    assert 0.03 <= jackknife <= 0.08
    assert fisher > 0.1
