"""Points that lie close together: density-based clustering (DBSCAN, Ester et al. 1996), by scikit-learn."""

import numpy as np
from scipy.spatial import cKDTree

from snapstamps.kernels.arrays import BoolArray, FloatArray, IntArray

NO_CLUSTER = -1
"""Label of points that belong to no cluster."""


def density_clusters(xy: FloatArray, *, reach: float, least: int) -> IntArray:
    """
    Find clusters: points that have many neighbours, joined wherever they are neighbours of each other.

    A point with at least ``least`` points within ``reach``, itself included, is a core. Cores within reach of
    each other belong together. A point that is no core goes with its nearest core within reach: DBSCAN takes the
    cluster that it happens to find first, which would let the order of the points change the result.

    Parameters
    ----------
    xy : ndarray, shape (n_points, 2)
        Positions, m.
    reach : float
        Distance up to which two points are neighbours, m.
    least : int
        Points that make a core.

    Returns
    -------
    ndarray of int64, shape (n_points,)
        Number of the cluster, from 0 in the order of their first points; -1 for none.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 50.0, 90.0, 91.0, 92.0])
    >>> density_clusters(np.column_stack([x, 0 * x]), reach=1.5, least=3).tolist()
    [0, 0, 0, -1, 1, 1, 1]
    """
    from sklearn.cluster import DBSCAN  # noqa: PLC0415 - it loads slowly, and only hotspots need it

    if len(xy) == 0:
        return np.empty(0, dtype=np.int64)
    found = DBSCAN(eps=reach, min_samples=least, algorithm="kd_tree").fit(xy)
    core = np.zeros(len(xy), dtype=bool)
    core[found.core_sample_indices_] = True
    labels = np.where(core, found.labels_, NO_CLUSTER).astype(np.int64)
    _take_along_borders(labels, xy, core, reach)
    return _in_order_of_first_point(labels)


def _take_along_borders(labels: IntArray, xy: FloatArray, core: BoolArray, reach: float) -> None:
    """Give every other point the label of its nearest core within reach."""
    cores, others = np.flatnonzero(core), np.flatnonzero(~core)
    if not (cores.size and others.size):
        return
    distance, nearest = cKDTree(xy[cores]).query(xy[others])
    near = distance <= reach
    labels[others[near]] = labels[cores[nearest[near]]]


def _in_order_of_first_point(labels: IntArray) -> IntArray:
    known = labels != NO_CLUSTER
    names, first, inverse = np.unique(labels[known], return_index=True, return_inverse=True)
    number = np.empty(len(names), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(names))
    result = np.full(len(labels), NO_CLUSTER, dtype=np.int64)
    result[known] = number[inverse]
    return result
