"""
The temporal coherence gamma of every candidate, estimated against the filtered phase of its surroundings.

Hooper et al. (2007), section 2; StaMPS's ps_est_gamma_quick. Weighted candidates are summed on a grid, the
grid is filtered, the filtered phase is taken off, a DEM error is fitted to the rest, and the coherence of
what remains gives the weights of the next round.

Arrays are laid out (n_ifg, n): one interferogram after the other.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.clap import Clap, filter_grid, padded_to
from snapstamps.kernels.coherence_histogram import (
    coherence_histogram,
    last_occupied_bin,
    scaled_to_low_coherence,
    weight_of_coherence,
)
from snapstamps.kernels.gridding import GridCells, grid_cells, sums_in_cells
from snapstamps.kernels.topofit import BLOCK, topofit

RANGE_OF_SENTINEL = 830_000.0
"""Slant range that StaMPS assumes when it turns metres of DEM error into phase, m."""
_ANGLE_OFFSET = 0.052
"""StaMPS adds 3 degrees to make an incidence of a look angle, though it is given incidences already, rad."""
TRIALS_PER_WRAP = 8


@dataclass(frozen=True)
class SearchRange:
    """
    How far the fit of the DEM error searches.

    Attributes
    ----------
    wraps : float
        Cycles over the range of the baselines, either side of zero; a single-precision number.
    baseline_range : float
        Largest less smallest mean baseline, m; a single-precision number.
    """

    wraps: float
    baseline_range: float

    @property
    def n_trials(self) -> int:
        """Return the trials on either side of zero."""
        return int(np.ceil(TRIALS_PER_WRAP * np.float32(self.wraps)))


def search_range(bperp: FloatArray, *, mean_incidence: float, max_topo_err: float, wavelength: float) -> SearchRange:
    """
    Search range of the DEM error.

    Parameters
    ----------
    bperp : ndarray of float32, shape (n_ifg,)
        Mean perpendicular baselines, m.
    mean_incidence : float
        rad.
    max_topo_err : float
        Largest DEM error looked for, m.
    wavelength : float
        m.

    Returns
    -------
    SearchRange
    """
    angle = mean_incidence + _ANGLE_OFFSET
    max_slope = max_topo_err * 4 * np.pi / (wavelength * RANGE_OF_SENTINEL * np.sin(angle))
    span = bperp.max() - bperp.min()
    # each operation in single precision, as in Octave: the last digit may decide on one more trial
    wraps = np.float32(span) * np.float32(max_slope) / np.float32(2 * np.pi)
    return SearchRange(wraps=float(wraps), baseline_range=float(span))


@dataclass(frozen=True)
class GammaSettings:
    """
    How gamma is estimated.

    Attributes
    ----------
    clap : Clap
        The filter.
    grid_size : float
        Side of a grid cell, m.
    n_trials : int
        Trials of the fit on either side of zero.
    weighting : {"P-square", "SNR"}
        Weight of the candidates from the second iteration on.
    convergence : float
        Stop when the rms change of gamma changes by less than this.
    max_iterations : int
        Stop then at the latest.
    mend : bool
        Leave candidates that lack a value out of the sums (StaMPS loses the whole cell from the second
        iteration on), and pad a grid that is smaller than the filter's window.
    """

    clap: Clap
    grid_size: float
    n_trials: int
    weighting: Literal["P-square", "SNR"]
    convergence: float
    max_iterations: int
    mend: bool


@dataclass(frozen=True)
class GammaEstimate:
    """
    What step 2 finds.

    Attributes
    ----------
    cells : GridCells
        Where the candidates lie on the grid.
    grid : ndarray of complex64, shape (n_ifg, n_rows, n_columns)
        Weighted phase sums of the cells.
    weighted : ndarray of complex64, shape (n_ifg, n)
        Weighted phase of the candidates.
    patch_phase : ndarray of complex64, shape (n_ifg, n)
        Filtered phase of the surroundings, unit modulus.
    slope, offset, coherence : ndarray of float64, shape (n,)
        K (rad/m), C (rad) and gamma; NaN, 0 and 0 for candidates that lack a value.
    residual : ndarray of float32, shape (n_ifg, n)
        Residual phase, rad.
    fitted : ndarray of bool, shape (n,)
        Candidates that could be fitted at least once.
    random : ndarray of float64, shape (100,)
        Coherence histogram of random phase, scaled to the candidates.
    rms_change : float
        Root of the mean square by which the last iteration changed gamma.
    n_iterations : int
        Iterations done.
    """

    cells: GridCells
    grid: ComplexArray
    weighted: ComplexArray
    patch_phase: ComplexArray
    slope: FloatArray
    offset: FloatArray
    coherence: FloatArray
    residual: FloatArray
    fitted: BoolArray
    random: FloatArray
    rms_change: float
    n_iterations: int


@dataclass(frozen=True)
class _Fits:
    """Results of the fits; their arrays are overwritten in every iteration."""

    slope: FloatArray
    offset: FloatArray
    coherence: FloatArray
    residual: FloatArray
    fitted: BoolArray

    @classmethod
    def none_yet(cls, n_ifg: int, n: int) -> "_Fits":
        residual = np.zeros((n_ifg, n), dtype=np.float32)
        return cls(np.zeros(n), np.zeros(n), np.zeros(n), residual, np.zeros(n, dtype=bool))


def estimate_gamma(
    phase: ComplexArray,
    bperp: FloatArray,
    xy: FloatArray,
    dispersion: FloatArray,
    random: FloatArray,
    settings: GammaSettings,
) -> GammaEstimate:
    """
    Estimate the coherence of every candidate, in a few rounds of filtering and fitting.

    Parameters
    ----------
    phase : ndarray of complex64, shape (n_ifg, n)
        Interferogram values; 0 or not finite where there is none.
    bperp : ndarray of float32, shape (n_ifg, n)
        Perpendicular baselines, m.
    xy : ndarray of float32, shape (n, 2)
        Local coordinates, m.
    dispersion : ndarray, shape (n,)
        Amplitude dispersion; its inverse is the first weight.
    random : ndarray, shape (100,)
        Coherence histogram of random phase.
    settings : GammaSettings
        How.

    Returns
    -------
    GammaEstimate
    """
    n_ifg, n = phase.shape
    cells = grid_cells(xy, settings.grid_size)
    angle = np.angle(phase)
    gaps = _gaps_of(phase)
    angle[:, gaps.candidate] = np.where(gaps.null, 0, angle[:, gaps.candidate])
    amplitude = _amplitude(phase, gaps) if settings.weighting == "SNR" else None
    fits = _Fits.none_yet(n_ifg, n)
    with np.errstate(divide="ignore"):
        weight: FloatArray = 1 / np.asarray(dispersion, dtype=np.float64)
    last_bin = last_occupied_bin(random)
    rms, n_iterations = 0.0, 0
    while True:
        n_iterations += 1
        before, rms_before = fits.coherence.copy(), rms
        weighted = _weighted_phase(angle, bperp, fits.slope, weight, gaps, leave_out=settings.mend)
        grid = sums_in_cells(weighted, cells.index, cells.shape[0] * cells.shape[1]).reshape(n_ifg, *cells.shape)
        filtered = _filtered(grid, settings)
        _fit_all(angle, bperp, filtered, cells.index, gaps.candidate, settings.n_trials, fits)
        rms = float(np.sqrt(np.mean((fits.coherence - before) ** 2)))
        if abs(rms - rms_before) < settings.convergence or n_iterations >= settings.max_iterations:
            break
        if amplitude is None:
            observed = coherence_histogram(fits.coherence)
            random = scaled_to_low_coherence(random, observed)
            weight = weight_of_coherence(fits.coherence, random, observed, last_bin=last_bin)
        else:
            weight = _signal_to_noise(amplitude, fits.residual)
    return GammaEstimate(
        cells=cells,
        grid=grid,
        weighted=weighted,
        patch_phase=_unit(filtered)[:, cells.index],
        slope=fits.slope,
        offset=fits.offset,
        coherence=fits.coherence,
        residual=fits.residual,
        fitted=fits.fitted,
        random=random,
        rms_change=rms,
        n_iterations=n_iterations,
    )


@dataclass(frozen=True)
class _Gaps:
    """Candidates that lack a value in some interferogram."""

    candidate: IntArray
    null: BoolArray
    """Where they lack it, shape (n_ifg, n_gaps)."""


def _gaps_of(phase: ComplexArray) -> _Gaps:
    null = (phase == 0) | ~np.isfinite(phase)
    candidate = np.flatnonzero(null.any(axis=0))
    return _Gaps(candidate, null[:, candidate])


def _amplitude(phase: ComplexArray, gaps: _Gaps) -> FloatArray:
    amplitude = np.abs(phase)
    amplitude[:, gaps.candidate] = np.where(gaps.null, 1, amplitude[:, gaps.candidate])
    return np.asarray(amplitude)


def _weighted_phase(
    angle: FloatArray, bperp: FloatArray, slope: FloatArray, weight: FloatArray, gaps: _Gaps, *, leave_out: bool
) -> ComplexArray:
    """Phase without the DEM error, times the weights; 0 or, as StaMPS has it, NaN for candidates with gaps."""
    slope, weight = slope.astype(np.float32), weight.astype(np.float32)
    weighted = np.empty(angle.shape, dtype=np.complex64)
    for row in range(angle.shape[0]):
        turned = angle[row] - bperp[row] * slope
        weighted.real[row] = np.cos(turned) * weight
        weighted.imag[row] = np.sin(turned) * weight
    if leave_out:
        weighted[:, gaps.candidate] = 0
    else:
        weighted[:, gaps.candidate] *= ~gaps.null
    return weighted


def _filtered(grid: ComplexArray, settings: GammaSettings) -> ComplexArray:
    n_rows, n_columns = grid.shape[1:]
    padded = padded_to(grid, settings.clap.n_data) if settings.mend else grid
    filtered = filter_grid(padded, settings.clap)[:, :n_rows, :n_columns]
    return filtered.reshape(grid.shape[0], -1)


def _fit_all(
    angle: FloatArray,
    bperp: FloatArray,
    filtered: ComplexArray,
    cell: IntArray,
    with_gaps: IntArray,
    n_trials: int,
    fits: _Fits,
) -> None:
    """Fit all candidates, block by block; those that cannot be fitted keep offset and residual of before."""
    surroundings = np.angle(filtered)
    possible = ~(filtered == 0).any(axis=0)[cell]
    possible[with_gaps] = False
    for start in range(0, cell.size, BLOCK):
        block = slice(start, start + BLOCK)
        phase = angle[:, block] - np.take(surroundings, cell[block], axis=1)
        fit = topofit(phase, np.ascontiguousarray(bperp[:, block]), n_trials=n_trials)
        good = possible[block]
        fits.slope[block] = np.where(good, fit.slope, np.nan)
        fits.coherence[block] = np.where(good, fit.coherence, 0)
        fits.offset[block] = np.where(good, fit.offset, fits.offset[block])
        np.copyto(fits.residual[:, block], fit.residual, where=good)
    fits.fitted[possible] = True


def _signal_to_noise(amplitude: FloatArray, residual: FloatArray) -> FloatArray:
    """Weight by the signal-to-noise ratio of the amplitude along the fitted phase; 0 without noise."""
    signal = (amplitude * np.cos(residual)).mean(axis=0, dtype=np.float64)
    power = np.square(amplitude).mean(axis=0, dtype=np.float64)
    noise = np.sqrt(np.maximum(0.5 * (power - signal**2), 0))
    return np.asarray(np.divide(signal, noise, out=np.zeros_like(signal), where=noise > 0))


def _unit(values: ComplexArray) -> ComplexArray:
    modulus = np.abs(values)
    return np.asarray(np.divide(values, modulus, out=np.zeros_like(values), where=modulus > 0))
