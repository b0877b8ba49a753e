"""
The files of StaMPS-Visualizer: displacement series and baselines.

Its columns count by position: longitude, latitude, velocity, then one displacement per date. The second line holds the
position of the reference and the dates, as MATLAB's datenum minus 1, which R then counts from the year 0. Scatterers
are taken by their rows; StaMPS-Visualizer's own manual matches them by rounded coordinates, which neighbours share.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from snapstamps.formats.atomic import write_text
from snapstamps.formats.visualizer import BaselineRow, baseline_text, site_name, stand_in_product
from snapstamps.kernels.arrays import IntArray
from snapstamps.kernels.coherence_model import modelled_coherence
from snapstamps.model.units import datenum, yyyymmdd
from snapstamps.results.acquisitions import SLICES, Acquisition
from snapstamps.results.arrow_table import Progress, decimal_schema, decimals, row_blocks
from snapstamps.results.formats.base import Format, Results, write_description
from snapstamps.results.formats.csv_text import write_csv
from snapstamps.results.thinning import thin

POINT_LIMIT = 50_000
"""Points that StaMPS-Visualizer draws unless its settings say otherwise."""

FOLDER = "visualizer"
_POSITION_DIGITS, _VALUE_DIGITS = 7, 4
_BLOCK_ROWS = 16_384


class Visualizer(Format):
    """Two folders to be copied into StaMPS-Visualizer's ``input``."""

    name = "visualizer"
    files = (f"{FOLDER}/stusi/*.csv", f"{FOLDER}/baseline_info/*.csv", f"{FOLDER}/about.txt")
    content = "Displacement series (above 50 000 PS also a thinned copy) and the list of baselines"
    readers = "StaMPS-Visualizer: copy `stusi` and `baseline_info` into its folder `input`"
    bytes_per_value = 12

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write the series, a thinned copy where there are too many, the baselines, and what they mean."""
        place = folder / FOLDER
        series, baselines = place / "stusi", place / "baseline_info"
        for each in (series, baselines):
            each.mkdir(parents=True, exist_ok=True)
        table = results.table
        rows = _complete_rows(results)
        whole = series / f"{site_name(results.name)}.csv"
        _write_series(whole, results, rows, progress)
        written = [whole]
        thinned = thin(table.lonlat, table["coherence"], rows, limit=POINT_LIMIT)
        if thinned.cell:
            written.append(series / f"{site_name(results.name, ending='_thinned')}.csv")
            _write_series(written[-1], results, thinned.rows, lambda _done, _total: None)
        written.append(baselines / f"{site_name(results.name)}.csv")
        write_text(written[-1], _baselines(results))
        more = {
            "files": ", ".join(str(path.relative_to(place)) for path in written),
            "columns": "longitude, latitude, velocity (mm/yr), displacement (mm) at each date",
            "second_line": "reference position, NaN, dates as MATLAB's datenum - 1",
            "left_out": f"{len(table) - len(rows)} PS without a velocity or with a date missing",
            "thinned": thinned.rule,
        }
        return *written, write_description(place / "about.txt", results, more=more)


def _complete_rows(results: Results) -> IntArray:
    """Return the scatterers without gaps: the ranges of StaMPS-Visualizer's axes do not bear any."""
    table = results.table
    complete = np.isfinite(table["velocity"])
    for rows in row_blocks(len(table)):
        complete[rows] &= np.isfinite(table.series.phase[rows]).all(axis=1)
    return np.flatnonzero(complete)


def _write_series(path: Path, results: Results, chosen: IntArray, progress: Progress) -> None:
    table = results.table
    names = ["lon", "lat", "velocity_mm_yr_towards_satellite", *(f"{name}_mm" for name in table.date_names)]
    lon, lat = (f"{degrees:.{_POSITION_DIGITS}f}" for degrees in results.reference_centre)
    days = [str(round(datenum(day)) - 1) for day in table.dates]
    second = [_not_a_number(lon), _not_a_number(lat), "NaN", *days]
    digits = [_POSITION_DIGITS, _POSITION_DIGITS, *[_VALUE_DIGITS] * (len(table.dates) + 1)]
    schema = decimal_schema(names, digits)

    def batches() -> Iterator[pa.RecordBatch]:
        for block in row_blocks(len(chosen), block_rows=_BLOCK_ROWS, progress=progress):
            rows = chosen[block]
            columns = [*table.lonlat[rows].T, table["velocity"][rows], *table.displacement(rows).T]
            arrays = [decimals(column, count) for column, count in zip(columns, digits, strict=True)]
            yield pa.record_batch(arrays, schema=schema)

    write_csv(path, [names, second], batches(), schema)


def _not_a_number(text: str) -> str:
    return "NaN" if text == "nan" else text


def _baselines(results: Results) -> str:
    master = next(each for each in results.acquisitions if each.role == "master")
    slaves = [each for each in results.acquisitions if each.role == "slave"]
    half_cycle = float(results.table.series.wavelength) / 2
    per_metre = half_cycle * results.slant_range * np.sin(results.incidence)
    perpendicular = np.array([each.perpendicular_baseline for each in slaves])
    days = np.array([each.temporal_baseline for each in slaves], dtype=np.float64)
    rows = [
        BaselineRow(
            product=_product(each),
            perpendicular=each.perpendicular_baseline,
            temporal=-each.temporal_baseline,
            coherence=coherence,
            height_of_ambiguity=-per_metre / each.perpendicular_baseline if each.perpendicular_baseline else 0.0,
        )
        for each, coherence in zip(slaves, modelled_coherence(perpendicular, days).tolist(), strict=True)
    ]
    return baseline_text(_product(master), rows)


def _product(each: Acquisition) -> str:
    first_slice = (each.facts.product or "").partition(SLICES)[0]
    return first_slice or stand_in_product(yyyymmdd(each.day))
