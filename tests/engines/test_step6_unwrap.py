"""Step 6 against real StaMPS results, simulated truth, and everything that can go wrong."""

import pickle
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from unwrap_scenes import write_scene

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import solvers, step6_unwrap
from snapstamps.external.snaphu import find_snaphu
from snapstamps.kernels.phase import wrap
from snapstamps.model.errors import DataError, InputError, ToolError
from snapstamps.stamps.parms import ParmsView, defaults, read_parms
from snapstamps.stamps.steps import step_named
from snapstamps.stamps.store import StampsStore

INPUTS = ("ps2.mat", "rc2.mat", "pm2.mat", "bp2.mat")
SMALL = {"unwrap_grid_size": 40, "unwrap_gold_n_win": 8, "unwrap_time_win": 60, "lambda": 0.0555}
needs_snaphu = pytest.mark.skipif(find_snaphu() is None, reason="needs snaphu")
each_solver = pytest.mark.parametrize("solver", [pytest.param("snaphu", marks=needs_snaphu), "mcf"])


def unwrap(store, parms=None, **context):
    """Run step 6; return phuw2 and the context."""
    made = RunContext(**{"unwrap_solver": "mcf", **context})
    values = {**defaults(), **SMALL, **(parms or {})}
    step6_unwrap.run(store, ParmsView(values, step_named("unwrap")), made)
    return store.read("phuw2"), made


def reference_store(stamps: Path, folder: Path, *more: str):
    for name in (*INPUTS, *more):
        shutil.copyfile(stamps / name, folder / name)
    return StampsStore(folder), read_parms(stamps / "parms.mat")


@pytest.fixture
def scene(tmp_path):
    return write_scene(tmp_path / "stamps")


@pytest.fixture(scope="module", params=[pytest.param("snaphu", marks=needs_snaphu), "mcf"])
def done_s(request, reference_s, tmp_path_factory):
    """Reference scene S, unwrapped by each solver; and StaMPS's own folder."""
    store, parms = reference_store(reference_s / "stamps", tmp_path_factory.mktemp("s"))
    unwrap(store, parms, unwrap_solver=request.param, quirks="reproduce")
    return store, StampsStore(reference_s / "stamps"), request.param


def test_grid_nodes_and_edges_are_those_of_stamps(done_s):
    ours, theirs, _ = done_s
    for artefact in ("uw_grid", "uw_interp"):
        mine, stamps = ours.read(artefact), theirs.read(artefact)
        assert mine.keys() == stamps.keys()
        for field in stamps.keys() - {"ph", "ph_in"}:
            np.testing.assert_array_equal(mine[field], stamps[field], err_msg=field)
    np.testing.assert_allclose(ours.read("uw_grid").ph_in, theirs.read("uw_grid").ph_in, atol=1e-6)
    np.testing.assert_allclose(ours.read("uw_grid").ph, theirs.read("uw_grid").ph, atol=2e-5)


def test_edge_series_are_those_of_stamps(done_s):
    mine, stamps = (store.read("uw_space_time") for store in done_s[:2])
    np.testing.assert_allclose(mine.dph_space_uw, stamps.dph_space_uw, atol=1e-5)
    np.testing.assert_allclose(mine.dph_noise, stamps.dph_noise, atol=1e-5)
    np.testing.assert_array_equal(mine.G, stamps.G)
    assert mine.spread.shape == stamps.spread.shape
    assert mine.spread.nnz == stamps.spread.nnz == 0


def test_no_phase_differs_from_stamps_by_a_cycle_or_by_1e_5_rad(done_s):
    for artefact in ("uw_phaseuw", "phuw2"):
        mine, stamps = (store.read(artefact) for store in done_s[:2])
        np.testing.assert_allclose(mine.ph_uw, stamps.ph_uw, rtol=0, atol=1e-5)
        # Its divisor counts cells that differ at all, be it by rounding dust; mcf leaves none.
        np.testing.assert_allclose(mine.msd, stamps.msd, rtol=0.15 if done_s[2] == "mcf" else 0.01)


def test_the_costs_of_the_last_interferogram_are_those_of_stamps(done_s):
    ours, theirs, solver = done_s
    if solver == "mcf":
        assert not ours.has("snaphu.costinfile")
        return
    for name in ("snaphu.costinfile", "snaphu.conf"):
        assert ours.file(name).read_bytes() == theirs.file(name).read_bytes()
    for name in ("snaphu.in", "snaphu.out"):
        mine, stamps = (np.fromfile(store.file(name), "<f4") for store in (ours, theirs))
        np.testing.assert_allclose(mine, stamps, atol=2e-5)


def test_the_files_have_stamps_own_classes(done_s):
    for artefact in ("uw_grid", "uw_interp", "uw_space_time", "uw_phaseuw", "phuw2"):
        mine, stamps = (scipy.io.whosmat(store.file(artefact)) for store in done_s[:2])
        assert sorted(mine) == sorted(stamps)


@each_solver
def test_the_merged_patches_of_s2_unwrap_as_in_stamps(whole_reference, tmp_path, solver):
    stamps = whole_reference / "S2" / "stamps"
    store, parms = reference_store(stamps, tmp_path)
    result, _ = unwrap(store, parms, unwrap_solver=solver)
    np.testing.assert_allclose(result.ph_uw, StampsStore(stamps).read("phuw2").ph_uw, rtol=0, atol=1e-5)


@each_solver
def test_a_bowl_of_many_cycles_is_recovered(scene, solver):
    store, phase = scene
    result, _ = unwrap(store, unwrap_solver=solver)
    assert np.abs(phase).max() > 3 * np.pi
    error = result.ph_uw - phase
    error -= np.median(error, axis=0)
    assert (np.abs(error) > np.pi).mean() < 1e-3


def test_both_solvers_agree_on_the_bowl(scene):
    if find_snaphu() is None:
        pytest.skip("needs snaphu")
    flow, snaphu = (unwrap(scene[0], unwrap_solver=solver)[0].ph_uw for solver in ("mcf", "snaphu"))
    np.testing.assert_allclose(flow, snaphu, atol=1e-4)


@pytest.mark.parametrize(
    "parms",
    [
        {"unwrap_la_error_flag": "n"},
        {"unwrap_prefilter_flag": "n"},
        {"unwrap_gold_alpha": 0.3, "unwrap_gold_n_win": 16},
        {"max_topo_err": 50, "unwrap_time_win": 30},
    ],
    ids="-".join,
)
def test_every_option_gives_phase_that_rewraps_to_the_input(scene, parms):
    store, phase = scene
    result, _ = unwrap(store, parms)
    np.testing.assert_allclose(wrap(result.ph_uw - phase), 0, atol=2e-5)
    assert (result.ph_uw[:, 5] == 0).all()


def test_the_phase_of_the_surroundings_leads_to_the_same_result_without_the_uncorrelated_error(scene):
    store, _ = scene
    usual = unwrap(store)[0].ph_uw
    result, _ = unwrap(store, {"unwrap_patch_phase": "y"})
    np.testing.assert_allclose(np.exp(1j * result.ph_uw), store.read("rc2").ph_rc, atol=2e-5)
    ps, pm = store.read("ps2"), store.read("pm2")
    difference = result.ph_uw + np.outer(pm.K_ps, ps.bperp) - usual
    np.testing.assert_allclose(wrap(difference), 0, atol=1e-4)
    assert (np.abs(difference - np.median(difference, axis=0)) < 1).mean() > 0.99


def test_dropped_dates_are_zero_and_the_others_are_unwrapped(scene):
    store, phase = scene
    result, _ = unwrap(store, {"drop_ifg_index": [1, 9]})
    used = np.setdiff1d(np.arange(12), [0, 5, 8])
    assert not result.ph_uw[:, [0, 5, 8]].any()
    assert not result.msd[[0, 5, 8]].any()
    np.testing.assert_allclose(wrap(result.ph_uw - phase)[:, used], 0, atol=2e-5)
    assert store.read("uw_space_time").G.shape == (9, 10)


@pytest.mark.parametrize("master", [0, 11])
def test_the_master_may_be_the_first_or_the_last_date(tmp_path, master):
    store, phase = write_scene(tmp_path, master=master)
    result, _ = unwrap(store)
    np.testing.assert_allclose(wrap(result.ph_uw - phase), 0, atol=2e-5)


def write_feedback(store, n_ps=1500, **fields):
    rng = np.random.default_rng(9)
    values = {
        "K_ps_uw": 0.01 * rng.standard_normal(n_ps),
        "C_ps_uw": 0.2 * rng.standard_normal(n_ps),
        "ph_scla": np.zeros((n_ps, 12)),
        "ph_ramp": rng.uniform(-3, 3, (1, 12)) * np.linspace(0, 1, n_ps)[:, None],
        **fields,
    }
    store.write("scla_smooth2", **values)
    return values


@pytest.mark.parametrize("deramp", ["y", "n"])
def test_a_second_round_takes_out_what_step_7_found_and_puts_it_back(scene, deramp):
    store, phase = scene
    values = write_feedback(store)
    result, context = unwrap(store, {"scla_deramp": deramp})
    np.testing.assert_allclose(wrap(result.ph_uw - phase), 0, atol=3e-5)
    assert any("fed back" in note for note in context.notes)
    bperp = store.read("ps2").bperp
    taken_out = np.outer(values["K_ps_uw"], bperp) + values["C_ps_uw"][:, None]
    if deramp == "y":
        taken_out += values["ph_ramp"]
    slaves = np.delete(np.arange(12), 5)
    np.testing.assert_allclose(
        wrap(np.angle(store.read("uw_grid").ph_in) - (phase - taken_out)[:, slaves]), 0, atol=3e-5
    )


def test_a_wide_look_angle_error_needs_the_second_round(scene):
    store, phase = scene
    xy, bperp = store.read("ps2").xy, store.read("ps2").bperp
    K = 0.3 * np.sin(xy[:, 1] / 60) * np.cos(xy[:, 2] / 60)
    rc = store.read("rc2")
    store.write("rc2", ph_rc=rc.ph_rc * np.exp(1j * np.outer(K, bperp)), ph_reref=rc.ph_reref)

    def share_wrong():
        error = unwrap(store)[0].ph_uw - phase - np.outer(K, bperp)
        error -= np.median(error, axis=0)
        return (np.abs(error) > np.pi).mean()

    first = share_wrong()
    write_feedback(store, K_ps_uw=K, C_ps_uw=np.zeros(1500), ph_ramp=None)
    assert first > 0.05
    assert share_wrong() < 1e-3


def test_feedback_of_other_scatterers_is_deleted_and_noted(scene):
    store, _ = scene
    plain = unwrap(store)[0].ph_uw
    write_feedback(store, n_ps=77)
    result, context = unwrap(store)
    np.testing.assert_array_equal(result.ph_uw, plain)
    assert not store.has("scla_smooth2")
    assert any("77 other scatterers" in note for note in context.notes)


def test_a_full_grid_loses_its_first_edge_only_when_stamps_is_reproduced(scene):
    store, _ = scene
    parms = {"unwrap_grid_size": 110, "unwrap_gold_n_win": 4}
    _, mending = unwrap(store, parms)
    n_mended = store.read("uw_interp").n_edge
    unwrap(store, parms, quirks="reproduce")
    assert store.read("uw_grid").nzix.all()
    assert store.read("uw_interp").n_edge == n_mended - 1
    assert any("first edge" in note for note in mending.notes)


@each_solver
def test_two_scatterers_that_cancel_keep_their_cell(scene, solver):
    store, _ = scene
    unwrap(store, {"unwrap_prefilter_flag": "n"})
    cells = store.read("uw_grid").grid_ij
    lonely = [index for index, cell in enumerate(cells) if (cells == cell).all(axis=1).sum() == 2]
    pair = np.flatnonzero((cells == cells[lonely[0]]).all(axis=1))
    rc, pm = store.read("rc2"), store.read("pm2")
    phase = rc.ph_rc.copy()
    phase[pair[0]], phase[pair[1]] = 1, -1
    store.write("rc2", ph_rc=phase, ph_reref=rc.ph_reref)
    store.write("pm2", **{**pm, "K_ps": np.zeros(len(phase))})
    result, context = unwrap(store, {"unwrap_prefilter_flag": "n"}, unwrap_solver=solver)
    assert np.isfinite(result.ph_uw).all()
    assert any("cancel" in note for note in context.notes)


def test_the_grid_size_that_is_proposed_fits(scene):
    store, _ = scene
    with pytest.raises(DataError, match=r"fewer than the 32.*\n") as caught:
        unwrap(store, {"unwrap_gold_n_win": 32})
    proposed = float(caught.value.remedy.split("=")[1].split()[0])
    unwrap(store, {"unwrap_gold_n_win": 32, "unwrap_grid_size": proposed})
    with pytest.raises(DataError):
        unwrap(store, {"unwrap_gold_n_win": 32, "unwrap_grid_size": proposed + 1})


@pytest.mark.parametrize("value", [0, np.nan])
def test_a_scatterer_without_phase_is_named_with_its_date(scene, value):
    store, _ = scene
    rc = store.read("rc2")
    phase = rc.ph_rc.copy()
    phase[[4, 9], 7] = value
    store.write("rc2", ph_rc=phase, ph_reref=rc.ph_reref)
    with pytest.raises(DataError, match=r"2 of 1500 scatterers have no phase .* on 2018-01-\d\d"):
        unwrap(store)
    unwrap(store, {"drop_ifg_index": [8]})


def test_too_few_dates_are_refused(scene):
    with pytest.raises(DataError, match="only 2 interferograms"):
        unwrap(scene[0], {"drop_ifg_index": list(range(1, 11))})


@pytest.mark.parametrize("dropped", [[0], [13]])
def test_a_dropped_date_that_does_not_exist_is_refused(scene, dropped):
    with pytest.raises(InputError, match=r"1 … 12"):
        unwrap(scene[0], {"drop_ifg_index": dropped})


def test_a_stack_too_large_for_its_files_stops_before_the_work(scene, monkeypatch):
    monkeypatch.setattr(step6_unwrap, "MAX_VARIABLE_BYTES", 100_000)
    store, _ = scene
    with pytest.raises(DataError, match=r"uw_grid\.ph_in would need .* GiB"):
        unwrap(store)
    assert not store.has("uw_grid")


def test_the_choice_of_the_solver_is_noted(scene, monkeypatch):
    store, _ = scene
    if find_snaphu() is not None:
        assert any("snaphu 2" in note for note in unwrap(store, unwrap_solver="auto")[1].notes)
        assert any("(mcf)" in note for note in unwrap(store, unwrap_solver="mcf")[1].notes)
    monkeypatch.setattr(solvers, "find_snaphu", lambda: None)
    assert any("mcf; snaphu is not installed" in note for note in unwrap(store, unwrap_solver="auto")[1].notes)


def test_a_demanded_snaphu_that_is_missing_is_an_error_with_a_remedy(scene, monkeypatch):
    monkeypatch.setattr(solvers, "find_snaphu", lambda: None)
    with pytest.raises(ToolError, match=r"pip install snaphu.*mcf"):
        unwrap(scene[0], unwrap_solver="snaphu")


def test_the_slow_solver_warns_of_a_large_grid(scene, monkeypatch, caplog):
    monkeypatch.setattr(solvers, "COMFORTABLE_CELLS", 10)
    unwrap(scene[0])
    assert any("mcf is slow" in record.message for record in caplog.records)


def fake_snaphu(folder, code):
    path = folder / "fake-snaphu"
    path.write_text(f"#!{sys.executable}\nimport os, signal, sys\nif '-h' in sys.argv: sys.exit(1)\n{code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
        ("print('Out of memory'); sys.exit(1)", "Out of memory"),
        ("open('snaphu.out', 'wb').write(b'1234')", "damaged"),
    ],
    ids=["killed", "failed", "short"],
)
def test_a_failing_snaphu_is_one_error_that_names_the_date(scene, tmp_path, monkeypatch, code, told):
    store, _ = scene
    fake = fake_snaphu(tmp_path, code)
    monkeypatch.setattr(solvers, "find_snaphu", lambda: fake)
    with pytest.raises(ToolError, match="interferogram 2017-11-01 was not unwrapped") as caught:
        unwrap(store, unwrap_solver="snaphu")
    assert told in str(caught.value)
    assert caught.value.remedy
    assert not list(store.path.glob(".unwrap-*"))
    assert not store.has("phuw2")
    assert store.has("snaphu.log")


@needs_snaphu
def test_what_a_killed_run_left_is_cleared_away_and_never_used(scene):
    store, _ = scene
    plain = unwrap(store, unwrap_solver="snaphu")[0].ph_uw
    for folder in (store.path / ".unwrap-3", store.path / ".unwrap-99"):
        folder.mkdir()
        (folder / "snaphu.out").write_bytes(b"stale")
    np.testing.assert_array_equal(unwrap(store, unwrap_solver="snaphu")[0].ph_uw, plain)
    assert not list(store.path.glob(".unwrap-*"))


def test_tasks_can_be_sent_to_other_processes_and_progress_is_told(scene):
    sent = []

    def mapper(function, items):
        for item in items:
            sent.append(pickle.loads(pickle.dumps((function, item))))
        return [function(item) for function, item in sent]

    steps = []
    direct = unwrap(scene[0])[0].ph_uw
    result, _ = unwrap(scene[0], mapper=mapper, progress=lambda done, total: steps.append((done, total)))
    assert len(sent) == 11
    assert steps == [(done, 11) for done in range(12)]
    np.testing.assert_array_equal(result.ph_uw, direct)


def test_the_same_input_gives_the_same_bytes(scene):
    store, _ = scene
    unwrap(store)
    first = {name: store.file(name).read_bytes() for name in ("phuw2", "uw_grid", "uw_space_time")}
    unwrap(store)
    assert {name: store.file(name).read_bytes() for name in first} == first
