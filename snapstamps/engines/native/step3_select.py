"""
Step 3, select: the candidates whose coherence random phase would hardly reach.

Follows StaMPS's ps_select.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.engines.native.clap_parms import clap_of
from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.clap import padded_to, refilter_cells
from snapstamps.kernels.gamma import TRIALS_PER_WRAP
from snapstamps.kernels.selection import (
    Acceptance,
    DispersionBins,
    Reestimate,
    Thresholds,
    coherence_thresholds,
    dispersion_bins,
    reestimate,
)
from snapstamps.model.errors import InputError
from snapstamps.stamps.empty import mark_empty
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import Artefact, StampsStore


@dataclass(frozen=True)
class _Selection:
    """What becomes select1."""

    rows: IntArray
    """Selected candidates, from 0."""
    keep: BoolArray
    patch_phase: ComplexArray
    """Shape (n_ifg, n_init)."""
    fit: Reestimate
    thresholds: FloatArray
    line: FloatArray


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:
    """
    Select candidates by coherence: ps1, ph1, pm1, da1 and bp1 become select1.

    Parameters
    ----------
    store : StampsStore
        The patch.
    parms : ParmsView
        Those of the selection and of the filter.
    context : RunContext
        Of this run.

    Raises
    ------
    DataError
        If an artefact is missing.
    InputError
        If ``drop_ifg_index`` leaves no interferogram, or names one that does not exist.
    """
    ps = store.read("ps1", "xy", "bperp", "master_ix", "n_ifg")
    used = _used_interferograms(parms["drop_ifg_index"], int(ps.n_ifg), int(ps.master_ix))
    pm = store.read("pm1", "coh_ps", "K_ps", "Nr", "grid_ij", "n_trial_wraps")
    bins = dispersion_bins(store.read("da1").D_A)
    acceptance = _acceptance(parms, ps, bins)
    thresholds = coherence_thresholds(pm.coh_ps, bins, pm.Nr, acceptance)
    rows = np.flatnonzero(pm.coh_ps > thresholds.values)
    if parms.flag("select_reest_gamma_flag"):
        selection = _reestimated(store, ps, pm, parms, context, rows, used, (bins, acceptance))
    else:
        selection = _as_estimated(store, rows, thresholds)
    _write(store, selection, parms, acceptance, used)
    if thresholds.n_interpolated:
        context.note(
            f"{store.path.name}: too few distinct counts for a cubic in {thresholds.n_interpolated} of {bins.count} "
            "bins of dispersion; their thresholds are interpolated"
        )
    n_kept = int(np.count_nonzero(selection.keep))
    context.log.info("%s: %d candidates -> %d selected -> %d kept", store.path.name, pm.coh_ps.size, rows.size, n_kept)
    if n_kept == 0:
        mark_empty(store, 3)


def _used_interferograms(dropped: list[int], n_scenes: int, master_ix: int) -> IntArray:
    """Return the positions, from 0 and without the master, of the interferograms in use."""
    strange = sorted(number for number in dropped if not 1 <= number <= n_scenes)
    if strange:
        raise InputError(
            f"drop_ifg_index names {', '.join(map(str, strange))}, but there are {n_scenes} dates",
            where="stamps.parms.drop_ifg_index",
            why="dates are counted from 1, the master included",
        )
    numbers = np.delete(np.arange(1, n_scenes + 1), master_ix - 1)
    used = np.flatnonzero(~np.isin(numbers, dropped))
    if used.size == 0:
        raise InputError("drop_ifg_index leaves no interferogram", where="stamps.parms.drop_ifg_index")
    return used


def _acceptance(parms: ParmsView, ps: Artefact, bins: DispersionBins) -> Acceptance:
    if parms["select_method"] == "PERCENT":
        return Acceptance("PERCENT", parms["percent_rand"])
    return Acceptance.by_density(parms["density_rand"], ps.xy[:, 1:], bins.count)


def _as_estimated(store: StampsStore, rows: IntArray, thresholds: Thresholds) -> _Selection:
    """Take the selected candidates over as step 2 left them."""
    pm = store.read("pm1", "K_ps", "C_ps", "coh_ps", "ph_res", "ph_patch")
    fit = Reestimate(pm.K_ps[rows], pm.C_ps[rows], pm.coh_ps[rows], pm.ph_res[rows].T)
    keep = np.ones(rows.size, dtype=bool)
    return _Selection(rows, keep, pm.ph_patch[rows].T, fit, thresholds.values, thresholds.line)


def _reestimated(
    store: StampsStore,
    ps: Artefact,
    pm: Artefact,
    parms: ParmsView,
    context: RunContext,
    rows: IntArray,
    used: IntArray,
    rule: tuple[DispersionBins, Acceptance],
) -> _Selection:
    """Fit the selected candidates again, against surroundings without them, and select once more."""
    master = int(ps.master_ix) - 1
    bins, acceptance = rule
    patch_phase = _surroundings(store, pm.grid_ij[rows].astype(np.int64) - 1, parms, context)
    fit = reestimate(
        np.delete(store.read("ph1").ph[rows].T, master, axis=0),
        patch_phase,
        store.read("bp1").bperp_mat[rows].T,
        used,
        n_trials=int(np.ceil(TRIALS_PER_WRAP * np.float32(pm.n_trial_wraps))),
    )
    coherence = pm.coh_ps.copy()
    coherence[rows] = fit.coherence
    thresholds = coherence_thresholds(coherence, bins, pm.Nr, acceptance)
    mean_bperp = np.delete(ps.bperp, master)
    largest_change = 2 * np.pi / float(mean_bperp.max() - mean_bperp.min())
    keep = (fit.coherence > thresholds.at(rows)) & (np.abs(pm.K_ps[rows] - fit.slope) < largest_change)
    return _Selection(rows, keep, patch_phase, fit, thresholds.at(rows), thresholds.line)


def _surroundings(store: StampsStore, cell: IntArray, parms: ParmsView, context: RunContext) -> ComplexArray:
    """Return the filtered phase around cells (rows of row, column), each without its own, shape (n_ifg, n)."""
    grid = np.ascontiguousarray(np.moveaxis(store.read("pm1", "ph_grid").ph_grid, 2, 0))
    clap = clap_of(parms)
    if min(grid.shape[1:]) < clap.n_win:
        size = f"{grid.shape[1]} x {grid.shape[2]} cells of {parms['filter_grid_size']:g} m"
        if context.quirks == "reproduce":
            context.note(f"{store.path.name} spans {size}, fewer than clap_win: as in StaMPS, nothing is kept")
            return np.zeros((grid.shape[0], len(cell)), dtype=np.complex64)
        context.note(f"{store.path.name} spans {size}: the grid is padded to clap_win = {clap.n_win}")
        grid = padded_to(grid, clap.n_win)
    # candidates of one cell share their surroundings
    distinct, where = np.unique(cell[:, 0] * grid.shape[2] + cell[:, 1], return_inverse=True)
    return refilter_cells(grid, distinct // grid.shape[2], distinct % grid.shape[2], clap)[:, where]


def _write(store: StampsStore, selection: _Selection, parms: ParmsView, acceptance: Acceptance, used: IntArray) -> None:
    store.write(
        "select1",
        ix=selection.rows + 1,
        keep_ix=selection.keep,
        ph_patch2=selection.patch_phase.T,
        ph_res2=selection.fit.residual.T,
        K_ps2=selection.fit.slope,
        C_ps2=selection.fit.offset,
        coh_ps2=selection.fit.coherence,
        coh_thresh=selection.thresholds,
        coh_thresh_coeffs=selection.line,
        clap_alpha=parms["clap_alpha"],
        clap_beta=parms["clap_beta"],
        n_win=parms["clap_win"],
        max_percent_rand=acceptance.maximum,
        gamma_stdev_reject=parms["gamma_stdev_reject"],
        small_baseline_flag="n",
        ifg_index=used + 1,
    )
