"""The noise filter: fast in time, smooth in space."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import lsqr

from snapstamps.kernels.scn import cells_of, high_pass_in_time, low_pass_in_space, temporal_high_pass
from snapstamps.kernels.triangulation import delaunay_edges

DAYS = np.cumsum(np.random.default_rng(0).integers(1, 4, 15)) * 6.0
MASTER = 6


def positions(n_ps: int = 400, side: float = 2000.0, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, side, (n_ps, 2)).astype(np.float32)


def test_what_does_not_change_in_time_is_no_noise():
    high_pass = temporal_high_pass(DAYS, window=50, left_out=MASTER)
    np.testing.assert_allclose(np.ones(len(DAYS)) @ high_pass, 0, atol=1e-14)


def test_a_single_event_at_a_date_stays_mostly_where_it_is():
    high_pass = temporal_high_pass(DAYS, window=20, left_out=MASTER)
    event = np.zeros(len(DAYS))
    event[3] = 1.0
    filtered = event @ high_pass
    assert np.argmax(filtered) == 3
    assert np.all(np.delete(filtered, 3) <= 0)


def test_the_master_enters_no_mean_but_is_filtered():
    high_pass = temporal_high_pass(DAYS, window=50, left_out=MASTER)
    assert high_pass[MASTER, MASTER] == 1
    assert np.all(np.delete(high_pass[MASTER], MASTER) == 0)
    assert np.any(np.delete(high_pass[:, MASTER], MASTER) != 0)


def test_the_weights_are_gaussian():
    low_pass = np.eye(3) - temporal_high_pass(np.array([0.0, 10.0, 30.0]), window=10, left_out=None)
    np.testing.assert_allclose(low_pass[:, 0], np.exp([0, -0.5, -4.5]) / np.exp([0, -0.5, -4.5]).sum(), atol=1e-14)


def test_a_window_far_shorter_than_the_gaps_gives_numbers():
    high_pass = temporal_high_pass(DAYS, window=0.1, left_out=MASTER)
    assert np.isfinite(high_pass).all()
    np.testing.assert_allclose(np.delete(np.diag(high_pass), MASTER), 0, atol=1e-12)


def test_the_filter_of_the_phase_equals_stamps_way_over_the_edges():
    xy = positions(60)
    phase = np.random.default_rng(2).normal(0, 3, (60, len(DAYS))).astype(np.float32)
    high_pass = temporal_high_pass(DAYS, window=50, left_out=MASTER)
    edges = delaunay_edges(xy)
    filtered_edges = (phase[edges[:, 1]] - phase[edges[:, 0]]) @ high_pass
    rows = np.arange(len(edges))
    signs = np.concatenate([-np.ones(len(edges)), np.ones(len(edges))])
    incidence = coo_matrix((signs, (np.tile(rows, 2), edges.T.ravel()))).tocsr()[:, 1:]
    solved = [lsqr(incidence, column, atol=1e-12, btol=1e-12)[0] for column in filtered_edges.T]
    np.testing.assert_allclose(high_pass_in_time(phase, high_pass)[1:], np.array(solved).T, atol=1e-5)


def brute_force(values: np.ndarray, xy: np.ndarray, wavelength: float) -> np.ndarray:
    distance = np.linalg.norm(xy[:, None].astype(float) - xy[None].astype(float), axis=2)
    weights = np.where(distance < 4 * wavelength, np.exp(-(distance**2) / (2 * wavelength**2)), 0)
    return weights @ values / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("wavelength", [20.0, 100.0, 700.0])
def test_the_spatial_filter_is_the_gaussian_mean_of_all_in_reach(wavelength):
    xy = positions()
    values = np.random.default_rng(3).normal(size=(len(xy), 5)).astype(np.float32)
    result = low_pass_in_space(values, xy, wavelength=wavelength)
    np.testing.assert_allclose(result, brute_force(values, xy, wavelength), atol=2e-6)


def test_an_isolated_scatterer_keeps_its_value():
    xy = np.array([[0, 0], [10, 0], [5000, 5000]], dtype=np.float32)
    values = np.array([[1.0], [3.0], [7.0]], dtype=np.float32)
    result = low_pass_in_space(values, xy, wavelength=100)
    assert result[2, 0] == 7.0
    assert 1.0 < result[0, 0] < result[1, 0] < 3.0


def test_a_constant_stays_a_constant():
    xy = positions()
    np.testing.assert_allclose(low_pass_in_space(np.full((len(xy), 2), 4.5), xy, wavelength=100), 4.5, rtol=1e-5)


def test_the_order_of_the_scatterers_does_not_matter():
    xy = positions()
    values = np.random.default_rng(3).normal(size=(len(xy), 2)).astype(np.float32)
    order = np.random.default_rng(4).permutation(len(xy))
    straight = low_pass_in_space(values, xy, wavelength=100)
    np.testing.assert_allclose(low_pass_in_space(values[order], xy[order], wavelength=100), straight[order], atol=1e-5)


def test_all_scatterers_in_reach_lie_in_the_neighbouring_cells():
    xy = positions()
    cells = cells_of(xy, 400.0)
    near = np.linalg.norm(xy[:, None] - xy[None], axis=2) < 400
    apart = np.maximum(np.abs(cells.row[:, None] - cells.row[None]), np.abs(cells.column[:, None] - cells.column[None]))
    assert apart[near].max() == 1
    assert sorted(cells.order.tolist()) == list(range(len(xy)))


@pytest.mark.parametrize("far", [[1e7, 1e7], [1e9, 0.0], [0.0, 0.0]])
def test_far_outliers_do_not_make_a_huge_grid_of_cells(far):
    xy = np.concatenate([positions(20), np.array([far])])
    cells = cells_of(xy, 1.0)
    assert len(cells.start) <= 2**20 + 2
    assert cells.start[-1] == 21
