"""Gamma rasters: raw, line by line, big-endian, without a header; opened without reading them whole."""

from pathlib import Path

import numpy as np

from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import DataError

COMPLEX = np.dtype(">c8")
"""SLC and interferogram values: real, imaginary, float32 big-endian."""
FLOAT = np.dtype(">f4")
"""Heights, longitudes, latitudes: float32 big-endian."""


def check_size(path: Path, dtype: np.dtype, width: int, length: int) -> None:
    """
    Check that a raster has exactly ``width * length`` values.

    Raises
    ------
    DataError
        If the file is missing or of another size, or if the size is not a size.
    """
    if width < 1 or length < 1:
        raise DataError(f"{path.name} cannot have {width} samples x {length} lines", where=path)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=path.parent) from None
    expected = width * length * dtype.itemsize
    if size != expected:
        raise DataError(
            f"{path.name} has {size} bytes, but {width} samples x {length} lines need {expected}",
            where=path,
            why="the file was not written to its end" if size < expected else "another width or length than the header",
            remedy="export it again",
        )


def open_raster(path: Path, dtype: np.dtype, width: int, length: int) -> Array:
    """
    Map a raster into memory, read-only.

    Parameters
    ----------
    path : Path
        The file.
    dtype : numpy.dtype
        ``COMPLEX`` or ``FLOAT``.
    width, length : int
        Range samples and azimuth lines.

    Returns
    -------
    ndarray, shape (length, width)
        A memory map in the file's own byte order.

    Raises
    ------
    DataError
        If the file is missing or of another size.
    """
    check_size(path, dtype, width, length)
    return np.memmap(path, dtype=dtype, mode="r", shape=(length, width))


def read_lines(path: Path, dtype: np.dtype, width: int, first: int, count: int) -> Array:
    """
    Read some lines of a raster with one plain read (faster than a map, and free of its page faults).

    Parameters
    ----------
    path : Path
        The file; its size is not checked here.
    dtype : numpy.dtype
        ``COMPLEX`` or ``FLOAT``.
    width : int
        Range samples.
    first, count : int
        First line from 0, and number of lines.

    Returns
    -------
    ndarray, shape (count, width)
        In the file's own byte order.

    Raises
    ------
    DataError
        If the file is missing, cannot be read, or ends before.
    """
    try:
        with path.open("rb") as stream:
            values = np.fromfile(stream, dtype=dtype, count=count * width, offset=first * width * dtype.itemsize)
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=path.parent) from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read", where=path, why=str(error)) from error
    if values.size != count * width:
        raise DataError(f"{path.name} ends before line {first + count}", where=path)
    return values.reshape(count, width)
