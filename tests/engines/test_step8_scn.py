"""Step 8 finds the noise of the slaves, agrees with StaMPS, and mends its slip with dropped dates."""

from pathlib import Path

import numpy as np
import pytest
from unwrapped_folder import make_scene, parms_with, run_step7, run_step8, write_folder

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step8_scn
from snapstamps.model.errors import DataError, InputError
from snapstamps.stamps.parms import ParmsView, read_parms
from snapstamps.stamps.steps import step_named
from snapstamps.stamps.store import StampsStore

SCENE = make_scene(n_ps=1500)


def smooth_noise(scene=SCENE, seed: int = 1, size: float = 1.5) -> np.ndarray:
    """White in time, waves of a kilometre and more in space; none at the master."""
    rng = np.random.default_rng(seed)
    noise = np.zeros((len(scene.xy), len(scene.day)))
    for _ in range(12):
        wave = rng.normal(0, 2 * np.pi / 3000, 2)
        noise += np.sin(scene.xy @ wave[:, None] + rng.uniform(0, 2 * np.pi)) * rng.normal(0, size / 3, len(scene.day))
    noise[:, scene.master] = 0
    return noise


def relative(values: np.ndarray) -> np.ndarray:
    """Return values relative to the first scatterer, as step 8 leaves them."""
    return values - values[:1]


def test_smooth_noise_is_found_better_than_the_raw_phase_tells(tmp_path):
    noise = smooth_noise()
    speckle = np.random.default_rng(2).normal(0, 0.5, noise.shape)
    speckle[:, SCENE.master] = 0
    velocity = np.random.default_rng(3).normal(0, 5, len(noise))
    scn = run_step8(write_folder(tmp_path, SCENE, SCENE.phase(velocity=velocity) + noise + speckle), scn_time_win=60)
    slaves = np.delete(np.arange(20), SCENE.master)

    def misfit(found: np.ndarray) -> float:
        rest = found[:, slaves] - noise[:, slaves]
        return float((rest - rest.mean(axis=0)).std())

    raw = misfit(SCENE.phase(velocity=velocity) + noise + speckle)
    assert misfit(scn.ph_scn_slave) < 0.6 * raw
    assert np.all(scn.ph_scn_slave[:, SCENE.master] == 0)
    assert np.all(scn.ph_scn_slave[0] == 0)


def test_what_does_not_change_with_time_is_no_noise(tmp_path):
    phase = np.tile(np.random.default_rng(1).normal(0, 3, (len(SCENE.xy), 1)), 20)
    scn = run_step8(write_folder(tmp_path, SCENE, phase))
    slaves = np.delete(np.arange(20), SCENE.master)
    np.testing.assert_allclose(scn.ph_scn_slave[:, slaves], 0, atol=1e-5)


def test_the_look_angle_error_is_no_noise(tmp_path):
    rng = np.random.default_rng(4)
    error = SCENE.field(rng, 4e-3)
    without = run_step8(write_folder(tmp_path / "without", SCENE, smooth_noise()))
    store = write_folder(tmp_path / "with", SCENE, SCENE.phase(error=error) + smooth_noise())
    store.write("scla2", K_ps_uw=error, C_ps_uw=0 * error, ph_scla=np.outer(error, SCENE.bperp), ifg_vcm=np.eye(20))
    np.testing.assert_allclose(run_step8(store).ph_scn_slave, without.ph_scn_slave, atol=1e-5)


def test_planes_taken_out_in_step_7_are_taken_out_here(tmp_path):
    plane = SCENE.xy @ np.random.default_rng(5).normal(0, 2e-3, (2, 20))
    plane[:, SCENE.master] = 0
    zero = np.zeros(len(plane))
    without = run_step8(write_folder(tmp_path / "without", SCENE, smooth_noise()))
    store = write_folder(tmp_path / "with", SCENE, smooth_noise() + plane)
    store.write("scla2", K_ps_uw=zero, C_ps_uw=zero, ph_scla=0 * plane, ph_ramp=plane, ifg_vcm=np.eye(20))
    np.testing.assert_allclose(run_step8(store).ph_scn_slave, without.ph_scn_slave, atol=1e-5)


@pytest.mark.parametrize("wanted", ["all", [3, 15]], ids=["all", "two dates"])
def test_planes_of_chosen_dates_count_as_noise_of_these_dates_alone(tmp_path, wanted):
    plane = SCENE.xy @ np.random.default_rng(5).normal(0, 2e-3, (2, 20))
    chosen = np.arange(20) if wanted == "all" else np.array(wanted) - 1
    plane[:, np.setdiff1d(np.arange(20), chosen)] = 0
    plane[:, SCENE.master] = 0
    dust = 1e-7 * np.random.default_rng(7).normal(size=plane.shape)
    scn = run_step8(write_folder(tmp_path, SCENE, plane + dust), scn_deramp_ifg=wanted)
    inner = np.all(np.abs(SCENE.xy - 1000) < 600, axis=1)
    rest = (scn.ph_scn_slave - plane)[inner]
    assert scn.ph_ramp.shape == (len(plane), len(chosen))
    np.testing.assert_allclose(scn.ph_ramp, plane[:, chosen], atol=1e-5)
    assert np.abs(rest - rest.mean(axis=0)).max() < 0.2


def test_isolated_scatterers_keep_their_value(tmp_path):
    scene = make_scene(n_ps=40, side=300_000.0)
    scn = run_step8(write_folder(tmp_path, scene, smooth_noise(scene)))
    slaves = np.delete(np.arange(20), scene.master)
    np.testing.assert_allclose(scn.ph_scn_slave[:, slaves], relative(scn.ph_hpt)[:, slaves], atol=1e-6)


def test_a_constant_per_date_does_not_matter(tmp_path):
    offsets = np.random.default_rng(6).normal(0, 5, 20)
    one = run_step8(write_folder(tmp_path / "one", SCENE, smooth_noise()))
    two = run_step8(write_folder(tmp_path / "two", SCENE, smooth_noise() + offsets))
    np.testing.assert_allclose(two.ph_scn_slave, one.ph_scn_slave, atol=2e-5)


def test_the_order_of_the_scatterers_matters_only_through_the_first_one(tmp_path):
    noise = smooth_noise()
    order = np.random.default_rng(5).permutation(len(noise))
    shuffled = type(SCENE)(SCENE.xy[order], SCENE.day, SCENE.master, SCENE.bperp)
    one = run_step8(write_folder(tmp_path / "one", SCENE, noise)).ph_scn_slave
    two = run_step8(write_folder(tmp_path / "two", shuffled, noise[order])).ph_scn_slave
    np.testing.assert_allclose(two, relative(one[order]), atol=2e-5)


def test_a_missing_phase_counts_as_zero(tmp_path):
    noise = smooth_noise()
    gap = noise.copy()
    noise[9, 4], gap[9, 4] = 0.0, np.nan
    one = run_step8(write_folder(tmp_path / "one", SCENE, noise)).ph_scn_slave
    two = run_step8(write_folder(tmp_path / "two", SCENE, gap)).ph_scn_slave
    np.testing.assert_array_equal(one, two)


def test_without_step_7_the_raw_phase_is_filtered_and_that_is_noted(tmp_path):
    context = RunContext()
    run_step8(write_folder(tmp_path, SCENE, smooth_noise()), context)
    assert any("no scla2.mat" in note for note in context.notes)


def test_a_date_dropped_before_the_master_does_not_shift_the_master(tmp_path):
    noise = smooth_noise()
    kept = np.delete(np.arange(20), 2)
    smaller = type(SCENE)(SCENE.xy, SCENE.day[kept], SCENE.master - 1, SCENE.bperp[kept])
    expected = run_step8(write_folder(tmp_path / "smaller", smaller, noise[:, kept])).ph_scn_slave
    context = RunContext()
    mended = run_step8(write_folder(tmp_path / "dropped", SCENE, noise), context, drop_ifg_index=[3]).ph_scn_slave
    np.testing.assert_allclose(mended[:, kept], expected, atol=1e-6)
    assert np.all(mended[:, 2] == 0)
    assert any(note.startswith("mended") for note in context.notes)


def test_the_shift_of_the_master_can_be_reproduced(tmp_path):
    store = write_folder(tmp_path, SCENE, smooth_noise())
    mended = run_step8(store, drop_ifg_index=[3]).ph_scn_slave
    reproduced = run_step8(store, RunContext(quirks="reproduce"), drop_ifg_index=[3]).ph_scn_slave
    assert np.abs(mended - reproduced).max() > 0.01


def test_where_stamps_itself_fails_reproducing_says_so(tmp_path):
    scene = make_scene(n_scenes=8, master=7)
    store = write_folder(tmp_path, scene, smooth_noise(scene))
    with pytest.raises(DataError, match="StaMPS cannot do step 8"):
        run_step8(store, RunContext(quirks="reproduce"), drop_ifg_index=[1])
    run_step8(store, drop_ifg_index=[1])


def test_a_date_that_does_not_exist_cannot_be_deramped(tmp_path):
    with pytest.raises(InputError, match="scn_deramp_ifg names date 21"):
        run_step8(write_folder(tmp_path, SCENE, smooth_noise()), scn_deramp_ifg=[21])


def test_a_date_that_was_never_unwrapped_is_named(tmp_path):
    noise = smooth_noise()
    noise[:, 2] = 0
    with pytest.raises(DataError, match="2019-02-10 is zero everywhere"):
        run_step8(write_folder(tmp_path, SCENE, noise))


def test_steps_7_and_8_work_hand_in_hand(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(error=SCENE.field(np.random.default_rng(4), 4e-3)))
    run_step7(store)
    np.testing.assert_allclose(run_step8(store).ph_scn_slave, 0, atol=1e-4)


@pytest.mark.parametrize("n_ps", [1, 2, 3])
def test_a_handful_of_scatterers_is_enough_for_both_steps(tmp_path, n_ps):
    scene = make_scene(n_ps=n_ps)
    store = write_folder(tmp_path, scene, smooth_noise(scene))
    scla, scn = run_step7(store, scla_deramp="y"), run_step8(store)
    assert np.isfinite(scla.K_ps_uw).all()
    assert np.isfinite(scn.ph_scn_slave).all()


def check_parity(reference: Path, folder: Path) -> None:
    store, expected = StampsStore(folder), StampsStore(reference)
    for name in ("ps2", "phuw2", "scla2"):
        store.file(name).write_bytes(expected.file(name).read_bytes())
    parms = ParmsView(parms_with(**read_parms(reference / "parms.mat")), step_named("scn"))
    step8_scn.run(store, parms, RunContext(quirks="reproduce"))
    ours, theirs = store.read("scn2"), expected.read("scn2")
    assert set(ours) == set(theirs)
    for field, values in theirs.items():
        assert ours[field].shape == values.shape
        assert ours[field].dtype == values.dtype
        np.testing.assert_allclose(ours[field], values, rtol=0, atol=1e-5, err_msg=field)


def test_the_results_are_those_of_stamps_on_scene_s(reference_s, tmp_path):
    check_parity(reference_s / "stamps", tmp_path)


def test_the_results_are_those_of_stamps_on_scene_s2(whole_reference, tmp_path):
    check_parity(whole_reference / "S2" / "stamps", tmp_path)
