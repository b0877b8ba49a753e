"""From Sentinel-1 scenes to velocities with a stand-in of gpt; new dates, kills, take-over, pairs that fail."""

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas
import pyogrio
import pytest
from fakes.safe import write_orbit_file, write_safe
from scene_projects import make_scene_project, opened
from snap_worlds import SnapWorld, make_world, small_spec
from typer.testing import CliRunner

from snapstamps.cli.main import app
from snapstamps.journal import Journal
from snapstamps.model.errors import DataError, ToolError
from snapstamps.pipeline.origins import preparation_of, scene_facts
from snapstamps.pipeline.runner import Request, project_states, run_project
from snapstamps.pipeline.snap_preview import preview
from snapstamps.pipeline.state import Condition
from snapstamps.results.report.timeline import timeline
from snapstamps.simulate.presets import preset
from snapstamps.snap.gate import check_export
from snapstamps.snap.prepare_plan import read_plan

PREPARE = Request(first="prepare", last="prepare")
NASTY = 'it\'s $(touch x) & "é" <b>; * ünï'
"""A folder's name that would do harm in a shell, in XML, or in a graph of gpt."""


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> SnapWorld:
    """Four small dates; their folder's name is part of what is proven."""
    return make_world(tmp_path_factory.mktemp("world") / NASTY, small_spec(n_dates=4), with_pixels=True)


@pytest.fixture(scope="module")
def prepared(world, tmp_path_factory) -> Path:
    """A project whose export is made, in a folder of a nasty name. Do not change it."""
    project = make_scene_project(world, tmp_path_factory.mktemp("prepared") / NASTY)
    run_project(project, PREPARE)
    return project.folder


@pytest.fixture
def area(prepared, tmp_path) -> Path:
    """A copy of it."""
    folder = tmp_path / "area"
    shutil.copytree(prepared, folder, copy_function=shutil.copy2)
    return folder


project_in = opened


def pending(project) -> list[str]:
    return [state.unit.name for state in project_states(project) if state.condition is not Condition.DONE]


def units(records) -> list[str]:
    return [record.unit for record in records]


def last_records(project) -> dict:
    return Journal(project.logs_folder / "journal.jsonl").last_done()


def test_how_snap_prepared_the_stack_is_known(prepared):
    project = project_in(prepared)
    found = preparation_of(project)
    assert found.snap.startswith("SNAP 1")
    assert found.elevation_model == project.options.scenes.dem
    assert found.orbits == {"POEORB": 4}
    assert found.orbit_files() == "precise orbits"
    assert list(found.bursts) == ["IW2"]
    assert {facts.orbit_kind for facts in scene_facts(project).values()} == {"POEORB"}
    stages = timeline(list(last_records(project).values()))
    assert [(stage.key, stage.units) for stage in stages] == [
        ("prepare", 1),
        ("split", 4),
        ("coregister", 3),
        ("stamps_export", 3),
    ]


def test_six_scenes_become_velocities_in_one_run(tmp_path):
    spec = preset("tiny").model_copy(update={"n_dates": 6, "n_lines": 130, "n_samples": 400})
    world = make_world(tmp_path / "world", spec, with_pixels=True)
    project = make_scene_project(world, tmp_path / "area", parms={"unwrap_grid_size": 40})
    records = run_project(project)
    assert records[0].unit == "prepare/plan"
    assert sum(record.unit.startswith("stamps_export/") for record in records) == 5
    table = geopandas.read_file(project.products_folder / "velocity.gpkg", layer="ps")
    assert len(table) > 100
    assert pending(project) == []
    dates = pyogrio.read_dataframe(project.products_folder / "velocity.gpkg", layer="acquisitions")
    assert dates["product"].str.fullmatch(r"S1A_IW_SLC__1S\w+").all()
    assert [name[17:25] for name in dates["product"]] == dates["date"].str.replace("-", "").tolist()
    assert set(dates["orbit_kind"]) == {"POEORB"}
    aoi = geopandas.read_file(project.products_folder / "velocity.gpkg", layer="aoi")
    assert aoi["description"].tolist() == ["area of interest of the project"]
    signs = json.loads((project.logs_folder / "baselines.json").read_text())
    assert signs["verdict"] == "flipped"
    assert len(list(project.export_folder.glob("diff0/*.base.orig"))) == 5
    page = (project.products_folder / "report.html").read_text()
    assert "It was corrected; baselines would have been wrong by up to" in page
    assert len(re.findall(r"<td>corrected</td>", page)) == 5
    assert not (project.folder / ".snap-work").exists() or not list((project.folder / ".snap-work").glob("*/*"))


def test_the_export_passes_the_gate_and_nothing_is_left_to_do(prepared):
    project = project_in(prepared)
    assert pending(project) == ["check", "candidates"]
    assert check_export(project.export_folder).errors == ()
    assert (prepared / "slave").is_dir()
    assert run_project(project, PREPARE) == []


def test_the_commands_of_a_dry_run_are_safe_to_paste_into_a_shell(prepared, tmp_path):
    project = project_in(prepared)
    seen = preview(project, Request(first="prepare", last="prepare", redo=True))
    assert len(seen.runs) == 4 + 3 + 3
    for one in seen.runs:
        line = f"printf '%s\\0' {shlex.join((str(one.folder), *one.words))}"
        told = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        assert told.split("\0")[:-1] == [str(one.folder), *one.words]
    assert NASTY in str(seen.runs[0].folder)
    assert not list(tmp_path.iterdir())


def test_a_new_scene_gives_only_its_own_split_pair_and_export(area, world, tmp_path):
    scenes = tmp_path / "scenes"
    shutil.copytree(world.folder / "scenes", scenes)
    plan = read_plan(area / "prepare.json")
    newest = max(scenes.iterdir())
    shutil.move(newest, tmp_path / newest.name)
    project = project_in(area, scenes__folder=str(scenes))
    shutil.rmtree(area / "logs")
    for name in ("INSAR_20190129", "slave", "master", "coregistered", "interferograms"):
        shutil.rmtree(area / name, ignore_errors=True)
    (area / "prepare.json").unlink()
    assert len([name for name in units(run_project(project, PREPARE)) if name.startswith("split/")]) == 3
    shutil.move(tmp_path / newest.name, newest)
    day = f"{plan.dates[-1].day:%Y%m%d}"
    pair = f"{plan.master:%Y%m%d}_{day}"
    done = units(run_project(project, PREPARE))
    assert done == ["prepare/plan", f"split/{day}", f"coregister/{pair}", f"stamps_export/{pair}"]
    assert read_plan(area / "prepare.json").master == plan.master


def test_a_changed_choice_makes_the_pairs_anew_and_not_the_splits(area):
    project = project_in(area, snap__coherence=False)
    names = pending(project)
    assert not [name for name in names if name.startswith("split/")]
    assert len([name for name in names if name.startswith("coregister/")]) == 3


@pytest.mark.parametrize(
    ("keep", "gone"),
    [pytest.param("pairs", ["slave"], marks=pytest.mark.slow), ("export", ["slave", "coregistered"])],
)
def test_what_has_served_is_deleted_and_not_missed(world, tmp_path, keep, gone):
    project = make_scene_project(world, tmp_path / "area", snap__keep=keep)
    run_project(project, PREPARE)
    for name in ("master", "slave", "coregistered", "interferograms"):
        products = list((project.folder / name).glob("*.dim"))
        expected = 0 if name in gone or (name == "interferograms" and keep == "export") else None
        assert (len(products) == 0) == (expected == 0), name
    assert pending(project) == ["check", "candidates"]
    # an export that is lost is made again, with all that it needs
    pair = "20190129_20190105"
    (project.export_folder / f"diff0/{pair}.diff").unlink()
    redone = units(run_project(project, PREPARE))
    wanted = [f"stamps_export/{pair}"]
    if keep == "export":
        wanted = ["split/20190105", f"coregister/{pair}", *wanted]
    assert redone == wanted


@pytest.mark.slow
def test_a_bad_pair_stops_the_run_and_what_was_done_before_is_kept(world, tmp_path, monkeypatch):
    project = make_scene_project(world, tmp_path / "area")
    monkeypatch.setenv("FAKE_GPT_FAIL", "silent_empty_slave")
    monkeypatch.setenv("FAKE_GPT_FAIL_WHERE", "coregister_20190129_20190117")
    with pytest.raises(DataError, match="the slave's image is 100 % zero"):
        run_project(project, PREPARE)
    done = last_records(project)
    assert "stamps_export/20190129_20190105" in done
    assert "split/20190117" in done
    assert "coregister/20190129_20190117" not in done
    monkeypatch.delenv("FAKE_GPT_FAIL")
    assert units(run_project(project, PREPARE))[0] == "coregister/20190129_20190117"


def test_a_bad_pair_may_be_left_out_and_tried_again(world, tmp_path, monkeypatch):
    project = make_scene_project(world, tmp_path / "area", snap__on_error="skip", snap__least_pairs=2)
    monkeypatch.setenv("FAKE_GPT_FAIL", "silent_empty_slave")
    monkeypatch.setenv("FAKE_GPT_FAIL_WHERE", "coregister_20190129_20190117")
    run_project(project, PREPARE)
    done = last_records(project)
    assert done["coregister/20190129_20190117"].engine == "left out"
    assert "100 % zero" in done["coregister/20190129_20190117"].notes[0]
    assert done["stamps_export/20190129_20190117"].engine == "left out"
    assert {path.name for path in project.export_folder.glob("diff0/*.diff")} == {
        "20190129_20190105.diff",
        "20190129_20190210.diff",
    }
    assert pending(project) == ["check", "candidates"], "a pair that was left out holds nothing up"
    shown = CliRunner().invoke(app, ["status", "-C", str(project.folder)]).output
    assert "- coregister/20190129_20190117" in shown
    assert "left out: 20190129_20190117.dim is not what it should be" in shown
    monkeypatch.delenv("FAKE_GPT_FAIL")
    assert run_project(project, PREPARE) == []
    again = units(run_project(project, Request(first="prepare", last="prepare", retries=True)))
    assert again == ["coregister/20190129_20190117", "stamps_export/20190129_20190117"]


@pytest.mark.slow
def test_too_few_pairs_and_faults_of_the_machine_are_not_passed_over(world, tmp_path, monkeypatch):
    project = make_scene_project(world, tmp_path / "area", snap__on_error="skip", snap__least_pairs=3)
    monkeypatch.setenv("FAKE_GPT_FAIL", "silent_empty_slave")
    monkeypatch.setenv("FAKE_GPT_FAIL_WHERE", "coregister_")
    with pytest.raises(DataError, match="only 2 of 3 pairs can be prepared, at least 3 must remain"):
        run_project(project, PREPARE)
    monkeypatch.setenv("FAKE_GPT_FAIL", "disk_full")
    with pytest.raises(ToolError, match="disk"):
        run_project(project, PREPARE)


def test_sound_products_of_others_are_taken_over_and_unsound_ones_made_anew(area):
    shutil.rmtree(area / "logs")
    shutil.rmtree(area / "INSAR_20190129")
    shutil.rmtree(area / "slave")
    for raster in (area / "coregistered/20190129_20190117.data").glob("?_*slv1*.img"):
        raster.write_bytes(bytes(raster.stat().st_size))
    project = project_in(area)
    records = {r.unit: r for r in run_project(project, Request(first="prepare", last="prepare", takes_over=True))}
    engines = {name: record.engine for name, record in records.items() if name.startswith("coregister/")}
    assert engines == {
        "coregister/20190129_20190105": "taken over",
        "coregister/20190129_20190117": "snap",
        "coregister/20190129_20190210": "taken over",
    }
    assert len(list((area / "INSAR_20190129/diff0").glob("*.diff"))) == 3
    assert pending(project) == ["check", "candidates"]


@pytest.mark.slow
def test_a_preparation_killed_in_the_middle_goes_on_and_comes_to_the_same_export(world, prepared, tmp_path):
    project = make_scene_project(world, tmp_path / "area")
    words = [sys.executable, "-m", "snapstamps.cli.main", "--quiet", "prepare", "-C", str(project.folder)]
    process = subprocess.Popen(words)
    wanted = project.folder / "coregistered/20190129_20190105.dim"
    end = time.monotonic() + 60
    while not wanted.exists() and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = set(last_records(project))
    assert before
    records = run_project(project, PREPARE)
    assert not before & set(units(records)), "what was done is not done again"
    for name in ("rslc", "diff0", "geo"):
        for path in sorted((prepared / "INSAR_20190129" / name).iterdir()):
            other = project.export_folder / name / path.name
            assert other.read_bytes() == path.read_bytes(), path.name


def test_several_sub_swaths_are_merged_and_two_pairs_go_side_by_side(tmp_path):
    world = make_world(tmp_path / "w", scene_in=("IW2", "IW3"), with_pixels=True)
    project = make_scene_project(world, tmp_path / "area", snap__workers=2, snap__keep="pairs")
    names = units(run_project(project, PREPARE))
    assert sum(name.startswith("merge/") for name in names) == 2
    assert sum(name.startswith("coregister/") for name in names) == 4
    assert check_export(project.export_folder).errors == ()
    assert [path.name for path in sorted((project.folder / "coregistered").glob("*.dim"))] == [
        "20190117_20190105.dim",
        "20190117_20190129.dim",
    ]
    assert pending(project) == ["check", "candidates"]


def test_a_date_without_all_bursts_stops_the_plan_or_is_left_out(world, tmp_path):
    scenes = tmp_path / "scenes"
    shutil.copytree(world.folder / "scenes", scenes)
    day = world.spec.days[0]
    shutil.rmtree(next(scenes.glob(f"*{day:%Y%m%d}T*")))
    write_safe(scenes, world.spec, day, layout=world.layout, bursts=range(2))
    write_orbit_file(world.snap.auxdata, world.spec, day)
    with_images = next(scenes.glob(f"*{world.spec.days[1]:%Y%m%d}T*")) / "measurement"
    for image in with_images.glob("*-iw1-*"):
        image.unlink()  # a sub-swath that is not needed
    with pytest.raises(DataError, match="must be mended first"):
        run_project(make_scene_project(world, tmp_path / "a", scenes__folder=str(scenes)), PREPARE)
    project = make_scene_project(world, tmp_path / "b", scenes__folder=str(scenes), snap__on_error="skip")
    run_project(project, Request(first="prepare", last="prepare", snap_stages=("split", "split")))
    assert len(read_plan(project.folder / "prepare.json").dates) == 3
    assert any("left out" in note for note in last_records(project)["prepare/plan"].notes)
