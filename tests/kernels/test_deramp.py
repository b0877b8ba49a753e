"""A surface per date: removed whole, and nothing else with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.kernels.deramp import DEGREES, fit_ramps, surface_terms

COEFFICIENT = st.floats(-50, 50)


def positions(n_ps: int = 200, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-4000, 9000, (n_ps, 2))


@given(a=COEFFICIENT, b=COEFFICIENT, c=COEFFICIENT)
def test_a_plane_is_removed_whole(a, b, c):
    xy = positions()
    plane = (a * xy[:, :1] + b * xy[:, 1:]) / 1000 + c
    np.testing.assert_allclose(fit_ramps(plane, xy).ramp, plane, atol=1e-9)


def test_a_field_without_a_plane_stays_as_it_is():
    xy = positions()
    field = np.random.default_rng(1).normal(size=(len(xy), 3))
    field -= fit_ramps(field, xy).ramp
    np.testing.assert_allclose(fit_ramps(field, xy).ramp, 0, atol=1e-12)


def test_what_is_left_over_has_no_mean_and_no_gradient():
    xy = positions()
    field = np.random.default_rng(1).normal(size=(len(xy), 11)) + 7
    rest = field - fit_ramps(field, xy).ramp
    np.testing.assert_allclose(rest.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(xy.T @ rest / len(xy), 0, atol=1e-8)


@pytest.mark.parametrize("degree", DEGREES)
def test_every_degree_removes_its_own_terms(degree):
    xy = positions()
    terms = surface_terms(xy, degree=degree)
    surface = terms @ np.random.default_rng(2).normal(size=(terms.shape[1], 2))
    np.testing.assert_allclose(fit_ramps(surface, xy, degree=degree).ramp, surface, atol=1e-8)


def test_degree_two_leaves_a_slope_alone_as_stamps_does():
    corner = positions(50)
    xy = np.concatenate([corner, corner * [-1, 1], corner * [1, -1], -corner])
    np.testing.assert_allclose(fit_ramps(xy[:, :1], xy, degree=2).ramp, 0, atol=1e-8)


def test_an_unknown_degree_is_refused():
    with pytest.raises(ValueError, match=r"degree 4 is none of"):
        surface_terms(positions(), degree=4)


def test_scatterers_without_phase_take_no_part_but_get_the_surface():
    xy = positions()
    plane = xy @ np.array([[0.001], [-0.002]]) + 5
    gaps = plane.copy()
    gaps[::3] = np.nan
    np.testing.assert_allclose(fit_ramps(np.hstack([gaps, plane]), xy).ramp, np.hstack([plane, plane]), atol=1e-9)


def test_fewer_than_six_scatterers_are_not_deramped():
    xy = positions(10)
    phase = np.ones((10, 2))
    phase[5:, 0] = np.nan
    ramps = fit_ramps(phase, xy)
    assert ramps.fitted.tolist() == [False, True]
    assert np.all(ramps.ramp[:, 0] == 0)
    assert not fit_ramps(phase[:5], xy[:5]).fitted.any()


def test_scatterers_in_one_line_lose_the_gradient_along_it():
    along = np.linspace(0, 5000, 40)
    xy = np.column_stack([along, 2 * along])
    slope = along[:, None] / 300
    np.testing.assert_allclose(fit_ramps(slope, xy).ramp, slope, atol=1e-9)


def test_the_local_origin_does_not_matter():
    xy = positions()
    phase = np.random.default_rng(5).normal(size=(len(xy), 2))
    np.testing.assert_allclose(fit_ramps(phase, xy).ramp, fit_ramps(phase, xy + 30_000).ramp, atol=1e-9)
