"""Files of steps 2 to 5: how stable the phase is, who is selected, who survives, how noisy the dates are."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from snapstamps.kernels.arrays import Array
from snapstamps.results.figures.artefacts.panels import (
    BLUE,
    DIVERGING,
    GREY,
    ORANGE,
    Draw,
    Panel,
    bars,
    compose,
    histogram,
    image,
    marks,
    phase_image,
    points,
    symmetric,
)
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.panels import INK, SMALL
from snapstamps.results.figures.sheet import Sheet
from snapstamps.stamps.parms import defaults, read_parms


def draw_stability(source: Source) -> Sheet:
    """Draw what step 2 has learned: coherence, DEM error, noise of the master, residuals, and its filter."""
    pm = source.values
    residual = np.full(len(source.days), np.nan)
    residual[source.slaves] = np.sqrt(np.mean(pm.ph_res.astype(np.float64) ** 2, axis=0))
    panels = [
        Panel("temporal coherence", points(source, pm.coh_ps, "γ", limits=(0, 1))),
        Panel("its distribution", _coherence(source)),
        Panel("DEM error of each point", points(source, pm.K_ps, "K (rad/m)", DIVERGING, limits=symmetric(pm.K_ps))),
        Panel("its distribution", histogram(pm.K_ps, "K (rad/m)")),
        Panel("rms of the residual phase", bars(source, residual, "rad")),
    ]
    if "ph_grid" in pm:
        column = source.column(pm.ph_grid.shape[2])
        panels.append(Panel(f"weighted sums, {source.date_text}", phase_image(pm.ph_grid[:, :, column])))
        response = np.fft.fftshift(pm.low_pass)
        panels.append(
            Panel("low pass of the filter", image(response, "response", of_cells="frequency, 0 in the middle"))
        )
    else:
        panels.append(
            Panel("noise of the master", points(source, pm.C_ps, "C (rad)", DIVERGING, limits=(-np.pi, np.pi)))
        )
    kind = "candidates" if source.name == "pm1" else "PS"
    return compose(source, f"phase stability of {len(pm.coh_ps):,} {kind}", panels, columns=4 if len(panels) > 6 else 3)


def _coherence(source: Source) -> Draw:
    pm = source.values
    bins = np.linspace(0, 1, 101)

    def draw(axes: Axes) -> None:
        axes.bar(bins[:-1] + 0.005, np.histogram(pm.coh_ps, bins)[0], 0.01, color=BLUE, linewidth=0, label="measured")
        if "Nr" in pm:
            axes.step(pm.coh_bins, pm.Nr, where="mid", color=ORANGE, lw=1.0, label="random phase")
            axes.legend(fontsize=SMALL, frameon=False, loc="best")
        axes.set_xlabel("γ", fontsize=SMALL, color=INK)

    return draw


def draw_selection(source: Source) -> Sheet:
    """Draw who passes the threshold of step 3."""
    chosen = source.values
    rows = chosen.ix.astype(int) - 1
    n = len(source.lonlat)
    kept, tried = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    tried[rows] = True
    kept[rows] = chosen.keep_ix
    groups = [("not tried", ~tried, "#e0e0e0"), ("dropped", tried & ~kept, ORANGE), ("kept", kept, BLUE)]
    panels = [Panel("where they are", marks(source, groups))]
    if source.store.has("da1") and source.store.has("pm1"):
        panels.insert(0, Panel("coherence over amplitude dispersion", _threshold(source, rows, kept)))
    change = np.asarray(chosen.coh_ps2, dtype=np.float64)
    panels.append(Panel("coherence, estimated again", histogram(change, "γ", limits=(0, 1))))
    title = f"{np.count_nonzero(kept):,} of {n:,} candidates are kept"
    return compose(source, title, panels)


def _threshold(source: Source, rows: Array, kept: Array) -> Draw:
    chosen = source.values
    coherence = np.array(source.store.read("pm1", "coh_ps").coh_ps)
    coherence[rows] = chosen.coh_ps2
    dispersion = source.store.read("da1").D_A

    def draw(axes: Axes) -> None:
        axes.scatter(dispersion[~kept], coherence[~kept], s=1, color=GREY, linewidths=0)
        axes.scatter(dispersion[kept], coherence[kept], s=1, color=BLUE, linewidths=0)
        order = np.argsort(dispersion[rows])
        threshold = np.broadcast_to(chosen.coh_thresh, rows.shape)
        axes.plot(dispersion[rows][order], threshold[order], color=ORANGE, lw=1.4)
        axes.set(ylim=(0, 1), xlim=(0, None))
        axes.set_xlabel("amplitude dispersion D_A", fontsize=SMALL, color=INK)
        axes.set_ylabel("γ", fontsize=SMALL, color=INK)

    return draw


def draw_weeding(source: Source) -> Sheet:
    """Draw who survives step 4, and the noise that decides."""
    weed = source.values
    parms = _parms(source)
    limit = float(parms["weed_standard_dev"])
    panels = [
        Panel("noise against the best neighbour", histogram(weed.ps_std, "ps_std (rad)", limits=(0, 2), mark=limit)),
        Panel("largest noise on any date", histogram(weed.ps_max, "ps_max (rad)", limits=(0, np.pi))),
    ]
    survivors, n = int(np.count_nonzero(weed.ix_weed)), len(weed.ix_weed)
    if source.store.has("select1"):
        chosen = source.store.read("select1", "ix", "keep_ix")
        rows = chosen.ix[chosen.keep_ix].astype(int) - 1
        kept, dropped = (np.zeros(len(source.lonlat), dtype=bool) for _ in range(2))
        kept[rows[weed.ix_weed]] = True
        dropped[rows[~weed.ix_weed]] = True
        panels.append(Panel("where they are", marks(source, [("PS", kept, BLUE), ("weeded", dropped, ORANGE)])))
    return compose(source, f"{survivors:,} of {n:,} survive", panels)


def draw_date_noise(source: Source) -> Sheet:
    """Draw the noise of every date."""
    noise = source.values.ifg_std.astype(np.float64)
    return compose(source, "noise of every date", [Panel("", bars(source, noise, "ifg_std (degrees)"))], note=_PURE)


_PURE = "pure noise would have 104 degrees"


def _parms(source: Source) -> dict[str, Any]:
    folder = source.store.parent if source.place else source.store
    return {**defaults(), **(read_parms(folder.file("parms")) if folder.has("parms") else {})}
