"""The Goldstein filter: what it must keep, and what it must improve."""

import numpy as np
import pytest
from scipy.ndimage import correlate

from snapstamps.kernels.goldstein import goldstein
from snapstamps.kernels.phase import wrap


def sparse_grid(shape, seed=0):
    rng = np.random.default_rng(seed)
    grid = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    return np.where(rng.random(shape) < 0.6, grid, 0).astype(np.complex64)


def filtered_window_by_window(grid, n_win, alpha):
    """The same filter as it is described, one window after the other."""
    half, n_pad = n_win // 2, int(np.floor(0.25 * n_win + 0.5))
    ramp = np.r_[1 : half + 1, half:0:-1].astype(float)
    taps = np.exp(-0.5 * (2.5 * np.arange(-3, 4) / 3) ** 2)
    total = np.zeros(grid.shape, dtype=complex)
    for a in range(int(np.ceil(grid.shape[0] / half)) - 1):
        for b in range(int(np.ceil(grid.shape[1] / half)) - 1):
            i, j = min(a * half, grid.shape[0] - n_win), min(b * half, grid.shape[1] - n_win)
            down, right = a * half - i, b * half - j
            weights = np.zeros((n_win, n_win))
            weights[down:, right:] = (ramp[:, None] + ramp)[: n_win - down, : n_win - right]
            block = np.zeros((n_win + n_pad,) * 2, dtype=complex)
            block[:n_win, :n_win] = grid[i : i + n_win, j : j + n_win]
            spectrum = np.fft.fft2(block)
            response = np.fft.fftshift(np.abs(spectrum))
            response = np.fft.ifftshift(correlate(response, np.outer(taps, taps), mode="constant"))
            response = (response / np.median(response)) ** alpha
            total[i : i + n_win, j : j + n_win] += np.fft.ifft2(spectrum * response)[:n_win, :n_win] * weights
    return np.abs(grid) * np.exp(1j * np.angle(total))


@pytest.mark.parametrize(
    ("shape", "n_win"), [((16, 16), 8), ((19, 30), 8), ((13, 10), 10), ((33, 50), 32), ((9, 7), 4)]
)
def test_it_equals_the_filter_done_window_by_window(shape, n_win):
    grid = sparse_grid(shape)
    np.testing.assert_allclose(
        goldstein(grid, n_win=n_win, alpha=0.8), filtered_window_by_window(grid, n_win, 0.8), atol=2e-6
    )


@pytest.mark.parametrize("shape", [(32, 32), (40, 57)])
def test_a_constant_phase_stays(shape):
    grid = np.full(shape, 3 * np.exp(0.7j), dtype=np.complex64)
    np.testing.assert_allclose(np.angle(goldstein(grid, n_win=16, alpha=0.8)), 0.7, atol=1e-5)


def test_the_modulus_stays_and_empty_cells_stay_empty():
    grid = sparse_grid((40, 35))
    np.testing.assert_allclose(np.abs(goldstein(grid, n_win=32, alpha=0.8)), np.abs(grid), rtol=1e-6)


def test_exponent_zero_changes_nothing():
    grid = sparse_grid((24, 20))
    np.testing.assert_allclose(goldstein(grid, n_win=8, alpha=0), grid, atol=2e-6)


def test_turning_the_input_turns_the_output():
    grid = sparse_grid((20, 26))
    turned = (grid * np.exp(1.9j)).astype(np.complex64)
    np.testing.assert_allclose(
        goldstein(turned, n_win=8, alpha=0.5), goldstein(grid, n_win=8, alpha=0.5) * np.exp(1.9j), atol=1e-5
    )


def test_an_empty_window_stays_empty():
    grid = np.zeros((24, 24), dtype=np.complex64)
    grid[20:, 20:] = 1
    assert not goldstein(grid, n_win=8, alpha=0.8)[:16, :16].any()


def test_fringes_come_out_of_noise():
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:64, :64]
    truth = 0.4 * x + 0.2 * y
    noisy = np.exp(1j * (truth + rng.standard_normal(truth.shape))).astype(np.complex64)
    before = wrap(np.angle(noisy) - truth).std()
    after = wrap(np.angle(goldstein(noisy, n_win=32, alpha=0.8)) - truth).std()
    assert after < 0.4 * before
