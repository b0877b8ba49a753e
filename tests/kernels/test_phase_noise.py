"""Phase noise of scatterers against their neighbours."""

import numpy as np
import pytest

from snapstamps.kernels import phase_noise
from snapstamps.kernels.phase_noise import point_noise, temporal_filter
from snapstamps.kernels.triangulation import delaunay_edges

N_DATES = 18
DAY = 737000.0 + 12 * np.arange(N_DATES)
BASELINE = np.random.default_rng(9).normal(0, 60, N_DATES)
BASELINE[7] = 0  # the master


def stack(n_ps=60, *, noise=0.2, seed=1):
    """Return positions, edges, and phase of scatterers with noise alone."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 2000, (n_ps, 2))
    return xy, delaunay_edges(xy), rng.normal(0, noise, (n_ps, N_DATES))


def noise_of(phase, edges, **changes):
    arguments = {"baseline": BASELINE, "day": DAY, "window": 730.0, **changes}
    return point_noise(np.exp(1j * phase), edges, arguments["baseline"], arguments["day"], window=arguments["window"])


def weighted_line(values, x, weight):
    """Return intercept and slope of a weighted least-squares line, by the normal equations of the textbook."""
    design = np.column_stack([np.ones_like(x), x])
    return np.linalg.lstsq(design * np.sqrt(weight)[:, None], values * np.sqrt(weight), rcond=None)[0]


def noise_by_the_letter(phase, edges, baseline, day, window):
    """Go through arcs and dates one by one, with phasors, as the description does."""
    y = np.exp(1j * phase)
    noise = np.empty((len(edges), len(day)))
    other = np.empty_like(noise)
    for arc, (u, v) in enumerate(edges):
        d = y[v] * np.conj(y[u])
        for i in range(len(day)):
            since = day[i] - day
            weight = np.exp(-(since**2) / 2 / window**2)
            weight /= weight.sum()
            mu = np.sum(weight * d)
            angle = np.angle(d * np.conj(mu))
            first, slope = weighted_line(angle, since, weight)
            left = np.angle(np.exp(1j * (angle - first - slope * since)))
            second, _ = weighted_line(left, since, weight)
            noise[arc, i] = np.angle(d[i] * np.conj(mu * np.exp(1j * (first + second))))
            other[arc, i] = np.angle(d[i] * np.conj(mu - weight[i] * d[i]))
    variance = other.var(axis=0, ddof=1)
    error = (noise * baseline / variance).sum(axis=1) / (baseline**2 / variance).sum()
    noise -= np.outer(error, baseline)
    deviation, largest = np.full(len(phase), np.inf), np.full(len(phase), np.inf)
    for arc, ends in enumerate(edges):
        deviation[ends] = np.minimum(deviation[ends], noise[arc].std(ddof=1))
        largest[ends] = np.minimum(largest[ends], np.abs(noise[arc]).max())
    return deviation, largest


@pytest.mark.parametrize("sigma", [0.3, 0.9, 2.0])
@pytest.mark.parametrize("window", [60.0, 730.0])
def test_noise_follows_the_description_to_the_letter_also_where_it_wraps(sigma, window):
    _, edges, phase = stack(25, noise=sigma)
    deviation, largest = noise_by_the_letter(phase, edges, BASELINE, DAY, window)
    found = noise_of(phase, edges, window=window)
    np.testing.assert_allclose(found.deviation, deviation, rtol=1e-5)
    np.testing.assert_allclose(found.largest, largest, rtol=1e-5)


def test_a_scatterer_of_pure_noise_is_told_from_the_coherent_ones():
    _, edges, phase = stack(80, noise=0.2)
    phase[17] = np.random.default_rng(5).uniform(-np.pi, np.pi, N_DATES)
    deviation = noise_of(phase, edges).deviation
    assert deviation[17] > 1.0
    assert np.delete(deviation, 17).max() < 0.6


def test_the_deviation_grows_with_the_noise_and_stays_below_that_of_an_arc():
    # one arc holds the noise of two scatterers; of some six arcs the smallest counts
    sigmas = np.array([0.1, 0.2, 0.3])
    median = [np.median(noise_of(stack(400, noise=sigma)[2], stack(400)[1]).deviation) for sigma in sigmas]
    ratio = median / (sigmas * np.sqrt(2))
    assert np.all((ratio > 0.6) & (ratio < 1.0))
    assert np.ptp(ratio) < 0.02


def test_what_all_scatterers_share_is_no_noise():
    _, edges, phase = stack()
    shared = np.random.default_rng(2).uniform(-3, 3, N_DATES)
    np.testing.assert_allclose(noise_of(phase + shared, edges).deviation, noise_of(phase, edges).deviation, atol=1e-6)


def test_a_phase_that_a_scatterer_has_at_all_dates_is_no_noise():
    _, edges, phase = stack()
    own = np.random.default_rng(2).uniform(-3, 3, (len(phase), 1))
    np.testing.assert_allclose(noise_of(phase + own, edges).deviation, noise_of(phase, edges).deviation, atol=1e-6)


def test_velocities_that_differ_are_no_noise():
    xy, edges, phase = stack(noise=0)
    per_day = 0.02 * xy[:, :1] / 2000
    assert noise_of(phase + per_day * (DAY - DAY[7]), edges).deviation.max() < 1e-3


def test_look_angle_errors_that_differ_are_hardly_noise():
    _, edges, phase = stack(noise=0)
    error = np.random.default_rng(4).normal(0, 0.003, (len(phase), 1))
    with_error = phase + error * BASELINE
    assert np.median(noise_of(with_error, edges).deviation) < 0.1 * np.std(with_error)


def test_the_direction_of_an_arc_hardly_matters():
    _, edges, phase = stack(300, noise=0.4)
    there, back = noise_of(phase, edges), noise_of(phase, edges[:, ::-1])
    np.testing.assert_allclose(there.deviation, back.deviation, atol=1e-3)
    np.testing.assert_allclose(there.largest, back.largest, atol=1e-2)


def test_arcs_in_many_blocks_give_what_they_give_in_one(monkeypatch):
    _, edges, phase = stack(200, noise=0.5)
    whole = noise_of(phase, edges)
    monkeypatch.setattr(phase_noise, "BLOCK_BYTES", 8 * N_DATES * 7)
    blocks = noise_of(phase, edges)
    np.testing.assert_allclose(blocks.deviation, whole.deviation, rtol=1e-6)
    np.testing.assert_allclose(blocks.largest, whole.largest, rtol=1e-6)


@pytest.mark.parametrize("nothing", [0, np.nan])
def test_a_scatterer_without_phase_at_one_date_has_no_arcs_and_harms_nobody(nothing):
    _, edges, phase = stack(40)
    phasors = np.exp(1j * phase)
    phasors[3, 5] = nothing
    found = point_noise(phasors, edges, BASELINE, DAY, window=730.0)
    assert found.deviation[3] == found.largest[3] == np.inf
    without = point_noise(np.exp(1j * phase), edges[(edges != 3).all(axis=1)], BASELINE, DAY, window=730.0)
    np.testing.assert_array_equal(found.deviation, without.deviation)


def test_the_modulus_does_not_matter():
    _, edges, phase = stack(40)
    strength = np.random.default_rng(3).uniform(0.1, 1e6, phase.shape)
    strong = point_noise(strength * np.exp(1j * phase), edges, BASELINE, DAY, window=730.0)
    np.testing.assert_allclose(strong.deviation, noise_of(phase, edges).deviation, rtol=1e-6)


@pytest.mark.parametrize("edges", [np.zeros((0, 2), dtype=int), np.array([[0, 1]])])
def test_with_fewer_than_two_arcs_nothing_is_known(edges):
    found = noise_of(np.zeros((3, N_DATES)), edges)
    assert np.isinf(found.deviation).all()
    assert np.isinf(found.largest).all()


def test_a_scatterer_without_arcs_is_unknown():
    _, edges, phase = stack(30)
    found = noise_of(np.vstack([phase, phase[:1]]), edges)
    assert np.isinf(found.deviation[-1])
    assert np.isfinite(found.deviation[:-1]).all()


def test_weights_of_dates_add_up_and_fade_with_time():
    weight = temporal_filter(DAY, window=100.0).weight
    np.testing.assert_allclose(weight.sum(axis=1), 1)
    assert np.all(np.diff(weight[0]) < 0)


def test_a_straight_course_is_followed_exactly():
    operators = temporal_filter(DAY, window=50.0)
    line = 0.7 - 0.01 * (DAY - DAY[0])
    np.testing.assert_allclose(operators.intercept @ line, line, atol=1e-12)
    np.testing.assert_allclose(operators.slope @ line, 0.01, atol=1e-12)  # per day back in time


def test_dates_of_one_day_have_no_slope():
    operators = temporal_filter(np.full(4, 737000.0), window=50.0)
    np.testing.assert_array_equal(operators.slope, 0)
    np.testing.assert_allclose(operators.intercept, 0.25)
