"""
Shapefile with the fields of TRE ALTAMIRA, as MintPy writes them and QGIS's plug-ins for series read them.

DBF ends at 255 fields and, for many readers, at 2 GiB. Beyond either the dates go on in ``velocity_2.shp`` and so on,
each with the leading fields again, so that every part can be used alone.
"""

import itertools
import math
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio

from snapstamps.formats.atomic import TEMPORARY_MARK, atomic_path
from snapstamps.kernels.arrays import FloatArray
from snapstamps.model.errors import DataError
from snapstamps.model.units import yyyymmdd
from snapstamps.results.arrow_table import GEOMETRY, Progress, decimals, row_blocks, wkb_points
from snapstamps.results.formats.base import STEM, Format, Results, write_description
from snapstamps.results.gdal_writing import Stream, gdal_errors

MAX_FIELDS = 255
MAX_BYTES = 2**31 - 1
"""Of a .dbf; also the most that a .shp can have."""

_NUMBERS: tuple[tuple[str, str | None, int, int], ...] = (
    ("HEIGHT", "height", 7, 2),
    ("H_STDEV", None, 5, 2),
    ("VEL", "velocity", 8, 2),
    ("V_STDEV", "velocity_std", 6, 2),
    ("COHERENCE", "coherence", 5, 3),
)
"""Field, column of the table (None: not known), width, digits after the point."""

_DATE_WIDTH, _DATE_DIGITS = 8, 2
_CODE_WIDTH, _AREA_WIDTH = 8, 9
_SHP_RECORD = 28
_ENDINGS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


class Shapefile(Format):
    """Points with one field per date."""

    name = "shp"
    files = (f"{STEM}.shp", f"{STEM}_[0-9]*.shp", f"{STEM}.shp.txt")
    content = "Fields CODE, HEIGHT, H_STDEV, VEL, V_STDEV, COHERENCE, EFF_AREA, DYYYYMMDD…; parts where DBF ends"
    readers = "any GIS; QGIS's PS Time Series Viewer, InSAR Explorer, InSAR Suite"
    bytes_per_value = 10
    effort = 0.4

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write ``velocity.shp`` with its companions, further parts if need be, and what the fields mean."""
        parts = date_parts(results)
        names = [STEM if number == 1 else f"{STEM}_{number}" for number in range(1, len(parts) + 1)]
        total = len(results.table)
        written: list[Path] = []
        for index, (name, dates) in enumerate(zip(names, parts, strict=True)):
            # one after the other, so that progress never runs backwards
            def told(done: int, _total: int, index: int = index) -> None:
                progress((index * total + done) // len(parts), total)

            written += _write_part(folder / f"{name}.shp", results, dates, told)
        more = {
            "files": ", ".join(f"{name}.shp" for name in names),
            "fields": "CODE: number of the PS in StaMPS, hexadecimal; HEIGHT: of the DEM, m; H_STDEV: not known, "
            "empty; VEL, V_STDEV: mm/yr; COHERENCE: 0 to 1; EFF_AREA: 1 (a scatterer); DYYYYMMDD: mm",
        }
        return *written, write_description(folder / f"{STEM}.shp.txt", results, more=more)


def date_parts(results: Results) -> list[slice]:
    """
    Share the dates among as few parts as DBF can hold.

    Returns
    -------
    list of slice
        Of the dates; about equally long.

    Raises
    ------
    DataError
        If the file cannot hold so many scatterers with a single date.
    """
    n_ps, n_dates = len(results.table), len(results.table.dates)
    leading = 1 + _CODE_WIDTH + _AREA_WIDTH + sum(width for _, width, _ in _widths(results))
    by_size = (MAX_BYTES // max(n_ps, 1) - leading) // _date_width(results)
    most = min(MAX_FIELDS - len(_NUMBERS) - 2, by_size)
    if most < 1 or n_ps * _SHP_RECORD > MAX_BYTES:
        raise DataError(
            f"A shapefile cannot hold {n_ps:,} PS",
            where="export.formats",
            remedy='"gpkg", "fgb" or "parquet" instead of "shp"',
        )
    n_parts = math.ceil(n_dates / most)
    limits = [round(number * n_dates / n_parts) for number in range(n_parts + 1)]
    return [slice(low, high) for low, high in itertools.pairwise(limits)]


def _write_part(path: Path, results: Results, dates: slice, progress: Progress) -> list[Path]:
    """Write the files of one part in a folder of their own, then move them to their places."""
    schema = _schema(results, results.table.dates[dates])
    stream = Stream(schema, _batches(results, schema, dates, progress))
    last_change = max(results.table.dates).isoformat()  # not the clock: equal results give equal bytes
    with tempfile.TemporaryDirectory(prefix=f".{path.stem}{TEMPORARY_MARK}-", dir=path.parent) as place:
        part = Path(place) / path.name
        with gdal_errors(path, stream):
            pyogrio.write_arrow(
                stream.reader(),
                part,
                driver="ESRI Shapefile",
                geometry_name=GEOMETRY,
                geometry_type="Point",
                crs="EPSG:4326",
                encoding="UTF-8",
                layer_options={"DBF_DATE_LAST_UPDATE": last_change},
            )
        targets = [path.with_suffix(ending) for ending in _ENDINGS]
        for target in targets:
            with atomic_path(target) as other:
                (Path(place) / target.name).replace(other)
    return targets


def _schema(results: Results, dates: tuple[date, ...]) -> pa.Schema:
    """Return the fields; GDAL makes the width of a DBF number from the precision of a decimal, sign and point added."""
    text = pa.field("CODE", pa.string(), metadata={"GDAL:OGR:width": str(_CODE_WIDTH)})
    numbers = [(name, _decimal(width, digits)) for name, width, digits in _widths(results)]
    series = [(f"D{yyyymmdd(day)}", _decimal(_date_width(results), _DATE_DIGITS)) for day in dates]
    return pa.schema([(GEOMETRY, pa.binary()), text, *numbers, ("EFF_AREA", pa.int32()), *series])


def _decimal(width: int, digits: int) -> pa.DataType:
    return pa.decimal128(width - 2, digits)


def _batches(results: Results, schema: pa.Schema, dates: slice, progress: Progress) -> Iterator[pa.RecordBatch]:
    table = results.table
    widths = _widths(results)
    for rows in row_blocks(len(table), progress=progress):
        numbers = table["id"][rows]
        arrays = [wkb_points(table.lonlat[rows]), pa.array([f"{number:08x}" for number in numbers], pa.string())]
        for (_, column, _, _), (_, width, digits) in zip(_NUMBERS, widths, strict=True):
            values = np.full(len(numbers), np.nan) if column is None else table[column][rows]
            arrays.append(decimals(values, digits, precision=width - 2))
        arrays.append(pa.array(np.ones(len(numbers), np.int32)))
        for values in np.ascontiguousarray(table.displacement(rows)[:, dates].T):
            arrays.append(decimals(values, _DATE_DIGITS, precision=_date_width(results) - 2))
        yield pa.record_batch(arrays, schema=schema)


def _widths(results: Results) -> list[tuple[str, int, int]]:
    """Return the leading numbers with width and digits: those of MintPy, wider only where a value needs it."""
    return [
        (name, width if column is None else max(width, _needed(results.table[column], digits)), digits)
        for name, column, width, digits in _NUMBERS
    ]


def _date_width(results: Results) -> int:
    phase, factor = results.table.series.phase, abs(results.table.series.mm_per_rad)
    if not phase.size:
        return _DATE_WIDTH
    extremes = np.array([np.fmin.reduce(phase, axis=None), np.fmax.reduce(phase, axis=None)], dtype=np.float64)
    return max(_DATE_WIDTH, _needed(extremes * factor, _DATE_DIGITS) + 1)  # +1: the signs of phase and motion differ


def _needed(values: FloatArray, digits: int) -> int:
    """Return the letters that the longest of numbers takes."""
    known = values[np.isfinite(values)]
    if not known.size:
        return 0
    return max(len(f"{number:.{digits}f}") for number in (float(known.min()), float(known.max())))
