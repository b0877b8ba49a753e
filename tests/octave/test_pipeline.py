"""Projects on the engine octave: runs that fail go on from there, half files are not believed, engines take turns."""

import json
import shutil
from pathlib import Path

import pytest
from stamps_stand_in import HOME

from snapstamps.config.project import Project
from snapstamps.model.errors import DataError, ToolError
from snapstamps.pipeline.comparison import compare_runs
from snapstamps.pipeline.runner import Request, run_project
from snapstamps.stamps.steps import STEPS, Scope

pytestmark = pytest.mark.usefixtures("octave_program", "oct2py_package")


@pytest.fixture
def results(tiny_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the native engine has made of the tiny scene, for the stand-in to take."""
    folder = tmp_path / "results"
    for step in STEPS:
        place = tiny_project / "stamps" / ("PATCH_1" if step.scope is Scope.PATCH else ".")
        target = folder / f"{step.number}_{'PATCH_1' if step.scope is Scope.PATCH else 'stamps'}"
        target.mkdir(parents=True)
        for name in step.writes:
            shutil.copyfile(place / f"{name}.mat", target / f"{name}.mat")
    monkeypatch.setenv("SNAPSTAMPS_TEST_RESULTS", str(folder))


@pytest.fixture
def project(tiny_project: Path, tmp_path: Path) -> Project:
    """A project up to its candidates, whose steps are left to the stand-in."""
    folder = tmp_path / "project"
    shutil.copytree(tiny_project, folder, symlinks=True)
    for path in (folder / "stamps").rglob("*.mat"):
        if path.name not in {"parms.mat", "no_ps_info.mat"}:
            path.unlink()
    journal = folder / "logs" / "journal.jsonl"
    kept = [line for line in journal.read_text().splitlines() if json.loads(line)["unit"] in {"check", "candidates"}]
    journal.write_text("\n".join(kept) + "\n")
    (folder / "stamps" / "patch.list").write_text("PATCH_1\n")
    options = {"stamps.engine": "octave", "stamps.home": str(HOME), "run.workers": "1"}
    return Project.open(folder, overrides=options, environment={})


STEPS_ONLY = Request(first="stamps", last="stamps")


@pytest.mark.usefixtures("results")
def test_a_run_that_fails_goes_on_where_it_failed_and_comes_to_the_same_results(project, tiny_project, monkeypatch):
    monkeypatch.setenv("SNAPSTAMPS_TEST_DOES", "fail at 4,take")
    with pytest.raises(
        ToolError, match=r"step 4 \(weed\) in PATCH_1: failed(.|\n)*out of memory(.|\n)*smaller patches"
    ):
        run_project(project, STEPS_ONLY)
    monkeypatch.setenv("SNAPSTAMPS_TEST_DOES", "take,half at 6")
    with pytest.raises(DataError, match=r"phuw2\.mat cannot be read"):
        run_project(project, STEPS_ONLY)
    monkeypatch.setenv("SNAPSTAMPS_TEST_DOES", "take")
    done = run_project(project, STEPS_ONLY)
    assert [record.unit for record in done] == ["6_unwrap", "7_scla", "8_scn"]
    assert done[0].engine == "octave"
    assert done[0].versions["octave"].startswith("StaMPS 0.0-stand-in (")
    assert (project.logs_folder / "step6_unwrap.m").is_file()
    assert all(row.same for row in compare_runs(project.folder, tiny_project))
    assert run_project(project, STEPS_ONLY) == []


@pytest.mark.usefixtures("results")
def test_any_step_may_be_done_by_either_engine(project, tiny_project, monkeypatch):
    monkeypatch.setenv("SNAPSTAMPS_TEST_DOES", "take")
    for steps, engine in (((1, 2), "octave"), ((3, 4), "native"), ((5, 6), "octave"), ((7, 8), "native")):
        done = run_project(project, Request(first="stamps", last="stamps", steps=steps, engine=engine))
        assert {record.engine for record in done} == {engine}
    assert all(row.same for row in compare_runs(project.folder, tiny_project))
