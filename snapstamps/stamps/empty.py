"""
Patches in which a step left no scatterer: StaMPS's ``no_ps_info.mat``.

A patch without PS is an outcome, not an error: later steps pass it over, and the merge leaves it out.
"""

import numpy as np

from snapstamps.stamps.store import StampsStore

N_PATCH_STEPS = 5


def empty_since(store: StampsStore) -> int | None:
    """Return the number of the first step that left no PS in this patch, or None."""
    flags = _flags(store)
    return int(np.argmax(flags)) + 1 if flags.any() else None


def mark_empty(store: StampsStore, number: int) -> None:
    """Record that step ``number`` left no PS in this patch."""
    flags = _flags(store)
    flags[number - 1] = 1
    store.write("no_ps_info", stamps_step_no_ps=flags)


def clear_from(store: StampsStore, number: int) -> None:
    """Forget what step ``number`` and later ones recorded, before they are done again."""
    flags = _flags(store)
    flags[number - 1 :] = 0
    store.write("no_ps_info", stamps_step_no_ps=flags)


def _flags(store: StampsStore) -> np.ndarray:
    if not store.has("no_ps_info"):
        return np.zeros(N_PATCH_STEPS)
    return np.array(store.read("no_ps_info").stamps_step_no_ps, dtype=np.float64)
