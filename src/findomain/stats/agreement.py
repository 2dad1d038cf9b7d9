"""Agreement of annotators: Krippendorff's alpha, 1 for perfect agreement and 0 for what chance gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

# How far apart two values are, squared, by the scale that they are on.
DISTANCES: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "nominal": lambda a, b: (a != b).astype(float),
    "interval": lambda a, b: (a - b) ** 2,
}


def krippendorff_alpha(ratings: Sequence[Sequence[object]], *, scale: str = "nominal") -> float:
    """Krippendorff's alpha: one less observed over expected disagreement (Krippendorff 2004, chapter 11).

    Args:
        ratings: by annotator, a value a unit; None or NaN where one gave none. A unit with fewer than two does not
            count.
        scale: ``nominal`` (classes) or ``interval`` (numbers).

    Returns:
        NaN where no unit has two values, or where all values are the same: then nothing could disagree.

    Raises:
        ValueError: an unknown scale, or annotators with different numbers of units.
    """
    if scale not in DISTANCES:
        raise ValueError(f"scale is {scale!r}; expected one of {', '.join(DISTANCES)}")
    if len({len(row) for row in ratings}) > 1:
        raise ValueError(f"annotators have different numbers of units: {sorted({len(row) for row in ratings})}")
    units = [[value for value in unit if value is not None and value == value] for unit in zip(*ratings, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = sorted({value for unit in units for value in unit}, key=lambda value: (str(type(value)), value))
    if len(values) < 2:
        return float("nan")
    place = {value: i for i, value in enumerate(values)}
    together = np.zeros((len(values), len(values)))
    for unit in units:
        counts = np.bincount([place[value] for value in unit], minlength=len(values))
        together += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    numbers = np.array(values, dtype=float) if scale == "interval" else np.arange(len(values))
    apart = DISTANCES[scale](numbers[:, None], numbers[None, :])
    totals = together.sum(1)
    expected = (np.outer(totals, totals) - np.diag(totals)) / (totals.sum() - 1)
    return float(1 - (together * apart).sum() / (expected * apart).sum())
