"""What users lay over their maps: roads, rivers and boundaries, named areas, named points."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely

from snapstamps.formats.vector import in_degrees, read_vector
from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import InputError
from snapstamps.results.amplitude_map import Extent

LineKind = Literal["road", "river", "boundary"]

_WORDS: dict[LineKind, tuple[str, ...]] = {
    "river": ("river", "stream", "canal", "water"),
    "boundary": ("border", "boundar", "admin", "province", "district", "commune"),
}
_METRES_PER_DEGREE = 111_320.0
_TOLERANCE = 3e-5
"""Lines are simplified by so much, degrees: about three metres."""


@dataclass(frozen=True)
class LineLayer:
    """
    One file of lines.

    Attributes
    ----------
    name : str
        Of the file.
    kind : {"road", "river", "boundary"}
        How it is drawn.
    parts : tuple of ndarray, shape (n, 2) each
        Longitude and latitude.
    """

    name: str
    kind: LineKind
    parts: tuple[Array, ...]


@dataclass(frozen=True)
class Area:
    """
    A named polygon.

    Attributes
    ----------
    name : str
        From its attributes, else its number.
    shape : shapely geometry
        Polygon or multipolygon, longitude and latitude.
    """

    name: str
    shape: Any

    @property
    def rings(self) -> tuple[Array, ...]:
        """Return all its rings as longitudes and latitudes."""
        parts = shapely.get_parts(shapely.get_parts([self.shape]))
        return tuple(shapely.get_coordinates(ring) for ring in shapely.get_rings(parts))

    def contains(self, lonlat: Array) -> Array:
        """Tell for every position whether it lies inside."""
        shapely.prepare(self.shape)
        return np.asarray(shapely.contains_xy(self.shape, lonlat[:, 0], lonlat[:, 1]))


@dataclass(frozen=True)
class Place:
    """A named point, longitude and latitude in degrees."""

    name: str
    lon: float
    lat: float

    def nearest(self, lonlat: Array) -> tuple[int, float]:
        """Return the row of the nearest of many positions, and its distance in metres."""
        squeeze = np.cos(np.radians(self.lat))
        metres = np.hypot((lonlat[:, 0] - self.lon) * squeeze, lonlat[:, 1] - self.lat) * _METRES_PER_DEGREE
        row = int(np.nanargmin(metres))
        return row, float(metres[row])


@dataclass(frozen=True)
class Overlays:
    """Everything that is laid over the maps; see the classes above."""

    lines: tuple[LineLayer, ...] = ()
    areas: tuple[Area, ...] = ()
    places: tuple[Place, ...] = ()


def read_overlays(extent: Extent, *, lines: Sequence[Path], areas: Path | None, points: Path | None) -> Overlays:
    """
    Read the user's vector files, cut to what the map shows.

    Parameters
    ----------
    extent : Extent
        Lines are cut to it; areas and points that lie outside are left out.
    lines : sequence of Path
        Files of lines (outlines of polygons, too), in any CRS.
    areas : Path or None
        File of polygons.
    points : Path or None
        File of points.

    Returns
    -------
    Overlays

    Raises
    ------
    InputError
        If a file is missing, unreadable, without a CRS, or holds another kind of geometry.
    """
    box = shapely.box(extent.west, extent.south, extent.east, extent.north)
    return Overlays(
        lines=tuple(_line_layer(path, extent) for path in lines),
        areas=() if areas is None else _areas(areas, box),
        places=() if points is None else _places(points, box),
    )


def line_kind(name: str) -> LineKind:
    """
    Tell how a layer is drawn, by the words in its name.

    Examples
    --------
    >>> [line_kind(name) for name in ("Rivers_2020", "commune boundaries", "PR151")]
    ['river', 'boundary', 'road']
    """
    lower = name.lower()
    return next((kind for kind, words in _WORDS.items() if any(word in lower for word in words)), "road")


def _line_layer(path: Path, extent: Extent) -> LineLayer:
    geometries = _read(path, "export.lines").geometry.to_numpy()
    outlines = np.where(shapely.get_dimensions(geometries) == 2, shapely.boundary(geometries), geometries)
    clipped = shapely.clip_by_rect(outlines, extent.west, extent.south, extent.east, extent.north)
    parts = shapely.get_parts(shapely.simplify(shapely.get_parts(clipped), _TOLERANCE))
    kept = [shapely.get_coordinates(part) for part in parts if not part.is_empty]
    return LineLayer(path.stem, line_kind(path.stem), tuple(part for part in kept if len(part) > 1))


def _areas(path: Path, box: Any) -> tuple[Area, ...]:
    frame = _read(path, "export.areas")
    if not (shapely.get_dimensions(frame.geometry.to_numpy()) == 2).all():
        raise InputError("areas must be polygons", where=path, remedy="polygons in the file that export.areas names")
    pairs = zip(_names(frame), frame.geometry, strict=True)
    return tuple(Area(name, shape) for name, shape in pairs if shape.intersects(box))


def _places(path: Path, box: Any) -> tuple[Place, ...]:
    frame = _read(path, "export.points")
    pairs = zip(_names(frame), frame.geometry.representative_point(), strict=True)
    return tuple(Place(name, point.x, point.y) for name, point in pairs if point.intersects(box))


def _read(path: Path, option: str) -> Any:
    """Read a vector file as a frame in longitude and latitude."""
    import geopandas  # noqa: PLC0415 - loads slowly, and most maps have no overlays

    if not path.exists():
        raise InputError(
            "there is no such vector file", where=path, why=f"{option} names it", remedy=f"correct {option}"
        )
    try:
        frame = read_vector(path)
    except (RuntimeError, ValueError) as error:
        raise InputError(
            "the vector file cannot be read", where=path, why=str(error), remedy=f"correct {option}"
        ) from None
    if not isinstance(frame, geopandas.GeoDataFrame) or frame.crs is None:
        raise InputError(
            "the vector file does not say where on earth it lies",
            where=path,
            why="it has no coordinate reference system",
            remedy="give it one, in QGIS say; a .shp needs its .prj",
        )
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    return in_degrees(frame, path)


def _names(frame: Any) -> list[str]:
    """Return a name for every row: column name, else the first text column, else the number."""
    columns = [column for column in frame.columns if column != frame.geometry.name]
    named = [column for column in columns if str(column).lower() == "name"]
    texts = [column for column in columns if all(isinstance(value, str) for value in frame[column])]
    chosen = (named or texts or [None])[0]
    if chosen is None:
        return [str(number) for number in range(1, len(frame) + 1)]
    return [str(value) for value in frame[chosen]]
