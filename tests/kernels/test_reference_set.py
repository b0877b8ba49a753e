"""Who is the reference, and what it does to the values."""

import math

import numpy as np

from snapstamps.kernels.reference_set import reference_mean, referenced, within_box, within_circle

GRID = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), axis=-1).reshape(-1, 2)


def test_the_border_of_a_box_is_outside():
    chosen = GRID[within_box(GRID, longitudes=(0, 3), latitudes=(1, 4))]
    assert set(map(tuple, chosen)) == {(x, y) for x in (1, 2) for y in (2, 3)}


def test_infinite_limits_take_everything():
    assert within_box(GRID, longitudes=(-math.inf, math.inf), latitudes=(-math.inf, math.inf)).all()


def test_the_border_of_a_circle_is_inside():
    chosen = GRID[within_circle(GRID, centre=np.array([2.0, 2.0]), radius=1.0)]
    assert set(map(tuple, chosen)) == {(2, 2), (1, 2), (3, 2), (2, 1), (2, 3)}


def test_the_reference_ends_up_with_mean_zero_and_the_differences_stay():
    values = np.random.default_rng(1).normal(4, 1, (30, 3)).astype(np.float32)
    rows = np.array([2, 5, 11])
    result = referenced(values, rows)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result[rows].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(np.diff(result, axis=0), np.diff(values, axis=0), atol=1e-6)


def test_gaps_in_the_reference_are_left_out_of_its_mean():
    values = np.array([[1.0, np.nan], [3.0, np.nan], [9.0, 4.0]])
    assert reference_mean(values, np.array([0, 1])).tolist() == [2.0, 0.0]
    values[0, 0] = np.nan
    assert reference_mean(values, np.array([0, 1])).tolist() == [3.0, 0.0]


def test_without_a_reference_nothing_is_subtracted():
    values = np.random.default_rng(1).normal(4, 1, (30, 3))
    np.testing.assert_array_equal(referenced(values, None), values)
