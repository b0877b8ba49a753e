"""
Look-angle error by least absolute deviations (scla_method = L1), exactly.

StaMPS starts a simplex search at the least-squares solution and stops at 1e-4 of parameters and value,
which is coarse for an error of a few 1e-3 rad/m. Here the problem is solved exactly, by the descent along
edges of Bloomfield & Steiger (1980): with r unknowns, an optimal fit goes through r of the data. From
such a fit, the edges lead to its neighbours, each giving up one of its data. The one with the steepest
descent is followed to its minimum, a weighted median, where the fit meets another datum; when none
descends, the sum of absolute residuals is at its minimum, because it is convex.
"""

import numba
import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.scla import LookAngleModel
from snapstamps.kernels.velocity import BLOCK_ROWS

TIE_BREAKER = 1e-10
"""Size of the fixed disturbance (rad) that keeps more than r data from lying on one fit, where descent could circle."""

PARALLEL = 1e-9
"""A datum that changes less than this along a direction is never met there."""

MAX_MOVES = 500
"""Never reached: a handful of moves is usual, and each lowers the sum."""


def look_angle_error_l1(phase: FloatArray, model: LookAngleModel) -> Array:
    """
    Look-angle error that minimises the sum of absolute residuals.

    Parameters
    ----------
    phase : ndarray, shape (n_ps, n_scenes)
        Unwrapped phase (rad).
    model : LookAngleModel
        See :func:`snapstamps.kernels.scla.look_angle_model`.

    Returns
    -------
    ndarray of float64, shape (n_ps,)
        rad per metre of perpendicular baseline; NaN where a date used is NaN.
    """
    n_steps = len(model.basis)
    disturbance = TIE_BREAKER * np.random.default_rng(n_steps).uniform(-1.0, 1.0, n_steps)
    start = _independent_rows(model.basis)
    start_inverse = np.ascontiguousarray(np.linalg.inv(model.basis[start]))
    basis = np.ascontiguousarray(model.basis)
    result = np.empty(len(phase))
    for first in range(0, len(phase), BLOCK_ROWS):
        block = slice(first, first + BLOCK_ROWS)
        steps = np.diff(phase[block, model.columns].astype(np.float64), axis=1)
        on_fit = _optimal_data(steps, basis, disturbance, start, start_inverse)
        values = np.take_along_axis(steps, on_fit, axis=1)
        errors = np.linalg.solve(basis[on_fit], values[:, :, None])[:, :, 0] @ model.read_out
        result[block] = np.where(np.isnan(steps).any(axis=1), np.nan, errors)
    return result


def _independent_rows(basis: FloatArray) -> IntArray:
    """Return data that determine the fit, as spread out as Gaussian elimination with pivoting finds them."""
    remainder = basis.copy()
    rows = np.zeros(basis.shape[1], dtype=np.int64)
    for column in range(basis.shape[1]):
        rows[column] = np.argmax(np.einsum("ij,ij->i", remainder, remainder))
        direction = remainder[rows[column]] / np.linalg.norm(remainder[rows[column]])
        remainder -= np.outer(remainder @ direction, direction)
    return rows


@numba.njit(cache=True, nogil=True)
def _optimal_data(
    steps: FloatArray, basis: FloatArray, disturbance: FloatArray, start: IntArray, start_inverse: FloatArray
) -> IntArray:
    """Return, for every scatterer, the data through which an optimal fit goes; any for one with NaN."""
    on_fit = np.empty((len(steps), start.size), dtype=np.int64)
    for ps in range(len(steps)):
        on_fit[ps] = start
        data = steps[ps] + disturbance
        if not np.isnan(data.sum()):
            _descend(data, basis, on_fit[ps], start_inverse.copy())
    return on_fit


@numba.njit(cache=True, nogil=True)
def _descend(data: FloatArray, basis: FloatArray, on_fit: IntArray, inverse: FloatArray) -> None:
    """Exchange the data of one fit (and the inverse of their rows) until no edge descends."""
    n_data, rank = basis.shape
    is_on_fit = np.zeros(n_data, dtype=np.bool_)
    coefficients = np.zeros(rank)
    for k in range(rank):
        is_on_fit[on_fit[k]] = True
        coefficients += inverse[:, k] * data[on_fit[k]]
    residuals = np.zeros(n_data)
    for i in range(n_data):
        if not is_on_fit[i]:
            residuals[i] = data[i] - _dot(basis[i], coefficients)
    for _ in range(MAX_MOVES):
        leaving, sense, slope = _steepest_edge(residuals, basis, inverse, is_on_fit)
        direction = sense * inverse[:, leaving]
        entering, step = _minimum_along(residuals, basis, direction, is_on_fit, slope)
        if slope >= 0.0 or entering < 0:
            break
        for i in range(n_data):
            residuals[i] -= step * _dot(basis[i], direction)
        is_on_fit[on_fit[leaving]] = False
        is_on_fit[entering] = True
        on_fit[leaving] = entering
        residuals[entering] = 0.0
        _exchange(inverse, basis[entering], leaving)


@numba.njit(cache=True, nogil=True)
def _dot(a: FloatArray, b: FloatArray) -> float:
    total = 0.0
    for k in range(a.size):
        total += a[k] * b[k]
    return total


@numba.njit(cache=True, nogil=True)
def _steepest_edge(
    residuals: FloatArray, basis: FloatArray, inverse: FloatArray, is_on_fit: Array
) -> tuple[int, float, float]:
    """Return which datum to give up, in which sense, and the slope of the sum of absolute residuals then."""
    n_data, rank = basis.shape
    pull = np.zeros(rank)
    for i in range(n_data):
        if not is_on_fit[i]:
            sign = 1.0 if residuals[i] > 0.0 else -1.0
            for k in range(rank):
                pull[k] += sign * basis[i, k]
    leaving, sense, lowest = 0, 1.0, 0.0
    for k in range(rank):
        gain = _dot(pull, inverse[:, k])
        slope = 1.0 - abs(gain)
        if slope < lowest - 1e-12:
            leaving, sense, lowest = k, 1.0 if gain > 0.0 else -1.0, slope
    return leaving, sense, lowest


@numba.njit(cache=True, nogil=True)
def _minimum_along(
    residuals: FloatArray, basis: FloatArray, direction: FloatArray, is_on_fit: Array, slope: float
) -> tuple[int, float]:
    """Return the datum where the sum stops falling along a direction, and how far that is (a weighted median)."""
    n_data = residuals.size
    rates = np.empty(n_data)
    steps = np.full(n_data, np.inf)
    for i in range(n_data):
        rates[i] = _dot(basis[i], direction)
        if not is_on_fit[i] and abs(rates[i]) > PARALLEL:
            step = residuals[i] / rates[i]
            if step >= 0.0:
                steps[i] = step
    while True:
        nearest = np.argmin(steps)
        if np.isinf(steps[nearest]):
            return -1, 0.0
        slope += 2.0 * abs(rates[nearest])
        if slope >= 0.0:
            return int(nearest), float(steps[nearest])
        steps[nearest] = np.inf


@numba.njit(cache=True, nogil=True)
def _exchange(inverse: FloatArray, entering: FloatArray, position: int) -> None:
    """Bring the inverse up to date after a row of its matrix was replaced."""
    rank = inverse.shape[0]
    shares = np.empty(rank)
    for k in range(rank):
        shares[k] = _dot(entering, inverse[:, k])
    for i in range(rank):
        inverse[i, position] /= shares[position]
    for k in range(rank):
        if k != position:
            for i in range(rank):
                inverse[i, k] -= shares[k] * inverse[i, position]
