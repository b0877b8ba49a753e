"""Scatterers thinned out to one per grid cell."""

import numpy as np
import pytest

from snapstamps.kernels.resampling import (
    BEST_ACCURACY,
    BEST_COHERENCE,
    STAMPS_BEST_COHERENCE,
    Weights,
    cell_averages,
    cell_coherence,
    cell_means,
    cell_sums,
    cells_of,
    phase_weights,
)

XY = np.array([[1.0, 1.0], [9.0, 9.0], [11.0, 2.0], [12.0, 8.0], [3.0, 15.0]])
EVEN = Weights(np.ones(5), np.ones(5))


def cells(weights=EVEN, *, size=10.0, largest_deviation=np.inf):
    return cells_of(XY, weights, size=size, origin=np.zeros(2), largest_deviation=largest_deviation)


def test_scatterers_of_one_square_share_a_cell_and_cells_go_up_in_y_then_x():
    assert cells().cell.tolist() == [0, 0, 1, 1, 2]
    assert cells().n_cell == 3


def test_a_cell_takes_the_weighted_mean():
    weights = Weights(np.array([3.0, 1.0, 1.0, 1.0, 1.0]), np.ones(5))
    np.testing.assert_allclose(cell_means(cells(weights), XY), [[3, 3], [11.5, 5], [3, 15]])


def test_a_quantity_that_all_share_comes_out_as_it_went_in():
    weights = phase_weights(np.random.default_rng(1).normal(0, 0.5, (5, 12)), np.zeros(5))
    np.testing.assert_allclose(cell_means(cells(weights), np.full(5, 21.5)), 21.5)
    np.testing.assert_allclose(cell_averages(cells(weights), np.full((5, 2), -1.5)), -1.5)


def test_phasors_of_a_cell_are_added_up_and_opposite_ones_cancel():
    phasors = np.array([1j, 1j, 1, -1, 2])
    np.testing.assert_allclose(cell_sums(cells(), phasors), [2j, 0, 2])


def test_joint_scatterers_are_more_coherent_than_each():
    single = np.sqrt(1 / (1 + 1 / 4.0))
    weights = Weights(np.ones(5), np.full(5, 4.0))
    coherence = cell_coherence(cells(weights))
    assert coherence[0] == coherence[1] > coherence[2] == pytest.approx(single)


def test_quiet_scatterers_weigh_more():
    rng = np.random.default_rng(3)
    residual = np.vstack([rng.normal(0, 0.3, 20), rng.normal(0, 1.2, 20)])
    weights = phase_weights(residual, np.zeros(2))
    assert weights.inverse_variance[0] > 4 * weights.inverse_variance[1]
    assert weights.snr[0] > 4 * weights.snr[1]


def test_the_weight_is_the_inverse_variance_the_masters_noise_included():
    rng = np.random.default_rng(4)
    noise, master = rng.normal(0, 0.4, (3, 15)), rng.normal(0, 0.4, 3)
    expected = 1 / np.column_stack([noise, master]).var(axis=1, ddof=1)
    np.testing.assert_allclose(phase_weights(noise + master[:, None], master).inverse_variance, expected)


def test_a_residual_is_weighed_wrapped():
    rng = np.random.default_rng(5)
    noise, master = rng.normal(0, 0.3, (1, 15)), np.array([3.0])
    wrapped = np.angle(np.exp(1j * (noise + master)))
    np.testing.assert_allclose(
        phase_weights(wrapped, master).inverse_variance, phase_weights(noise + master, master).inverse_variance
    )


def test_no_phase_is_trusted_beyond_ten_degrees():
    weights = phase_weights(np.zeros((1, 10)), np.zeros(1))
    np.testing.assert_allclose(weights.inverse_variance, 1 / BEST_ACCURACY**2)
    np.testing.assert_allclose(weights.snr, 1 / (1 / BEST_COHERENCE**2 - 1))


def test_the_expected_best_coherence_is_near_the_one_that_stamps_draws():
    assert pytest.approx(STAMPS_BEST_COHERENCE, abs=1e-3) == BEST_COHERENCE


def test_cells_noisier_than_allowed_are_left_out():
    weights = Weights(np.array([1.0, 1.0, 0.1, 0.1, 4.0]), np.ones(5))
    left = cells(weights, largest_deviation=1.0)
    assert left.rows.tolist() == [0, 1, 4]
    assert left.cell.tolist() == [0, 0, 1]
    np.testing.assert_allclose(cell_means(left, XY), [[5, 5], [3, 15]])


def test_all_cells_may_be_left_out():
    none = cells(Weights(np.full(5, 0.01), np.ones(5)), largest_deviation=1.0)
    assert none.n_cell == 0
    assert cell_means(none, XY).shape == (0, 2)
    assert cell_coherence(none).shape == (0,)


def test_sums_keep_the_precision_of_the_weights():
    single = Weights(np.ones(5, dtype=np.float32), np.ones(5, dtype=np.float32))
    assert cell_means(cells(single), XY).dtype == np.float32
    assert cell_sums(cells(single), XY[:, 0] * 1j).dtype == np.complex64
    assert cell_sums(cells(), (XY[:, 0] * 1j).astype(np.complex64)).dtype == np.complex128


def test_a_shift_of_the_grid_by_its_size_changes_nothing():
    shifted = cells_of(XY, EVEN, size=10.0, origin=np.array([-10.0, -20.0]), largest_deviation=np.inf)
    np.testing.assert_array_equal(shifted.cell, cells().cell)


def test_a_patch_that_owns_nothing_has_no_cells():
    nothing = np.zeros((0, 2), dtype=np.float32)
    none = cells_of(nothing, Weights(*np.zeros((2, 0))), size=10.0, origin=np.zeros(2), largest_deviation=np.inf)
    assert none.n_cell == 0
