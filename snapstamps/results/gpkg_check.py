"""Whether a GeoPackage is whole: GDAL does not tell that it found no room for a spatial index."""

import sqlite3
from contextlib import closing
from pathlib import Path

from snapstamps.model.errors import DataError

_LAYERS = "SELECT table_name, column_name FROM gpkg_geometry_columns"


def require_whole(path: Path, target: Path) -> None:
    """
    Check that every layer with geometries has its spatial index, with a row for each geometry.

    GDAL writes the index when it closes the file. Where the disk is full by then, it leaves it out without a word.

    Parameters
    ----------
    path : Path
        The file as written.
    target : Path
        The name that messages give it.

    Raises
    ------
    DataError
        If it is not whole.
    """
    try:
        with closing(sqlite3.connect(path)) as database:
            for layer, column in database.execute(_LAYERS).fetchall():
                n_shapes = _count(database, f'"{layer}" WHERE "{column}" IS NOT NULL')
                n_indexed = _count(database, f'"rtree_{layer}_{column}"')
                if n_shapes != n_indexed:
                    raise _broken(target, f"the index of {layer} has {n_indexed} of {n_shapes} rows")
    except sqlite3.Error as error:
        raise _broken(target, str(error)) from error


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own names


def _broken(target: Path, why: str) -> DataError:
    return DataError(
        f"{target.name} could not be written whole",
        where=target,
        why=why,
        remedy="look at the free disk space; then the same command goes on from there",
    )
