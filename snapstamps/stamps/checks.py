"""
Postconditions of the steps: what must hold of the files that a step has left, whoever did it.

A step that ended without an error is believed only when its artefacts are complete, agree with each
other in their numbers, hold finite phase, and point at rows that exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.model.errors import DataError
from snapstamps.stamps.empty import empty_since
from snapstamps.stamps.steps import Step
from snapstamps.stamps.store import Artefact, StampsStore


@dataclass(frozen=True)
class Counts:
    """
    Scatterers before and after a step.

    Attributes
    ----------
    ps_in, ps_out : int
        Candidates or PS that the step was given, and left.
    """

    ps_in: int
    ps_out: int


def check_step(step: Step, store: StampsStore) -> Counts:
    """
    Check what a step left behind, and count.

    Parameters
    ----------
    step : Step
        The row that has just been done.
    store : StampsStore
        The folder it was done in.

    Returns
    -------
    Counts
        ``ps_out`` is 0 where the step left no PS in a patch, which is an outcome and no error.

    Raises
    ------
    DataError
        If a file is missing, damaged, or does not fit the others.
    """
    return _CHECKS[step.key](store)


def _check_load(store: StampsStore) -> Counts:
    if empty_since(store) == 1:
        return Counts(0, 0)
    ps = store.read("ps1")
    n = _rows(ps, "n_ps", store)
    for artefact, field in (("ph1", "ph"), ("bp1", "bperp_mat"), ("la1", "la"), ("da1", "D_A"), ("hgt1", "hgt")):
        _has_rows(store.read(artefact, field)[field], n, artefact, store)
    _finite(store.read("ph1").ph, "ph1.ph", store)
    return Counts(len(ps.sort_ix), n)


def _check_gamma(store: StampsStore) -> Counts:
    n = int(store.read("ps1", "n_ps").n_ps)
    pm = store.read("pm1", "coh_ps", "K_ps", "ph_patch")
    _has_rows(pm.coh_ps, n, "pm1", store)
    _finite(pm.coh_ps, "pm1.coh_ps", store)
    return Counts(n, n)


def _check_select(store: StampsStore) -> Counts:
    n = int(store.read("ps1", "n_ps").n_ps)
    select = store.read("select1", "ix", "keep_ix", "coh_ps2")
    _within(select.ix, n, "select1.ix", store)
    _has_rows(select.keep_ix, len(select.ix), "select1", store)
    _finite(select.coh_ps2[select.keep_ix], "select1.coh_ps2 of the kept", store)
    return Counts(n, int(select.keep_ix.sum()))


def _check_weed(store: StampsStore) -> Counts:
    kept = int(store.read("select1", "keep_ix").keep_ix.sum())
    weed = store.read("weed1", "ix_weed")
    _has_rows(weed.ix_weed, kept, "weed1.ix_weed", store)
    if empty_since(store) is not None:
        return Counts(kept, 0)
    n = _version_2(store)
    if n != int(weed.ix_weed.sum()):
        raise _broken(f"ps2 holds {n} PS, but weed1 says {int(weed.ix_weed.sum())}", store)
    return Counts(kept, n)


def _check_correct(store: StampsStore) -> Counts:
    n = _version_2(store)
    _check_corrected(store, n)
    return Counts(n, n)


def _check_merge(store: StampsStore) -> Counts:
    before = sum(
        int(patch.read("ps2", "n_ps").n_ps)
        for patch in store.patches()
        if empty_since(patch) is None and patch.has("ps2")
    )
    n = _version_2(store)
    _check_corrected(store, n)
    std = store.read("ifgstd2").ifg_std
    _has_rows(std, len(store.read("ps2", "day").day), "ifgstd2", store)
    _finite(std, "ifgstd2.ifg_std", store)
    return Counts(before, n)


def _check_unwrap(store: StampsStore) -> Counts:
    n = int(store.read("ps2", "n_ps").n_ps)
    phase = store.read("phuw2").ph_uw
    _has_rows(phase, n, "phuw2", store)
    if not phase.any():
        raise _broken("phuw2 holds only zeros: the placeholder of the merge, nothing was unwrapped", store)
    if not np.isfinite(phase).any(axis=1).all():
        raise _broken("phuw2 holds PS without any unwrapped phase", store)
    return Counts(n, n)


def _check_scla(store: StampsStore) -> Counts:
    n = int(store.read("ps2", "n_ps").n_ps)
    for artefact in ("scla2", "scla_smooth2"):
        scla = store.read(artefact, "K_ps_uw", "C_ps_uw", "ph_scla")
        for field, value in scla.items():
            _has_rows(value, n, f"{artefact}.{field}", store)
            _finite(value, f"{artefact}.{field}", store)
    return Counts(n, n)


def _check_scn(store: StampsStore) -> Counts:
    n = int(store.read("ps2", "n_ps").n_ps)
    noise = store.read("scn2", "ph_scn_slave").ph_scn_slave
    _has_rows(noise, n, "scn2", store)
    _finite(noise, "scn2.ph_scn_slave", store)
    return Counts(n, n)


_CHECKS: dict[str, Callable[[StampsStore], Counts]] = {
    "1_load": _check_load,
    "2_gamma": _check_gamma,
    "3_select": _check_select,
    "4_weed": _check_weed,
    "5_correct": _check_correct,
    "5_merge": _check_merge,
    "6_unwrap": _check_unwrap,
    "7_scla": _check_scla,
    "8_scn": _check_scn,
}


def _version_2(store: StampsStore) -> int:
    """Check that the files of version 2 agree; return the number of PS."""
    ps = store.read("ps2", "n_ps", "ij", "xy", "lonlat")
    n = _rows(ps, "n_ps", store)
    fields = (("ph2", "ph"), ("pm2", "coh_ps"), ("bp2", "bperp_mat"), ("la2", "la"), ("hgt2", "hgt"))
    for artefact, field in fields:
        _has_rows(store.read(artefact, field)[field], n, artefact, store)
    return n


def _check_corrected(store: StampsStore, n: int) -> None:
    phase = store.read("rc2", "ph_rc").ph_rc
    _has_rows(phase, n, "rc2", store)
    _finite(phase, "rc2.ph_rc", store)


def _rows(ps: Artefact, field: str, store: StampsStore) -> int:
    """Return the number of PS that a ps file states, after checking its own tables against it."""
    n = int(ps[field])
    for table in ("ij", "xy", "lonlat"):
        _has_rows(ps[table], n, f"ps.{table}", store)
    if n == 0:
        raise _broken("no PS is left", store)
    return n


def _has_rows(values: np.ndarray, n: int, what: str, store: StampsStore) -> None:
    if len(values) != n:
        raise _broken(f"{what} has {len(values)} rows, but there are {n} PS", store)


def _finite(values: np.ndarray, what: str, store: StampsStore) -> None:
    bad = values.size - int(np.isfinite(values).sum())
    if bad:
        raise _broken(f"{what} holds {bad} values that are not finite", store)


def _within(index: np.ndarray, n: int, what: str, store: StampsStore) -> None:
    if index.size and (index.min() < 1 or index.max() > n):
        raise _broken(f"{what} points outside of its {n} rows", store)


def _broken(why: str, store: StampsStore) -> DataError:
    return DataError(
        f"the step left files that do not hold together in {Path(store.path).name}",
        where=store.path,
        why=why,
        remedy="run the step again; if it happens again, report it with the logs folder",
    )
