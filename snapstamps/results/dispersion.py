"""
Amplitude dispersion of the scatterers.

A merged StaMPS folder does not hold it: it is looked up, by pixel, among the candidates of the patches.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.model.errors import SnapstampsError
from snapstamps.stamps.store import StampsStore


@dataclass(frozen=True)
class Dispersion:
    """
    Amplitude dispersion of every scatterer.

    Attributes
    ----------
    values : ndarray of float64, shape (n_ps,)
        D_A; NaN where it is not known any more.
    note : str
        Why values are missing; empty if none is.
    """

    values: FloatArray
    note: str


@dataclass(frozen=True)
class _Candidates:
    """Pixels of a patch (see ``_keys``) and their dispersion."""

    keys: IntArray
    dispersion: FloatArray


def amplitude_dispersion(store: StampsStore, ij: FloatArray, *, resampled: bool) -> Dispersion:
    """
    Look up the amplitude dispersion of every scatterer.

    Parameters
    ----------
    store : StampsStore
        The working folder; its patches may be gone.
    ij : ndarray, shape (n_ps, 3)
        Running number, azimuth line, range sample (``ps2.ij``).
    resampled : bool
        Whether the merge averaged scatterers on a grid (``merge_resample_size``), after which a row is no
        pixel any more.

    Returns
    -------
    Dispersion
    """
    values = np.full(len(ij), np.nan)
    if resampled:
        return Dispersion(values, "d_a is empty: the merge averaged scatterers (merge_resample_size)")
    wanted = _keys(ij[:, 1], ij[:, 2])
    for patch in _patches(store):
        candidates = _candidates(patch)
        if candidates is None or not candidates.keys.size:
            continue
        order = np.argsort(candidates.keys, kind="stable")
        place = np.searchsorted(candidates.keys, wanted, sorter=order)
        row = order[np.minimum(place, len(order) - 1)]
        found = candidates.keys[row] == wanted
        values[found] = candidates.dispersion[row[found]]
    missing = int(np.count_nonzero(np.isnan(values)))
    if not missing:
        return Dispersion(values, "")
    share = "all" if missing == len(values) else f"{missing} of {len(values)}"
    return Dispersion(values, f"d_a is empty for {share} PS: the candidates of their patches are not at hand")


def _patches(store: StampsStore) -> list[StampsStore]:
    """Return the patches that are still there."""
    try:
        names = store.patch_names()
    except SnapstampsError:
        return []
    return [StampsStore(store.path / name) for name in names if (store.path / name).is_dir()]


def _candidates(patch: StampsStore) -> _Candidates | None:
    """Return the candidates of a patch: from step 1, else from the candidates stage; None if both are gone."""
    if patch.has("ps1") and patch.has("da1"):
        ij = patch.read("ps1", "ij").ij
        return _Candidates(_keys(ij[:, 1], ij[:, 2]), patch.read("da1", "D_A").D_A)
    pixels, dispersions = patch.file("pscands.1.ij"), patch.file("pscands.1.da")
    if not all(path.is_file() and path.stat().st_size for path in (pixels, dispersions)):
        return None
    try:
        ij = np.loadtxt(pixels, dtype=np.int64, ndmin=2)
        values = np.loadtxt(dispersions, dtype=np.float64, ndmin=1)
        return _Candidates(_keys(ij[:, 1], ij[:, 2]), values) if len(values) == len(ij) else None
    except (ValueError, IndexError):  # damaged; the velocities do not depend on them
        return None


def _keys(line: Array, sample: Array) -> IntArray:
    """Return one number per pixel."""
    return np.asarray(line).astype(np.int64) << 32 | np.asarray(sample).astype(np.int64)
