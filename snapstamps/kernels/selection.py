"""
Which candidates are coherent beyond what random phase would show.

Hooper et al. (2007), section 2.3; StaMPS's ps_select. Candidates are binned by amplitude dispersion; in each
bin a coherence threshold lets through an accepted number of random ones; a line over the dispersion
makes one threshold per candidate of these.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.coherence_histogram import N_BINS, coherence_histogram, scaled_to_low_coherence
from snapstamps.kernels.geometry import extents
from snapstamps.kernels.topofit import BLOCK, topofit

BINNED_FROM = 10_000
"""From this many candidates on the dispersion matters; fewer make one bin."""
_MANY = 50_000
_FALLBACK_THRESHOLD = 0.3
_TYPICAL_DISPERSION = 0.35
_BIN_WIDTH = 0.01


@dataclass(frozen=True)
class DispersionBins:
    """
    Bins of amplitude dispersion with about as many candidates each.

    Attributes
    ----------
    dispersion : ndarray, shape (n,)
        Amplitude dispersion as used: all 1 where there is one bin only.
    edges : ndarray, shape (n_bins + 1,)
        A bin is what lies above one edge and not above the next.
    """

    dispersion: FloatArray
    edges: FloatArray

    @property
    def count(self) -> int:
        """Return the number of bins."""
        return self.edges.size - 1

    def members(self, number: int) -> BoolArray:
        """Tell which candidates belong to a bin, counted from 0."""
        return np.asarray((self.dispersion > self.edges[number]) & (self.dispersion <= self.edges[number + 1]))


def dispersion_bins(dispersion: FloatArray) -> DispersionBins:
    """
    Bin candidates by amplitude dispersion.

    Parameters
    ----------
    dispersion : ndarray, shape (n,)
        Amplitude dispersion.

    Returns
    -------
    DispersionBins
        Bins of 10 000 from 50 000 candidates on, else of 2000; the last holds up to twice as many less
        one. A single bin below 10 000 candidates.
    """
    n = dispersion.size
    if n < BINNED_FROM:
        return DispersionBins(np.ones(n), np.array([0.0, 1.0]))
    size = 10_000 if n >= _MANY else 2_000
    ordered = np.sort(dispersion)
    inner = ordered[size - 1 : n - size : size]
    return DispersionBins(dispersion, np.concatenate(([0.0], inner, [ordered[-1]])))


@dataclass(frozen=True)
class Acceptance:
    """
    How much random phase is accepted.

    Attributes
    ----------
    method : {"DENSITY", "PERCENT"}
        Counted per area, or as a share of all that pass.
    maximum : float
        Accepted random candidates per bin, or percent; a single-precision number.
    """

    method: Literal["DENSITY", "PERCENT"]
    maximum: float

    @classmethod
    def by_density(cls, per_km2: float, xy: FloatArray, n_bins: int) -> "Acceptance":
        """
        Accept a number of random candidates per area of the box around all candidates.

        Parameters
        ----------
        per_km2 : float
            Accepted random candidates per square kilometre, all bins together.
        xy : ndarray of float32, shape (n, 2)
            Local coordinates of all candidates, m.
        n_bins : int
            Bins among which they are shared out.

        Returns
        -------
        Acceptance
        """
        width, height = extents(np.asarray(xy, dtype=np.float32))
        area = width * height / np.float32(1e6)
        return cls("DENSITY", float(np.float32(per_km2) * area / np.float32(n_bins)))


@dataclass(frozen=True)
class Thresholds:
    """
    Coherence that a candidate must exceed.

    Attributes
    ----------
    values : ndarray of float64, shape (n,) or (1,)
        One per candidate, or one for all.
    line : ndarray of float64, shape (2,) or (0,)
        Slope and intercept over the dispersion, where bins gave one.
    n_interpolated : int
        Bins in which the cubic through the counts was singular and a straight line took its place.
    """

    values: FloatArray
    line: FloatArray
    n_interpolated: int

    def at(self, rows: IntArray) -> FloatArray:
        """Return the thresholds of some candidates, or the one for all."""
        return self.values[rows] if self.values.size > 1 else self.values


def coherence_thresholds(
    coherence: FloatArray, bins: DispersionBins, random: FloatArray, acceptance: Acceptance
) -> Thresholds:
    """
    Coherence thresholds that let through no more random phase than is accepted.

    Parameters
    ----------
    coherence : ndarray, shape (n,)
        0 and NaN: not estimated.
    bins : DispersionBins
        Of the same candidates.
    random : ndarray, shape (100,)
        Coherence histogram of random phase.
    acceptance : Acceptance
        How much is accepted.

    Returns
    -------
    Thresholds
    """
    found = []
    for number in range(bins.count):
        members = bins.members(number)
        estimated = coherence[members]
        threshold = _threshold_of_bin(estimated[estimated != 0], random, acceptance)
        if threshold is not None:
            found.append((bins.dispersion[members].mean(), threshold))
    values, line = _over_dispersion(
        np.array([mean for mean, _ in found]), np.array([threshold.value for _, threshold in found]), bins.dispersion
    )
    n_interpolated = sum(threshold.interpolated for _, threshold in found)
    return Thresholds(np.maximum(values, 0), line, n_interpolated)


@dataclass(frozen=True)
class _BinThreshold:
    value: float
    interpolated: bool = False


def _threshold_of_bin(coherence: FloatArray, random: FloatArray, acceptance: Acceptance) -> _BinThreshold | None:
    """Find where the random candidates above a coherence fall below what is accepted; None if nowhere sensible."""
    observed = coherence_histogram(coherence)
    above = np.cumsum(scaled_to_low_coherence(random, observed)[::-1])[::-1]
    if acceptance.method == "PERCENT":
        above = 100 * above / np.cumsum(np.where(observed == 0, 1, observed)[::-1])[::-1]
    accepted = np.flatnonzero(above < acceptance.maximum)
    if accepted.size == 0:
        return _BinThreshold(1.0)
    first = int(accepted[0])
    if first < 3:
        return None
    window = np.arange(first - 3, min(first + 3, N_BINS))
    # one bin too high, as in StaMPS: the upper edge of a bin goes with what lies above its lower one
    upper = (window + 1) * _BIN_WIDTH
    counts = above[window]
    if np.unique(counts).size < 4:
        pair = slice(first, first - 2, -1)
        value = np.interp(acceptance.maximum, above[pair], (np.arange(N_BINS)[pair] + 1) * _BIN_WIDTH)
        return _BinThreshold(float(value), interpolated=True)
    centre, spread = counts.mean(), counts.std(ddof=1)
    cubic, *_ = np.linalg.lstsq(np.vander((counts - centre) / spread, 4), upper, rcond=None)
    return _BinThreshold(float(np.polyval(cubic, (acceptance.maximum - centre) / spread)))


def _over_dispersion(
    mean_dispersion: FloatArray, threshold: FloatArray, dispersion: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Make thresholds for all candidates from those of the bins; return also the line."""
    if threshold.size == 0:
        return np.array([_FALLBACK_THRESHOLD]), np.empty(0)
    if threshold.size == 1:
        return threshold, np.empty(0)
    line, *_ = np.linalg.lstsq(np.vander(mean_dispersion, 2), threshold, rcond=None)
    # coherence cannot get worse where the amplitude is more stable
    where = dispersion if line[0] > 0 else np.array([_TYPICAL_DISPERSION])
    return np.polyval(line, where), line


@dataclass(frozen=True)
class Reestimate:
    """
    The fit of selected candidates against surroundings without them.

    Attributes
    ----------
    slope, offset, coherence : ndarray of float64, shape (n,)
        K (rad/m), C (rad) and gamma; NaN, 0 and NaN where a value is lacking.
    residual : ndarray of float32, shape (n_ifg, n)
        Residual phase, rad; 0 in unused interferograms.
    """

    slope: FloatArray
    offset: FloatArray
    coherence: FloatArray
    residual: FloatArray


def reestimate(
    phase: ComplexArray, patch_phase: ComplexArray, bperp: FloatArray, used: IntArray, *, n_trials: int
) -> Reestimate:
    """
    Fit the DEM error of selected candidates again.

    Parameters
    ----------
    phase : ndarray of complex64, shape (n_ifg, n)
        Interferogram values.
    patch_phase : ndarray of complex64, shape (n_ifg, n)
        Filtered phase of the surroundings, without the candidate's own cell.
    bperp : ndarray of float32, shape (n_ifg, n)
        Perpendicular baselines, m.
    used : ndarray of int, shape (n_used,)
        Interferograms that are not dropped, from 0. A candidate must have a value in the others too.
    n_trials : int
        Trials of the fit on either side of zero.

    Returns
    -------
    Reestimate
    """
    n_ifg, n = phase.shape
    usable = np.isfinite(phase) & (phase != 0) & np.isfinite(patch_phase) & (patch_phase != 0)
    possible = usable.all(axis=0)
    slope, offset, coherence = np.empty(n), np.empty(n), np.empty(n)
    residual = np.zeros((n_ifg, n), dtype=np.float32)
    for start in range(0, n, BLOCK):
        block = slice(start, start + BLOCK)
        good = possible[block]
        difference = np.angle(phase[used, block]) - np.angle(patch_phase[used, block])
        fit = topofit(np.where(good, difference, 0), bperp[used, block], n_trials=n_trials)
        slope[block] = np.where(good, fit.slope, np.nan)
        offset[block] = np.where(good, fit.offset, 0)
        coherence[block] = np.where(good, fit.coherence, np.nan)
        residual[used, block] = np.where(good, fit.residual, 0)
    return Reestimate(slope, offset, coherence, residual)
