"""
Step 7: spatially correlated look-angle error, and atmosphere and orbit error of the master.

In StaMPS: ps_calc_scla(0, 1) and ps_smooth_scla. The formulas are in ``kernels/scla.py``.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.deramp import fit_ramps
from snapstamps.kernels.reference_set import referenced
from snapstamps.kernels.scla import (
    clipped_to_neighbours,
    look_angle_error_l2,
    look_angle_model,
    look_angle_phase,
    master_contribution,
)
from snapstamps.kernels.scla_l1 import look_angle_error_l1
from snapstamps.kernels.triangulation import delaunay_edges
from snapstamps.kernels.velocity import line_functionals
from snapstamps.model.errors import DataError
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.reference import reference_rows
from snapstamps.stamps.store import Artefact, StampsStore
from snapstamps.stamps.unwrapped import (
    date_indexes,
    date_variances,
    date_weights,
    deramp_degree,
    master_column,
    refuse_missing_dates,
    used_dates,
)


@dataclass(frozen=True)
class _Dates:
    """Columns of the phase: all those of the regression, and the master."""

    columns: IntArray
    master: int

    @property
    def slaves(self) -> IntArray:
        return np.asarray(self.columns[self.columns != self.master])


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:
    """
    Estimate the look-angle error; write ``scla2`` and ``scla_smooth2``, delete ``mv2``.

    StaMPS keeps every older ``scla2`` as ``tmp_scla2_<date>.mat``, so that a folder grows with each run.
    With ``quirks = "reproduce"`` it is kept here too; else it is replaced.

    Parameters
    ----------
    store : StampsStore
        The working folder.
    parms : ParmsView
        scla_method, scla_deramp, scla_drop_index, drop_ifg_index and the reference area.
    context : RunContext
        Log, notes and quirks.

    Raises
    ------
    InputError
        If a parameter names a date that does not exist.
    DataError
        If a date was never unwrapped, the reference area is empty, or the baselines determine nothing.
    """
    ps = store.read("ps2", "lonlat", "xy", "day", "master_day", "ll0")
    phase = store.read("phuw2", "ph_uw").ph_uw
    dates = _dates(ps, parms)
    refuse_missing_dates(phase, dates.columns, ps.day, dates.master)
    if store.has("aps2.mat"):
        context.note("aps2.mat is ignored: atmosphere estimated outside belongs before StaMPS")
    ramp = None
    if parms.flag("scla_deramp"):
        ramp = _ramps(phase, ps, store, context)
        phase = phase - ramp.astype(np.float32)
    phase = referenced(phase, reference_rows(ps.lonlat, ps.ll0, parms))
    baselines = np.insert(store.read("bp2").bperp_mat, dates.master, np.float32(0), axis=1)
    error = _look_angle_error(phase, baselines, ps.day, dates, method=parms["scla_method"])
    scla_phase = look_angle_phase(error, baselines)
    variances = date_variances(store, len(ps.day))
    weights = date_weights(variances, dates.slaves, ps.day)
    line = line_functionals(ps.day[dates.slaves] - ps.master_day, weights)
    master = master_contribution(phase - scla_phase, line.intercept, dates.slaves)

    store.delete("mv2")
    if context.quirks == "reproduce":
        _set_aside(store)
    vcm = np.diag(variances)
    store.write("scla2", K_ps_uw=error, C_ps_uw=master, ph_scla=scla_phase, ph_ramp=ramp, ifg_vcm=vcm)
    edges = delaunay_edges(ps.xy[:, 1:])
    smooth = clipped_to_neighbours(error, edges)
    store.write(
        "scla_smooth2",
        K_ps_uw=smooth,
        C_ps_uw=clipped_to_neighbours(master, edges),
        ph_scla=look_angle_phase(smooth, baselines),
        ph_ramp=ramp,
    )
    context.log.info(
        "look-angle error of %d PS from %d dates: standard deviation %.2g rad/m; %d clipped to their neighbours",
        len(error),
        len(dates.columns),
        np.nanstd(error),
        np.count_nonzero(smooth < error) + np.count_nonzero(smooth > error),
    )


def _dates(ps: Artefact, parms: ParmsView) -> _Dates:
    master = master_column(ps.day, ps.master_day)
    used = used_dates(parms["drop_ifg_index"], ps.day, master)
    dropped = date_indexes("scla_drop_index", parms["scla_drop_index"], len(ps.day))
    columns = np.setdiff1d(used, dropped)
    if len(columns[columns != master]) < 2:
        raise DataError(
            f"Only {len(columns)} dates are left for the look-angle error",
            remedy="a shorter stamps.parms.scla_drop_index or drop_ifg_index",
        )
    return _Dates(columns, master)


def _ramps(phase: FloatArray, ps: Artefact, store: StampsStore, context: RunContext) -> Array:
    """Return the surface of every date, dropped ones included, as StaMPS stores them."""
    degree = deramp_degree(store)
    if degree != 1:
        terms = "StaMPS's terms, without linear ones" if degree >= 2 else "a plane with an xy term"
        context.note(f"deramp_degree.mat: ramps of degree {degree:g} ({terms})")
    ramps = fit_ramps(phase, ps.xy[:, 1:], degree=degree)
    if not ramps.fitted.all():
        context.note(f"{np.count_nonzero(~ramps.fitted)} dates are not deramped: too few scatterers have a phase there")
    return ramps.ramp


def _look_angle_error(
    phase: FloatArray, baselines: FloatArray, day: FloatArray, dates: _Dates, *, method: str
) -> Array:
    model = look_angle_model(baselines.mean(axis=0, dtype=np.float64), day, dates.columns)
    if not model.determined:
        raise DataError(
            "The perpendicular baselines do not determine the look-angle error",
            where="bp2.mat",
            why="Their differences from date to date are all zero, all equal, or follow the time between the dates.",
            remedy="snapstamps check on the INSAR_… folder (the .base files); more dates",
        )
    estimate = look_angle_error_l1 if method == "L1" else look_angle_error_l2
    return estimate(phase, model)


def _set_aside(store: StampsStore) -> None:
    """Rename an older ``scla2`` after the time of its writing, as StaMPS does."""
    path = store.file("scla2")
    if path.is_file():
        written = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        path.replace(path.with_name(f"tmp_{path.stem}_{written:%Y%m%d_%H%M%S}{path.suffix}"))
