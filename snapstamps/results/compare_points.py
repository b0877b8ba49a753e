"""Survey points matched with scatterers: what moves there, and does it agree with what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.spatial import cKDTree

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.averaging import group_means, independent_share
from snapstamps.results.measured import Measured
from snapstamps.results.plane import Plane
from snapstamps.results.survey import (
    LineOfSight,
    SurveyPoint,
    line_through,
    series_towards_satellite,
    towards_satellite,
)

Motion = Literal["no PS here", "moves", "no significant motion"]
Agreement = Literal["no PS here", "nothing to compare", "agrees", "differs"]
SIGMAS = 2.0
"""Differences up to so many standard deviations agree."""
LEAST_FOR_BIAS = 3
"""Compared points below which no mean difference is taken out: it would make them agree with themselves."""
NEIGHBOURS_M = 200.0
"""Neighbours nearer than this tell how much of the noise they share, m."""
_LEAST_COMMON_DATES = 3


@dataclass(frozen=True)
class SeriesMatch:
    """
    A measured series beside that of the scatterers, at its own dates within the time of the scenes.

    Attributes
    ----------
    days : ndarray, shape (n_common,)
        Day numbers.
    survey, ps : ndarray, shape (n_common,)
        mm towards the satellite, the mean of each over these dates taken out: neither has the other's zero.
    rmse : float
        Of their difference, mm.
    correlation : float
        NaN where one of them does not change.
    """

    days: FloatArray
    survey: FloatArray
    ps: FloatArray
    rmse: float
    correlation: float


@dataclass(frozen=True)
class Neighbours:
    """
    The scatterers around a point.

    Attributes
    ----------
    rows : ndarray of int, shape (n_ps,)
        Which ones, the nearest first.
    nearest : float
        Distance of the nearest scatterer, within reach or not, m.
    displacement : ndarray, shape (n_ps, n_dates)
        Their series, mm towards the satellite.
    velocity, velocity_std, spread : float
        Weighted mean of their velocities, its deviation, and how much they differ among each other, mm/yr.
    """

    rows: IntArray
    nearest: float
    displacement: FloatArray
    velocity: float
    velocity_std: float
    spread: float

    @property
    def n_ps(self) -> int:
        """Return how many there are."""
        return len(self.rows)


@dataclass(frozen=True)
class PointMatch:
    """
    What the scatterers say about one survey point.

    Attributes
    ----------
    point : SurveyPoint
        The point.
    reach : float
        Radius of the search with the uncertainty of the position added, m.
    ps : Neighbours
        The scatterers within reach.
    motion : str
        Whether the place moves.
    survey : LineOfSight or None
        What was measured, mm/yr in the line of sight.
    difference, difference_std : float
        Scatterers minus survey, mm/yr; NaN where one is missing.
    agreement : str
        Whether the two agree.
    series : SeriesMatch or None
        Where the survey has a series.
    """

    point: SurveyPoint
    reach: float
    ps: Neighbours
    motion: Motion
    survey: LineOfSight | None
    difference: float
    difference_std: float
    agreement: Agreement
    series: SeriesMatch | None


@dataclass(frozen=True)
class Comparison:
    """
    All points together.

    Attributes
    ----------
    matches : tuple of PointMatch
        One per point.
    offset : float
        Taken out of the scatterers' velocities before they were judged, mm/yr.
    n_compared : int
        Points with both values.
    bias, rmse, rmse_unbiased, correlation : float
        Of scatterers minus survey, mm/yr, before the offset was taken out; NaN where they make no sense.
    """

    matches: tuple[PointMatch, ...]
    offset: float
    n_compared: int
    bias: float
    rmse: float
    rmse_unbiased: float
    correlation: float


def compare_points(
    measured: Measured,
    points: Sequence[SurveyPoint],
    *,
    radius: float,
    threshold: float,
    sigmas: float = SIGMAS,
    remove_bias: bool = False,
) -> Comparison:
    """
    Match survey points with the scatterers around them.

    Parameters
    ----------
    measured : Measured
        The results.
    points : sequence of SurveyPoint
        The points.
    radius : float
        How far scatterers may be from a point, m; the point's own uncertainty is added.
    threshold : float
        Speed from which a place moves, mm/yr, if it is significant as well.
    sigmas : float
        Standard deviations that make a motion, or a difference, significant.
    remove_bias : bool
        Take out the mean difference before judging: results and survey may have different references. Not done
        with fewer than three points that can be compared.

    Returns
    -------
    Comparison
    """
    if not points:
        return Comparison((), 0.0, 0, *(np.nan,) * 4)
    plane = Plane.about(measured.lonlat)
    xy = plane.metres(measured.lonlat)
    tree = cKDTree(xy)
    velocity, std = measured["velocity"], measured["velocity_std"]
    known = np.isfinite(velocity) & np.isfinite(std)
    share = independent_share(velocity, std, xy, reach=NEIGHBOURS_M)
    places = plane.metres(np.array([(point.lon, point.lat) for point in points]))
    found = []
    for point, place in zip(points, places, strict=True):
        rows = np.array(tree.query_ball_point(place, radius + point.uncertainty), dtype=np.int64)
        rows = rows[known[rows]]
        found.append(rows[np.argsort(np.hypot(*(xy[rows] - place).T), kind="stable")])
    wanted = np.unique(np.concatenate(found))
    series = measured.displacement(wanted)
    matches = []
    for point, place, rows in zip(points, places, found, strict=True):
        mean = group_means(velocity[rows], std[rows], np.zeros(len(rows), dtype=int), 1, independent=share)
        neighbours = Neighbours(
            rows=rows,
            nearest=float(tree.query(place)[0]),
            displacement=series[np.searchsorted(wanted, rows)],
            velocity=float(mean.mean[0]),
            velocity_std=float(mean.std[0]),
            spread=float(mean.spread[0]),
        )
        matches.append(_match(measured, point, neighbours, reach=radius + point.uncertainty))
    return _judged(matches, threshold=threshold, sigmas=sigmas, remove_bias=remove_bias)


def mean_series(displacement: FloatArray) -> Array:
    """Return the mean of some series, shape (n_dates,); NaN at a date that all of them lack."""
    known = np.isfinite(displacement)
    total = np.where(known, displacement, 0.0).sum(axis=0, dtype=np.float64)
    return np.asarray(total / np.where(known.any(axis=0), known.sum(axis=0), np.nan))


def _match(measured: Measured, point: SurveyPoint, ps: Neighbours, *, reach: float) -> PointMatch:
    """Return a match that nobody has judged yet."""
    survey, series = None, None
    if ps.n_ps:
        look = measured.look[ps.rows].mean(axis=0)
        survey = towards_satellite(point.velocity, point.velocity_std, look)
        if point.series is not None:
            values = series_towards_satellite(point.series, look)
            series = _series_match(measured.days, mean_series(ps.displacement), point.series.days, values)
            survey = survey or line_through(point.series.days, values)
    return PointMatch(
        point=point,
        reach=reach,
        ps=ps,
        motion="no PS here",
        survey=survey,
        difference=ps.velocity - survey.value if survey is not None else np.nan,
        difference_std=float(np.hypot(ps.velocity_std, survey.std)) if survey is not None else np.nan,
        agreement="no PS here",
        series=series,
    )


def _series_match(ps_days: FloatArray, mean: Array, days: FloatArray, values: Array) -> SeriesMatch | None:
    """Compare at the survey's dates, between which the scenes are interpolated."""
    have = np.isfinite(mean)
    if have.sum() < 2:
        return None
    inside = (days >= ps_days[have][0]) & (days <= ps_days[have][-1]) & np.isfinite(values)
    if inside.sum() < _LEAST_COMMON_DATES:
        return None
    ps = np.interp(days[inside], ps_days[have], mean[have])
    survey, ps = values[inside] - values[inside].mean(), ps - ps.mean()
    rmse = float(np.sqrt(np.mean((ps - survey) ** 2)))
    return SeriesMatch(days[inside], survey, ps, rmse, _correlation(ps, survey))


def _judged(matches: Sequence[PointMatch], *, threshold: float, sigmas: float, remove_bias: bool) -> Comparison:
    compared = [match for match in matches if np.isfinite(match.difference)]
    difference = np.array([match.difference for match in compared])
    bias = float(difference.mean()) if compared else np.nan
    offset = bias if remove_bias and len(compared) >= LEAST_FOR_BIAS else 0.0
    survey = np.array([match.survey.value for match in compared if match.survey is not None])
    return Comparison(
        matches=tuple(_answer(match, offset, threshold=threshold, sigmas=sigmas) for match in matches),
        offset=offset,
        n_compared=len(compared),
        bias=bias,
        rmse=float(np.sqrt(np.mean(difference**2))) if compared else np.nan,
        rmse_unbiased=float(np.std(difference, ddof=1)) if len(compared) > 1 else np.nan,
        correlation=_correlation(np.array([match.ps.velocity for match in compared]), survey),
    )


def _answer(match: PointMatch, offset: float, *, threshold: float, sigmas: float) -> PointMatch:
    if not match.ps.n_ps:
        return match
    ps = replace(match.ps, velocity=match.ps.velocity - offset)
    moves = abs(ps.velocity) >= max(threshold, sigmas * ps.velocity_std)
    difference = match.difference - offset
    agreement: Agreement = "nothing to compare"
    if match.survey is not None:
        agreement = "agrees" if abs(difference) <= sigmas * match.difference_std else "differs"
    motion: Motion = "moves" if moves else "no significant motion"
    return replace(match, ps=ps, difference=difference, motion=motion, agreement=agreement)


def _correlation(one: Array, other: Array) -> float:
    """Return the correlation; NaN below three values or where one of them does not change."""
    if len(one) < 3 or np.std(one) == 0 or np.std(other) == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
