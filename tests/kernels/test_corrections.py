"""Phase without look-angle error and master noise."""

import numpy as np
import pytest

from snapstamps.kernels.corrections import corrected_phase, noise_of_dates, with_master


def test_what_was_put_in_is_taken_out():
    rng = np.random.default_rng(1)
    K, C = rng.normal(0, 0.02, 50), rng.uniform(-3, 3, 50)
    baselines = rng.normal(0, 80, (50, 12))
    rest = rng.uniform(-3, 3, (50, 12))
    phase = 1e3 * np.exp(1j * (rest + K[:, None] * baselines + C[:, None]))
    corrected = corrected_phase(phase, baselines, K=K, C=C)
    np.testing.assert_allclose(corrected, 1e3 * np.exp(1j * rest), rtol=5e-6)
    assert corrected.dtype == np.complex64


def test_zeros_stay_zero():
    assert not corrected_phase(np.zeros((2, 3)), np.ones((2, 3)), K=np.ones(2), C=np.ones(2)).any()


@pytest.mark.parametrize("master", [0, 2, 4])
def test_the_master_stands_in_its_column(master):
    values = np.arange(8.0).reshape(2, 4)
    whole = with_master(values, master, 99)
    assert whole.shape == (2, 5)
    assert (whole[:, master] == 99).all()
    np.testing.assert_array_equal(np.delete(whole, master, axis=1), values)


@pytest.mark.parametrize("master", [0, 2, 5])
def test_the_noise_of_a_date_is_what_was_put_into_it(master):
    rng = np.random.default_rng(2)
    n_ps, sigma = 4000, np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    slaves = np.delete(np.arange(6), master)
    surroundings = np.exp(1j * rng.uniform(-3, 3, (n_ps, 5)))
    baselines, K, C = rng.normal(0, 80, (n_ps, 5)), rng.normal(0, 0.02, n_ps), rng.normal(0, sigma[master], n_ps)
    noise = rng.normal(0, sigma[slaves], (n_ps, 5))
    phase = with_master(7 * surroundings * np.exp(1j * (noise + K[:, None] * baselines + C[:, None])), master, 1)
    found = noise_of_dates(phase, surroundings, baselines, master, K=K, C=C)
    np.testing.assert_allclose(found, np.degrees(sigma), rtol=0.05)


def test_a_bias_counts_as_noise():
    n_ps = 10
    phase = np.exp(1j * np.full((n_ps, 2), 0.5))
    phase[:, 0] = 1
    nothing = np.zeros(n_ps)
    found = noise_of_dates(phase, np.ones((n_ps, 1)), np.zeros((n_ps, 1)), 0, K=nothing, C=nothing)
    np.testing.assert_allclose(found, [0, np.degrees(0.5)], rtol=1e-6)


def test_one_scatterer_is_enough():
    phase = np.array([[1, np.exp(0.3j)]])
    found = noise_of_dates(phase, np.ones((1, 1)), np.zeros((1, 1)), 0, K=np.zeros(1), C=np.zeros(1))
    np.testing.assert_allclose(found, [0, np.degrees(0.3)], rtol=1e-6)
