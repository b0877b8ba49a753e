r"""
Acceleration and seasonality of displacement series, as the European Ground Motion Service describes them.

With t in years, the models are

.. math:: a_0 + a_1 t + \tfrac12 a_2 t^2 + c \cos 2\pi t + s \sin 2\pi t

for the acceleration :math:`a_2`, and the same with a term in :math:`t^3` for the seasonality
:math:`\sqrt{c^2 + s^2}` and the residuals. Deviations follow from :math:`\hat\sigma^2 (G^T G)^{-1}`.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray

MIN_DATES = 8
"""Dates without which the cubic seasonal model has too little to go by: its six unknowns and two more."""

MIN_YEARS = 1.5
"""Span of the dates below which a yearly term cannot be told from a curve."""


@dataclass(frozen=True)
class SeriesModel:
    """
    Figures of each series; NaN where the series lacks a date or is too short.

    Attributes
    ----------
    rmse : ndarray, shape (n,)
        Root mean square of the residuals of the cubic seasonal model (mm).
    acceleration, acceleration_std : ndarray, shape (n,)
        mm/yr².
    seasonality, seasonality_std : ndarray, shape (n,)
        Amplitude of the yearly term (mm).
    """

    rmse: FloatArray
    acceleration: FloatArray
    acceleration_std: FloatArray
    seasonality: FloatArray
    seasonality_std: FloatArray


def fit_series(displacement: FloatArray, years: FloatArray) -> SeriesModel:
    """
    Fit both models to series of the same dates.

    Parameters
    ----------
    displacement : ndarray, shape (n, n_dates)
        mm.
    years : ndarray, shape (n_dates,)
        Time, years from any day.

    Returns
    -------
    SeriesModel
    """
    n = len(displacement)
    if len(years) < MIN_DATES or np.ptp(years) < MIN_YEARS:
        return SeriesModel(*np.full((5, n), np.nan))
    time = years - years.mean()  # better conditioned; no figure below depends on the origin of time
    angle = 2 * np.pi * time
    quadratic = np.column_stack([np.ones_like(time), time, time**2 / 2, np.cos(angle), np.sin(angle)])
    cubic = np.column_stack([quadratic, time**3])
    values = np.asarray(displacement, dtype=np.float64)
    short, short_variance, _ = _least_squares(quadratic, values)
    long, long_variance, residual = _least_squares(cubic, values)
    cosine, sine = long[:, 3], long[:, 4]
    amplitude = np.hypot(cosine, sine)
    inverse = np.linalg.pinv(cubic.T @ cubic)[3:5, 3:5]
    quadratic_form = inverse[0, 0] * cosine**2 + inverse[1, 1] * sine**2 + 2 * inverse[0, 1] * cosine * sine
    with np.errstate(invalid="ignore", divide="ignore"):
        seasonality_std = np.sqrt(long_variance * quadratic_form) / amplitude
    return SeriesModel(
        rmse=np.sqrt(np.mean(residual**2, axis=1)),
        acceleration=short[:, 2],
        acceleration_std=np.sqrt(short_variance * np.linalg.pinv(quadratic.T @ quadratic)[2, 2]),
        seasonality=amplitude,
        seasonality_std=seasonality_std,
    )


def _least_squares(design: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the unknowns (n, n_unknowns), the variance of one observation (n,), and the residuals (n, n_dates)."""
    unknowns = values @ np.linalg.pinv(design).T
    residual = values - unknowns @ design.T
    freedom = design.shape[0] - design.shape[1]
    return unknowns, np.asarray((residual**2).sum(axis=1) / freedom), residual
