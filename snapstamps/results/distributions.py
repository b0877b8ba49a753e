"""Distributions of what judges scatterers: amplitude dispersion, coherence, velocity."""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.model.errors import SnapstampsError
from snapstamps.results.table import PsTable
from snapstamps.stamps.store import StampsStore

BINS = 60


@dataclass(frozen=True)
class Distribution:
    """
    A histogram, with that of the candidates behind it.

    Attributes
    ----------
    title, unit : str
        What is counted; the unit is empty where there is none.
    edges : ndarray, shape (n_bins + 1,)
        Of the bins.
    ps : ndarray of int, shape (n_bins,)
        Scatterers per bin.
    candidates : ndarray of int, shape (n_bins,), or None
        Candidates per bin; None where they are not at hand.
    median : float
        Of the scatterers; NaN if there is none.
    """

    title: str
    unit: str
    edges: FloatArray
    ps: Array
    candidates: Array | None
    median: float


def distributions(store: StampsStore, table: PsTable, *, limit: float) -> tuple[Distribution, ...]:
    """
    Count scatterers and candidates.

    Parameters
    ----------
    store : StampsStore
        The working folder, whose patches may be gone.
    table : PsTable
        The results.
    limit : float
        End of the velocity's axis, mm/yr; what lies beyond is counted in the last bins.

    Returns
    -------
    tuple of Distribution
        Amplitude dispersion, coherence, velocity.
    """
    dispersion, candidate_dispersion = table["d_a"], _of_candidates(store, "da1", "D_A")
    known = [values[np.isfinite(values)] for values in (dispersion, candidate_dispersion) if values is not None]
    end = max([float(values.max()) for values in known if values.size], default=0.4)
    return (
        _distribution("Amplitude dispersion", "", (0.0, end), dispersion, candidate_dispersion),
        _distribution("Temporal coherence", "", (0.0, 1.0), table["coherence"], _of_candidates(store, "pm1", "coh_ps")),
        _distribution("Velocity", "mm/yr", (-limit, limit), table["velocity"], None),
    )


def _distribution(
    title: str, unit: str, ends: tuple[float, float], values: FloatArray, candidates: FloatArray | None
) -> Distribution:
    edges = np.linspace(*ends, BINS + 1)
    known = values[np.isfinite(values)]
    median = float(np.median(known)) if known.size else float("nan")
    behind = None if candidates is None else _counted(candidates, edges)
    return Distribution(title, unit, edges, _counted(values, edges), behind, median)


def _counted(values: FloatArray, edges: FloatArray) -> Array:
    known = values[np.isfinite(values)]
    return np.histogram(np.clip(known, edges[0], edges[-1]), edges)[0]


def _of_candidates(store: StampsStore, artefact: str, field: str) -> Array | None:
    """Return a field of all patches' candidates; None where a patch lacks it."""
    try:
        patches = store.patches()
        parts = [getattr(patch.read(artefact, field), field) for patch in patches if patch.has("ps1")]
    except SnapstampsError:
        return None
    return np.concatenate(parts) if parts else None
