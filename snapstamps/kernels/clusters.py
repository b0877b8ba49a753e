"""Points that lie close together: density-based clustering (DBSCAN, Ester et al. 1996)."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from snapstamps.kernels.arrays import BoolArray, FloatArray, IntArray

NO_CLUSTER = -1
"""Label of points that belong to no cluster."""


def density_clusters(xy: FloatArray, *, reach: float, least: int) -> IntArray:
    """
    Find clusters: points that have many neighbours, joined wherever they are neighbours of each other.

    A point with at least ``least`` points within ``reach``, itself included, is a core. Cores within reach of
    each other belong together. A point that is no core goes with its nearest core within reach (the original
    takes the cluster that it happens to find first; here the order of the points changes nothing).

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
    n_points = len(xy)
    labels = np.full(n_points, NO_CLUSTER, dtype=np.int64)
    if n_points == 0:
        return labels
    pairs = cKDTree(xy).query_pairs(reach, output_type="ndarray")
    core = 1 + np.bincount(pairs.ravel(), minlength=n_points) >= least
    joined = pairs[core[pairs].all(axis=1)]
    graph = coo_array((np.ones(len(joined), dtype=np.int8), (joined[:, 0], joined[:, 1])), shape=(n_points, n_points))
    component = connected_components(graph, directed=False)[1]
    labels[core] = component[core]
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
