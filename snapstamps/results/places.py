"""Places that the user brings: points, lines and areas, in any vector format or as CSV with coordinates."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas
import numpy as np
import pandas as pd
from pyproj.exceptions import CRSError

from snapstamps.formats.vector import in_degrees, read_vector
from snapstamps.model.errors import InputError

Kind = Literal["points", "lines", "areas"]

_TYPES = {
    "points": {"Point", "MultiPoint"},
    "lines": {"LineString", "MultiLineString"},
    "areas": {"Polygon", "MultiPolygon"},
}
_X_NAMES, _Y_NAMES = ("lon", "longitude", "long", "x", "easting"), ("lat", "latitude", "y", "northing")
_NAMES = ("code", "name", "ten", "label", "station", "site", "point", "name_2", "name_1", "id", "ref")


@dataclass(frozen=True)
class Places:
    """
    Places with their attributes.

    Attributes
    ----------
    names : tuple of str
        One per place.
    shapes : ndarray of geometries, shape (n_places,)
        In longitude and latitude, WGS 84.
    attributes : DataFrame
        Other columns, names in lower case.
    """

    names: tuple[str, ...]
    shapes: Any
    attributes: pd.DataFrame

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.names)


def read_places(path: Path, kind: Kind, *, name_column: str | None = None, crs: str | None = None) -> Places:
    """
    Read places of one kind.

    Parameters
    ----------
    path : Path
        GeoPackage, shapefile, GeoJSON, KML …; or a CSV with columns lon and lat (or x and y in ``crs``), for points.
    kind : str
        ``points``, ``lines`` or ``areas``.
    name_column : str, optional
        Holds the names; by default code, name, id or the like, else the places are numbered.
    crs : str, optional
        Coordinate system of a file that names none, such as ``EPSG:32648``.

    Returns
    -------
    Places
        Those without geometry are left out.

    Raises
    ------
    InputError
        If the file cannot be read, has no coordinate system, or holds nothing of the kind.
    """
    if not path.is_file():
        raise InputError(f"there is no file with {kind}", where=path)
    frame = _from_csv(path, crs) if path.suffix.lower() in {".csv", ".txt"} else _from_vector(path, crs)
    frame = in_degrees(frame[~(frame.geometry.isna() | frame.geometry.is_empty)], path)
    found = sorted(set(frame.geom_type) - _TYPES[kind])
    if found or len(frame) == 0:
        raise InputError(
            f"this file does not hold {kind}",
            where=path,
            why=f"it holds {', '.join(found)}" if found else "it holds nothing with a geometry",
            remedy="--points, --lines and --areas each take their own kind",
        )
    if kind == "points":
        frame = frame.explode(ignore_index=True)
    names = _names(frame, path, name_column)
    attributes = pd.DataFrame(frame.drop(columns=frame.geometry.name)).rename(columns=str.lower)
    return Places(names, np.asarray(frame.geometry.values), attributes.reset_index(drop=True))


def _from_vector(path: Path, crs: str | None) -> geopandas.GeoDataFrame:
    try:
        frame = read_vector(path)
    except (RuntimeError, ValueError) as error:
        raise InputError("this file cannot be read as vector data", where=path, why=str(error)) from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise InputError("this file has no geometries", where=path)
    if frame.crs is None:
        if crs is None:
            raise InputError("this file names no coordinate system", where=path, remedy="--crs EPSG:…")
        frame = frame.set_crs(_checked(crs))
    return frame


def _from_csv(path: Path, crs: str | None) -> geopandas.GeoDataFrame:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        delimiter = csv.Sniffer().sniff(text.partition("\n")[0], delimiters=",;\t").delimiter
        table = pd.read_csv(path, sep=delimiter, encoding="utf-8-sig", skipinitialspace=True)
    except (csv.Error, ValueError) as error:
        raise InputError("this file cannot be read as CSV", where=path, why=str(error)) from error
    columns = {str(name).strip().lower(): name for name in table.columns}
    x = next((columns[name] for name in _X_NAMES if name in columns), None)
    y = next((columns[name] for name in _Y_NAMES if name in columns), None)
    if x is None or y is None:
        raise InputError(
            "this CSV has no coordinates",
            where=path,
            why=f"columns: {', '.join(columns)}",
            remedy="columns lon and lat, or x and y with --crs",
        )
    in_degrees = str(x).strip().lower().startswith("lon")
    if not in_degrees and crs is None:
        raise InputError(f"the coordinate system of {x} and {y} is not known", where=path, remedy="--crs EPSG:…")
    try:
        points = geopandas.points_from_xy(table[x].astype(float), table[y].astype(float))
    except ValueError as error:
        raise InputError("coordinates that are no numbers", where=path, why=str(error)) from error
    rest = table.drop(columns=[x, y]).rename(columns=lambda name: str(name).strip())
    return geopandas.GeoDataFrame(rest, geometry=points, crs=_checked(crs) if crs else "EPSG:4326")


def _checked(crs: str) -> str:
    try:
        geopandas.GeoSeries([], crs=crs)
    except CRSError as error:
        raise InputError(f"{crs!r} is no coordinate system", where="--crs", remedy="such as EPSG:32648") from error
    return crs


def _names(frame: geopandas.GeoDataFrame, path: Path, wanted: str | None) -> tuple[str, ...]:
    columns = {str(name).lower(): name for name in frame.columns if name != frame.geometry.name}
    if wanted is not None and wanted.lower() not in columns:
        raise InputError(
            f"there is no column {wanted!r}", where=path, why=f"columns: {', '.join(columns)}", remedy="--name-column"
        )
    candidates: Sequence[str] = (wanted.lower(),) if wanted else _NAMES
    column = next((columns[name] for name in candidates if name in columns), None)
    if column is None:
        return tuple(str(number) for number in range(1, len(frame) + 1))
    return tuple(
        str(number) if pd.isna(value) else str(value).strip() for number, value in enumerate(frame[column], start=1)
    )
