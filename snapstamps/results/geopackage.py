"""
Results as a GeoPackage: the points, the layers that explain them, their style, and what they mean.

The points go to the file as a stream of blocks, so that the memory needed does not grow with their number.
Equal results give equal bytes: GDAL is told the time to write into the file.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyogrio

from snapstamps.formats.atomic import atomic_path
from snapstamps.results.arrow_table import BLOCK_ROWS, DISPLACEMENT_MEANING, GEOMETRY, Progress, ps_batches, ps_schema
from snapstamps.results.gdal_writing import Stream, gdal_errors, gdal_options
from snapstamps.results.gpkg_check import require_whole
from snapstamps.results.layer_styles import LayerStyle, write_layer_styles
from snapstamps.results.qml import velocity_qml
from snapstamps.results.table import PsTable
from snapstamps.results.velocity_classes import LEGEND, velocity_classes

PS_LAYER = "ps"
ABOUT_LAYER = "about"

_SIDE_FILES = ("-journal", "-wal", "-shm")


@dataclass(frozen=True)
class ExtraLayer:
    """
    A small layer beside the points.

    Attributes
    ----------
    name : str
        Of the layer.
    rows : pyarrow.Table
        Its content; a layer with geometry has it as WKB (EPSG:4326) in the column ``geom``.
    geometry_type : str or None
        Such as ``Polygon``; None: a plain table.
    style : str
        QML; empty: none.
    """

    name: str
    rows: pa.Table
    geometry_type: str | None = None
    style: str = ""


def write_geopackage(
    path: Path,
    table: PsTable,
    about: Mapping[str, str],
    *,
    extras: Sequence[ExtraLayer] = (),
    progress: Progress | None = None,
    block_rows: int = BLOCK_ROWS,
) -> None:
    """
    Write the results, atomically.

    Parameters
    ----------
    path : Path
        Target, ending in ``.gpkg``.
    table : PsTable
        The results.
    about : mapping of str to str
        Written as the table ``about`` and as metadata of the points.
    extras : sequence of ExtraLayer
        Written between the points and ``about``.
    progress : callable, optional
        ``progress(done, total)`` in scatterers.
    block_rows : int
        Scatterers at a time. Contents do not depend on it.

    Raises
    ------
    DataError
        If GDAL cannot write the file.
    OSError
        If the folder may not be written or the disk is full.
    """
    # The time of the last change: not the clock, which would make equal results differ.
    stamp = f"{max(table.dates).isoformat()}T00:00:00.000Z"
    meanings = column_meanings(table)
    schema = ps_schema(table)
    stream = Stream(schema, ps_batches(table, schema, block_rows=block_rows, progress=progress))
    styles = [
        LayerStyle(PS_LAYER, "velocity", LEGEND, velocity_qml(velocity_classes(table["velocity"]))),
        *(LayerStyle(extra.name, extra.name, "", extra.style) for extra in extras if extra.style),
    ]
    # Nor need SQLite flush after each layer: the file is flushed as a whole before it gets its name.
    options = {"OGR_CURRENT_DATE": stamp, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    with atomic_path(path) as part, gdal_options(options), _without_side_files(part):
        part.unlink()  # GDAL wants to make the file itself
        with gdal_errors(path, stream):
            pyogrio.write_arrow(
                stream.reader(),
                part,
                layer=PS_LAYER,
                driver="GPKG",
                geometry_name=GEOMETRY,
                geometry_type="Point",
                crs="EPSG:4326",
                # not of the file as a whole: GDAL would leave a .aux.xml beside it whenever somebody reads it
                layer_metadata={**about, **meanings},
            )
            for extra in (*extras, ExtraLayer(ABOUT_LAYER, _about_rows(about, meanings))):
                _write_extra(part, extra)
        write_layer_styles(part, styles, geometry=GEOMETRY, stamp=stamp)
        require_whole(part, path)


def column_meanings(table: PsTable) -> dict[str, str]:
    """Return unit and meaning of every column; all displacements share the entry ``DYYYYMMDD``."""
    meanings = {column.name: f"{column.unit}; {column.meaning}" for column in table.columns}
    return {**meanings, "DYYYYMMDD": f"mm; {DISPLACEMENT_MEANING}"}


def _write_extra(part: Path, extra: ExtraLayer) -> None:
    spatial = {"geometry_name": GEOMETRY, "geometry_type": extra.geometry_type, "crs": "EPSG:4326"}
    pyogrio.write_arrow(extra.rows, part, layer=extra.name, driver="GPKG", **(spatial if extra.geometry_type else {}))


def _about_rows(about: Mapping[str, str], meanings: Mapping[str, str]) -> pa.Table:
    pairs = {**about, **{f"column {name}": text for name, text in meanings.items()}}
    return pa.table({"key": list(pairs), "value": list(pairs.values())})


@contextlib.contextmanager
def _without_side_files(path: Path) -> Iterator[None]:
    """Delete what SQLite may leave beside a file that it did not finish."""
    try:
        yield
    finally:
        for ending in _SIDE_FILES:
            path.with_name(path.name + ending).unlink(missing_ok=True)
