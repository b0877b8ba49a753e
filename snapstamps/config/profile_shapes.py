"""The areas of a profile on the ground: circles and strips in longitude and latitude, and as GeoJSON."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from snapstamps.config.profile import Place, Profile

METRES_PER_DEGREE = 111_320.0
"""Of latitude, about; positions that are approximate themselves need no more."""
_DIGITS = 5


def outline(place: Place) -> BaseGeometry:
    """
    Return the polygon of an area: a circle about its centre, or a strip along its line.

    Parameters
    ----------
    place : Place
        The area.

    Returns
    -------
    shapely polygon
        Longitude and latitude, degrees.
    """
    skeleton = shapely.Point(place.centre) if place.centre is not None else shapely.LineString(place.line)
    squeeze = math.cos(math.radians(skeleton.centroid.y))
    # a degree of longitude is shorter: the strip is made where both are equal, and stretched back
    even = shapely.transform(skeleton, lambda xy: xy * [squeeze, 1.0])
    grown = even.buffer(place.radius_m / METRES_PER_DEGREE, quad_segs=12)
    return shapely.transform(grown, lambda xy: (xy / [squeeze, 1.0]).round(_DIGITS))


def centre_of(place: Place) -> tuple[float, float]:
    """Return longitude and latitude of the middle of an area."""
    middle = outline(place).centroid
    return place.centre if place.centre is not None else (float(middle.x), float(middle.y))


def aoi_geojson(profile: Profile) -> str:
    """Return the area of interest of a paper's profile as GeoJSON text."""
    if profile.area is None:
        raise ValueError(f"{profile.name} has no area")
    told = profile.area.aoi
    return _collection([({"name": profile.title, "origin": told.origin}, shapely.box(*told.value))])


def areas_geojson(profile: Profile) -> str:
    """Return the named areas of a profile as GeoJSON text, with where their positions come from."""
    return _collection(
        [
            (
                {"name": place.name, "kind": place.kind, "paper": place.source, "position": place.our_choice},
                outline(place),
            )
            for place in profile.areas
        ]
    )


def roads_geojson(profile: Profile) -> str:
    """Return the roads of a profile as lines in GeoJSON text; an empty collection where there are none."""
    return _collection(
        [
            ({"name": place.name, "paper": place.source, "position": place.our_choice}, shapely.LineString(place.line))
            for place in profile.areas
            if place.line
        ]
    )


def feature(properties: Mapping[str, Any], geometry: BaseGeometry) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "properties": dict(properties), "geometry": json.loads(shapely.to_geojson(geometry))}


def _collection(features: Iterable[tuple[Mapping[str, Any], BaseGeometry]]) -> str:
    content = {"type": "FeatureCollection", "features": [feature(*pair) for pair in features]}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
