"""
The table of results as Arrow, block by block: what GDAL, Parquet and CSV writers take without a loop in Python.

Displacements are made from the phase only when their block is asked for, so memory does not grow with the number
of scatterers.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.results.table import PsTable

GEOMETRY = "geom"
BLOCK_ROWS = 32_768
"""Scatterers computed and written at a time."""

Progress = Callable[[int, int], None]
"""``progress(done, total)`` in scatterers."""

_WKB_POINT = np.dtype([("byte_order", "u1"), ("kind", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
_DECIMAL_PRECISION = 18


def row_blocks(n_rows: int, *, block_rows: int = BLOCK_ROWS, progress: Progress | None = None) -> Iterator[slice]:
    """
    Go through rows in blocks, and tell of each block when it is done.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    block_rows : int
        Rows at a time.
    progress : callable, optional
        Told after each block.

    Examples
    --------
    >>> [(rows.start, rows.stop) for rows in row_blocks(5, block_rows=2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    for start in range(0, n_rows, block_rows):
        rows = slice(start, min(start + block_rows, n_rows))
        yield rows
        if progress is not None:
            progress(rows.stop, n_rows)


def ps_schema(table: PsTable, *, geometry: str = GEOMETRY) -> pa.Schema:
    """Return the fields of the table: points as WKB, the columns, the displacements; each with unit and meaning."""
    fields = [pa.field(geometry, pa.binary())]
    for column in table.columns:
        about = {"unit": column.unit, "meaning": column.meaning}
        fields.append(pa.field(column.name, pa.from_numpy_dtype(column.values.dtype), metadata=about))
    about = {"unit": "mm", "meaning": DISPLACEMENT_MEANING}
    fields += [pa.field(name, pa.float32(), metadata=about) for name in table.date_names]
    return pa.schema(fields)


DISPLACEMENT_MEANING = "displacement at that date, + towards the satellite"


def ps_batches(
    table: PsTable, schema: pa.Schema, *, block_rows: int = BLOCK_ROWS, progress: Progress | None = None
) -> Iterator[pa.RecordBatch]:
    """
    Return the table in blocks.

    Parameters
    ----------
    table : PsTable
        The results.
    schema : pyarrow.Schema
        See :func:`ps_schema`.
    block_rows : int
        Scatterers at a time.
    progress : callable, optional
        Told after each block.

    Yields
    ------
    pyarrow.RecordBatch
        NaN is null.
    """
    for rows in row_blocks(len(table), block_rows=block_rows, progress=progress):
        displacement = np.ascontiguousarray(table.displacement(rows).T)
        values = [column.values[rows] for column in table.columns]
        arrays = [pa.array(column, from_pandas=True) for column in (*values, *displacement)]  # NaN becomes NULL
        yield pa.record_batch([wkb_points(table.lonlat[rows]), *arrays], schema=schema)


def wkb_points(lonlat: FloatArray) -> pa.Array:
    """
    Return points as well-known binary, without a loop over them.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude (degrees).
    """
    points = np.empty(len(lonlat), dtype=_WKB_POINT)
    points["byte_order"], points["kind"] = 1, 1
    points["lon"], points["lat"] = lonlat.T
    offsets = np.arange(len(lonlat) + 1, dtype=np.int32) * np.int32(_WKB_POINT.itemsize)
    return pa.Array.from_buffers(pa.binary(), len(lonlat), [None, _buffer(offsets), _buffer(points)])


def decimals(values: FloatArray, digits: int, *, precision: int = _DECIMAL_PRECISION) -> pa.Array:
    """
    Return numbers rounded to so many digits after the point, which text writers then keep.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Not larger than 18 digits hold.
    digits : int
        After the point.
    precision : int
        Digits in all, as declared; GDAL takes the width of a DBF field from it.

    Returns
    -------
    pyarrow.Decimal128Array
        What is not finite is null.

    Examples
    --------
    >>> decimals(np.array([1.25, -0.04, np.nan]), 1).to_pylist()
    [Decimal('1.2'), Decimal('0.0'), None]
    """
    known = np.isfinite(values)
    scaled = np.rint(np.where(known, values, 0.0).astype(np.float64) * 10.0**digits).astype(np.int64)
    words = np.column_stack([scaled, scaled >> 63])  # 128 bits: the upper half repeats the sign
    valid = None if known.all() else _buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(precision, digits), len(scaled), [valid, _buffer(words)])


def decimal_schema(names: Sequence[str], digits: Sequence[int]) -> pa.Schema:
    """Return the fields of columns made by :func:`decimals`."""
    return pa.schema(
        [(name, pa.decimal128(_DECIMAL_PRECISION, count)) for name, count in zip(names, digits, strict=True)]
    )


def _buffer(values: Array) -> pa.Buffer:
    return pa.py_buffer(np.ascontiguousarray(values).view(np.uint8))
