"""Lines through time series: right, and as uncertain as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.kernels.velocity import (
    BLOCK_ROWS,
    apply_functionals,
    bootstrap_slope_std,
    bootstrap_slopes,
    formal_slope_std,
    line_functionals,
)

TIMES = np.cumsum(np.random.default_rng(0).uniform(0.02, 0.1, 21)) - 0.6
WEIGHTS = np.random.default_rng(1).uniform(0.5, 3, 21)


@given(intercept=st.floats(-100, 100), slope=st.floats(-100, 100))
def test_a_straight_line_is_recovered(intercept, slope):
    fit = line_functionals(TIMES, WEIGHTS)
    values = intercept + slope * TIMES
    assert values @ fit.intercept == pytest.approx(intercept, abs=1e-9)
    assert values @ fit.slope == pytest.approx(slope, abs=1e-9)


def test_the_weighted_fit_is_that_of_the_textbook():
    values = np.random.default_rng(2).normal(size=21)
    slope, intercept = np.polyfit(TIMES, values, 1, w=np.sqrt(WEIGHTS))
    fit = line_functionals(TIMES, WEIGHTS)
    np.testing.assert_allclose([values @ fit.intercept, values @ fit.slope], [intercept, slope], atol=1e-12)


def test_a_date_without_weight_has_no_influence():
    weights = WEIGHTS.copy()
    weights[4] = 1e-12
    assert abs(line_functionals(TIMES, weights).slope[4]) < 1e-10


@pytest.mark.parametrize("times", [np.array([3.0]), np.array([3.0, 3.0]), np.array([])])
def test_a_line_needs_two_different_times(times):
    with pytest.raises(ValueError, match="at least two different times"):
        line_functionals(times, np.ones(len(times)))


def test_blocks_of_scatterers_make_no_difference():
    values = np.random.default_rng(3).normal(size=(BLOCK_ROWS + 5, 3)).astype(np.float32)
    functionals = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 3.0]])
    np.testing.assert_allclose(apply_functionals(values, functionals), values.astype(float) @ functionals, atol=1e-12)


def test_the_formal_deviation_is_that_of_the_textbook():
    values = np.random.default_rng(4).normal(size=(5, 21))
    covariance = [np.polyfit(TIMES, row, 1, w=np.sqrt(WEIGHTS), cov=True)[1][0, 0] for row in values]
    np.testing.assert_allclose(formal_slope_std(values, TIMES, WEIGHTS), np.sqrt(covariance), rtol=1e-9)


def test_the_formal_deviation_tells_the_scatter_of_repeated_experiments():
    noise = np.random.default_rng(5).normal(0, 2 / np.sqrt(WEIGHTS), (4000, 21))
    slopes = noise @ line_functionals(TIMES, WEIGHTS).slope
    claimed = np.sqrt(np.mean(formal_slope_std(noise, TIMES, WEIGHTS) ** 2))
    assert claimed == pytest.approx(slopes.std(), rel=0.04)


def test_two_dates_leave_nothing_to_measure_the_noise_on():
    assert np.isnan(formal_slope_std(np.ones((4, 2)), TIMES[:2], WEIGHTS[:2])).all()


def test_a_noise_free_line_has_no_deviation():
    values = (3 + 5 * TIMES)[None, :]
    assert formal_slope_std(values, TIMES, WEIGHTS)[0] < 1e-12
    assert bootstrap_slope_std(values, TIMES, WEIGHTS, n_draws=100, seed=1)[0] < 1e-12


def test_each_draw_is_a_weighted_fit_to_the_dates_drawn():
    slopes = bootstrap_slopes(TIMES, WEIGHTS, n_draws=20, seed=9)
    draws = np.random.default_rng(9).multinomial(21, np.full(21, 1 / 21), size=20)
    values = np.random.default_rng(6).normal(size=21)
    for slope, draw in zip(slopes, draws, strict=True):
        dates = np.repeat(np.arange(21), draw)
        expected = np.polyfit(TIMES[dates], values[dates], 1, w=np.sqrt(WEIGHTS[dates]))[0]
        assert values @ slope == pytest.approx(expected, abs=1e-10)


def test_the_bootstrap_deviation_is_that_of_its_draws():
    values = np.random.default_rng(7).normal(size=(6, 21))
    draws = values @ bootstrap_slopes(TIMES, WEIGHTS, n_draws=50, seed=2).T
    result = bootstrap_slope_std(values, TIMES, WEIGHTS, n_draws=50, seed=2)
    np.testing.assert_allclose(result, draws.std(axis=1, ddof=1), rtol=1e-10)


def test_a_draw_of_one_single_date_has_no_slope():
    slopes = bootstrap_slopes(np.array([0.0, 1.0]), np.ones(2), n_draws=200, seed=1)
    kinds = {tuple(row) for row in slopes.tolist()}
    assert kinds == {(0.0, 0.0), (-1.0, 1.0)}


def test_bootstrap_and_formal_deviation_agree_on_even_noise():
    noise = np.random.default_rng(8).normal(size=(500, 21))
    formal = formal_slope_std(noise, TIMES, np.ones(21))
    bootstrap = bootstrap_slope_std(noise, TIMES, np.ones(21), n_draws=1000, seed=1)
    assert 0.9 < np.median(bootstrap / formal) < 1.1


def test_equal_seeds_give_equal_deviations_and_others_do_not():
    values = np.random.default_rng(7).normal(size=(6, 21))
    first, again, other = (bootstrap_slope_std(values, TIMES, WEIGHTS, n_draws=50, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


def test_a_missing_date_makes_its_scatterer_undefined_and_no_other():
    values = np.random.default_rng(7).normal(size=(6, 21))
    values[2, 5] = np.nan
    for result in (
        formal_slope_std(values, TIMES, WEIGHTS),
        bootstrap_slope_std(values, TIMES, WEIGHTS, n_draws=50, seed=1),
        apply_functionals(values, line_functionals(TIMES, WEIGHTS).slope[:, None])[:, 0],
    ):
        assert np.flatnonzero(np.isnan(result)).tolist() == [2]
