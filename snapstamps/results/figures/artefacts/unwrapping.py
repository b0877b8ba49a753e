"""Files of step 6: the grid, the network of its edges, their series in time, and the solution."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from snapstamps.kernels.arrays import Array
from snapstamps.results.figures.artefacts.panels import (
    BATLOW,
    DIVERGING,
    Draw,
    Panel,
    about_median,
    bars,
    compose,
    histogram,
    image,
    phase_image,
    scale,
    symmetric,
)
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.sheet import Sheet

QUIET = 1.2
"""An edge noisier than this (rad) tells the solver nothing; see step 6."""


def draw_grid(source: Source) -> Sheet:
    """Draw the grid that is unwrapped."""
    grid = source.values
    shape = grid.nzix.shape
    rows, columns = (grid.grid_ij.astype(int) - 1).T
    count = np.bincount(rows * shape[1] + columns, minlength=grid.nzix.size).reshape(shape).astype(np.float64)
    column = source.column(grid.ph.shape[1])
    summed = np.zeros(grid.nzix.size, dtype=complex)
    np.add.at(summed, rows * shape[1] + columns, _unit(grid.ph_in[:, column]))
    panels = [
        Panel("PS in each cell", image(np.where(count > 0, count, np.nan), "PS", of_cells="cells")),
        Panel(f"sums of {source.date_text}", phase_image(summed.reshape(shape))),
        Panel("the same, filtered", phase_image(_on_grid(source, grid.ph[:, column]))),
    ]
    size = f"{shape[0]} × {shape[1]} cells of {grid.pix_size:g} m, {np.count_nonzero(grid.nzix):,} of them occupied"
    return compose(source, size, panels)


def draw_network(source: Source) -> Sheet:
    """Draw the network: for which cells a node speaks, and the edges between nodes."""
    net = source.values
    node = net.Z.astype(int)
    speaks = np.bincount(node.ravel())[node].astype(np.float64)
    shuffled = (node * 7919 % 97).astype(np.float64)  # neighbours get different colours
    panels = [
        Panel("nearest node of each cell", image(shuffled, "node, shuffled", of_cells="cells")),
        Panel(
            "cells for which it speaks", image(speaks, "cells", limits=(1, max(2.0, speaks.max())), of_cells="cells")
        ),
    ]
    if source.store.has("uw_grid"):
        places = source.store.read("uw_grid", "ij").ij
        ends = net.edgs[:, 1:].astype(int) - 1
        length = np.hypot(*(places[ends[:, 0]] - places[ends[:, 1]]).T)
        panels.append(
            Panel("edges", _edges(places, ends, length, "length (cells)", (1.0, float(max(2.0, length.max())))))
        )
    return compose(source, f"{int(net.n_edge):,} edges", panels)


def draw_series(source: Source) -> Sheet:
    """Draw the noise of the edges in time."""
    values = source.values
    noise = _deviation(values.dph_noise.astype(np.float64))
    panels = [Panel("noise of the edges", histogram(noise, "deviation in time (rad)", limits=(0, 2), mark=QUIET))]
    if source.store.has("uw_interp") and source.store.has("uw_grid"):
        places = source.store.read("uw_grid", "ij").ij
        ends = source.store.read("uw_interp", "edgs").edgs[:, 1:].astype(int) - 1
        panels.append(Panel("where they are", _edges(places, ends, noise, "deviation (rad)", (0.0, QUIET))))
    column = source.column(values.dph_space_uw.shape[1])
    steps = values.dph_space_uw[:, column].astype(np.float64)
    panels.append(Panel(f"expected differences, {source.date_text}", histogram(steps, "rad")))
    loud = np.count_nonzero(~(noise < QUIET)) / max(len(noise), 1)
    return compose(source, f"{len(noise):,} edges, {loud:.1%} noisier than {QUIET} rad", panels)


def draw_solution(source: Source) -> Sheet:
    """Draw the unwrapped phase of the cells."""
    values = source.values
    column = source.column(values.ph_uw.shape[1])
    one = about_median(values.ph_uw[:, column].astype(np.float64))
    msd = np.full(len(source.days), np.nan)
    held = (
        source.slaves if len(values.msd) == len(source.slaves) else [day for day in source.slaves if source.used[day]]
    )
    msd[held[: len(values.msd)]] = values.msd
    panels = [Panel("differences of neighbouring cells", bars(source, msd, "mean square (rad²)"))]
    if source.store.has("uw_grid"):
        drawn = image(_on_grid(source, one), "phase (rad)", DIVERGING, limits=symmetric(one), of_cells="cells")
        panels.insert(0, Panel(f"{source.date_text}, about its median", drawn))
    return compose(source, "unwrapped phase of the cells", panels)


def _on_grid(source: Source, values: Array) -> Array:
    """Return the values of the nodes in their cells; 0 or NaN elsewhere."""
    grid = source.values if source.name == "uw_grid" else source.store.read("uw_grid", "nzix", "ij")
    filled = np.full(grid.nzix.shape, 0 if np.iscomplexobj(values) else np.nan, dtype=values.dtype)
    filled[tuple((grid.ij.astype(int) - 1).T)] = values
    return filled


def _edges(places: Array, ends: Array, values: Array, label: str, limits: tuple[float, float]) -> Draw:
    segments = places[ends][:, :, ::-1].astype(np.float64)

    def draw(axes: Axes) -> None:
        lines = LineCollection(list(segments), cmap=BATLOW, linewidths=0.5)
        lines.set_array(np.ma.masked_invalid(values))
        lines.set_clim(*limits)
        axes.add_collection(lines)
        axes.autoscale_view()
        axes.set(facecolor="#ededed")
        scale(axes, lines, label)

    return draw


def _unit(values: Array) -> Array:
    return np.asarray(values / np.maximum(np.abs(values), 1e-12))


def _deviation(values: Array) -> Array:
    """Return the standard deviation of each row; NaN where nothing is known."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, values, 0).sum(axis=1) / count
    square = np.where(known, (values - mean[:, None]) ** 2, 0).sum(axis=1) / count
    return np.where(known.any(axis=1), np.sqrt(square), np.nan)
