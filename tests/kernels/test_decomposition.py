"""Vertical and east-west motion: exact without noise, honest with noise, the same in every frame."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from measured_results import ASCENDING, DESCENDING, look_vector

from snapstamps.kernels.decomposition import decompose

angles = st.tuples(st.floats(30, 46), st.floats(30, 46))
motions = st.tuples(st.floats(-100, 100), st.floats(-100, 100))


def looks(incidences: tuple[float, float] = (38.0, 40.0)) -> np.ndarray:
    return np.array([look_vector(ASCENDING, incidences[0]), look_vector(DESCENDING, incidences[1])])


@given(motions, angles)
def test_without_north_motion_the_truth_comes_back(motion, incidences):
    east, up = motion
    look = looks(incidences)
    velocity = look @ [east, 0.0, up]
    found = decompose(velocity[None], np.array([[0.7, 1.9]]), look[None])
    assert found.east[0] == pytest.approx(east, abs=1e-9)
    assert found.up[0] == pytest.approx(up, abs=1e-9)


@given(motions, st.floats(-100, 100))
def test_north_motion_leaks_as_it_is_said(motion, north):
    east, up = motion
    velocity = looks() @ [east, north, up]
    found = decompose(velocity[None], np.ones((1, 2)), looks()[None])
    assert found.east[0] == pytest.approx(east + north * found.north_to_east[0], abs=1e-8)
    assert found.up[0] == pytest.approx(up + north * found.north_to_up[0], abs=1e-8)
    assert abs(found.north_to_east[0]) < 0.05
    assert abs(found.north_to_up[0]) < 0.2


def test_the_deviations_are_those_of_many_draws():
    rng = np.random.default_rng(0)
    std = np.array([1.5, 0.8])
    velocity = looks() @ [3.0, 0.0, -8.0] + std * rng.standard_normal((20_000, 2))
    found = decompose(velocity, np.broadcast_to(std, velocity.shape), np.broadcast_to(looks(), (20_000, 2, 3)))
    assert found.east.mean() == pytest.approx(3.0, abs=0.03)
    assert found.up.mean() == pytest.approx(-8.0, abs=0.03)
    assert found.east.std() == pytest.approx(found.east_std[0], rel=0.03)
    assert found.up.std() == pytest.approx(found.up_std[0], rel=0.03)


def test_seen_in_a_mirror_east_turns_round_and_up_stays():
    velocity, std = np.array([[4.0, -7.0]]), np.array([[1.0, 2.0]])
    mirrored = looks() * [-1, 1, 1]
    one, other = decompose(velocity, std, looks()[None]), decompose(velocity, std, mirrored[None])
    assert other.east[0] == pytest.approx(-one.east[0])
    assert other.up[0] == pytest.approx(one.up[0])
    assert other.up_std[0] == pytest.approx(one.up_std[0])


def test_the_frame_may_be_turned_about_the_north_axis():
    """East and up are components of one vector: in a turned frame the same vector is found."""
    turn = np.radians(23.0)
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    velocity, std = np.array([[4.0, -7.0]]), np.array([[1.0, 2.0]])
    one = decompose(velocity, std, looks()[None])
    other = decompose(velocity, std, (looks() @ rotation.T)[None])
    np.testing.assert_allclose(rotation[[0, 2]][:, [0, 2]] @ [one.east[0], one.up[0]], [other.east[0], other.up[0]])


def test_a_third_pass_helps_and_its_order_does_not_matter():
    look = np.array([*looks(), look_vector(ASCENDING, 44.0)])
    velocity = look @ [2.0, 0.0, -5.0]
    std = np.array([1.0, 1.0, 1.0])
    two = decompose(velocity[None, :2], std[None, :2], look[None, :2])
    three = decompose(velocity[None], std[None], look[None])
    turned = decompose(velocity[None, ::-1], std[None], look[None, ::-1])
    assert three.up[0] == pytest.approx(-5.0)
    assert turned.up[0] == pytest.approx(three.up[0])
    assert three.up_std[0] < two.up_std[0]
    assert three.n_views[0] == 3


def test_what_cannot_be_told_apart_is_left_open():
    same_side = np.array([look_vector(ASCENDING, 35.0), look_vector(ASCENDING, 44.0)])
    cells = np.stack([same_side, looks(), looks()])
    velocity = np.array([[1.0, 2.0], [1.0, np.nan], [1.0, 2.0]])
    found = decompose(velocity, np.ones((3, 2)), cells)
    assert np.isnan(found.up).tolist() == [True, True, False]
    assert np.isnan(found.east_std).tolist() == [True, True, False]
    assert found.n_views.tolist() == [2, 1, 2]
