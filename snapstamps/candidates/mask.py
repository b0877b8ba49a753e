"""
The mask: pixels to leave out (water, say), from a raster or polygons in any CRS.

It is brought into radar geometry once, by the longitude and latitude of every pixel, and kept as one
byte per pixel, 0 = use: the file that StaMPS's own programs take as their mask.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import rasterio
import shapely
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
from rasterio.windows import Window

from snapstamps.candidates.blocks import LineBlock, Mapper, Plan, in_waves, read_block
from snapstamps.formats.atomic import atomic_path
from snapstamps.formats.gamma_raster import FLOAT, read_lines
from snapstamps.formats.vector import in_degrees, read_vector
from snapstamps.kernels.arrays import BoolArray, FloatArray, IntArray
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Stack

MASK_FILE = "candidates_mask.char"
"""The mask in radar geometry, in StaMPS's folder."""

_WGS84 = "EPSG:4326"
_TILE = 64
"""Samples whose common box is compared with the polygons before the single pixels are."""
_MARGIN = 0.01
"""Degrees around a block within which polygons are kept, so that clipping makes no edge near a pixel."""


class MaskSource(Protocol):
    """Says which pixels are left out."""

    def hides(self, lon: FloatArray, lat: FloatArray) -> BoolArray:
        """Tell it of every pixel of some lines; degrees, shapes (n_lines, n_samples); never of a NaN position."""


@dataclass(frozen=True)
class PolygonMask:
    """Polygons in longitude and latitude; pixels inside are left out."""

    area: Any

    def hides(self, lon: FloatArray, lat: FloatArray) -> BoolArray:
        """Tell which pixels lie inside; most are settled by the box of their neighbourhood."""
        hidden = np.zeros(lon.shape, np.bool_)
        known = np.isfinite(lon) & np.isfinite(lat)
        if not known.any():
            return hidden
        # Clipped per call: a prepared geometry builds its index at the first question, not safely in threads.
        near = shapely.intersection(self.area, shapely.box(*_bounds(lon, lat, known, margin=_MARGIN)))
        shapely.prepare(near)
        for first in range(0, lon.shape[1], _TILE):
            tile = np.s_[:, first : first + _TILE]
            if not known[tile].any():
                continue
            box = shapely.box(*_bounds(lon[tile], lat[tile], known[tile]))
            if shapely.contains_properly(near, box):
                hidden[tile] = known[tile]
            elif shapely.intersects(near, box):
                hidden[tile] = shapely.contains_xy(near, lon[tile], lat[tile]) & known[tile]
        return hidden


@dataclass(frozen=True)
class RasterMask:
    """A georeferenced raster; pixels where its first band is neither 0 nor no-data are left out."""

    path: Path

    def hides(self, lon: FloatArray, lat: FloatArray) -> BoolArray:
        """Tell which pixels lie in such cells; outside the raster none does."""
        hidden = np.zeros(lon.shape, np.bool_)
        with _open_raster(self.path) as raster:
            x, y = Transformer.from_crs(_WGS84, raster.crs, always_xy=True).transform(lon, lat)
            inverse = ~raster.transform
            column = np.floor(inverse.a * x + inverse.b * y + inverse.c)
            row = np.floor(inverse.d * x + inverse.e * y + inverse.f)
            inside = (column >= 0) & (column < raster.width) & (row >= 0) & (row < raster.height)
            if not inside.any():
                return hidden
            columns, rows = column[inside].astype(np.int64), row[inside].astype(np.int64)
            left, top = int(columns.min()), int(rows.min())
            window = Window(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)
            cells = np.nan_to_num(raster.read(1, window=window, masked=True).filled(0))
        hidden[inside] = cells[rows - top, columns - left] != 0
        return hidden


def make_mask(stack: Stack, plan: Plan, source: Path, target: Path, *, mapper: Mapper) -> float:
    """
    Bring a mask into radar geometry and write it, one byte per pixel (1 = left out).

    Parameters
    ----------
    stack : Stack
        The export, for its longitudes and latitudes.
    plan : Plan
        Its blocks of lines.
    source : Path
        Raster or polygons in any CRS.
    target : Path
        The file to write.
    mapper : Mapper
        Gets one block per item.

    Returns
    -------
    float
        Share of the pixels that are left out, 0 to 1.

    Raises
    ------
    InputError
        If the source is missing, of no known format, or without a CRS.
    DataError
        If it leaves no pixel.
    """
    hides = partial(_hidden_block, stack, _open_source(source))
    n_hidden = 0
    with atomic_path(target) as part:
        with part.open("wb") as stream:
            for hidden in in_waves(mapper, hides, plan.blocks, plan.wave):
                stream.write(hidden.astype(np.uint8).tobytes())
                n_hidden += int(hidden.sum())
        if n_hidden == plan.width * plan.length:
            raise DataError("the mask leaves out the whole scene", where=source, remedy="another candidates.mask")
    return n_hidden / (plan.width * plan.length)


def masked_lines(mask: Path | None, width: int, block: LineBlock) -> IntArray:
    """
    Return the mask of a block, not 0 where a pixel is left out.

    Returns
    -------
    ndarray of uint8, shape (block.count, width) or (1, width)
        One line of zeros where there is no mask: the kernels take it for all.
    """
    if mask is None:
        return np.zeros((1, width), np.uint8)
    return read_block(mask, width, block, np.empty(width * block.count, np.uint8))


def _hidden_block(stack: Stack, source: MaskSource, block: LineBlock) -> BoolArray:
    lon, lat = (
        read_lines(path, FLOAT, stack.width, block.first, block.count).astype(np.float64)
        for path in (stack.lon, stack.lat)
    )
    return source.hides(lon, lat)


def _open_source(path: Path) -> MaskSource:
    """Find out what the source is, and read it where it is polygons."""
    if not path.exists():
        raise InputError("the mask is missing", where=path, remedy="correct or empty candidates.mask")
    try:
        with _open_raster(path) as raster:
            if raster.crs is None:
                raise _without_crs(path)
        return RasterMask(path)
    except RasterioIOError:
        pass
    try:
        table = read_vector(path)
    except ValueError as error:
        raise InputError("the mask is neither a raster nor polygons", where=path, why=str(error)) from error
    if getattr(table, "crs", None) is None:  # a table without geometries has not even that
        raise _without_crs(path)
    shapes = in_degrees(table, path).geometry
    polygons = shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])]
    if polygons.empty:
        raise InputError("the mask holds no polygon", where=path, remedy="polygons of what is to be left out")
    return PolygonMask(shapely.union_all(shapely.make_valid(polygons.to_numpy())))


def _without_crs(path: Path) -> InputError:
    return InputError(
        "the mask has no coordinate reference system", where=path, remedy="give it one (gdal_edit.py -a_srs EPSG:…)"
    )


@contextmanager
def _open_raster(path: Path) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # reported as an error of our own
        raster = rasterio.open(path)
    with raster:
        yield raster


def _bounds(
    lon: FloatArray, lat: FloatArray, known: BoolArray, *, margin: float = 0.0
) -> tuple[float, float, float, float]:
    x, y = lon[known], lat[known]
    return x.min() - margin, y.min() - margin, x.max() + margin, y.max() + margin
