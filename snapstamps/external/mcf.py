"""The open solver of step 6: minimum-cost flow by OR-tools, on the same costs that snaphu gets."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.kernels.flow import FlowProblem, LinearArcs, flow_problem, linear_arcs, unwrapped_grid
from snapstamps.kernels.unwrap_cost import GridProblem
from snapstamps.model.errors import ToolError

COMFORTABLE_CELLS = 50_000
"""Grids beyond this take the solver more than some seconds per interferogram."""


def unwrap_by_flow(problem: GridProblem) -> FloatArray:
    """
    Unwrap a gridded interferogram at least cost.

    Exact for the convex costs: where the solution uses more units of an arc than its costs are written
    out for, they are written out further and the network is solved again. snaphu finds the same solution
    but for corner cells, which it never shifts by themselves, and regions without statistics, where its
    costs are not convex and solutions tie.

    Parameters
    ----------
    problem : GridProblem
        Cells and costs.

    Returns
    -------
    unwrapped : ndarray of float32, shape (n_i, n_j)
        Rad; the first cell lies in [0, 2π).

    Raises
    ------
    ToolError
        If OR-tools finds no solution.
    """
    network = flow_problem(problem)
    return unwrapped_grid(problem, network, _cheapest_flow(network))


def _cheapest_flow(network: FlowProblem) -> IntArray:
    """Return the net flow of every arc."""
    n_arcs = len(network.tail)
    if network.is_balanced:
        return np.zeros(n_arcs, dtype=np.int64)
    convex = np.tile(network.has_statistics, 2)
    levels = np.ones(2 * n_arcs, dtype=np.int64)
    while True:
        arcs = linear_arcs(network, levels)
        flow = np.bincount(arcs.arc, weights=_solve(arcs, network.supply), minlength=2 * n_arcs).astype(np.int64)
        too_cheap = convex & (flow > levels)
        if not too_cheap.any():
            return flow[:n_arcs] - flow[n_arcs:]
        levels[too_cheap] = flow[too_cheap]


def _solve(arcs: LinearArcs, supply: IntArray) -> IntArray:
    """Return the flow of every linear arc."""
    solver = SimpleMinCostFlow()
    unlimited = int(supply[supply > 0].sum())
    capacity = np.where(arcs.bounded, 1, unlimited)
    numbers = solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, capacity, arcs.cost)
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ToolError(
            "the minimum-cost-flow solver found no solution",
            where="step 6 unwrap",
            why=f"OR-tools reports status {status!s} for {len(supply)} loops and {len(numbers)} arcs",
            remedy='stamps.unwrap_solver = "snaphu"',
        )
    flow: IntArray = solver.flows(numbers)
    return flow
