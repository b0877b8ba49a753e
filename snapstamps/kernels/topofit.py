"""
The fit of one DEM error per candidate to its phase over the baselines (StaMPS's ps_topofit).

Hooper et al. (2007), "Persistent scatterer InSAR for crustal deformation analysis", section 2.2.

All arrays are laid out (n_ifg, n_candidates), one interferogram after the other, in single precision;
callers hand over blocks of :data:`BLOCK` candidates, whose arrays stay in the processor's cache.
"""

from dataclasses import dataclass

import numba
import numpy as np

from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray
from snapstamps.kernels.phase import wrap

BLOCK = 4096
"""Candidates worked on at once."""

_QUARTER = np.float32(np.pi / 4)


@dataclass(frozen=True)
class TopoFit:
    """
    The DEM error that makes the phase of each candidate most coherent.

    Attributes
    ----------
    slope : ndarray of float32, shape (n,)
        K, phase per baseline, rad/m.
    offset : ndarray of float32, shape (n,)
        C, phase common to all interferograms: the noise of the master, rad.
    coherence : ndarray of float32, shape (n,)
        Temporal coherence, 0 to 1.
    residual : ndarray of float32, shape (n_ifg, n)
        Phase without the slope; the offset is still in it. rad.
    """

    slope: FloatArray
    offset: FloatArray
    coherence: FloatArray
    residual: FloatArray


def topofit(phase: FloatArray, bperp: FloatArray, *, n_trials: int) -> TopoFit:
    """
    Fit one slope over the perpendicular baselines to the phase of every candidate.

    Trials of -n_trials ... n_trials eighths of a cycle over the range of the candidate's baselines; from
    the most coherent one a single linear step, without intercept and with the baselines not centred.

    Parameters
    ----------
    phase : ndarray of float32, shape (n_ifg, n)
        rad, wrapped or not; finite.
    bperp : ndarray of float32, shape (n_ifg, n)
        Perpendicular baselines, m.
    n_trials : int
        Trials on either side of zero.

    Returns
    -------
    TopoFit
    """
    step = _trial_steps(bperp)
    turn = step * bperp
    sums = np.empty((2, phase.shape[1]), dtype=np.float32)
    trial = np.empty(phase.shape[1], dtype=np.float32)
    _best_trial(np.cos(phase), np.sin(phase), np.cos(turn), np.sin(turn), n_trials, sums, trial)

    slope = _refined(step * trial, phase, bperp, sums)
    residual = wrap(phase - slope * bperp)
    total = _coherent_sum(residual)
    return TopoFit(slope, np.angle(total), np.abs(total) / np.float32(phase.shape[0]), residual)


def topofit_common(phase: FloatArray, bperp: FloatArray, *, n_trials: int) -> FloatArray:
    """
    Coherence of the same fit where all candidates have the same baselines.

    Parameters
    ----------
    phase : ndarray of float32, shape (n_ifg, n)
        rad, finite.
    bperp : ndarray of float32, shape (n_ifg,)
        Perpendicular baselines, m.
    n_trials : int
        Trials on either side of zero.

    Returns
    -------
    ndarray of float32, shape (n,)
        Temporal coherence.
    """
    baselines = bperp[:, np.newaxis]
    step = _trial_steps(baselines)
    turns = np.arange(n_trials + 1, dtype=np.float32)[:, np.newaxis] * (step * bperp)
    sums = np.empty((2, phase.shape[1]), dtype=np.float32)
    trial = np.empty(phase.shape[1], dtype=np.float32)
    _best_common_trial(np.cos(phase), np.sin(phase), np.cos(turns), np.sin(turns), sums, trial)

    slope = _refined(step * trial, phase, baselines, sums)
    return np.asarray(np.abs(_coherent_sum(phase - slope * baselines)) / np.float32(phase.shape[0]))


def _trial_steps(bperp: FloatArray) -> FloatArray:
    """Slope between trials: an eighth of a cycle over the range of the baselines; 0 where that is 0."""
    span = bperp.max(axis=0) - bperp.min(axis=0)
    return np.asarray(np.divide(_QUARTER, span, out=np.zeros_like(span), where=span > 0))


def _refined(slope: FloatArray, phase: FloatArray, bperp: FloatArray, sums: FloatArray) -> FloatArray:
    """Add to a trial slope the least-squares slope, through the origin, of what deviates from its coherent sum."""
    deviation = wrap(phase - slope * bperp - np.arctan2(sums[1], sums[0]))
    product = (deviation * bperp).sum(axis=0)
    square = (bperp * bperp).sum(axis=0)
    return np.asarray(slope + np.divide(product, square, out=np.zeros_like(product), where=square > 0))


def _coherent_sum(phase: FloatArray) -> ComplexArray:
    total = np.empty(phase.shape[1], dtype=np.complex64)
    total.real = np.cos(phase).sum(axis=0)
    total.imag = np.sin(phase).sum(axis=0)
    return total


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _best_trial(
    cosine: Array, sine: Array, cos_turn: Array, sin_turn: Array, n_trials: int, sums: Array, trial: Array
) -> None:
    """Find the trial of the largest coherent sum; ``t`` and ``-t`` share their products."""
    n_ifg, n = cosine.shape
    cos_now = np.ones((n_ifg, n), dtype=np.float32)
    sin_now = np.zeros((n_ifg, n), dtype=np.float32)
    parts = np.empty((4, n), dtype=np.float32)
    largest = np.full(n, -1.0, dtype=np.float32)
    for t in range(n_trials + 1):
        parts[:] = 0
        for k in range(n_ifg):
            for i in range(n):
                c, s = cos_now[k, i], sin_now[k, i]
                parts[0, i] += cosine[k, i] * c
                parts[1, i] += sine[k, i] * s
                parts[2, i] += sine[k, i] * c
                parts[3, i] += cosine[k, i] * s
                cos_now[k, i] = c * cos_turn[k, i] - s * sin_turn[k, i]
                sin_now[k, i] = s * cos_turn[k, i] + c * sin_turn[k, i]
        _keep_larger(parts, np.float32(t), largest, sums, trial)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _best_common_trial(
    cosine: Array, sine: Array, cos_turns: Array, sin_turns: Array, sums: Array, trial: Array
) -> None:
    """Find the trial of the largest coherent sum, where the turns are the same for all candidates."""
    n_ifg, n = cosine.shape
    parts = np.empty((4, n), dtype=np.float32)
    largest = np.full(n, -1.0, dtype=np.float32)
    for t in range(cos_turns.shape[0]):
        parts[:] = 0
        for k in range(n_ifg):
            c, s = cos_turns[t, k], sin_turns[t, k]
            for i in range(n):
                parts[0, i] += cosine[k, i] * c
                parts[1, i] += sine[k, i] * s
                parts[2, i] += sine[k, i] * c
                parts[3, i] += cosine[k, i] * s
        _keep_larger(parts, np.float32(t), largest, sums, trial)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _keep_larger(parts: Array, t: np.float32, largest: Array, sums: Array, trial: Array) -> None:
    """Compare trials ``t`` and ``-t`` with the best so far; of equals the lowest trial wins, as in StaMPS."""
    for i in range(parts.shape[1]):
        real, imaginary = parts[0, i] - parts[1, i], parts[2, i] + parts[3, i]
        power = real * real + imaginary * imaginary
        if power >= largest[i]:
            largest[i], sums[0, i], sums[1, i], trial[i] = power, real, imaginary, -t
        real, imaginary = parts[0, i] + parts[1, i], parts[2, i] - parts[3, i]
        power = real * real + imaginary * imaginary
        if power > largest[i]:
            largest[i], sums[0, i], sums[1, i], trial[i] = power, real, imaginary, t
