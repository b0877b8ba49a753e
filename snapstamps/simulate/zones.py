"""
Zones from GeoJSON: polygons and points whose properties say how they move and what covers them.

Polygons move as a block with a soft edge; points are bowls. Coordinates are longitude and latitude, as GeoJSON
demands. Properties are those of ``ZoneProperties``; an unknown one is an error, since it is most often a typo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import shapely.geometry
import shapely.ops
from pydantic import Field, ValidationError

from snapstamps.kernels.arrays import BoolArray, FloatArray
from snapstamps.simulate.motion import Course, smooth_step

Projection = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
"""From longitude, latitude (degrees) to east, north of the scene's centre (m)."""


class ZoneError(Exception):
    """A GeoJSON object is not a collection of zones; the text says why."""


class ZoneProperties(Course):
    """The properties of one GeoJSON feature; ``name`` is free."""

    name: str = Field("", description="Free text.")
    taper_m: float = Field(100.0, gt=0, le=50_000, description="Width over which a polygon's edge falls off (m).")
    radius_m: float = Field(300.0, gt=0, le=50_000, description="Deviation of the bowl about a point (m).")
    ps_per_km2: float | None = Field(None, ge=0, le=1500, description="PS per square kilometre in a polygon.")
    brightness: float = Field(1.0, gt=0, le=20, description="Amplitude of the clutter in a polygon.")


@dataclass(frozen=True)
class Zone:
    """
    One zone in the scene's own metres.

    Attributes
    ----------
    properties : ZoneProperties
        How it moves and what covers it.
    shape : shapely geometry
        Polygon(s) or point(s), east and north of the scene's centre (m).
    """

    properties: ZoneProperties
    shape: shapely.geometry.base.BaseGeometry

    def pattern(self, east: FloatArray, north: FloatArray) -> FloatArray:
        """Return how strongly each position takes part, 0 to 1."""
        if self.shape.geom_type.endswith("Point"):
            distance = shapely.distance(self.shape, shapely.points(east, north))
            return np.asarray(np.exp(-0.5 * (distance / self.properties.radius_m) ** 2))
        strength = np.zeros_like(east)
        inside = self.covers(east, north)
        if inside.any():
            depth = shapely.distance(self.shape.boundary, shapely.points(east[inside], north[inside]))
            strength[inside] = smooth_step(depth / self.properties.taper_m)
        return strength

    def covers(self, east: FloatArray, north: FloatArray) -> BoolArray:
        """Return which positions lie in a polygon (none in a point)."""
        if self.shape.geom_type.endswith("Point"):
            return np.zeros(east.shape, bool)
        return np.asarray(shapely.contains_xy(self.shape, east, north), bool)


def check_zones(collection: Mapping[str, Any]) -> list[tuple[ZoneProperties, shapely.geometry.base.BaseGeometry]]:
    """
    Read a GeoJSON FeatureCollection.

    Parameters
    ----------
    collection : mapping
        The parsed GeoJSON.

    Returns
    -------
    list of (ZoneProperties, geometry)
        In degrees, in the order given.

    Raises
    ------
    ZoneError
        If it is not a collection of polygons and points with known properties.
    """
    features = collection.get("features") if isinstance(collection, Mapping) else None
    if not isinstance(features, list) or collection.get("type") != "FeatureCollection":
        raise ZoneError("zones are not a GeoJSON FeatureCollection")
    zones = []
    for number, feature in enumerate(features, 1):
        try:
            geometry = shapely.geometry.shape(feature["geometry"])
        except Exception as error:  # shapely raises whatever a malformed mapping provokes
            raise ZoneError(f"zone {number} has no readable geometry") from error
        if geometry.geom_type not in {"Polygon", "MultiPolygon", "Point", "MultiPoint"}:
            raise ZoneError(f"zone {number} is a {geometry.geom_type}; zones are polygons or points")
        if geometry.is_empty or not geometry.is_valid:
            raise ZoneError(f"zone {number} is empty or its outline crosses itself")
        west, south, east, north = geometry.bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ZoneError(f"zone {number} is not in degrees of longitude and latitude")
        try:
            properties = ZoneProperties.model_validate(feature.get("properties") or {})
        except ValidationError as error:
            first = error.errors()[0]
            known = ", ".join(ZoneProperties.model_fields)
            name = ".".join(str(part) for part in first["loc"])
            raise ZoneError(f"zone {number}: {name}: {first['msg']} (known: {known})") from error
        zones.append((properties, geometry))
    return zones


def project_zones(collection: Mapping[str, Any] | None, projection: Projection) -> tuple[Zone, ...]:
    """
    Bring zones into the scene's own metres.

    Parameters
    ----------
    collection : mapping or None
        A GeoJSON FeatureCollection.
    projection : callable
        From degrees to metres.
    """
    if collection is None:
        return ()

    def local(coordinates: FloatArray) -> FloatArray:
        return np.column_stack(projection(coordinates[:, 0], coordinates[:, 1]))

    return tuple(Zone(p, shapely.transform(shapely.force_2d(g), local)) for p, g in check_zones(collection))
