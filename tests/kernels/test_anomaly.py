"""Unusual movement: false alarms at the stated rate, and what is there is found."""

import numpy as np
import pytest
from scipy.stats import kstest

from snapstamps.kernels.anomaly import (
    departures,
    false_discovery_q,
    find_anomalies,
    generalised_fit,
    motion_design,
    seasonal_p,
)
from snapstamps.kernels.temporal_noise import TemporalNoise, whitener

N_DATES = 26
DAYS = np.sort(np.random.default_rng(2).choice(np.arange(34), N_DATES, replace=False)) * 12.0
NOISE = TemporalNoise(np.exp(np.random.default_rng(3).normal(0, 0.2, N_DATES)), 0.5, 30.0)
WHITE = whitener(NOISE.covariance(DAYS))
N_PS = 40_000


def quiet(n_ps: int = N_PS, seed: int = 7) -> np.ndarray:
    """Return series that do nothing unusual: a line, and noise of the stack with a level of their own."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((n_ps, N_DATES)) @ np.linalg.cholesky(NOISE.covariance(DAYS)).T
    return noise * rng.uniform(1, 8, (n_ps, 1)) + rng.normal(0, 15, (n_ps, 2)) @ motion_design(DAYS).T


def anomalies(series: np.ndarray, usual: np.ndarray | None = None, n_draws: int = 5_000):
    usual = motion_design(DAYS) if usual is None else usual
    return find_anomalies(series, WHITE, usual, departures(DAYS), seed=1, n_draws=n_draws)


@pytest.fixture(scope="module")
def of_quiet():
    return anomalies(quiet(), n_draws=40_000)


@pytest.mark.parametrize(("rate", "tolerance"), [(0.05, 0.005), (0.01, 0.0025), (0.001, 0.0007)])
def test_the_rate_of_false_alarms_is_the_stated_one(of_quiet, rate, tolerance):
    assert (of_quiet.p <= rate).mean() == pytest.approx(rate, abs=tolerance)


def test_each_kind_for_itself_is_calibrated_too(of_quiet):
    for found in of_quiet.found:
        assert kstest(found.p, "uniform").statistic < 0.015, found.departure.name


def test_far_out_the_probabilities_stay_true():
    """Beyond the draws they are continued: there the stated one must still be the share of cases."""
    few = anomalies(quiet(), n_draws=5_000)
    assert (few.p <= 0.002).mean() == pytest.approx(0.002, abs=0.001)


def test_usual_motion_level_and_size_of_the_noise_do_not_matter():
    series = quiet(200)
    motion = np.random.default_rng(1).normal(0, 300, (200, 2)) @ motion_design(DAYS).T
    np.testing.assert_allclose(anomalies(3.0 * series + motion).p, anomalies(series).p, rtol=1e-6)
    np.testing.assert_allclose(anomalies(-series).p, anomalies(series).p, rtol=1e-6)


@pytest.mark.parametrize("kind", [0, 1, 2, 3])
def test_what_is_there_is_found_with_its_size_and_date(kind):
    departure = departures(DAYS)[kind]
    place = departure.columns.shape[1] // 2
    size = 60.0
    rng = np.random.default_rng(kind)
    noise = rng.standard_normal((500, N_DATES)) @ np.linalg.cholesky(NOISE.covariance(DAYS)).T
    found = anomalies(noise + size * departure.columns[:, place])
    assert (found.p <= 0.01).mean() > 0.99
    of_kind = found.found[kind]
    assert (np.abs(of_kind.best - place) <= 1).mean() > 0.9
    exact = of_kind.best == place
    error = (of_kind.size[exact] - size) / of_kind.size_std[exact]
    assert abs(np.median(error)) < 0.3
    assert np.std(error) < 2


def test_without_noise_the_size_is_exact():
    for departure in departures(DAYS):
        series = 12.5 * departure.columns[:, -1][None] + np.array([3.0, -40.0]) @ motion_design(DAYS).T
        found = next(each for each in anomalies(series).found if each.departure.name == departure.name)
        assert found.size[0] == pytest.approx(12.5, abs=1e-6)
        assert found.size_std[0] < 1e-5


def test_a_yearly_wave_is_usual_where_it_is_said_to_be():
    wave = 30 * motion_design(DAYS, seasonal=True)[:, 2]
    series = quiet(300) + wave
    assert (anomalies(series).p <= 0.01).mean() > 0.5
    assert (anomalies(series, motion_design(DAYS, seasonal=True)).p <= 0.01).mean() < 0.04


def test_the_test_for_a_yearly_wave_is_calibrated_and_finds_one():
    assert kstest(seasonal_p(quiet(), WHITE, DAYS), "uniform").statistic < 0.012
    wave = 25 * motion_design(DAYS, seasonal=True)[:, 3]
    assert (seasonal_p(quiet(500) + wave, WHITE, DAYS) < 0.01).mean() > 0.8


def test_the_generalised_fit_finds_the_coefficients():
    design = motion_design(DAYS, acceleration=True, seasonal=True)
    coefficients = np.random.default_rng(0).normal(0, 10, (5, 5))
    np.testing.assert_allclose(generalised_fit(coefficients @ design.T, WHITE, design), coefficients, atol=1e-8)


def test_keeping_all_below_q_keeps_few_that_are_false():
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.uniform(size=9000), rng.beta(0.05, 30, 1000)])
    false = np.arange(10_000) < 9000
    kept = false_discovery_q(p) <= 0.1
    assert kept.sum() > 300
    assert false[kept].mean() < 0.12


def test_q_keeps_the_order_and_is_never_below_p():
    p = np.random.default_rng(1).uniform(size=200)
    q = false_discovery_q(p)
    assert (q >= p).all()
    assert (np.diff(q[np.argsort(p)]) >= 0).all()
    assert len(false_discovery_q(np.empty(0))) == 0
