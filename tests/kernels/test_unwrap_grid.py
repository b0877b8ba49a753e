"""The unwrapping grid: cells, nearest nodes with their tie rule, and edges."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from snapstamps.kernels.unwrap_grid import cells_of, grid_edges, grid_scatterers, largest_grid_size, nearest_nodes

SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)
OCCUPANCY = SHAPES.flatmap(lambda shape: arrays(bool, shape)).filter(np.any)


def nearest_by_trying_all(occupied):
    nodes = np.argwhere(occupied.T)[:, ::-1]
    cells = np.indices(occupied.shape).reshape(2, -1).T
    distance = ((cells[:, None] - nodes) ** 2).sum(axis=2)
    return distance.argmin(axis=1).reshape(occupied.shape)


@given(OCCUPANCY)
def test_every_cell_gets_its_nearest_node_and_of_equally_near_ones_the_lowest_number(occupied):
    np.testing.assert_array_equal(nearest_nodes(occupied), nearest_by_trying_all(occupied))


def test_a_far_node_is_found_across_empty_columns():
    occupied = np.zeros((40, 60), dtype=bool)
    occupied[39, 0] = occupied[0, 59] = True
    np.testing.assert_array_equal(nearest_nodes(occupied), nearest_by_trying_all(occupied))


def test_nodes_count_down_the_columns():
    gridding = grid_scatterers(np.array([[1, 1], [0, 1], [1, 0], [0, 1]]))
    assert gridding.nodes.tolist() == [[1, 0], [0, 1], [1, 1]]
    assert gridding.node_of_ps.tolist() == [2, 1, 0, 1]
    assert gridding.n_nodes == 3


def test_the_last_row_and_column_join_the_ones_before():
    xy = np.array([[0, 0], [99, 0], [101, 0], [299, 199], [301, 201]], dtype=np.float32)
    assert cells_of(xy, 100).tolist() == [[0, 0], [0, 0], [0, 1], [1, 2], [1, 2]]


def test_scatterers_on_one_line_make_no_grid():
    xy = np.array([[0, 5], [450, 5]], dtype=np.float32)
    assert (cells_of(xy, 100).max(axis=0) + 1).tolist() == [0, 4]
    assert largest_grid_size(xy, 4) is None


@given(st.floats(20, 5000), st.floats(20, 5000), st.integers(2, 32))
def test_the_proposed_grid_size_fits_and_the_next_whole_metre_does_not(width, height, n_cells):
    xy = np.array([[0, 0], [width, height]], dtype=np.float32)

    def fits(size):
        return (cells_of(xy, size).max(axis=0) + 1).min() >= n_cells

    size = largest_grid_size(xy, n_cells)
    if size is None:
        assert not fits(1)
    else:
        assert fits(size)
        assert not fits(size + 1)


@given(OCCUPANCY)
def test_edges_join_exactly_the_nodes_of_neighbouring_cells(occupied):
    nearest = nearest_nodes(occupied)
    edges = grid_edges(nearest)
    signed = np.concatenate([edges.vertical.ravel(), edges.horizontal.ravel()])
    first = np.concatenate([nearest[:-1].ravel(), nearest[:, :-1].ravel()])
    second = np.concatenate([nearest[1:].ravel(), nearest[:, 1:].ravel()])
    expected = {tuple(sorted(pair)) for pair in zip(first.tolist(), second.tolist(), strict=True)}
    assert [tuple(pair) for pair in edges.nodes.tolist()] == sorted(pair for pair in expected if pair[0] != pair[1])
    for number, a, b in zip(signed.tolist(), first.tolist(), second.tolist(), strict=True):
        if a == b:
            assert number == 0
        else:
            low, high = edges.nodes[abs(number) - 1]
            assert (a, b) == ((low, high) if number > 0 else (high, low))
    assert edges.counts.sum() == np.count_nonzero(signed)
    assert (edges.counts > 0).all()


def test_a_full_grid_keeps_all_its_edges_unless_the_defect_of_stamps_is_wanted():
    nearest = nearest_nodes(np.ones((3, 4), dtype=bool))
    mended, reproduced = grid_edges(nearest), grid_edges(nearest, drop_first_when_full=True)
    assert mended.n_edges == 2 * 4 + 3 * 3
    np.testing.assert_array_equal(reproduced.nodes, mended.nodes[1:])
    assert reproduced.vertical[0, 0] == 0
    np.testing.assert_array_equal(reproduced.horizontal, mended.horizontal - 1)


def test_a_grid_with_an_empty_cell_has_no_defect_to_reproduce():
    occupied = np.ones((3, 4), dtype=bool)
    occupied[1, 1] = False
    nearest = nearest_nodes(occupied)
    np.testing.assert_array_equal(grid_edges(nearest, drop_first_when_full=True).nodes, grid_edges(nearest).nodes)
