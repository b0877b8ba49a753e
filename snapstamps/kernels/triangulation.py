"""
Edges of the Delaunay triangulation: the arcs between neighbouring scatterers.

StaMPS calls the program Triangle for them; any correct triangulation has the same edges, except where four
points lie exactly on a circle.
"""

import numpy as np
from scipy.spatial import Delaunay, QhullError

from snapstamps.kernels.arrays import FloatArray, IntArray


def delaunay_edges(xy: FloatArray) -> IntArray:
    """
    Return the edges of the Delaunay triangulation of points in the plane.

    Points on one straight line, which have no triangulation, are joined one to the next along it; so are
    two points. A point that coincides with another one is joined to that one.

    Parameters
    ----------
    xy : ndarray, shape (n_point, 2)
        Coordinates, in any one unit; finite.

    Returns
    -------
    edges : ndarray of int64, shape (n_edge, 2)
        Row numbers (low, high) of every edge, once each, in ascending order. No rows for fewer than two points.

    Examples
    --------
    >>> delaunay_edges(np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0]])).tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    points = np.asarray(xy, dtype=np.float64)
    if len(points) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    # Qhull lifts the points to x² + y²: small coordinates keep the digits that decide who is a neighbour.
    points = points - points.mean(axis=0)
    if len(points) == 2:
        return np.array([[0, 1]], dtype=np.int64)
    try:
        triangulation = Delaunay(points)
    except QhullError:
        return _unique_edges(_pairs_along_the_line(points), len(points))
    corners = triangulation.simplices
    left_out = triangulation.coplanar[:, [0, 2]]
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]], left_out])
    return _unique_edges(pairs, len(points))


def _pairs_along_the_line(points: FloatArray) -> IntArray:
    """Return the pairs of points that follow each other along their main direction."""
    direction = np.linalg.svd(points, full_matrices=False)[2][0]
    order = np.argsort(points @ direction, kind="stable")
    return np.column_stack([order[:-1], order[1:]])


def _unique_edges(pairs: IntArray, n_point: int) -> IntArray:
    """Return every pair once, as (low, high), in ascending order."""
    low = pairs.min(axis=1).astype(np.int64)
    high = pairs.max(axis=1).astype(np.int64)
    keys = np.unique(low * n_point + high)
    return np.column_stack(np.divmod(keys, n_point))
