"""
Step 8: spatially correlated noise of the slaves (atmosphere and orbit errors).

In StaMPS: ps_scn_filt. The formulas are in ``kernels/scn.py``.
"""

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.deramp import fit_ramps
from snapstamps.kernels.scn import high_pass_in_time, low_pass_in_space, temporal_high_pass
from snapstamps.model.errors import DataError
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import StampsStore
from snapstamps.stamps.unwrapped import date_indexes, master_column, refuse_missing_dates, used_dates


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:
    """
    Filter the unwrapped phase; write ``scn2``.

    Parameters
    ----------
    store : StampsStore
        The working folder.
    parms : ParmsView
        scn_wavelength, scn_time_win, scn_deramp_ifg, drop_ifg_index.
    context : RunContext
        Log, notes and quirks.

    Raises
    ------
    InputError
        If a parameter names a date that does not exist.
    DataError
        If a date was never unwrapped, or where StaMPS's own defect, to be reproduced, has no result.
    """
    ps = store.read("ps2", "xy", "day", "master_day")
    xy = ps.xy[:, 1:]
    phase = store.read("phuw2", "ph_uw").ph_uw
    n_ps, n_scenes = phase.shape
    master = master_column(ps.day, ps.master_day)
    columns = used_dates(parms["drop_ifg_index"], ps.day, master)
    refuse_missing_dates(phase, columns, ps.day, master)

    phase = _without_look_angle_error(phase, columns, store, context)
    ramp_columns = _ramp_columns(parms["scn_deramp_ifg"], columns, n_scenes)
    ramp = fit_ramps(phase[:, ramp_columns], xy).ramp
    phase[:, ramp_columns] -= ramp.astype(np.float32)
    left_out = _left_out(columns, master, context)
    high_pass = temporal_high_pass(ps.day[columns], window=parms["scn_time_win"], left_out=left_out)
    fast = high_pass_in_time(phase, high_pass)
    fast[:, ramp_columns] += ramp.astype(np.float32)
    noise = low_pass_in_space(fast, xy, wavelength=parms["scn_wavelength"])

    noise -= noise[:1].copy()
    noise[:, columns == master] = 0.0
    of_slaves = np.zeros((n_ps, n_scenes))
    of_slaves[:, columns] = noise
    store.write("scn2", ph_scn_slave=of_slaves, ph_hpt=fast, ph_ramp=ramp)
    context.log.info("noise of %d slaves at %d PS: standard deviation %.2f rad", len(columns) - 1, n_ps, noise.std())


def _without_look_angle_error(phase: FloatArray, columns: IntArray, store: StampsStore, context: RunContext) -> Array:
    """Subtract what step 7 found, the master's contribution from every date (so also from the master's own)."""
    phase = phase[:, columns].astype(np.float32, copy=False)
    if not store.has("scla2"):
        context.note("no scla2.mat: the look-angle error is not taken out before filtering")
        return np.nan_to_num(phase, nan=0.0)
    scla = store.read("scla2", "ph_scla", "C_ps_uw", "ph_ramp")
    phase -= scla.ph_scla[:, columns]
    phase -= scla.C_ps_uw[:, None]
    if scla.get("ph_ramp", np.empty(0)).size:
        phase -= scla.ph_ramp[:, columns].astype(np.float32)
    return np.nan_to_num(phase, copy=False, nan=0.0)


def _ramp_columns(scn_deramp_ifg: str | list[int], columns: IntArray, n_scenes: int) -> IntArray:
    """Return which of the dates in use get a plane, as positions in ``columns``."""
    if scn_deramp_ifg == "all":
        return np.arange(len(columns))
    wanted = date_indexes("scn_deramp_ifg", [int(index) for index in scn_deramp_ifg], n_scenes)
    return np.flatnonzero(np.isin(columns, wanted))


def _left_out(columns: IntArray, master: int, context: RunContext) -> int:
    """
    Return which of the dates in use enters no temporal mean: the master.

    StaMPS counts the master's position in all dates, but applies it to those in use.
    """
    position = int(np.searchsorted(columns, master))
    if position == master:
        return position
    if context.quirks == "mend":
        context.note("mended: with dates dropped before the master, StaMPS takes another date for the master")
        return position
    if master >= len(columns):
        raise DataError(
            "StaMPS cannot do step 8 with so many dates dropped before the master",
            why=f"It looks for the master at place {master + 1} of the {len(columns)} dates in use.",
            remedy='stamps.quirks = "mend"',
        )
    return master
