"""The costs: what they say about a grid whose phase is known."""

import numpy as np
import pytest

from snapstamps.kernels.edge_series import EdgeSeries
from snapstamps.kernels.unwrap_cost import edge_variances, grid_problem, mean_square_difference, to_int16
from snapstamps.kernels.unwrap_grid import grid_edges, nearest_nodes


def full_grid(phase, noise):
    """Edges of a grid whose nodes have this phase, and series of two equal interferograms with this noise."""
    nearest = nearest_nodes(np.ones(phase.shape, dtype=bool))
    edges = grid_edges(nearest)
    node_phase = phase.T.ravel()
    truth = node_phase[edges.nodes[:, 1]] - node_phase[edges.nodes[:, 0]]
    series = EdgeSeries(
        np.column_stack([truth + noise, truth - noise]).astype(np.float32),
        np.column_stack([noise, -noise]).astype(np.float32),
        np.zeros(edges.n_edges, dtype=np.float32),
    )
    nodes = np.exp(1j * np.column_stack([node_phase, node_phase])).astype(np.complex64)
    return nodes, nearest, edges, series


def test_matlabs_rounding():
    values = np.array([0.5, -0.5, 1.49, -2.5, 4e4, -4e4, np.inf, -np.inf, np.nan])
    assert to_int16(values).tolist() == [1, -1, 1, -3, 32767, -32768, 32767, -32768, 0]


def test_the_variance_grows_with_the_noise_and_with_the_arcs_of_an_edge():
    noise = np.array([[0.5, -0.5, 0.5, -0.5], [1.0, -1.0, 1.0, -1.0], [0, 0, 0, 0], [np.nan] * 4], dtype=np.float32)
    shared = edge_variances(noise, np.array([1, 3, 5, 2]))
    cycles = noise[:2].std(axis=1, ddof=1) / (2 * np.pi)
    assert shared.variance.tolist() == [*np.rint(cycles**2 * 400 * [1, 3]).astype(int), 1, 1]
    assert shared.has_statistics.tolist() == [True, True, True, False]


def test_an_offset_is_zero_cycles_where_neighbours_differ_little_and_one_where_they_differ_by_a_cycle():
    phase = np.array([[0.0, 0.3, 0.3 + 2 * np.pi], [0.1, 0.2, 0.5]])
    nodes, nearest, edges, series = full_grid(phase, np.zeros(7))
    problem = grid_problem(nodes, nearest, edges, series, edge_variances(series.noise, edges.counts), 0)
    # The wrapped difference lacks one cycle where the true one has it.
    assert problem.horizontal.offset.tolist() == [[0, -200], [0, 0]]
    assert problem.vertical.offset.tolist() == [[0, 0, 200]]


def test_the_offset_is_the_noise_in_the_direction_of_the_arc():
    nodes, nearest, edges, series = full_grid(np.zeros((2, 2)), np.full(4, 2 * np.pi * 0.1))
    problem = grid_problem(nodes, nearest, edges, series, edge_variances(series.noise, edges.counts), 0)
    # Nodes count down the columns, so here every arc points from the lower to the higher node.
    assert problem.vertical.offset.tolist() == [[20, 20]]
    assert problem.horizontal.offset.tolist() == [[20], [20]]


def test_arcs_inside_a_region_and_arcs_without_statistics_are_told_apart():
    occupied = np.array([[True, False, True]])
    nearest = nearest_nodes(occupied)
    edges = grid_edges(nearest)
    series = EdgeSeries(
        np.full((1, 3), np.nan, np.float32), np.full((1, 3), np.nan, np.float32), np.zeros(1, np.float32)
    )
    nodes = np.ones((2, 3), dtype=np.complex64)
    costs = grid_problem(nodes, nearest, edges, series, edge_variances(series.noise, edges.counts), 2).horizontal
    assert costs.joins_nodes.tolist() == [[False, True]]
    assert costs.has_statistics.tolist() == [[True, False]]
    assert costs.offset.tolist() == [[0, 0]]
    assert costs.variance.tolist() == [[1, 1]]


def test_equal_neighbours_do_not_count_in_the_mean_square_difference():
    grid = np.array([[1, 1, 3], [1, 1, 3]], dtype=np.float32)
    assert mean_square_difference(grid) == pytest.approx(4)
    assert mean_square_difference(np.ones((2, 2), dtype=np.float32)) == 0
