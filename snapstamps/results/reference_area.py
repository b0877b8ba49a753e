"""Where velocities shall be zero: a place that the user names, and the scatterers that stand there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.places import read_places
from snapstamps.results.plane import Plane

BY_PARAMETERS, MEAN = "stamps", "mean"
"""Words of the option: what StaMPS's own parameters name; all scatterers."""


@dataclass(frozen=True)
class ReferenceArea:
    """
    Where the mean shall be zero.

    Attributes
    ----------
    shape : geometry or None
        A point or polygons, longitude and latitude; None: all scatterers.
    radius : float
        About a point, m; 0: the nearest scatterer.
    description : str
        One phrase.
    """

    shape: Any
    radius: float
    description: str

    @classmethod
    def everything(cls) -> "ReferenceArea":
        """Return the mean of all scatterers."""
        return cls(None, 0.0, "mean of all PS")

    @classmethod
    def point(cls, lon: float, lat: float, radius: float = 0.0) -> "ReferenceArea":
        """Return the surroundings of a point, or the scatterer nearest to it."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90 and radius >= 0 and math.isfinite(radius)):
            raise InputError(
                f"longitude {lon:g}, latitude {lat:g} with a radius of {radius:g} m is no place on earth",
                where="the reference",
                remedy="degrees, longitude first; metres",
            )
        at = f"longitude {lon:.6g}, latitude {lat:.6g} degrees"
        text = f"within {radius:g} m of {at}" if radius else f"nearest to {at}"
        return cls(shapely.Point(lon, lat), radius, text)

    @classmethod
    def polygons(cls, shapes: Sequence[Any], name: str) -> "ReferenceArea":
        """Return the inside of polygons; the name goes into the description."""
        return cls(shapely.union_all(shapely.make_valid(np.asarray(shapes))), 0.0, f"inside {name}")

    @classmethod
    def of_file(cls, path: Path) -> "ReferenceArea":
        """Return the inside of the polygons of a vector file."""
        return cls.polygons(read_places(path, "areas").shapes, path.name)


def wanted_area(option: str | tuple[float, float, float] | Path) -> ReferenceArea | None:
    """
    Return what the option ``export.reference`` asks for.

    Parameters
    ----------
    option : str, tuple or Path
        ``stamps``, ``mean``, longitude with latitude (degrees) and radius (m), or a file of polygons.

    Returns
    -------
    ReferenceArea or None
        None: what StaMPS's own parameters name.

    Raises
    ------
    InputError
        If the file cannot be read or holds no polygons.
    """
    if isinstance(option, Path):
        return ReferenceArea.of_file(option)
    if isinstance(option, tuple):
        return ReferenceArea.point(*option)
    return None if option == BY_PARAMETERS else ReferenceArea.everything()


def rows_inside(area: ReferenceArea, lonlat: FloatArray, known: IntArray) -> IntArray:
    """
    Find the scatterers of an area.

    Parameters
    ----------
    area : ReferenceArea
        Where.
    lonlat : ndarray, shape (n_ps, 2)
        Degrees.
    known : ndarray of int
        Rows of the scatterers that have a velocity; others cannot be a reference.

    Returns
    -------
    ndarray of int, shape (n_reference,)
        Rows.

    Raises
    ------
    DataError
        If there is none.
    """
    if area.shape is None:
        return known
    plane = Plane.about(lonlat)
    distance = np.asarray(
        shapely.distance(plane.shape_in_metres(area.shape), shapely.points(plane.metres(lonlat[known])))
    )
    is_point = area.shape.geom_type == "Point"
    if is_point and area.radius == 0:
        return known[[int(distance.argmin())]] if len(known) else known
    # edges of polygons are straight in degrees, as every map program draws them
    inside = distance <= area.radius if is_point else shapely.intersects_xy(area.shape, lonlat[known])
    rows: IntArray = known[inside]
    if len(rows) == 0:
        raise DataError(
            "no PS lies in the reference area",
            where=area.description,
            why=f"the nearest one is {distance.min():,.0f} m away" if len(known) else "no PS has a velocity",
            remedy="a larger radius, or another place",
        )
    return rows


def outline_of(area: ReferenceArea, lonlat: FloatArray, rows: IntArray) -> Any:
    """
    Return the polygon of an area; where it has none, the hull of its scatterers.

    Parameters
    ----------
    area : ReferenceArea
        The area.
    lonlat : ndarray, shape (n_ps, 2)
        Degrees.
    rows : ndarray of int
        Its scatterers; see :func:`rows_inside`.

    Returns
    -------
    geometry
        Longitude and latitude.
    """
    if area.shape is not None and area.shape.geom_type != "Point":
        return area.shape
    plane = Plane.about(lonlat)
    if area.shape is not None and area.radius > 0:
        return plane.shape_in_degrees(shapely.buffer(plane.shape_in_metres(area.shape), area.radius))
    hull = shapely.convex_hull(shapely.multipoints(plane.metres(lonlat[rows])))
    return plane.shape_in_degrees(hull if hull.geom_type == "Polygon" else shapely.buffer(hull, 1.0))


def phrase_of(area: ReferenceArea, *, n_reference: int, n_ps: int) -> str:
    """
    Say in one phrase what the reference is.

    Examples
    --------
    >>> phrase_of(ReferenceArea.everything(), n_reference=7, n_ps=7)
    'mean of all 7 PS'
    """
    count = f"all {n_ps}" if n_reference == n_ps else f"{n_reference} of {n_ps}"
    return f"mean of {count} PS" + ("" if area.shape is None else f", {area.description}")
