"""How well a straight line through a time series is known."""

import numpy as np
from scipy.stats import t as student

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.kernels.velocity import line_functionals


def line_band(
    values: FloatArray, times: FloatArray, weights: FloatArray, at: FloatArray, *, level: float = 0.95
) -> Array:
    r"""
    Half the width of the confidence band of a weighted straight line.

    .. math:: t_{n-2}\,\hat\sigma_0 \sqrt{\frac{1}{\sum w} + \frac{(t - \bar t)^2}{\sum w (t_i - \bar t)^2}}

    The weights say only how the dates compare; the size of the noise, :math:`\hat\sigma_0`, is measured on the
    residuals.

    Parameters
    ----------
    values : ndarray, shape (n_dates,)
        The series.
    times, weights : ndarray, shape (n_dates,)
        As in :func:`snapstamps.kernels.velocity.line_functionals`.
    at : ndarray, shape (n,)
        Times at which the width is wanted.
    level : float
        Share of cases in which the true line lies inside, at any one time.

    Returns
    -------
    ndarray of float64, shape (n,)
        Unit of the values; NaN for fewer than three dates.

    Examples
    --------
    The band is narrowest in the middle, and vanishes where all values lie on a line.

    >>> times, ones = np.arange(5.0), np.ones(5)
    >>> line_band(np.array([0.0, 1.0, 0.0, 1.0, 0.0]), times, ones, np.array([0.0, 2.0, 4.0])).round(2).tolist()
    [1.56, 0.9, 1.56]
    >>> line_band(2 * times, times, ones, times).round(9).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0]
    """
    n_dates = len(times)
    at = np.asarray(at, dtype=np.float64)
    if n_dates < 3:
        return np.full(len(at), np.nan)
    times, weights = np.asarray(times, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    fit = line_functionals(times, weights)
    residuals = values - (values @ fit.intercept + values @ fit.slope * times)
    variance = float(weights @ residuals**2) / (n_dates - 2)
    centre = float(weights @ times / weights.sum())
    spread = 1.0 / weights.sum() + (at - centre) ** 2 / float(weights @ (times - centre) ** 2)
    return np.asarray(student.ppf((1 + level) / 2, n_dates - 2) * np.sqrt(variance * spread))
