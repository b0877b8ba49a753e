"""Vertical and east-west velocities on a grid, from results of ascending and descending passes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info

from snapstamps.kernels.arrays import Array, BoolArray, FloatArray, IntArray
from snapstamps.kernels.averaging import group_means, independent_share
from snapstamps.kernels.decomposition import LEAST_ANGLE, Decomposition, decompose
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.compare_points import NEIGHBOURS_M
from snapstamps.results.measured import LOOK, NEEDED, Measured
from snapstamps.results.plane import Plane

NEEDED_COLUMNS = (*NEEDED, *LOOK)
_MOST_CELLS = 50_000_000


@dataclass(frozen=True)
class Grid:
    """
    Square cells, north up.

    Attributes
    ----------
    crs : str
        UTM zone, as ``EPSG:…``.
    west, north : float
        Upper left corner, m; whole multiples of the cell.
    cell : float
        m.
    n_rows, n_columns : int
        Size.
    """

    crs: str
    west: float
    north: float
    cell: float
    n_rows: int
    n_columns: int

    def number_of(self, lonlat: FloatArray) -> IntArray:
        """Return the number of the cell of each position, row by row from the north, shape (n,)."""
        east, north = Transformer.from_crs(4326, self.crs, always_xy=True).transform(*lonlat.T)
        column = np.floor((east - self.west) / self.cell).astype(np.int64)
        row = np.floor((self.north - north) / self.cell).astype(np.int64)
        inside = (column >= 0) & (column < self.n_columns) & (row >= 0) & (row < self.n_rows)
        return np.asarray(np.where(inside, row * self.n_columns + column, -1))

    def corners(self, numbers: IntArray) -> tuple[Array, Array]:
        """Return the western and southern edge of cells, m."""
        row, column = np.divmod(numbers, self.n_columns)
        return self.west + column * self.cell, self.north - (row + 1) * self.cell


@dataclass(frozen=True)
class GridMotion:
    """
    Motion of the cells that were seen well enough.

    Attributes
    ----------
    grid : Grid
        Where the cells lie.
    numbers : ndarray of int, shape (n_cells,)
        Which cells.
    motion : Decomposition
        Their velocities, mm/yr.
    velocity, velocity_std : ndarray, shape (n_cells, n_views)
        What went in: means along the lines of sight.
    count : ndarray of int, shape (n_cells, n_views)
        Scatterers of each pass.
    n_seen_once : int
        Cells that only one pass saw.
    """

    grid: Grid
    numbers: IntArray
    motion: Decomposition
    velocity: FloatArray
    velocity_std: FloatArray
    count: IntArray
    n_seen_once: int


def decompose_results(
    passes: Sequence[Measured], *, cell: float, least: int = 1, least_angle: float = LEAST_ANGLE
) -> GridMotion:
    """
    Average each pass over the cells of one grid, and solve for the vertical and the east-west velocity.

    Parameters
    ----------
    passes : sequence of Measured
        Two or more, seen from different sides.
    cell : float
        Size of the cells, m.
    least : int
        Scatterers of a pass below which it has not seen a cell.
    least_angle : float
        Between the lines of sight, degrees.

    Returns
    -------
    GridMotion

    Raises
    ------
    InputError
        If there are fewer than two results, or the grid would be enormous.
    DataError
        If the passes do not overlap or look from the same side.
    """
    if len(passes) < 2:
        raise InputError("one result shows one direction only", remedy="two files: an ascending and a descending one")
    grid = _grid(passes, cell)
    groups = [grid.number_of(each.lonlat) for each in passes]
    numbers = np.unique(np.concatenate(groups))
    numbers = numbers[numbers >= 0]
    places = [np.where(group >= 0, np.searchsorted(numbers, group), -1) for group in groups]
    views = [_view(each, place, len(numbers), least) for each, place in zip(passes, places, strict=True)]
    velocity = np.stack([view.mean for view in views], axis=1)
    std = np.stack([view.std for view in views], axis=1)
    look = np.stack([view.look for view in views], axis=1)
    motion = decompose(velocity, std, look, least_angle=least_angle)
    solved = np.isfinite(motion.up)
    if not solved.any():
        raise _nothing_solved(motion.n_views)
    return GridMotion(
        grid=grid,
        numbers=numbers[solved],
        motion=_rows(motion, solved),
        velocity=velocity[solved],
        velocity_std=std[solved],
        count=np.stack([view.count for view in views], axis=1)[solved],
        n_seen_once=int((motion.n_views == 1).sum()),
    )


@dataclass(frozen=True)
class _View:
    """Means of one pass over the cells."""

    mean: FloatArray
    std: FloatArray
    look: FloatArray
    count: IntArray


def _view(measured: Measured, group: IntArray, n_cells: int, least: int) -> _View:
    xy = Plane.about(measured.lonlat).metres(measured.lonlat)
    velocity, std = measured["velocity"], measured["velocity_std"]
    share = independent_share(velocity, std, xy, reach=NEIGHBOURS_M)
    means = group_means(velocity, std, group, n_cells, independent=share)
    inside = group >= 0
    total = np.maximum(np.bincount(group[inside], minlength=n_cells), 1)
    look = np.column_stack(
        [np.bincount(group[inside], weights=part, minlength=n_cells) / total for part in measured.look[inside].T]
    )
    enough = means.count >= max(least, 1)
    return _View(
        mean=np.where(enough, means.mean, np.nan), std=np.where(enough, means.std, np.nan), look=look, count=means.count
    )


def _grid(passes: Sequence[Measured], cell: float) -> Grid:
    """Return a grid over the common area of all passes."""
    low = np.max([each.lonlat.min(axis=0) for each in passes], axis=0)
    high = np.min([each.lonlat.max(axis=0) for each in passes], axis=0)
    if (low > high).any():
        raise DataError("the results do not overlap", why=" and ".join(str(each.path) for each in passes))
    crs = _utm(low, high)
    bounds = Transformer.from_crs(4326, crs, always_xy=True).transform_bounds(*low, *high)
    west, south = (np.floor(value / cell) * cell for value in bounds[:2])
    east, north = ((np.floor(value / cell) + 1) * cell for value in bounds[2:])
    n_rows, n_columns = round((north - south) / cell), round((east - west) / cell)
    if n_rows * n_columns > _MOST_CELLS:
        raise InputError(f"{n_rows} x {n_columns} cells are too many", remedy=f"a larger --cell than {cell:g} m")
    return Grid(crs, float(west), float(north), cell, n_rows, n_columns)


def _utm(low: FloatArray, high: FloatArray) -> str:
    lon, lat = ((low + high) / 2).tolist()
    area = AreaOfInterest(lon, lat, lon, lat)
    info = query_utm_crs_info(datum_name="WGS 84", area_of_interest=area)[0]
    return CRS.from_authority(info.auth_name, info.code).to_string()


def _rows(motion: Decomposition, keep: BoolArray) -> Decomposition:
    return Decomposition(**{name: getattr(motion, name)[keep] for name in Decomposition.__dataclass_fields__})


def _nothing_solved(n_views: IntArray) -> DataError:
    if (n_views >= 2).any():
        return DataError(
            "the results look from the same side: vertical and east-west motion cannot be told apart",
            why="their lines of sight are nearly parallel in the east-up plane",
            remedy="one ascending and one descending result",
        )
    return DataError("no cell was seen by two passes", remedy="a larger --cell")
