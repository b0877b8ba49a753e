"""
What step 6 unwraps: the wrapped phase of the scatterers, and what is taken out of it beforehand.

From the second round on the results of step 7 are taken out before the unwrapping and put back after it.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.phase import unit_phasor
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.units import date_of_datenum
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import Artefact, StampsStore

MIN_INTERFEROGRAMS = 3
"""With fewer (less than 4 images) the time series say nothing; StaMPS's branches for that are undefined."""


@dataclass(frozen=True)
class Dates:
    """
    The dates of the stack, and which of them are unwrapped.

    Attributes
    ----------
    datenums : ndarray, shape (n_scenes,)
        MATLAB datenums of all dates, ascending.
    days : ndarray, shape (n_scenes,)
        Days from the master.
    master : int
        Position of the master, from 0.
    used : ndarray of int, shape (n_ifg_used,)
        Positions of the slaves that are unwrapped, ascending, from 0.
    """

    datenums: FloatArray
    days: FloatArray
    master: int
    used: IntArray

    def name(self, position: int) -> str:
        """Return a date as text."""
        return date_of_datenum(self.datenums[position]).isoformat()


@dataclass(frozen=True)
class Baselines:
    """
    Perpendicular baselines of every scatterer, with the master's zero column left out (m).

    Attributes
    ----------
    stored : ndarray of float32, shape (n_ps, n_ifg)
        As in bp2.
    master : int
        Position of the master among the dates, from 0.
    """

    stored: FloatArray
    master: int

    def of(self, position: int) -> FloatArray:
        """Return the baselines of a date, float32 of shape (n_ps,)."""
        if position == self.master:
            return np.zeros(len(self.stored), dtype=np.float32)
        column: FloatArray = self.stored[:, position - (position > self.master)]
        return column


@dataclass(frozen=True)
class Feedback:
    """
    What step 7 of the round before found; taken out before the unwrapping and put back after it.

    Attributes
    ----------
    look_angle : ndarray of float32, shape (n_ps,)
        Look-angle error (rad/m).
    master_noise : ndarray of float32, shape (n_ps,)
        Atmosphere and orbit error of the master (rad).
    ramps : ndarray of float64, shape (n_ps, n_scenes), or None
        Planes (rad), if scla_deramp is on.
    """

    look_angle: FloatArray
    master_noise: FloatArray
    ramps: FloatArray | None

    def phase(self, baselines: Baselines, position: int) -> FloatArray:
        """Return its phase on a date (rad), float64 of shape (n_ps,)."""
        total = (self.look_angle * baselines.of(position)).astype(np.float64) + self.master_noise
        if self.ramps is not None:
            total += self.ramps[:, position]
        return total


def read_dates(ps: Artefact, parms: ParmsView) -> Dates:
    """
    Tell which interferograms are unwrapped.

    Parameters
    ----------
    ps : Artefact
        ps2.
    parms : ParmsView
        For drop_ifg_index, which counts the dates from 1, the master included.

    Returns
    -------
    Dates

    Raises
    ------
    InputError
        If drop_ifg_index names a date that does not exist.
    DataError
        If fewer than three interferograms are left.
    """
    n_scenes = len(ps.day)
    dropped = np.array(parms["drop_ifg_index"], dtype=np.int64) - 1
    if dropped.size and (dropped.min() < 0 or dropped.max() >= n_scenes):
        raise InputError(
            f"drop_ifg_index holds a number outside 1 … {n_scenes}",
            where="stamps.parms.drop_ifg_index",
            why=f"the stack has {n_scenes} dates, the master included",
            remedy="leave that number out",
        )
    master = int(np.count_nonzero(ps.day < ps.master_day))
    used = np.setdiff1d(np.arange(n_scenes), np.append(dropped, master))
    if len(used) < MIN_INTERFEROGRAMS:
        raise DataError(
            f"only {len(used)} interferograms are left to unwrap, at least {MIN_INTERFEROGRAMS} are needed",
            where="step 6 unwrap",
            why=f"the stack has {n_scenes} dates, of which drop_ifg_index takes out {len(dropped)}",
            remedy="more dates, or a shorter stamps.parms.drop_ifg_index",
        )
    return Dates(ps.day, ps.day - ps.master_day, master, used)


def read_feedback(store: StampsStore, n_ps: int, parms: ParmsView, context: RunContext) -> Feedback | None:
    """
    Read what step 7 of the round before found, if it is there and belongs to these scatterers.

    Parameters
    ----------
    store : StampsStore
        The StaMPS folder. A scla_smooth2 of other scatterers is deleted, as StaMPS does.
    n_ps : int
        Number of scatterers.
    parms : ParmsView
        For scla_deramp: whether ramps are taken out too.
    context : RunContext
        Takes a note of what was done.

    Returns
    -------
    Feedback or None
    """
    if not store.has("scla_smooth2"):
        return None
    scla = store.read("scla_smooth2", "K_ps_uw", "C_ps_uw", "ph_ramp")
    if len(scla.K_ps_uw) != n_ps:
        store.delete("scla_smooth2")
        context.note(f"scla_smooth2 of {len(scla.K_ps_uw)} other scatterers deleted, not used")
        return None
    ramps = scla.get("ph_ramp")
    use_ramps = parms.flag("scla_deramp") and ramps is not None and len(ramps) == n_ps
    context.note(f"look-angle and master errors of the round before{', and ramps,' if use_ramps else ''} fed back")
    return Feedback(scla.K_ps_uw.astype(np.float32), scla.C_ps_uw, ramps if use_ramps else None)


def wrapped_phase(
    store: StampsStore, dates: Dates, baselines: Baselines, parms: ParmsView, feedback: Feedback | None
) -> ComplexArray:
    """
    Return the phase to unwrap.

    It is the corrected phase with the spatially uncorrelated look-angle error put back (the master's noise
    is not), or with unwrap_patch_phase the filtered phase of the surroundings.

    Parameters
    ----------
    store : StampsStore
        The StaMPS folder.
    dates : Dates
        Which columns to take.
    baselines : Baselines
        Of all scatterers.
    parms : ParmsView
        For unwrap_patch_phase.
    feedback : Feedback or None
        Taken out.

    Returns
    -------
    phasors : ndarray of complex64, shape (n_ps, n_ifg_used), column by column in memory
        Of unit modulus.

    Raises
    ------
    DataError
        If a phase is 0 or not a number, naming the date.
    """
    of_patch = parms.flag("unwrap_patch_phase")
    if of_patch:
        source, look_angle = store.read("pm2", "ph_patch").ph_patch, None
    else:
        source, look_angle = store.read("rc2", "ph_rc").ph_rc, store.read("pm2", "K_ps").K_ps.astype(np.float32)
    phasors = np.empty((len(source), len(dates.used)), dtype=np.complex64, order="F")
    for column, position in enumerate(dates.used):
        phase = source[:, position - (of_patch and position > dates.master)]
        if look_angle is not None:
            phase = phase * unit_phasor(look_angle * baselines.of(position))
        phase = _normalised(phase, dates.name(position))
        if feedback is not None:
            phase = phase * unit_phasor(-feedback.phase(baselines, position))
        phasors[:, column] = phase
    return phasors


def own_phase(store: StampsStore, dates: Dates) -> Array:
    """
    Return the scatterers' own phase relative to the filtered phase of their surroundings.

    Parameters
    ----------
    store : StampsStore
        The StaMPS folder.
    dates : Dates
        Which columns to take.

    Returns
    -------
    ndarray of float32, shape (n_ps, n_ifg_used), column by column in memory
        Rad.
    """
    own, surroundings = store.read("rc2", "ph_rc").ph_rc, store.read("pm2", "ph_patch").ph_patch
    difference = np.empty((len(own), len(dates.used)), dtype=np.float32, order="F")
    for column, position in enumerate(dates.used):
        around = surroundings[:, position - (position > dates.master)]
        difference[:, column] = np.angle(own[:, position] * around.conj())
    return difference


def _normalised(phase: ComplexArray, date: str) -> ComplexArray:
    """Return the phase with unit modulus."""
    modulus = np.abs(phase)
    bad = int(np.count_nonzero(~(np.isfinite(modulus) & (modulus > 0))))
    if bad:
        raise DataError(
            f"{bad} of {len(phase)} scatterers have no phase (0 or NaN) on {date}",
            where="step 6 unwrap",
            why="an interferogram without data there, or artefacts of steps 1 to 5 that do not belong together",
            remedy="run the steps from 1 on again without the pixels that have gaps, "
            "or put the date into stamps.parms.drop_ifg_index",
        )
    unit: ComplexArray = phase / modulus
    return unit
