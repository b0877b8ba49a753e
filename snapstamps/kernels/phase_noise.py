"""
Phase noise of scatterers against their neighbours, from the time series of the arcs between them.

Follows the second half of StaMPS's ps_weed. What differs between the dates of an arc beyond a smooth
course in time and a difference of the look-angle error is noise; a scatterer is as good as its best arc.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numba
import numpy as np

from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray, IntArray

BLOCK_BYTES = 2**18
"""About the size of one working array; some ten are in use at a time, which fit the second-level cache."""

_TURN = 2 * np.pi
_PER_RADIAN = 1 / _TURN
_ROUNDER = 1.5 * 2.0**52
"""Adding and subtracting it rounds to a whole number; unlike a call of round it is vectorised."""


@dataclass(frozen=True)
class PointNoise:
    """
    Noise of every scatterer: that of its best arc, in each respect.

    Attributes
    ----------
    deviation : ndarray of float32, shape (n_ps,)
        Smallest standard deviation, rad; inf where no arc has one.
    largest : ndarray of float32, shape (n_ps,)
        Smallest maximum of the absolute value, rad; inf likewise.
    """

    deviation: FloatArray
    largest: FloatArray


@dataclass(frozen=True)
class TemporalFilter:
    """
    Constant operators of the smooth course in time: one row for each date that is looked at.

    Attributes
    ----------
    weight : ndarray, shape (n_dates, n_dates)
        Gaussian weights of all dates; the sum of a row is 1.
    since : ndarray, shape (n_dates, n_dates)
        Days from the other date to the one looked at.
    intercept, slope : ndarray, shape (n_dates, n_dates)
        What a weighted straight line through values at all dates is at the date, and its change per day.
    """

    weight: FloatArray
    since: FloatArray
    intercept: FloatArray
    slope: FloatArray


def temporal_filter(day: FloatArray, *, window: float) -> TemporalFilter:
    """
    Return the operators of the smooth course in time.

    Parameters
    ----------
    day : ndarray, shape (n_dates,)
        Dates, days; in any order.
    window : float
        Standard deviation of the Gaussian weights (weed_time_win), days.

    Returns
    -------
    TemporalFilter
        Where the dates do not determine a slope (they are all one day), it is 0.
    """
    since = np.asarray(day, dtype=np.float64)[:, None] - np.asarray(day, dtype=np.float64)[None, :]
    weight = np.exp(-(since**2) / (2 * window**2))
    weight /= weight.sum(axis=1, keepdims=True)
    mean = (weight * since).sum(axis=1, keepdims=True)
    spread = (weight * (since - mean) ** 2).sum(axis=1, keepdims=True)
    slope = np.divide(weight * (since - mean), spread, out=np.zeros_like(weight), where=spread > 0)
    return TemporalFilter(weight, since, weight - mean * slope, slope)


def point_noise(
    phase: ComplexArray, edges: IntArray, baseline: FloatArray, day: FloatArray, *, window: float
) -> PointNoise:
    """
    Estimate the phase noise of scatterers from the arcs to their neighbours.

    Memory does not grow with the number of arcs: they pass twice, in blocks.

    Parameters
    ----------
    phase : ndarray of complex, shape (n_ps, n_dates)
        Phase without look-angle error, the master's noise in the master's column; any modulus. An arc to
        a scatterer with a zero or a non-finite value tells nothing.
    edges : ndarray of int, shape (n_edge, 2)
        Pairs of neighbours; the phase of an arc is that of the second less that of the first.
    baseline : ndarray, shape (n_dates,)
        Mean perpendicular baselines, 0 at the master, m.
    day : ndarray, shape (n_dates,)
        Dates, days.
    window : float
        Width of the temporal smoothing (weed_time_win), days.

    Returns
    -------
    PointNoise
        inf everywhere if there are fewer than two arcs, since the variance of a date is then undefined.
    """
    deviation = np.full(len(phase), np.inf, dtype=np.float32)
    largest = np.full(len(phase), np.inf, dtype=np.float32)
    modulus = np.abs(phase)
    usable = np.all(np.isfinite(modulus) & (modulus > 0), axis=1)
    arcs = edges[usable[edges].all(axis=1)] if len(edges) else edges
    if len(arcs) < 2:
        return PointNoise(deviation, largest)
    # one row per date, so that a block of arcs is contiguous in every date
    angle = np.ascontiguousarray(np.angle(phase).T, dtype=np.float64)
    operators = temporal_filter(day, window=window)
    variance = _variance_of_dates(angle, arcs, operators)
    for block in _blocks(arcs, angle.shape[0]):
        noise = _noise_of_arcs(_differences(angle, block), operators)
        noise -= np.outer(baseline, _error_per_baseline(noise, baseline, variance))
        _take_smaller(deviation, block, noise.std(axis=0, ddof=1))
        _take_smaller(largest, block, np.abs(noise).max(axis=0))
    return PointNoise(deviation, largest)


def _blocks(arcs: IntArray, n_dates: int) -> Iterator[IntArray]:
    length = max(1, BLOCK_BYTES // (8 * n_dates))
    for start in range(0, len(arcs), length):
        yield arcs[start : start + length]


def _differences(angle: FloatArray, arcs: IntArray) -> FloatArray:
    """Return the phase of the arcs, shape (n_dates, n_arc), not wrapped."""
    return np.asarray(angle[:, arcs[:, 1]] - angle[:, arcs[:, 0]])


def _wrapped(phase: Array) -> Array:
    return np.asarray(phase - _TURN * np.rint(phase / _TURN))


def _variance_of_dates(angle: FloatArray, arcs: IntArray, operators: TemporalFilter) -> FloatArray:
    """Return the variance over all arcs of each date against the weighted mean of all others, rad^2."""
    n_dates = angle.shape[0]
    own = np.diag(operators.weight)[:, None]
    count, mean, squares = 0, np.zeros(n_dates), np.zeros(n_dates)
    for block in _blocks(arcs, n_dates):
        difference = _differences(angle, block)
        cosine, sine = np.cos(difference), np.sin(difference)
        others_real = operators.weight @ cosine - own * cosine
        others_imag = operators.weight @ sine - own * sine
        residual = _wrapped(difference - np.arctan2(others_imag, others_real))
        # variances of blocks are joined about their means; plain sums of squares would lose digits
        block_mean = residual.mean(axis=1)
        total = count + len(block)
        step = block_mean - mean
        squares += ((residual - block_mean[:, None]) ** 2).sum(axis=1) + step**2 * count * len(block) / total
        mean += step * len(block) / total
        count = total
    return squares / (count - 1)


def _noise_of_arcs(difference: FloatArray, operators: TemporalFilter) -> FloatArray:
    """Return the phase of arcs less its smooth course in time, shape (n_dates, n_arc), rad."""
    mean_angle = np.arctan2(operators.weight @ np.sin(difference), operators.weight @ np.cos(difference))
    course = np.empty_like(difference)
    _local_intercepts(difference, mean_angle, operators.since, operators.intercept, operators.slope, course)
    return _wrapped(difference - mean_angle - course)


@numba.njit(cache=True, nogil=True)
def _local_intercepts(
    difference: FloatArray,
    mean_angle: FloatArray,
    since: FloatArray,
    intercept: FloatArray,
    slope: FloatArray,
    course: FloatArray,
) -> None:  # pragma: no cover (compiled)
    """
    Fill in, for each date and arc, the straight line at the date, about the weighted mean phase.

    A second line through the wrapped residuals of the first adds something only where a residual wraps:
    the first has taken intercept and slope out of them, so what is left is the intercept of whole turns.
    """
    n_dates, n_arc = difference.shape
    strip = 256  # arcs whose residuals stay in the first-level cache
    residual = np.empty((n_dates, strip))
    value = np.empty(strip)
    change = np.empty(strip)
    turns = np.empty(strip)
    for start in range(0, n_arc, strip):
        width = min(strip, n_arc - start)
        for date in range(n_dates):
            value[:] = 0.0
            change[:] = 0.0
            turns[:] = 0.0
            for other in range(n_dates):
                a, b = intercept[date, other], slope[date, other]
                for arc in range(width):
                    angle = difference[other, start + arc] - mean_angle[date, start + arc]
                    angle -= _TURN * ((angle * _PER_RADIAN + _ROUNDER) - _ROUNDER)
                    residual[other, arc] = angle
                    value[arc] += a * angle
                    change[arc] += b * angle
            for other in range(n_dates):
                a, days = intercept[date, other], since[date, other]
                for arc in range(width):
                    left = residual[other, arc] - value[arc] - change[arc] * days
                    turns[arc] += a * ((left * _PER_RADIAN + _ROUNDER) - _ROUNDER)
            for arc in range(width):
                course[date, start + arc] = value[arc] - _TURN * turns[arc]


def _error_per_baseline(noise: FloatArray, baseline: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the look-angle error that is left in every arc, weighted by the variance of the dates, rad/m."""
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = baseline / variance
        return np.asarray((weight @ noise) / (weight @ baseline))


def _take_smaller(best: FloatArray, arcs: IntArray, values: FloatArray) -> None:
    """Lower the value of both ends of every arc to that of the arc; NaN is passed over."""
    single = values.astype(np.float32)
    np.fmin.at(best, arcs[:, 0], single)
    np.fmin.at(best, arcs[:, 1], single)
