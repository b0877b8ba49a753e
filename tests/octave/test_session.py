"""The session for teaching, and the prompt: StaMPS's values as arrays, and StaMPS at hand."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import typer
from stamps_stand_in import HOME, folder_for, mark_processes, processes_left
from typer.testing import CliRunner

from snapstamps.cli.shell import shell
from snapstamps.config.load import resolve
from snapstamps.engines.octave import session
from snapstamps.engines.octave.prompt import open_prompt
from snapstamps.formats.mat import write_mat
from snapstamps.model.errors import InputError, ToolError
from snapstamps.pipeline.create import create_project
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.steps import step_named

pytestmark = pytest.mark.usefixtures("octave_program", "oct2py_package")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A working folder of an odd name, with parameters."""
    return folder_for(step_named("scn"), tmp_path / "it's Größe; 1:2").path


def test_parameters_and_values_come_as_numbers_text_and_arrays(folder):
    write_mat(folder / "ps_plot_v-do.mat", {"ph_disp": np.array([[1.5], [-2.0]])})
    token = mark_processes()
    with session(folder, home=HOME) as stamps:
        assert stamps.getparm("unwrap_grid_size") == 200
        assert stamps.getparm("unwrap_method") == "3D"
        assert stamps.getparm("drop_ifg_index").size == 0
        stamps.setparm("unwrap_grid_size", 80)
        stamps.setparm("drop_ifg_index", [2, 5])
        stamps.setparm("ref_lon", [float("-inf"), float("inf")])
        assert stamps.getparm("unwrap_grid_size") == 80
        assert np.ravel(stamps.getparm("drop_ifg_index")).tolist() == [2, 5]
        assert stamps.eval("disp(1 + 1)").strip() == "2"
        assert stamps.eval("printf('%s', pwd())") == str(folder)
        stamps.eval("function ps_plot(what, draw), assert(draw, -1), end\nfunction ps_info(), disp('20 dates'), end")
        assert stamps.ps_plot("v-do").tolist() == [1.5, -2.0]
        assert stamps.ps_info() == "20 dates"
        with pytest.raises(ToolError, match="undefined"):
            stamps.eval("no_such_function(1)")
        with pytest.raises(InputError, match="no parameter 'unwrap'"):
            stamps.getparm("unwrap")
        assert "compat/save.m" in stamps.eval("which save")
        assert "triangle" in stamps.eval("system('which triangle');") or shutil.which("triangle") is None
    assert read_parms(folder / "parms.mat")["unwrap_grid_size"] == 80
    assert processes_left(token) == []
    assert not (folder / "octave-workspace").exists()


def test_without_a_folder_or_stamps_there_is_no_session(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="no such folder"), session(tmp_path / "nowhere", home=HOME):
        pass
    monkeypatch.delenv("SNAPSTAMPS_STAMPS_HOME", raising=False)
    with pytest.raises(InputError, match="StaMPS is not found"), session(tmp_path):
        pass


def test_the_prompt_stands_in_the_folder_with_everything_at_hand(folder, capfd):
    code = "printf('%s|%s|%s\\n', pwd(), which('save'), which('stamps')); system('which snaphu triangle');"
    assert open_prompt(folder, home=HOME, fast=True, commands=code) == 0
    said = capfd.readouterr().out
    assert f"{folder}|" in said
    assert "compat/save.m" in said
    assert "stand_in_stamps/matlab/stamps.m" in said
    assert said.splitlines()[-2].endswith("/snaphu")
    assert said.splitlines()[-1].endswith("/triangle")


def test_the_prompt_passes_its_status_on(folder):
    assert open_prompt(folder, home=HOME, fast=False, commands="exit(3)") == 3


class TestCommand:
    app = typer.Typer()
    app.command()(shell)

    def call(self, *words: str) -> int:
        done = CliRunner().invoke(self.app, words)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code

    def test_it_opens_in_the_stamps_folder_of_the_project(self, tmp_path, capfd):
        project = create_project(tmp_path, resolve({"stamps": {"home": str(HOME)}}, environment={}).options)
        project.stamps_folder.mkdir()
        assert self.call("-C", str(tmp_path), "--eval", "disp(pwd())") == 0
        assert capfd.readouterr().out.strip() == str(project.stamps_folder)

    def test_any_working_folder_will_do(self, folder, tmp_path, monkeypatch, capfd):
        monkeypatch.setenv("SNAPSTAMPS_STAMPS_HOME", str(HOME))
        assert self.call("-C", str(tmp_path), "--folder", str(folder), "--eval", "disp(pwd())") == 0
        assert capfd.readouterr().out.strip() == str(folder)

    def test_without_a_project_it_asks_for_one(self, tmp_path):
        with pytest.raises(InputError, match="no project"):
            self.call("-C", str(tmp_path))
