"""
Step 5, correct: the phase of a patch's scatterers without look-angle error and master noise.

Follows StaMPS's ps_correct_phase.
"""

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.kernels.corrections import corrected_phase, with_master
from snapstamps.stamps.empty import clear_from, empty_since, mark_empty
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import StampsStore


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:  # noqa: ARG001 - it has no parameters
    """
    Correct the phase of a patch: ps2, ph2, pm2 and bp2 become rc2.

    Parameters
    ----------
    store : StampsStore
        The patch.
    parms : ParmsView
        This step listens to none.
    context : RunContext
        Of this run.

    Raises
    ------
    DataError
        If an artefact is missing or damaged.
    """
    clear_from(store, 5)
    if empty_since(store) is not None:
        mark_empty(store, 5)
        return
    master = int(store.read("ps2", "master_ix").master_ix) - 1
    pm = store.read("pm2", "K_ps", "C_ps", "ph_patch")
    baselines = with_master(store.read("bp2").bperp_mat, master, 0)
    phase = corrected_phase(store.read("ph2").ph, baselines, K=pm.K_ps, C=pm.C_ps)
    store.write("rc2", ph_rc=phase, ph_reref=with_master(pm.ph_patch, master, 1))
    context.log.info("%s: phase of %d PS corrected", store.path.name, np.shape(phase)[0])
