"""
Unusual movement in the time series, for early warning, at a stated rate of false alarms.

The noise, its correlation in time and how it differs between dates are measured on all series of the stack
(:mod:`snapstamps.kernels.temporal_noise`); departures from the usual motion are judged against it
(:mod:`snapstamps.kernels.anomaly`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from scipy.spatial import cKDTree
from threadpoolctl import threadpool_limits

from snapstamps.kernels.anomaly import (
    N_DRAWS,
    Anomalies,
    departures,
    false_discovery_q,
    find_anomalies,
    generalised_fit,
    motion_design,
    seasonal_p,
)
from snapstamps.kernels.arrays import Array, BoolArray, FloatArray, IntArray
from snapstamps.kernels.temporal_noise import TemporalNoise, fit_temporal_noise, whitener
from snapstamps.model.errors import DataError
from snapstamps.model.units import DAYS_PER_YEAR
from snapstamps.results.measured import Measured
from snapstamps.results.plane import Plane

Season = Literal["auto", "yes", "no"]
SEED = 20_200_304
LEAST_DATES = 12
NEIGHBOURS_M = 150.0
_SEASON_YEARS, _SEASON_DATES = 1.75, 24
_WAVE_YEARS = 0.9
_SAMPLE = 3_000


@dataclass(frozen=True)
class Watch:
    """
    What is unusual in a stack.

    All arrays of scatterers have one entry per watched scatterer, in the order of ``rows``.

    Attributes
    ----------
    rows : ndarray of int, shape (n_watched,)
        Scatterers whose series is complete.
    dates : tuple of date
        Observations; dates at which all series are zero by definition (the master) are none.
    noise : TemporalNoise
        As measured.
    seasonal : bool
        Whether a yearly wave counts as usual.
    rate : float
        False alarms among scatterers that do nothing unusual.
    anomalies : Anomalies
        Kinds, sizes, probabilities.
    q : ndarray, shape (n_watched,)
        False-discovery rate at which each would still be kept (all scatterers taken together).
    alarm : ndarray of bool, shape (n_watched,)
        Probability at or below the rate.
    neighbours, neighbours_alarmed : ndarray of int, shape (n_watched,)
        Other watched scatterers within 150 m, and how many of them are alarmed too.
    wave_p : ndarray, shape (n_watched,)
        Probability of the yearly wave, where the time is long enough; else NaN. It raises no alarm.
    wave_mm, wave_day : ndarray, shape (n_watched,)
        Its amplitude, and the day of the year on which it is highest.
    """

    rows: IntArray
    dates: tuple[date, ...]
    noise: TemporalNoise
    seasonal: bool
    rate: float
    anomalies: Anomalies
    q: FloatArray
    alarm: BoolArray
    neighbours: IntArray
    neighbours_alarmed: IntArray
    wave_p: FloatArray
    wave_mm: FloatArray
    wave_day: FloatArray

    @property
    def expected_false(self) -> float:
        """Return how many alarms there would be if nothing were unusual anywhere."""
        return self.rate * len(self.rows)

    def kind_of(self, place: int) -> str:
        """Return the name of what is unusual at a watched scatterer."""
        return self.anomalies.found[int(self.anomalies.kind[place])].departure.name

    def size_of(self, place: int) -> tuple[float, float, str]:
        """Return size, standard deviation and unit of what is unusual at a watched scatterer."""
        found = self.anomalies.found[int(self.anomalies.kind[place])]
        return float(found.size[place]), float(found.size_std[place]), found.departure.unit

    def since(self, place: int) -> date:
        """Return the first date concerned at a watched scatterer."""
        found = self.anomalies.found[int(self.anomalies.kind[place])]
        return self.dates[int(found.departure.begins[found.best[place]])]


def watch(
    measured: Measured,
    *,
    rate: float = 0.01,
    season: Season = "auto",
    seed: int = SEED,
    n_draws: int = N_DRAWS,
) -> Watch:
    """
    Look for unusual movement in every complete series.

    Parameters
    ----------
    measured : Measured
        The results.
    rate : float
        False alarms wanted among scatterers that do nothing unusual, 0 to 1.
    season : str
        Whether a yearly wave is usual: ``auto`` takes it so from 24 dates over 1.75 years on.
    seed, n_draws : int
        Of the draws that calibrate the probabilities.

    Returns
    -------
    Watch

    Raises
    ------
    DataError
        With fewer than 12 dates, or without a complete series.
    """
    rows, dates, series = _observations(measured)
    days = np.array([day.toordinal() for day in dates], dtype=np.float64)
    years = float(np.ptp(days)) / DAYS_PER_YEAR
    seasonal = season == "yes" or (season == "auto" and years >= _SEASON_YEARS and len(days) >= _SEASON_DATES)
    # every how-manieth scatterer: a sample over the whole area, the same each time
    sample = series[:: max(1, len(series) // _SAMPLE)]
    usual = motion_design(days, seasonal=seasonal)
    # Noise is all that the stack does beside the usual motion. A richer model would take slow noise for motion, and
    # alarm too many; this one is careful where much of the area moves unusually.
    with threadpool_limits(1, user_api="blas"):  # the matrices are small: threads would wait for each other
        noise = fit_temporal_noise(sample, days, usual)
        white = whitener(noise.covariance(days))
        anomalies = find_anomalies(series, white, usual, departures(days), seed=seed, n_draws=n_draws)
    alarm = anomalies.p <= rate
    neighbours, alarmed = _neighbours(measured.lonlat[rows], alarm)
    wave_p, wave_mm, wave_day = (
        _wave(series, white, days) if years >= _WAVE_YEARS else (np.full(len(rows), np.nan),) * 3
    )
    return Watch(
        rows=rows,
        dates=dates,
        noise=noise,
        seasonal=seasonal,
        rate=rate,
        anomalies=anomalies,
        q=false_discovery_q(anomalies.p),
        alarm=alarm,
        neighbours=neighbours,
        neighbours_alarmed=alarmed,
        wave_p=wave_p,
        wave_mm=wave_mm,
        wave_day=wave_day,
    )


def usual_motion(found: Watch, series: FloatArray) -> Array:
    """
    Return the usual motion of some watched series: the fit to what came before the departure.

    Parameters
    ----------
    found : Watch
        As found.
    series : ndarray, shape (n_series, n_dates)
        At the dates of ``found``.

    Returns
    -------
    ndarray, shape (n_series, n_dates)
    """
    days = np.array([day.toordinal() for day in found.dates], dtype=np.float64)
    design = motion_design(days, seasonal=found.seasonal)
    return np.asarray(generalised_fit(series, whitener(found.noise.covariance(days)), design) @ design.T)


def _observations(measured: Measured) -> tuple[IntArray, tuple[date, ...], FloatArray]:
    """Return the scatterers with complete series, the dates that are observations, and the series."""
    series = measured.displacement()
    observed = ~((series == 0) | np.isnan(series)).all(axis=0)
    if observed.sum() < LEAST_DATES:
        raise DataError(
            f"{int(observed.sum())} dates with displacements are too few to tell what is unusual",
            where=measured.path,
            remedy=f"a stack of at least {LEAST_DATES + 1} scenes",
        )
    series = series[:, observed]
    rows = np.flatnonzero(np.isfinite(series).all(axis=1))
    if len(rows) == 0:
        raise DataError("no PS has a displacement at every date", where=measured.path)
    order = np.argsort(measured.days[observed], kind="stable")
    dates = np.array(measured.dates, dtype=object)[observed][order]
    return rows, tuple(dates), series[rows][:, order]


def _neighbours(lonlat: FloatArray, alarm: BoolArray) -> tuple[IntArray, IntArray]:
    """Return how many neighbours each one has, and how many of them are alarmed; itself not counted."""
    xy = Plane.about(lonlat).metres(lonlat)
    all_of_them = cKDTree(xy).query_ball_point(xy, NEIGHBOURS_M, return_length=True) - 1
    if not alarm.any():
        return all_of_them, np.zeros_like(all_of_them)
    alarmed = cKDTree(xy[alarm]).query_ball_point(xy, NEIGHBOURS_M, return_length=True) - alarm
    return all_of_them, alarmed


def _wave(series: FloatArray, white: FloatArray, days: FloatArray) -> tuple[Array, Array, Array]:
    """Return probability, amplitude (mm) and day of the maximum of the yearly wave."""
    cosine, sine = generalised_fit(series, white, motion_design(days, seasonal=True))[:, 2:].T
    first = date.fromordinal(int(days[0])).replace(month=1, day=1).toordinal()
    after_middle = np.arctan2(sine, cosine) / (2 * np.pi) * DAYS_PER_YEAR
    highest = (np.mean(days) - first + after_middle) % DAYS_PER_YEAR + 1
    return seasonal_p(series, white, days), np.hypot(cosine, sine), highest
