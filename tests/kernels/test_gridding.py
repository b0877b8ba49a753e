"""Cells of a grid and the sums over them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snapstamps.kernels.gridding import grid_cells, sums_in_cells

coordinates = arrays(np.float32, st.tuples(st.integers(1, 60), st.just(2)), elements=st.floats(-3000, 3000, width=32))


@given(coordinates)
def test_every_candidate_lies_in_a_cell_of_the_grid(xy):
    cells = grid_cells(xy, 50.0)
    assert cells.row.min() >= 0
    assert cells.column.min() >= 0
    assert (cells.row.max() + 1, cells.column.max() + 1) <= cells.shape
    assert cells.index.max() < cells.shape[0] * cells.shape[1]


def test_the_last_row_and_column_are_merged_into_the_one_before():
    xy = np.array([[0, 0], [49, 0], [51, 0], [149, 120], [151, 251]], dtype=np.float32)
    cells = grid_cells(xy, 50.0)
    assert cells.shape == (5, 3)
    assert cells.column.tolist() == [0, 0, 1, 2, 2]
    assert cells.row.tolist() == [0, 0, 0, 2, 4]


def test_a_multiple_of_the_cell_belongs_to_the_lower_cell():
    xy = np.array([[0, 0], [100, 100], [500, 500]], dtype=np.float32)
    assert grid_cells(xy, 50.0).column.tolist()[:2] == [0, 1]


def test_a_single_cell_is_not_merged_away():
    cells = grid_cells(np.array([[1, 1], [2, 3]], dtype=np.float32), 50.0)
    assert cells.shape == (1, 1)
    assert cells.index.tolist() == [0, 0]


def test_moving_all_candidates_together_leaves_the_cells():
    xy = (np.random.default_rng(0).integers(0, 4000, (300, 2)) / 4 + 0.125).astype(np.float32)
    np.testing.assert_array_equal(grid_cells(xy, 50.0).index, grid_cells(xy + np.float32(1024), 50.0).index)


def test_sums_are_those_of_the_members_and_nan_spoils_only_its_cell():
    rng = np.random.default_rng(1)
    values = (rng.normal(size=(3, 500)) + 1j * rng.normal(size=(3, 500))).astype(np.complex64)
    cell = rng.integers(0, 20, 500)
    sums = sums_in_cells(values, cell, 21)
    for number in range(21):
        np.testing.assert_allclose(sums[:, number], values[:, cell == number].sum(axis=1), atol=1e-5)
    values[1, 0] = np.nan
    spoilt = sums_in_cells(values, cell, 21)
    assert np.isnan(spoilt[1, cell[0]])
    assert np.isnan(spoilt).sum() == 1
