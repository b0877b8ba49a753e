"""A whole project: run, change, run again, resume, refuse."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from projects import make_project

from snapstamps.config.project import Project
from snapstamps.formats.atomic import TEMPORARY_MARK
from snapstamps.journal import Journal
from snapstamps.model.errors import DataError, InputError
from snapstamps.pipeline.lock import project_lock
from snapstamps.pipeline.report import SilentReporter
from snapstamps.pipeline.runner import Request, pending_units, project_states, run_project, sync_parms
from snapstamps.pipeline.state import Condition
from snapstamps.pipeline.take_over import take_over
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.steps import STEPS
from snapstamps.stamps.store import StampsStore


def not_done(project: Project) -> list[str]:
    return [state.unit.name for state in project_states(project) if state.condition is not Condition.DONE]


def with_parms(project: Project, **parms: object) -> Project:
    options = project.options
    stamps = options.stamps.model_copy(update={"parms": {**options.stamps.parms, **parms}})
    return dataclasses.replace(project, options=options.model_copy(update={"stamps": stamps}))


def with_stamps(project: Project, **values: object) -> Project:
    stamps = project.options.stamps.model_copy(update=values)
    return dataclasses.replace(project, options=project.options.model_copy(update={"stamps": stamps}))


@pytest.fixture
def done(finished) -> Project:
    """A finished project; its files are new to the clock, but of the same content."""
    return Project.open(finished)


def test_a_finished_project_is_done_even_when_it_was_copied(done):
    assert not_done(done) == []
    assert run_project(done) == []


@pytest.mark.parametrize(
    ("parm", "value", "first"),
    [
        ("clap_alpha", 0.9, "PATCH_1/2_gamma"),
        ("density_rand", 15, "PATCH_1/3_select"),
        ("weed_time_win", 365, "PATCH_1/4_weed"),
        ("merge_resample_size", 10, "5_merge"),
        ("unwrap_time_win", 200, "6_unwrap"),
        ("scla_method", "L1", "7_scla"),
        ("scn_wavelength", 150, "8_scn"),
        ("ref_radius", 500, "7_scla"),
        ("ref_velocity", 1, "export"),
        ("plot_dem_posting", 30, None),
    ],
)
def test_a_parameter_makes_stale_the_steps_that_declare_it_and_what_follows(done, parm, value, first):
    names = [state.unit.name for state in project_states(done)]
    expected = [] if first is None else names[names.index(first) :]
    assert not_done(with_parms(done, **{parm: value})) == expected


def test_every_parameter_of_a_step_makes_that_step_stale(done):
    for step in STEPS:
        for parm in step.parms:
            if parm in {"lambda", "heading"}:
                continue
            changed = with_parms(done, **{parm: "something else"})
            state = next(s for s in project_states(changed) if s.unit.name.endswith(step.key))
            assert state.condition is Condition.STALE, (step.key, parm)
            assert parm in state.reason or state.reason.startswith("follows"), state.reason


def test_changing_a_parameter_and_back_gives_the_same_files(done):
    before = {path.name: path.read_bytes() for path in done.stamps_folder.glob("*.mat")}
    changed = with_parms(done, scn_time_win=30)
    assert [record.unit for record in run_project(changed, Request(last="stamps"))] == ["8_scn"]
    assert (done.stamps_folder / "scn2.mat").read_bytes() != before["scn2.mat"]
    assert [record.unit for record in run_project(done, Request(last="stamps"))] == ["8_scn"]
    assert {path.name: path.read_bytes() for path in done.stamps_folder.glob("*.mat")} == before


def test_two_rounds_differ_from_one_and_a_change_of_the_first_does_both_again(done):
    once = StampsStore(done.stamps_folder).read("scla2", "K_ps_uw").K_ps_uw
    twice = with_stamps(done, rounds=2)
    assert not_done(twice)[:2] == ["6_unwrap@2", "7_scla@2"]
    run_project(twice, Request(last="stamps"))
    assert not np.array_equal(StampsStore(done.stamps_folder).read("scla2", "K_ps_uw").K_ps_uw, once)
    assert not_done(twice) == ["export", "report"]
    assert not_done(with_parms(twice, scla_method="L1"))[0] == "6_unwrap", "its phuw2 was overwritten by round 2"
    run_project(done, Request(last="stamps"))
    assert np.array_equal(StampsStore(done.stamps_folder).read("scla2", "K_ps_uw").K_ps_uw, once)


def test_two_patches_in_two_processes_agree_with_one_process(tiny_scene, tmp_path):
    results = []
    for workers in (1, 2):
        project = make_project(tiny_scene, tmp_path / f"workers{workers}")
        options = project.options.model_copy(
            update={
                "candidates": project.options.candidates.model_copy(update={"patches": (2, 1)}),
                "run": project.options.run.model_copy(update={"workers": workers}),
            }
        )
        project = dataclasses.replace(project, options=options)
        records = run_project(project, Request(last="stamps", steps=(1, 5)))
        assert {record.unit.partition("/")[0] for record in records if "/" in record.unit} == {"PATCH_1", "PATCH_2"}
        results.append({p.name: p.read_bytes() for p in project.stamps_folder.rglob("*.mat")})
    assert results[0] == results[1]


class Dying(SilentReporter):
    """Leaves in a patch what a worker leaves that is killed while it writes, once the run has begun."""

    def __init__(self, patch):
        self.patch = patch

    def started(self, unit, number, total):  # noqa: ARG002 - as the reporter is called
        (self.patch / f".ps1{TEMPORARY_MARK}-killed.mat").write_bytes(b"half")


def test_what_a_killed_worker_left_is_gone_when_its_step_was_done_again(done):
    patch = done.stamps_folder / "PATCH_1"
    run_project(with_parms(done, clap_alpha=0.9), Request(last="stamps", steps=(2, 4)), Dying(patch))
    assert not list(patch.glob(".*"))


def test_a_failing_step_is_journalled_and_the_run_goes_on_behind_the_cure(done):
    broken = with_parms(done, unwrap_grid_size=5000)
    with pytest.raises(DataError, match="unwrapping grid"):
        run_project(broken)
    journal = Journal(done.logs_folder / "journal.jsonl").records()
    assert journal[-1].unit == "6_unwrap"
    assert journal[-1].outcome == "failed"
    assert "unwrap_grid_size" in journal[-1].error
    assert not_done(done) == ["7_scla", "8_scn", "export", "report"], (
        "what step 6 deleted before it failed is made again"
    )


def test_a_stage_asked_for_alone_needs_what_comes_before(done):
    changed = with_parms(done, density_rand=3)
    with pytest.raises(InputError, match=r"export needs 8_scn, which is stale"):
        run_project(changed, Request(first="export"))


def test_redo_does_again_what_is_asked_for_and_only_that(done):
    request = Request(first="stamps", last="stamps", steps=(7, 8), redo=True)
    assert [s.unit.name for s in pending_units(project_states(done), request)] == ["7_scla", "8_scn"]
    assert [record.unit for record in run_project(done, request)] == ["7_scla", "8_scn"]
    assert not_done(done) == []


def test_refused_parameters_stop_before_any_work(done):
    with pytest.raises(InputError, match="scn_kriging_flag"):
        run_project(with_parms(done, scn_kriging_flag="y"))
    assert not_done(done) == []


def test_only_one_run_at_a_time(done):
    with project_lock(done.logs_folder), pytest.raises(InputError, match="another run"):
        run_project(done)


def test_a_changed_header_of_the_export_makes_everything_stale(done):
    base = next(done.export_folder.glob("diff0/*.base"))
    base.write_text(base.read_text().replace("0.0000000", "0.0000001", 1))
    assert not_done(done)[0] == "check"
    assert "export" in not_done(done)


def test_a_new_date_makes_the_gate_and_all_that_follows_stale(done):
    diff = next(done.export_folder.glob("diff0/*.diff"))
    shutil.copyfile(diff, diff.with_name(diff.name[:9] + "20301231.diff"))
    states = project_states(done)
    assert states[0].condition is Condition.STALE
    assert "is new" in states[0].reason


def test_missing_candidates_are_made_again(done):
    (done.stamps_folder / "patch.list").unlink()
    shutil.rmtree(done.stamps_folder / "PATCH_1")
    assert "candidates" in not_done(done)


def test_candidates_done_again_in_a_finished_project_end_the_work_and_keep_what_the_headers_told(done):
    candidates = done.options.candidates.model_copy(update={"amplitude_dispersion": 0.39})
    changed = dataclasses.replace(done, options=done.options.model_copy(update={"candidates": candidates}))
    run_project(changed)
    assert not_done(changed) == []
    run_project(changed, Request(first="candidates", last="candidates", redo=True))
    assert read_parms(done.stamps_folder / "parms.mat")["lambda"] == pytest.approx(0.0555, abs=1e-4)


def test_a_finished_stamps_folder_is_taken_over_and_only_exported(done, tmp_path):
    area = tmp_path / "other"
    area.mkdir()
    shutil.copytree(done.stamps_folder, area / "stamps")
    text = (done.folder / "snapstamps.toml").read_text()
    (area / "snapstamps.toml").write_text(text)
    project = Project.open(area)
    names = take_over(project)
    assert names[-1] == "8_scn"
    assert not_done(project) == ["export", "report"]
    run_project(project)
    assert json.loads(json.dumps(not_done(project))) == []
    assert not_done(with_parms(project, unwrap_time_win=50))[0] == "6_unwrap"


def test_half_a_stamps_folder_is_taken_over_up_to_its_last_good_step(done, tmp_path):
    area = tmp_path / "other"
    area.mkdir()
    shutil.copytree(done.stamps_folder, area / "stamps")
    store = StampsStore(area / "stamps")
    store.delete("scla2", "scla_smooth2", "scn2")
    shape = store.read("phuw2").ph_uw.shape
    store.write("phuw2", ph_uw=np.zeros(shape), msd=np.zeros(shape[1]))
    (area / "snapstamps.toml").write_text((done.folder / "snapstamps.toml").read_text())
    project = Project.open(area)
    take_over(project)
    assert not_done(project) == ["6_unwrap", "7_scla", "8_scn", "export", "report"], (
        "zeros in phuw2 are the merge's placeholder"
    )


def test_a_merged_folder_without_its_patches_can_be_taken_over(done, tmp_path):
    area = tmp_path / "other"
    area.mkdir()
    shutil.copytree(done.stamps_folder, area / "stamps", ignore=shutil.ignore_patterns("PATCH_*"))
    (area / "snapstamps.toml").write_text((done.folder / "snapstamps.toml").read_text())
    project = Project.open(area)
    take_over(project)
    assert not_done(project) == ["export", "report"]


def test_parms_mat_follows_the_configuration_and_keeps_what_the_data_told(done):
    store = StampsStore(done.stamps_folder)
    before = read_parms(store.path / "parms.mat")
    sync_parms(store, with_parms(done, density_rand=7).parms)
    after = read_parms(store.path / "parms.mat")
    assert after["density_rand"] == 7
    assert {name for name in before if before[name] != after[name]} == {"density_rand"}
    assert after["lambda"] > 0.05
