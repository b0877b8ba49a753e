"""
Time of writing results as GeoPackage, against pyogrio's own time for the same table.

    python -m benchmarks.export [--ps N] [--dates N] [--json FILE]

Both start from arrays in memory. pyogrio writes a GeoDataFrame that is at hand already, with and without Arrow,
and the faster of the two counts; ours makes the displacements from the phase while it writes.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np

from snapstamps.model.units import date_of_datenum
from snapstamps.results.geopackage import write_geopackage
from snapstamps.results.phase import QuantityPhase
from snapstamps.results.reference import Reference
from snapstamps.results.table import Column, PsTable
from snapstamps.results.velocity import velocity_of

ALLOWED_RATIO = 1.3
WAVELENGTH = 0.05546576
MASTER_DAY = 737_550.0
RUNS = 5


def made_up_table(n_ps: int, n_dates: int) -> PsTable:
    """Return a table as large as a real one; its numbers mean nothing."""
    rng = np.random.default_rng(3)
    days = 12.0 * np.delete(np.arange(n_dates) - n_dates // 2, n_dates // 2)
    series = QuantityPhase(
        quantity="v-do",
        phase=rng.normal(size=(n_ps, n_dates - 1)).astype(np.float32),
        columns=np.arange(n_dates - 1),
        days=days,
        weights=np.ones(n_dates - 1),
        wavelength=WAVELENGTH,
        reference=Reference(None, "none"),
    )
    names = (
        *("velocity", "velocity_std", "velocity_std_formal", "coherence", "height", "dem_error", "d_a", "incidence"),
        *("look_e", "look_n", "look_u", "lon_corrected", "lat_corrected"),
    )
    numbers = Column("id", "-", "number", np.arange(1, n_ps + 1, dtype=np.int32))
    return PsTable(
        lonlat=np.column_stack([105 + 0.3 * rng.random(n_ps), 21 + 0.3 * rng.random(n_ps)]),
        columns=(numbers, *(Column(name, "-", name, rng.normal(size=n_ps)) for name in names)),
        velocity=velocity_of(series, n_bootstrap=10),
        series=series,
        master_day=MASTER_DAY,
        dates=tuple(date_of_datenum(MASTER_DAY + day) for day in sorted([0.0, *days])),
        dropped=(),
        heading=348.0,
        notes=(),
    )


def as_geodataframe(table: PsTable) -> geopandas.GeoDataFrame:
    """Return the same table as geopandas holds it."""
    displacement = np.ascontiguousarray(table.displacement(slice(None)).T)
    columns = {column.name: column.values for column in table.columns}
    dates = dict(zip(table.date_names, displacement, strict=True))
    points = geopandas.points_from_xy(*table.lonlat.T)
    return geopandas.GeoDataFrame({**columns, **dates}, geometry=points, crs="EPSG:4326")


def measure(n_ps: int, n_dates: int, folder: Path) -> dict[str, float]:
    """Time the writers in turns, so that none has the quieter machine; return the fastest runs."""
    table = made_up_table(n_ps, n_dates)
    frame = as_geodataframe(table)
    ours, theirs = folder / "ours.gpkg", folder / "pyogrio.gpkg"
    writers: dict[str, Callable[[], object]] = {
        "pyogrio_seconds": lambda: _replace(frame, theirs, use_arrow=False),
        "pyogrio_arrow_seconds": lambda: _replace(frame, theirs, use_arrow=True),
        "export_seconds": lambda: write_geopackage(ours, table, {"title": "benchmark"}),
    }
    seconds = {name: min(times) for name, times in _in_turns(writers).items()}
    floor = min(seconds["pyogrio_seconds"], seconds["pyogrio_arrow_seconds"])
    return {
        "ps": n_ps,
        "dates": n_dates,
        "megabytes": ours.stat().st_size / 1e6,
        **seconds,
        "ratio": seconds["export_seconds"] / floor,
    }


def _in_turns(actions: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(RUNS):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def _replace(frame: geopandas.GeoDataFrame, path: Path, *, use_arrow: bool) -> None:
    path.unlink(missing_ok=True)
    frame.to_file(path, layer="ps", driver="GPKG", engine="pyogrio", use_arrow=use_arrow)


def main() -> int:
    """Measure, print the figures, and fail where the ratio is above what is allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ps", type=int, default=100_000, help="number of scatterers")
    parser.add_argument("--dates", type=int, default=50, help="number of dates, the master's included")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-export-") as place:
        row = measure(arguments.ps, arguments.dates, Path(place))
    print(
        f"export: {row['ps']} PS x {row['dates']} dates, {row['megabytes']:.0f} MB: {row['export_seconds']:.2f} s; "
        f"pyogrio {row['pyogrio_seconds']:.2f} s, with Arrow {row['pyogrio_arrow_seconds']:.2f} s; "
        f"ratio {row['ratio']:.2f} (at most {ALLOWED_RATIO:g})"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(row, indent=1) + "\n")
    return int(row["ratio"] > ALLOWED_RATIO)


if __name__ == "__main__":
    sys.exit(main())
