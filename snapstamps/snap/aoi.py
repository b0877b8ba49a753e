"""
The area of interest: from a box, WKT, or any vector file in any CRS, as one area in longitude and latitude.

Several features count together. What is no area (points, lines) is refused: how far around them the user cares
is not ours to guess.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyproj import CRS, Geod
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from snapstamps.formats.vector import read_vector
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded

_WGS84 = "EPSG:4326"
_LAYER = re.compile(r"(?P<file>.+)\|layername=(?P<layer>.+)")
_EWKT = re.compile(r"SRID=(?P<code>\d+);(?P<wkt>.+)", re.IGNORECASE | re.DOTALL)
_WKT = re.compile(r"\s*(SRID=\d+;\s*)?(MULTI)?(POLYGON|POINT|LINESTRING)\b|\s*GEOMETRYCOLLECTION\b", re.IGNORECASE)
_REMEDY = "give an area: a vector file (GeoJSON, GeoPackage, shapefile, KML), WKT, or [west, south, east, north]"
_DECIMALS = 7
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Aoi:
    """
    An area of interest.

    Attributes
    ----------
    geometry : shapely geometry
        Polygon or multipolygon in longitude and latitude (WGS84), valid and two-dimensional.
    source : str
        What it was made from, for messages.
    n_features : int
        Features of the source that are areas.
    """

    geometry: BaseGeometry
    source: str
    n_features: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees."""
        west, south, east, north = self.geometry.bounds
        return west, south, east, north

    @property
    def wkt(self) -> str:
        """Return the area as WKT, longitude first, with decimals to a centimetre."""
        return str(shapely.to_wkt(self.geometry, rounding_precision=_DECIMALS))

    @property
    def hull_wkt(self) -> str:
        """Return what products are cut to: the area without its inlets, in the same form."""
        return str(shapely.to_wkt(self.geometry.convex_hull, rounding_precision=_DECIMALS))

    @cached_property
    def square_kilometres(self) -> float:
        """Return its size on the ellipsoid."""
        ellipsoid = Geod(ellps="WGS84")
        parts = (orient(part) for part in shapely.get_parts(self.geometry))
        return sum(abs(ellipsoid.geometry_area_perimeter(part)[0]) for part in parts) / 1e6

    def grown(self, degrees: float) -> BaseGeometry:
        """Return the area with a margin around it, in degrees of latitude."""
        if degrees <= 0:
            return self.geometry
        latitude = math.radians(min(abs(self.geometry.centroid.y), 85.0))
        # a degree of longitude is shorter: the margin is laid where both are alike, and brought back
        narrow = shapely.transform(self.geometry, lambda xy: xy * [math.cos(latitude), 1.0])
        return shapely.transform(narrow.buffer(degrees), lambda xy: xy / [math.cos(latitude), 1.0])


def read_aoi(source: str | Path | Sequence[float], *, folder: Path | None = None) -> Aoi:
    """
    Read an area of interest.

    Parameters
    ----------
    source : str, Path or sequence of float
        A box [west, south, east, north] in degrees, also as text with commas; WKT or EWKT; or a vector file,
        for one of its layers as ``FILE|layername=NAME``.
    folder : Path, optional
        Where relative paths start.

    Returns
    -------
    Aoi

    Raises
    ------
    InputError
        If there is no such file, no area in it, no CRS, or coordinates that are none.
    """
    if not isinstance(source, str | Path):
        return _of_box(list(source), str(list(source)))
    text = str(source).strip()
    if _WKT.match(text):
        return _of_wkt(text)
    numbers = _numbers(text)
    if numbers is not None:
        return _of_box(numbers, text)
    if not text:
        raise InputError("the area of interest is empty", remedy=_REMEDY)
    match = _LAYER.fullmatch(text)
    file = expanded(match["file"] if match else text)
    return _of_file(folder / file if folder else file, match["layer"] if match else None)


def names_file(text: str) -> bool:
    """
    Tell whether an area is given by the name of a file.

    Examples
    --------
    >>> names_file("area.gpkg"), names_file("105.2, 21.3, 106.2, 22.7"), names_file("")
    (True, False, False)
    """
    return bool(text.strip()) and not _WKT.match(text) and _numbers(text) is None


def _numbers(text: str) -> list[float] | None:
    """Return the numbers of a text such as ``105.2, 21.3, 106.2, 22.7``, or None where it is something else."""
    try:
        return [float(word) for word in text.strip("[]() ").replace(",", " ").split()] or None
    except ValueError:
        return None


def _of_box(numbers: list[float], source: str) -> Aoi:
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        raise InputError("a box has four numbers: west, south, east, north", where=source, remedy=_REMEDY)
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south < north <= 90) or west == east:
        raise InputError(
            "the box is not [west, south, east, north] in degrees",
            where=source,
            why="longitude comes first; south must be less than north",
        )
    boxes = [shapely.box(west, south, east, north)]
    if west > east:  # across the date line
        boxes = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    return Aoi(shapely.union_all(boxes), source, 1)


def _of_wkt(text: str) -> Aoi:
    match = _EWKT.fullmatch(text)
    try:
        with np.errstate(invalid="ignore"):  # numbers that are none are refused below
            geometry = shapely.from_wkt(match["wkt"] if match else text)
        crs = CRS.from_epsg(int(match["code"])) if match else CRS(_WGS84)
    except (ShapelyError, ProjError, ValueError) as error:
        raise InputError("the WKT of the area cannot be read", where=_short(text), why=str(error)) from error
    return _of_table(geopandas.GeoSeries([geometry], crs=crs), _short(text))


def _of_file(path: Path, layer: str | None) -> Aoi:
    if not _exists(path):
        raise InputError("the file of the area of interest is missing", where=_short(str(path)), remedy=_REMEDY)
    if path.suffix.lower() == ".shp":
        missing = [ending for ending in (".shx", ".dbf") if not path.with_suffix(ending).exists()]
        if missing:
            raise InputError(
                "the shapefile of the area is not complete",
                where=path,
                why=f"it lacks {' and '.join(path.with_suffix(ending).name for ending in missing)}",
                remedy="a shapefile is several files of one name; copy them all",
            )
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind]
        tables = [read_vector(path, layer=name, columns=[]) for name in _chosen(layers, layer, path)]
    except (DataSourceError, DataLayerError, FeatureError, ShapelyError, ValueError) as error:
        raise InputError("the area of interest cannot be read", where=path, why=str(error), remedy=_REMEDY) from error
    crs = tables[0].crs
    if crs is None:
        raise InputError(
            "the file of the area has no coordinate reference system",
            where=path,
            remedy="give it one (a .prj file beside a shapefile; ogr2ogr -a_srs EPSG:…)",
        )
    merged = np.concatenate([table.geometry.to_numpy() for table in tables])
    return _of_table(geopandas.GeoSeries(merged, crs=crs), str(path))


def _exists(path: Path) -> bool:
    """Tell whether there is such a file; a text that is no path at all, such as a broken WKT, names none."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _chosen(layers: list[str], layer: str | None, path: Path) -> list[str]:
    """Return the layers to read: one of several must be named, but those of KML are mere folders of one drawing."""
    if layer is not None and layer in layers:
        return [layer]
    if layer is None and (len(layers) == 1 or (layers and path.suffix.lower() in {".kml", ".kmz"})):
        return layers
    why = f"layers with geometries: {', '.join(layers) or 'none'}"
    raise InputError(
        f"the file has no layer {layer}" if layer else f"the file has {len(layers)} layers; one is needed",
        where=path,
        why=why,
        remedy=f"{path.name}|layername=NAME",
    )


def _of_table(series: Any, source: str) -> Aoi:
    known = [shape for shape in series.to_numpy() if shape is not None and not shape.is_empty]
    areas = [shape for shape in known if shape.geom_type in _AREAS]
    if not areas:
        kinds = ", ".join(sorted({shape.geom_type for shape in known})) or "nothing"
        raise InputError(
            "the area of interest holds no polygon",
            where=source,
            why=f"it holds {kinds}",
            remedy="draw a polygon, or buffer points and lines",
        )
    try:
        flat = shapely.make_valid(shapely.force_2d(np.array(areas)))
        degrees = geopandas.GeoSeries(flat, crs=series.crs).to_crs(_WGS84)
        merged = shapely.union_all([_polygons(geometry) for geometry in degrees])
    except ProjError as error:
        raise InputError("the CRS of the area cannot be brought to longitude and latitude", where=source) from error
    except ShapelyError as error:
        raise InputError("the outline of the area makes no sense", where=source, why=str(error)) from error
    west, south, east, north = merged.bounds if not merged.is_empty else (math.nan,) * 4
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InputError(
            "the coordinates of the area are not longitudes and latitudes",
            where=source,
            why=f"they span {west:g} to {east:g} and {south:g} to {north:g}",
            remedy="longitude comes first; check the CRS",
        )
    return Aoi(merged, source, len(areas))


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Return the areas of what making valid left behind; slivers may have become lines."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in _AREAS]
    return shapely.union_all(parts)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
