"""
The grid on which step 6 unwraps: cells, nodes, nearest nodes, and the edges between them.

A *node* is a cell that holds at least one scatterer. Every other cell takes over the phase of its nearest
node, so the grid falls into regions of one node each; where two regions touch, an *edge* joins their nodes.
Nodes count in column-major order (the row changes fastest), as in StaMPS's files, but from 0.
"""

from dataclasses import dataclass

import numba
import numpy as np

from snapstamps.kernels.arrays import Array, BoolArray, FloatArray, IntArray

_MARGIN = np.float32(1e-3)
"""What StaMPS adds before it divides, so that the first scatterer falls into the first cell, m."""


@dataclass(frozen=True)
class Gridding:
    """
    Which scatterer lies in which cell.

    Attributes
    ----------
    cells : ndarray of int64, shape (n_ps, 2)
        Row (y) and column (x) of every scatterer, from 0.
    occupied : ndarray of bool, shape (n_i, n_j)
        Cells that hold a scatterer.
    nodes : ndarray of int64, shape (n_node, 2)
        Row and column of every node, from 0.
    node_of_ps : ndarray of int64, shape (n_ps,)
        Node of every scatterer, from 0.
    """

    cells: IntArray
    occupied: BoolArray
    nodes: IntArray
    node_of_ps: IntArray

    @property
    def n_nodes(self) -> int:
        """Return the number of occupied cells."""
        return len(self.nodes)


@dataclass(frozen=True)
class GridEdges:
    """
    The edges between nodes, and which of them every pair of neighbouring cells belongs to.

    Attributes
    ----------
    nodes : ndarray of int64, shape (n_edge, 2)
        The two nodes of an edge, the lower number first, from 0; rows in ascending order.
    vertical : ndarray of int64, shape (n_i - 1, n_j)
        Edge of a cell and the one below, from 1; negative where the upper cell has the higher node;
        0 where both have the same.
    horizontal : ndarray of int64, shape (n_i, n_j - 1)
        Likewise of a cell and the one to its right.
    counts : ndarray of int64, shape (n_edge,)
        Pairs of cells that belong to an edge, at least 1.
    """

    nodes: IntArray
    vertical: IntArray
    horizontal: IntArray
    counts: IntArray

    @property
    def n_edges(self) -> int:
        """Return the number of edges."""
        return len(self.nodes)


def cells_of(xy: FloatArray, grid_size: float) -> IntArray:
    """
    Return the cell of every scatterer, in the single-precision arithmetic of StaMPS's uw_grid_wrapped.

    The scatterers of the last row join the row before, likewise those of the last column: the last ones
    are nearly empty as a rule.

    Parameters
    ----------
    xy : ndarray, shape (n_ps, 2)
        Local x and y (m).
    grid_size : float
        Cell size (m).

    Returns
    -------
    cells : ndarray of int64, shape (n_ps, 2)
        Row and column, from 0; -1 where the scatterers span one row or column only.

    Examples
    --------
    >>> cells_of(np.array([[0.0, 0.0], [25.0, 5.0], [25.0, 19.0], [39.0, 30.0]]), 10.0).tolist()
    [[0, 0], [0, 2], [1, 2], [2, 2]]
    """
    yx = np.asarray(xy, dtype=np.float32)[:, ::-1]
    count = np.ceil((yx - yx.min(axis=0) + _MARGIN) / np.float32(grid_size)).astype(np.int64)
    return np.asarray(np.minimum(count, count.max(axis=0) - 1) - 1)


def largest_grid_size(xy: FloatArray, n_cells: int) -> float | None:
    """
    Return the largest cell size, in whole metres, that gives at least ``n_cells`` rows and columns.

    Parameters
    ----------
    xy : ndarray, shape (n_ps, 2)
        Local x and y (m).
    n_cells : int
        Rows and columns wanted.

    Returns
    -------
    float or None
        Cell size (m); None where not even 1 m is small enough.
    """
    span = float(np.ptp(np.asarray(xy, dtype=np.float32), axis=0).min())
    size = int(span / n_cells) + 1
    while size >= 1 and (cells_of(xy, size).max(axis=0) + 1).min() < n_cells:
        size -= 1
    return float(size) if size >= 1 else None


def grid_scatterers(cells: IntArray) -> Gridding:
    """
    Number the cells that hold scatterers.

    Parameters
    ----------
    cells : ndarray of int, shape (n_ps, 2)
        Row and column of every scatterer, from 0.

    Returns
    -------
    Gridding
    """
    n_i, n_j = (cells.max(axis=0) + 1).tolist()
    occupied = np.zeros((n_i, n_j), dtype=bool)
    occupied[cells[:, 0], cells[:, 1]] = True
    columns, rows = np.nonzero(occupied.T)
    number = np.full((n_i, n_j), -1, dtype=np.int64)
    number[rows, columns] = np.arange(len(rows))
    return Gridding(cells, occupied, np.column_stack([rows, columns]), number[cells[:, 0], cells[:, 1]])


def nearest_nodes(occupied: BoolArray) -> IntArray:
    """
    Return the nearest node of every cell; of several equally near ones that with the lowest number.

    Exact: squared distances are integers. First the nearest node within each column, then the best of
    all columns, searched outwards until a column is farther away than what has been found.

    Parameters
    ----------
    occupied : ndarray of bool, shape (n_i, n_j)
        Cells that are nodes; at least one.

    Returns
    -------
    nearest : ndarray of int64, shape (n_i, n_j)
        Node number, from 0, in column-major order.
    """
    n_i, n_j = occupied.shape
    number = np.cumsum(occupied.T.ravel()).reshape(n_j, n_i).T - 1
    nearest: IntArray = _nearest(_nearest_row_in_column(occupied), np.ascontiguousarray(number))
    return nearest


def _nearest_row_in_column(occupied: BoolArray) -> IntArray:
    """Return the row of the nearest node in the same column, the upper of two; far outside where there is none."""
    n_i, n_j = occupied.shape
    far = 2 * (n_i + n_j)
    rows = np.arange(n_i)[:, None]
    above = np.maximum.accumulate(np.where(occupied, rows, -far), axis=0)
    below = np.minimum.accumulate(np.where(occupied, rows, far + n_i)[::-1], axis=0)[::-1]
    return np.where(rows - above <= below - rows, above, below)


@numba.njit(cache=True, nogil=True)
def _nearest(row_in_column: Array, number: Array) -> Array:
    n_i, n_j = row_in_column.shape
    nearest = np.empty((n_i, n_j), dtype=np.int64)
    for i in range(n_i):
        for j in range(n_j):
            best_column = j
            best = (row_in_column[i, j] - i) ** 2
            for offset in range(1, n_j):
                if offset * offset > best:
                    break
                # To the left an equal distance wins, since lower columns hold lower numbers.
                if j >= offset:
                    distance = (row_in_column[i, j - offset] - i) ** 2 + offset * offset
                    if distance <= best:
                        best, best_column = distance, j - offset
                if j + offset < n_j:
                    distance = (row_in_column[i, j + offset] - i) ** 2 + offset * offset
                    if distance < best:
                        best, best_column = distance, j + offset
            nearest[i, j] = number[row_in_column[i, best_column], best_column]
    return nearest


def grid_edges(nearest: IntArray, *, drop_first_when_full: bool = False) -> GridEdges:
    """
    Find the edges between nodes whose regions touch.

    Parameters
    ----------
    nearest : ndarray of int, shape (n_i, n_j)
        Node of every cell, from 0.
    drop_first_when_full : bool
        Reproduce a defect of StaMPS's uw_interp: where no two neighbouring cells share a node (every cell
        is occupied), it takes the first edge for the group of such pairs and loses it.

    Returns
    -------
    GridEdges
    """
    pairs = np.concatenate(
        [
            np.column_stack([nearest[:, :-1].ravel(), nearest[:, 1:].ravel()]),
            np.column_stack([nearest[:-1].ravel(), nearest[1:].ravel()]),
        ]
    )
    n_nodes = int(nearest.max()) + 1
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    differs = low != high
    keys, position = np.unique(low[differs] * n_nodes + high[differs], return_inverse=True)
    signed = np.zeros(len(pairs), dtype=np.int64)
    signed[differs] = (position + 1) * np.where(pairs[differs, 0] < pairs[differs, 1], 1, -1)
    nodes = np.column_stack([keys // n_nodes, keys % n_nodes])
    if drop_first_when_full and differs.all():
        nodes = nodes[1:]
        signed -= np.sign(signed)
    n_horizontal = nearest[:, :-1].size
    return GridEdges(
        nodes=nodes,
        vertical=signed[n_horizontal:].reshape(nearest[:-1].shape),
        horizontal=signed[:n_horizontal].reshape(nearest[:, :-1].shape),
        counts=np.bincount(np.abs(signed), minlength=len(nodes) + 1)[1:],
    )
