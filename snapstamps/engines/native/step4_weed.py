"""
Step 4, weed: of the selected pixels those that stand for a scatterer of their own, and a quiet one.

Follows StaMPS's ps_weed.
"""

from dataclasses import dataclass
from math import pi

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.phase_noise import PointNoise, point_noise
from snapstamps.kernels.triangulation import delaunay_edges
from snapstamps.kernels.weeding import above_zero, best_of_duplicates, best_of_neighbours
from snapstamps.model.errors import InputError
from snapstamps.stamps.empty import clear_from, empty_since, mark_empty
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import Artefact, StampsStore
from snapstamps.stamps.unwrapped import date_indexes

STALE = ("scla2", "scla_smooth2", "aps2", "scn2")
"""What later steps made of other scatterers; StaMPS deletes it here too."""


@dataclass(frozen=True)
class _Selected:
    """The pixels that step 3 kept, in its order."""

    rows: IntArray
    """Rows of the candidates, from 0."""
    pixels: IntArray
    xy: FloatArray
    K: FloatArray
    C: FloatArray
    coherence: FloatArray
    ph_res: FloatArray


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:
    """
    Weed a patch: ps1, ph1, pm1, bp1, la1, hgt1 and select1 become weed1, ps2, ph2, pm2, bp2, la2, hgt2 and psver.

    Parameters
    ----------
    store : StampsStore
        The patch. It is marked empty where no scatterer is left.
    parms : ParmsView
        The weed_* parameters and drop_ifg_index.
    context : RunContext
        Of this run.

    Raises
    ------
    DataError
        If an artefact is missing or damaged.
    InputError
        If drop_ifg_index names a date that does not exist, or leaves fewer than two.
    """
    clear_from(store, 4)
    if empty_since(store) is not None:
        mark_empty(store, 4)
        return
    ps = store.read("ps1")
    selected = _read_selected(store, ps)
    dates = _dates_in_use(len(ps.day), parms["drop_ifg_index"])
    single = _single_scatterers(store, selected, parms)
    remaining = np.flatnonzero(single)
    phase = store.read("ph1").ph[selected.rows]
    noise = _noise(selected, remaining, phase[remaining], ps, dates, parms, context)
    quiet = (noise.deviation < np.float32(parms["weed_standard_dev"])) & (
        noise.largest < np.float32(parms["weed_max_noise"])
    )
    keep = single.copy()
    keep[remaining] = quiet
    store.write(
        "weed1", ix_weed=keep, ix_weed2=quiet, ps_std=noise.deviation, ps_max=noise.largest, ifg_index=dates + 1
    )
    _write_scatterers(store, ps, selected, phase, np.flatnonzero(keep))
    if not keep.any():
        mark_empty(store, 4)
    context.log.info(
        "%s: %d pixels -> %d without side lobes and duplicates -> %d PS",
        store.path.name,
        single.size,
        remaining.size,
        np.count_nonzero(keep),
    )


def _read_selected(store: StampsStore, ps: Artefact) -> _Selected:
    select = store.read("select1", "ix", "keep_ix", "K_ps2", "C_ps2", "coh_ps2", "ph_res2")
    kept = select.keep_ix
    rows = select.ix[kept].astype(np.int64) - 1
    return _Selected(
        rows=rows,
        pixels=ps.ij[rows, 1:].astype(np.int64),
        xy=ps.xy[rows, 1:],
        K=select.K_ps2[kept],
        C=select.C_ps2[kept],
        coherence=select.coh_ps2[kept],
        ph_res=select.ph_res2[kept],
    )


def _dates_in_use(n_scenes: int, dropped: list[int]) -> IntArray:
    """Return the positions of the dates that are not dropped, from 0; the master counts as any other."""
    dates = np.setdiff1d(np.arange(n_scenes), date_indexes("drop_ifg_index", dropped, n_scenes))
    if dates.size < 2:
        raise InputError(
            f"drop_ifg_index leaves {dates.size} of {n_scenes} dates; the noise of step 4 needs two",
            where="stamps.parms.drop_ifg_index",
            remedy="drop fewer",
        )
    return dates


def _single_scatterers(store: StampsStore, selected: _Selected, parms: ParmsView) -> BoolArray:
    """Tell which pixels are neither side lobes, nor at height zero if that is unwanted, nor duplicates."""
    keep = np.ones(selected.rows.size, dtype=np.bool_)
    if parms.flag("weed_neighbours"):
        keep &= best_of_neighbours(selected.pixels, selected.coherence)
    if parms.flag("weed_zero_elevation"):
        keep &= above_zero(store.read("hgt1").hgt[selected.rows])
    left = np.flatnonzero(keep)
    keep[left] = best_of_duplicates(selected.xy[left], selected.coherence[left])
    return keep


def _tests_noise(parms: ParmsView) -> bool:
    """Tell whether the noise can drop anything: no phase exceeds pi."""
    return bool(parms["weed_standard_dev"] < pi or parms["weed_max_noise"] < pi)


def _noise(
    selected: _Selected,
    remaining: IntArray,
    phase: ComplexArray,
    ps: Artefact,
    dates: IntArray,
    parms: ParmsView,
    context: RunContext,
) -> PointNoise:
    if not _tests_noise(parms):
        nothing = np.zeros(remaining.size, dtype=np.float32)
        return PointNoise(nothing, nothing)
    edges = delaunay_edges(selected.xy[remaining])
    if 0 < remaining.size <= 2:
        context.note(f"{remaining.size} pixels are too few to measure noise with; they are dropped")
    elif 0 < len(edges) < remaining.size:
        context.note(f"{remaining.size} pixels lie on one line; arcs join each to the next")
    corrected = phase * np.exp(-1j * np.outer(selected.K[remaining], ps.bperp))
    # the master has no interferogram of its own: its noise is what all others share
    corrected[:, int(ps.master_ix) - 1] = np.exp(1j * selected.C[remaining])
    return point_noise(
        corrected[:, dates],
        edges,
        ps.bperp[dates].astype(np.float64),
        ps.day[dates],
        window=parms["weed_time_win"],
    )


def _write_scatterers(
    store: StampsStore, ps: Artefact, selected: _Selected, phase: ComplexArray, kept: IntArray
) -> None:
    """Write the second version of everything, for ``kept`` of the selected pixels."""
    rows = selected.rows[kept]
    store.write("ph2", ph=phase[kept])
    store.write(
        "pm2",
        ph_patch=store.read("pm1", "ph_patch").ph_patch[rows],
        K_ps=selected.K[kept],
        C_ps=selected.C[kept],
        coh_ps=selected.coherence[kept],
        ph_res=selected.ph_res[kept],
    )
    of_rows = {name: ps[name][rows] for name in ("ij", "lonlat", "xy")}
    of_all = {name: ps[name] for name in ps if name not in {"sort_ix", *of_rows}}
    store.write("ps2", **{**of_all, **of_rows, "n_ps": rows.size})
    store.write("bp2", bperp_mat=store.read("bp1").bperp_mat[rows])
    store.write("la2", la=store.read("la1").la[rows])
    store.write("hgt2", hgt=store.read("hgt1").hgt[rows])
    store.write("psver", psver=2)
    store.delete(*STALE)
