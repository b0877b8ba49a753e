"""A small export for the tests of the candidates: speckle with steady pixels in it."""

from pathlib import Path

import numpy as np

from snapstamps.formats.stamps_export import open_stack
from snapstamps.model.stack import Stack

DATES = ("20200101", "20200113", "20200125", "20200206", "20200218", "20200301")
MASTER = "20200125"
WIDTH, LENGTH = 61, 47
LON_STEP, LAT_STEP = 4.8e-5, 1.25e-4


def speckle(seed: int, n_scenes: int = len(DATES), width: int = WIDTH, length: int = LENGTH) -> np.ndarray:
    """Return SLCs in which about every fifth pixel is steady; shape (n_scenes, length, width)."""
    rng = np.random.default_rng(seed)
    shape = (n_scenes, length, width)
    steady = 5 * (rng.random(shape[1:]) < 0.2)
    noise = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    return ((noise + steady) * 30 * rng.uniform(0.5, 2, (n_scenes, 1, 1))).astype(np.complex64)


def write_export(folder: Path, slcs: np.ndarray, *, seed: int = 0) -> Stack:
    """Write SLCs, made-up interferograms and positions as SNAP lays them out; open the result."""
    for name in ("rslc", "diff0", "geo", "dem"):
        (folder / name).mkdir(parents=True)
    n_scenes, length, width = slcs.shape
    rng = np.random.default_rng(seed)
    header = f"title:\ttest\nrange_samples:\t{width}\nazimuth_lines:\t{length}\n"
    for day, slc in zip(DATES[:n_scenes], slcs, strict=True):
        slc.astype(">c8").tofile(folder / "rslc" / f"{day}.rslc")
        (folder / "rslc" / f"{day}.rslc.par").write_text(header)
        if day != MASTER:
            phase = rng.uniform(-np.pi, np.pi, (length, width))
            np.exp(1j * phase).astype(">c8").tofile(folder / "diff0" / f"{MASTER}_{day}.diff")
            (folder / "diff0" / f"{MASTER}_{day}.base").write_text("initial_baseline(TCN):\t0.0\t50.0\t10.0\n")
    rows, columns = np.mgrid[0:length, 0:width]
    (105.0 + columns * LON_STEP).astype(">f4").tofile(folder / "geo" / f"{MASTER}.lon")
    (21.0 + rows * LAT_STEP).astype(">f4").tofile(folder / "geo" / f"{MASTER}.lat")
    rng.uniform(0, 500, (length, width)).astype(">f4").tofile(folder / "geo" / "elevation_dem.rdc")
    return open_stack(folder)


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, hidden ones included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
