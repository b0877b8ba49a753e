"""Cloud-optimised GeoTIFF: the mean velocity of every cell of a grid, and how many scatterers it is the mean of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import rasterio

from snapstamps.formats.atomic import atomic_path
from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.arrow_table import Progress, row_blocks
from snapstamps.results.formats.base import STEM, Format, Results
from snapstamps.results.projection import utm_zone
from snapstamps.results.velocity_classes import LEGEND

MAX_CELLS = 50_000_000
"""Cells held in memory, about 1 GB."""

_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Grid:
    """
    A north-up grid whose lines lie at whole multiples of its cells, so that grids of neighbours fit together.

    Attributes
    ----------
    crs : str
        Such as ``EPSG:32648``.
    west, north : float
        Of its outer corner.
    cell : tuple of float
        Width and height of a cell, in units of the CRS.
    shape : tuple of int
        Rows and columns.
    """

    crs: str
    west: float
    north: float
    cell: tuple[float, float]
    shape: tuple[int, int]


class Raster(Format):
    """Two bands: velocity, count."""

    name = "tif"
    files = (f"{STEM}.tif",)
    content = "Band 1: mean velocity of the cell (mm/yr; no data: NaN); band 2: number of PS in it"
    readers = "any GIS, rasterio, web maps"

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write ``velocity.tif``."""
        path = folder / f"{STEM}.tif"
        velocity = results.table["velocity"]
        known = np.flatnonzero(np.isfinite(velocity))
        grid, places = _grid(results.table.lonlat, cell=results.options.raster_cell, crs=results.options.raster_crs)
        total, count = np.zeros(grid.shape), np.zeros(grid.shape, np.float32)
        for block in row_blocks(len(known), progress=progress):
            rows, columns = _cells(places[known[block]], grid)
            np.add.at(total, (rows, columns), velocity[known[block]])
            np.add.at(count, (rows, columns), np.float32(1))
        mean = np.divide(total, count, out=np.full(grid.shape, np.nan), where=count > 0).astype(np.float32)
        _write(path, grid, mean, count, results)
        return (path,)


def _grid(lonlat: FloatArray, *, cell: float, crs: str) -> tuple[Grid, FloatArray]:
    """
    Lay a grid over scatterers.

    Returns
    -------
    Grid
        Covers all of them.
    ndarray, shape (n_ps, 2)
        Their places in the CRS of the grid.

    Raises
    ------
    InputError
        If it would have too many cells.
    """
    if crs == "utm":
        code = utm_zone(lonlat)
        crs, size = f"EPSG:{code}", (cell, cell)
        places = np.column_stack(pyproj.Transformer.from_crs(4326, code, always_xy=True).transform(*lonlat.T))
    else:
        height = cell / _METRES_PER_DEGREE
        size = (height / np.cos(np.radians(lonlat[:, 1].mean())), height)
        places = lonlat
    low, high = np.floor(places.min(axis=0) / size), np.floor(places.max(axis=0) / size) + 1
    columns, rows = (high - low).astype(np.int64).tolist()
    if rows * columns > MAX_CELLS:
        raise InputError(
            f"a raster of {rows:,} x {columns:,} cells is too large",
            where=f"export.raster_cell = {cell:g} m",
            why=f"at most {MAX_CELLS:,} cells are held in memory",
            remedy="a larger export.raster_cell",
        )
    return Grid(crs, low[0] * size[0], high[1] * size[1], size, (rows, columns)), places


def _cells(places: FloatArray, grid: Grid) -> tuple[Array, Array]:
    """Return row and column of places, rounding at the outer edges taken back."""
    columns = ((places[:, 0] - grid.west) / grid.cell[0]).astype(np.int64)
    rows = ((grid.north - places[:, 1]) / grid.cell[1]).astype(np.int64)
    return np.clip(rows, 0, grid.shape[0] - 1), np.clip(columns, 0, grid.shape[1] - 1)


def _write(path: Path, grid: Grid, mean: FloatArray, count: FloatArray, results: Results) -> None:
    about = {**results.about, "cell": f"{results.options.raster_cell:g} m", "crs": grid.crs}
    try:
        with (
            atomic_path(path) as part,
            rasterio.open(
                part,
                "w",
                driver="COG",
                width=grid.shape[1],
                height=grid.shape[0],
                count=2,
                dtype="float32",
                crs=grid.crs,
                transform=rasterio.Affine(grid.cell[0], 0.0, grid.west, 0.0, -grid.cell[1], grid.north),
                nodata=np.nan,
                compress="deflate",
                overview_resampling="nearest",  # a mean of means, or of counts, would be neither
            ) as raster,
        ):
            raster.write(mean, 1)
            raster.write(count, 2)
            raster.update_tags(**about)
            raster.descriptions = (LEGEND, "number of PS in the cell")
            raster.units = ("mm/yr", "1")
    except rasterio.errors.RasterioError as error:
        raise DataError(f"{path.name} cannot be written", where=path, why=str(error)) from error
