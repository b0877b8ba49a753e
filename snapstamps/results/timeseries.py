"""Displacement of every scatterer at every date (ps_plot 'v…', 'ts')."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.model.units import date_of_datenum
from snapstamps.results.phase import QuantityPhase, quantity_phase
from snapstamps.results.reference import Reference
from snapstamps.stamps.store import StampsStore

EVERY_ROW = slice(None)


@dataclass(frozen=True)
class TimeSeries:
    """
    Displacement over time.

    Attributes
    ----------
    quantity : str
        What was taken out of the phase; see :mod:`snapstamps.results.phase`.
    displacement : ndarray of float32, shape (n_ps, n_dates)
        mm towards the satellite since the master, relative to the reference; 0 at the master.
    dates : tuple of date, length n_dates
        Ascending, the master's included, dropped ones left out.
    master : date
        Where all displacements are zero.
    reference : Reference
        Whose mean displacement is zero at every date.
    """

    quantity: str
    displacement: FloatArray
    dates: tuple[date, ...]
    master: date
    reference: Reference


def timeseries(store: StampsStore, parms: Mapping[str, Any], *, quantity: str = "v-do") -> TimeSeries:
    """
    Build the displacement time series.

    Every interferogram holds atmosphere and orbit error of the master. They are subtracted, once (StaMPS
    does so twice for ``v-d``); only then the master's own displacement is zero like the line through the
    others, and is given as a date like the others.

    Parameters
    ----------
    store : StampsStore
        The working folder, after step 7 (and 8 for quantities with s).
    parms : mapping
        StaMPS parameters; see :func:`snapstamps.stamps.parms.read_parms`.
    quantity : str
        One of :data:`snapstamps.results.phase.QUANTITIES`.

    Returns
    -------
    TimeSeries

    Raises
    ------
    InputError
        If there is no such quantity.
    DataError
        If a file is missing, a date was never unwrapped, or the reference area is empty.
    """
    series = quantity_phase(store, parms, quantity=quantity, without_master=True)
    return timeseries_of(series, master_day=store.read("ps2", "master_day").master_day)


def timeseries_of(series: QuantityPhase, *, master_day: float, rows: slice | IntArray = EVERY_ROW) -> TimeSeries:
    """
    Turn phase that is at hand already into displacements, of all scatterers or of some.

    Parameters
    ----------
    series : QuantityPhase
        Made with ``without_master=True``.
    master_day : float
        MATLAB datenum of the master.
    rows : slice or ndarray of int
        Scatterers wanted; so a large stack can be taken in blocks.

    Returns
    -------
    TimeSeries
    """
    place = int(np.count_nonzero(series.days < 0))
    displacement = series.phase[rows] * np.float32(series.mm_per_rad)
    days = np.insert(series.days, place, 0.0) + master_day
    return TimeSeries(
        quantity=series.quantity,
        displacement=np.insert(displacement, place, np.float32(0.0), axis=1),
        dates=tuple(date_of_datenum(day) for day in days),
        master=date_of_datenum(master_day),
        reference=series.reference,
    )
