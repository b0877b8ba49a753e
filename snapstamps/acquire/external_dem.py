"""
An elevation model of the user's own, checked before SNAP takes it as it is.

SNAP adds nothing to an external model in most operators, so that its heights must already be above the ellipsoid;
it takes any CRS at its word, and a void as a height. None of that would be told later.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import rasterio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.errors import RasterioError
from rasterio.features import geometry_mask
from rasterio.io import DatasetReader
from rasterio.transform import Affine
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from snapstamps.acquire.dem import MARGIN_DEGREES
from snapstamps.kernels.arrays import BoolArray, FloatArray
from snapstamps.model.errors import DataError, InputError

Datum = Literal["ellipsoid", "geoid", "unknown"]

LOWEST, HIGHEST = -500.0, 9100.0
"""Heights of the land on earth above the ellipsoid, with some room, m."""
COARSEST_DEGREES = 3.5 / 3600
_BLOCK_LINES = 1024
_SURROUNDINGS = "give SNAP a GeoTIFF in longitude and latitude (gdalwarp -t_srs EPSG:4326)"


@dataclass(frozen=True)
class ExternalDem:
    """
    What was found in an elevation model.

    Attributes
    ----------
    path : Path
        The file.
    no_data : float
        Its value for void cells; for ``externalDEMNoDataValue``. A value that never occurs where it has none.
    datum : {"ellipsoid", "geoid", "unknown"}
        What its heights are above, as far as its CRS says.
    void_share : float
        Share of the area's cells that are void, 0 to 1.
    lowest, highest : float
        Heights in the area, m.
    spacing : float
        Of its cells, degrees.
    warnings : tuple of str
        What does not forbid its use.
    """

    path: Path
    no_data: float
    datum: Datum
    void_share: float
    lowest: float
    highest: float
    spacing: float
    warnings: tuple[str, ...]


def check_external_dem(
    path: Path,
    area: BaseGeometry,
    *,
    margin: float = MARGIN_DEGREES,
    declared: Datum = "unknown",
    most_void: float = 0.0,
) -> ExternalDem:
    """
    Check an elevation model for coverage, voids and datum.

    Parameters
    ----------
    path : Path
        A GeoTIFF of one band in longitude and latitude.
    area : shapely geometry
        Longitude and latitude, such as the bursts to use.
    margin : float, optional
        That it must reach beyond the area, degrees.
    declared : {"ellipsoid", "geoid", "unknown"}, optional
        What the user says of its heights; stronger than a CRS that says nothing, weaker than one that does.
    most_void : float, optional
        Share of void cells that is allowed, 0 to 1.

    Returns
    -------
    ExternalDem

    Raises
    ------
    InputError
        If it cannot be read, has another form, or its heights are not above the ellipsoid.
    DataError
        If it does not cover the area, has voids in it, or heights that no land has.
    """
    try:
        with rasterio.open(path) as raster:
            datum = _datum(raster, path)
            _require_form(raster, path)
            window = _window(raster, path, area, margin)
            void, lowest, highest = _heights(raster, window, area.buffer(margin))
            no_data = raster.nodata
            spacing = abs(raster.transform.a)
    except RasterioError as error:
        raise InputError("the elevation model cannot be read", where=path, why=str(error)) from error
    _require_ellipsoid(path, datum, declared)
    if void > most_void:
        raise DataError(
            f"{100 * void:.2f} % of the elevation model is void in the area",
            where=path,
            why="SNAP gives void cells the height of the geoid, or takes their no-data value as a height",
            remedy="fill the voids (gdal_fillnodata.py); the sea with the height of the geoid above the ellipsoid",
        )
    if not (LOWEST <= lowest <= highest <= HIGHEST):
        raise DataError(
            "the elevation model holds heights that no land has",
            where=path,
            why=f"{lowest:g} to {highest:g} m in the area, with no-data value {no_data}",
            remedy="declare its no-data value (gdal_edit.py -a_nodata), or mend its unit",
        )
    warnings = [] if spacing <= COARSEST_DEGREES else [f"its cells are {3600 * spacing:.1f} seconds wide: coarse"]
    if datum == "unknown":
        warnings.append("nothing but your word says that its heights are above the ellipsoid")
    return ExternalDem(
        path,
        -32768.0 if no_data is None else float(no_data),
        declared if datum == "unknown" else datum,
        void,
        lowest,
        highest,
        spacing,
        tuple(warnings),
    )


def _datum(raster: DatasetReader, path: Path) -> Datum:
    """Return what the CRS says of the heights."""
    if raster.crs is None:
        raise InputError("the elevation model has no coordinate reference system", where=path, remedy=_SURROUNDINGS)
    try:
        crs = CRS.from_user_input(raster.crs)
    except CRSError as error:
        raise InputError("the CRS of the elevation model is not understood", where=path, why=str(error)) from error
    if len(crs.axis_info) < 3:
        return "unknown"
    return "geoid" if crs.is_compound else "ellipsoid"


def _require_form(raster: DatasetReader, path: Path) -> None:
    if raster.driver != "GTiff":
        raise InputError(f"the elevation model is {raster.driver}, not GeoTIFF", where=path, remedy=_SURROUNDINGS)
    if not raster.crs.is_geographic or raster.transform.b != 0 or raster.transform.d != 0 or raster.transform.e > 0:
        raise InputError(
            "the elevation model is not in longitude and latitude, north up", where=path, remedy=_SURROUNDINGS
        )
    if raster.count != 1:
        raise InputError(f"the elevation model has {raster.count} bands, not one", where=path)


def _window(raster: DatasetReader, path: Path, area: BaseGeometry, margin: float) -> Window:
    west, south, east, north = area.bounds
    wanted = (west - margin, south - margin, east + margin, north + margin)
    bounds = raster.bounds
    lacking = [
        f"{length:.3f} degrees in the {side}"
        for side, length in (
            ("west", bounds.left - wanted[0]),
            ("south", bounds.bottom - wanted[1]),
            ("east", wanted[2] - bounds.right),
            ("north", wanted[3] - bounds.top),
        )
        if length > 1e-9
    ]
    if lacking:
        raise DataError(
            "the elevation model does not cover the area with its margin",
            where=path,
            why=f"it lacks {', '.join(lacking)}; a margin of {margin:g} degrees is needed",
            remedy="a larger elevation model, or a smaller area",
        )
    columns = [(x - raster.transform.c) / raster.transform.a for x in (wanted[0], wanted[2])]
    rows = [(y - raster.transform.f) / raster.transform.e for y in (wanted[3], wanted[1])]
    left, top = max(0, math.floor(columns[0])), max(0, math.floor(rows[0]))
    right, bottom = min(raster.width, math.ceil(columns[1])), min(raster.height, math.ceil(rows[1]))
    return Window(left, top, right - left, bottom - top)


def _heights(raster: DatasetReader, window: Window, area: BaseGeometry) -> tuple[float, float, float]:
    """Return the share of void cells in an area, and its lowest and highest height; read by blocks of lines."""
    n_cells = n_void = 0
    lowest, highest = np.inf, -np.inf
    for first in range(0, int(window.height), _BLOCK_LINES):
        lines = min(_BLOCK_LINES, int(window.height) - first)
        block = Window(window.col_off, window.row_off + first, window.width, lines)
        cells: FloatArray = raster.read(1, window=block, masked=False).astype(np.float64)
        inside: BoolArray = geometry_mask(
            [shapely.geometry.mapping(area)], cells.shape, _placed(raster, block), invert=True, all_touched=True
        )
        void = ~np.isfinite(cells) if raster.nodata is None else ~np.isfinite(cells) | (cells == raster.nodata)
        known = cells[inside & ~void]
        n_cells += int(inside.sum())
        n_void += int((inside & void).sum())
        if known.size:
            lowest, highest = min(lowest, float(known.min())), max(highest, float(known.max()))
    return (n_void / n_cells if n_cells else 1.0), lowest, highest


def _placed(raster: DatasetReader, block: Window) -> Affine:
    """Return where a block of a raster that stands north up lies."""
    whole = raster.transform
    west, north = whole.c + block.col_off * whole.a, whole.f + block.row_off * whole.e
    return Affine(whole.a, 0.0, west, 0.0, whole.e, north)


def _require_ellipsoid(path: Path, datum: Datum, declared: Datum) -> None:
    remedy = "add the geoid (gdalwarp -s_srs EPSG:4326+5773 -t_srs EPSG:4979 for EGM96, +3855 for EGM2008)"
    if datum == "geoid" or (datum == "unknown" and declared == "geoid"):
        raise InputError(
            "the heights of the elevation model are above the geoid",
            where=path,
            why="SNAP takes an external model as it is, as heights above the ellipsoid; they differ by up to 100 m",
            remedy=remedy,
        )
    if datum == "unknown" and declared == "unknown":
        raise InputError(
            "nothing says what the heights of the elevation model are above",
            where=path,
            why="SNAP needs them above the ellipsoid; most models are above the geoid",
            remedy=f'[scenes] dem_datum = "ellipsoid" if you know that they are; else {remedy}',
        )
