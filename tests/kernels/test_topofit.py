"""The fit of the DEM error: known slopes and offsets come back, coherence behaves like one."""

import numpy as np
import pytest

from snapstamps.kernels.topofit import topofit, topofit_common

N_IFG = 20
BPERP = np.random.default_rng(5).uniform(-120, 120, (N_IFG, 1)).astype(np.float32)
BPERP -= BPERP.mean()  # the fit has no intercept: it is exact for centred baselines only
RANGE = float(BPERP.max() - BPERP.min())


def simulated(slope, offset, noise=0.0, seed=0):
    """Phase of candidates with these slopes (rad/m) and offsets (rad), shape (n_ifg, n)."""
    noisy = np.random.default_rng(seed).normal(0, noise, (N_IFG, slope.size)) if noise else 0
    return np.angle(np.exp(1j * (BPERP * slope + offset + noisy))).astype(np.float32)


def spread(n):
    return np.broadcast_to(BPERP, (N_IFG, n)).copy()


def test_slope_and_offset_without_noise_come_back_with_coherence_one():
    rng = np.random.default_rng(1)
    # trials reach 3 eighths of a cycle over the range; the offset is small: the line goes through the origin
    slope = rng.uniform(-0.9, 0.9, 500) * 3 * np.pi / 4 / RANGE
    offset = np.zeros(500)
    fit = topofit(simulated(slope, offset), spread(500), n_trials=3)
    np.testing.assert_allclose(fit.coherence, 1, atol=1e-5)
    np.testing.assert_allclose(fit.slope, slope, atol=1e-4 / RANGE)
    np.testing.assert_allclose(fit.offset, 0, atol=1e-4)
    np.testing.assert_allclose(fit.residual, 0, atol=1e-3)


def test_an_offset_comes_back_where_the_slope_is_that_of_a_trial():
    offset = np.linspace(-3, 3, 50)
    slope = np.full(50, 2 * np.pi / 4 / RANGE)
    fit = topofit(simulated(slope, offset), spread(50), n_trials=4)
    np.testing.assert_allclose(np.exp(1j * fit.offset), np.exp(1j * offset), atol=1e-4)
    np.testing.assert_allclose(np.exp(1j * fit.residual.mean(axis=0)), np.exp(1j * offset), atol=1e-3)
    np.testing.assert_allclose(fit.coherence, 1, atol=1e-5)


def test_a_phase_common_to_all_interferograms_changes_neither_coherence_nor_slope():
    phase = simulated(np.linspace(-0.01, 0.01, 300), np.zeros(300), noise=1.0)
    plain = topofit(phase, spread(300), n_trials=3)
    turned = topofit(phase + np.float32(1.234), spread(300), n_trials=3)
    np.testing.assert_allclose(turned.coherence, plain.coherence, atol=2e-6)
    np.testing.assert_allclose(turned.slope, plain.slope, atol=1e-5 / RANGE)
    np.testing.assert_allclose(np.exp(1j * (turned.offset - plain.offset)), np.exp(1.234j), atol=1e-4)


def test_turning_the_baselines_round_turns_the_slope_round():
    phase = simulated(np.linspace(-0.01, 0.01, 300), np.zeros(300), noise=0.7)
    plain = topofit(phase, spread(300), n_trials=3)
    mirrored = topofit(phase, -spread(300), n_trials=3)
    np.testing.assert_allclose(mirrored.slope, -plain.slope, atol=1e-6)
    np.testing.assert_allclose(mirrored.coherence, plain.coherence, atol=1e-6)


def test_conjugate_phase_has_the_opposite_slope_and_offset():
    phase = simulated(np.linspace(-0.01, 0.01, 300), np.full(300, 0.3), noise=0.7)
    plain, conjugate = (topofit(p, spread(300), n_trials=3) for p in (phase, -phase))
    np.testing.assert_allclose(conjugate.slope, -plain.slope, atol=1e-6)
    np.testing.assert_allclose(conjugate.offset, -plain.offset, atol=1e-5)


def test_a_slope_beyond_the_trials_is_not_found():
    slope = np.array([16 * np.pi / 4 / RANGE])
    assert topofit(simulated(slope, np.zeros(1)), spread(1), n_trials=2).coherence[0] < 0.9
    assert topofit(simulated(slope, np.zeros(1)), spread(1), n_trials=16).coherence[0] == pytest.approx(1)


def test_the_trial_search_is_that_of_the_definition():
    phase = simulated(np.linspace(-0.05, 0.05, 200), np.zeros(200), noise=1.5, seed=3).astype(np.float64)
    bperp = spread(200).astype(np.float64)
    step = np.pi / 4 / RANGE
    trials = np.arange(-5, 6) * step
    sums = np.array([np.exp(1j * (phase - k * bperp)).sum(axis=0) for k in trials])
    best = np.abs(sums).argmax(axis=0)
    turned = np.exp(1j * (phase - trials[best] * bperp))
    deviation = np.angle(turned * sums[best, np.arange(200)].conj())
    slope = trials[best] + (bperp * deviation).sum(axis=0) / (bperp**2).sum(axis=0)
    coherence = np.abs(np.exp(1j * (phase - slope * bperp)).mean(axis=0))
    fit = topofit(phase.astype(np.float32), spread(200), n_trials=5)
    np.testing.assert_allclose(fit.slope * RANGE, slope * RANGE, atol=3e-5)
    np.testing.assert_allclose(fit.coherence, coherence, atol=3e-6)


def test_common_baselines_give_the_coherence_of_the_general_fit():
    phase = np.random.default_rng(9).uniform(0, 2 * np.pi, (N_IFG, 1000)).astype(np.float32)
    common = topofit_common(phase, BPERP[:, 0], n_trials=4)
    np.testing.assert_allclose(common, topofit(phase, spread(1000), n_trials=4).coherence, atol=3e-6)


@pytest.mark.parametrize("baseline", [0.0, 55.0])
def test_equal_baselines_and_a_single_interferogram_give_no_nan(baseline):
    phase = np.array([[0.5, -2.0]], dtype=np.float32)
    fit = topofit(phase, np.full((1, 2), baseline, dtype=np.float32), n_trials=0)
    np.testing.assert_allclose(fit.coherence, 1)
    np.testing.assert_allclose(fit.offset, phase[0], atol=1e-6)
