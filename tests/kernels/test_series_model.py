"""Acceleration and seasonality: exact without noise, honest about noise, none from too little."""

import numpy as np
import pytest

from snapstamps.kernels.series_model import MIN_YEARS, fit_series

YEARS = np.arange(0, 3, 12 / 365.25)


def series(*, acceleration=0.0, cosine=0.0, sine=0.0, cubic=0.0, velocity=3.0):
    angle = 2 * np.pi * YEARS
    return (
        5.0
        + velocity * YEARS
        + acceleration * YEARS**2 / 2
        + cubic * YEARS**3
        + cosine * np.cos(angle)
        + sine * np.sin(angle)
    )[None, :]


@pytest.mark.parametrize("start", [0.0, -7.3, 2019.35])
def test_without_noise_the_figures_are_exact_whatever_time_is_counted_from(start):
    model = fit_series(series(acceleration=-4.0, cosine=3.0, sine=-4.0), YEARS + start)
    assert model.acceleration[0] == pytest.approx(-4.0, abs=1e-8)
    assert model.seasonality[0] == pytest.approx(5.0, abs=1e-8)
    assert model.rmse[0] == pytest.approx(0, abs=1e-9)


def test_a_line_has_neither():
    model = fit_series(series(), YEARS)
    assert model.acceleration[0] == pytest.approx(0, abs=1e-8)
    assert model.seasonality[0] == pytest.approx(0, abs=1e-8)


def test_a_cubic_is_no_season():
    assert fit_series(series(cubic=2.0), YEARS).seasonality[0] == pytest.approx(0, abs=1e-8)


def test_stated_deviations_are_those_of_many_draws():
    rng = np.random.default_rng(4)
    truth = series(acceleration=2.0, cosine=6.0)
    model = fit_series(truth + rng.normal(0, 2.0, (4000, len(YEARS))), YEARS)
    assert model.acceleration.std() == pytest.approx(np.median(model.acceleration_std), rel=0.05)
    assert model.seasonality.std() == pytest.approx(np.median(model.seasonality_std), rel=0.05)
    assert model.acceleration.mean() == pytest.approx(2.0, abs=0.1)
    assert np.median(model.rmse) == pytest.approx(2.0 * np.sqrt(1 - 6 / len(YEARS)), rel=0.02)


def test_a_series_with_a_gap_has_no_figures_and_its_neighbours_have():
    displacement = np.vstack([series(acceleration=1.0), series(acceleration=1.0)])
    displacement[0, 5] = np.nan
    model = fit_series(displacement, YEARS)
    assert np.isnan(model.acceleration[0])
    assert model.acceleration[1] == pytest.approx(1.0, abs=1e-8)


@pytest.mark.parametrize("years", [np.linspace(0, 3, 7), np.linspace(0, MIN_YEARS - 0.01, 60)])
def test_few_dates_and_short_spans_give_nothing(years):
    model = fit_series(np.zeros((3, len(years))), years)
    for figures in (model.rmse, model.acceleration, model.acceleration_std, model.seasonality, model.seasonality_std):
        assert figures.shape == (3,)
        assert np.isnan(figures).all()
