"""Edges between neighbouring points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from snapstamps.kernels.triangulation import delaunay_edges


def square_grid(n):
    x, y = np.meshgrid(np.arange(n, dtype=float), np.arange(n, dtype=float))
    return np.column_stack([x.ravel(), y.ravel()])


def scattered(n, seed=3):
    return np.random.default_rng(seed).uniform(0, 5000, (n, 2))


def test_a_triangle_has_its_three_sides():
    assert delaunay_edges(np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]])).tolist() == [[0, 1], [0, 2], [1, 2]]


def test_the_shorter_diagonal_of_a_kite_is_an_edge():
    kite = np.array([[0.0, 0.0], [10.0, 1.0], [20.0, 0.0], [10.0, -1.0]])
    assert [1, 3] in delaunay_edges(kite).tolist()
    assert [0, 2] not in delaunay_edges(kite).tolist()


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_points_have_no_edges(n):
    assert delaunay_edges(np.zeros((n, 2))).shape == (0, 2)


def test_two_points_are_joined():
    assert delaunay_edges(np.array([[5.0, 1.0], [2.0, 7.0]])).tolist() == [[0, 1]]


def test_points_on_a_line_are_joined_one_to_the_next_along_it():
    along = np.array([3.0, 0.0, 2.0, 1.0])
    oblique = along[:, None] * np.array([100.0, 300.0])
    assert delaunay_edges(oblique).tolist() == [[0, 2], [1, 3], [2, 3]]


def test_points_on_a_line_parallel_to_an_axis_are_joined_too():
    column = np.column_stack([np.full(5, 7.0), [4.0, 0.0, 1.0, 3.0, 2.0]])
    assert delaunay_edges(column).tolist() == [[0, 3], [1, 2], [2, 4], [3, 4]]


def test_a_point_that_coincides_with_another_is_joined_to_it():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    assert [0, 3] in delaunay_edges(points).tolist()


def test_edges_are_unique_ascending_and_low_before_high():
    edges = delaunay_edges(scattered(500))
    assert np.all(edges[:, 0] < edges[:, 1])
    keys = edges[:, 0] * 500 + edges[:, 1]
    assert np.all(np.diff(keys) > 0)


def test_every_point_is_joined_to_its_nearest_neighbour():
    points = scattered(300)
    distance = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    np.fill_diagonal(distance, np.inf)
    edges = set(map(tuple, delaunay_edges(points).tolist()))
    for point, nearest in enumerate(distance.argmin(axis=1)):
        assert (min(point, nearest), max(point, nearest)) in edges


def test_scattered_points_have_as_many_edges_as_euler_says():
    points = scattered(50)
    assert len(delaunay_edges(points)) == 3 * 50 - 3 - len(ConvexHull(points).vertices)


def test_a_square_grid_is_triangulated_whole():
    points = square_grid(6)
    on_the_rim = 4 * 5
    assert len(delaunay_edges(points)) == 3 * 36 - 3 - on_the_rim


def test_the_edges_do_not_depend_on_where_the_origin_lies():
    points = scattered(2000)
    np.testing.assert_array_equal(delaunay_edges(points), delaunay_edges(points + np.array([4.0e6, -9.0e6])))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(3, 40))
def test_numbering_the_points_otherwise_gives_the_same_edges(seed, n):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1000, 1000, (n, 2))
    order = rng.permutation(n)
    there = {tuple(sorted((order[a], order[b]))) for a, b in delaunay_edges(points[order])}
    assert there == set(map(tuple, delaunay_edges(points).tolist()))


def test_the_edges_of_the_reference_are_those_of_the_program_triangle(reference_file):
    node = np.loadtxt(reference_file("stamps/PATCH_1/psweed.1.node"), skiprows=1)
    edge = np.loadtxt(reference_file("stamps/PATCH_1/psweed.2.edge"), skiprows=1, dtype=int)[:, 1:3] - 1
    expected = np.unique(np.sort(edge, axis=1), axis=0)
    np.testing.assert_array_equal(delaunay_edges(node[:, 1:3]), expected)
