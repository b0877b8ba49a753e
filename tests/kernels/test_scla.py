"""The look-angle error: exact without noise, robust where asked to be, and clipped to its neighbours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from snapstamps.kernels.scla import (
    clipped_to_neighbours,
    look_angle_error_l2,
    look_angle_model,
    look_angle_phase,
)
from snapstamps.kernels.scla_l1 import look_angle_error_l1

N_DATES = 18
BPERP = np.append(np.random.default_rng(0).normal(0, 80, N_DATES - 1), 0.0)
EVEN = np.arange(N_DATES) * 12.0
UNEVEN = np.cumsum(np.random.default_rng(1).integers(1, 6, N_DATES)) * 6.0
ALL = np.arange(N_DATES)

BOTH_CALENDARS = pytest.mark.parametrize("days", [EVEN, UNEVEN], ids=["equidistant", "uneven"])
BOTH_NORMS = pytest.mark.parametrize("estimate", [look_angle_error_l2, look_angle_error_l1], ids=["L2", "L1"])


def stack(days: np.ndarray, error: np.ndarray, seed: int = 3) -> np.ndarray:
    """Return phase of a look-angle error, a velocity and an offset per scatterer."""
    rng = np.random.default_rng(seed)
    velocity, offset = rng.normal(0, 0.02, len(error)), rng.normal(0, 2, len(error))
    return np.outer(error, BPERP) + np.outer(velocity, days) + offset[:, None]


def errors(n_ps: int = 40) -> np.ndarray:
    return np.random.default_rng(2).normal(0, 5e-3, n_ps)


@BOTH_NORMS
@BOTH_CALENDARS
def test_without_noise_the_error_is_recovered_whatever_the_velocity(estimate, days):
    model = look_angle_model(BPERP, days, ALL)
    np.testing.assert_allclose(estimate(stack(days, errors()), model), errors(), atol=1e-12)


@BOTH_CALENDARS
def test_equidistant_dates_make_one_term_of_constant_and_trend(days):
    assert look_angle_model(BPERP, days, ALL).basis.shape[1] == (2 if days is EVEN else 3)


@BOTH_NORMS
def test_dates_left_out_have_no_influence(estimate):
    columns = np.setdiff1d(ALL, [3, 7])
    phase = stack(UNEVEN, errors())
    phase[:, [3, 7]] = 1e6
    np.testing.assert_allclose(estimate(phase, look_angle_model(BPERP, UNEVEN, columns)), errors(), atol=1e-12)


def test_a_constant_or_a_trend_in_time_does_not_matter():
    model = look_angle_model(BPERP, UNEVEN, ALL)
    phase = np.random.default_rng(4).normal(size=(20, N_DATES))
    shifted = phase + 5 + 0.3 * UNEVEN
    np.testing.assert_allclose(look_angle_error_l2(phase, model), look_angle_error_l2(shifted, model), atol=1e-13)


def test_l2_is_the_least_squares_solution_of_the_differences():
    model = look_angle_model(BPERP, UNEVEN, ALL)
    phase = np.random.default_rng(4).normal(size=(20, N_DATES))
    design = np.column_stack([np.ones(N_DATES - 1), np.diff(BPERP), np.diff(UNEVEN)])
    expected = np.linalg.lstsq(design, np.diff(phase, axis=1).T, rcond=None)[0][1]
    np.testing.assert_allclose(look_angle_error_l2(phase, model), expected, atol=1e-13)


@BOTH_CALENDARS
def test_l1_shrugs_off_jumps_that_mislead_l2(days):
    model = look_angle_model(BPERP, days, ALL)
    phase = stack(days, errors(200))
    jumped = np.random.default_rng(5).integers(1, N_DATES - 1, 200)
    phase += 2 * np.pi * (jumped[:, None] <= ALL)
    np.testing.assert_allclose(look_angle_error_l1(phase, model), errors(200), atol=1e-9)
    assert np.abs(look_angle_error_l2(phase, model) - errors(200)).max() > 1e-3


def least_absolute_sum(design: np.ndarray, data: np.ndarray, *, held: tuple[np.ndarray, float] | None = None) -> float:
    """Return the smallest sum of absolute residuals by linear programming, one combination of unknowns held fixed."""
    n_data, rank = design.shape
    equations, right = np.hstack([design, np.eye(n_data), -np.eye(n_data)]), data
    if held is not None:
        equations = np.vstack([equations, np.append(held[0], np.zeros(2 * n_data))])
        right = np.append(data, held[1])
    cost = np.append(np.zeros(rank), np.ones(2 * n_data))
    bounds = [(None, None)] * rank + [(0, None)] * (2 * n_data)
    return float(linprog(cost, A_eq=equations, b_eq=right, bounds=bounds, method="highs").fun)


@BOTH_CALENDARS
@pytest.mark.parametrize("ties", [False, True], ids=["generic", "with ties"])
def test_l1_reaches_the_least_possible_sum_of_absolute_residuals(days, ties):
    model = look_angle_model(BPERP, days, ALL)
    phase = np.cumsum(np.random.default_rng(6).standard_t(2, (30, N_DATES)), axis=1)
    phase = np.round(phase) if ties else phase
    for row, error in zip(phase, look_angle_error_l1(phase, model), strict=True):
        best = least_absolute_sum(model.basis, np.diff(row))
        reached = least_absolute_sum(model.basis, np.diff(row), held=(model.read_out, float(error)))
        assert reached == pytest.approx(best, abs=1e-7)


@BOTH_NORMS
def test_a_missing_date_makes_its_scatterer_undefined_and_no_other(estimate):
    phase = stack(EVEN, errors())
    phase[4, 6] = np.nan
    result = estimate(phase, look_angle_model(BPERP, EVEN, ALL))
    assert np.flatnonzero(np.isnan(result)).tolist() == [4]


@pytest.mark.parametrize(
    ("bperp", "columns"),
    [(np.zeros(N_DATES), ALL), (3.0 * EVEN, ALL), (BPERP, ALL[:2])],
    ids=["no baselines", "baselines that follow time", "two dates"],
)
def test_baselines_that_determine_nothing_are_recognised(bperp, columns):
    assert not look_angle_model(bperp, EVEN, columns).determined


@pytest.mark.parametrize("n_dates", [3, 4, N_DATES])
def test_three_dates_are_enough(n_dates):
    model = look_angle_model(BPERP, UNEVEN, ALL[:n_dates])
    assert model.determined
    phase = np.outer(errors(), BPERP)
    np.testing.assert_allclose(look_angle_error_l2(phase, model), errors(), atol=1e-12)


def test_the_phase_takes_each_scatterers_own_baselines():
    baselines = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)
    phase = look_angle_phase(np.array([10.0, 0.5]), baselines)
    assert phase.dtype == np.float32
    assert phase.tolist() == [[10.0, 20.0], [1.5, 2.0]]


EDGES = np.array([[0, 1], [1, 2], [2, 3], [0, 3]])


@given(st.lists(st.floats(-100, 100, width=32), min_size=4, max_size=4))
def test_no_value_leaves_the_range_of_its_neighbours(values):
    before = np.array(values)
    after = clipped_to_neighbours(before, EDGES)
    for ps, neighbours in enumerate(([1, 3], [0, 2], [1, 3], [0, 2])):
        assert before[neighbours].min() <= after[ps] <= before[neighbours].max()
        assert after[ps] == before[ps] or not before[neighbours].min() <= before[ps] <= before[neighbours].max()


def test_a_scatterer_without_neighbours_keeps_its_value():
    assert clipped_to_neighbours(np.array([1.0, 2.0, 1.5, 99.0]), EDGES[:2])[3] == 99.0


def test_a_missing_value_limits_nobody_and_stays_missing():
    values = np.array([1.0, np.nan, 5.0, 2.0])
    assert clipped_to_neighbours(values, EDGES).tolist()[2:] == [2.0, 2.0]
    assert np.isnan(clipped_to_neighbours(values, EDGES)[1])
