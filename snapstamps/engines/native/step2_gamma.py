"""
Step 2, gamma: how stable the phase of every candidate is, against that of its surroundings.

Follows StaMPS's ps_est_gamma_quick.
"""

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.engines.native.clap_parms import clap_of
from snapstamps.kernels.coherence_histogram import BIN_CENTRES, last_occupied_bin, random_coherence_histogram
from snapstamps.kernels.gamma import GammaEstimate, GammaSettings, SearchRange, estimate_gamma, search_range
from snapstamps.kernels.gridding import grid_cells
from snapstamps.model.errors import DataError
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import Artefact, StampsStore


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:
    """
    Estimate the temporal coherence of the candidates: ps1, ph1, bp1, la1 and da1 become pm1.

    Parameters
    ----------
    store : StampsStore
        The patch.
    parms : ParmsView
        Those of the filter and of the fit.
    context : RunContext
        Of this run.

    Raises
    ------
    DataError
        If an artefact is missing, or if the patch is too small for StaMPS and its ways are to be reproduced.
    """
    ps = store.read("ps1", "xy", "bperp", "master_ix")
    master = int(ps.master_ix) - 1
    # stored by columns: transposed, each interferogram is one contiguous row
    phase = np.delete(store.read("ph1").ph.T, master, axis=0)
    bperp = np.ascontiguousarray(store.read("bp1").bperp_mat.T)
    mean_bperp = np.delete(ps.bperp, master)
    search = search_range(
        mean_bperp,
        mean_incidence=store.read("la1").la.mean(),
        max_topo_err=parms["max_topo_err"],
        wavelength=parms["lambda"],
    )
    settings = _settings(parms, search, context)
    _check_size(ps, settings, store, context)
    random = random_coherence_histogram(mean_bperp, n_trials=search.n_trials)
    estimate = estimate_gamma(phase, bperp, ps.xy[:, 1:], store.read("da1").D_A, random, settings)
    _write(store, estimate, settings, search, last_occupied_bin(random))
    n_gaps = int(np.count_nonzero(~estimate.fitted))
    if n_gaps and settings.mend:
        context.note(f"{store.path.name}: {n_gaps} candidates without a value in some interferogram do not count")
    context.log.info(
        "%s: gamma of %d candidates, mean %.3f after %d iterations",
        store.path.name,
        estimate.coherence.size,
        estimate.coherence.mean(),
        estimate.n_iterations,
    )


def _settings(parms: ParmsView, search: SearchRange, context: RunContext) -> GammaSettings:
    return GammaSettings(
        clap=clap_of(parms),
        grid_size=float(parms["filter_grid_size"]),
        n_trials=search.n_trials,
        weighting=parms["filter_weighting"],
        convergence=parms["gamma_change_convergence"],
        max_iterations=int(parms["gamma_max_iterations"]),
        mend=context.quirks == "mend",
    )


def _check_size(ps: Artefact, settings: GammaSettings, store: StampsStore, context: RunContext) -> None:
    """Say so where the grid is smaller than the filter's window; refuse where StaMPS would abort."""
    shape = grid_cells(ps.xy[:, 1:], settings.grid_size).shape
    clap = settings.clap
    if min(shape) >= clap.n_data:
        return
    size = f"{shape[0]} x {shape[1]} cells of {settings.grid_size:g} m"
    if settings.mend:
        context.note(f"{store.path.name} spans {size}: the grid is padded to the filter's {clap.n_data}")
    elif any(3 * clap.step < length < clap.n_data for length in shape):
        raise DataError(
            f"the patch spans {size}, too few for the filter's window",
            where=store.path,
            why=f"StaMPS aborts between {3 * clap.step + 1} and {clap.n_data - 1} cells",
            remedy='larger patches, a smaller filter_grid_size, or stamps.quirks = "mend"',
        )


def _write(
    store: StampsStore, estimate: GammaEstimate, settings: GammaSettings, search: SearchRange, last_bin: int
) -> None:
    store.write(
        "pm1",
        ph_patch=estimate.patch_phase.T,
        K_ps=estimate.slope,
        C_ps=estimate.offset,
        coh_ps=estimate.coherence,
        ph_res=estimate.residual.T,
        N_opt=estimate.fitted,
        ph_grid=estimate.grid.transpose(1, 2, 0),
        grid_ij=np.column_stack((estimate.cells.row, estimate.cells.column)) + 1,
        grid_size=settings.grid_size,
        low_pass=settings.clap.low_pass,
        ph_weight=estimate.weighted.T,
        n_trial_wraps=search.wraps,
        Nr=estimate.random,
        Nr_max_nz_ix=last_bin,
        coh_bins=BIN_CENTRES,
        coh_ps_save=estimate.coherence,
        gamma_change_save=estimate.rms_change,
        i_loop=estimate.n_iterations,
        step_number=1,
    )
