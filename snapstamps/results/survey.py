"""
Survey points: where they are, how well that is known, and what was measured there.

Values are recognised by the names of their columns, mm and mm/yr:

- ``velocity`` along the line of sight, + towards the satellite; or any of ``velocity_east``, ``velocity_north``,
  ``velocity_up`` (GNSS, levelling), which are projected into the line of sight;
- with a column ``date`` (one row per point and date) time series: ``displacement`` or ``east``, ``north``, ``up``;
- the same with ``_std`` behind it: standard deviations; ``uncertainty``: of the position, m.

A unit behind a name, as in ``displacement_mm`` or ``velocity (mm/yr)``, does no harm.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.kernels.velocity import formal_slope_std, line_functionals
from snapstamps.model.errors import InputError
from snapstamps.model.units import DAYS_PER_YEAR
from snapstamps.results.places import Places, read_places

DIRECTIONS = ("los", "east", "north", "up")
_VELOCITY_NAMES = {"velocity": "los", "velocity_east": "east", "velocity_north": "north", "velocity_up": "up"}
_SERIES_NAMES = {"displacement": "los", "east": "east", "north": "north", "up": "up"}
_UNIT = re.compile(r"[ _]*[(\[]?mm([ _]?(/|per)?[ _]?(yr|year|a))?[)\]]?$")
"""A unit at the end of a column's name."""

_UNCERTAINTY_NAMES = ("uncertainty", "accuracy", "position_std", "sigma_m")


@dataclass(frozen=True)
class SurveySeries:
    """
    Displacements measured at a point.

    Attributes
    ----------
    days : ndarray, shape (n_dates,)
        Day numbers, ascending.
    values : mapping of str to ndarray, shape (n_dates,)
        mm, by direction: ``los``, or of ``east``, ``north``, ``up`` those that were measured.
    """

    days: FloatArray
    values: Mapping[str, FloatArray]


@dataclass(frozen=True)
class SurveyPoint:
    """
    One point of a field survey.

    Attributes
    ----------
    name : str
        Its code.
    lon, lat : float
        Degrees.
    uncertainty : float
        Of the position, m; 0 where nothing is known.
    velocity, velocity_std : mapping of str to float
        mm/yr, by direction; empty where none was measured.
    series : SurveySeries or None
        Displacements, where there are any.
    """

    name: str
    lon: float
    lat: float
    uncertainty: float = 0.0
    velocity: Mapping[str, float] = field(default_factory=dict)
    velocity_std: Mapping[str, float] = field(default_factory=dict)
    series: SurveySeries | None = None


@dataclass(frozen=True)
class LineOfSight:
    """
    A value as the satellite would see it.

    Attributes
    ----------
    value, std : float
        mm or mm/yr towards the satellite; the deviation is 0 where none is known.
    """

    value: float
    std: float


def read_survey(path: Path, *, name_column: str | None = None, crs: str | None = None) -> tuple[SurveyPoint, ...]:
    """
    Read survey points, with or without values or series.

    Parameters
    ----------
    path, name_column, crs
        As in :func:`snapstamps.results.places.read_places`.

    Returns
    -------
    tuple of SurveyPoint

    Raises
    ------
    InputError
        If the file cannot be read or a value is no number or no date.
    """
    places = _without_units(read_places(path, "points", name_column=name_column, crs=crs))
    lonlat = shapely.get_coordinates(places.shapes)
    uncertainty = _uncertainties(places, path)
    # a date alone is that of a visit, not of a measurement
    if "date" in places.attributes and not set(_SERIES_NAMES).isdisjoint(places.attributes):
        return _with_series(places, lonlat, uncertainty, path)
    values = {direction: _numbers(places, name, path) for name, direction in _VELOCITY_NAMES.items()}
    deviations = {direction: _numbers(places, f"{name}_std", path) for name, direction in _VELOCITY_NAMES.items()}
    return tuple(
        SurveyPoint(
            name=name,
            lon=float(lonlat[row, 0]),
            lat=float(lonlat[row, 1]),
            uncertainty=float(uncertainty[row]),
            velocity=_known(values, row),
            velocity_std=_known(deviations, row),
        )
        for row, name in enumerate(places.names)
    )


def towards_satellite(
    values: Mapping[str, float], deviations: Mapping[str, float], look: FloatArray
) -> LineOfSight | None:
    """
    Project a motion into the line of sight; components that were not measured count as zero.

    Parameters
    ----------
    values, deviations : mapping of str to float
        By direction.
    look : ndarray, shape (3,)
        East, north and up of the unit vector from the ground to the satellite.

    Returns
    -------
    LineOfSight or None
        None if nothing was measured.

    Examples
    --------
    >>> towards_satellite({"up": -10.0}, {"up": 1.0}, np.array([-0.6, -0.1, 0.8]))
    LineOfSight(value=-8.0, std=0.8)
    """
    if not values:
        return None
    if "los" in values:
        return LineOfSight(values["los"], deviations.get("los", 0.0))
    share = dict(zip(("east", "north", "up"), look.tolist(), strict=True))
    variance = sum((share[name] * deviations.get(name, 0.0)) ** 2 for name in values)
    return LineOfSight(sum(share[name] * value for name, value in values.items()), float(np.sqrt(variance)))


def series_towards_satellite(series: SurveySeries, look: FloatArray) -> Array:
    """Project a series into the line of sight, shape (n_dates,); see :func:`towards_satellite`."""
    if "los" in series.values:
        return np.asarray(series.values["los"])
    share = dict(zip(("east", "north", "up"), look.tolist(), strict=True))
    return np.asarray(sum(share[name] * value for name, value in series.values.items()))


def line_through(days: FloatArray, values: FloatArray) -> LineOfSight | None:
    """Fit a straight line to a series; mm/yr with its formal deviation, None below three dates."""
    known = np.isfinite(values)
    if known.sum() < 3 or np.ptp(days[known]) == 0:
        return None
    years, weights = days[known] / DAYS_PER_YEAR, np.ones(int(known.sum()))
    slope = float(values[known] @ line_functionals(years, weights).slope)
    return LineOfSight(slope, float(formal_slope_std(values[known][None], years, weights)[0]))


def _without_units(places: Places) -> Places:
    """Return places whose columns are named without the unit: ``displacement_mm`` is ``displacement``."""
    names = {name: _UNIT.sub("", name) for name in places.attributes.columns}
    taken = {name: short for name, short in names.items() if short not in names}
    return replace(places, attributes=places.attributes.rename(columns=taken))


def _with_series(places: Places, lonlat: Array, uncertainty: Array, path: Path) -> tuple[SurveyPoint, ...]:
    try:
        dates = pd.to_datetime(places.attributes["date"].astype(str))
    except ValueError as error:
        raise InputError("a date that is none", where=path, why=str(error), remedy="such as 2020-03-04") from error
    days = dates.map(pd.Timestamp.toordinal).to_numpy(dtype=np.float64)
    values = {direction: _numbers(places, name, path) for name, direction in _SERIES_NAMES.items()}
    values = {direction: value for direction, value in values.items() if np.isfinite(value).any()}
    points = []
    for name in dict.fromkeys(places.names):
        rows = np.flatnonzero([each == name for each in places.names])
        rows = rows[np.argsort(days[rows], kind="stable")]
        series = SurveySeries(days[rows], {direction: value[rows] for direction, value in values.items()})
        lon, lat = lonlat[rows].mean(axis=0).tolist()
        largest = float(uncertainty[rows].max())
        points.append(SurveyPoint(name, lon, lat, largest, series=series if values else None))
    return tuple(points)


def _numbers(places: Places, name: str, path: Path) -> Array:
    """Return a column as numbers, NaN where it is empty or there is none."""
    if name not in places.attributes:
        return np.full(len(places), np.nan)
    try:
        return np.asarray(pd.to_numeric(places.attributes[name]), dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise InputError(f"column {name!r} holds what is no number", where=path, why=str(error)) from error


def _uncertainties(places: Places, path: Path) -> Array:
    name = next((name for name in _UNCERTAINTY_NAMES if name in places.attributes), None)
    values = np.zeros(len(places)) if name is None else np.nan_to_num(_numbers(places, name, path))
    if (values < 0).any():
        raise InputError(f"column {name!r} holds a negative uncertainty", where=path)
    return values


def _known(values: Mapping[str, Array], row: int) -> dict[str, float]:
    return {direction: float(value[row]) for direction, value in values.items() if np.isfinite(value[row])}
