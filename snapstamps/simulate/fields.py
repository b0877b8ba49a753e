"""Random fields with a given spectrum, on coarse grids, and their values between the nodes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.fft

from snapstamps.kernels.arrays import FloatArray

Spectrum = Callable[[FloatArray], FloatArray]
"""From wavenumber (cycles per metre, > 0) to amplitude (any unit)."""


def random_field(
    shape: tuple[int, int], *, spacing: float, amplitude: Spectrum, random: np.random.Generator
) -> FloatArray:
    """
    Return a Gaussian random field whose expected deviation, over all fields of this spectrum, is one.

    It is cut out of a periodic field of twice the size, so that opposite edges have nothing in common. The scale comes
    from the spectrum's integral: a piece smaller than the longest waves varies less, as a piece of a landscape does.

    Parameters
    ----------
    shape : tuple of int
        Nodes along both axes.
    spacing : float
        Distance of the nodes, m.
    amplitude : callable
        Square root of the power spectrum.
    random : numpy.random.Generator
        Where the noise comes from.

    Returns
    -------
    field : ndarray, shape ``shape``
        Unitless.
    """
    n_rows, n_columns = (scipy.fft.next_fast_len(2 * n) for n in shape)
    rows = np.fft.fftfreq(n_rows, spacing)[:, None]
    columns = np.fft.rfftfreq(n_columns, spacing)[None, :]
    wavenumber = np.hypot(rows, columns)
    wavenumber[0, 0] = np.inf
    weight = amplitude(wavenumber)
    weight[0, 0] = 0.0
    noise = scipy.fft.rfft2(random.standard_normal((n_rows, n_columns)))
    field = scipy.fft.irfft2(noise * weight, s=(n_rows, n_columns))[: shape[0], : shape[1]]
    return np.asarray(field / _deviation(amplitude, spacing))


def standardised(field: FloatArray) -> FloatArray:
    """Return a field shifted and scaled to zero mean and unit deviation (a constant one becomes zero)."""
    field = field - field.mean()
    deviation = field.std()
    return np.asarray(field / deviation if deviation > 0 else field)


def power_law(exponent: float) -> Spectrum:
    """Return the amplitude of a field whose power falls with ``k**-exponent``; only its shape has a meaning."""

    def amplitude(wavenumber: FloatArray) -> FloatArray:
        return np.asarray(wavenumber ** (-exponent / 2))

    return amplitude


def hills(size: float) -> Spectrum:
    """Return hills: power falls with the fourth power of wavenumber, from 4 sizes (m) down to one, then fades away."""

    def amplitude(wavenumber: FloatArray) -> FloatArray:
        scaled = np.minimum(wavenumber, 1e3) * size
        return np.asarray(np.exp(-(scaled**2)) / (scaled**2 + 1 / 16))

    return amplitude


def band(wavelength: float) -> Spectrum:
    """Return a field of blobs about ``wavelength`` (m) wide."""

    def amplitude(wavenumber: FloatArray) -> FloatArray:
        return np.asarray(np.exp(-0.5 * (np.minimum(wavenumber, 1e3) * wavelength) ** 2))

    return amplitude


@dataclass(frozen=True)
class GroundGrid:
    """
    A field on the ground, known at nodes and interpolated linearly between them.

    Attributes
    ----------
    values : ndarray, shape (n_north, n_east)
        At the nodes.
    origin : float
        East and north of the first node, m from the scene's centre (the grid is square).
    spacing : float
        Distance of the nodes, m.
    """

    values: FloatArray
    origin: float
    spacing: float

    def at(self, east: FloatArray, north: FloatArray) -> FloatArray:
        """Return the field at positions (m from the scene's centre); outside the grid the edge's value."""
        row, row_part = self._cell(north, self.values.shape[0])
        column, column_part = self._cell(east, self.values.shape[1])
        flat, stride = self.values.ravel(), self.values.shape[1]
        corner = row * stride + column
        low = flat[corner] + column_part * (flat[corner + 1] - flat[corner])
        high = flat[corner + stride] + column_part * (flat[corner + stride + 1] - flat[corner + stride])
        return np.asarray(low + row_part * (high - low))

    def _cell(self, position: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
        scaled = np.clip((position - self.origin) / self.spacing, 0, count - 1.000001)
        cell = scaled.astype(np.int64)
        return cell, scaled - cell


def _deviation(amplitude: Spectrum, spacing: float) -> float:
    """Return the deviation of a field made from unit white noise at nodes ``spacing`` apart (sum over all waves)."""
    edges = np.geomspace(1e-7, 0.5 / spacing, 4001)
    middle, width = np.sqrt(edges[1:] * edges[:-1]), np.diff(edges)
    return float(spacing * np.sqrt(2 * np.pi * np.sum(middle * amplitude(middle) ** 2 * width)))
