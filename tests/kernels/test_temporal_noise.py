"""The noise of a stack, found on its own series although they move."""

import numpy as np
import pytest

from snapstamps.kernels.anomaly import motion_design
from snapstamps.kernels.temporal_noise import TemporalNoise, fit_temporal_noise, white_noise, whitener

N_DATES, N_PS = 28, 1200


def days_of(n_dates: int = N_DATES) -> np.ndarray:
    rng = np.random.default_rng(5)
    return np.sort(rng.choice(np.arange(int(1.25 * n_dates)), n_dates, replace=False)) * 12.0


def draw(noise: TemporalNoise, days: np.ndarray, n_ps: int = N_PS, seed: int = 1) -> np.ndarray:
    """Return moving series: every scatterer with a noise level and a rate of its own."""
    rng = np.random.default_rng(seed)
    lower = np.linalg.cholesky(noise.covariance(days))
    series = rng.standard_normal((n_ps, len(days))) @ lower.T * rng.uniform(1, 6, (n_ps, 1))
    design = motion_design(days)
    return series + rng.normal(0, 10, (n_ps, design.shape[1])) @ design.T


def design_of(days: np.ndarray) -> np.ndarray:
    return motion_design(days)


def test_the_whitener_whitens():
    days = days_of()
    noise = TemporalNoise(np.linspace(0.5, 2, N_DATES), 0.6, 40.0)
    white = whitener(noise.covariance(days))
    np.testing.assert_allclose(white @ noise.covariance(days) @ white.T, np.eye(N_DATES), atol=1e-9)


def test_white_noise_is_found_white():
    days = days_of()
    found = fit_temporal_noise(draw(white_noise(N_DATES), days), days, design_of(days))
    assert found.share == 0.0
    np.testing.assert_allclose(found.scale, 1.0, atol=0.15)


@pytest.mark.parametrize(("share", "length"), [(0.5, 24.0), (0.8, 40.0)])
def test_correlation_in_time_is_found(share, length):
    days = days_of()
    found = fit_temporal_noise(draw(TemporalNoise(np.ones(N_DATES), share, length), days), days, design_of(days))
    at_twelve = found.share * np.exp(-12 / found.days)
    assert at_twelve == pytest.approx(share * np.exp(-12 / length), abs=0.12)


def test_a_date_of_bad_weather_is_found():
    days = days_of()
    scale = np.ones(N_DATES)
    scale[[4, 17, N_DATES - 1]] = 2.0
    found = fit_temporal_noise(draw(TemporalNoise(scale, 0.0, 0.0), days), days, design_of(days))
    np.testing.assert_allclose(found.scale / np.median(found.scale), scale, rtol=0.2)


def test_neither_the_level_of_the_noise_nor_the_motion_matters():
    days = days_of()
    series = draw(TemporalNoise(np.ones(N_DATES), 0.6, 30.0), days, n_ps=400)
    moved = 7.0 * series + 50.0 * design_of(days)[:, 1]
    one, other = (fit_temporal_noise(each, days, design_of(days)) for each in (series, moved))
    assert (one.share, one.days) == (other.share, other.days)
    np.testing.assert_allclose(one.scale, other.scale, rtol=1e-6)


def test_motion_that_the_design_describes_is_no_noise():
    days = days_of()
    design = motion_design(days, acceleration=True, seasonal=True)
    noise = TemporalNoise(np.ones(N_DATES), 0.6, 20.0)
    waves = np.random.default_rng(2).normal(0, 30, (N_PS, 5)) @ design.T
    one = fit_temporal_noise(draw(noise, days), days, design)
    other = fit_temporal_noise(draw(noise, days) + waves, days, design)
    assert (one.share, one.days) == (other.share, other.days)
    assert fit_temporal_noise(draw(noise, days) + waves, days, design_of(days)).days > 2 * one.days


def test_few_series_tell_nothing_about_single_dates_and_none_tell_nothing():
    days = days_of()
    few = fit_temporal_noise(draw(white_noise(N_DATES), days, n_ps=20), days, design_of(days))
    assert (few.scale == 1).all()
    none = fit_temporal_noise(np.zeros((5, N_DATES)), days, design_of(days))
    assert (none.share, none.days) == (0.0, 0.0)
