"""
The export of one pair: verified in a folder of its own, then moved into ``INSAR_<master>``.

SNAP rewrites the master's image, the positions and the heights with every pair. Here they are replaced only where
they differ, so that pairs that are added later leave what is there as it was.
"""

import filecmp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.formats.gamma_raster import COMPLEX, FLOAT
from snapstamps.model.errors import DataError
from snapstamps.model.units import yyyymmdd
from snapstamps.snap.baseline_files import check_baseline
from snapstamps.snap.listing import pair_name, slc_name
from snapstamps.snap.repair import original_of
from snapstamps.snap.work_folder import move

_LEAST_FILLED = 0.5
_LINES = 24


@dataclass(frozen=True)
class PairExport:
    """
    What the export of one pair consists of, as names relative to ``INSAR_<master>``.

    Attributes
    ----------
    master, slave : date
        Of the pair.
    width, length : int
        Range samples and azimuth lines.
    """

    master: date
    slave: date
    width: int
    length: int

    @property
    def rasters(self) -> tuple[str, ...]:
        """Return the rasters of the pair alone."""
        return slc_name(self.slave), pair_name(self.master, self.slave, ".diff")

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the headers of the pair alone, and its baseline."""
        return (*(f"{name}.par" for name in self.rasters), pair_name(self.master, self.slave, ".base"))

    @property
    def shared(self) -> tuple[str, ...]:
        """Return the rasters that all pairs share."""
        geo = (f"geo/{yyyymmdd(self.master)}.{ending}" for ending in ("lon", "lat"))
        return slc_name(self.master), *geo, "geo/elevation_dem.rdc"

    @property
    def needed(self) -> tuple[str, ...]:
        """Return all that must be there once the pair is exported."""
        return *self.rasters, *self.texts, *self.shared, *(f"{name}.par" for name in self.shared)


def verify_pair_export(folder: Path, pair: PairExport) -> tuple[str, ...]:
    """
    Verify what SNAP wrote for one pair.

    Parameters
    ----------
    folder : Path
        That it was written to.
    pair : PairExport
        What it must be.

    Returns
    -------
    tuple of str
        What the user should know.

    Raises
    ------
    DataError
        With what is wrong.
    """
    for name in pair.needed:
        if not (folder / name).is_file():
            raise _wrong(folder / name, "it is missing")
    pixels = pair.width * pair.length
    for name in (*pair.rasters, *pair.shared):
        dtype = FLOAT if name.startswith("geo/") else COMPLEX
        wanted, found = pixels * dtype.itemsize, (folder / name).stat().st_size
        if found != wanted:
            raise _wrong(folder / name, f"it has {found} bytes instead of {wanted}")
    for name in (slc_name(pair.master), *pair.rasters):
        header = GammaHeader.read(folder / f"{name}.par")
        size = (header.number("range_samples"), header.number("azimuth_lines"))
        if size != (pair.width, pair.length):
            raise _wrong(folder / f"{name}.par", f"it says {size[0]:g} x {size[1]:g} pixels")
    finding = check_baseline(folder, pair_name(pair.master, pair.slave, ".base"))
    if finding is not None:
        raise DataError(finding.what, where=folder / finding.file, why=finding.why, remedy=finding.remedy)
    return tuple(_empty_notes(folder, pair))


def _empty_notes(folder: Path, pair: PairExport) -> Iterator[str]:
    for name in pair.rasters:
        pixels = np.memmap(folder / name, COMPLEX, "r", shape=(pair.length, pair.width))
        rows = np.unique((np.arange(_LINES) + 0.5) * pair.length / _LINES).astype(int)
        share = float(np.mean([np.mean(pixels[row] != 0) for row in rows]))
        if share < _LEAST_FILLED:
            raise _wrong(folder / name, f"it is {100 * (1 - share):.0f} % zero")
        if share < 0.9:
            yield f"{name}: {100 * (1 - share):.0f} % zero"


def publish_pair_export(made: Path, target: Path, pair: PairExport) -> None:
    """
    Move a verified export of a pair into the export of the stack.

    Parameters
    ----------
    made : Path
        Folder that SNAP wrote.
    target : Path
        ``INSAR_<master>``; made if it is not there.
    pair : PairExport
        What it is.
    """
    own = {*pair.rasters, *pair.texts}
    for path in sorted(made.rglob("*")):
        name = path.relative_to(made).as_posix()
        place = target / name
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif name in own or not _is_same(path, place):
            # what a repair kept beside the former file is of the former file
            original_of(place).unlink(missing_ok=True)
            move(path, place)


def _is_same(made: Path, place: Path) -> bool:
    """Tell whether a shared file is there already, repaired since or not."""
    original = original_of(place)
    there = original if original.is_file() else place
    return place.is_file() and filecmp.cmp(made, there, shallow=False)


def _wrong(path: Path, fact: str) -> DataError:
    return DataError(
        f"{path.name} of the export is not what it should be: {fact}",
        where=path,
        remedy="look into the log of its run; the products of the pair are kept until this holds",
    )
