"""
Size of the report, and the time in which it opens in headless Chromium.

    python -m benchmarks.report [--ps N] [--dates N] [--runs N] [--json FILE]

A fresh browser for every run; the time is from asking for the file until the map is drawn and answers to clicks.
Software draws in the place of a graphics card.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.export import made_up_table
from snapstamps.model.units import datenum
from snapstamps.results.amplitude_map import AmplitudeMap, extent_of
from snapstamps.results.distributions import distributions
from snapstamps.results.figures.run import FIGURES
from snapstamps.results.overlays import Overlays
from snapstamps.results.overview import Overview
from snapstamps.results.quality import quality
from snapstamps.results.report.methods import Scenes, methods
from snapstamps.results.report.render import render
from snapstamps.stamps.parms import defaults
from snapstamps.stamps.store import StampsStore

ALLOWED_SECONDS = 3.0
ALLOWED_MEGABYTES = 15.0
THUMBNAILS = ("interferograms_wrapped", "interferograms_unwrapped")


def made_up_overview(n_ps: int, n_dates: int, folder: Path) -> Overview:
    """Return a run as large as a real one; its numbers are noise, which compresses no better than real ones."""
    table = made_up_table(n_ps, n_dates)
    rng = np.random.default_rng(4)
    days = [datenum(day) for day in table.dates]
    master = table.dates.index(table.master)
    bperp = rng.normal(0, 70, n_dates)
    bperp[master] = 0
    store = StampsStore(folder)
    phase = np.insert(table.series.phase, master, 0, axis=1)
    xy = (table.lonlat - table.lonlat.min(axis=0)) * 1e5
    store.write(
        "ps2",
        ij=np.column_stack([np.arange(n_ps), xy[:, ::-1] // 10]),
        lonlat=table.lonlat,
        xy=np.column_stack([np.arange(n_ps), xy]),
        bperp=bperp,
        day=np.array(days),
        master_day=days[master],
        master_ix=master + 1,
        n_ifg=n_dates,
        n_image=n_dates,
        n_ps=n_ps,
        ll0=table.lonlat.mean(axis=0),
        mean_incidence=0.6,
        mean_range=850_000.0,
    )
    store.write("ph2", ph=np.exp(1j * phase))
    store.write("phuw2", ph_uw=phase)
    extent = extent_of(table.lonlat)
    ground = AmplitudeMap(rng.random((900, 900)), extent)
    return Overview(
        name="Benchmark",
        store=store,
        table=table,
        days=table.dates,
        bperp=bperp,
        used=np.ones(n_dates, dtype=bool),
        noise=np.where(bperp == 0, np.nan, rng.uniform(20, 40, n_dates)),
        extent=extent,
        backgrounds={"hillshade": ground, "amplitude": ground},
        overlays=Overlays(),
        distributions=distributions(store, table, limit=10.0),
    )


def written_page(n_ps: int, n_dates: int, folder: Path) -> dict[str, float]:
    """Write the page of a made-up run; return its size and the seconds that it took."""
    view = made_up_overview(n_ps, n_dates, folder)
    start = time.perf_counter()
    page = render(
        view,
        stages=(),
        checks=quality(view, {}),
        text=methods(view, (), (), defaults(), Scenes((), simulated=True)),
        provenance={"software": "snapstamps"},
        changed=(),
        thumbnails={name: FIGURES[name](view) for name in THUMBNAILS},
    )
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return {"write_seconds": time.perf_counter() - start, "megabytes": path.stat().st_size / 1e6}


def opening_seconds(path: Path, runs: int) -> list[float]:
    """Open the page in so many fresh browsers."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from browser import CHROMIUM, chromium  # noqa: PLC0415 - the tests' own driver

    if CHROMIUM is None:
        return []
    seconds = []
    for _ in range(runs):
        with chromium() as tab:
            tab.resize(1280, 900)
            seconds.append(tab.open(path.as_uri()))
    return seconds


def main() -> int:
    """Measure, print the figures, and fail where the page is too large or opens too slowly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ps", type=int, default=50_000, help="number of scatterers")
    parser.add_argument("--dates", type=int, default=50, help="number of dates, the master's included")
    parser.add_argument("--runs", type=int, default=5, help="browsers")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-report-") as place:
        row = written_page(arguments.ps, arguments.dates, Path(place))
        seconds = opening_seconds(Path(place) / "report.html", arguments.runs)
    opens = f"opens in {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})" if seconds else ""
    print(
        f"report: {arguments.ps} PS x {arguments.dates} dates: written in {row['write_seconds']:.1f} s, "
        f"{row['megabytes']:.1f} MB (at most {ALLOWED_MEGABYTES:g}), "
        f"{opens or 'not opened: Chromium is absent'} (at most {ALLOWED_SECONDS:g} s)"
    )
    if arguments.json:
        figures = {"ps": arguments.ps, "dates": arguments.dates, **row, "open_seconds": seconds}
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    too_slow = bool(seconds) and statistics.median(seconds) > ALLOWED_SECONDS
    return int(too_slow or row["megabytes"] > ALLOWED_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
