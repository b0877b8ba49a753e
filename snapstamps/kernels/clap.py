"""
CLAP: the combined low-pass and adaptive phase filter on a grid.

Hooper et al. (2007), section 2.1; StaMPS's clap_filt and clap_filt_patch. A window of the gridded phase is
weighted in the frequency domain by a fixed low pass plus an adaptive part, the smoothed amplitude
spectrum over its median.

Grids are laid out (n_ifg, n_rows, n_columns); the windows of all interferograms are filtered together.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft

from snapstamps.kernels.arrays import ComplexArray, FloatArray, IntArray
from snapstamps.kernels.spectrum import values_without_sample, weigh_spectra


@dataclass(frozen=True)
class Clap:
    """
    The settings of the filter.

    Attributes
    ----------
    n_win : int
        Window, cells; a multiple of 8.
    alpha : float
        Exponent of the adaptive part.
    beta : float
        Weight of the adaptive part against the low pass.
    low_pass : ndarray of float64, shape (n_win, n_win)
        Response of the low pass, in FFT order.
    """

    n_win: int
    alpha: float
    beta: float
    low_pass: FloatArray

    @classmethod
    def of(cls, *, n_win: int, grid_size: float, wavelength: float, alpha: float, beta: float) -> "Clap":
        """
        Make the filter.

        Parameters
        ----------
        n_win : int
            Window, cells; a multiple of 8.
        grid_size : float
            Side of a cell, m.
        wavelength : float
            Shortest wavelength that the low pass lets through, m.
        alpha, beta : float
            Exponent and weight of the adaptive part.

        Returns
        -------
        Clap
        """
        frequency = scipy.fft.fftfreq(n_win, grid_size)
        # Butterworth of order 5
        along_axis = 1 / (1 + (frequency * wavelength) ** 10)
        return cls(n_win, alpha, beta, np.outer(along_axis, along_axis))

    @property
    def centred_low_pass(self) -> FloatArray:
        """Return the response with frequency 0 in the middle, in single precision."""
        return np.asarray(scipy.fft.fftshift(self.low_pass), dtype=np.float32)

    @property
    def n_data(self) -> int:
        """Return the cells of a window that hold data when a whole grid is filtered; the rest is padding."""
        return 3 * self.n_win // 4

    @property
    def step(self) -> int:
        """Return the cells from one window to the next when a whole grid is filtered."""
        return self.n_data // 4


def padded_to(grid: ComplexArray, minimum: int) -> ComplexArray:
    """
    Append empty cells at the high ends of a grid that is smaller than a window needs.

    Parameters
    ----------
    grid : ndarray, shape (n_ifg, n_rows, n_columns)
    minimum : int
        Rows and columns that it shall have at least.

    Returns
    -------
    ndarray
        The grid itself where it is large enough.
    """
    missing = [max(minimum - length, 0) for length in grid.shape[1:]]
    return np.pad(grid, ((0, 0), (0, missing[0]), (0, missing[1]))) if any(missing) else grid


def alternating(shape: tuple[int, ...]) -> FloatArray:
    """
    Signs in the pattern of a chess-board.

    Samples times these have their spectrum with frequency 0 in the middle, wherever a window of even size
    is cut out: what is smoothed there then needs no shifting.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    ndarray of float32, shape (n_rows, n_columns)
        1 and -1.
    """
    rows, columns = np.indices(shape)
    return np.asarray(1 - 2 * ((rows + columns) % 2), dtype=np.float32)


def filter_grid(grid: ComplexArray, clap: Clap) -> ComplexArray:
    """
    Filter the gridded phase of all interferograms in overlapping windows.

    Parameters
    ----------
    grid : ndarray of complex64, shape (n_ifg, n_rows, n_columns)
        What is not finite counts as 0.
    clap : Clap
        The filter.

    Returns
    -------
    ndarray of complex64, shape (n_ifg, n_rows, n_columns)
        Only the phase means something: the windows' tapers do not add up to one. All 0 where the grid has
        fewer than 3 ``clap.step`` cells and one more; see :func:`padded_to`.

    Raises
    ------
    ValueError
        If the grid is smaller than a window and larger than what no window is laid on.
    """
    for length in grid.shape[1:]:
        if 3 * clap.step < length < clap.n_data:
            raise ValueError(f"no window of {clap.n_data} cells fits into {length}")
    signs = alternating(grid.shape[1:])
    finite = _finite(grid) * signs
    filtered = np.zeros_like(finite)
    low_pass = clap.centred_low_pass
    taper = _taper(clap.n_data)
    for rows in _windows(grid.shape[1], clap):
        for columns in _windows(grid.shape[2], clap):
            data = finite[:, rows.data, columns.data]
            spectra = scipy.fft.fft2(data, s=low_pass.shape, workers=1)
            weigh_spectra(spectra, low_pass, alpha=clap.alpha, beta=clap.beta)
            smooth = scipy.fft.ifft2(spectra, overwrite_x=True, workers=1)
            filtered[:, rows.target, columns.target] += (
                smooth[:, rows.source, columns.source] * taper[: rows.n_target, : columns.n_target]
            )
    return np.asarray(filtered * signs)


@dataclass(frozen=True)
class _Window:
    """One window along one axis: the cells that it reads, and those that it contributes to."""

    data: slice
    target: slice
    source: slice

    @property
    def n_target(self) -> int:
        return int(self.target.stop - self.target.start)


def _windows(length: int, clap: Clap) -> list[_Window]:
    """Lay windows along an axis; a last one that would stand out is shifted back, its taper is not."""
    windows = []
    for first in range(0, (-(-length // clap.step) - 3) * clap.step, clap.step):
        excess = max(first + clap.n_data - length, 0)
        start = first - excess
        end = start + clap.n_data
        windows.append(_Window(slice(start, end), slice(first, end), slice(excess, clap.n_data)))
    return windows


def _taper(n_data: int) -> FloatArray:
    ramp = np.minimum(np.arange(n_data), np.arange(n_data)[::-1]).astype(np.float32)
    return np.asarray(ramp[:, np.newaxis] + ramp + np.float32(1e-6))


def refilter_cells(grid: ComplexArray, row: IntArray, column: IntArray, clap: Clap) -> ComplexArray:
    """
    Filter the surroundings of single cells, each with that cell itself left out.

    Parameters
    ----------
    grid : ndarray of complex64, shape (n_ifg, n_rows, n_columns)
        At least ``clap.n_win`` rows and columns (see :func:`padded_to`); what is not finite counts as 0.
    row, column : ndarray of int, shape (n_cells,)
        The cells, from 0.
    clap : Clap
        The filter.

    Returns
    -------
    ndarray of complex64, shape (n_ifg, n_cells)
        The filtered value at each cell.
    """
    signs = alternating(grid.shape[1:])
    finite = _finite(grid) * signs
    low_pass = clap.centred_low_pass
    n_win = clap.n_win
    top = np.clip(row - n_win // 2, 0, grid.shape[1] - n_win)
    left = np.clip(column - n_win // 2, 0, grid.shape[2] - n_win)
    waves = np.exp(2j * np.pi / n_win * np.outer(np.arange(n_win), np.arange(n_win))).astype(np.complex64)
    values = np.empty((grid.shape[0], row.size), dtype=np.complex64)
    band, spectra = finite, finite
    before = (-1, -1)
    for cell in np.lexsort((left, top)):
        window = (int(top[cell]), int(left[cell]))
        if window[0] != before[0]:
            # the transform down the rows is the same for all windows that start at one row
            band = scipy.fft.fft(finite[:, window[0] : window[0] + n_win], axis=1, workers=1)
        if window != before:
            spectra = scipy.fft.fft(band[:, :, window[1] : window[1] + n_win], axis=2, workers=1)
        before = window
        values[:, cell] = values_without_sample(
            spectra,
            finite[:, row[cell], column[cell]],
            waves[row[cell] - window[0]],
            waves[column[cell] - window[1]],
            low_pass,
            alpha=clap.alpha,
            beta=clap.beta,
        )
    return np.asarray(values * signs[row, column])


def _finite(grid: ComplexArray) -> ComplexArray:
    return np.asarray(np.where(np.isfinite(grid), grid, np.complex64(0)))
