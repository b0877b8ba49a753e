"""The time series of the edges, from simulated truth."""

import numpy as np
import pytest

from snapstamps.kernels.edge_series import Acquisitions, look_angle_errors, unwrap_edge_series
from snapstamps.kernels.phase import wrap

DAYS = 12.0 * np.delete(np.arange(-9, 12), 9)
BASELINES = np.random.default_rng(11).uniform(-120, 120, DAYS.size).astype(np.float32)
DATES = Acquisitions(DAYS, BASELINES)


def two_nodes(series):
    """Node 0 without phase of its own, node 1 with that of the series; one edge for each row."""
    series = np.atleast_2d(series)
    nodes = np.exp(1j * np.vstack([np.zeros(series.shape[1]), series])).astype(np.complex64)
    edges = np.column_stack([np.zeros(len(series), dtype=int), np.arange(1, len(series) + 1)])
    return nodes, edges


def unwrap(series, *, dates=DATES, n_trial_wraps=None, time_window=180.0):
    return unwrap_edge_series(*two_nodes(series), dates, n_trial_wraps=n_trial_wraps, time_window=time_window)


def test_a_steady_motion_of_more_than_a_cycle_is_followed_to_its_end():
    truth = np.outer([0.05, -0.05, 0.0], DAYS)
    result = unwrap(truth, time_window=15.0)
    assert np.abs(truth).max() > 2 * np.pi
    np.testing.assert_allclose(result.unwrapped, truth, atol=1e-4)
    np.testing.assert_allclose(result.noise, 0, atol=0.02)


@pytest.mark.parametrize("first", [1, -DAYS.size])
def test_the_master_may_be_the_first_or_the_last_date(first):
    days = 12.0 * np.arange(first, first + DAYS.size)
    truth = 0.06 * days[None]
    result = unwrap(truth, dates=Acquisitions(days, BASELINES), time_window=15.0)
    np.testing.assert_allclose(result.unwrapped, truth, atol=1e-4)


def test_the_unwrapped_series_rewraps_to_what_was_given():
    rng = np.random.default_rng(2)
    series = np.outer(rng.uniform(-0.005, 0.005, 30), DAYS) + 0.5 * rng.standard_normal((30, DAYS.size))
    result = unwrap(series, n_trial_wraps=1.5)
    known = ~np.isnan(result.noise[:, 0])
    assert known.sum() > 25
    np.testing.assert_allclose(wrap(result.unwrapped - series.astype(np.float32))[known], 0, atol=1e-4)


def test_noise_has_the_size_of_the_noise_put_in():
    rng = np.random.default_rng(4)
    series = np.outer(rng.uniform(-0.005, 0.005, 400), DAYS) + 0.4 * rng.standard_normal((400, DAYS.size))
    # A line through weighted neighbours follows a part of the noise.
    assert 0.3 < unwrap(series).noise.std() < 0.45


def test_random_phase_has_no_statistics():
    rng = np.random.default_rng(5)
    result = unwrap(rng.uniform(-np.pi, np.pi, (200, DAYS.size)), time_window=1e4)
    assert np.isnan(result.noise).any(axis=1).mean() > 0.8
    np.testing.assert_array_equal(np.isnan(result.noise), np.isnan(result.unwrapped))


def test_a_node_without_phase_has_no_statistics_and_harms_no_other():
    nodes, edges = two_nodes(np.outer([0.004, 0.006], DAYS))
    nodes[1, 7] = 0
    result = unwrap_edge_series(nodes, edges, DATES, n_trial_wraps=1.0, time_window=180.0)
    assert np.isnan(result.unwrapped[0]).all()
    np.testing.assert_allclose(result.unwrapped[1], 0.006 * DAYS, atol=1e-3)


def test_a_look_angle_error_is_found_and_kept_in_the_unwrapped_series():
    rates = np.array([0.03, -0.02, 0.0])
    series = rates[:, None] * BASELINES
    result = unwrap(series, n_trial_wraps=3.0)
    np.testing.assert_allclose(result.look_angle, rates, atol=1e-5)
    np.testing.assert_allclose(result.unwrapped, series, atol=1e-3)


def test_a_look_angle_error_between_the_trials_is_refined():
    rate = 0.01234
    found = look_angle_errors(np.exp(1j * rate * BASELINES)[None].astype(complex), DATES, n_trial_wraps=2.0)
    assert found[0] == pytest.approx(rate, rel=1e-3)


def test_no_look_angle_error_is_taken_from_random_phase():
    rng = np.random.default_rng(6)
    phasors = np.exp(1j * rng.uniform(-np.pi, np.pi, (50, DAYS.size)))
    found = look_angle_errors(phasors, DATES, n_trial_wraps=20.0)
    assert (found == 0).mean() > 0.5


def test_equal_baselines_tell_nothing_about_the_look_angle():
    level = Acquisitions(DAYS, np.full(DAYS.size, 40, dtype=np.float32))
    assert look_angle_errors(np.exp(1j * 0.01 * DAYS)[None], level, n_trial_wraps=2.0).tolist() == [0]


def test_a_window_shorter_than_the_repeat_time_leaves_no_noise():
    rng = np.random.default_rng(7)
    series = np.cumsum(rng.uniform(-2, 2, (5, DAYS.size)), axis=1)
    np.testing.assert_allclose(unwrap(series, time_window=0.3).noise, 0, atol=1e-6)


def test_edges_beyond_one_chunk_are_all_done():
    truth = np.tile(0.006 * DAYS, (5000, 1))
    np.testing.assert_allclose(unwrap(truth).unwrapped, truth, atol=1e-4)
