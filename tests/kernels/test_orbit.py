"""Orbits: a circle above a turning earth comes back from its state vectors; zero Doppler means abeam."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_safe import Pass, state_vectors

from snapstamps.kernels.orbit import (
    FLATTENING,
    SEMI_MAJOR_AXIS,
    earth_fixed,
    fit_orbit,
    ground_point,
    position_at,
    velocity_at,
    zero_doppler_time,
)

PASS = Pass()
BEGIN = PASS.sensing_start
VECTORS = state_vectors(PASS, np.arange(BEGIN - 70, BEGIN + 90, 10.0))
ORBIT = fit_orbit(*VECTORS)


def test_between_the_vectors_the_orbit_is_right_to_a_tenth_of_a_millimetre():
    times = np.linspace(BEGIN - 70, BEGIN + 80, 301)
    _, position, velocity = state_vectors(PASS, times)
    assert np.abs(position_at(ORBIT, times) - position).max() < 1e-4
    assert np.abs(velocity_at(ORBIT, times) - velocity).max() < 1e-4
    assert ORBIT.residual < 1e-4


def test_four_vectors_are_enough_for_a_decimetre():
    few = fit_orbit(*(part[5:9] for part in VECTORS))
    times = np.linspace(BEGIN - 20, BEGIN + 10, 31)
    assert np.abs(position_at(few, times) - state_vectors(PASS, times)[1]).max() < 0.1


def test_a_velocity_that_is_off_does_not_bend_the_orbit():
    time, position, velocity = VECTORS
    off = fit_orbit(time, position, velocity + 0.01)
    assert np.abs(position_at(off, time[3:-3]) - position[3:-3]).max() < 0.06


def test_the_origin_of_time_does_not_matter():
    time, position, velocity = VECTORS
    later = fit_orbit(time + 1e5, position, velocity)
    np.testing.assert_allclose(position_at(later, BEGIN + 1e5), position_at(ORBIT, BEGIN), atol=1e-5)


@pytest.mark.parametrize("order", [[0], [1, 0], [0, 0]])
def test_what_is_no_orbit_is_refused(order):
    with pytest.raises(ValueError, match="two or more"):
        fit_orbit(*(part[order] for part in VECTORS))


@settings(max_examples=50)
@given(st.floats(-40, 50), st.floats(790e3, 950e3), st.floats(-100, 5000))
def test_a_point_on_the_ground_is_seen_abeam_at_its_time_and_range_on_the_right(after, slant_range, height):
    time = BEGIN + after
    point = ground_point(ORBIT, time, slant_range, height=height)
    satellite, speed = position_at(ORBIT, time), velocity_at(ORBIT, time)
    assert np.linalg.norm(point - satellite) == pytest.approx(slant_range, abs=1e-6)
    assert abs((point - satellite) @ speed) / np.linalg.norm(speed) < 1e-6
    assert np.cross(-satellite, speed) @ (point - satellite) > 0
    axes = np.array([1, 1, 1 - FLATTENING]) * SEMI_MAJOR_AXIS
    above = np.linalg.norm(point) - np.linalg.norm(point / np.sqrt(np.sum((point / axes) ** 2)))
    assert above == pytest.approx(height, abs=0.02)
    assert zero_doppler_time(ORBIT, point) == pytest.approx(time, abs=1e-8)


def test_many_points_are_solved_at_once_as_one_by_one():
    points = np.array([ground_point(ORBIT, BEGIN + after, 850e3) for after in (-30.0, 0.0, 30.0)])
    together = zero_doppler_time(ORBIT, points)
    assert together.shape == (3,)
    np.testing.assert_allclose(together, BEGIN + np.array([-30.0, 0.0, 30.0]), atol=1e-8)


def test_a_point_that_the_orbit_does_not_pass_has_no_time():
    assert np.isnan(zero_doppler_time(ORBIT, earth_fixed(-100.0, -60.0)))
    assert np.isnan(zero_doppler_time(ORBIT, ground_point(ORBIT, BEGIN, 850e3) * [1, 1, -1]))


@pytest.mark.parametrize("slant_range", [500e3, 4000e3])
def test_a_range_that_does_not_reach_the_ground_is_refused(slant_range):
    with pytest.raises(ValueError, match="does not reach the ground"):
        ground_point(ORBIT, BEGIN, slant_range)


def test_geographic_positions_become_earth_fixed_ones():
    polar = SEMI_MAJOR_AXIS * (1 - FLATTENING)
    np.testing.assert_allclose(earth_fixed(0.0, 0.0), [SEMI_MAJOR_AXIS, 0, 0], atol=1e-6)
    np.testing.assert_allclose(earth_fixed(90.0, 0.0, 10.0), [0, SEMI_MAJOR_AXIS + 10, 0], atol=1e-6)
    np.testing.assert_allclose(earth_fixed(12.0, 90.0), [0, 0, polar], atol=1e-6)
    pyproj = pytest.importorskip("pyproj")
    known = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(105.8, 21.6, 55.0)
    np.testing.assert_allclose(earth_fixed(105.8, 21.6, 55.0), known, atol=1e-6)
    assert earth_fixed(np.zeros((2, 3)), np.zeros((2, 3))).shape == (2, 3, 3)
