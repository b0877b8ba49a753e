"""The rasters of an export that StaMPS reads, and their sizes in bytes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.formats.gamma_raster import COMPLEX, FLOAT
from snapstamps.snap.findings import Finding
from snapstamps.snap.header_checks import RasterSize
from snapstamps.snap.listing import ExportListing, pair_name, slc_name


@dataclass(frozen=True)
class Raster:
    """
    A raster that is there.

    Attributes
    ----------
    file : str
        Relative name.
    dtype : numpy.dtype
        ``COMPLEX`` or ``FLOAT``.
    """

    file: str
    dtype: np.dtype[Any]


def rasters_of(listing: ExportListing) -> tuple[Raster, ...]:
    """Return the rasters that StaMPS would read: SLCs, interferograms, positions, heights."""
    geometry = (listing.chosen(listing.lons), listing.chosen(listing.lats), listing.chosen(listing.heights))
    return (
        *(Raster(slc_name(day), COMPLEX) for day in sorted(listing.slcs)),
        *(Raster(pair_name(*pair, ".diff"), COMPLEX) for pair in sorted(listing.diffs) if pair[0] != pair[1]),
        *(Raster(file, FLOAT) for file in geometry if file is not None),
    )


def check_size(folder: Path, raster: Raster, size: RasterSize) -> Finding | None:
    """
    Check the bytes of a raster against the size of the scene.

    Parameters
    ----------
    folder : Path
        The export.
    raster : Raster
        An existing file.
    size : RasterSize
        That the headers agree on.

    Returns
    -------
    Finding or None
        None for the right size.
    """
    found = (folder / raster.file).stat().st_size
    needed = size.width * size.length * raster.dtype.itemsize
    if found == needed:
        return None
    what = f"has {found} bytes; {size.width} samples x {size.length} lines need {needed}"
    return Finding("file-size", "error", raster.file, what, _cause(raster, found, needed), "export it again")


def _cause(raster: Raster, found: int, needed: int) -> str:
    if found == 0:
        return "the file is empty: SNAP was stopped, or the disk was full"
    if found == needed / 2 and raster.dtype == COMPLEX:
        return "half of it is missing, or these are 16-bit integers; StaMPS reads complex float32"
    if found == needed * 2 and raster.dtype == FLOAT:
        return "these may be 64-bit floats, which spoil the SLCs of the same export too; StaMPS reads float32"
    if found < needed:
        return "it was not written to its end: SNAP was stopped, or the disk was full"
    return "it is of another size than the headers say: two exports may be mixed here"
