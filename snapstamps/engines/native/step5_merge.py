"""
Step 5, merge: the scatterers of all patches in one set, and the noise of every date.

Follows StaMPS's ps_merge_patches and ps_calc_ifg_std.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from snapstamps.engines.base import Quirks, RunContext
from snapstamps.formats.atomic import write_text
from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.kernels.corrections import noise_of_dates
from snapstamps.kernels.geometry import round_half_away
from snapstamps.kernels.merging import MergedOrder, PixelBox, merged_order, surviving_rows, unit_phasors
from snapstamps.kernels.resampling import (
    BEST_COHERENCE,
    STAMPS_BEST_COHERENCE,
    Cells,
    cell_averages,
    cell_coherence,
    cell_means,
    cell_sums,
    cells_of,
    phase_weights,
)
from snapstamps.model.errors import DataError
from snapstamps.stamps.empty import empty_since
from snapstamps.stamps.limits import require_fits
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import Artefact, StampsStore

_Joiner = Callable[[Cells, Array], Array]
"""How the values of several scatterers become one of a cell."""


@dataclass(frozen=True)
class _Share:
    """What one patch gives to the merged set."""

    patch: StampsStore
    rows: IntArray
    """Rows of the patch, from 0; unused where it is resampled."""
    cells: Cells | None
    """Cells of the patch, where it is resampled."""
    pixels: Array
    lonlat: FloatArray
    coherence: FloatArray

    def of(self, artefact: str, field: str, join: _Joiner) -> Array:
        """Return the rows, or the cells joined as they should be, of a field of the patch."""
        values = self.patch.read(artefact, field)[field]
        return values[self.rows] if self.cells is None else join(self.cells, values)


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:
    """
    Merge the patches: their ps2, ph2, rc2, pm2, bp2, la2, hgt2 become those of the working folder; add ifgstd2.

    ``patch.list`` keeps the patches with scatterers; ``patch.list_old`` holds them all.

    Parameters
    ----------
    store : StampsStore
        The working folder.
    parms : ParmsView
        merge_resample_size, merge_standard_dev, heading.
    context : RunContext
        Of this run.

    Raises
    ------
    DataError
        If no patch has scatterers, if patches do not fit together, if the merged set is too large, or if
        step 1 has not left the heading.
    """
    _check_heading(store, parms["heading"])
    patches = _patches_with_ps(store)
    if parms["merge_resample_size"] > 0:
        shares = [_resampled(patch, parms, context.quirks) for patch in patches]
        if context.quirks == "mend":
            context.note("resampled with cells from the smallest coordinates on, and in double precision")
    else:
        shares = _picked(patches)
    _check_any_left(store, shares)
    lonlat = np.concatenate([share.lonlat for share in shares])
    coherence = np.concatenate([share.coherence for share in shares])
    order = merged_order(lonlat, coherence, parms["heading"])
    geometry = [patch.read("ps2") for patch in patches]
    _check_fit(store, patches, geometry, order)
    _write_ps(store, shares, geometry, order, context)
    _write_phases(store, shares, order, context.quirks)
    _write_quantities(store, shares, order)
    if context.quirks == "mend":
        store.delete("phuw2")  # StaMPS puts zeros there, which look like a result of step 6
    elif parms["merge_resample_size"] == 0:
        store.write("phuw2", ph_uw=np.zeros((order.n_ps, len(geometry[-1].day)), dtype=np.float32))
    store.write("psver", psver=2)
    store.write("ifgstd2", ifg_std=_noise_of_dates(store))
    n_given = sum(int(ps.n_ps) for ps in geometry)
    context.log.info("%d patches, %d PS -> %d merged", len(patches), n_given, order.n_ps)


def _patches_with_ps(store: StampsStore) -> list[StampsStore]:
    """Return the patches in which no step ended without scatterers; write both lists."""
    patches = store.patches()
    filled = [patch for patch in patches if empty_since(patch) is None]
    if not filled:
        raise DataError(
            "no patch has scatterers left",
            where=store.path,
            why="\n".join(f"{patch.path.name}: none after step {empty_since(patch)}" for patch in patches),
            remedy="a larger candidates.amplitude_dispersion, larger patches (candidates.patches), a larger "
            "stamps.parms.density_rand or weed_standard_dev; or look at the interferograms",
        )
    write_text(store.file("patch.list_old"), _lines(patches))
    write_text(store.file("patch.list"), _lines(filled))
    return filled


def _lines(patches: list[StampsStore]) -> str:
    return "".join(f"{patch.path.name}\n" for patch in patches)


def _picked(patches: list[StampsStore]) -> list[_Share]:
    """Let every patch give the scatterers that it alone has, or knows best."""
    geometry = [patch.read("ps2", "ij", "lonlat") for patch in patches]
    pixels = [ps.ij[:, 1:].astype(np.int64) for ps in geometry]
    owned = [_own_box(patch).holds(own) for patch, own in zip(patches, pixels, strict=True)]
    start = np.cumsum([0, *map(len, pixels)])
    number = np.repeat(np.arange(len(patches)), np.diff(start))
    survivors = surviving_rows(np.concatenate(pixels), number, np.concatenate(owned))
    shares = []
    for at, patch in enumerate(patches):
        rows = survivors[number[survivors] == at] - start[at]
        coherence = patch.read("pm2", "coh_ps").coh_ps[rows]
        shares.append(_Share(patch, rows, None, pixels[at][rows], geometry[at].lonlat[rows], coherence))
    return shares


def _resampled(patch: StampsStore, parms: ParmsView, quirks: Quirks) -> _Share:
    """Let a patch give one scatterer for each grid cell of what it owns."""
    ps = patch.read("ps2", "ij", "lonlat", "xy")
    pm = patch.read("pm2", "ph_res", "C_ps")
    mend = quirks == "mend"
    own = np.flatnonzero(_own_box(patch).holds(ps.ij[:, 1:]))
    # single-precision weights, as StaMPS has them, would round the positions to a metre
    residual = pm.ph_res[own].astype(np.float64 if mend else np.float32)
    best = BEST_COHERENCE if mend else STAMPS_BEST_COHERENCE
    xy = ps.xy[own, 1:]
    of_own = cells_of(
        xy,
        phase_weights(residual, pm.C_ps[own], best_coherence=best),
        size=parms["merge_resample_size"],
        # StaMPS takes the minimum of each coordinate and 1, where the smallest coordinate was meant
        origin=xy.min(axis=0, initial=np.inf) if mend else np.ones(2),
        largest_deviation=parms["merge_standard_dev"],
    )
    cells = Cells(own[of_own.rows], of_own.cell, of_own.n_cell, of_own.weights)
    pixels = round_half_away(cell_means(cells, ps.ij[:, 1:]))
    return _Share(
        patch, cells.rows, cells, pixels, cell_means(cells, ps.lonlat).astype(np.float64), cell_coherence(cells)
    )


def _own_box(patch: StampsStore) -> PixelBox:
    """Read the part of the image that is the patch's own; the file counts from 1, samples first."""
    path = patch.file("patch_noover.in")
    try:
        first_sample, last_sample, first_line, last_line = (int(word) - 1 for word in path.read_text().split())
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=patch.path, remedy="snapstamps candidates") from None
    except ValueError as error:
        raise DataError(
            f"{path.name} does not hold four whole numbers", where=path, why=str(error), remedy="snapstamps candidates"
        ) from error
    return PixelBox(first_line, last_line, first_sample, last_sample)


def _check_heading(store: StampsStore, heading: float) -> None:
    if not np.isfinite(heading):
        raise DataError(
            "the heading of the satellite is unknown",
            where=store.file("parms"),
            why="step 1 puts it there; the local coordinates are turned by it",
            remedy="run step 1 again: snapstamps stamps --steps 1-5",
        )


def _check_any_left(store: StampsStore, shares: list[_Share]) -> None:
    if sum(len(share.lonlat) for share in shares) == 0:
        raise DataError(
            "no scatterer is left after the merge",
            where=store.path,
            why="every cell of merge_resample_size is noisier than merge_standard_dev allows",
            remedy="a larger stamps.parms.merge_standard_dev",
        )


def _check_fit(store: StampsStore, patches: list[StampsStore], geometry: list[Artefact], order: MergedOrder) -> None:
    """Stop, before the large arrays are read, where the patches have other dates or the result is too large."""
    days = geometry[0].day
    for patch, ps in zip(patches, geometry, strict=True):
        if not np.array_equal(ps.day, days):
            raise DataError(
                f"{patch.path.name} has other dates than {patches[0].path.name}",
                where=store.path,
                remedy="run step 1 of all patches again: snapstamps stamps --steps 1-5",
            )
    require_fits(
        order.n_ps,
        len(days),
        store.path,
        "a larger stamps.parms.merge_resample_size, a smaller candidates.amplitude_dispersion or "
        "weed_standard_dev, or two projects with a part of the patches each",
    )


def _placed(order: MergedOrder, blocks: Iterable[Array]) -> Array:
    """Put the rows of one block per patch into their places of the merged set, one block at a time."""
    start = 0
    merged: Array | None = None
    for block in blocks:
        place = order.place[start : start + len(block)]
        start += len(block)
        if merged is None:
            merged = np.zeros((order.n_ps, *block.shape[1:]), dtype=block.dtype)
        merged[place[place >= 0]] = block[place >= 0]
    assert merged is not None
    return merged


def _merged(order: MergedOrder, shares: list[_Share], artefact: str, field: str, join: _Joiner) -> Array:
    return _placed(order, (share.of(artefact, field, join) for share in shares))


def _write_ps(
    store: StampsStore, shares: list[_Share], geometry: list[Artefact], order: MergedOrder, context: RunContext
) -> None:
    """Write ps2: positions of the merged set; what holds for the whole scene from the patches."""
    number = np.arange(1, order.n_ps + 1)
    whole = {name: value for name, value in geometry[-1].items() if name not in {"ij", "lonlat", "xy"}}
    if context.quirks == "mend":
        whole |= _of_the_whole_scene(shares, geometry, order)
        if len(shares) > 1:
            context.note("mean baselines, mean incidence and origin are those of all PS, not of the last patch")
    whole |= {
        "n_ps": order.n_ps,
        "ij": np.column_stack([number, _placed(order, (share.pixels for share in shares))]),
        "lonlat": _placed(order, (share.lonlat for share in shares)),
        "xy": np.column_stack([number.astype(np.float32), order.xy]),
    }
    store.write("ps2", **whole)


def _of_the_whole_scene(shares: list[_Share], geometry: list[Artefact], order: MergedOrder) -> dict[str, Array]:
    """Average what the patches say about the scene, weighted with the scatterers that they give."""
    stop = np.cumsum([len(share.lonlat) for share in shares])[:-1]
    counts = np.array([np.count_nonzero(place >= 0) for place in np.split(order.place, stop)])
    averages: dict[str, Array] = {"ll0": order.origin}
    for name in ("bperp", "mean_incidence"):
        values = np.array([ps[name] for ps in geometry], dtype=np.float64)
        # about the last patch, so that the value of a single patch stays as it is to the last bit
        averages[name] = values[-1] + counts @ (values - values[-1]) / counts.sum()
    return averages


def _write_phases(store: StampsStore, shares: list[_Share], order: MergedOrder, quirks: Quirks) -> None:
    # StaMPS adds up residual phases as if they were phasors
    join_residuals = cell_averages if quirks == "mend" else cell_sums
    store.write("ph2", ph=_merged(order, shares, "ph2", "ph", cell_sums))
    store.write(
        "rc2",
        ph_rc=unit_phasors(_merged(order, shares, "rc2", "ph_rc", cell_sums)),
        ph_reref=_merged(order, shares, "rc2", "ph_reref", cell_sums),
    )
    store.write(
        "pm2",
        ph_patch=_merged(order, shares, "pm2", "ph_patch", cell_sums),
        K_ps=_merged(order, shares, "pm2", "K_ps", cell_means),
        C_ps=_merged(order, shares, "pm2", "C_ps", cell_means),
        coh_ps=_placed(order, (share.coherence for share in shares)),
        ph_res=_merged(order, shares, "pm2", "ph_res", join_residuals),
    )


def _write_quantities(store: StampsStore, shares: list[_Share], order: MergedOrder) -> None:
    store.write("bp2", bperp_mat=_merged(order, shares, "bp2", "bperp_mat", cell_means))
    store.write("la2", la=_merged(order, shares, "la2", "la", cell_means))
    store.write("inc2", inc=None)
    store.write("hgt2", hgt=_merged(order, shares, "hgt2", "hgt", cell_means))


def _noise_of_dates(store: StampsStore) -> FloatArray:
    """Compute the noise of every date from what was merged, in degrees."""
    pm = store.read("pm2", "ph_patch", "K_ps", "C_ps")
    return noise_of_dates(
        store.read("ph2").ph,
        pm.ph_patch,
        store.read("bp2").bperp_mat,
        int(store.read("ps2", "master_ix").master_ix) - 1,
        K=pm.K_ps,
        C=pm.C_ps,
    )
