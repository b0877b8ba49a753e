"""All that figures and report show of a finished run, gathered once."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely

from snapstamps.config.options import ExportOptions
from snapstamps.kernels.arrays import BoolArray, FloatArray
from snapstamps.model.units import date_of_datenum
from snapstamps.results.amplitude_map import AmplitudeMap, Extent, amplitude_map, extent_of
from snapstamps.results.distributions import Distribution, distributions
from snapstamps.results.figures.panels import velocity_limit
from snapstamps.results.overlays import Overlays, read_overlays
from snapstamps.results.relief import relief_map
from snapstamps.results.table import PsTable
from snapstamps.stamps.store import StampsStore
from snapstamps.stamps.unwrapped import date_variances


@dataclass(frozen=True)
class Overview:
    """
    A finished run.

    Attributes
    ----------
    name : str
        Of the area.
    store : StampsStore
        The working folder.
    table : PsTable
        The results.
    days : tuple of date, length n_scenes
        All dates, ascending.
    bperp : ndarray, shape (n_scenes,)
        Perpendicular baselines, m; 0 at the master.
    used : ndarray of bool, shape (n_scenes,)
        False for dates that were dropped.
    noise : ndarray, shape (n_scenes,)
        Noise of every interferogram, degrees; NaN at the master and where it is not known.
    extent : Extent
        What maps show.
    backgrounds : dict of str to AmplitudeMap
        ``hillshade``, ``amplitude``: those at hand, the chosen one first.
    overlays : Overlays
        The user's lines, areas and points.
    distributions : tuple of Distribution
        Amplitude dispersion, coherence, velocity.
    """

    name: str
    store: StampsStore
    table: PsTable
    days: tuple[date, ...]
    bperp: FloatArray
    used: BoolArray
    noise: FloatArray
    extent: Extent
    backgrounds: dict[str, AmplitudeMap]
    overlays: Overlays
    distributions: tuple[Distribution, ...]

    @property
    def master(self) -> int:
        """Return the position of the master among the dates."""
        return self.days.index(self.table.master)

    @property
    def background(self) -> AmplitudeMap | None:
        """Return what lies behind the map."""
        return next(iter(self.backgrounds.values()), None)

    @property
    def limit(self) -> float:
        """Return the end of the colour scale of velocities, mm/yr."""
        return velocity_limit(self.table["velocity"])

    @cached_property
    def square_kilometres(self) -> float:
        """Return the area that the scatterers span: of their convex hull."""
        hull = shapely.convex_hull(shapely.multipoints(self.store.read("ps2", "xy").xy[:, 1:].astype(np.float64)))
        return float(hull.area) / 1e6


def overview(
    store: StampsStore, table: PsTable, options: ExportOptions, *, name: str, export_folder: Path | None
) -> Overview:
    """
    Gather what figures and report show.

    Parameters
    ----------
    store : StampsStore
        The working folder.
    table : PsTable
        The results.
    options : ExportOptions
        Background, lines, areas and points; absolute paths.
    name : str
        Of the area.
    export_folder : Path or None
        ``INSAR_<master>``, for the relief.

    Returns
    -------
    Overview

    Raises
    ------
    InputError
        If a vector file is missing or unfit.
    """
    ps = store.read("ps2", "ij", "lonlat", "day", "bperp")
    days = tuple(date_of_datenum(day) for day in ps.day)
    pictures = {
        "hillshade": relief_map(export_folder) if export_folder is not None else None,
        "amplitude": amplitude_map(store, ps.ij, ps.lonlat),
    }
    order = sorted(pictures, key=lambda kind: kind != options.background)
    backgrounds = {kind: picture for kind in order if (picture := pictures[kind]) is not None}
    extent = next((picture.extent for picture in backgrounds.values()), extent_of(table.lonlat))
    known = store.has("ifgstd2")
    noise = np.degrees(np.sqrt(date_variances(store, len(days)))) if known else np.full(len(days), np.nan)
    noise[days.index(table.master)] = np.nan
    return Overview(
        name=name,
        store=store,
        table=table,
        days=days,
        bperp=np.asarray(ps.bperp, dtype=np.float64),
        used=np.array([day in table.dates for day in days]),
        noise=noise,
        extent=extent,
        backgrounds=backgrounds,
        overlays=read_overlays(extent, lines=options.lines, areas=options.areas, points=options.points),
        distributions=distributions(store, table, limit=velocity_limit(table["velocity"])),
    )
