"""What ``snapstamps decompose`` leaves: a raster (cloud-optimised GeoTIFF) and the cells as polygons."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.errors import RasterioError

from snapstamps.formats.atomic import atomic_path
from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import DataError
from snapstamps.results.answer_files import about_answer, write_layers
from snapstamps.results.decompose import GridMotion
from snapstamps.results.measured import Measured

LAYER = "decomposed"
NORTH = "taken as zero: near-polar orbits hardly see it; columns north_to_…: what 1 mm/yr to the north would add"


def cell_columns(result: GridMotion) -> dict[str, Array]:
    """Return the columns of the cells, which are the bands of the raster too."""
    motion = result.motion
    return {
        "up": motion.up,
        "up_std": motion.up_std,
        "east": motion.east,
        "east_std": motion.east_std,
        "north_to_up": motion.north_to_up,
        "north_to_east": motion.north_to_east,
        **{f"n_ps_{number}": result.count[:, number - 1] for number in range(1, result.count.shape[1] + 1)},
        **{f"velocity_{number}": result.velocity[:, number - 1] for number in range(1, result.count.shape[1] + 1)},
    }


def about_decomposition(passes: Sequence[Measured], result: GridMotion) -> dict[str, str]:
    """Say what the cells hold."""
    references = "; ".join(f"{n}: {each.about.get('reference', 'not told')}" for n, each in enumerate(passes, start=1))
    return about_answer(
        passes,
        f"Vertical and east-west velocity of {len(result.numbers)} cells of {result.grid.cell:g} m",
        units="mm/yr; up positive upwards, east positive to the east",
        north=NORTH,
        deviations="from velocity_std of the PS; what neighbours share of it does not shrink with their number",
        references=f"{references}. Where these do not move alike, a constant remains in up and east",
        last_date=max(each.about.get("last_date", "2000-01-01") for each in passes),
    )


def write_cells(result: GridMotion, path: Path, facts: Mapping[str, str]) -> None:
    """
    Write the cells as the layer ``decomposed`` of a GeoPackage, atomically.

    Parameters
    ----------
    result : GridMotion
        The cells.
    path : Path
        Target, ending in ``.gpkg``.
    facts : mapping of str to str
        See :func:`about_decomposition`.

    Raises
    ------
    DataError, OSError
        If the file cannot be written.
    """
    west, south = result.grid.corners(result.numbers)
    cells = shapely.box(west, south, west + result.grid.cell, south + result.grid.cell)
    columns = cell_columns(result)
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*(v.tolist() for v in columns.values()), strict=True)
    ]
    write_layers(path, {LAYER: (rows, cells)}, facts, crs=result.grid.crs)


def write_raster(result: GridMotion, path: Path, facts: Mapping[str, str]) -> None:
    """
    Write the cells as a cloud-optimised GeoTIFF, one band per column, NaN where nothing is known; atomically.

    Parameters
    ----------
    result : GridMotion
        The cells.
    path : Path
        Target, ending in ``.tif``.
    facts : mapping of str to str
        Written as tags.

    Raises
    ------
    DataError, OSError
        If the file cannot be written.
    """
    grid, columns = result.grid, cell_columns(result)
    profile = {
        "driver": "COG",
        "height": grid.n_rows,
        "width": grid.n_columns,
        "count": len(columns),
        "dtype": "float32",
        "crs": grid.crs,
        "transform": Affine(grid.cell, 0.0, grid.west, 0.0, -grid.cell, grid.north),
        "nodata": np.nan,
        "compress": "deflate",
    }
    with atomic_path(path) as part:
        try:
            with rasterio.open(part, "w", **profile) as raster:
                raster.update_tags(**facts)
                for band, (name, values) in enumerate(columns.items(), start=1):
                    image = np.full(grid.n_rows * grid.n_columns, np.nan, dtype=np.float32)
                    image[result.numbers] = values
                    raster.write(image.reshape(grid.n_rows, grid.n_columns), band)
                    raster.set_band_description(band, name)
        except RasterioError as error:
            raise DataError(f"{path.name} cannot be written", where=path, why=str(error)) from error
