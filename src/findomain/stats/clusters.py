"""Variance clustered by groups of unequal weight: CR2 with Bell and McCaffrey's degrees of freedom (2002).

A coefficient that hangs on few groups (three finance tasks were trained on) has few degrees of freedom, however many
groups there are; counting groups would not see it.
"""

from __future__ import annotations

import math

import numpy as np

FULL = 1 - 1e-8  # leverage from which a group alone decides a coefficient, and no error can be had


def clustered(weights: np.ndarray, gram: np.ndarray, moment: np.ndarray) -> tuple[float, float]:
    """Variance of ``weights @ beta`` and its degrees of freedom.

    Args:
        weights: shape (j,), the combination of coefficients.
        gram: x'x of each group, shape (n_groups, j, j); their sum is that of the regression.
        moment: x'residual of each group, shape (n_groups, j).

    NaN where one group alone decides the combination.
    """
    values, vectors = np.linalg.eigh(gram.sum(0))
    root = vectors / np.sqrt(values) @ vectors.T  # the inverse's square root
    share, axes = np.linalg.eigh(root @ gram @ root)
    along = axes.swapaxes(1, 2) @ (root @ weights)  # the combination along each group's axes, shape (n_groups, j)
    if ((share > FULL) & (along**2 > 1e-12 * (along**2).sum(1, keepdims=True))).any():
        return math.nan, math.nan
    scaled = along / np.sqrt(1 - np.minimum(share, FULL))
    rows = (axes @ scaled[..., None])[..., 0] @ root  # per group: the row that its x'residual is multiplied with
    pieces = (rows * moment).sum(1)
    reach = np.einsum("gij,gj->gi", gram, rows)
    spread = np.diag((rows * reach).sum(1)) - reach @ root @ root @ reach.T
    return float((pieces**2).sum()), float(spread.trace() ** 2 / (spread**2).sum())


def both_ways(first: tuple[float, float], second: tuple[float, float], shared: float) -> tuple[float, float]:
    """Variance clustered two ways (Cameron, Gelbach & Miller 2011) from that of each, less what both count.

    Not below the larger of the two. The degrees of freedom are the smaller ones: where few groups carry one way,
    Satterthwaite's sum of both rejects too often.
    """
    (a, df_a), (b, df_b) = first, second
    variance = max(a + b - shared, a, b)
    return (variance, min(df_a, df_b)) if variance > 0 else (variance, math.nan)
