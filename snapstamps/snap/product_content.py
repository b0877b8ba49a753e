"""What is in the rasters of a product, from samples: how much is zero, and whether numbers are numbers."""

from collections.abc import Callable, Iterator

import numpy as np

from snapstamps.formats.dimap_product import DimapBand
from snapstamps.kernels.arrays import Array, BoolArray
from snapstamps.model.errors import DataError

_LINES = 24
"""Lines that are looked at, of each burst or of the whole."""
_LOWEST, _HIGHEST = -500.0, 9100.0
"""Heights of the land on earth above the ellipsoid, with some room, m."""


def nonzero_share(real: DimapBand, imaginary: DimapBand, *, n_bursts: int = 1) -> tuple[float, ...]:
    """
    Return the share of complex pixels that are not zero, for every burst, 0 to 1.

    Parameters
    ----------
    real, imaginary : DimapBand
        Of the same complex image.
    n_bursts : int
        Bursts of equal size that lie one below the other.

    Raises
    ------
    DataError
        If a raster is missing or has another size.
    """
    one, other = real.pixels(), imaginary.pixels()
    lines = real.height // n_bursts
    shares = []
    for burst in range(n_bursts):
        filled = [(one[row] != 0) | (other[row] != 0) for row in _rows(burst * lines, lines)]
        shares.append(float(np.mean(filled)))
    return tuple(shares)


def finite_share(band: DimapBand) -> float:
    """Return the share of pixels that are numbers and not 0, 0 to 1."""
    return _share(band, lambda row: np.isfinite(row) & (row != 0))


def known_heights_share(band: DimapBand) -> float:
    """Return the share of pixels with a height that land can have, 0 to 1."""
    return _share(band, lambda row: (row > _LOWEST) & (row < _HIGHEST))


def mean_of(band: DimapBand) -> float:
    """Return the mean of the finite pixels that are not 0; NaN where there are none."""
    rows = np.concatenate([np.asarray(row, np.float64) for row in _sample(band.pixels())])
    known = rows[np.isfinite(rows) & (rows != 0)]
    return float(known.mean()) if known.size else float("nan")


def range_of(band: DimapBand) -> tuple[float, float]:
    """Return the smallest and the largest finite pixel that is not 0; NaN where there are none."""
    rows = np.concatenate([np.asarray(row, np.float64) for row in _sample(band.pixels())])
    known = rows[np.isfinite(rows) & (rows != 0)]
    return (float(known.min()), float(known.max())) if known.size else (float("nan"), float("nan"))


def require_rasters(bands: tuple[DimapBand, ...]) -> None:
    """
    Stop where a raster is missing or not of the size that the header says.

    Raises
    ------
    DataError
        With the first one.
    """
    for band in bands:
        fault = band.fault()
        if fault is not None:
            raise DataError(fault, where=band.file, why="SNAP was interrupted, or the disk was full")


def _share(band: DimapBand, judge: Callable[[Array], BoolArray]) -> float:
    return float(np.mean([judge(np.asarray(row)) for row in _sample(band.pixels())]))


def _sample(pixels: Array) -> Iterator[Array]:
    yield from (pixels[row] for row in _rows(0, pixels.shape[0]))


def _rows(first: int, count: int) -> Array:
    """Return the numbers of lines to look at; the first and the last are often empty by nature."""
    return np.unique(first + (np.arange(_LINES) + 0.5) * count / _LINES).astype(int)
