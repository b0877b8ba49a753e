"""Areas on the map that explain the results: where the reference lies, and what was looked at."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from snapstamps.kernels.arrays import FloatArray
from snapstamps.results.table import PsTable

_CIRCLE_CORNERS = 72
_TINY = 1e-5
"""Degrees; room around what has no area, such as a single scatterer."""

_ELLIPSOID = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True)
class Outline:
    """
    A polygon with what it means.

    Attributes
    ----------
    geometry : BaseGeometry
        Longitude and latitude (degrees).
    description : str
        One phrase.
    """

    geometry: BaseGeometry
    description: str


def footprint(lonlat: FloatArray) -> Outline:
    """Return the convex hull of scatterers, which stands for the area of interest where none is given."""
    return Outline(_hull(lonlat), "convex hull of the PS; no area of interest was given")


def reference_area(table: PsTable, parms: Mapping[str, Any]) -> Outline | None:
    """
    Return the area of the reference.

    Parameters
    ----------
    table : PsTable
        The results.
    parms : mapping
        StaMPS parameters.

    Returns
    -------
    Outline or None
        What the user named; else the circle or the box that the parameters name, their intersection if both; the
        hull of the reference's scatterers where the parameters name none; None where results are not referenced.
    """
    reference = table.series.reference
    if reference.rows is None:
        return None
    if reference.shape is not None:
        return Outline(reference.shape, reference.description)
    parts = [part for part in (_box(table.lonlat, parms), _circle(parms)) if part is not None]
    named = shapely.intersection_all(parts) if parts else None
    area = named if named is not None and named.area > 0 else _hull(table.lonlat[reference.rows])
    return Outline(area, reference.description)


def reference_centre(table: PsTable, parms: Mapping[str, Any]) -> tuple[float, float]:
    """Return the centre of the reference's circle, else the mean of its scatterers; NaN without a reference."""
    rows = table.series.reference.rows
    if rows is None:
        return math.nan, math.nan
    if table.series.reference.shape is None and parms["ref_radius"] < math.inf:
        lon, lat = parms["ref_centre_lonlat"]
        return float(lon), float(lat)
    lon, lat = table.lonlat[rows].mean(axis=0)
    return float(lon), float(lat)


def square_kilometres(geometry: BaseGeometry) -> float:
    """Return the area of a polygon on the ellipsoid."""
    return abs(_ELLIPSOID.geometry_area_perimeter(geometry)[0]) / 1e6


def _box(lonlat: FloatArray, parms: Mapping[str, Any]) -> BaseGeometry | None:
    """Return the box of ref_lon and ref_lat; where it is open, it ends with the scatterers."""
    limits = np.array([parms["ref_lon"], parms["ref_lat"]], dtype=np.float64)
    if not np.isfinite(limits).any():
        return None
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    west, south = np.where(np.isfinite(limits[:, 0]), limits[:, 0], low)
    east, north = np.where(np.isfinite(limits[:, 1]), limits[:, 1], high)
    return shapely.box(west, south, east, north)


def _circle(parms: Mapping[str, Any]) -> BaseGeometry | None:
    radius = float(parms["ref_radius"])
    if not 0 < radius < math.inf:
        return None
    lon, lat = parms["ref_centre_lonlat"]
    azimuths = np.linspace(0, 360, _CIRCLE_CORNERS, endpoint=False)
    same = np.ones(_CIRCLE_CORNERS)
    east, north, _ = _ELLIPSOID.fwd(lon * same, lat * same, azimuths, radius * same)
    return shapely.Polygon(np.column_stack([east, north]))


def _hull(lonlat: FloatArray) -> BaseGeometry:
    hull = shapely.multipoints(lonlat).convex_hull
    return hull if hull.area > 0 else hull.buffer(_TINY)
