"""
The floor of the candidates stage: what reading and looking at the data costs at the least in plain numpy.

Every .rslc and .diff is read once with fromfile and byte-swapped, its amplitude taken in double precision and
summed. The stage reads every SLC twice and writes its results; it is to stay within three times this.
"""

import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np


def amplitude_sum(path: Path) -> float:
    """Read one raster of complex values and return the sum of its amplitudes."""
    values = np.fromfile(path, dtype=">c8").astype(np.complex128)
    return float(np.abs(values).sum())


def floor_seconds(rasters: Iterable[Path]) -> float:
    """Return the seconds of one pass over all rasters."""
    start = time.perf_counter()
    for path in rasters:
        amplitude_sum(path)
    return time.perf_counter() - start


def rasters_of(export: Path) -> list[Path]:
    """Return all SLCs and interferograms of an export."""
    return sorted([*export.glob("rslc/*.rslc"), *export.glob("diff0/*.diff")])
