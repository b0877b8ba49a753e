r"""
The noise of displacement series in time, measured on the series themselves.

All scatterers of a stack share their dates, and what disturbs them. So one covariance, up to a factor per
scatterer, serves all of them:

.. math:: C_{ij} = s_i s_j \left[(1 - a)\,\delta_{ij} + a\, e^{-|t_i - t_j| / \tau}\right]

with the scale s of each date (a date of bad weather), and a share a of the variance that is correlated in time
(weather that stays, filters of the processing, slow decorrelation).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from snapstamps.kernels.arrays import Array, FloatArray

_SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
_ROUNDS, _SCALE_STEPS = 2, 10
_SCALE_LIMITS = (0.33, 3.0)
_LEAST_SERIES_FOR_SCALES = 100
_NUGGET = 1e-6


@dataclass(frozen=True)
class TemporalNoise:
    """
    Covariance of the noise of all series, up to a factor.

    Attributes
    ----------
    scale : ndarray, shape (n_dates,)
        Standard deviation of each date, relative to the others.
    share : float
        Share of the variance that is correlated in time, 0 to 1.
    days : float
        Its correlation time; 0 where the share is 0.
    """

    scale: FloatArray
    share: float
    days: float

    def covariance(self, days: FloatArray) -> Array:
        """
        Return the covariance between dates.

        Parameters
        ----------
        days : ndarray, shape (n_dates,)
            When.

        Returns
        -------
        ndarray, shape (n_dates, n_dates)
        """
        return np.asarray(_correlation(days, self.share, self.days) * np.outer(self.scale, self.scale))


def white_noise(n_dates: int) -> TemporalNoise:
    """Return noise that is the same at all dates, and independent."""
    return TemporalNoise(np.ones(n_dates), 0.0, 0.0)


def whitener(covariance: FloatArray) -> Array:
    """
    Return the matrix W that makes noise white: ``W C W^T`` is the unit matrix.

    Parameters
    ----------
    covariance : ndarray, shape (n_dates, n_dates)
        Positive definite.
    """
    lower = np.linalg.cholesky(covariance)
    return np.asarray(solve_triangular(lower, np.eye(len(covariance)), lower=True))


def fit_temporal_noise(series: FloatArray, days: FloatArray, design: FloatArray) -> TemporalNoise:
    """
    Measure the noise of many series.

    The motion is described by the design and taken out; what it costs in degrees of freedom is accounted for
    (restricted maximum likelihood, Patterson & Thompson 1971). The scales of the dates are medians over the
    scatterers, so that those that move otherwise have no say. Below 100 series all dates count the same.

    Parameters
    ----------
    series : ndarray, shape (n_ps, n_dates)
        Displacements, all finite.
    days : ndarray, shape (n_dates,)
        When.
    design : ndarray, shape (n_dates, n_terms)
        What motion is expected to do. A rich one keeps motion out of the noise, but swallows slow noise as well.

    Returns
    -------
    TemporalNoise
    """
    noise = white_noise(len(days))
    moving = np.ptp(series, axis=1) > 0
    series = series[moving].astype(np.float64)
    if len(series) == 0 or len(days) - design.shape[1] < 2:
        return noise
    for _ in range(_ROUNDS):
        if len(series) >= _LEAST_SERIES_FOR_SCALES:
            noise = _with_fitted_scales(noise, series, days, design)
        noise = _with_fitted_correlation(noise, series, days, design)
    return noise


def _correlation(days: FloatArray, share: float, correlation_days: float) -> Array:
    unit = np.eye(len(days))
    if share == 0 or correlation_days == 0:
        return unit
    distance = np.abs(days[:, None] - days[None, :])
    # a hair of independent noise keeps the matrix invertible
    return np.asarray((1 - share + _NUGGET) * unit + share * np.exp(-distance / correlation_days))


def _with_fitted_scales(
    noise: TemporalNoise, series: FloatArray, days: FloatArray, design: FloatArray
) -> TemporalNoise:
    scale = noise.scale
    for _ in range(_SCALE_STEPS):
        covariance = TemporalNoise(scale, noise.share, noise.days).covariance(days)
        white = whitener(covariance)
        basis = np.linalg.qr(white @ design)[0]
        residual_maker = np.eye(len(days)) - basis @ basis.T
        whitened = series @ (residual_maker @ white).T
        size = (whitened**2).sum(axis=1, keepdims=True) / (len(days) - design.shape[1])
        # residuals in the unit of the data, and what the present covariance expects of them
        colour = np.linalg.inv(white)
        residuals = whitened @ colour.T
        expected = np.einsum("ij,jk,ik->i", colour, residual_maker, colour)
        ratio = np.median(residuals**2 / size, axis=0) / expected
        ratio /= np.exp(np.mean(np.log(ratio)))
        # half steps do not swing; the first and last dates, which the motion follows closely, say little of themselves
        scale = np.clip(scale * ratio ** (0.4 * np.diag(residual_maker)), *_SCALE_LIMITS)
        scale = scale / np.exp(np.mean(np.log(scale)))
    return TemporalNoise(scale, noise.share, noise.days)


def _with_fitted_correlation(
    noise: TemporalNoise, series: FloatArray, days: FloatArray, design: FloatArray
) -> TemporalNoise:
    gap = float(np.median(np.diff(days)))
    candidates = [TemporalNoise(noise.scale, 0.0, 0.0)]
    for length in np.geomspace(gap / 2, max(float(np.ptp(days)) / 2, gap), 10):
        candidates += [TemporalNoise(noise.scale, share, float(length)) for share in _SHARES]
    return max(candidates, key=lambda each: _restricted_likelihood(each, series, days, design))


def _restricted_likelihood(noise: TemporalNoise, series: FloatArray, days: FloatArray, design: FloatArray) -> float:
    """Return the restricted log likelihood per series, each with a variance of its own."""
    white = whitener(noise.covariance(days))
    basis, triangle = np.linalg.qr(white @ design)
    whitened = series @ white.T
    squares = (whitened**2).sum(axis=1) - ((whitened @ basis) ** 2).sum(axis=1)
    freedom = len(days) - design.shape[1]
    log_determinants = -np.log(np.diag(white)).sum() + np.log(np.abs(np.diag(triangle))).sum()
    tiny = np.finfo(np.float64).tiny
    return float(-0.5 * freedom * np.mean(np.log(np.maximum(squares, tiny))) - log_determinants)
