"""Step 7 recovers what was put in, agrees with StaMPS, and says what it cannot do."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat
from unwrapped_folder import make_scene, parms_with, run_step7, write_folder

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step7_scla
from snapstamps.model.errors import DataError, InputError
from snapstamps.stamps.parms import ParmsView, read_parms
from snapstamps.stamps.steps import step_named
from snapstamps.stamps.store import StampsStore

SCENE = make_scene()
MASTER_INDEX = SCENE.master + 1
UNEVEN = make_scene(steps=np.random.default_rng(4).integers(1, 5, 20) * 6.0)


def truth(scene=SCENE):
    """Velocity, look-angle error and the master's part: zero mean, no plane."""
    rng = np.random.default_rng(8)
    return {"velocity": scene.field(rng, 10), "error": scene.field(rng, 4e-3), "master": scene.field(rng, 1)}


@pytest.mark.parametrize("scene", [SCENE, UNEVEN], ids=["equidistant", "uneven"])
@pytest.mark.parametrize("method", ["L2", "L1"])
def test_without_noise_both_parts_are_recovered(tmp_path, scene, method):
    store = write_folder(tmp_path, scene, scene.phase(**truth(scene)))
    scla = run_step7(store, scla_method=method, scla_drop_index=[MASTER_INDEX])
    np.testing.assert_allclose(scla.K_ps_uw, truth(scene)["error"], atol=2e-8)
    np.testing.assert_allclose(scla.C_ps_uw, truth(scene)["master"], atol=3e-6)
    np.testing.assert_allclose(scla.ph_scla, np.outer(truth(scene)["error"], scene.bperp), atol=5e-6)


def test_the_masters_zero_misleads_l2_as_in_stamps_and_l1_hardly(tmp_path):
    # the master's own column holds no atmosphere of the master: two jumps among the differences
    store = write_folder(tmp_path, SCENE, SCENE.phase(**truth()))
    assert np.abs(run_step7(store, scla_method="L1").K_ps_uw - truth()["error"]).max() < 1e-6
    assert np.abs(run_step7(store, scla_method="L2").K_ps_uw - truth()["error"]).max() > 1e-4


def test_orbit_planes_and_an_offset_per_date_do_not_matter(tmp_path):
    rng = np.random.default_rng(2)
    plane = np.column_stack([SCENE.xy / 1000, np.ones(len(SCENE.xy))]) @ rng.normal(0, 2, (3, 20))
    plane[:, SCENE.master] = 0
    store = write_folder(tmp_path, SCENE, SCENE.phase(**truth()) + plane)
    scla = run_step7(store, scla_deramp="y", scla_drop_index=[MASTER_INDEX])
    np.testing.assert_allclose(scla.K_ps_uw, truth()["error"], atol=2e-8)
    np.testing.assert_allclose(scla.C_ps_uw, truth()["master"], atol=5e-6)
    np.testing.assert_allclose(scla.ph_ramp, plane, atol=5e-6)
    assert np.all(scla.ph_ramp[:, SCENE.master] == 0)


def test_without_deramping_no_ramp_is_stored(tmp_path):
    assert run_step7(write_folder(tmp_path, SCENE, SCENE.phase(**truth()))).ph_ramp.size == 0


def test_one_bad_date_spoils_l2_but_not_l1(tmp_path):
    phase = SCENE.phase(**truth())
    phase[::4, 14] += 2 * np.pi
    store = write_folder(tmp_path, SCENE, phase)
    assert np.abs(run_step7(store, scla_method="L1", ref_radius=-np.inf).K_ps_uw - truth()["error"]).max() < 1e-6
    assert np.abs(run_step7(store, scla_method="L2", ref_radius=-np.inf).K_ps_uw - truth()["error"]).max() > 1e-3


@pytest.mark.parametrize("parameter", ["scla_drop_index", "drop_ifg_index"])
def test_a_bad_date_that_is_dropped_has_no_influence(tmp_path, parameter):
    phase = SCENE.phase(**truth())
    phase[:, 14] = np.random.default_rng(1).normal(0, 9, len(phase))
    changes = {"scla_drop_index": [MASTER_INDEX]}
    changes[parameter] = [*changes.get(parameter, []), 15]
    scla = run_step7(write_folder(tmp_path, SCENE, phase), **changes)
    np.testing.assert_allclose(scla.K_ps_uw, truth()["error"], atol=2e-8)
    np.testing.assert_allclose(scla.C_ps_uw, truth()["master"], atol=3e-6)


def test_only_the_reference_changes_the_level_of_the_results(tmp_path):
    phase = SCENE.phase(**truth())
    whole = run_step7(write_folder(tmp_path / "whole", SCENE, phase))
    corner = run_step7(write_folder(tmp_path / "corner", SCENE, phase), ref_lon=[-np.inf, 12.506])
    inside = 12.5 + SCENE.xy[:, 0] / 83_000 < 12.506
    assert 20 < np.count_nonzero(inside) < 200
    np.testing.assert_allclose(corner.C_ps_uw, whole.C_ps_uw - whole.C_ps_uw[inside].mean(), atol=1e-5)
    np.testing.assert_allclose(corner.K_ps_uw, whole.K_ps_uw - whole.K_ps_uw[inside].mean(), atol=1e-8)


def test_the_order_of_the_scatterers_does_not_matter(tmp_path):
    phase = SCENE.phase(**truth()) + np.random.default_rng(3).normal(0, 0.4, (300, 20))
    order = np.random.default_rng(5).permutation(300)
    shuffled = type(SCENE)(SCENE.xy[order], SCENE.day, SCENE.master, SCENE.bperp)
    one = write_folder(tmp_path / "one", SCENE, phase)
    two = write_folder(tmp_path / "two", shuffled, phase[order])
    for scla_one, scla_two in (
        (run_step7(one), run_step7(two)),
        (one.read("scla_smooth2"), two.read("scla_smooth2")),
    ):
        np.testing.assert_allclose(scla_two.K_ps_uw, scla_one.K_ps_uw[order], atol=1e-8)
        np.testing.assert_allclose(scla_two.C_ps_uw, scla_one.C_ps_uw[order], atol=1e-5)


def test_the_noise_of_the_dates_weighs_the_masters_part(tmp_path):
    phase = SCENE.phase(master=truth()["master"])
    phase[:, 16] += 2.0 * np.sign(SCENE.xy[:, 0] - 1000)
    noise = np.full(20, 20.0)
    noise[16] = 1e4
    known = run_step7(write_folder(tmp_path / "known", SCENE, phase, noise_deg=noise), scla_method="L1")
    unknown = run_step7(write_folder(tmp_path / "unknown", SCENE, phase), scla_method="L1")
    assert np.abs(known.C_ps_uw - truth()["master"]).max() < 1e-3
    assert np.abs(unknown.C_ps_uw - truth()["master"]).max() > 0.05
    np.testing.assert_allclose(np.diag(known.ifg_vcm), np.radians(noise) ** 2, rtol=1e-6)


def test_a_scatterer_without_phase_stays_undefined_and_spoils_no_other(tmp_path):
    phase = SCENE.phase(**truth())
    phase[7, 3] = np.nan
    store = write_folder(tmp_path, SCENE, phase)
    scla = run_step7(store)
    for values in (scla.K_ps_uw, scla.C_ps_uw, store.read("scla_smooth2").K_ps_uw):
        assert np.flatnonzero(np.isnan(values)).tolist() == [7]


def test_an_older_scla2_is_replaced_and_only_kept_where_stamps_is_reproduced(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(**truth()))
    run_step7(store)
    run_step7(store)
    assert not list(tmp_path.glob("tmp_*"))
    os.utime(store.file("scla2"), (1_000_000_000, 1_000_000_000))
    run_step7(store, RunContext(quirks="reproduce"))
    (kept,) = tmp_path.glob("tmp_scla2_*.mat")
    assert kept.stem.startswith("tmp_scla2_200109")


def test_velocities_of_before_are_deleted(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(**truth()))
    store.file("mv2").write_bytes(b"old")
    run_step7(store)
    assert not store.has("mv2")


def test_a_degree_file_is_honoured_and_noted(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(**truth()) + np.outer(SCENE.xy.prod(axis=1) / 1e6, SCENE.days))
    savemat(tmp_path / "deramp_degree.mat", {"degree": 1.5})
    context = RunContext()
    ramp = run_step7(store, context, scla_deramp="y").ph_ramp
    assert any("degree 1.5" in note for note in context.notes)
    assert np.ptp(ramp[:, 0]) > 100
    savemat(tmp_path / "deramp_degree.mat", {"degree": 4})
    with pytest.raises(DataError, match=r"one of 1, 1\.5, 2, 3"):
        run_step7(store, scla_deramp="y")


def test_foreign_atmosphere_is_ignored_but_not_silently(tmp_path):
    store = write_folder(tmp_path, SCENE, SCENE.phase(**truth()))
    (tmp_path / "aps2.mat").write_bytes(b"")
    context = RunContext()
    run_step7(store, context)
    assert any("aps2.mat is ignored" in note for note in context.notes)


def test_a_date_that_was_never_unwrapped_is_named(tmp_path):
    phase = SCENE.phase(**truth())
    phase[:, 4] = 0
    store = write_folder(tmp_path, SCENE, phase)
    with pytest.raises(DataError, match="2019-03-06 is zero everywhere"):
        run_step7(store)
    run_step7(store, drop_ifg_index=[5])


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"drop_ifg_index": [21]}, InputError, "names date 21, but there are dates 1 to 20"),
        ({"drop_ifg_index": [10]}, InputError, "names the master"),
        ({"drop_ifg_index": list(range(1, 10)) + list(range(11, 19))}, DataError, "Only 3 dates are left"),
        ({"scla_drop_index": list(range(1, 20))}, DataError, "Only 1 dates are left for the look-angle error"),
        ({"ref_lon": [50, 51]}, DataError, "No scatterer lies in the reference area"),
        ({"ref_radius": 10, "ref_centre_lonlat": [0, 0]}, DataError, "No scatterer lies in the reference area"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, changes, error, words):
    with pytest.raises(error, match=words):
        run_step7(write_folder(tmp_path, SCENE, SCENE.phase(**truth())), **changes)


def test_baselines_of_zero_are_no_baselines(tmp_path):
    scene = type(SCENE)(SCENE.xy, SCENE.day, SCENE.master, np.zeros(20))
    with pytest.raises(DataError, match="do not determine the look-angle error"):
        run_step7(write_folder(tmp_path, scene, scene.phase(velocity=truth()["velocity"])))


def test_a_date_without_noise_cannot_be_weighted(tmp_path):
    noise = np.full(20, 20.0)
    noise[3] = 0
    with pytest.raises(DataError, match=r"The noise of 2019-02-22 is 0 rad"):
        run_step7(write_folder(tmp_path, SCENE, SCENE.phase(**truth()), noise_deg=noise))


def check_parity(reference: Path, folder: Path) -> None:
    store, expected = StampsStore(folder), StampsStore(reference)
    for name in ("ps2", "phuw2", "bp2", "ifgstd2"):
        store.file(name).write_bytes(expected.file(name).read_bytes())
    parms = ParmsView(parms_with(**read_parms(reference / "parms.mat")), step_named("scla"))
    step7_scla.run(store, parms, RunContext(quirks="reproduce"))
    tolerance = {"K_ps_uw": 1e-6, "C_ps_uw": 1e-5, "ph_scla": 3.4e-5, "ph_ramp": 3e-5, "ifg_vcm": 1e-7}
    for artefact in ("scla2", "scla_smooth2"):
        ours, theirs = store.read(artefact), expected.read(artefact)
        assert set(ours) == set(theirs)
        for field, values in theirs.items():
            assert ours[field].dtype == values.dtype
            np.testing.assert_allclose(ours[field], values, rtol=0, atol=tolerance[field], err_msg=field)


def test_the_results_are_those_of_stamps_on_scene_s(reference_s, tmp_path):
    check_parity(reference_s / "stamps", tmp_path)


def test_the_results_are_those_of_stamps_on_scene_s2(whole_reference, tmp_path):
    check_parity(whole_reference / "S2" / "stamps", tmp_path)
