"""One pass over the rasters of an export, by blocks of lines: what share of the pixels holds no data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.formats.gamma_raster import COMPLEX, FLOAT, read_lines
from snapstamps.kernels.arrays import Array

Progress = Callable[[int, int], None]
"""``progress(done, total)``, in bytes."""

BLOCK_BYTES = 8 * 2**20
"""Bytes read at a time; the working memory is about three times this, however large the scene."""

# The exponent of a big-endian float32 is judged on its bits, as they lie in the file: nothing is swapped.
_EXPONENT = np.array(0x7F800000, dtype=">u4").view(np.uint32).item()
_MAGNITUDE = np.array([0x7FFFFFFF, 0x7FFFFFFF], dtype=">u4").view(np.uint64).item()

LOWEST_HEIGHT, HIGHEST_HEIGHT = -500.0, 9000.0
"""Heights outside are none of this earth's dry land, m; SNAP marks missing ones with -32768."""


@dataclass(frozen=True)
class ComplexContent:
    """
    What an SLC or an interferogram holds, as shares of its pixels.

    Attributes
    ----------
    zero : float
        0 + 0i, SNAP's mark for no data.
    invalid : float
        NaN or infinite.
    """

    zero: float
    invalid: float


@dataclass(frozen=True)
class PositionContent:
    """
    What the longitudes and latitudes hold, as shares of the pixels.

    Attributes
    ----------
    zero : float
        Longitude and latitude both 0.
    invalid_lon, invalid_lat : float
        NaN or infinite.
    outside_lon, outside_lat : float
        Beyond 180 or 90 degrees.
    box : tuple of float or None
        West, south, east, north of the others, degrees; None if there are none.
    """

    zero: float
    invalid_lon: float
    invalid_lat: float
    outside_lon: float
    outside_lat: float
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class HeightContent:
    """
    What the heights hold, as shares of the pixels.

    Attributes
    ----------
    zero : float
        Exactly 0 m.
    invalid : float
        NaN, infinite, or no height of this earth.
    """

    zero: float
    invalid: float


def scan_complex(path: Path, width: int, length: int, *, read: Callable[[int], None]) -> ComplexContent:
    """
    Scan an SLC or an interferogram once.

    Parameters
    ----------
    path : Path
        Complex raster of the right size.
    width, length : int
        Range samples and azimuth lines.
    read : callable
        Told the bytes of every block.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    n_zero = n_invalid = 0
    for first, count in _blocks(width * COMPLEX.itemsize, length):
        values = read_lines(path, COMPLEX, width, first, count)
        n_zero += values.size - int(np.count_nonzero(values.view(np.uint64) & np.uint64(_MAGNITUDE)))
        exponents = values.view(np.uint32) & np.uint32(_EXPONENT)
        special = (exponents == _EXPONENT).reshape(-1, 2)
        n_invalid += int(np.count_nonzero(special[:, 0] | special[:, 1]))
        read(values.nbytes)
    n = width * length
    return ComplexContent(n_zero / n, n_invalid / n)


def scan_positions(
    lon_path: Path, lat_path: Path, width: int, length: int, *, read: Callable[[int], None]
) -> PositionContent:
    """
    Scan longitudes and latitudes together, each once.

    Parameters
    ----------
    lon_path, lat_path : Path
        Float rasters of the right size, degrees.
    width, length : int
        Range samples and azimuth lines.
    read : callable
        Told the bytes of every block.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    counts = np.zeros(5, dtype=np.int64)
    west = south = np.inf
    east = north = -np.inf
    for first, count in _blocks(width * FLOAT.itemsize, length):
        lon = _native(read_lines(lon_path, FLOAT, width, first, count))
        lat = _native(read_lines(lat_path, FLOAT, width, first, count))
        finite_lon, finite_lat = np.isfinite(lon), np.isfinite(lat)
        inside_lon, inside_lat = np.abs(lon) <= 180, np.abs(lat) <= 90
        zero = (lon == 0) & (lat == 0)
        masks = (zero, ~finite_lon, ~finite_lat, finite_lon & ~inside_lon, finite_lat & ~inside_lat)
        counts += [np.count_nonzero(mask) for mask in masks]
        good = inside_lon & inside_lat & ~zero
        if good.any():
            west, east = min(west, float(lon[good].min())), max(east, float(lon[good].max()))
            south, north = min(south, float(lat[good].min())), max(north, float(lat[good].max()))
        read(lon.nbytes + lat.nbytes)
    box = (west, south, east, north) if west <= east else None
    zero, nan_lon, nan_lat, outside_lon, outside_lat = (counts / (width * length)).tolist()
    return PositionContent(zero, nan_lon, nan_lat, outside_lon, outside_lat, box)


def scan_heights(path: Path, width: int, length: int, *, read: Callable[[int], None]) -> HeightContent:
    """
    Scan the heights once.

    Parameters
    ----------
    path : Path
        Float raster of the right size, m.
    width, length : int
        Range samples and azimuth lines.
    read : callable
        Told the bytes of every block.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    n_zero = n_invalid = 0
    for first, count in _blocks(width * FLOAT.itemsize, length):
        height = _native(read_lines(path, FLOAT, width, first, count))
        n_zero += int(np.count_nonzero(height == 0))
        # written so that NaN counts as outside
        n_invalid += int(np.count_nonzero(~((height >= LOWEST_HEIGHT) & (height <= HIGHEST_HEIGHT))))
        read(height.nbytes)
    n = width * length
    return HeightContent(n_zero / n, n_invalid / n)


def _blocks(line_bytes: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield first line and number of lines of every block."""
    step = max(1, BLOCK_BYTES // line_bytes)
    for first in range(0, length, step):
        yield first, min(step, length - first)


def _native(values: Array) -> Array:
    return values.astype(np.float32)
