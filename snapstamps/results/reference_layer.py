"""Rows of a layer of a finished GeoPackage, such as the reference area, put in place of others, without GDAL."""

import sqlite3
import struct
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import shapely

from snapstamps.results.areas import square_kilometres

LAYER = "reference_area"
_SRS = 4326
_HEADER = struct.Struct("<2sBBi")
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def teach_geometry(database: sqlite3.Connection) -> None:
    """
    Teach a connection the functions that the triggers of a GeoPackage's spatial index call.

    Parameters
    ----------
    database : Connection
        Of a GeoPackage.
    """
    functions = {"ST_MinX": 0, "ST_MinY": 1, "ST_MaxX": 2, "ST_MaxY": 3}
    for name, place in functions.items():
        database.create_function(name, 1, _bound(place), deterministic=True)
    database.create_function("ST_IsEmpty", 1, lambda blob: blob is None or _geometry(blob).is_empty, deterministic=True)


def replace_reference_area(database: sqlite3.Connection, shape: Any, *, description: str, n_ps: int) -> None:
    """
    Put one polygon in place of all that the layer ``reference_area`` holds; a file without that layer stays as it is.

    Parameters
    ----------
    database : Connection
        Of a GeoPackage, after :func:`teach_geometry`.
    shape : geometry
        Polygon or multipolygon, longitude and latitude.
    description : str
        One phrase.
    n_ps : int
        Scatterers of the reference.
    """
    row = {"description": description, "ps": n_ps, "area_km2": square_kilometres(shape)}
    replace_rows(database, LAYER, [row], [shape])


def replace_rows(
    database: sqlite3.Connection, layer: str, rows: Sequence[Mapping[str, Any]], shapes: Sequence[Any]
) -> None:
    """
    Put rows in place of all that a layer holds; a file without that layer stays as it is.

    Parameters
    ----------
    database : Connection
        Of a GeoPackage, after :func:`teach_geometry`.
    layer : str
        Its name; one of our own, never a user's.
    rows : sequence of mapping
        Column -> value, all with the same columns, without the geometry.
    shapes : sequence of geometry
        Longitude and latitude.
    """
    with closing(database.cursor()) as cursor:
        found = cursor.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
        ).fetchone()
        if found is None:
            return
        cursor.execute(f'DELETE FROM "{layer}"')  # noqa: S608 - a constant
        for row, shape in zip(rows, shapes, strict=True):
            blob = _HEADER.pack(b"GP", 0, 1, _SRS) + shapely.to_wkb(shape, byte_order=1)
            names = ", ".join(f'"{name}"' for name in (found[0], *row))
            places = ", ".join("?" for _ in (blob, *row))
            cursor.execute(f'INSERT INTO "{layer}" ({names}) VALUES ({places})', (blob, *row.values()))  # noqa: S608
        bounds = tuple(shapely.total_bounds(np.array(shapes, dtype=object))) if len(shapes) else (None,) * 4
        cursor.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
            (*bounds, layer),
        )
        if any(shape.geom_type != "Polygon" for shape in shapes):
            cursor.execute(
                "UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY' WHERE table_name = ?", (layer,)
            )


def _geometry(blob: bytes) -> Any:
    """Return the geometry of a GeoPackage blob: a header, perhaps an envelope, and WKB."""
    flags = blob[3]
    return shapely.from_wkb(blob[_HEADER.size + _ENVELOPE_BYTES[(flags >> 1) & 7] :])


def _bound(place: int) -> Any:
    def bound(blob: bytes | None) -> float | None:
        return None if blob is None else float(_geometry(blob).bounds[place])

    return bound
