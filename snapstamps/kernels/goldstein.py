"""The adaptive filter of Goldstein and Werner (1998), in the variant of StaMPS's wrap_filt."""

from functools import cache

import numpy as np
import scipy.fft

from snapstamps.kernels.arrays import ComplexArray, FloatArray, IntArray
from snapstamps.kernels.phase import unit_phasor

_SMOOTHING_TAPS = np.exp(-0.5 * (2.5 * np.arange(-3, 4) / 3) ** 2)
"""Gaussian of seven taps, not normalised: the spectrum is divided by its median afterwards."""


def goldstein(grid: ComplexArray, *, n_win: int, alpha: float) -> ComplexArray:
    """
    Filter the phase of a gridded interferogram; its modulus stays.

    The spectrum of every window is multiplied by its own smoothed modulus to the power ``alpha``, so what
    dominates a window is strengthened. Windows overlap by half and are blended by pyramid weights.

    Parameters
    ----------
    grid : ndarray of complex, shape (n_i, n_j)
        Cell sums; 0 where a cell is empty. At least ``n_win`` cells both ways.
    n_win : int
        Window (cells), even. Windows are padded by a quarter of it with zeros.
    alpha : float
        Exponent: 0 leaves the phase as it is.

    Returns
    -------
    filtered : ndarray of complex64, shape (n_i, n_j)
    """
    n_i, n_j = grid.shape
    rows, row_weights = _windows(n_i, n_win)
    columns, column_weights = _windows(n_j, n_win)
    blended = np.zeros(grid.shape, dtype=np.complex128)
    for first_row, row_weight in zip(rows, row_weights, strict=True):
        strip = grid[first_row : first_row + n_win]
        blocks = np.stack([strip[:, first : first + n_win] for first in columns]).astype(np.complex128)
        # The pyramid is a sum of two ramps; a window moved back at the edge has weight 0 in what it repeats.
        both = row_weight[:, None] + column_weights[:, None, :]
        both *= (row_weight > 0)[:, None] & (column_weights > 0)[:, None, :]
        filtered = _strengthen(blocks, alpha) * both
        for first, block in zip(columns, filtered, strict=True):
            blended[first_row : first_row + n_win, first : first + n_win] += block
    return np.asarray(np.abs(grid) * unit_phasor(np.angle(blended)), dtype=np.complex64)


def _windows(n_cells: int, n_win: int) -> tuple[IntArray, FloatArray]:
    """
    Return the first cell of every window along one axis, and its weights.

    A window that would pass the end is moved back, and its weights are moved forward by as much.
    """
    half = n_win // 2
    ramp = np.concatenate([np.arange(1, half + 1), np.arange(half, 0, -1)]).astype(np.float64)
    regular = np.arange(-(-n_cells // half) - 1) * half
    first = np.minimum(regular, n_cells - n_win)
    weights = np.zeros((len(first), n_win))
    for row, shift in zip(weights, regular - first, strict=True):
        row[shift:] = ramp[: n_win - shift]
    return first, weights


def _strengthen(blocks: ComplexArray, alpha: float) -> ComplexArray:
    """Return the blocks (n_block, n_win, n_win) with their dominant frequencies strengthened."""
    n_win = blocks.shape[-1]
    n_fft = n_win + (n_win + 2) // 4
    spectrum = scipy.fft.fft2(blocks, s=(n_fft, n_fft))
    smoother = _spectral_smoother(n_fft)
    response = smoother @ np.abs(spectrum) @ smoother.T
    median = np.median(response.reshape(len(response), -1), axis=1)[:, None, None]
    response /= np.where(median > 0, median, 1.0)
    return np.asarray(scipy.fft.ifft2(spectrum * response**alpha))[:, :n_win, :n_win]


@cache
def _spectral_smoother(n_fft: int) -> FloatArray:
    """Return the matrix that smooths a spectrum, given in FFT order, along one axis; zero beyond the Nyquist."""
    frequency = np.fft.fftfreq(n_fft, 1 / n_fft)
    distance = np.rint(frequency[:, None] - frequency).astype(np.int64)
    return np.where(np.abs(distance) <= 3, _SMOOTHING_TAPS[np.clip(distance, -3, 3) + 3], 0.0)
