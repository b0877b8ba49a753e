"""
Unwrapping a grid as a minimum-cost flow: the network, its convex costs, and the way back.

Costantini (1998) on the convex costs of step 6. The unknowns are the whole cycles that neighbouring cells
differ by beyond their wrapped difference. Around every loop of 2 x 2 cells they must cancel what the
wrapped differences fail to add up to. So loops are the nodes of a network, with one more for the ground
outside; an arc between two cells leads from the loop on its one side to the loop on its other side.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import Array, BoolArray, FloatArray, IntArray
from snapstamps.kernels.unwrap_cost import UNITS_PER_CYCLE, ArcCosts, GridProblem

COST_SCALE = 100
"""Costs are multiplied by this before they are rounded to whole numbers."""


@dataclass(frozen=True)
class FlowProblem:
    """
    The dual network of a grid, seen from its cheapest cycles.

    Arcs that join cells of one node are left out: such cells never differ. Vertical arcs come before
    horizontal ones, in row-major order.

    Attributes
    ----------
    tail, head : ndarray of int, shape (n_arc,)
        Loops that an extra cycle of the arc flows from and to; the last number is the ground.
    start : ndarray of int, shape (n_arc,)
        Cheapest number of cycles of every arc, regardless of the loops.
    deviation : ndarray of int, shape (n_arc,)
        What is left of the arc's offset then, -100 … 100 (1/200 cycles).
    variance : ndarray of int, shape (n_arc,)
        At least 1.
    has_statistics : ndarray of bool, shape (n_arc,)
        Where False every extra cycle costs 1.
    supply : ndarray of int, shape (n_loop + 1,)
        Cycles that leave every loop; their sum is 0.
    """

    tail: IntArray
    head: IntArray
    start: IntArray
    deviation: IntArray
    variance: IntArray
    has_statistics: BoolArray
    supply: IntArray

    @property
    def is_balanced(self) -> bool:
        """Tell whether the cheapest cycles already fit everywhere."""
        return not self.supply.any()


@dataclass(frozen=True)
class LinearArcs:
    """
    Arcs of constant unit cost, which together stand for the convex ones.

    Attributes
    ----------
    arc : ndarray of int, shape (n_linear,)
        The arc, from 0 to ``n_arc - 1`` in its own direction, beyond that against it.
    tail, head : ndarray of int, shape (n_linear,)
        Loops.
    bounded : ndarray of bool, shape (n_linear,)
        One unit at most; unlimited where False.
    cost : ndarray of int, shape (n_linear,)
        Cost of a unit.
    """

    arc: IntArray
    tail: IntArray
    head: IntArray
    bounded: BoolArray
    cost: IntArray


def wrapped_phase(problem: GridProblem) -> FloatArray:
    """Return the phase of the cells in [0, 2π) (rad), as snaphu anchors it."""
    return np.asarray(np.mod(np.angle(problem.wrapped.astype(np.complex128)), 2 * np.pi))


def flow_problem(problem: GridProblem) -> FlowProblem:
    """
    Build the network of a gridded interferogram.

    Parameters
    ----------
    problem : GridProblem
        Cells and costs.

    Returns
    -------
    FlowProblem
    """
    n_i, n_j = problem.wrapped.shape
    vertical = _initial_cycles(problem, axis=0) + _cheapest_cycles(problem.vertical)
    horizontal = _initial_cycles(problem, axis=1) + _cheapest_cycles(problem.horizontal)
    loops = np.full((n_i + 1, n_j + 1), (n_i - 1) * (n_j - 1))
    loops[1:-1, 1:-1] = np.arange((n_i - 1) * (n_j - 1)).reshape(n_i - 1, n_j - 1)
    residue = horizontal[:-1] + vertical[:, 1:] - horizontal[1:] - vertical[:, :-1]
    kept = np.concatenate([problem.vertical.joins_nodes.ravel(), problem.horizontal.joins_nodes.ravel()])

    def of_arcs(vertical_values: Array, horizontal_values: Array) -> Array:
        return np.asarray(np.concatenate([vertical_values.ravel(), horizontal_values.ravel()])[kept])

    offset = of_arcs(problem.vertical.offset, problem.horizontal.offset).astype(np.int64)
    start = of_arcs(_cheapest_cycles(problem.vertical), _cheapest_cycles(problem.horizontal))
    return FlowProblem(
        tail=of_arcs(loops[1:-1, 1:], loops[:-1, 1:-1]),
        head=of_arcs(loops[1:-1, :-1], loops[1:, 1:-1]),
        start=start,
        deviation=offset + UNITS_PER_CYCLE * start,
        variance=of_arcs(problem.vertical.variance, problem.horizontal.variance).astype(np.int64),
        has_statistics=of_arcs(problem.vertical.has_statistics, problem.horizontal.has_statistics),
        supply=np.append(residue.ravel(), -residue.sum()),
    )


def _initial_cycles(problem: GridProblem, *, axis: int) -> IntArray:
    """Return the cycles that wrap the difference of neighbouring cells to the nearest."""
    return np.asarray(-np.rint(np.diff(wrapped_phase(problem), axis=axis) / (2 * np.pi)), dtype=np.int64)


def _cheapest_cycles(costs: ArcCosts) -> IntArray:
    return np.asarray(-np.rint(costs.offset / UNITS_PER_CYCLE), dtype=np.int64)


def linear_arcs(problem: FlowProblem, levels: IntArray) -> LinearArcs:
    """
    Write the convex costs as parallel arcs of rising unit cost.

    The first ``levels - 1`` units of an arc cost what they really do; all further ones cost as much as the
    next. Where the flow stays within ``levels`` the costs are exact.

    Parameters
    ----------
    problem : FlowProblem
        The network.
    levels : ndarray of int, shape (2 n_arc,)
        Parallel arcs of every arc in its own direction, then of every arc against it; at least 1.

    Returns
    -------
    LinearArcs
    """
    arc = np.repeat(np.arange(len(levels)), levels)
    unit = np.arange(len(arc)) - np.repeat(np.cumsum(levels) - levels, levels) + 1
    n_arcs = len(problem.tail)
    original = arc % n_arcs
    forward = arc < n_arcs
    deviation = np.where(forward, 1, -1) * problem.deviation[original]
    units = UNITS_PER_CYCLE * (2 * deviation + UNITS_PER_CYCLE * (2 * unit - 1))
    cost = np.rint(COST_SCALE * units / problem.variance[original]).astype(np.int64)
    return LinearArcs(
        arc=arc,
        tail=np.where(forward, problem.tail[original], problem.head[original]),
        head=np.where(forward, problem.head[original], problem.tail[original]),
        bounded=unit < levels[arc],
        cost=np.where(problem.has_statistics[original], cost, COST_SCALE),
    )


def unwrapped_grid(problem: GridProblem, network: FlowProblem, flow: IntArray) -> FloatArray:
    """
    Return the unwrapped grid of a flow.

    Parameters
    ----------
    problem : GridProblem
        Cells and costs.
    network : FlowProblem
        Its network.
    flow : ndarray of int, shape (n_arc,)
        Cycles of every arc beyond its start.

    Returns
    -------
    unwrapped : ndarray of float32, shape (n_i, n_j)
        Rad; congruent with the wrapped phase. The first cell lies in [0, 2π).
    """
    vertical = _initial_cycles(problem, axis=0)
    horizontal = _initial_cycles(problem, axis=1)[0]
    cycles = network.start + flow
    in_column = problem.vertical.joins_nodes
    n_vertical = int(np.count_nonzero(in_column))
    vertical[in_column] += cycles[:n_vertical]
    first_row = problem.horizontal.joins_nodes[0]
    horizontal[first_row] += cycles[n_vertical : n_vertical + int(np.count_nonzero(first_row))]
    turns = np.zeros(problem.wrapped.shape, dtype=np.int64)
    turns[0, 1:] = np.cumsum(horizontal)
    turns[1:] = turns[0] + np.cumsum(vertical, axis=0)
    return (wrapped_phase(problem) + 2 * np.pi * turns).astype(np.float32)
