"""
Results as a GeoPackage: layer ``ps`` with the points, table ``about`` with what they mean.

The points go to the file as a stream of blocks, so that the memory needed does not grow with their number.
Equal results give equal bytes: GDAL is told the time to write into the file.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio

from snapstamps.formats.atomic import atomic_path
from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.model.errors import DataError
from snapstamps.results.table import PsTable

PS_LAYER = "ps"
ABOUT_LAYER = "about"
GEOMETRY = "geom"
BLOCK_ROWS = 32_768
"""Scatterers computed and written at a time."""

_WKB_POINT = np.dtype([("byte_order", "u1"), ("kind", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
_SIDE_FILES = ("-journal", "-wal", "-shm")


def write_geopackage(
    path: Path,
    table: PsTable,
    about: Mapping[str, str],
    *,
    progress: Callable[[int, int], None] | None = None,
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
        Written as the table ``about`` and as the file's own metadata.
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
    layer_metadata = {column.name: f"{column.unit}; {column.meaning}" for column in table.columns}
    layer_metadata["DYYYYMMDD"] = "mm; displacement at that date, + towards the satellite"
    schema = _schema(table)
    failures: list[BaseException] = []
    blocks = _remembering(_blocks(table, schema, block_rows, progress), failures)
    with atomic_path(path) as part, _gdal_options({"OGR_CURRENT_DATE": stamp}), _without_side_files(part):
        part.unlink()  # GDAL wants to make the file itself
        try:
            pyogrio.write_arrow(
                pa.RecordBatchReader.from_batches(schema, blocks),
                part,
                layer=PS_LAYER,
                driver="GPKG",
                geometry_name=GEOMETRY,
                geometry_type="Point",
                crs="EPSG:4326",
                dataset_metadata=dict(about),
                layer_metadata=layer_metadata,
            )
            pyogrio.write_arrow(_about_rows(about, layer_metadata), part, layer=ABOUT_LAYER, driver="GPKG")
        except RuntimeError as error:  # the root of pyogrio's errors
            if failures:
                raise failures[0] from None
            raise DataError(
                f"{path.name} cannot be written",
                where=path,
                why=str(error),
                remedy="look at the free disk space and at the permissions of the folder",
            ) from error


def _schema(table: PsTable) -> pa.Schema:
    scalars = [(column.name, pa.from_numpy_dtype(column.values.dtype)) for column in table.columns]
    return pa.schema([(GEOMETRY, pa.binary()), *scalars, *((name, pa.float32()) for name in table.date_names)])


def _blocks(
    table: PsTable, schema: pa.Schema, block_rows: int, progress: Callable[[int, int], None] | None
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(table), block_rows):
        rows = slice(start, min(start + block_rows, len(table)))
        displacement = np.ascontiguousarray(table.displacement(rows).T)
        values = [column.values[rows] for column in table.columns]
        arrays = [pa.array(column, from_pandas=True) for column in (*values, *displacement)]  # NaN becomes NULL
        yield pa.record_batch([_points(table.lonlat[rows]), *arrays], schema=schema)
        if progress is not None:
            progress(rows.stop, len(table))


def _remembering(blocks: Iterator[pa.RecordBatch], failures: list[BaseException]) -> Iterator[pa.RecordBatch]:
    """Keep what goes wrong, an interrupt too: on its way through Arrow and GDAL its kind would be lost."""
    try:
        yield from blocks
    except BaseException as error:
        failures.append(error)
        raise


def _points(lonlat: FloatArray) -> pa.Array:
    """Return points as well-known binary, without a loop over them."""
    points = np.empty(len(lonlat), dtype=_WKB_POINT)
    points["byte_order"], points["kind"] = 1, 1
    points["lon"], points["lat"] = lonlat.T
    offsets = np.arange(len(lonlat) + 1, dtype=np.int32) * np.int32(_WKB_POINT.itemsize)
    return pa.Array.from_buffers(pa.binary(), len(lonlat), [None, _buffer(offsets), _buffer(points)])


def _buffer(values: Array) -> pa.Buffer:
    return pa.py_buffer(values.view(np.uint8))


def _about_rows(about: Mapping[str, str], layer_metadata: Mapping[str, str]) -> pa.Table:
    pairs = {**about, **{f"column {name}": text for name, text in layer_metadata.items()}}
    return pa.table({"key": list(pairs), "value": list(pairs.values())})


@contextlib.contextmanager
def _gdal_options(options: Mapping[str, str]) -> Iterator[None]:
    """Set options of GDAL, and put back what they were."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(dict(options))
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


@contextlib.contextmanager
def _without_side_files(path: Path) -> Iterator[None]:
    """Delete what SQLite may leave beside a file that it did not finish."""
    try:
        yield
    finally:
        for ending in _SIDE_FILES:
            path.with_name(path.name + ending).unlink(missing_ok=True)
