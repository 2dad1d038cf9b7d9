"""Mean pairwise cosine distance, closed form against all pairs: ``python benchmarks/dispersion.py``.

Writes dispersion.csv beside this file: a row a size and form.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from findomain.complexity.dispersion import effective_rank, mean_cosine_distance

DIMENSIONS = 384
SMALL, LARGE = 10_000, 100_000


def over_all_pairs(vectors: np.ndarray) -> float:
    """The same mean by the matrix of all cosines, 1,000 rows at once."""
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    n = len(units)
    total = sum(float((units[start : start + 1000] @ units.T).sum(dtype=np.float64)) for start in range(0, n, 1000))
    return 1 - (total - n) / (n * (n - 1))


def best_of(run: Callable[[np.ndarray], float], vectors: np.ndarray) -> tuple[float, float]:
    """The value, and the shortest of three runs in seconds."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        value = run(vectors)
        seconds.append(time.perf_counter() - started)
    return value, min(seconds)


def main() -> None:
    """Time each form and write the table."""
    vectors = np.random.default_rng(0).standard_normal((LARGE, DIMENSIONS), dtype=np.float32) + np.float32(0.5)
    runs = [
        ("closed form", mean_cosine_distance, SMALL),
        ("all pairs", over_all_pairs, SMALL),
        ("closed form", mean_cosine_distance, LARGE),
        ("effective rank", effective_rank, LARGE),
    ]
    rows = []
    for form, run, n in runs:
        value, seconds = best_of(run, vectors[:n])
        rows.append({"form": form, "n": n, "dimensions": DIMENSIONS, "value": value, "seconds": seconds})
    table = pd.DataFrame(rows)
    table.round({"value": 9, "seconds": 4}).to_csv(Path(__file__).with_suffix(".csv"), index=False)
    print(table.to_string(index=False))
    ratio = rows[1]["seconds"] / rows[0]["seconds"]
    print(f"closed form, {SMALL:,} vectors: {ratio:.0f} times as fast as all pairs")


if __name__ == "__main__":
    main()
