"""
Means over neighbouring scatterers, and how well they are determined.

The error of a velocity has two parts: the scatterer's own noise, which a mean over n neighbours makes smaller,
and what neighbours share (atmosphere, orbits), which it does not. How much of the stated deviation is noise of
its own is measured on the differences between neighbours.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from snapstamps.kernels.arrays import Array, FloatArray, IntArray

MEDIAN_OF_CHI_SQUARE = 0.45493642311957283
"""Median of the square of a standard normal number."""
_LEAST_PAIRS = 10


@dataclass(frozen=True)
class GroupMeans:
    """
    Means over groups of scatterers.

    Attributes
    ----------
    mean, std : ndarray, shape (n_groups,)
        Weighted mean and its standard deviation; NaN for an empty group.
    spread : ndarray, shape (n_groups,)
        Standard deviation of the members about the mean; NaN below two members.
    count : ndarray of int, shape (n_groups,)
        Members that have a value.
    """

    mean: FloatArray
    std: FloatArray
    spread: FloatArray
    count: IntArray


def independent_share(values: FloatArray, std: FloatArray, xy: FloatArray, *, reach: float) -> float:
    """
    Measure which share of the variances is noise of the single scatterer.

    If all the noise were its own, the squared difference of two neighbours would be the sum of their variances
    on average. The median over nearest neighbours tells, so that places that move do not count.

    Parameters
    ----------
    values, std : ndarray, shape (n_ps,)
        Values and their stated standard deviations.
    xy : ndarray, shape (n_ps, 2)
        Positions, m.
    reach : float
        Neighbours farther apart than this are not compared, m.

    Returns
    -------
    float
        0 (neighbours share their errors) to 1 (none of it); 0, the careful answer, with fewer than ten pairs.
    """
    known = np.isfinite(values) & np.isfinite(std) & (std > 0)
    if known.sum() < 2:
        return 0.0
    values, std, xy = values[known], std[known], xy[known]
    distance, neighbour = (part[:, 1] for part in cKDTree(xy).query(xy, k=2))
    near = distance <= reach
    if near.sum() < _LEAST_PAIRS:
        return 0.0
    difference = (values - values[neighbour])[near] ** 2
    expected = (std**2 + std[neighbour] ** 2)[near]
    return float(np.clip(np.median(difference / expected) / MEDIAN_OF_CHI_SQUARE, 0.0, 1.0))


def group_means(
    values: FloatArray, std: FloatArray, groups: IntArray, n_groups: int, *, independent: float
) -> GroupMeans:
    r"""
    Average over groups, with weights :math:`w = 1 / \sigma^2`.

    The variance of a mean of n is :math:`(n / \sum w)\,(r / n + 1 - r)`, with r the share that is independent.

    Parameters
    ----------
    values, std : ndarray, shape (n_ps,)
        Values and standard deviations; those that are not finite, or have no deviation above 0, are left out.
    groups : ndarray of int, shape (n_ps,)
        Group of each, 0 to n_groups - 1; negative: none.
    n_groups : int
        Number of groups.
    independent : float
        Share r of the variance that is not common to neighbours; see :func:`independent_share`.

    Returns
    -------
    GroupMeans

    Examples
    --------
    >>> means = group_means(np.array([1.0, 3.0]), np.ones(2), np.zeros(2, int), 1, independent=1.0)
    >>> float(means.mean[0]), round(float(means.std[0]), 4)
    (2.0, 0.7071)
    """
    known = np.isfinite(values) & np.isfinite(std) & (std > 0) & (groups >= 0)
    values, group = values[known].astype(np.float64), groups[known]
    weight = 1.0 / std[known].astype(np.float64) ** 2

    def total(of: FloatArray | None) -> Array:
        return np.bincount(group, weights=of, minlength=n_groups)

    count = total(None).astype(np.int64)
    weights = np.where(count > 0, total(weight), np.nan)
    mean = total(weight * values) / weights
    squares = total((values - mean[group]) ** 2)
    variance = count / weights * (independent / np.maximum(count, 1) + 1.0 - independent)
    spread = np.sqrt(np.where(count > 1, squares / np.maximum(count - 1, 1), np.nan))
    return GroupMeans(mean=mean, std=np.sqrt(variance), spread=spread, count=count)
