"""Thresholds of coherence over amplitude dispersion, and the second fit."""

import numpy as np
import pytest

from snapstamps.kernels.coherence_histogram import BIN_CENTRES
from snapstamps.kernels.selection import (
    Acceptance,
    DispersionBins,
    coherence_thresholds,
    dispersion_bins,
    reestimate,
)

RANDOM = np.exp(-0.5 * ((BIN_CENTRES - 0.22) / 0.09) ** 2) * 12_000


def candidates(n=15_000, share=0.2, seed=0):
    """Coherence and dispersion: noise with the histogram RANDOM, and stable ones, more of them at low dispersion."""
    rng = np.random.default_rng(seed)
    dispersion = rng.uniform(0.05, 0.4, n)
    stable = rng.uniform(size=n) < share * (0.4 - dispersion) / 0.175
    noise = rng.choice(BIN_CENTRES, n, p=RANDOM / RANDOM.sum()) + rng.uniform(-0.005, 0.005, n)
    return np.clip(np.where(stable, rng.beta(12, 3, n), noise), 1e-3, 1), dispersion, stable


@pytest.mark.parametrize(("n", "n_bins"), [(1, 1), (9_999, 1), (10_000, 5), (12_001, 6), (49_999, 24), (50_000, 5)])
def test_bins_hold_2000_or_10000_candidates_and_the_last_the_rest(n, n_bins):
    bins = dispersion_bins(np.random.default_rng(0).permutation(np.arange(1, n + 1)) / n)
    assert bins.count == n_bins
    members = [int(bins.members(number).sum()) for number in range(n_bins)]
    assert sum(members) == n
    size = n if n_bins == 1 else (10_000 if n >= 50_000 else 2_000)
    assert members[:-1] == [size] * (n_bins - 1)
    assert size <= members[-1] < 2 * size


def test_few_candidates_make_one_bin_in_which_the_dispersion_does_not_matter():
    coherence, dispersion, _ = candidates(5000)
    bins = dispersion_bins(dispersion)
    thresholds = coherence_thresholds(coherence, bins, RANDOM, Acceptance("DENSITY", 20.0))
    assert thresholds.values.size == 1
    assert thresholds.line.size == 0
    assert thresholds.at(np.array([3, 4])).tolist() == thresholds.values.tolist()


@pytest.mark.parametrize("accepted", [2.0, 20.0, 200.0])
def test_about_as_much_noise_passes_as_is_accepted(accepted):
    passed = []
    for seed in range(6):
        coherence, dispersion, stable = candidates(9000, seed=seed)
        thresholds = coherence_thresholds(
            coherence, dispersion_bins(dispersion), RANDOM, Acceptance("DENSITY", accepted)
        )
        passed.append(((coherence > thresholds.values) & ~stable).sum())
    # the threshold is one bin too high, as StaMPS's: somewhat less passes
    assert 0.3 * accepted < np.mean(passed) < 1.3 * accepted


def test_accepting_more_noise_lowers_the_thresholds():
    coherence, dispersion, _ = candidates()
    bins = dispersion_bins(dispersion)
    for method, amounts in (("DENSITY", (1.0, 5.0, 50.0)), ("PERCENT", (1.0, 10.0, 40.0))):
        values = [
            coherence_thresholds(coherence, bins, RANDOM, Acceptance(method, amount)).values.mean()
            for amount in amounts
        ]
        assert values[0] > values[1] > values[2]


def test_stabler_amplitude_has_the_lower_threshold_by_percent():
    coherence, dispersion, _ = candidates()
    thresholds = coherence_thresholds(coherence, dispersion_bins(dispersion), RANDOM, Acceptance("PERCENT", 20.0))
    assert thresholds.line[0] > 0
    np.testing.assert_allclose(thresholds.values, np.maximum(np.polyval(thresholds.line, dispersion), 0))


def test_a_line_that_falls_with_the_dispersion_becomes_one_value():
    coherence, dispersion, _ = candidates()
    bins = dispersion_bins(0.45 - dispersion)
    thresholds = coherence_thresholds(coherence, bins, RANDOM, Acceptance("PERCENT", 20.0))
    assert thresholds.line[0] < 0
    assert thresholds.values.tolist() == [pytest.approx(np.polyval(thresholds.line, 0.35))]


def test_thresholds_are_never_negative():
    coherence, dispersion, _ = candidates()
    thresholds = coherence_thresholds(coherence, dispersion_bins(dispersion), RANDOM, Acceptance("PERCENT", 20.0))
    lowered = coherence_thresholds(
        coherence,
        DispersionBins(dispersion - 0.2, dispersion_bins(dispersion - 0.2).edges),
        RANDOM,
        Acceptance("PERCENT", 60.0),
    )
    assert (thresholds.values >= 0).all()
    assert (lowered.values >= 0).all()


def test_where_no_coherence_is_random_enough_the_threshold_is_one():
    coherence, dispersion, _ = candidates(5000)
    flat = np.ones(100)
    thresholds = coherence_thresholds(coherence, dispersion_bins(dispersion), flat, Acceptance("DENSITY", 0.01))
    assert thresholds.values.tolist() == [1.0]


def test_without_candidates_of_low_coherence_the_threshold_is_a_fixed_one():
    thresholds = coherence_thresholds(
        np.full(100, 0.9), dispersion_bins(np.full(100, 0.2)), RANDOM, Acceptance("DENSITY", 20.0)
    )
    assert thresholds.values.tolist() == [0.3]
    assert thresholds.line.size == 0


def test_candidates_not_estimated_are_not_counted():
    coherence, dispersion, _ = candidates(5000)
    bins = dispersion_bins(dispersion)
    plain = coherence_thresholds(coherence, bins, RANDOM, Acceptance("DENSITY", 20.0))
    more = np.concatenate((coherence, np.zeros(500), np.full(500, np.nan)))
    with_gaps = coherence_thresholds(more, dispersion_bins(np.full(6000, 0.2)), RANDOM, Acceptance("DENSITY", 20.0))
    np.testing.assert_array_equal(with_gaps.values, plain.values)


def test_a_tail_of_equal_counts_is_interpolated_not_fitted():
    random = np.zeros(100)
    random[:31] = random[39] = 100.0
    coherence = np.repeat(BIN_CENTRES[:31], 100)
    thresholds = coherence_thresholds(
        coherence, dispersion_bins(np.full(coherence.size, 0.2)), random, Acceptance("DENSITY", 50.0)
    )
    assert thresholds.n_interpolated == 1
    # 100 are left above bin 40, none above bin 41: half-way between
    assert thresholds.values[0] == pytest.approx(0.405)


def test_the_accepted_density_is_shared_among_the_bins():
    xy = np.array([[0, 0], [2000, 3000]], dtype=np.float32)
    assert Acceptance.by_density(20.0, xy, 1).maximum == pytest.approx(120.0)
    assert Acceptance.by_density(20.0, xy, 4).maximum == pytest.approx(30.0)


def test_the_second_fit_finds_the_dem_error_and_leaves_dropped_interferograms_out():
    rng = np.random.default_rng(0)
    used = np.delete(np.arange(12), 4)
    bperp = rng.uniform(-100, 100, (12, 40)).astype(np.float32)
    bperp -= bperp[used].mean(axis=0)  # the fit has no intercept: it is exact for centred baselines only
    slope = rng.uniform(-0.005, 0.005, 40)
    patch = np.exp(1j * rng.uniform(-np.pi, np.pi, (12, 40))) * rng.uniform(0.1, 3, (12, 40))
    phase = (patch * np.exp(1j * bperp * slope)).astype(np.complex64)
    phase[4] *= np.exp(2j)
    fit = reestimate(phase, patch.astype(np.complex64), bperp, used, n_trials=4)
    np.testing.assert_allclose(fit.slope, slope, atol=1e-5)
    np.testing.assert_allclose(fit.coherence, 1, atol=1e-5)
    assert not fit.residual[4].any()
    assert (reestimate(phase, patch.astype(np.complex64), bperp, np.arange(12), n_trials=4).coherence < 0.95).all()


def test_a_candidate_without_surroundings_is_not_fitted_even_where_that_interferogram_is_dropped():
    phase = np.ones((6, 3), dtype=np.complex64)
    patch = phase.copy()
    patch[2, 0], patch[3, 1] = 0, np.nan
    bperp = np.random.default_rng(0).uniform(-90, 90, (6, 3)).astype(np.float32)
    fit = reestimate(phase, patch, bperp, np.array([0, 1, 4, 5]), n_trials=2)
    assert np.isnan(fit.coherence).tolist() == [True, True, False]
    assert np.isnan(fit.slope).tolist() == [True, True, False]
    assert not fit.offset.any()


def test_nothing_selected_gives_nothing():
    empty = np.empty((6, 0), dtype=np.complex64)
    assert reestimate(empty, empty, empty.real, np.arange(6), n_trials=2).coherence.size == 0
