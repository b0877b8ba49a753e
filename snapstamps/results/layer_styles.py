"""Styles inside a GeoPackage: the table ``layer_styles``, as QGIS writes it, from which it takes the default styles."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from snapstamps.model.errors import DataError

_CREATE = """CREATE TABLE "layer_styles" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256), "f_table_schema" TEXT(256),
  "f_table_name" TEXT(256), "f_geometry_column" TEXT(256), "styleName" TEXT(30), "styleQML" TEXT, "styleSLD" TEXT,
  "useAsDefault" BOOLEAN, "description" TEXT, "owner" TEXT(30), "ui" TEXT(30),
  "update_time" DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_REGISTER = """INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
  VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)"""
_INSERT = """INSERT INTO "layer_styles" (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "styleName",
  "styleQML", "styleSLD", "useAsDefault", description, owner, ui, update_time)
  VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)"""


@dataclass(frozen=True)
class LayerStyle:
    """
    The default style of a layer.

    Attributes
    ----------
    layer : str
        Name of the layer.
    name : str
        Of the style, at most 30 characters.
    description : str
        One phrase.
    qml : str
        See :mod:`snapstamps.results.qml`.
    """

    layer: str
    name: str
    description: str
    qml: str


def write_layer_styles(path: Path, styles: Sequence[LayerStyle], *, geometry: str, stamp: str) -> None:
    """
    Add default styles to a GeoPackage that has none.

    Parameters
    ----------
    path : Path
        The GeoPackage.
    styles : sequence of LayerStyle
        One per layer.
    geometry : str
        Name of the geometry columns.
    stamp : str
        Time of the change, ISO 8601 in UTC; given, so that equal results give equal bytes.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    rows = [(each.layer, geometry, each.name, each.qml, each.description, stamp) for each in styles]
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # who calls flushes the file as a whole
            connection.execute(_CREATE)
            connection.execute(_REGISTER, (stamp,))
            connection.executemany(_INSERT, rows)
    except sqlite3.Error as error:
        raise DataError("The style cannot be written into the GeoPackage", where=path, why=str(error)) from error
