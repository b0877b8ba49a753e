"""The table of results: one row per scatterer, its columns with unit and meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from snapstamps.config.options import ExportOptions
from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.model.errors import DataError
from snapstamps.model.units import date_of_datenum, yyyymmdd
from snapstamps.results.dem_error import dem_error
from snapstamps.results.dispersion import amplitude_dispersion
from snapstamps.results.phase import QuantityPhase, quantity_phase
from snapstamps.results.positions import corrected_positions
from snapstamps.results.reference_area import wanted_area
from snapstamps.results.timeseries import timeseries_of
from snapstamps.results.velocity import Velocity, velocity_of
from snapstamps.results.viewing import LookVectors, look_vectors
from snapstamps.stamps.store import StampsStore


@dataclass(frozen=True)
class Column:
    """
    One column of the table.

    Attributes
    ----------
    name : str
        As written.
    unit : str
        Physical unit, or ``-``.
    meaning : str
        One phrase.
    values : ndarray, shape (n_ps,)
        NaN where a value is missing.
    """

    name: str
    unit: str
    meaning: str
    values: Array


@dataclass(frozen=True)
class PsTable:
    """
    All results.

    Attributes
    ----------
    lonlat : ndarray of float64, shape (n_ps, 2)
        Where the points are drawn: longitude and latitude (degrees).
    columns : tuple of Column
        In the order in which they are written; the displacements follow them.
    velocity : Velocity
        The fit behind the velocities.
    series : QuantityPhase
        The phase behind the displacements, which are made from it block by block.
    master_day : float
        MATLAB datenum.
    dates : tuple of date
        Of the displacements, the master's included.
    dropped : tuple of date
        Left out (drop_ifg_index).
    heading : float
        Direction of flight, degrees clockwise from north.
    notes : tuple of str
        What is missing or was replaced.
    """

    lonlat: FloatArray
    columns: tuple[Column, ...]
    velocity: Velocity
    series: QuantityPhase
    master_day: float
    dates: tuple[date, ...]
    dropped: tuple[date, ...]
    heading: float
    notes: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of scatterers."""
        return len(self.lonlat)

    def __getitem__(self, name: str) -> Array:
        """Return the values of a column."""
        return next(column.values for column in self.columns if column.name == name)

    @property
    def master(self) -> date:
        """Return the day of the master."""
        return date_of_datenum(self.master_day)

    @property
    def date_names(self) -> tuple[str, ...]:
        """Return the names of the displacement columns, ``DYYYYMMDD``."""
        return tuple(f"D{yyyymmdd(day)}" for day in self.dates)

    def displacement(self, rows: slice | IntArray) -> FloatArray:
        """Return displacements in mm towards the satellite, float32, shape (n_rows, n_dates)."""
        return timeseries_of(self.series, master_day=self.master_day, rows=rows).displacement


def ps_table(store: StampsStore, parms: Mapping[str, Any], options: ExportOptions) -> PsTable:
    """
    Compute everything that is exported, except the displacements, which follow block by block.

    Parameters
    ----------
    store : StampsStore
        The working folder after step 7 (8 for quantities with s).
    parms : mapping
        StaMPS parameters, those from the data (heading, lambda) included.
    options : ExportOptions
        Which quantity, reference, columns, and positions.

    Returns
    -------
    PsTable

    Raises
    ------
    DataError
        If an artefact or the heading is missing, or the reference area is empty.
    InputError
        If the file of the reference cannot be used.
    """
    heading = float(parms["heading"])
    if not np.isfinite(heading):
        raise DataError("The direction of flight (heading) is not known", where=store.file("parms.mat"), remedy=_STEP_1)
    series = quantity_phase(
        store, parms, quantity=options.quantity, without_master=True, area=wanted_area(options.reference)
    )
    # A constant per scatterer, the master's part, does not change the slope: one phase serves both.
    fit = velocity_of(series, n_bootstrap=options.bootstrap)
    ps = store.read("ps2", "ij", "lonlat", "day", "master_day")
    heights = dem_error(store, wavelength=series.wavelength)
    dispersion = amplitude_dispersion(store, ps.ij, resampled=parms["merge_resample_size"] > 0)
    incidence = store.read("la2", "la").la
    look = look_vectors(heading, incidence)
    corrected = corrected_positions(ps.lonlat, heights.dem_error, incidence, look)
    as_corrected = options.positions == "corrected"
    columns = (
        Column("id", "-", "number of the PS in StaMPS, from 1", ps.ij[:, 0].astype(np.int32)),
        *_velocity_columns(fit),
        Column("coherence", "-", "temporal coherence (gamma), 0 to 1", store.read("pm2", "coh_ps").coh_ps),
        Column("height", "m", "height of the DEM", store.read("hgt2", "hgt").hgt),
        Column("dem_error", "m", "reality minus DEM, + = higher; relative to the mean of all PS", heights.dem_error),
        Column("d_a", "-", "amplitude dispersion", dispersion.values),
        *_viewing_columns(incidence, look),
        *(_vertical_columns(fit, incidence) if options.vertical else ()),
        *(_snap_position_columns(ps.lonlat) if as_corrected else _corrected_position_columns(corrected)),
    )
    dates = timeseries_of(series, master_day=ps.master_day, rows=_NO_ROWS).dates
    all_dates = [date_of_datenum(day) for day in ps.day]
    notes = [dispersion.note] if dispersion.note else []
    if heights.range_source == "mean_range":
        notes.append("the master's header is not at hand: dem_error was computed with one slant range for all PS")
    return PsTable(
        lonlat=corrected if as_corrected else ps.lonlat,
        columns=columns,
        velocity=fit,
        series=series,
        master_day=ps.master_day,
        dates=dates,
        dropped=tuple(day for day in all_dates if day not in dates),
        heading=heading,
        notes=tuple(notes),
    )


_NO_ROWS = slice(0, 0)
_STEP_1 = "snapstamps stamps --steps 1, which reads it from the master's header"


def _velocity_columns(fit: Velocity) -> tuple[Column, ...]:
    return (
        Column("velocity", "mm/yr", "mean velocity in the line of sight, + towards the satellite", fit.velocity),
        Column("velocity_std", "mm/yr", "its standard deviation, by bootstrap over the dates", fit.std_bootstrap),
        Column("velocity_std_formal", "mm/yr", "its standard deviation, from the residuals", fit.std_formal),
    )


def _viewing_columns(incidence: FloatArray, look: LookVectors) -> tuple[Column, ...]:
    return (
        Column("incidence", "degrees", "incidence angle, from the vertical", np.degrees(incidence)),
        Column("look_e", "-", "east component of the unit vector from the ground to the satellite", look.east),
        Column("look_n", "-", "its north component", look.north),
        Column("look_u", "-", "its up component", look.up),
    )


def _vertical_columns(fit: Velocity, incidence: FloatArray) -> tuple[Column, ...]:
    meaning = "velocity / cos(incidence), + up; true only where the motion is vertical"
    return (Column("velocity_vertical", "mm/yr", meaning, fit.velocity / np.cos(incidence)),)


def _snap_position_columns(lonlat: FloatArray) -> tuple[Column, ...]:
    return (
        Column("lon", "degrees", "longitude as SNAP gives it", lonlat[:, 0]),
        Column("lat", "degrees", "latitude as SNAP gives it", lonlat[:, 1]),
    )


def _corrected_position_columns(lonlat: FloatArray) -> tuple[Column, ...]:
    return (
        Column("lon_corrected", "degrees", "longitude, shifted for dem_error", lonlat[:, 0]),
        Column("lat_corrected", "degrees", "latitude, shifted for dem_error", lonlat[:, 1]),
    )
