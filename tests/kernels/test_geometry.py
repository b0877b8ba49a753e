"""Geometry: rounding, angles, baselines, local coordinates, order."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snapstamps.kernels.geometry import (
    CrossNormalBaselines,
    SensorGeometry,
    local_xy,
    mean_as_stamps,
    origin_of,
    perpendicular_baselines,
    rotate_if_smaller,
    round_half_away,
    sort_and_round_xy,
    viewing_angles,
)

ROME = np.array([12.5, 41.9])
SENTINEL = SensorGeometry(
    near_range=847_188.0,
    range_spacing=2.33,
    sensor_radius=7_070_000.0,
    earth_radius=6_371_000.0,
    n_lines=301,
    prf=486.5,
)


def around(origin, reach_deg=0.05, n=200, seed=0):
    return origin + np.random.default_rng(seed).uniform(-reach_deg, reach_deg, (n, 2))


def test_halves_are_rounded_away_from_zero():
    assert round_half_away(np.array([-2.5, -0.5, 0.5, 1.5, 2.4999])).tolist() == [-3, -1, 1, 2, 2]


@given(st.floats(-1e6, 1e6, width=32))
def test_rounding_in_single_precision_never_rounds_twice(value):
    rounded = float(round_half_away(np.array([value], dtype=np.float32))[0])
    exact = np.trunc(value) + (np.sign(value) if abs(value - np.trunc(value)) >= 0.5 else 0)
    assert rounded == exact


def test_look_and_incidence_close_the_triangle_with_the_earths_centre():
    angles = viewing_angles(np.array([0, 5000, 20000]), SENTINEL)
    at_centre = angles.incidence - angles.look
    ratio = np.sin(angles.look) / SENTINEL.earth_radius
    np.testing.assert_allclose(np.sin(angles.incidence) / SENTINEL.sensor_radius, ratio, rtol=1e-12)
    slant = SENTINEL.near_range + SENTINEL.range_spacing * np.array([0, 5000, 20000])
    np.testing.assert_allclose(np.sin(at_centre) / slant, ratio, rtol=1e-12)
    assert (np.diff(angles.incidence) > 0).all()


def test_impossible_ranges_give_nan_not_a_warning():
    impossible = SensorGeometry(1.0, 1.0, 7e6, 6.3e6, 10, 1.0)
    assert np.isnan(viewing_angles(np.array([0]), impossible).incidence).all()


def test_the_perpendicular_baseline_is_the_part_of_the_baseline_across_the_line_of_sight():
    look = np.array([0.6, 0.6])
    baselines = CrossNormalBaselines(*(np.array(v) for v in ([100 * np.cos(0.6)], [-100 * np.sin(0.6)], [0.0], [0.0])))
    across = perpendicular_baselines(np.array([3, 250]), look, baselines, SENTINEL)
    np.testing.assert_allclose(across, [[100, 100]], rtol=1e-6)
    along = CrossNormalBaselines(*(np.array(v) for v in ([100 * np.sin(0.6)], [100 * np.cos(0.6)], [0.0], [0.0])))
    np.testing.assert_allclose(perpendicular_baselines(np.array([3, 250]), look, along, SENTINEL), 0, atol=1e-5)


def test_baseline_rates_count_from_the_middle_line():
    baselines = CrossNormalBaselines(np.array([50.0]), np.array([0.0]), np.array([2.0]), np.array([0.0]))
    at = perpendicular_baselines(np.array([0, 150, 300]), np.zeros(3), baselines, SENTINEL)[0]
    np.testing.assert_allclose(at, 50 + 2 * np.array([-150, 0, 150]) / 486.5, rtol=1e-6)


def test_single_precision_means_are_summed_one_after_the_other():
    values = np.full((1, 100_000), 123.456, dtype=np.float32)
    total = np.float32(0)
    for value in values[0]:
        total += value
    assert mean_as_stamps(values)[0] == total / np.float32(100_000)
    assert mean_as_stamps(values)[0] != values.mean()


def test_local_coordinates_agree_with_the_ellipsoid_but_for_the_known_eccentricity():
    lonlat = around(ROME)
    geodesic = pyproj.Geod(ellps="WGS84")
    n = len(lonlat)
    azimuth, _, distance = geodesic.inv(*np.repeat(ROME[:, np.newaxis], n, axis=1), lonlat[:, 0], lonlat[:, 1])
    true = distance[:, np.newaxis] * np.column_stack((np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))))
    difference = np.hypot(*(local_xy(lonlat, ROME) - true).T)
    assert (difference < 2.5e-4 * distance + 0.01).all()
    assert (difference > 1e-6 * distance).any(), "StaMPS's eccentricity is not that of WGS84"


def test_the_origin_is_at_zero_and_lies_in_the_middle_of_the_box():
    lonlat = np.array([[12.4, 41.8], [12.6, 42.0], [12.41, np.nan], [np.nan, 41.95]])
    origin = origin_of(lonlat)
    np.testing.assert_allclose(origin, ROME)
    np.testing.assert_allclose(local_xy(origin[np.newaxis], origin), 0, atol=1e-6)
    assert np.isnan(local_xy(lonlat, origin)[3]).all()


def test_east_and_west_mirror_one_another():
    east = ROME + np.array([[0.03, 0.01]])
    west = ROME + np.array([[-0.03, 0.01]])
    x, y = local_xy(east, ROME)[0]
    np.testing.assert_allclose(local_xy(west, ROME)[0], [-x, y], rtol=1e-9)


def test_the_equator_needs_no_division_by_zero():
    x, y = local_xy(np.array([[100.01, 0.0]]), np.array([100.0, 0.0]))[0]
    assert x == pytest.approx(6_378_137.0 * np.radians(0.01))
    assert y == 0
    beside = local_xy(np.array([[100.01, 1e-7]]), np.array([100.0, 0.0]))[0]
    np.testing.assert_allclose(beside, [x, 0], atol=0.02)


def test_a_frame_along_the_orbit_is_turned_and_its_shape_stays():
    rng = np.random.default_rng(1)
    radar = rng.uniform(-1, 1, (500, 2)) * [3000, 5000]
    theta = np.radians(180 - 192)
    turn = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    np.testing.assert_allclose(rotate_if_smaller(radar @ turn.T, 192.0), radar, atol=1e-6)
    ascending = rotate_if_smaller(radar @ turn.T, 192.0 + 180.0)
    np.testing.assert_allclose(ascending, -radar, atol=1e-6)


def test_a_box_that_does_not_become_smaller_both_ways_is_left_alone():
    north_south = np.random.default_rng(2).uniform(-1, 1, (500, 2)) * [3000, 5000]
    assert rotate_if_smaller(north_south, 192.0) is north_south


@given(
    arrays(np.float32, st.tuples(st.integers(1, 40), st.just(2)), elements=st.floats(-5000, 5000, width=32)),
)
def test_sorting_goes_by_y_then_x_and_keeps_ties_in_order(xy):
    placed = sort_and_round_xy(xy)
    assert sorted(placed.order) == list(range(len(xy)))
    ordered = xy[placed.order]
    keys = [(y, x, place) for (x, y), place in zip(ordered.tolist(), placed.order.tolist(), strict=True)]
    assert keys == sorted(keys)
    assert placed.xy.dtype == np.float32
    np.testing.assert_allclose(placed.xy, ordered, atol=1.01e-3)


def test_positions_that_are_not_numbers_come_last():
    placed = sort_and_round_xy(np.array([[np.nan, np.nan], [5, 2], [1, 2], [0, 1]]))
    assert placed.order.tolist() == [3, 2, 1, 0]
