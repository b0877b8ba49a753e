"""
Step 6, unwrap: every interferogram on a grid, guided by what the time series suggest.

Follows StaMPS's ps_unwrap and uw_3d in the variant 3D_FULL: the scatterers are summed on a grid and
filtered, the series of the edges between grid nodes are unwrapped in time, their noise becomes the costs
of a network flow, and the scatterers take over the cycles of their cells. The method is Hooper's (2010)
"statistical-cost" unwrapping; the solvers stand in ``solvers.py``, what goes in, in ``step6_input.py``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from snapstamps.engines.base import RunContext
from snapstamps.engines.native.solvers import Solver, UnwrapTask, choose_solver, remove_leftovers, unwrap_grid
from snapstamps.engines.native.step6_input import (
    Baselines,
    Dates,
    Feedback,
    own_phase,
    read_dates,
    read_feedback,
    wrapped_phase,
)
from snapstamps.formats.mat import MAX_VARIABLE_BYTES
from snapstamps.kernels.arrays import ComplexArray, FloatArray, IntArray
from snapstamps.kernels.edge_series import Acquisitions, EdgeSeries, unwrap_edge_series
from snapstamps.kernels.goldstein import goldstein
from snapstamps.kernels.gridding import sums_in_cells
from snapstamps.kernels.phase import congruent
from snapstamps.kernels.unwrap_cost import edge_variances, grid_problem, mean_square_difference
from snapstamps.kernels.unwrap_grid import (
    Gridding,
    GridEdges,
    cells_of,
    grid_edges,
    grid_scatterers,
    largest_grid_size,
    nearest_nodes,
)
from snapstamps.model.errors import DataError
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.store import Artefact, StampsStore

_RANGE = 830_000.0
"""The slant range that StaMPS assumes when it turns a DEM error into cycles, m."""


@dataclass(frozen=True)
class _Grid:
    """What is unwrapped, on the grid."""

    gridding: Gridding
    phase: ComplexArray
    """Filtered phase of the nodes, shape (n_node, n_ifg_used)."""
    nearest: IntArray
    edges: GridEdges


@dataclass(frozen=True)
class _Unwrapped:
    """The solver's result on the nodes."""

    phase: FloatArray
    """Shape (n_node, n_ifg_used), rad."""
    msd: FloatArray
    """Mean square difference of neighbouring cells, shape (n_ifg_used,), rad²."""


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:
    """
    Unwrap: ps2, rc2, pm2, bp2 (and scla_smooth2) become uw_grid, uw_interp, uw_space_time, uw_phaseuw and phuw2.

    Parameters
    ----------
    store : StampsStore
        The working folder, with the merged scatterers.
    parms : ParmsView
        The unwrap_* parameters, drop_ifg_index, max_topo_err, scla_deramp and lambda.
    context : RunContext
        Of this run: its mapper unwraps the interferograms, its unwrap_solver says with what.

    Raises
    ------
    DataError
        If the grid is smaller than the filter's window, a phase is missing, there are too few dates, or
        the stack is larger than MATLAB files hold.
    ToolError
        If the solver is missing or fails.
    """
    remove_leftovers(store)
    ps = store.read("ps2")
    dates = read_dates(ps, parms)
    _refuse_if_too_large("uw_grid.ph_in", len(ps.xy), len(dates.used), bytes_each=8)
    gridding = _gridding(ps, parms)
    baselines = Baselines(store.read("bp2").bperp_mat, dates.master)
    feedback = read_feedback(store, len(ps.xy), parms, context)
    phasors = wrapped_phase(store, dates, baselines, parms, feedback)
    grid = _grid(gridding, phasors, parms, context)
    _refuse_if_too_large("uw_space_time.dph_space_uw", grid.edges.n_edges, len(dates.used), bytes_each=4)
    _write_grid(store, ps, grid, phasors, parms)
    series = _edge_series(ps, dates, grid, parms)
    _write_series(store, dates, series)
    solver = choose_solver(context.unwrap_solver, store, context, n_cells=gridding.occupied.size)
    unwrapped = _unwrap_nodes(store, dates, grid, series, solver, context)
    store.write("uw_phaseuw", ph_uw=unwrapped.phase, msd=unwrapped.msd)
    phase = _back_to_scatterers(phasors, gridding, unwrapped.phase)
    if parms.flag("unwrap_patch_phase"):
        phase += own_phase(store, dates)
    _write_result(store, dates, phase, unwrapped.msd, feedback, baselines)
    context.log.info(
        "%d PS -> %d grid nodes, %d edges (%d without statistics), %d interferograms unwrapped",
        len(ps.xy), gridding.n_nodes, grid.edges.n_edges, np.count_nonzero(np.isnan(series.noise[:, 0])),
        len(dates.used),
    )  # fmt: skip


def _refuse_if_too_large(name: str, rows: int, columns: int, *, bytes_each: int) -> None:
    """Stop before the work where a result would not fit into its file."""
    size = rows * columns * bytes_each
    if size > MAX_VARIABLE_BYTES:
        raise DataError(
            f"{name} would need {size / 2**30:.1f} GiB, but a MATLAB v5/v7 file holds less than 2 GiB per variable",
            where="step 6 unwrap",
            why=f"{rows} rows x {columns} interferograms x {bytes_each} bytes",
            remedy="a larger stamps.parms.merge_resample_size or unwrap_grid_size, or fewer dates",
        )


def _gridding(ps: Artefact, parms: ParmsView) -> Gridding:
    """Put the scatterers on the grid, and refuse a grid smaller than the filter's window."""
    size, window = float(parms["unwrap_grid_size"]), int(parms["unwrap_gold_n_win"])
    xy = ps.xy[:, 1:]
    cells = cells_of(xy, size)
    n_i, n_j = (cells.max(axis=0) + 1).tolist()
    if min(n_i, n_j) >= window:
        return grid_scatterers(cells)
    fitting = largest_grid_size(xy, window)
    height, width = np.ptp(xy, axis=0)[::-1]
    raise DataError(
        f"the unwrapping grid has {n_i} x {n_j} cells, fewer than the {window} that its filter needs both ways",
        where="step 6 unwrap",
        why=f"the scatterers span {height:.0f} m x {width:.0f} m, and unwrap_grid_size is {size:g} m",
        remedy=f"stamps.parms.unwrap_grid_size = {fitting:g} (the largest that fits) or less"
        if fitting is not None
        else "a larger area, or a smaller stamps.parms.unwrap_gold_n_win",
    )


def _grid(gridding: Gridding, phasors: ComplexArray, parms: ParmsView, context: RunContext) -> _Grid:
    """Sum the scatterers in the cells, filter, and find nearest nodes and edges."""
    nodes = (gridding.nodes[:, 0], gridding.nodes[:, 1])
    phase = np.asfortranarray(sums_in_cells(phasors.T, gridding.node_of_ps, gridding.n_nodes).T)
    cancelled = int(np.count_nonzero(phase == 0))
    if cancelled:
        context.note(f"{cancelled} cell sums cancel to 0; StaMPS would lose such cells, they are kept")
    if parms.flag("unwrap_prefilter_flag"):
        cells = np.zeros(gridding.occupied.shape, dtype=np.complex64)
        for column in phase.T:
            cells[nodes] = column
            column[:] = goldstein(cells, n_win=int(parms["unwrap_gold_n_win"]), alpha=parms["unwrap_gold_alpha"])[nodes]
    nearest = nearest_nodes(gridding.occupied)
    edges = grid_edges(nearest, drop_first_when_full=context.quirks == "reproduce")
    if context.quirks == "mend" and edges.vertical.all() and edges.horizontal.all():
        context.note("every cell of the unwrapping grid is occupied; StaMPS would drop its first edge, it is kept")
    return _Grid(gridding, phase, nearest, edges)


def _edge_series(ps: Artefact, dates: Dates, grid: _Grid, parms: ParmsView) -> EdgeSeries:
    """Unwrap the edges along time."""
    topography = 4 * np.pi * parms["max_topo_err"] / (parms["lambda"] * _RANGE * np.sin(ps.mean_incidence))
    n_trial_wraps = float(np.ptp(ps.bperp)) * topography / (2 * np.pi)
    return unwrap_edge_series(
        grid.phase,
        grid.edges.nodes,
        Acquisitions(dates.days[dates.used], ps.bperp[dates.used]),
        n_trial_wraps=n_trial_wraps if parms.flag("unwrap_la_error_flag") else None,
        time_window=parms["unwrap_time_win"],
    )


def _unwrap_nodes(
    store: StampsStore, dates: Dates, grid: _Grid, series: EdgeSeries, solver: Solver, context: RunContext
) -> _Unwrapped:
    """Unwrap every interferogram in space, each as a task of its own."""
    shared = edge_variances(series.noise, grid.edges.counts)
    total = len(dates.used)

    def tasks() -> Iterator[UnwrapTask]:
        for column, position in enumerate(dates.used):
            context.progress(column, total)
            problem = grid_problem(grid.phase, grid.nearest, grid.edges, series, shared, column)
            last = column == total - 1
            yield UnwrapTask(problem, solver, store.path, column + 1, dates.name(position), keep_files=last)

    rows, columns = grid.gridding.nodes.T
    phase = np.empty((grid.gridding.n_nodes, total), dtype=np.float32, order="F")
    msd = np.empty(total)
    for column, unwrapped in enumerate(context.mapper(unwrap_grid, tasks())):
        phase[:, column] = unwrapped[rows, columns]
        msd[column] = mean_square_difference(unwrapped)
    context.progress(total, total)
    return _Unwrapped(phase, msd)


def _back_to_scatterers(phasors: ComplexArray, gridding: Gridding, node_phase: FloatArray) -> FloatArray:
    """Return the phase of every scatterer with the whole cycles that bring it nearest to its cell's."""
    phase = np.empty(phasors.shape, dtype=np.float32, order="F")
    for column in range(phasors.shape[1]):
        phase[:, column] = congruent(np.angle(phasors[:, column]), node_phase[gridding.node_of_ps, column])
    return phase


def _write_grid(store: StampsStore, ps: Artefact, grid: _Grid, phasors: ComplexArray, parms: ParmsView) -> None:
    """Write uw_grid and uw_interp."""
    gridding, size = grid.gridding, float(parms["unwrap_grid_size"])
    numbers = np.arange(1, gridding.n_nodes + 1)
    n_i, n_j = gridding.occupied.shape
    x_min, y_min = ps.xy[:, 1:].min(axis=0)
    store.write(
        "uw_grid",
        ph=grid.phase,
        ph_in=phasors,
        xy=np.column_stack([numbers, (gridding.nodes[:, ::-1] + 0.5) * size]),
        ij=gridding.nodes + 1,
        nzix=gridding.occupied,
        grid_x_min=x_min,
        grid_y_min=y_min,
        n_i=n_i,
        n_j=n_j,
        n_ifg=phasors.shape[1],
        n_ps=gridding.n_nodes,
        grid_ij=gridding.cells + 1,
        pix_size=size,
    )
    edge_numbers = np.arange(1, grid.edges.n_edges + 1)
    store.write(
        "uw_interp",
        Z=grid.nearest + 1,
        edgs=np.column_stack([edge_numbers, grid.edges.nodes + 1]),
        n_edge=grid.edges.n_edges,
        rowix=grid.edges.vertical,
        colix=grid.edges.horizontal,
    )


def _write_series(store: StampsStore, dates: Dates, series: EdgeSeries) -> None:
    """Write uw_space_time."""
    images = np.union1d(dates.used, dates.master)
    n_used = len(dates.used)
    design = np.zeros((n_used, len(images)))
    design[np.arange(n_used), np.searchsorted(images, dates.used)] = 1
    design[:, np.searchsorted(images, dates.master)] = -1
    store.write(
        "uw_space_time",
        dph_space_uw=series.unwrapped,
        dph_noise=series.noise,
        G=design,
        spread=scipy.sparse.csc_matrix(series.noise.shape),
    )


def _write_result(
    store: StampsStore,
    dates: Dates,
    phase: FloatArray,
    msd: FloatArray,
    feedback: Feedback | None,
    baselines: Baselines,
) -> None:
    """Write phuw2: what was taken out is put back; the master and dropped dates are 0."""
    shape = (len(phase), len(dates.days))
    complete = np.zeros(shape, dtype=np.float32, order="F")
    deviations = np.zeros(len(dates.days), dtype=np.float32)
    for column, position in enumerate(dates.used):
        complete[:, position] = phase[:, column]
        if feedback is not None:
            complete[:, position] += feedback.phase(baselines, position).astype(np.float32)
    deviations[dates.used] = msd
    store.write("phuw2", ph_uw=complete, msd=deviations)
