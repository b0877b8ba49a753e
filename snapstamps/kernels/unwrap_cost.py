"""
The problem that a solver unwraps: wrapped cells, and what extra cycles between two neighbours cost.

Costs follow StaMPS's uw_stat_costs. They are given in whole numbers, 200 units to the cycle, as snaphu's
files hold them, so that every solver works on the same problem.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.edge_series import EdgeSeries
from snapstamps.kernels.unwrap_grid import GridEdges

UNITS_PER_CYCLE = 200
_VARIANCE_SCALE = 100
_INT16 = np.iinfo(np.int16)


@dataclass(frozen=True)
class ArcCosts:
    """
    Costs of the arcs between neighbouring cells in one direction.

    ``n`` cycles more than the wrapped difference, from the upper to the lower or the left to the right
    cell, cost ``(200 n + offset)² / variance``; where there are no statistics any ``n`` but 0 costs 1.

    Attributes
    ----------
    offset : ndarray of int16
        Wrapped difference minus the expected one (1/200 cycles).
    variance : ndarray of int16
        At least 1.
    has_statistics : ndarray of bool
        False where the series of the edge is too noisy to expect anything.
    joins_nodes : ndarray of bool
        False between two cells of the same node, which never differ.
    """

    offset: IntArray
    variance: IntArray
    has_statistics: BoolArray
    joins_nodes: BoolArray


@dataclass(frozen=True)
class GridProblem:
    """
    One gridded interferogram with its costs.

    Attributes
    ----------
    wrapped : ndarray of complex64, shape (n_i, n_j)
        Phase of the cells.
    vertical : ArcCosts
        Arrays of shape (n_i - 1, n_j): a cell and the one below.
    horizontal : ArcCosts
        Arrays of shape (n_i, n_j - 1): a cell and the one to its right.
    """

    wrapped: ComplexArray
    vertical: ArcCosts
    horizontal: ArcCosts


@dataclass(frozen=True)
class EdgeVariances:
    """
    What the costs of all interferograms share.

    Attributes
    ----------
    variance : ndarray of int16, shape (n_edge,)
        Variance of the noise in the units of the costs, at least 1.
    has_statistics : ndarray of bool, shape (n_edge,)
        Whether the noise is known.
    """

    variance: IntArray
    has_statistics: BoolArray


def edge_variances(noise: FloatArray, counts: IntArray) -> EdgeVariances:
    """
    Return the variance of every edge in the units of the costs.

    It is multiplied by the number of arcs that belong to the edge, so that together they cost as much as
    one arc would.

    Parameters
    ----------
    noise : ndarray of float32, shape (n_edge, n_ifg)
        Rad; NaN where there are no statistics.
    counts : ndarray of int, shape (n_edge,)
        Arcs of the edge.

    Returns
    -------
    EdgeVariances
    """
    cycles = noise.std(axis=1, ddof=1, dtype=np.float64) / (2 * np.pi)
    units = cycles**2 * UNITS_PER_CYCLE**2 / _VARIANCE_SCALE * counts
    return EdgeVariances(np.maximum(to_int16(units), np.int16(1)), np.isfinite(cycles))


def grid_problem(
    node_phase: ComplexArray, nearest: IntArray, edges: GridEdges, series: EdgeSeries, shared: EdgeVariances, ifg: int
) -> GridProblem:
    """
    Set up the problem of one interferogram.

    Parameters
    ----------
    node_phase : ndarray of complex64, shape (n_node, n_ifg)
        Gridded phase.
    nearest : ndarray of int, shape (n_i, n_j)
        Node of every cell.
    edges : GridEdges
        The edges, and where they are.
    series : EdgeSeries
        Their unwrapped series.
    shared : EdgeVariances
        Their variances.
    ifg : int
        Column of the interferogram.

    Returns
    -------
    GridProblem
    """
    noise = series.noise[:, ifg].astype(np.float64)
    # The wrapped edge phase minus the smooth series: the noise, less the whole cycles of the unwrapped edge.
    deviation = noise / (2 * np.pi) - np.rint(series.unwrapped[:, ifg] / (2 * np.pi))
    return GridProblem(
        wrapped=np.ascontiguousarray(node_phase[:, ifg][nearest], dtype=np.complex64),
        vertical=_arc_costs(edges.vertical, deviation, shared),
        horizontal=_arc_costs(edges.horizontal, deviation, shared),
    )


def _arc_costs(signed_edges: IntArray, deviation: FloatArray, shared: EdgeVariances) -> ArcCosts:
    joins = signed_edges != 0
    edge = np.abs(signed_edges) - 1
    known = ~joins | shared.has_statistics[edge]
    counts = joins & known
    return ArcCosts(
        offset=np.where(counts, to_int16(deviation[edge] * np.sign(signed_edges) * UNITS_PER_CYCLE), np.int16(0)),
        variance=np.where(counts, shared.variance[edge], np.int16(1)),
        has_statistics=known,
        joins_nodes=joins,
    )


def to_int16(values: FloatArray) -> IntArray:
    """
    Return the nearest 16-bit numbers as MATLAB does: halves away from 0, saturated, NaN as 0.

    Examples
    --------
    >>> to_int16(np.array([0.5, -2.5, 1e9, np.nan])).tolist()
    [1, -3, 32767, 0]
    """
    rounded = np.trunc(values + np.copysign(0.5, values))
    saturated = np.clip(np.where(np.isnan(rounded), 0, rounded), _INT16.min, _INT16.max)
    return np.asarray(saturated, dtype=np.int16)


def mean_square_difference(unwrapped: FloatArray) -> float:
    """
    Return the mean square difference of neighbouring cells that differ at all.

    Parameters
    ----------
    unwrapped : ndarray, shape (n_i, n_j)
        Unwrapped cells (rad).

    Returns
    -------
    float
        Rad²; 0 where no two neighbours differ.
    """
    differences = [np.diff(unwrapped.astype(np.float64), axis=axis) for axis in (0, 1)]
    count = sum(int(np.count_nonzero(difference)) for difference in differences)
    total = sum(float(np.sum(difference**2)) for difference in differences)
    return total / count if count else 0.0
