"""Candidates on a regular grid: which cell each lies in, and sums over the cells."""

from dataclasses import dataclass

import numba
import numpy as np

from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray, IntArray


@dataclass(frozen=True)
class GridCells:
    """
    The cell of every candidate.

    Attributes
    ----------
    row, column : ndarray of int, shape (n,)
        Along y and along x, from 0.
    shape : tuple of int
        Number of rows and of columns.
    """

    row: IntArray
    column: IntArray
    shape: tuple[int, int]

    @property
    def index(self) -> IntArray:
        """Return the position of every candidate's cell in the flattened grid."""
        return self.row * self.shape[1] + self.column


def grid_cells(xy: FloatArray, grid_size: float) -> GridCells:
    """
    Assign candidates to square cells, in the single-precision arithmetic of StaMPS.

    What falls into the last row or column goes to the last but one, since the last is rarely a whole
    cell; not so where there is only one.

    Parameters
    ----------
    xy : ndarray of float32, shape (n, 2)
        Local coordinates, m; n > 0.
    grid_size : float
        Side of a cell, m.

    Returns
    -------
    GridCells
    """
    single = np.asarray(xy, dtype=np.float32)
    corner = single.min(axis=0)
    from_one = np.ceil((single - corner + np.float32(1e-6)) / np.float32(grid_size)).astype(np.int64)
    row, row_count = _without_last(from_one[:, 1])
    column, column_count = _without_last(from_one[:, 0])
    return GridCells(row - 1, column - 1, (row_count, column_count))


def _without_last(number: IntArray) -> tuple[IntArray, int]:
    """Merge the members of the last row or column into the one before; return also the new count."""
    count = max(int(number.max()) - 1, 1)
    return np.minimum(number, count), count


def sums_in_cells(values: ComplexArray, cell: IntArray, n_cells: int) -> ComplexArray:
    """
    Sum complex values over the cells of a grid, in the order of the candidates and in single precision.

    Parameters
    ----------
    values : ndarray of complex64, shape (n_ifg, n)
        NaN makes the sum of its cell NaN.
    cell : ndarray of int, shape (n,)
        Cell of every candidate, from 0.
    n_cells : int
        Number of cells.

    Returns
    -------
    ndarray of complex64, shape (n_ifg, n_cells)
    """
    sums = np.zeros((values.shape[0], n_cells), dtype=np.complex64)
    _add_to_cells(values, cell, sums)
    return sums


@numba.njit(cache=True, nogil=True)
def _add_to_cells(values: Array, cell: Array, sums: Array) -> None:
    for ifg in range(values.shape[0]):
        for candidate in range(values.shape[1]):
            sums[ifg, cell[candidate]] += values[ifg, candidate]
