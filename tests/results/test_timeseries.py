"""Displacements: zero at the master, towards the satellite, relative to the reference."""

from datetime import date

import numpy as np
import pytest
from unwrapped_folder import RAD_PER_MM, make_scene, parms_with, run_step7, write_folder

from snapstamps.model.errors import DataError
from snapstamps.results.timeseries import timeseries

SCENE = make_scene()
RNG = np.random.default_rng(1)
VELOCITY = SCENE.field(RNG, 10.0)
MASTER_NOISE = SCENE.field(RNG, 1.0)


def written(folder, phase):
    store = write_folder(folder, SCENE, phase)
    zero = np.zeros_like(phase)
    store.write("scla2", K_ps_uw=zero[:, 0], C_ps_uw=MASTER_NOISE, ph_scla=zero, ifg_vcm=np.eye(20))
    return store


def test_the_motion_is_recovered_and_is_zero_at_the_master(tmp_path):
    store = written(tmp_path, SCENE.phase(velocity=VELOCITY, master=MASTER_NOISE))
    for quantity in ("v", "v-d", "v-o", "v-do"):
        series = timeseries(store, parms_with(), quantity=quantity)
        np.testing.assert_allclose(series.displacement, np.outer(VELOCITY, SCENE.days / 365.25), atol=1e-4)
        assert np.all(series.displacement[:, SCENE.master] == 0)
        assert series.displacement.dtype == np.float32


def test_the_dates_are_those_of_the_columns(tmp_path):
    store = written(tmp_path, SCENE.phase(velocity=VELOCITY, master=MASTER_NOISE))
    series = timeseries(store, parms_with(drop_ifg_index=[1, 12]))
    assert series.displacement.shape == (300, 18)
    assert len(series.dates) == 18
    assert list(series.dates) == sorted(series.dates)
    assert series.master == date(2019, 5, 5) == series.dates[8]
    days = np.array([(day - series.master).days for day in series.dates])
    np.testing.assert_allclose(series.displacement, np.outer(VELOCITY, days / 365.25), atol=1e-4)


@pytest.mark.parametrize("master", [0, 19])
def test_the_master_may_be_the_first_or_the_last_date(tmp_path, master):
    scene = make_scene(master=master)
    store = write_folder(tmp_path, scene, scene.phase(velocity=VELOCITY))
    run_step7(store)
    series = timeseries(store, parms_with())
    assert series.dates[master] == series.master
    np.testing.assert_allclose(series.displacement, np.outer(VELOCITY, scene.days / 365.25), atol=1e-3)


def test_what_comes_nearer_has_positive_displacement(tmp_path):
    phase = np.zeros((300, 20))
    phase[4, 12] = 5 * RAD_PER_MM
    phase += 1e-6 * np.random.default_rng(2).normal(size=phase.shape)
    series = timeseries(write_and_solve(tmp_path, phase), parms_with(ref_radius=-np.inf), quantity="v")
    assert series.displacement[4, 12] == pytest.approx(5, abs=1)
    assert phase[4, 12] < 0


def write_and_solve(folder, phase):
    store = write_folder(folder, SCENE, phase)
    run_step7(store, scla_method="L1")
    return store


def test_the_reference_does_not_move(tmp_path):
    store = written(tmp_path, SCENE.phase(velocity=VELOCITY, master=MASTER_NOISE))
    series = timeseries(store, parms_with(ref_lon=[-np.inf, 12.506]))
    rows = series.reference.rows
    assert 20 < len(rows) < 200
    np.testing.assert_allclose(series.displacement[rows].mean(axis=0), 0, atol=1e-4)


def test_the_masters_atmosphere_must_be_known(tmp_path):
    with pytest.raises(DataError, match=r"scla2\.mat is missing"):
        timeseries(write_folder(tmp_path, SCENE, SCENE.phase(velocity=VELOCITY)), parms_with(), quantity="v")
