"""Coverage and false alarms over the whole grid of sizes: ``python benchmarks/interval_coverage.py [draws]``.

1000 draws of each design take about 20 minutes on two cores.
Writes interval_coverage.csv beside this file: a row a design and method.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import pandas as pd
from rich.progress import track

from findomain.stats.coverage import coverage
from findomain.stats.simulate import Design

GRID = [
    Design(n_models=models, n_tasks=tasks, n_domain_tasks=domain)
    for models, tasks, domain in product((40, 100, 230), (60, 200, 350), (5, 12, 35))
    if 2 * domain <= tasks
]
HARDER = [
    Design(n_models=100, n_tasks=200, n_domain_tasks=12, gap=-0.1),
    Design(n_models=100, n_tasks=200, n_domain_tasks=12, domain_spread=1.5),
    Design(n_models=100, n_tasks=200, n_domain_tasks=12, domain_spread=0.67),
    Design(n_models=100, n_tasks=200, n_domain_tasks=12, sd_model_domain=0.08),
]


def one(task: tuple[Design, int]) -> pd.DataFrame:
    """Coverage of one design."""
    design, n_draws = task
    table = coverage(design, n_draws=n_draws, seed=1)
    return table.assign(gap=design.gap, sd_model_domain=design.sd_model_domain)


def main() -> None:
    """Run the grid on two processes and write the table."""
    n_draws = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    designs = [(design, n_draws) for design in (*GRID, *HARDER)]
    with ProcessPoolExecutor(2) as pool:
        table = pd.concat(track(pool.map(one, designs), total=len(designs)), ignore_index=True)
    table.round(4).to_csv(Path(__file__).with_suffix(".csv"), index=False)
    ours = table[table["method"] == "clustered by task and model"]
    print(table.groupby("method")[["covered", "false_alarms"]].agg(["min", "mean", "max"]).round(3).to_string())
    print(
        f"designs with coverage outside of 93-97 %: {int((~ours['covered'].between(0.93, 0.97)).sum())} of {len(ours)}"
    )


if __name__ == "__main__":
    main()
