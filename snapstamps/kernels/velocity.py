r"""
Straight lines through time series: mean velocity, and how well it is determined (ps_plot, ps_mean_v).

All scatterers share the dates and the weights. So intercept and slope are fixed weighted sums over the
dates, and every estimate here is a matrix product: no loop over scatterers.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray

BLOCK_ROWS = 65_536
"""Scatterers converted to double precision at a time."""


@dataclass(frozen=True)
class LineFunctionals:
    """
    Weighted least squares of a straight line, as weighted sums over the dates.

    Attributes
    ----------
    intercept, slope : ndarray, shape (n_dates,)
        ``values @ intercept`` is the value of the line at time 0, ``values @ slope`` its slope.
    """

    intercept: FloatArray
    slope: FloatArray


def line_functionals(times: FloatArray, weights: FloatArray) -> LineFunctionals:
    """
    Set up a weighted least-squares line.

    Parameters
    ----------
    times : ndarray, shape (n_dates,)
        At least two different ones.
    weights : ndarray, shape (n_dates,)
        Inverse variances, positive.

    Returns
    -------
    LineFunctionals

    Raises
    ------
    ValueError
        If no two times differ.

    Examples
    --------
    >>> fit = line_functionals(np.array([0.0, 1.0, 2.0]), np.ones(3))
    >>> (np.array([5.0, 7.0, 9.0]) @ np.column_stack([fit.intercept, fit.slope])).round(9).tolist()
    [5.0, 2.0]
    """
    times = np.asarray(times, dtype=np.float64)
    if len(times) < 2 or np.ptp(times) == 0:
        raise ValueError("a straight line needs at least two different times")
    share = np.asarray(weights, dtype=np.float64) / np.sum(weights, dtype=np.float64)
    centre = share @ times
    slope = share * (times - centre) / (share @ (times - centre) ** 2)
    return LineFunctionals(intercept=share - centre * slope, slope=slope)


def apply_functionals(values: FloatArray, functionals: FloatArray) -> Array:
    """
    Weighted sums over the dates, in double precision but in bounded memory.

    Parameters
    ----------
    values : ndarray, shape (n_ps, n_dates)
        Any real class.
    functionals : ndarray, shape (n_dates, n_results)
        One sum per column.

    Returns
    -------
    ndarray of float64, shape (n_ps, n_results)
    """
    result = np.empty((len(values), functionals.shape[1]))
    for start in range(0, len(values), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        result[block] = values[block].astype(np.float64) @ functionals
    return result


def formal_slope_std(values: FloatArray, times: FloatArray, weights: FloatArray) -> Array:
    r"""
    Standard deviation of the slope from the residuals, :math:`\hat\sigma_0 \sqrt{(G^T W G)^{-1}_{22}}`.

    The weights say only how the dates compare with each other; the size of the noise is measured on the
    residuals of each scatterer, with two degrees of freedom less than there are dates.

    Parameters
    ----------
    values : ndarray, shape (n_ps, n_dates)
        Time series.
    times, weights : ndarray, shape (n_dates,)
        As in :func:`line_functionals`.

    Returns
    -------
    ndarray, shape (n_ps,)
        Unit of the values per unit of the times; NaN for fewer than three dates.
    """
    n_dates = len(times)
    if n_dates < 3:
        return np.full(len(values), np.nan)
    weights = np.asarray(weights, dtype=np.float64)
    fit = line_functionals(times, weights)
    line = np.outer(fit.intercept, np.ones(n_dates)) + np.outer(fit.slope, times)
    weighted_residuals = (np.eye(n_dates) - line) * np.sqrt(weights)
    chi_square = _square_norms(values, weighted_residuals)
    return np.asarray(np.sqrt(chi_square / (n_dates - 2) * (fit.slope**2 / weights).sum()))


def bootstrap_slopes(times: FloatArray, weights: FloatArray, *, n_draws: int, seed: int) -> FloatArray:
    """
    Slope of every bootstrap draw of the dates, as weighted sums over the dates (ps_mean_v).

    Drawing a date c times is the same as giving it c times its weight. StaMPS lets the weights stay in
    their place while the dates are exchanged, and takes its seed from the clock; here the weights go with
    their dates and the seed is given. A draw of one single date has no slope: 0.

    Parameters
    ----------
    times, weights : ndarray, shape (n_dates,)
        As in :func:`line_functionals`.
    n_draws : int
        Number of draws with replacement.
    seed : int
        Of the random numbers: equal seeds give equal draws.

    Returns
    -------
    ndarray, shape (n_draws, n_dates)
    """
    times = np.asarray(times, dtype=np.float64)
    n_dates = len(times)
    draws = np.random.default_rng(seed).multinomial(n_dates, np.full(n_dates, 1.0 / n_dates), size=n_draws)
    drawn = draws * np.asarray(weights, dtype=np.float64)
    share = drawn / drawn.sum(axis=1, keepdims=True)
    distance = times - (share @ times)[:, None]
    spread = (share * distance**2).sum(axis=1, keepdims=True)
    single = (draws > 0).sum(axis=1, keepdims=True) < 2
    return np.where(single, 0.0, share * distance / np.where(single, 1.0, spread))


def bootstrap_slope_std(
    values: FloatArray, times: FloatArray, weights: FloatArray, *, n_draws: int, seed: int
) -> Array:
    """
    Bootstrap standard deviation of the slope (ps_mean_v).

    Parameters
    ----------
    values : ndarray, shape (n_ps, n_dates)
        Time series.
    times, weights : ndarray, shape (n_dates,)
        As in :func:`line_functionals`.
    n_draws : int
        Number of draws, at least 2.
    seed : int
        See :func:`bootstrap_slopes`.

    Returns
    -------
    ndarray, shape (n_ps,)
        Unit of the values per unit of the times; NaN where a value is NaN.
    """
    slopes = bootstrap_slopes(times, weights, n_draws=n_draws, seed=seed)
    deviations = (slopes - slopes.mean(axis=0)) / np.sqrt(n_draws - 1)
    # y^T Cov y = |R y|^2 for any R with R^T R = Cov: the triangle of QR is the smallest.
    triangle = np.asarray(np.linalg.qr(deviations, mode="r"))
    return np.asarray(np.sqrt(_square_norms(values, triangle.T)))


def _square_norms(values: FloatArray, matrix: FloatArray) -> Array:
    """Return the squared length of every row of ``values @ matrix``."""
    result = np.empty(len(values))
    for start in range(0, len(values), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        product = values[block].astype(np.float64) @ matrix
        result[block] = np.einsum("ij,ij->i", product, product)
    return result
