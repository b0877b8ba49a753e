"""
A million PS on 44 dates, from the simulation to the GeoPackage, on a small machine: ``make bench-large``.

    python -m benchmarks.large FOLDER [--workers 2] [--lines 3800] [--json FILE] [--keep]

The scene of 15 million pixels (11 GB, and as much again for what is made of it) is simulated line by line and deleted
in the end. The memory is that of all processes together, looked at several times a second; shared pages count once.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from snapstamps.config.load import resolve
from snapstamps.journal import Journal
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.memory import free_memory
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import scene_size, simulate_export

DATES, LINES, PS_PER_KM2 = 44, 3800, 280
MOST_PIXELS, MOST_BYTES = 30_000_000, 21e9
"""What the benchmark may take: pixels, and disk of the export."""
MOST_MEMORY = 24e9
LOOKS_PER_SECOND = 4


class MemoryWatch(threading.Thread):
    """Looks at the memory of all processes of a session until it is told to stop."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session, self.peak, self._stopped = session, 0, threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(1 / LOOKS_PER_SECOND):
            self.peak = max(self.peak, sum(map(_proportional_bytes, _processes_of(self.session))))

    def stop(self) -> int:
        self._stopped.set()
        self.join()
        return self.peak


def _processes_of(session: int) -> list[Path]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.append(folder)
    return found


def _proportional_bytes(folder: Path) -> int:
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def simulate(folder: Path, lines: int) -> dict[str, float]:
    """Simulate the scene, unless it is there; return what it is and how long it took."""
    spec = preset("large").model_copy(update={"n_lines": lines, "n_dates": DATES})
    spec = spec.model_copy(update={"scatterers": spec.scatterers.model_copy(update={"ps_per_km2": PS_PER_KM2})})
    size = scene_size(spec)
    pixels = size.n_lines * size.n_samples
    if pixels > MOST_PIXELS or size.export_bytes > MOST_BYTES:
        raise SystemExit(f"{pixels} pixels, {size.export_bytes / 1e9:.0f} GB: more than the benchmark may take")
    start = time.perf_counter()
    if not list(folder.glob("INSAR_*")):
        simulate_export(spec, folder)
    seconds = time.perf_counter() - start
    return {"pixels": pixels, "dates": size.n_scenes, "export_bytes": size.export_bytes, "simulate_seconds": seconds}


def process(scene: Path, folder: Path, workers: int) -> dict[str, object]:
    """Run the project by the command line; return the figures of every unit, and the memory of all together."""
    export = next(scene.glob("INSAR_*")).resolve()
    table = {
        "stamps_export": {"folder": str(export)},
        "export": {"figures": []},
        "run": {"workers": workers},
    }
    if not (folder / "snapstamps.toml").is_file():
        create_project(folder, resolve(table, environment={}, overrides={}).options)
    words = [sys.executable, "-m", "snapstamps.cli.main", "run", "--to", "export", "-C", str(folder)]
    start = time.perf_counter()
    running = subprocess.Popen(words, start_new_session=True)
    watch = MemoryWatch(running.pid)
    watch.start()
    status = running.wait()
    peak, seconds = watch.stop(), time.perf_counter() - start
    if status:
        raise SystemExit(f"the run ended with {status}; it goes on with the same command")
    records = Journal(folder / "logs" / "journal.jsonl").last_done().values()
    units = [
        {"unit": one.unit, "seconds": one.seconds, "peak_memory": one.peak_memory, **one.counts} for one in records
    ]
    results = folder / "products" / "velocity.gpkg"
    made = sum(path.stat().st_size for path in (folder / "stamps").rglob("*") if path.is_file())
    return {
        "workers": workers,
        "run_seconds": seconds,
        "peak_memory": peak,
        "stamps_bytes": made,
        "gpkg_bytes": results.stat().st_size,
        "ps": next(one.counts["ps_out"] for one in records if one.unit == "export"),
        "units": units,
    }


def main() -> int:
    """Simulate, run, print; fail where there are fewer PS, or more memory is used, than promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="on a disk with 35 GB free")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--lines", type=int, default=LINES, help="azimuth lines; fewer for a trial")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--keep", action="store_true", help="do not delete scene and project in the end")
    arguments = parser.parse_args()
    scene, project = arguments.folder / "scene", arguments.folder / "project"
    figures = {
        "cores": len(os.sched_getaffinity(0)),
        "free_memory": free_memory(),
        **simulate(scene, arguments.lines),
        **process(scene, project, arguments.workers),
    }
    for unit in figures["units"]:
        counts = ", ".join(f"{value:,} {name}" for name, value in unit.items() if name in {"candidates", "ps_out"})
        print(f"{unit['unit']:<20} {unit['seconds']:9.1f} s {unit['peak_memory'] / 1e9:6.2f} GB  {counts}")
    print(
        f"{figures['ps']:,} PS x {figures['dates']} dates: {figures['run_seconds'] / 60:.0f} minutes, "
        f"{figures['peak_memory'] / 1e9:.1f} GB of memory at the most (at most {MOST_MEMORY / 1e9:g})"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    if not arguments.keep:
        shutil.rmtree(scene)
        shutil.rmtree(project)
    enough = figures["ps"] >= 1e6 * arguments.lines / LINES
    return int(not enough or figures["peak_memory"] > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
