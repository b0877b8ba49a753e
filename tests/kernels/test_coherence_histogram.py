"""Histograms of coherence: bins, random phase, and what they say about a candidate."""

import numpy as np
import pytest

from snapstamps.kernels.coherence_histogram import (
    BIN_CENTRES,
    coherence_histogram,
    last_occupied_bin,
    random_coherence_histogram,
    refined_tenfold,
    scaled_to_low_coherence,
    weight_of_coherence,
)

BPERP = np.random.default_rng(5).uniform(-120, 120, 20).astype(np.float32)


def test_bins_are_open_below_and_closed_above():
    counts = coherence_histogram(np.array([0.0, 0.004, 0.25, 0.2500001, 0.996, 1.2, np.nan]))
    assert np.flatnonzero(counts).tolist() == [0, 24, 25, 99]
    assert counts[[0, 24, 25, 99]].tolist() == [2, 1, 1, 2]


def test_every_candidate_of_random_phase_is_counted_once_and_draws_are_repeatable():
    counts = random_coherence_histogram(BPERP, n_trials=3, n_random=10_001)
    assert counts.sum() == 10_001
    np.testing.assert_array_equal(counts, random_coherence_histogram(BPERP, n_trials=3, n_random=10_001))


def test_without_a_search_random_phase_shows_the_coherence_of_a_random_walk():
    # with 100 steps and one fitted slope, gamma squared times n is about exponential: mean sqrt(pi / 4 n)
    bperp = np.random.default_rng(1).uniform(-100, 100, 100).astype(np.float32)
    counts = random_coherence_histogram(bperp, n_trials=0, n_random=20_000)
    mean = (counts * BIN_CENTRES).sum() / counts.sum()
    assert mean == pytest.approx(np.sqrt(np.pi / 400), rel=0.15)
    wider = random_coherence_histogram(bperp, n_trials=10, n_random=20_000)
    assert (wider * BIN_CENTRES).sum() > 1.3 * (counts * BIN_CENTRES).sum(), "a wider search finds more by chance"


def test_more_interferograms_leave_less_coherence_to_chance():
    few, many = (random_coherence_histogram(BPERP[:n], n_trials=2, n_random=5000) for n in (6, 20))
    assert last_occupied_bin(many) < last_occupied_bin(few)
    assert (many * BIN_CENTRES).sum() < (few * BIN_CENTRES).sum()


def test_random_phase_explains_all_candidates_of_low_coherence():
    random, observed = np.ones(100), np.full(100, 7.0)
    assert scaled_to_low_coherence(random, observed)[:31].sum() == pytest.approx(observed[:31].sum())
    observed[:31] = 0
    assert not scaled_to_low_coherence(random, observed).any()
    assert not scaled_to_low_coherence(np.zeros(100), np.ones(100)).any()


def test_weights_are_nothing_at_low_and_all_at_high_coherence():
    random = np.exp(-0.5 * ((BIN_CENTRES - 0.25) / 0.08) ** 2) * 1000
    random[60:] = 0
    observed = random + 50
    weight = weight_of_coherence(
        np.array([0.0, 0.1, 0.25, 0.5, 0.7, 0.95, 1.0]), random, observed, last_bin=last_occupied_bin(random)
    )
    np.testing.assert_allclose(weight[:3], 0, atol=1e-3)
    np.testing.assert_allclose(weight[4:], 1, atol=1e-3)
    assert 0 < weight[3] < 1


def test_refinement_keeps_the_samples_and_follows_a_slow_curve():
    time = np.arange(60)
    slow = np.sin(2 * np.pi * time / 25)
    fine = refined_tenfold(slow)
    assert fine.size == 600
    np.testing.assert_allclose(fine[::10], slow, atol=1e-12)
    middle = slice(100, 500)
    np.testing.assert_allclose(fine[middle], np.sin(2 * np.pi * np.arange(600) / 250)[middle], atol=2e-3)


def test_refinement_is_linear():
    rng = np.random.default_rng(2)
    one, two = rng.normal(size=(2, 30))
    np.testing.assert_allclose(refined_tenfold(2 * one - two), 2 * refined_tenfold(one) - refined_tenfold(two))
