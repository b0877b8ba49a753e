"""
Scatterers thinned out to one per grid cell, each weighted with how quiet it is.

Follows StaMPS's ps_merge_patches with merge_resample_size above 0. Two weights are in use: the inverse
variance of the phase for quantities, the signal-to-noise ratio for the phases themselves.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.phase import wrap

BEST_ACCURACY = np.radians(10)
"""No phase is trusted to be better than this, rad."""

BEST_COHERENCE = float(np.exp(-(BEST_ACCURACY**2) / 2))
"""Coherence of phases of the best accuracy (0.98488)."""

STAMPS_BEST_COHERENCE = 0.98399362331182649
"""What StaMPS uses: the coherence of a thousand random phases, as Octave draws them."""


@dataclass(frozen=True)
class Weights:
    """
    How much each scatterer counts.

    Attributes
    ----------
    inverse_variance : ndarray, shape (n_ps,)
        rad^-2.
    snr : ndarray, shape (n_ps,)
        Signal-to-noise ratio, unitless.
    """

    inverse_variance: FloatArray
    snr: FloatArray


@dataclass(frozen=True)
class Cells:
    """
    Scatterers sorted into grid cells.

    Attributes
    ----------
    rows : ndarray of int, shape (n_member,)
        The scatterers that lie in a cell that counts, ascending.
    cell : ndarray of int, shape (n_member,)
        Their cell, from 0.
    n_cell : int
        Cells.
    weights : Weights
        Of the members. Sums are formed in their precision.
    """

    rows: IntArray
    cell: IntArray
    n_cell: int
    weights: Weights


def phase_weights(ph_res: FloatArray, C: FloatArray, *, best_coherence: float = BEST_COHERENCE) -> Weights:
    """
    Weigh scatterers by their residual phase.

    Parameters
    ----------
    ph_res : ndarray, shape (n_ps, n_ifg)
        Residual phase, the master's noise not removed, rad.
    C : ndarray, shape (n_ps,)
        Noise of the master, rad.
    best_coherence : float
        No coherence counts as higher.

    Returns
    -------
    Weights
        In the precision of ``ph_res``.
    """
    master = np.asarray(C, dtype=ph_res.dtype)[:, None]
    residual = np.concatenate([wrap(ph_res - master), master], axis=1)
    variance = np.maximum(residual.var(axis=1, ddof=1), residual.dtype.type(BEST_ACCURACY**2))
    phasor_sum = np.hypot(np.cos(residual).sum(axis=1), np.sin(residual).sum(axis=1))
    power = np.minimum(phasor_sum / residual.shape[1], residual.dtype.type(best_coherence)) ** 2
    return Weights(1 / variance, power / (1 - power))


def cells_of(xy: FloatArray, weights: Weights, *, size: float, origin: FloatArray, largest_deviation: float) -> Cells:
    """
    Sort scatterers into square cells, and leave out cells that are too noisy.

    Parameters
    ----------
    xy : ndarray, shape (n_ps, 2)
        Local coordinates, m; the bounds of the cells are found in their precision.
    weights : Weights
        Of the scatterers.
    size : float
        Side of a cell (merge_resample_size), m.
    origin : ndarray, shape (2,)
        A corner of the grid, m.
    largest_deviation : float
        Cells whose weighted mean phase deviates more are left out (merge_standard_dev), rad.

    Returns
    -------
    Cells
        Numbered by y, then x. There may be none.
    """
    column, row = np.ceil((xy - origin.astype(xy.dtype) + xy.dtype.type(1e-9)) / xy.dtype.type(size)).T
    unique, cell = np.unique(np.column_stack([row, column]), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    total = _sums(weights.inverse_variance, cell, len(unique))
    counts = total >= 1 / largest_deviation**2
    number = np.cumsum(counts) - 1
    rows = np.flatnonzero(counts[cell])
    members = Weights(weights.inverse_variance[rows], weights.snr[rows])
    return Cells(rows, number[cell[rows]], int(np.count_nonzero(counts)), members)


def cell_means(cells: Cells, values: Array) -> Array:
    """
    Average a quantity in every cell, weighted with the inverse variance.

    Parameters
    ----------
    cells : Cells
        The cells and their members.
    values : ndarray, shape (n_ps,) or (n_ps, n)
        Of all scatterers, members or not.

    Returns
    -------
    ndarray, shape (n_cell,) or (n_cell, n)
    """
    return _weighted_sums(cells, values, cells.weights.inverse_variance, divide=True)


def cell_sums(cells: Cells, values: Array) -> Array:
    """
    Add up the phasors of every cell, weighted with the signal-to-noise ratio.

    Parameters
    ----------
    cells : Cells
        The cells and their members.
    values : ndarray, shape (n_ps,) or (n_ps, n)
        Of all scatterers, members or not.

    Returns
    -------
    ndarray, shape (n_cell,) or (n_cell, n)
    """
    return _weighted_sums(cells, values, cells.weights.snr, divide=False)


def cell_averages(cells: Cells, values: Array) -> Array:
    """
    Average a residual phase in every cell, weighted with the signal-to-noise ratio.

    Parameters
    ----------
    cells : Cells
        The cells and their members.
    values : ndarray, shape (n_ps,) or (n_ps, n)
        Of all scatterers, members or not.

    Returns
    -------
    ndarray, shape (n_cell,) or (n_cell, n)
    """
    return _weighted_sums(cells, values, cells.weights.snr, divide=True)


def cell_coherence(cells: Cells) -> FloatArray:
    """
    Return the coherence that belongs to the joint signal-to-noise ratio of every cell.

    Parameters
    ----------
    cells : Cells
        The cells and their members.

    Returns
    -------
    ndarray, shape (n_cell,)
        0 to 1.
    """
    joint = np.sqrt(_sums(cells.weights.snr**2, cells.cell, cells.n_cell))
    return np.asarray(np.sqrt(joint / (1 + joint)))


def _weighted_sums(cells: Cells, values: Array, weight: FloatArray, *, divide: bool) -> Array:
    """Sum weight times value over every cell in the precision of the weights, which StaMPS has single."""
    members = values[cells.rows]
    precision = np.result_type(weight.dtype, np.complex64) if np.iscomplexobj(members) else weight.dtype
    columns = members[:, None] if members.ndim == 1 else members
    sums = np.empty((cells.n_cell, columns.shape[1]), dtype=precision)
    for number, column in enumerate(columns.T):
        sums[:, number] = _sums(column.astype(precision) * weight, cells.cell, cells.n_cell)
    if divide:
        sums /= _sums(weight, cells.cell, cells.n_cell)[:, None]
    return sums.reshape(cells.n_cell, *values.shape[1:])


def _sums(values: Array, cell: IntArray, n_cell: int) -> Array:
    """Add up values per cell, one after the other as Octave does."""
    sums = np.zeros(n_cell, dtype=values.dtype)
    np.add.at(sums, cell, values)
    return sums
