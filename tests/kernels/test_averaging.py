"""Means over neighbours: their stated deviation is the true one, whatever neighbours share."""

import numpy as np
import pytest

from snapstamps.kernels.averaging import group_means, independent_share


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_the_share_of_own_noise_and_the_deviation_of_means_are_found(share):
    rng = np.random.default_rng(3)
    n_groups, size = 3000, 8
    centre = rng.uniform(-50_000, 50_000, (n_groups, 2))
    xy = (centre[:, None] + rng.uniform(-20, 20, (n_groups, size, 2))).reshape(-1, 2)
    std = rng.uniform(0.8, 1.2, n_groups * size)
    groups = np.repeat(np.arange(n_groups), size)
    common = rng.standard_normal(n_groups)[groups] * np.sqrt(1 - share)
    values = std * (common + np.sqrt(share) * rng.standard_normal(len(std)))
    found = independent_share(values, std, xy, reach=40)
    # with unequal deviations the common part does not cancel quite
    assert found == pytest.approx(share, abs=0.05)
    means = group_means(values, std, groups, n_groups, independent=found)
    # an error of 0.05 in the share counts most where nothing is shared: then the deviation is a little too large
    assert 0.85 < (means.mean / means.std).std() < 1.06
    assert (means.count == size).all()


def test_places_that_move_do_not_look_like_noise():
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 2000, (4000, 2))
    std = np.ones(4000)
    bowl = -30 * np.exp(-((xy - 1000) ** 2).sum(axis=1) / 2 / 200**2)
    noise = np.full(4000, 0.7) + 0.5 * rng.standard_normal(4000)
    assert independent_share(bowl + noise, std, xy, reach=100) == pytest.approx(0.25, abs=0.1)


def test_few_pairs_give_the_careful_answer():
    xy = np.arange(8.0)[:, None] * [1.0, 0.0]
    assert independent_share(np.arange(8.0), np.ones(8), xy, reach=2) == 0.0
    assert independent_share(np.ones(1), np.ones(1), xy[:1], reach=2) == 0.0


def test_what_is_not_known_does_not_count():
    values = np.array([1.0, np.nan, 3.0, 100.0, 5.0])
    std = np.array([1.0, 1.0, 1.0, 0.0, np.nan])
    means = group_means(values, std, np.array([0, 0, 0, 0, 1]), 3, independent=1.0)
    assert means.mean[0] == 2.0
    assert means.count.tolist() == [2, 0, 0]
    assert np.isnan(means.mean[1:]).all()
    assert np.isnan(means.std[1:]).all()
    assert np.isnan(means.spread[1:]).all()


def test_errors_that_neighbours_share_do_not_shrink():
    many = group_means(np.zeros(100), np.full(100, 2.0), np.zeros(100, int), 1, independent=0.0)
    assert many.std[0] == pytest.approx(2.0)
