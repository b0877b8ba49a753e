"""
What coherence random phase would show, and how probable that makes a candidate.

Follows StaMPS's ps_est_gamma_quick: the histogram of 300 000 candidates of random phase, scaled to the
candidates of low coherence, tells how many of the others are there by chance.
"""

import numpy as np

from snapstamps.kernels.arrays import FloatArray
from snapstamps.kernels.geometry import round_half_away
from snapstamps.kernels.topofit import BLOCK, topofit_common

N_BINS = 100
BIN_CENTRES = 0.005 + 0.01 * np.arange(N_BINS)
"""Centres of the coherence bins."""
_BIN_EDGES = (BIN_CENTRES[:-1] + BIN_CENTRES[1:]) / 2

N_RANDOM = 300_000
"""Candidates of random phase."""
_RANDOM_KEY = 2005

N_LOW_BINS = 31
"""Bins whose coherence is taken to be that of random phase alone (StaMPS's low_coh_thresh)."""

_TAPER = np.exp(-0.5 * (2.5 * np.arange(-3, 4) / 3) ** 2)
_REFINEMENT = 10
_REACH = 4


def coherence_histogram(coherence: FloatArray) -> FloatArray:
    """
    Count coherences in the bins of StaMPS.

    Parameters
    ----------
    coherence : ndarray, shape (n,)
        NaN is ignored; what lies beyond the first or last bin is counted in it.

    Returns
    -------
    ndarray of float64, shape (100,)
        Counts of the intervals (0, 0.01], (0.01, 0.02] ...
    """
    bins = np.searchsorted(_BIN_EDGES, coherence[~np.isnan(coherence)], side="left")
    return np.bincount(bins, minlength=N_BINS).astype(np.float64)


def random_coherence_histogram(bperp: FloatArray, *, n_trials: int, n_random: int = N_RANDOM) -> FloatArray:
    """
    Coherence histogram of random phase, from the sequence of numbers that StaMPS draws under Octave.

    Octave's ``rand('state', 2005)`` is the Mersenne twister initialised by the array [2005]; the first
    n_random numbers are the phases of the first interferogram, and so on.

    Parameters
    ----------
    bperp : ndarray of float32, shape (n_ifg,)
        Mean perpendicular baselines, m.
    n_trials : int
        Trials of the fit on either side of zero.
    n_random : int
        Number of candidates to draw.

    Returns
    -------
    ndarray of float64, shape (100,)
        Counts.
    """
    # the legacy generator is the point: its sequence is the one that StaMPS's results rest on
    generator = np.random.RandomState()
    generator.seed([_RANDOM_KEY])
    phase = np.empty((bperp.size, n_random), dtype=np.float32)
    for row in phase:
        np.multiply(generator.random_sample(n_random), 2 * np.pi, out=row, casting="same_kind")
    counts = np.zeros(N_BINS)
    for start in range(0, n_random, BLOCK):
        block = np.ascontiguousarray(phase[:, start : start + BLOCK])
        counts += coherence_histogram(topofit_common(block, bperp, n_trials=n_trials))
    return counts


def scaled_to_low_coherence(random: FloatArray, observed: FloatArray) -> FloatArray:
    """
    Scale the histogram of random phase so that it explains all candidates of low coherence.

    Parameters
    ----------
    random, observed : ndarray, shape (100,)
        Counts.

    Returns
    -------
    ndarray, shape (100,)
        ``random``, scaled; all zero where no candidate has low coherence.
    """
    low = random[:N_LOW_BINS].sum()
    return random * (observed[:N_LOW_BINS].sum() / low) if low > 0 else np.zeros_like(random)


def last_occupied_bin(counts: FloatArray) -> int:
    """Return the number, from 1, of the last bin that is not empty (0 if all are)."""
    occupied = np.flatnonzero(counts)
    return int(occupied[-1]) + 1 if occupied.size else 0


def weight_of_coherence(
    coherence: FloatArray, random: FloatArray, observed: FloatArray, *, last_bin: int
) -> FloatArray:
    """
    Weight of candidates by the probability that they are not random phase ("P-square").

    Parameters
    ----------
    coherence : ndarray, shape (n,)
        0 to 1.
    random : ndarray, shape (100,)
        Histogram of random phase, scaled by :func:`scaled_to_low_coherence`.
    observed : ndarray, shape (100,)
        Histogram of all candidates.
    last_bin : int
        Last bin, from 1, that random phase ever reached.

    Returns
    -------
    ndarray of float64, shape (n,)
        The squared probability.
    """
    ratio = random / np.where(observed == 0, 1, observed)
    ratio[:N_LOW_BINS] = 1
    ratio[last_bin:] = 0
    ratio = np.minimum(ratio, 1)
    # a causal filter, as in StaMPS: it lags by three bins
    extended = np.concatenate((np.ones(_TAPER.size - 1), ratio))
    smooth = np.convolve(extended, _TAPER / _TAPER.sum(), mode="valid")
    chance = refined_tenfold(np.concatenate(([1.0], smooth)))[: 1000 + 1]
    nearest = round_half_away(1000 * np.asarray(coherence, dtype=np.float64)).astype(np.int64)
    return np.asarray((1 - chance[np.clip(nearest, 0, 1000)]) ** 2)


def refined_tenfold(values: FloatArray) -> FloatArray:
    """
    Interpolate between samples, nine new ones in each interval, as MATLAB's ``interp(values, 10)``.

    Band-limited interpolation of least error from four samples on either side, for a cut-off of half
    the band; beyond its ends the series goes on mirrored through its end points.

    Parameters
    ----------
    values : ndarray, shape (n,)
        n > 4.

    Returns
    -------
    ndarray of float64, shape (10 n,)
        The samples themselves stand at every tenth place.
    """
    taps = np.arange(1 - _REACH, _REACH + 1)
    shifts = np.arange(_REFINEMENT) / _REFINEMENT
    # np.sinc(t / 2) is the autocorrelation of a series that is white up to half the band
    among = np.sinc((taps[:, np.newaxis] - taps) / 2)
    towards = np.sinc((shifts - taps[:, np.newaxis]) / 2)
    weights = np.linalg.solve(among, towards)
    head = 2 * values[0] - values[_REACH - 1 : 0 : -1]
    tail = 2 * values[-1] - values[-2 : -2 - _REACH : -1]
    extended = np.concatenate((head, values, tail))
    windows = np.lib.stride_tricks.sliding_window_view(extended, taps.size)
    return np.asarray(windows[: values.size] @ weights).reshape(-1)
