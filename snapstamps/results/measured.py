"""Finished results, read from their GeoPackage: what all questions to results start from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError
from pyproj import CRS, Transformer

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.units import parse_yyyymmdd
from snapstamps.results.gdal_writing import gdal_options
from snapstamps.results.geopackage import ABOUT_LAYER, PS_LAYER

NEEDED = ("velocity", "velocity_std")
LOOK = ("look_e", "look_n", "look_u")
_DATE_NAME = re.compile(r"D(\d{8})")
_BATCH = 65_536
_NO_SIDE_FILES = {"GDAL_PAM_ENABLED": "NO"}
"""Without it GDAL leaves a file .aux.xml beside results that it only reads."""


@dataclass(frozen=True)
class Measured:
    """
    Results of one stack.

    Attributes
    ----------
    path : Path
        Where they were read.
    lonlat : ndarray, shape (n_ps, 2)
        Degrees, WGS 84.
    columns : mapping of str to ndarray, shape (n_ps,)
        Numbers, without the displacements; NaN where missing.
    dates : tuple of date
        Of the displacements.
    about : mapping of str to str
        What the file says of itself.
    """

    path: Path
    lonlat: FloatArray
    columns: Mapping[str, Array]
    dates: tuple[date, ...]
    about: Mapping[str, str]

    def __len__(self) -> int:
        """Return the number of scatterers."""
        return len(self.lonlat)

    def __getitem__(self, name: str) -> Array:
        """Return a column."""
        return self.columns[name]

    @property
    def look(self) -> Array:
        """Return unit vectors from the ground to the satellite, east, north, up, shape (n_ps, 3)."""
        return np.column_stack([self.columns[name] for name in LOOK])

    @property
    def days(self) -> Array:
        """Return the dates as day numbers."""
        return np.array([day.toordinal() for day in self.dates], dtype=np.float64)

    @property
    def title(self) -> str:
        """Return the name of the area, or of the file."""
        return self.about.get("title") or self.path.stem

    def displacement(self, rows: IntArray | None = None) -> FloatArray:
        """
        Read displacements, in mm towards the satellite.

        Parameters
        ----------
        rows : ndarray of int, optional
            Scatterers wanted, in this order; all of them by default.

        Returns
        -------
        ndarray of float32, shape (n_rows, n_dates)
            NaN where missing.
        """
        wanted = np.arange(len(self)) if rows is None else np.asarray(rows)
        names = [f"D{day:%Y%m%d}" for day in self.dates]
        result = np.empty((len(wanted), len(names)), dtype=np.float32)
        if result.size == 0:
            return result
        order = np.argsort(wanted, kind="stable")
        start = 0
        for batch in _batches(self.path, names, geometry=False):
            low, high = np.searchsorted(wanted[order], [start, start + batch.num_rows])
            places = order[low:high]
            for column, name in enumerate(names):
                result[places, column] = _numbers(batch.column(name))[wanted[places] - start]
            start += batch.num_rows
        return result


def read_measured(path: Path, *, needed: Sequence[str] = NEEDED) -> Measured:
    """
    Read the results of a stack; the displacements are left in the file until they are asked for.

    Parameters
    ----------
    path : Path
        A GeoPackage as ``snapstamps export`` writes it.
    needed : sequence of str
        Columns that must be there.

    Returns
    -------
    Measured

    Raises
    ------
    InputError
        If there is no such file.
    DataError
        If it holds no results.
    """
    if not path.is_file():
        raise InputError("there are no results", where=path, remedy="snapstamps export, or name a velocity.gpkg")
    fields, crs = _layout(path)
    missing = [name for name in needed if name not in fields]
    if missing:
        raise DataError(
            f"the results have no column {', '.join(missing)}",
            where=path,
            remedy="a velocity.gpkg written by snapstamps export",
        )
    days = {name: found[1] for name in fields if (found := _DATE_NAME.fullmatch(name))}
    scalars = [name for name, kind in fields.items() if name not in days and _is_number(kind)]
    positions: list[Array] = []
    parts: dict[str, list[Array]] = {name: [] for name in scalars}
    for batch in _batches(path, scalars, geometry=True):
        positions.append(shapely.get_coordinates(shapely.from_wkb(batch.column(batch.num_columns - 1).to_numpy(False))))
        for name in scalars:
            parts[name].append(_numbers(batch.column(name)))
    if not positions:
        raise DataError("the results hold no PS", where=path)
    return Measured(
        path=path,
        lonlat=_as_lonlat(np.concatenate(positions), crs),
        columns={name: np.concatenate(values) for name, values in parts.items()},
        dates=tuple(parse_yyyymmdd(text) for text in days.values()),
        about=_about(path),
    )


def _layout(path: Path) -> tuple[dict[str, str], str]:
    """Return the names and kinds of the columns of the layer of PS, and its coordinate system."""
    try:
        with gdal_options(_NO_SIDE_FILES):
            info = pyogrio.read_info(path, layer=PS_LAYER)
    except (RuntimeError, ValueError) as error:
        raise DataError(
            f"this file has no layer {PS_LAYER!r} with results",
            where=path,
            why=str(error),
            remedy="a velocity.gpkg written by snapstamps export",
        ) from error
    return dict(zip(info["fields"], info["dtypes"], strict=True)), info["crs"] or "EPSG:4326"


def _is_number(kind: str) -> bool:
    return kind.startswith(("int", "uint", "float"))


def _batches(path: Path, columns: Sequence[str], *, geometry: bool) -> Iterator[pa.RecordBatch]:
    with (
        gdal_options(_NO_SIDE_FILES),
        pyogrio.open_arrow(
            path, layer=PS_LAYER, columns=list(columns), read_geometry=geometry, batch_size=_BATCH, use_pyarrow=True
        ) as (_, reader),
    ):
        yield from reader


def _numbers(column: pa.Array) -> Array:
    """Return a column as float64, NULL as NaN."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _as_lonlat(xy: Array, crs: str) -> Array:
    if CRS.from_user_input(crs) == CRS.from_epsg(4326):
        return xy
    return np.column_stack(Transformer.from_crs(crs, 4326, always_xy=True).transform(*xy.T))


def _about(path: Path) -> dict[str, str]:
    try:
        with gdal_options(_NO_SIDE_FILES):
            _, table = pyogrio.read_arrow(path, layer=ABOUT_LAYER)
    except DataLayerError:
        return {}
    rows: list[dict[str, Any]] = table.select(["key", "value"]).to_pylist()
    return {str(row["key"]): str(row["value"]) for row in rows}
