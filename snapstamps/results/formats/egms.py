"""
CSV with the columns of the European Ground Motion Service's level 2 (basic and calibrated), in their order.

"EGMS-like", not EGMS: the results are not calibrated with GNSS, easting and northing are in the UTM zone of the area
(EGMS has EPSG:3035, which Europe alone is made for), and heights are those of the DEM.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyproj

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.kernels.series_model import MIN_YEARS, fit_series
from snapstamps.model.units import yyyymmdd
from snapstamps.results.arrow_table import Progress, decimal_schema, decimals, row_blocks
from snapstamps.results.formats.base import STEM, Format, Results, write_description
from snapstamps.results.formats.csv_text import write_csv
from snapstamps.results.projection import utm_zone

DIGITS: dict[str, int] = {
    "pid": 0,
    "mp_type": 0,
    "latitude": 6,
    "longitude": 6,
    "easting": 2,
    "northing": 2,
    "height": 1,
    "height_wgs84": 1,
    "line": 0,
    "pixel": 0,
    "rmse": 1,
    "temporal_coherence": 2,
    "amplitude_dispersion": 2,
    "incidence_angle": 2,
    "track_angle": 2,
    "los_east": 3,
    "los_north": 3,
    "los_up": 3,
    "mean_velocity": 1,
    "mean_velocity_std": 1,
    "acceleration": 2,
    "acceleration_std": 2,
    "seasonality": 1,
    "seasonality_std": 1,
}
"""Columns before the displacements, with their digits after the point."""

_DISPLACEMENT_DIGITS = 1
_BLOCK_ROWS = 8_192


class EgmsCsv(Format):
    """One line per scatterer."""

    name = "csv"
    files = (f"{STEM}.csv", f"{STEM}.csv.txt")
    content = "EGMS-like CSV: the columns of EGMS level 2 in their order, dates as `YYYYMMDD`"
    readers = "spreadsheets, pandas, R, InSAR Explorer, scripts made for EGMS"
    bytes_per_value = 9

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write ``velocity.csv`` and, since CSV has no room for them, sign, reference and dates beside it."""
        names = [*DIGITS, *(yyyymmdd(day) for day in results.table.dates)]
        digits = [*DIGITS.values(), *[_DISPLACEMENT_DIGITS] * len(results.table.dates)]
        schema = decimal_schema(names, digits)
        path = folder / f"{STEM}.csv"
        write_csv(path, [names], _batches(results, schema, digits, progress), schema)
        zone = utm_zone(results.table.lonlat)
        more = {
            "file": f"{path.name}: EGMS-like, but not EGMS: not calibrated with GNSS",
            "easting_northing": f"EPSG:{zone}, m",
            "height": "of the DEM, m; height_wgs84 is not known and empty",
            "mean_velocity": "mm/yr, with its bootstrap standard deviation",
            "rmse, acceleration, seasonality": "of a cubic with a yearly term, mm; of a parabola with one, mm/yr2; "
            f"amplitude of the yearly term, mm; empty where the dates span less than {MIN_YEARS} years",
            "YYYYMMDD": "displacement at that date, mm",
        }
        return path, write_description(folder / f"{STEM}.csv.txt", results, more=more)


def _batches(results: Results, schema: pa.Schema, digits: list[int], progress: Progress) -> Iterator[pa.RecordBatch]:
    table = results.table
    project = pyproj.Transformer.from_crs(4326, utm_zone(table.lonlat), always_xy=True).transform
    for rows in row_blocks(len(table), block_rows=_BLOCK_ROWS, progress=progress):
        displacement = table.displacement(rows)
        east, north = project(*table.lonlat[rows].T)
        columns = [*_columns(results, rows, displacement, np.asarray(east), np.asarray(north)), *displacement.T]
        arrays = [decimals(column, count) for column, count in zip(columns, digits, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


def _columns(
    results: Results, rows: slice, displacement: FloatArray, east: FloatArray, north: FloatArray
) -> Iterator[Array]:
    """Yield the columns before the displacements, in the order of ``DIGITS``."""
    table = results.table
    model = fit_series(displacement, results.years)
    lines, samples = results.pixels[rows].T
    n_rows = len(displacement)
    yield table["id"][rows]
    yield np.zeros(n_rows)  # 0: a persistent scatterer
    yield table.lonlat[rows, 1]
    yield table.lonlat[rows, 0]
    yield east
    yield north
    yield table["height"][rows]
    yield np.full(n_rows, np.nan)  # the height system of the DEM is not known
    yield lines
    yield samples
    yield model.rmse
    yield table["coherence"][rows]
    yield table["d_a"][rows]
    yield table["incidence"][rows]
    yield np.full(n_rows, table.heading)
    yield table["look_e"][rows]
    yield table["look_n"][rows]
    yield table["look_u"][rows]
    yield table["velocity"][rows]
    yield table["velocity_std"][rows]
    yield model.acceleration
    yield model.acceleration_std
    yield model.seasonality
    yield model.seasonality_std
