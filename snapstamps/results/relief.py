"""
The relief of the scene as a north-up picture: the DEM of the export, lit from the north-west.

SNAP exports the DEM in radar geometry, with longitude and latitude of every pixel. The pixels are averaged in
the cells of a map; cells that no pixel meets (foreshortened slopes, layover) take the value of the nearest one.
"""

from pathlib import Path

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

from snapstamps.formats.gamma_raster import FLOAT, open_raster
from snapstamps.formats.stamps_export import open_stack
from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.model.errors import SnapstampsError
from snapstamps.model.stack import Stack
from snapstamps.results.amplitude_map import AmplitudeMap, Extent

MAX_CELLS = 900
"""Cells of the picture along its longer side."""

MAX_PIXELS = 2500
"""Lines and samples of the DEM that are read, at the most; of more, only every second, third …"""

LIGHT_AZIMUTH, LIGHT_HEIGHT = 315.0, 45.0
"""Where the light comes from, degrees: the north-west, as on maps."""

_METRES_PER_DEGREE = 111_320.0
_TYPICAL_SLOPE = 0.3
_LEAST_HEIGHT = -500.0
_REACH = 4.0
_LINES_AT_ONCE = 256


def relief_map(export_folder: Path) -> AmplitudeMap | None:
    """
    Draw the relief of an export, north up.

    Parameters
    ----------
    export_folder : Path
        ``INSAR_<master>``.

    Returns
    -------
    AmplitudeMap or None
        Brightness 0 to 1, as of an amplitude; None where the export is gone, damaged or without heights.
    """
    try:
        stack = open_stack(export_folder)
    except SnapstampsError:
        return None
    lines = np.arange(0, stack.length, max(1, stack.length // MAX_PIXELS))
    samples = slice(None, None, max(1, stack.width // MAX_PIXELS))
    extent = _extent(stack, lines, samples)
    if extent is None:
        return None
    heights = _gridded_heights(stack, lines, samples, extent)
    metres = (extent.north - extent.south) * _METRES_PER_DEGREE / len(heights)
    return AmplitudeMap(hillshade(heights, cell=metres), extent)


def hillshade(heights: FloatArray, *, cell: float) -> Array:
    r"""
    Light a surface from the north-west: the cosine of the angle between its normal and the light.

    Gentle relief is exaggerated so that a tenth of the surface appears steeper than about 17°, up to five times.

    Parameters
    ----------
    heights : ndarray, shape (n_rows, n_columns)
        m; row 0 is the southernmost; NaN where there is none.
    cell : float
        Side of a cell, m.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_columns)
        0 (in shadow) to 1 (facing the light); NaN as in ``heights``.

    Examples
    --------
    A slope that faces the north-west is brighter than flat ground, and that than the slope behind.

    >>> rows, columns = np.mgrid[0:20.0, 0:20.0]
    >>> lit, flat, behind = (hillshade(k * (rows - columns), cell=1.0)[10, 10] for k in (-0.2, 0.0, 0.2))
    >>> bool(lit > flat > behind)
    True
    """
    known = np.isfinite(heights)
    if known.sum() < 2 or min(heights.shape) < 2:
        return np.where(known, 0.7, np.nan)
    northward, eastward = np.gradient(_filled(heights, known), cell)
    steep = float(np.percentile(np.hypot(northward, eastward)[known], 90))
    factor = float(np.clip(_TYPICAL_SLOPE / max(steep, 1e-6), 1.0, 5.0))
    northward, eastward = northward * factor, eastward * factor
    azimuth, height = np.radians(LIGHT_AZIMUTH), np.radians(LIGHT_HEIGHT)
    towards = -(eastward * np.sin(azimuth) + northward * np.cos(azimuth)) * np.cos(height) + np.sin(height)
    shade = towards / np.sqrt(1 + northward**2 + eastward**2)
    return np.where(known, np.clip(shade, 0, 1), np.nan)


def _extent(stack: Stack, lines: Array, samples: slice) -> Extent | None:
    """Return the box of all positions that are positions."""
    west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
    for block in _blocks(lines):
        lon, lat, height = _read(stack, block, samples)
        good = _valid(lon, lat, height)
        if good.any():
            west, east = min(west, float(lon[good].min())), max(east, float(lon[good].max()))
            south, north = min(south, float(lat[good].min())), max(north, float(lat[good].max()))
    return Extent(west, east, south, north) if west < east and south < north else None


def _gridded_heights(stack: Stack, lines: Array, samples: slice, extent: Extent) -> Array:
    """Return the mean height of every cell; NaN away from the scene."""
    aspect = extent.metric_aspect
    columns, rows = (max(2, round(MAX_CELLS * min(1.0, share))) for share in (aspect, 1 / aspect))
    # no more cells than pixels fill
    crowding = min(1.0, np.sqrt(len(lines) * len(range(*samples.indices(stack.width))) / (columns * rows * 2.0)))
    columns, rows = max(2, round(columns * crowding)), max(2, round(rows * crowding))
    total, count = np.zeros(rows * columns), np.zeros(rows * columns)
    for block in _blocks(lines):
        lon, lat, height = _read(stack, block, samples)
        good = _valid(lon, lat, height)
        column = ((lon[good] - extent.west) / (extent.east - extent.west) * columns).astype(np.int64)
        row = ((lat[good] - extent.south) / (extent.north - extent.south) * rows).astype(np.int64)
        cell = np.minimum(row, rows - 1) * columns + np.minimum(column, columns - 1)
        total += np.bincount(cell, weights=height[good], minlength=total.size)
        count += np.bincount(cell, minlength=count.size)
    met = (count > 0).reshape(rows, columns)
    heights = np.divide(total, count, out=np.full(total.size, np.nan), where=count > 0).reshape(rows, columns)
    far = distance_transform_edt(~met) > _REACH
    smooth = gaussian_filter(_filled(heights, met), 1.0)
    return np.where(far, np.nan, smooth)


def _filled(values: Array, known: Array) -> Array:
    """Return values with the gaps filled from the nearest known cell."""
    nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
    return np.asarray(values[tuple(nearest)])


def _blocks(lines: Array) -> list[Array]:
    return [lines[start : start + _LINES_AT_ONCE] for start in range(0, len(lines), _LINES_AT_ONCE)]


def _read(stack: Stack, lines: Array, samples: slice) -> tuple[Array, Array, Array]:
    rasters = (open_raster(path, FLOAT, stack.width, stack.length) for path in (stack.lon, stack.lat, stack.height))
    lon, lat, height = (raster[lines, samples].astype(np.float64) for raster in rasters)
    return lon, lat, height


def _valid(lon: Array, lat: Array, height: Array) -> Array:
    """Tell which pixels have a position and a height; SNAP writes zeros where it has none."""
    somewhere = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ((lon != 0) | (lat != 0))
    return np.asarray(somewhere & np.isfinite(height) & (height > _LEAST_HEIGHT))
