"""
What the time series of an edge says about its unwrapped phase: StaMPS's uw_sb_unwrap_space_time, 3D_FULL.

For every edge between two nodes of the unwrapping grid the series of phase differences is freed of a
look-angle error, smoothed in time and unwrapped along time. What remains is noise: its size tells how
far the smooth series may be trusted where the interferograms are unwrapped in space (Hooper 2010).
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.phase import unit_phasor, wrap

MAX_NOISE = 1.2
"""Standard deviation beyond which an edge is said to have no statistics, rad."""

_MIN_PEAK_LEAD = 0.1
"""How far the best trial must stand out from all trials outside its peak, in coherence."""

_MIN_COHERENCE = 0.31
"""Coherence below which a fitted look-angle error is not trusted."""

_CHUNK = 4096
"""Edges done at a time, so that the temporaries stay in the processor's caches."""


@dataclass(frozen=True)
class Acquisitions:
    """
    Times and baselines of the interferograms that are unwrapped, in the order of their columns.

    Attributes
    ----------
    days : ndarray, shape (n_ifg,)
        Days between master and slave, ascending, negative before the master; at least 3.
    baselines : ndarray, shape (n_ifg,)
        Perpendicular baseline (m).
    """

    days: FloatArray
    baselines: FloatArray


@dataclass(frozen=True)
class EdgeSeries:
    """
    Unwrapped series of the edges.

    Attributes
    ----------
    unwrapped : ndarray of float32, shape (n_edge, n_ifg)
        Phase of the second node minus that of the first (rad); NaN where there are no statistics.
    noise : ndarray of float32, shape (n_edge, n_ifg)
        Its deviation from the smooth series (rad); NaN where there are no statistics.
    look_angle : ndarray of float32, shape (n_edge,)
        Difference of the look-angle error (rad/m); 0 where it cannot be told.
    """

    unwrapped: FloatArray
    noise: FloatArray
    look_angle: FloatArray


def unwrap_edge_series(
    node_phase: ComplexArray,
    edge_nodes: IntArray,
    acquisitions: Acquisitions,
    *,
    n_trial_wraps: float | None,
    time_window: float,
) -> EdgeSeries:
    """
    Unwrap the series of every edge along time.

    Parameters
    ----------
    node_phase : ndarray of complex64, shape (n_node, n_ifg)
        Gridded phase.
    edge_nodes : ndarray of int, shape (n_edge, 2)
        First and second node of every edge, from 0.
    acquisitions : Acquisitions
        Times and baselines.
    n_trial_wraps : float or None
        Cycles that the largest expected look-angle error makes over all baselines; None: estimate none.
    time_window : float
        Standard deviation of the Gaussian that smooths in time (days).

    Returns
    -------
    EdgeSeries
    """
    shape = (len(edge_nodes), node_phase.shape[1])
    unwrapped = np.empty(shape, dtype=np.float32)
    noise = np.empty(shape, dtype=np.float32)
    look_angle = np.zeros(len(edge_nodes), dtype=np.float32)
    baselines = acquisitions.baselines.astype(np.float64)
    smoother = _Smoother.of(acquisitions.days, time_window)
    for start in range(0, len(edge_nodes), _CHUNK):
        part = slice(start, start + _CHUNK)
        dead, differences = _differences(node_phase, edge_nodes[part])
        if n_trial_wraps is not None:
            look_angle[part] = look_angle_errors(differences, acquisitions, n_trial_wraps=n_trial_wraps)
        correction = look_angle[part, None].astype(np.float64) * baselines
        corrected = differences * unit_phasor(-correction)
        smooth = smoother.unwrap(corrected)
        residual = wrap(np.angle(corrected) - smooth)
        residual[dead | (residual.std(axis=1, ddof=1) > MAX_NOISE)] = np.nan
        noise[part] = residual
        unwrapped[part] = smooth + residual + correction
    return EdgeSeries(unwrapped, noise, look_angle)


def _differences(node_phase: ComplexArray, edge_nodes: IntArray) -> tuple[BoolArray, ComplexArray]:
    """Return which edges have a node without phase, and the phasors (unit modulus) of the differences."""
    product = node_phase[edge_nodes[:, 1]] * node_phase[edge_nodes[:, 0]].conj()
    modulus = np.abs(product)
    dead = (modulus == 0).any(axis=1)
    product[dead] = modulus[dead] = 1
    return dead, (product / modulus).astype(np.complex128)


def look_angle_errors(differences: ComplexArray, acquisitions: Acquisitions, *, n_trial_wraps: float) -> FloatArray:
    """
    Fit the look-angle error of every edge to the differences between successive dates.

    Successive dates, the master among them, are compared rather than all with the master: that leaves
    less deformation in the fit.

    Parameters
    ----------
    differences : ndarray of complex128, shape (n_edge, n_ifg)
        Phasors of unit modulus.
    acquisitions : Acquisitions
        Times and baselines.
    n_trial_wraps : float
        Cycles that the largest expected error makes over all baselines.

    Returns
    -------
    rates : ndarray of float32, shape (n_edge,)
        Rad/m; 0 where no trial stands out or the fit is not coherent.
    """
    chain, steps = _daisy_chain(differences, acquisitions)
    step_range = float(np.ptp(steps))
    full_range = float(np.ptp(acquisitions.baselines))
    if step_range == 0 or full_range == 0:
        return np.zeros(len(differences), dtype=np.float32)
    highest = int(np.ceil(8 * n_trial_wraps * step_range / full_range))
    trials = np.arange(-highest, highest + 1) * (np.pi / 4 / step_range)
    coherence = np.abs(chain @ unit_phasor(-steps[:, None] * trials)) / chain.shape[1]
    best, lead = _peak_lead(coherence)
    start = trials[best]
    turned = chain * unit_phasor(-start[:, None] * steps)
    residual = np.angle(turned * turned.sum(axis=1, keepdims=True).conj())
    rates = (start + residual @ steps / (steps @ steps)).astype(np.float32)
    fitted = np.abs((chain * unit_phasor(-rates[:, None].astype(np.float64) * steps)).mean(axis=1))
    rates[(lead <= _MIN_PEAK_LEAD) | (fitted < _MIN_COHERENCE)] = 0
    return np.asarray(rates)


def _daisy_chain(differences: ComplexArray, acquisitions: Acquisitions) -> tuple[ComplexArray, FloatArray]:
    """Return the phasors from each date to the next, the master among them, and the steps of the baseline."""
    before = int(np.searchsorted(acquisitions.days, 0))
    with_master = np.insert(differences, before, 1, axis=1)
    steps = np.diff(np.insert(acquisitions.baselines.astype(np.float64), before, 0))
    return with_master[:, 1:] * with_master[:, :-1].conj(), steps


def _peak_lead(coherence: FloatArray) -> tuple[IntArray, FloatArray]:
    """
    Return the best trial of every row, and its lead over all trials outside its peak.

    The peak reaches to both sides as long as the coherence does not rise again.
    """
    n_trials = coherence.shape[1]
    column = np.arange(n_trials)
    best = coherence.argmax(axis=1)
    change = np.diff(coherence, axis=1)
    step = column[:-1]
    falls = (change < 0) & (step < best[:, None])
    rises = (change > 0) & (step >= best[:, None])
    first = np.where(falls, step + 1, 0).max(axis=1, initial=0)
    last = np.where(rises, step, n_trials).min(axis=1, initial=n_trials)
    outside = (column < first[:, None]) | (column > last[:, None])
    top = np.take_along_axis(coherence, best[:, None], axis=1)[:, 0]
    return best, top - np.where(outside, coherence, 0).max(axis=1)


@dataclass(frozen=True)
class _Smoother:
    """
    Smoothing in time and unwrapping along time, prepared for given dates.

    Attributes
    ----------
    weights : ndarray, shape (n_ifg, n_ifg)
        Gaussian weights of all dates for each date (row), of sum 1.
    intercepts : ndarray, shape (n_ifg, n_ifg)
        What multiplies the deviations of all dates to give the weighted straight line's value at each date.
    anchors : tuple of int
        Columns next to the master.
    """

    weights: FloatArray
    intercepts: FloatArray
    anchors: tuple[int, ...]

    @staticmethod
    def of(days: FloatArray, time_window: float) -> "_Smoother":
        """Prepare for the dates, days from the master in ascending order."""
        lag = days[:, None] - days
        weights = np.exp(-(lag**2) / (2 * time_window**2))
        weights /= weights.sum(axis=1, keepdims=True)
        first = (weights * lag).sum(axis=1, keepdims=True)
        second = (weights * lag**2).sum(axis=1, keepdims=True)
        spread = second - first**2
        # Where the window holds a single date there is no line, and the date's own deviation stands for it.
        line = np.where(spread > 0, (second - first * lag) / np.where(spread > 0, spread, 1), 1.0)
        after = int(np.searchsorted(days, 0, side="right"))
        anchors = tuple(sorted({max(after - 1, 0), min(after, len(days) - 1)}))
        return _Smoother(weights, weights * line, anchors)

    def unwrap(self, phasors: ComplexArray) -> FloatArray:
        """Return the smooth series (rad), unwrapped along time and tied to the phase next to the master."""
        angle = np.angle(phasors)
        smooth = np.angle(phasors @ self.weights.T)
        for date, intercept in enumerate(self.intercepts):
            smooth[:, date] += wrap(angle - smooth[:, date : date + 1]) @ intercept
        smooth[:, 1:] -= smooth[:, :-1].copy()
        series = np.cumsum(wrap(smooth), axis=1)
        anchor = series[:, list(self.anchors)].mean(axis=1, keepdims=True)
        return np.asarray(series - (anchor - wrap(anchor)))
