"""
Spatially correlated look-angle error, and what the master adds to every interferogram (ps_calc_scla, ps_smooth_scla).

All scatterers share one design matrix: mean baselines and dates. So least squares is a fixed weighted sum
over the dates.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.velocity import apply_functionals

MIN_DATES_FOR_TREND = 4
"""With fewer dates, StaMPS leaves the change of velocity out of the model."""

COLLINEAR = 1e-7
"""Singular values below this share of the largest one count as zero."""


@dataclass(frozen=True)
class LookAngleModel:
    """
    Model of the differences between successive dates.

    Attributes
    ----------
    columns : ndarray of int, shape (n_used,)
        Dates used, ascending, as columns of the phase (from 0).
    basis : ndarray, shape (n_used - 1, rank)
        Orthonormal basis of what the design matrix spans.
    read_out : ndarray, shape (rank,)
        Turns coefficients of the basis into the look-angle error (rad/m).
    determined : bool
        Whether the baselines determine the look-angle error at all.
    """

    columns: IntArray
    basis: FloatArray
    read_out: FloatArray
    determined: bool


def look_angle_model(bperp: FloatArray, days: FloatArray, columns: IntArray) -> LookAngleModel:
    """
    Set up the regression of phase differences on baseline differences.

    Differences of successive dates keep deformation small; the model is a constant, the look-angle error
    times the difference of the mean baselines, and (four dates or more) a term in the difference of days.
    With equidistant dates, usual for Sentinel-1, the first and the last are the same: the basis spans
    them once, and the look-angle error stays unique. The master is a date like the others, as in StaMPS,
    though its phase is zero: what the master adds to the slaves makes two opposite jumps beside it, which
    disturb least squares unless scla_drop_index leaves the master out.

    Parameters
    ----------
    bperp : ndarray, shape (n_scenes,)
        Mean perpendicular baseline of every date, 0 at the master (m).
    days : ndarray, shape (n_scenes,)
        Day numbers.
    columns : ndarray of int, shape (n_used,)
        Dates to use, ascending (from 0).

    Returns
    -------
    LookAngleModel
    """
    baseline_steps = np.diff(np.asarray(bperp, dtype=np.float64)[columns])
    terms = [np.ones_like(baseline_steps), baseline_steps]
    if len(columns) >= MIN_DATES_FOR_TREND:
        terms.append(np.diff(np.asarray(days, dtype=np.float64)[columns]))
    design = np.column_stack(terms)
    scale = np.linalg.norm(design, axis=0)
    scale[scale == 0] = 1.0
    left, sizes, right = np.linalg.svd(design / scale, full_matrices=False)
    rank = int(np.count_nonzero(sizes > COLLINEAR * sizes.max(initial=0.0)))
    return LookAngleModel(
        columns=np.asarray(columns),
        basis=left[:, :rank],
        read_out=right[:rank, 1] / sizes[:rank] / scale[1],
        # unique only if the look-angle error has no part in what the data cannot see
        determined=bool(np.isclose(np.sum(right[:rank, 1] ** 2), 1.0, atol=1e-6)),
    )


def look_angle_error_l2(phase: FloatArray, model: LookAngleModel) -> Array:
    """
    Look-angle error by least squares, all differences with equal weight.

    Parameters
    ----------
    phase : ndarray, shape (n_ps, n_scenes)
        Unwrapped phase (rad).
    model : LookAngleModel
        See :func:`look_angle_model`.

    Returns
    -------
    ndarray of float64, shape (n_ps,)
        rad per metre of perpendicular baseline; NaN where a date used is NaN.
    """
    step_weights = model.basis @ model.read_out
    date_weights = -np.diff(step_weights, prepend=0.0, append=0.0)
    return apply_functionals(phase[:, model.columns], date_weights[:, None])[:, 0]


def master_contribution(phase: FloatArray, intercept: FloatArray, columns: IntArray) -> Array:
    """
    Atmosphere and orbit error of the master: the value that the line through the slaves takes at its date.

    Parameters
    ----------
    phase : ndarray, shape (n_ps, n_scenes)
        Unwrapped phase without the look-angle error (rad).
    intercept : ndarray, shape (n_used,)
        Weights of the slaves; see :class:`snapstamps.kernels.velocity.LineFunctionals`.
    columns : ndarray of int, shape (n_used,)
        The slaves used (from 0).

    Returns
    -------
    ndarray of float32, shape (n_ps,)
        rad.
    """
    return apply_functionals(phase[:, columns], intercept[:, None])[:, 0].astype(np.float32)


def look_angle_phase(error: FloatArray, baselines: FloatArray) -> Array:
    """
    Phase of the look-angle error, with each scatterer's own baselines.

    Parameters
    ----------
    error : ndarray, shape (n_ps,)
        rad/m.
    baselines : ndarray of float32, shape (n_ps, n_scenes)
        Perpendicular baselines (m).

    Returns
    -------
    ndarray of float32, shape (n_ps, n_scenes)
        rad.
    """
    return np.asarray(error, dtype=np.float32)[:, None] * baselines


def clipped_to_neighbours(values: FloatArray, edges: IntArray) -> Array:
    """
    Bring every value into the range of its neighbours' values (ps_smooth_scla).

    Neighbours' values are those before clipping, in single precision, as StaMPS compares them. Where
    StaMPS writes an infinite number, a scatterer without neighbours, its own value stays.

    Parameters
    ----------
    values : ndarray, shape (n_ps,)
        Any unit; NaN stays, and is no neighbour's limit.
    edges : ndarray of int, shape (n_edge, 2)
        Pairs of neighbours (from 0).

    Returns
    -------
    ndarray, shape (n_ps,)
        Of the class of ``values``.

    Examples
    --------
    >>> clipped_to_neighbours(np.array([0.0, 9.0, 1.0]), np.array([[0, 1], [1, 2]])).tolist()
    [9.0, 1.0, 9.0]
    """
    single = values.astype(np.float32)
    low = np.full(len(values), np.inf, dtype=np.float32)
    high = np.full(len(values), -np.inf, dtype=np.float32)
    for here, there in (edges.T, edges.T[::-1]):
        neighbour = single[there]
        known = ~np.isnan(neighbour)
        np.minimum.at(low, here[known], neighbour[known])
        np.maximum.at(high, here[known], neighbour[known])
    alone = low > high
    clipped = np.where(values > high, high, np.where(values < low, low, values))
    return np.where(alone, values, clipped).astype(values.dtype)
