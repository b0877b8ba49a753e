"""
The phase behind a quantity such as ``v-do``: the unwrapped phase without what the letters name.

======= ==========================================================================
letter  taken out
======= ==========================================================================
d       the spatially correlated look-angle (DEM) error of step 7
s       the spatially correlated noise of the slaves of step 8
o       a plane per date (orbit error), after the others
======= ==========================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.deramp import fit_ramps
from snapstamps.kernels.reference_set import referenced
from snapstamps.model.errors import InputError
from snapstamps.model.units import DAYS_PER_YEAR
from snapstamps.results.reference import Reference, reference
from snapstamps.results.reference_area import ReferenceArea
from snapstamps.stamps.store import Artefact, StampsStore
from snapstamps.stamps.unwrapped import (
    date_variances,
    date_weights,
    deramp_degree,
    master_column,
    refuse_missing_dates,
    used_dates,
)

QUANTITIES = ("v", "v-d", "v-o", "v-do", "v-s", "v-so", "v-ds", "v-dso")

ENVISAT_PIXEL_SPACING = 7.8
"""Slant-range spacing of ENVISAT's images, m."""

ENVISAT_DRIFT = 3.87e-7
"""Drift of ENVISAT's oscillator, metres of range per metre of range and year."""


@dataclass(frozen=True)
class QuantityPhase:
    """
    Phase of the slaves in use, relative to the reference.

    Attributes
    ----------
    quantity : str
        One of ``QUANTITIES``.
    phase : ndarray of float32, shape (n_ps, n_used)
        rad, positive away from the satellite; NaN where a scatterer was not unwrapped.
    columns : ndarray of int, shape (n_used,)
        The slaves in use, as columns of the stack (from 0).
    days : ndarray, shape (n_used,)
        Days since the master.
    weights : ndarray, shape (n_used,)
        Inverse variances of the dates (1/rad²).
    wavelength : float
        Of the radar (m).
    reference : Reference
        Whose mean was subtracted from every date.
    """

    quantity: str
    phase: FloatArray
    columns: IntArray
    days: FloatArray
    weights: FloatArray
    wavelength: float
    reference: Reference

    @property
    def mm_per_rad(self) -> float:
        """Return millimetres towards the satellite per radian of phase (negative)."""
        return -self.wavelength * 1000.0 / (4.0 * np.pi)


def quantity_phase(
    store: StampsStore,
    parms: Mapping[str, Any],
    *,
    quantity: str = "v-do",
    without_master: bool = False,
    area: ReferenceArea | None = None,
) -> QuantityPhase:
    """
    Build the phase of a quantity.

    Parameters
    ----------
    store : StampsStore
        The working folder, after step 7 (for ``d`` and ``without_master``) and 8 (for ``s``).
    parms : mapping
        StaMPS parameters; see :func:`snapstamps.stamps.parms.read_parms`.
    quantity : str
        One of ``QUANTITIES``.
    without_master : bool
        Also subtract the atmosphere and orbit error of the master. It does not change a velocity, but a
        time series starts from it.
    area : ReferenceArea, optional
        The reference, instead of what the parameters name.

    Returns
    -------
    QuantityPhase

    Raises
    ------
    InputError
        If there is no such quantity.
    DataError
        If a file is missing, a date was never unwrapped, or the reference area is empty.
    """
    if quantity not in QUANTITIES:
        raise InputError(f"There is no quantity {quantity!r}", remedy=f"one of {', '.join(QUANTITIES)}")
    letters = quantity.partition("-")[2]
    ps = store.read("ps2", "xy", "ij", "day", "master_day")
    master = master_column(ps.day, ps.master_day)
    used = used_dates(parms["drop_ifg_index"], ps.day, master)
    columns = used[used != master]
    unwrapped = store.read("phuw2", "ph_uw").ph_uw
    refuse_missing_dates(unwrapped, columns, ps.day, master)
    phase = unwrapped[:, columns].astype(np.float32, copy=False)
    del unwrapped  # a stack may hold gigabytes; only one copy is kept from here on
    days = ps.day[columns] - ps.master_day
    if parms.get("platform", "").upper() == "ENVISAT":
        phase += _oscillator_drift(ps, days, wavelength=parms["lambda"])
    if "d" in letters:
        phase -= store.read("scla2", "ph_scla").ph_scla[:, columns]
    if "s" in letters:
        phase -= store.read("scn2", "ph_scn_slave").ph_scn_slave[:, columns].astype(np.float32)
    if "o" in letters:
        degree = deramp_degree(store)
        for column in range(phase.shape[1]):
            one = slice(column, column + 1)
            phase[:, one] -= fit_ramps(phase[:, one], ps.xy[:, 1:], degree=degree).ramp.astype(np.float32)
    if without_master:
        phase -= store.read("scla2", "C_ps_uw").C_ps_uw[:, None]
    complete = None if area is None else np.isfinite(phase).all(axis=1)
    chosen = reference(store, parms, area=area, complete=complete)
    return QuantityPhase(
        quantity=quantity,
        phase=referenced(phase, chosen.rows),
        columns=columns,
        days=days,
        weights=date_weights(date_variances(store, len(ps.day)), columns, ps.day),
        wavelength=float(parms["lambda"]),
        reference=chosen,
    )


def _oscillator_drift(ps: Artefact, days: FloatArray, *, wavelength: float) -> Array:
    """Return the phase that ENVISAT's drifting oscillator leaves across the swath."""
    per_year = 4.0 * np.pi / wavelength * ENVISAT_PIXEL_SPACING * ENVISAT_DRIFT * ps.ij[:, 2]
    return np.outer(per_year, days / DAYS_PER_YEAR).astype(np.float32)
