"""The scores as one grid with what groups its tasks, the parts that are drawn (tasks, models), and their jackknife."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from findomain.errors import ScoresError
from findomain.stats.crossed import CellMeans, cell_means, model_components
from findomain.stats.effects import Block, fit, make_blocks

STATES = ("true", "unknown")  # of in_training; false is what they are compared with


@dataclass(frozen=True, slots=True)
class Grid:
    """The scores of all types as one table with holes.

    Attributes:
        block: models, tasks, scores.
        states: 1.0 where exposure is true, and where it is unknown; shape (2, n_models, n_tasks).
        types, domains, cells: codes of each task, shape (n_tasks,); a cell is a type x domain that has tasks.
        names: the components of models, ``model`` first.
    """

    block: Block
    states: np.ndarray
    types: np.ndarray
    domains: np.ndarray
    cells: np.ndarray
    names: tuple[str, ...]

    @property
    def groupings(self) -> list[np.ndarray]:
        """The groups of tasks that go with ``names``, shape (n_tasks,) each."""
        known = {
            "model": np.zeros_like(self.types),
            "model x type": self.types,
            "model x domain": self.domains,
            "model x type x domain": self.cells,
        }
        return [known[name] for name in self.names]

    def keep(self, models: np.ndarray, tasks: np.ndarray) -> Grid:
        """The grid of some models and tasks (bool arrays); codes stay, and what has no score left goes."""
        tasks = tasks & (self.block.present[models].sum(0) > 0)
        models = models & (self.block.present[:, tasks].sum(1) > 0)
        return replace(
            self,
            block=part(self.block, models, tasks),
            states=self.states[:, models][:, :, tasks],
            types=self.types[tasks],
            domains=self.domains[tasks],
            cells=self.cells[tasks],
        )


def make_grid(scores: pd.DataFrame, *, three_way: bool) -> Grid:
    """The largest connected part of a scores table as a grid.

    Raises:
        ScoresError: fewer than 3 models or tasks, or no type x domain with two tasks.
    """
    together = scores.assign(task_type="all")
    block = make_blocks(together)[0]
    if min(block.score.shape) < 3:
        raise ScoresError(
            f"{len(block.models)} models and {len(block.tasks)} tasks share scores; expected at least 3 of each"
        )
    facts = scores.drop_duplicates("task").set_index("task").loc[block.tasks]
    types, domains = (pd.factorize(facts[column], sort=True)[0] for column in ("task_type", "domain"))
    cells = np.unique(types * (int(domains.max()) + 1) + domains, return_inverse=True)[1]
    if len(cells) == cells.max() + 1:
        raise ScoresError("no task type has two tasks of one domain; expected several, or tasks have no variance")
    state = scores["in_training"].astype(str) if "in_training" in scores else pd.Series("false", index=scores.index)
    states = [make_blocks(together.assign(score=state.eq(name).astype(float)))[0].score for name in STATES]
    several = {
        "model": True,
        "model x type": types.max() > 0,
        "model x domain": domains.max() > 0,
        "model x type x domain": three_way and types.max() > 0 and domains.max() > 0,
    }
    names = [name for name, there in several.items() if there]
    return Grid(block, np.stack(states), types, domains, cells, tuple(names))


def part(block: Block, models: np.ndarray, tasks: np.ndarray) -> Block:
    """Some models and tasks (bool arrays) of a block."""
    here = np.ix_(models, tasks)
    return replace(
        block,
        models=block.models[models],
        tasks=block.tasks[tasks],
        domains=block.domains[tasks],
        score=block.score[here],
        present=block.present[here],
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is estimated of the parts that are drawn.

    Attributes:
        variances: of tasks, then of the grid's ``names``, the rest last.
        slopes: what exposure true and unknown add to a score, shape (2,).
        means: means of the task effects by cell.
    """

    variances: np.ndarray
    slopes: np.ndarray
    means: CellMeans

    @property
    def values(self) -> np.ndarray:
        """Variances and slopes in one row."""
        return np.concatenate([self.variances, self.slopes])


def drawn_parts(grid: Grid) -> Drawn:
    """Variances of tasks, models and the rest, with the effect of exposure taken off."""
    slopes = exposure_slopes(grid)
    block = replace(grid.block, score=grid.block.score - np.tensordot(slopes, grid.states, axes=1))
    models = model_components(block, grid.groupings)
    means = cell_means(block, grid.cells, grid.groupings[1:], models[1:])
    return Drawn(np.concatenate([[means.task_variance], models]), slopes, means)


def exposure_slopes(grid: Grid) -> np.ndarray:
    """Effect of exposure: true with model and task held fixed within types, unknown between models; 0 where none."""
    true, unknown = grid.states
    top = bottom = 0.0
    for code in np.unique(grid.types[true.any(0)]):
        here = grid.types == code
        models = grid.block.present[:, here].any(1)
        block = part(grid.block, models, here)
        x = fit(replace(block, score=true[np.ix_(models, here)])).residual
        top, bottom = top + (x * block.score).sum(), bottom + (x**2).sum()
    slope = top / bottom if bottom > 1e-9 else 0.0
    if not unknown.any():
        return np.array([slope, 0.0])
    level = fit(replace(grid.block, score=grid.block.score - slope * true)).model_effect
    share = unknown.sum(1) / grid.block.present.sum(1)
    centred = share - share.mean()
    spread = (centred**2).sum()
    return np.array([slope, centred @ level / spread if spread > 1e-9 else 0.0])


def jackknife(grid: Grid, groups: int) -> np.ndarray:
    """Covariance of ``Drawn.values``: groups of tasks left out in turn, then groups of models, the two added.

    Tasks are dealt out cell by cell, so that a group holds some of each; models in the order of their names, so that
    those of one publisher, which are alike, go together.
    """
    n_models, n_tasks = grid.block.score.shape
    every_model, every_task = np.ones(n_models, bool), np.ones(n_tasks, bool)
    of_task = np.empty(n_tasks, int)
    of_task[np.argsort(grid.cells, kind="stable")] = np.arange(n_tasks) % min(groups, n_tasks)
    of_model = np.arange(n_models) * min(groups, n_models) // n_models
    over_tasks = [drawn_parts(grid.keep(every_model, of_task != g)).values for g in range(of_task.max() + 1)]
    over_models = [drawn_parts(grid.keep(of_model != g, every_task)).values for g in range(of_model.max() + 1)]
    return sum(_spread(np.array(values)) for values in (over_tasks, over_models))


def _spread(values: np.ndarray) -> np.ndarray:
    """Jackknife covariance from the values with each group left out, shape (n_groups, n_values)."""
    centred = values - values.mean(0)
    return (len(values) - 1) / len(values) * centred.T @ centred
