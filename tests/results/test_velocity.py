"""Velocities: right sign, right size, right uncertainty, and StaMPS's own numbers."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat
from unwrapped_folder import WAVELENGTH, make_scene, parms_with, run_step7, run_step8, write_folder

from snapstamps.model.errors import DataError, InputError
from snapstamps.results.phase import QUANTITIES, quantity_phase
from snapstamps.results.velocity import velocity, write_stamps_products
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import StampsStore

SCENE = make_scene()
TRUTH = SCENE.field(np.random.default_rng(1), 10.0)
PLANE = SCENE.xy @ np.array([0.003, -0.005])


def noise(size: float, seed: int = 2) -> np.ndarray:
    values = np.random.default_rng(seed).normal(0, size, (len(SCENE.xy), len(SCENE.day)))
    values[:, SCENE.master] = 0
    return values


def test_what_comes_towards_the_satellite_has_falling_phase_and_positive_velocity(tmp_path):
    phase = np.zeros((300, 20))
    phase[5] = -0.01 * SCENE.days
    store = write_folder(tmp_path, SCENE, phase + noise(1e-6))
    result = velocity(store, parms_with(), quantity="v")
    assert np.argmax(result.velocity) == 5
    one_year = 0.01 * 365.25 * WAVELENGTH * 1000 / (4 * np.pi)
    assert result.velocity[5] == pytest.approx(one_year * 299 / 300, abs=1e-3)
    assert result.slope[5] < 0


def test_without_noise_the_velocity_is_recovered_through_step_7(tmp_path):
    rng = np.random.default_rng(3)
    error, master = SCENE.field(rng, 4e-3), SCENE.field(rng, 1.0)
    orbit = np.outer(PLANE, rng.normal(size=20))
    orbit[:, SCENE.master] = 0
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH, error=error, master=master) + orbit)
    run_step7(store, scla_deramp="y", scla_method="L1")
    result = velocity(store, parms_with(), quantity="v-do")
    np.testing.assert_allclose(result.velocity, TRUTH, atol=1e-3)
    assert result.std_bootstrap.max() < 1e-3
    assert result.std_formal.max() < 1e-3


def test_a_velocity_is_relative_to_the_reference(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH + 7))
    west = 12.5 + SCENE.xy[:, 0] / 83_000 < 12.506
    result = velocity(store, parms_with(ref_lon=[-np.inf, 12.506]), quantity="v")
    np.testing.assert_allclose(result.velocity, TRUTH - TRUTH[west].mean(), atol=1e-4)
    unreferenced = velocity(store, parms_with(ref_radius=-np.inf), quantity="v")
    np.testing.assert_allclose(unreferenced.velocity, TRUTH + 7, atol=1e-4)


def test_each_letter_takes_out_its_own_part(tmp_path):
    error = SCENE.field(np.random.default_rng(4), 4e-3)
    atmosphere = noise(1.0)
    phase = SCENE.phase(velocity=TRUTH, error=error) + np.outer(PLANE, SCENE.days / 100) + atmosphere
    store = write_folder(tmp_path, SCENE, phase)
    zero = np.zeros(300)
    store.write("scla2", K_ps_uw=error, C_ps_uw=zero, ph_scla=np.outer(error, SCENE.bperp), ifg_vcm=np.eye(20))
    store.write("scn2", ph_scn_slave=atmosphere, ph_hpt=atmosphere, ph_ramp=np.zeros((300, 0)))
    wrong = {
        quantity: np.abs(velocity(store, parms_with(), quantity=quantity).velocity - TRUTH).max()
        for quantity in QUANTITIES
    }
    assert wrong.pop("v-dso") < 1e-3
    assert min(wrong.values()) > 0.5


def test_a_constant_per_date_does_not_matter(tmp_path):
    phase = SCENE.phase(velocity=TRUTH) + noise(0.5)
    one = velocity(write_folder(tmp_path / "one", SCENE, phase), parms_with(), quantity="v")
    offsets = np.random.default_rng(7).normal(0, 6, 20)
    two = velocity(write_folder(tmp_path / "two", SCENE, phase + offsets), parms_with(), quantity="v")
    np.testing.assert_allclose(two.velocity, one.velocity, atol=1e-4)
    np.testing.assert_allclose(two.std_bootstrap, one.std_bootstrap, atol=1e-4)


def test_dropped_dates_have_no_influence(tmp_path):
    phase = SCENE.phase(velocity=TRUTH)
    phase[:, 17] = 55 * np.random.default_rng(3).normal(size=300)
    store = write_folder(tmp_path, SCENE, phase)
    result = velocity(store, parms_with(drop_ifg_index=[18]), quantity="v")
    np.testing.assert_allclose(result.velocity, TRUTH, atol=1e-4)
    assert result.n_dates == 18


def test_noisy_dates_count_less(tmp_path):
    phase = SCENE.phase(velocity=TRUTH)
    phase[:, 17] += 5 * np.random.default_rng(3).normal(size=300)
    noise_deg = np.full(20, 20.0)
    noise_deg[17] = 2e4
    careful = velocity(write_folder(tmp_path / "a", SCENE, phase, noise_deg=noise_deg), parms_with(), quantity="v")
    careless = velocity(write_folder(tmp_path / "b", SCENE, phase), parms_with(), quantity="v")
    assert np.abs(careful.velocity - TRUTH).max() < 0.01
    assert np.abs(careless.velocity - TRUTH).max() > 5


def test_without_noise_figures_all_dates_count_the_same(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH) + noise(0.5))
    even = velocity(store, parms_with(), quantity="v").velocity
    store.delete("ifgstd2")
    np.testing.assert_allclose(velocity(store, parms_with(), quantity="v").velocity, even, atol=1e-9)


def test_both_deviations_tell_the_real_error(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH) + noise(0.5))
    result = velocity(store, parms_with(), quantity="v", n_bootstrap=500)
    real = (result.velocity - TRUTH).std()
    assert np.sqrt(np.mean(result.std_formal**2)) == pytest.approx(real, rel=0.15)
    assert np.sqrt(np.mean(result.std_bootstrap**2)) == pytest.approx(real, rel=0.2)


def test_the_same_data_give_the_same_deviations(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH) + noise(0.5))
    one, two = (velocity(store, parms_with(), quantity="v").std_bootstrap for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_a_scatterer_without_phase_is_undefined_and_spoils_no_other(tmp_path):
    phase = SCENE.phase(velocity=TRUTH) + noise(0.01)
    phase[8, 3] = np.nan
    store = write_folder(tmp_path, SCENE, phase)
    run_step7(store)
    run_step8(store)
    for quantity in QUANTITIES:
        result = velocity(store, parms_with(), quantity=quantity)
        for values in (result.velocity, result.std_formal, result.std_bootstrap, result.intercept):
            assert np.flatnonzero(np.isnan(values)).tolist() == [8]


def test_the_drift_of_envisats_oscillator_is_taken_out_for_envisat_alone(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH))
    sample = store.read("ps2").ij[:, 2]
    other = quantity_phase(store, parms_with(platform="SENTINEL-1A"), quantity="v").phase
    envisat = quantity_phase(store, parms_with(platform="ENVISAT"), quantity="v").phase
    per_year = 4 * np.pi / WAVELENGTH * 7.8 * 3.87e-7 * (sample - sample.mean())
    np.testing.assert_allclose(envisat[:, -1] - other[:, -1], per_year * SCENE.days[-1] / 365.25, atol=1e-4)


def test_an_unknown_quantity_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(InputError, match=r"no quantity 'v-od'(.|\n)*v-do"):
        velocity(StampsStore(tmp_path), parms_with(), quantity="v-od")


def test_a_date_that_was_never_unwrapped_is_named(tmp_path):
    phase = SCENE.phase(velocity=TRUTH)
    phase[:, 2] = 0
    with pytest.raises(DataError, match="2019-02-10 is zero everywhere"):
        velocity(write_folder(tmp_path, SCENE, phase), parms_with(), quantity="v")


def test_a_missing_step_is_named(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH))
    with pytest.raises(DataError, match=r"scla2\.mat is missing"):
        velocity(store, parms_with(), quantity="v-d")
    with pytest.raises(DataError, match=r"scn2\.mat is missing"):
        velocity(store, parms_with(), quantity="v-s")


def test_stamps_own_files_are_written_in_its_classes_and_signs(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH) + noise(0.3))
    result = velocity(store, parms_with(), quantity="v-o")
    write_stamps_products(store, result, wavelength=WAVELENGTH)
    plot = loadmat(tmp_path / "ps_plot_v-o.mat")
    assert plot["ph_disp"].dtype == np.float32
    assert plot["ph_disp"].shape == (300, 1)
    assert plot["ifg_list"].tolist() == [[1.0]]
    np.testing.assert_allclose(plot["ph_disp"][:, 0], result.velocity, rtol=1e-6, atol=1e-6)
    mv, line = store.read("mv2"), store.read("mean_v").m
    np.testing.assert_allclose(mv.mean_v, -result.velocity, atol=1e-4)
    np.testing.assert_allclose(mv.mean_v_std, result.std_bootstrap, rtol=1e-6)
    assert (mv.n_boot, mv.subtract_switches) == (100, "o")
    np.testing.assert_allclose(line, [result.intercept, result.slope], rtol=1e-6)


def test_an_empty_switch_survives_the_file(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH))
    write_stamps_products(store, velocity(store, parms_with(), quantity="v"), wavelength=WAVELENGTH)
    assert store.read("mv2").subtract_switches == ""


def test_no_mv2_stays_that_is_of_another_quantity(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(velocity=TRUTH))
    run_step8(store)
    for quantity, expected in (("v", True), ("v-s", False)):
        write_stamps_products(store, velocity(store, parms_with(), quantity=quantity), wavelength=WAVELENGTH)
        assert store.has("mv2") is expected


def check_parity(folder: Path) -> None:
    store, parms = StampsStore(folder), read_parms(folder / "parms.mat")
    files = sorted(folder.glob("ps_plot_v*.mat"))
    assert len(files) == 6
    for file in files:
        result = velocity(store, parms, quantity=file.stem.removeprefix("ps_plot_"))
        np.testing.assert_allclose(result.velocity, loadmat(file)["ph_disp"][:, 0], rtol=0, atol=1e-4)
    theirs = store.read("mv2")
    result = velocity(store, parms, quantity="v-do", n_bootstrap=2000)
    np.testing.assert_allclose(result.velocity, -theirs.mean_v, rtol=0, atol=1e-4)
    # StaMPS's own draws come from the clock. Six more runs of it on S gave medians 6 to 15 % below the kept one,
    # and -8 to 0 % from ours: the kept one lies at the edge.
    assert 0.85 < np.median(result.std_bootstrap / theirs.mean_v_std) < 1.06
    assert np.corrcoef(result.std_bootstrap, theirs.mean_v_std)[0, 1] > 0.95


def test_the_velocities_are_those_of_stamps_on_scene_s(reference_s):
    check_parity(reference_s / "stamps")


def test_the_velocities_are_those_of_stamps_on_scene_s2(whole_reference):
    check_parity(whole_reference / "S2" / "stamps")


def test_the_fitted_lines_are_those_of_stamps(reference_s):
    store = StampsStore(reference_s / "stamps")
    parms, theirs = read_parms(store.path / "parms.mat"), store.read("mean_v").m
    fits = [velocity(store, parms, quantity=quantity) for quantity in QUANTITIES]
    misfit = min(np.abs(np.stack([fit.intercept, fit.slope]) - theirs).max() for fit in fits)
    assert misfit < 1e-5
