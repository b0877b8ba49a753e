"""PS and clutter: how many, how bright, how stable."""

from datetime import date

import numpy as np
import pytest

from snapstamps.simulate.scatterers import choose_ps, clutter_line, response
from snapstamps.simulate.spec import Cover, Gap, Noise, Scatterers, SceneSpec, Terrain


def dispersion(scene):
    amplitude = np.array([np.abs(scene.slc(k)) for k in range(len(scene.truth["dates"]))])
    amplitude /= amplitude.mean(axis=(1, 2))[:, None, None]
    return amplitude.std(axis=0) / amplitude.mean(axis=0)


def test_ps_are_stable_and_clutter_mostly_is_not(busy):
    d_a = dispersion(busy)
    main, side = busy.truth["ps_main"], busy.truth["ps_side"]
    assert (d_a[main] < 0.4).mean() > 0.99
    assert np.median(d_a[main]) < 0.2
    assert (d_a[side] < 0.4).mean() > 0.75
    assert (d_a[side & (busy.truth["signal_to_clutter"] > 4)] < 0.4).mean() > 0.95
    assert (d_a[~main & ~side] < 0.4).mean() < 0.15


def test_the_share_of_candidates_is_like_that_of_real_scenes(busy):
    assert 0.05 < (dispersion(busy) < 0.4).mean() < 0.25


def test_ps_are_as_dense_as_asked_for(simulated):
    spec = SceneSpec(n_lines=150, n_samples=300, n_dates=2, scatterers=Scatterers(ps_per_km2=900, clutter=False))
    truth = simulated(spec).truth
    area = 150 * 0.0139 * 300 * 2.329562e-3 / np.sin(truth["incidence"]).mean()
    assert truth["ps_main"].sum() / area == pytest.approx(900, rel=0.05)


def test_two_ps_are_never_neighbours(simulated):
    spec = SceneSpec(n_lines=80, n_samples=200, n_dates=2, scatterers=Scatterers(ps_per_km2=1400, clutter=False))
    main = simulated(spec).truth["ps_main"]
    assert main.sum() > 500
    for down, right in ((0, 1), (1, -1), (1, 0), (1, 1)):
        shifted = np.roll(main, (-down, -right), axis=(0, 1))
        assert not (main & shifted)[:-1, 1:-1].any()


def test_of_two_neighbours_the_lower_rank_wins():
    never = np.full(5, np.inf)
    assert choose_ps(never, np.array([0.5, 0.4, 2.0, 1.5, 0.9]), never).tolist() == [1, 4]
    assert choose_ps(np.array([0.1, 2, 2, 2, 2.0]), np.array([0.5, 0.4, 2.0, 1.5, 0.9]), never).tolist() == [4]


def test_a_point_spills_most_into_its_neighbours_along_the_flight():
    assert response(np.array(0.0), 0.67) == pytest.approx(1)
    assert response(np.array(1.0), 0.67) > response(np.array(1.0), 0.88) > 0.1
    assert abs(response(np.array(2.0), 0.67)) < 0.1


def test_the_brightest_pixel_about_a_ps_is_its_main_pixel(quiet_spec, simulated):
    spec = quiet_spec.model_copy(update={"scatterers": Scatterers(ps_per_km2=20, clutter=False), "n_lines": 150})
    scene = simulated(spec)
    amplitude = np.abs(scene.slc(0))
    main = np.argwhere(scene.truth["ps_main"])
    inner = [(i, j) for i, j in main if 3 < i < 146 and 3 < j < 146]
    assert len(inner) > 3
    for i, j in inner:
        around = amplitude[i - 1 : i + 2, j - 1 : j + 2]
        assert amplitude[i, j] == around.max()


def test_clutter_forgets_itself_in_its_coherence_time():
    spec = SceneSpec(n_dates=4, cadence_days=10, scatterers=Scatterers(coherence_days=20))
    lines = np.concatenate([clutter_line(spec, line, 2000) for line in range(10)], axis=1)
    assert (np.abs(lines) ** 2).mean() == pytest.approx(1, rel=0.02)
    for lag in (1, 2, 3):
        coherence = np.abs((lines[lag] * lines[0].conj()).mean())
        assert coherence == pytest.approx(np.exp(-lag * 10 / 20), abs=0.03)


def test_clutter_without_coherence_time_is_new_at_every_date():
    spec = SceneSpec(n_dates=2, scatterers=Scatterers(coherence_days=0))
    line = clutter_line(spec, 0, 20_000)
    assert np.abs((line[1] * line[0].conj()).mean()) < 0.03


def test_covers_change_density_and_brightness(simulated):
    lake = Cover(radius_m=250, ps_per_km2=0, brightness=0.1)
    spec = SceneSpec(n_lines=60, n_samples=200, n_dates=2, cover=(lake,), scatterers=Scatterers(ps_per_km2=800))
    spec = spec.model_copy(update={"noise": Noise(thermal_db=None), "terrain": Terrain(relief_m=0, height_m=0)})
    scene = simulated(spec)
    middle = (slice(26, 34), slice(90, 110))
    assert not scene.truth["ps_main"][middle].any()
    amplitude = np.abs(scene.slc(0))
    assert np.median(amplitude[middle]) < 0.3 * np.median(amplitude[:, :20])


def test_a_missing_burst_is_zero_in_its_dates_and_their_interferograms(simulated):
    gap = Gap(first_line=10, n_lines=5, dates=(date(2019, 1, 17),))
    spec = SceneSpec(n_lines=30, n_samples=60, n_dates=4, gaps=(gap,))
    scene = simulated(spec)
    zero = scene.slc(1) == 0
    assert zero[10:15].all()
    assert not zero[:10].any()
    assert not zero[15:].any()
    assert (scene.diff(1)[10:15] == 0).all()
    assert not (scene.slc(0) == 0).any()
    assert not (scene.diff(0) == 0).any()


def test_a_gap_in_the_master_is_a_gap_in_every_interferogram(simulated):
    gap = Gap(first_line=0, n_lines=4, first_sample=5, n_samples=10, dates=(date(2019, 1, 29),))
    scene = simulated(SceneSpec(n_lines=20, n_samples=40, n_dates=4, gaps=(gap,)))
    assert scene.truth.master_index == 2
    for k in (0, 1, 3):
        zero = scene.diff(k) == 0
        assert zero[:4, 5:15].all()
        assert zero.sum() == 40


def test_scattered_zero_pixels_are_zero_in_one_date_each(simulated):
    scene = simulated(SceneSpec(n_lines=60, n_samples=100, n_dates=4, zero_pixels=0.1))
    zeros = sum((scene.slc(k) == 0).astype(int) for k in range(4))
    assert zeros.max() == 1
    assert zeros.mean() == pytest.approx(0.1, abs=0.02)
