"""The estimate of gamma on simulated scenes whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from snapstamps.kernels.clap import Clap
from snapstamps.kernels.coherence_histogram import random_coherence_histogram
from snapstamps.kernels.gamma import GammaSettings, estimate_gamma, search_range

N_IFG, N, SIZE = 15, 3000, 2000.0
N_TRIALS = 3
MEAN_BPERP = np.random.default_rng(11).uniform(-100, 100, N_IFG).astype(np.float32)
RANDOM = random_coherence_histogram(MEAN_BPERP, n_trials=N_TRIALS, n_random=20_000)
SETTINGS = GammaSettings(
    clap=Clap.of(n_win=32, grid_size=50.0, wavelength=800.0, alpha=1.0, beta=0.3),
    grid_size=50.0,
    n_trials=N_TRIALS,
    weighting="P-square",
    convergence=0.005,
    max_iterations=3,
    mend=True,
)


class Scene:
    """Candidates on a smooth phase screen; the first ``n_stable`` keep their phase, the others are noise."""

    def __init__(self, n_stable=1200, noise=0.3, size=SIZE, seed=0):
        rng = np.random.default_rng(seed)
        self.stable = np.arange(N) < n_stable
        self.xy = rng.uniform(0, size, (N, 2)).astype(np.float32)
        self.bperp = np.broadcast_to(MEAN_BPERP[:, np.newaxis], (N_IFG, N)).copy()
        self.slope = rng.uniform(-1, 1, N) * np.pi / 4 * 2 / np.ptp(MEAN_BPERP)
        waves = rng.uniform(-1, 1, (N_IFG, 2)) / 1500.0
        screen = 2 * np.pi * (waves @ self.xy.T)
        phase = screen + MEAN_BPERP[:, np.newaxis] * self.slope + rng.normal(0, noise, (N_IFG, N))
        phase = np.where(self.stable, phase, rng.uniform(-np.pi, np.pi, (N_IFG, N)))
        self.phase = (rng.uniform(0.5, 50, (N_IFG, N)) * np.exp(1j * phase)).astype(np.complex64)
        self.dispersion = np.where(self.stable, 0.15, 0.38)

    def estimate(self, **changes):
        settings = replace(SETTINGS, **changes)
        return estimate_gamma(self.phase, self.bperp, self.xy, self.dispersion, RANDOM, settings)


@pytest.fixture(scope="module")
def scene():
    return Scene()


def test_stable_candidates_are_told_from_noise_and_their_dem_error_is_found(scene):
    found = scene.estimate()
    assert np.quantile(found.coherence[scene.stable], 0.02) > np.quantile(found.coherence[~scene.stable], 0.98)
    error = (found.slope - scene.slope)[scene.stable] * np.ptp(MEAN_BPERP)
    assert np.median(np.abs(error)) < 0.3
    assert found.fitted.all()


def test_random_phase_alone_shows_the_histogram_of_random_phase():
    found = Scene(n_stable=0).estimate(max_iterations=1)
    cumulated = np.cumsum(RANDOM) / RANDOM.sum()
    below = [(found.coherence <= limit).mean() for limit in np.arange(1, 101) / 100]
    # each candidate is one of those that its surroundings were made of: a little more coherent than chance
    assert np.abs(np.array(below) - cumulated).max() < 0.25
    assert np.mean(found.coherence) < 0.5


def test_a_phase_common_to_an_interferogram_changes_no_coherence(scene):
    turned = Scene()
    turned.phase = (turned.phase * np.exp(1j * np.arange(N_IFG))[:, np.newaxis]).astype(np.complex64)
    np.testing.assert_allclose(turned.estimate().coherence, scene.estimate().coherence, atol=2e-4)


def test_brightness_does_not_matter(scene):
    dark = Scene()
    dark.phase = (dark.phase * np.float32(1e-3)).astype(np.complex64)
    np.testing.assert_allclose(dark.estimate().coherence, scene.estimate().coherence, atol=2e-4)


def test_the_outcome_fits_together(scene):
    found = scene.estimate()
    np.testing.assert_allclose(np.abs(found.patch_phase), 1, atol=1e-5)
    residual = scene.phase * found.patch_phase.conj() * np.exp(-1j * scene.bperp * found.slope)
    np.testing.assert_allclose(np.exp(1j * np.angle(residual)), np.exp(1j * found.residual), atol=1e-4)
    total = np.exp(1j * found.residual).mean(axis=0)
    np.testing.assert_allclose(np.abs(total), found.coherence, atol=1e-5)
    np.testing.assert_allclose(np.exp(1j * np.angle(total)), np.exp(1j * found.offset), atol=1e-3)
    sums = np.zeros_like(found.grid).reshape(N_IFG, -1)
    np.add.at(sums.T, found.cells.index, found.weighted.T)
    np.testing.assert_allclose(sums.reshape(found.grid.shape), found.grid, atol=1e-4)


def test_signal_to_noise_weights_work_as_well(scene):
    found = scene.estimate(weighting="SNR")
    assert found.coherence[scene.stable].mean() > 0.85
    assert not np.allclose(found.weighted, scene.estimate().weighted)


def test_iterations_stop_when_told_and_when_nothing_changes_any_more(scene):
    assert scene.estimate(max_iterations=1).n_iterations == 1
    assert scene.estimate(max_iterations=3, convergence=0.0).n_iterations == 3
    patient = scene.estimate(max_iterations=50, convergence=0.005)
    assert 2 <= patient.n_iterations < 50


def with_gaps():
    scene = Scene()
    scene.phase[3, :20] = 0
    scene.phase[7, 10] = 0
    scene.phase[5, 21] = complex(np.nan, np.nan)
    scene.phase[5, 22] = complex(np.inf, 0)
    return scene, np.r_[:20, 21, 22]


@pytest.mark.parametrize("mend", [True, False])
def test_candidates_that_lack_a_value_are_not_estimated(mend):
    scene, gaps = with_gaps()
    found = scene.estimate(mend=mend)
    assert np.isnan(found.slope[gaps]).all()
    assert not found.coherence[gaps].any()
    assert not found.offset[gaps].any()
    assert not found.residual[:, gaps].any()
    assert np.flatnonzero(~found.fitted).tolist() == gaps.tolist()
    assert np.isfinite(found.coherence).all()


def test_a_gap_erases_its_cell_in_stamps_and_nothing_when_mended():
    scene, gaps = with_gaps()
    spoilt, mended = scene.estimate(mend=False), scene.estimate(mend=True)
    cells = np.unique(spoilt.cells.index[gaps])
    assert np.isnan(spoilt.grid.reshape(N_IFG, -1)[:, cells]).all()
    assert np.isnan(spoilt.grid).sum() == N_IFG * cells.size
    assert np.isfinite(mended.grid).all()
    assert not mended.weighted[:, gaps].any()


def test_mending_changes_nothing_where_nothing_is_amiss(scene):
    np.testing.assert_array_equal(scene.estimate(mend=True).coherence, scene.estimate(mend=False).coherence)


def test_a_small_grid_is_padded_when_mended_and_gives_nothing_in_stamps():
    small = Scene(size=800.0)
    assert small.estimate(mend=False).coherence.max() == 0
    found = small.estimate(mend=True)
    assert found.coherence[small.stable].mean() > 0.8
    assert found.grid.shape[1:] == found.cells.shape


def test_the_search_reaches_further_for_larger_errors_and_baselines():
    def wraps(bperp, error):
        return search_range(bperp, mean_incidence=0.64, max_topo_err=error, wavelength=0.0555)

    usual = wraps(MEAN_BPERP, 20.0)
    assert usual.baseline_range == pytest.approx(np.ptp(MEAN_BPERP))
    assert wraps(MEAN_BPERP, 60.0).wraps == pytest.approx(3 * usual.wraps, rel=1e-6)
    assert wraps(2 * MEAN_BPERP, 20.0).wraps == pytest.approx(2 * usual.wraps, rel=1e-6)
    # the phase of 20 m over the whole range: 4 pi / lambda * range * error / (slant range * sin incidence)
    phase = 4 * np.pi / 0.0555 * usual.baseline_range * 20 / (830_000 * np.sin(0.64 + 0.052))
    assert usual.wraps == pytest.approx(phase / (2 * np.pi), rel=1e-6)
    assert usual.n_trials == np.ceil(8 * usual.wraps)
