"""
Spatially correlated noise of the slaves: what varies fast in time and slowly in space (ps_scn_filt).

StaMPS filters the differences along triangulation edges in time and then solves a sparse system back to
the scatterers, with the first one fixed to zero. The differences are consistent, so its solution is the
filtered phase itself minus that of the first scatterer: here there is neither triangulation nor solver.
"""

from dataclasses import dataclass

import numba
import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.velocity import apply_functionals

REACH = 4.0
"""The spatial filter is cut off at this multiple of its standard deviation."""


@dataclass(frozen=True)
class Cells:
    """
    Scatterers sorted into square cells, so that whatever is in reach lies in the 3 x 3 cells around.

    Attributes
    ----------
    order : ndarray of int64, shape (n_ps,)
        Scatterers, cell by cell.
    start : ndarray of int64, shape (n_rows * n_columns + 1,)
        Where in ``order`` each cell begins.
    row, column : ndarray of int64, shape (n_ps,)
        Cell of every scatterer.
    n_rows, n_columns : int
        Size of the grid of cells.
    """

    order: IntArray
    start: IntArray
    row: IntArray
    column: IntArray
    n_rows: int
    n_columns: int


def temporal_high_pass(days: FloatArray, *, window: float, left_out: int | None) -> FloatArray:
    """
    Filter that subtracts from every date a Gaussian mean over the dates.

    Parameters
    ----------
    days : ndarray, shape (n_used,)
        Day numbers.
    window : float
        Standard deviation of the Gaussian (days).
    left_out : int or None
        Date that enters no mean: the master, whose phase holds no noise of a slave. It still is filtered.

    Returns
    -------
    ndarray, shape (n_used, n_used)
        ``phase @ filter`` is the high-pass; its columns sum to 0.
    """
    days = np.asarray(days, dtype=np.float64)
    exponent = (days[:, None] - days[None, :]) ** 2 / (2.0 * window**2)
    if left_out is not None:
        exponent[left_out] = np.inf
    # a common factor cancels; without it, a window much shorter than the gaps would leave 0/0
    low_pass = np.exp(exponent.min(axis=0) - exponent)
    return np.asarray(np.eye(len(days)) - low_pass / low_pass.sum(axis=0))


def high_pass_in_time(phase: FloatArray, high_pass: FloatArray) -> Array:
    """
    Filter the time series, and take the first scatterer as the reference.

    Parameters
    ----------
    phase : ndarray of float32, shape (n_ps, n_used)
        rad; no NaN.
    high_pass : ndarray, shape (n_used, n_used)
        See :func:`temporal_high_pass`.

    Returns
    -------
    ndarray of float32, shape (n_ps, n_used)
        rad; 0 in the first row.
    """
    return apply_functionals(phase - phase[:1], high_pass).astype(np.float32)


def cells_of(xy: FloatArray, size: float) -> Cells:
    """
    Sort scatterers into square cells.

    The cells may be larger than asked for, so that a few far scatterers do not make millions of empty ones.

    Parameters
    ----------
    xy : ndarray, shape (n_ps, 2)
        Local coordinates (m).
    size : float
        Side of a cell, at least (m).

    Returns
    -------
    Cells
    """
    offset = np.asarray(xy, dtype=np.float64) - np.min(xy, axis=0)
    extent = offset.max(axis=0)
    size = max(size, float(np.sqrt(extent[0] * extent[1] / (4 * len(xy)))), float(extent.max()) / 2**20)
    column, row = (offset // size).astype(np.int64).T
    n_rows, n_columns = int(row.max()) + 1, int(column.max()) + 1
    cell = row * n_columns + column
    start = np.zeros(n_rows * n_columns + 1, dtype=np.int64)
    np.cumsum(np.bincount(cell, minlength=n_rows * n_columns), out=start[1:])
    return Cells(np.argsort(cell, kind="stable"), start, row, column, n_rows, n_columns)


def low_pass_in_space(values: FloatArray, xy: FloatArray, *, wavelength: float) -> Array:
    """
    Gaussian mean over the scatterers nearer than four standard deviations, every scatterer's own value included.

    Parameters
    ----------
    values : ndarray of float32, shape (n_ps, n_columns)
        Any unit; no NaN.
    xy : ndarray of float32, shape (n_ps, 2)
        Local coordinates (m).
    wavelength : float
        Standard deviation of the Gaussian (m); StaMPS's name for it.

    Returns
    -------
    ndarray of float32, shape (n_ps, n_columns)
        An isolated scatterer keeps its value.
    """
    cells = cells_of(xy, REACH * wavelength)
    # neighbours in space become neighbours in memory
    return _gaussian_means(
        np.ascontiguousarray(values[cells.order], dtype=np.float32),
        np.ascontiguousarray(xy[cells.order], dtype=np.float32),
        cells.order,
        cells.start,
        cells.row[cells.order],
        cells.column[cells.order],
        cells.n_rows,
        cells.n_columns,
        np.float32((REACH * wavelength) ** 2),
        np.float32(-0.5 / wavelength**2),
    )


@numba.njit(cache=True, nogil=True)
def _gaussian_means(
    values: FloatArray,
    xy: FloatArray,
    order: IntArray,
    start: IntArray,
    row: IntArray,
    column: IntArray,
    n_rows: int,
    n_columns: int,
    reach_square: np.float32,
    exponent: np.float32,
) -> Array:
    """
    Average over the neighbours; all arrays in the order of the cells, the result in that of the scatterers.

    Distances are single precision as in StaMPS, so that the same scatterers are in reach.
    """
    n_ps, n_values = values.shape
    means = np.empty((n_ps, n_values), dtype=np.float32)
    total = np.empty(n_values, dtype=np.float32)
    for here in range(n_ps):
        total[:] = np.float32(0.0)
        weights = 0.0
        left, right = max(column[here] - 1, 0), min(column[here] + 1, n_columns - 1)
        for cell_row in range(max(row[here] - 1, 0), min(row[here] + 2, n_rows)):
            # the three cells of a row follow one another
            for there in range(start[cell_row * n_columns + left], start[cell_row * n_columns + right + 1]):
                distance = (xy[there, 0] - xy[here, 0]) ** 2 + (xy[there, 1] - xy[here, 1]) ** 2
                if distance < reach_square:
                    weight = np.exp(distance * exponent)
                    weights += weight
                    for k in range(n_values):
                        total[k] += weight * values[there, k]
        for k in range(n_values):
            means[order[here], k] = total[k] / np.float32(weights)
    return means
