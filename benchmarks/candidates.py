"""
Time of the candidates stage, phase extraction included, against the floor of the same run.

    python -m benchmarks.candidates [--export INSAR_…] [--workers N] [--json FILE]

The export is repeated along azimuth until its SLCs have at least 230 MB. Without one (the reference scene is
not part of the project) a random one is made: speckle, with steady pixels strewn over it.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.floor import floor_seconds, rasters_of
from snapstamps.candidates.run import prepare_candidates
from snapstamps.config.options import CandidatesOptions
from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.formats.stamps_export import open_stack

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "S" / "INSAR_20190505"
SLC_BYTES = 230e6
ALLOWED_RATIO = 3.0
RUNS = 5
OPTIONS = CandidatesOptions(patches=(1, 1))
PARMS = {"unwrap_grid_size": 50}


def repeat_export(export: Path, target: Path, slc_bytes: float = SLC_BYTES) -> Path:
    """Repeat all rasters of an export along azimuth until its SLCs have ``slc_bytes`` together."""
    stack = open_stack(export)
    copies = max(1, int(np.ceil(slc_bytes / (len(stack.slcs) * stack.width * stack.length * 8))))
    for source in (path for name in ("rslc", "diff0", "geo") for path in (export / name).iterdir()):
        place = target / source.parent.name / source.name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in {".rslc", ".diff", ".lon", ".lat", ".rdc"}:
            place.write_bytes(source.read_bytes() * copies)
        else:
            shutil.copyfile(source, place)
    header = target / "rslc" / stack.header.name
    GammaHeader.read(header).with_value("azimuth_lines", str(stack.length * copies)).write(header)
    return target


def random_export(target: Path, n_scenes: int = 20, width: int = 640, length: int = 300) -> Path:
    """Make an export of speckle in which one pixel in ten is steady."""
    rng = np.random.default_rng(2)
    for name in ("rslc", "diff0", "geo"):
        (target / name).mkdir(parents=True)
    steady = np.where(rng.random((length, width)) < 0.1, 6.0, 0.0)
    days = [f"2020{month:02d}{day:02d}" for month in range(1, 13) for day in (1, 13, 25)][:n_scenes]
    lines = [f"range_samples:\t{width}", f"azimuth_lines:\t{length}"]
    (target / "rslc" / f"{days[0]}.rslc.par").write_text("\n".join(lines) + "\n")
    for day in days:
        speckle = rng.standard_normal((length, width)) + 1j * rng.standard_normal((length, width))
        ((speckle + steady) * 40).astype(">c8").tofile(target / "rslc" / f"{day}.rslc")
        if day != days[0]:
            (target / "diff0" / f"{days[0]}_{day}.base").write_text("")
            speckle.astype(">c8").tofile(target / "diff0" / f"{days[0]}_{day}.diff")
    rows, columns = np.mgrid[0:length, 0:width]
    (12 + columns * 4e-5).astype(">f4").tofile(target / "geo" / f"{days[0]}.lon")
    (42 + rows * 1.2e-4).astype(">f4").tofile(target / "geo" / f"{days[0]}.lat")
    np.zeros((length, width), ">f4").tofile(target / "geo" / "elevation_dem.rdc")
    return target


def measure(export: Path, workdir: Path, workers: int) -> dict[str, float]:
    """
    Time floor and stage on one export, in turns; return the figures.

    The first turn of each warms cache and compilation and does not count; the fastest of the others does.
    """
    stack = open_stack(export)
    rasters = rasters_of(export)
    floor, stage = [], []
    for _ in range(RUNS + 1):
        floor.append(floor_seconds(rasters))
        start = time.perf_counter()
        found = prepare_candidates(stack, workdir, OPTIONS, PARMS, workers=workers)
        stage.append(time.perf_counter() - start)
    return {
        "slc_megabytes": sum(path.stat().st_size for path in stack.slcs) / 1e6,
        "ifg_megabytes": sum(ifg.diff.stat().st_size for ifg in stack.interferograms) / 1e6,
        "candidates": found.n_cand,
        "workers": workers,
        "floor_seconds": min(floor[1:]),
        "stage_seconds": min(stage[1:]),
        "ratio": min(stage[1:]) / min(floor[1:]),
    }


def main() -> int:
    """Measure with one worker and with all, print the figures, and fail where the ratio is above 3."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--export", type=Path, help="an INSAR_… folder; by default the reference scene, or a random one"
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of workers to measure")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-candidates-") as place:
        folder = Path(place)
        export = arguments.export or (REFERENCE if REFERENCE.is_dir() else random_export(folder / "random"))
        large = repeat_export(export, folder / "large")
        figures = [measure(large, folder / "stamps", workers) for workers in arguments.workers]
    for row in figures:
        print(
            f"candidates: {row['slc_megabytes']:.0f} MB of SLCs, {row['ifg_megabytes']:.0f} MB of interferograms, "
            f"{row['candidates']} candidates, {row['workers']} worker(s): {row['stage_seconds']:.3f} s; "
            f"floor {row['floor_seconds']:.3f} s; ratio {row['ratio']:.2f} (at most {ALLOWED_RATIO:g})"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    return int(any(row["ratio"] > ALLOWED_RATIO for row in figures))


if __name__ == "__main__":
    sys.exit(main())
