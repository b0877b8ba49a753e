"""The engine around StaMPS, with a stand-in of ours that behaves and misbehaves like StaMPS."""

import logging
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stamps_stand_in import HOME, folder_for, mark_processes, options, processes_left, run

from snapstamps.engines.base import RunContext
from snapstamps.engines.choose import create_engine
from snapstamps.engines.octave.engine import OctaveEngine
from snapstamps.engines.octave.script import Surroundings, step_script
from snapstamps.external import octave as installed
from snapstamps.formats.mat import read_mat
from snapstamps.model.errors import InputError, ToolError
from snapstamps.stamps.empty import empty_since, mark_empty
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.steps import STEPS, step_named

pytestmark = pytest.mark.usefixtures("octave_program", "oct2py_package")


class TestAStepThatEndsWell:
    def test_script_log_counts_progress_and_results_are_there(self, tmp_path, caplog):
        heard = []
        context = RunContext(progress=lambda done, total: heard.append((done, total)))
        with caplog.at_level(logging.INFO, logger="snapstamps.engines"):
            store = run("select", tmp_path, "count,write", context=context)
        assert store.has("select1")
        assert heard == [(20, 40)]
        assert "PATCH_1: 12 PS selected initially" in caplog.text
        log = (tmp_path / "logs" / "step3_select_PATCH_1.log").read_text()
        assert "STAMPS: Step 3" in log
        assert log.rstrip().endswith("snapstamps: step 3 select has ended")
        script = (tmp_path / "logs" / "step3_select_PATCH_1.m").read_text()
        assert "stamps(3, 3, 'n', [], [], 1);" in script
        assert f"addpath('{HOME}/matlab');" in script

    def test_nothing_is_left_running_and_no_temporary_file(self, tmp_path, monkeypatch):
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        monkeypatch.setenv("TMPDIR", str(temporary))
        monkeypatch.setattr("tempfile.tempdir", None)
        token = mark_processes()
        run("scn", tmp_path, "write")
        assert processes_left(token) == []
        assert list(temporary.iterdir()) == []

    def test_stand_ins_for_absent_programs_are_noted_where_they_are_used(self, tmp_path, monkeypatch):
        monkeypatch.setattr("snapstamps.external.stand_in_folder.shutil.which", _without("triangle", "snaphu"))
        context = RunContext(unwrap_solver="mcf")
        run("unwrap", tmp_path, "write", context=context)
        assert [note.split()[0] for note in context.notes] == ["triangle", "unwrapping"]
        context = RunContext()
        run("correct", tmp_path, "write", context=context)
        assert context.notes == []

    def test_parameters_are_set_where_they_differ_and_only_there(self, tmp_path):
        store = run("unwrap", tmp_path, "write", unwrap_grid_size=75.5, drop_ifg_index=[2, 5])
        log = (tmp_path / "logs" / "step6_unwrap.log").read_text()
        assert log.count("SETPARM:") == 2
        stored = read_parms(store.file("parms"))
        assert (stored["unwrap_grid_size"], stored["drop_ifg_index"]) == (75.5, [2, 5])

    def test_the_journal_learns_versions_and_a_digest_of_the_files(self, tmp_path):
        version = OctaveEngine(options()).version()
        assert version.startswith("StaMPS 0.0-stand-in (")
        assert "GNU Octave " in version
        assert "compat_fast" in OctaveEngine(options(compat_fast=True)).version()
        edited = tmp_path / "edited"
        edited.mkdir()
        for path in (HOME / "matlab").iterdir():
            (edited / path.name).write_bytes(path.read_bytes() + (b"% edited\n" if path.name == "ps_weed.m" else b""))
        assert installed.find_stamps(edited).digest != installed.find_stamps(HOME).digest

    def test_a_patch_left_without_ps_is_no_error(self, tmp_path):
        store = folder_for(step_named("weed"), tmp_path)
        mark_empty(store, 4)
        run("weed", tmp_path, "nothing")

    def test_a_patch_without_candidates_is_passed_over(self, tmp_path):
        store = folder_for(step_named("load"), tmp_path)
        store.file("pscands.1.ij").touch()
        context = RunContext()
        run("load", tmp_path, "error", context=context)
        assert empty_since(store) == 1
        assert context.notes == ["PATCH_1 has no candidates; it is left out"]

    def test_before_a_merge_all_patches_are_listed_again(self, tmp_path):
        working = folder_for(step_named("merge"), tmp_path)
        working.file("patch.list_old").write_text("PATCH_1\nPATCH_2\nPATCH_3\n")
        run("merge", tmp_path, "list,write")
        assert "LIST PATCH_1\nPATCH_2\nPATCH_3\n" in (tmp_path / "logs" / "step5_merge.log").read_text()

    def test_every_step_has_a_script_that_calls_what_it_should(self, tmp_path):
        around = Surroundings(Path("/opt/StaMPS/matlab"), ())
        calls = [
            line
            for step in STEPS
            for line in step_script(step, tmp_path, {}, around).splitlines()
            if line.startswith("stamps(")
        ]
        assert calls == [
            *(f"stamps({number}, {number}, 'n', [], [], 1);" for number in (1, 2, 3, 4, 5)),
            "stamps(5, 5, 'y', [], 'patch.list', 2);",
            *(f"stamps({number}, {number});" for number in (6, 7, 8)),
        ]


class TestOddNames:
    NAME = 'it\'s a "Größe": x; $HOME `id` %d\\n'

    def test_folders_with_any_letters_work(self, tmp_path):
        root = tmp_path / self.NAME
        store = run("scla", root, "write")
        assert store.has("scla2")
        assert (root / "logs" / "step7_scla.m").is_file()

    def test_step_1_sees_paths_without_blanks_and_its_results_come_home(self, tmp_path):
        root = tmp_path / self.NAME
        export = root / "INSAR_1"
        (export / "diff0").mkdir(parents=True)
        store = run("load", root, "where,write", export=export)
        log = (root / "logs" / "step1_load_PATCH_1.log").read_text()
        listed = log.split("LIST ")[1].splitlines()[:2]
        assert listed[0] == "640"
        assert " " not in listed[1]
        assert listed[1].endswith("/20190101_20190113.diff")
        assert store.has("ps1")
        assert not store.file("ps1").is_symlink()
        assert str(export) in store.parent.file("pscphase.in").read_text()

    def test_step_1_stays_in_its_patch_where_there_are_no_blanks(self, tmp_path):
        store = run("load", tmp_path, "where,write")
        assert f"FOLDER {store.path}\n" in (tmp_path / "logs" / "step1_load_PATCH_1.log").read_text()

    def test_a_colon_in_the_folder_of_stamps_is_refused(self, tmp_path):
        (tmp_path / "a:b").symlink_to(HOME)
        with pytest.raises(InputError, match="symbolic link"):
            installed.find_stamps(tmp_path / "a:b", environment={})


class TestWhatGoesWrong:
    def test_an_error_of_stamps_becomes_ours_with_its_stack_and_a_remedy(self, tmp_path):
        with pytest.raises(ToolError) as caught:
            run("unwrap", tmp_path, "error")
        message = str(caught.value)
        assert message.startswith("StaMPS step 6 (unwrap) in stamps: failed")
        assert "Minimum dimension of the resampled grid (3 pixels) is less than 32" in message
        assert "ps_unwrap at line" in message
        assert "stamps at line" in message
        assert "evalin" not in message
        assert "step6_unwrap.log" in message
        assert "Try: a smaller stamps.parms.unwrap_grid_size" in message
        assert "Minimum dimension" in (tmp_path / "logs" / "step6_unwrap.log").read_text()

    def test_a_stop_for_the_keyboard_is_an_error(self, tmp_path):
        with pytest.raises(ToolError, match="stopped for the keyboard in ps_unwrap"):
            run("gamma", tmp_path, "keyboard")

    def test_silence_is_taken_for_hanging(self, tmp_path):
        token = mark_processes()
        with pytest.raises(ToolError, match=r"printed nothing for 8 s and was stopped(.|\n)*stamps.silence"):
            run("gamma", tmp_path, "hang", silence=8 / 60)
        assert processes_left(token) == []

    def test_too_long_a_step_is_stopped_however_much_it_prints(self, tmp_path):
        token = mark_processes()
        with pytest.raises(ToolError, match=r"did not end within 15 s and was stopped(.|\n)*still at it"):
            run("gamma", tmp_path, "chatter", timeout=15 / 3600)
        assert processes_left(token) == []

    def test_a_killed_octave_is_reported_and_the_step_can_be_done_again(self, tmp_path):
        token = mark_processes()
        with pytest.raises(ToolError, match="octave died while StaMPS was at work"):
            run("unwrap", tmp_path, "half,die")
        assert processes_left(token) == []
        store = run("unwrap", tmp_path, "write")
        assert read_mat(store.file("phuw2"))["one"] == 6

    def test_an_end_without_results_is_not_believed(self, tmp_path):
        store = folder_for(step_named("scn"), tmp_path)
        store.file("scn2").write_bytes(b"of the time before")
        with pytest.raises(ToolError, match="ended without an error, but left no scn2"):
            run("scn", tmp_path, "nothing")

    def test_a_killed_snaphu_is_an_error_and_the_old_result_is_not_read(self, tmp_path, monkeypatch):
        _program(tmp_path / "bin" / "snaphu", "kill -9 $$", monkeypatch)
        store = folder_for(step_named("unwrap"), tmp_path)
        store.file("snaphu.out").write_text("old phase")
        with pytest.raises(ToolError, match=r"snaphu was killed \(signal 9\)(.|\n)*uw_stat_costs|ps_unwrap at line"):
            run("unwrap", tmp_path, "snaphu,write")
        assert not store.file("snaphu.out").exists()
        assert "StaMPS reads" not in (tmp_path / "logs" / "step6_unwrap.log").read_text()

    def test_a_snaphu_that_leaves_nothing_cannot_pass_off_the_old_result(self, tmp_path, monkeypatch):
        _program(tmp_path / "bin" / "snaphu", "exit 0", monkeypatch)
        store = folder_for(step_named("unwrap"), tmp_path)
        store.file("snaphu.out").write_text("old phase")
        with pytest.raises(ToolError, match="fread: invalid stream"):
            run("unwrap", tmp_path, "snaphu,write")

    def test_a_triangle_that_fails_is_an_error(self, tmp_path, monkeypatch):
        _program(tmp_path / "bin" / "triangle", "echo too few points; exit 4", monkeypatch)
        with pytest.raises(ToolError, match=r"triangle failed with exit status 4(.|\n)*too few points"):
            run("scla", tmp_path, "triangle,write")


class TestWhatIsMissing:
    def test_without_stamps_it_is_said_how_to_get_it(self, monkeypatch):
        monkeypatch.delenv("SNAPSTAMPS_STAMPS_HOME", raising=False)
        with pytest.raises(InputError, match=r"StaMPS is not found(.|\n)*SNAPSTAMPS_STAMPS_HOME"):
            create_engine("octave", options(home=None))

    def test_a_home_without_stamps_and_half_of_stamps_are_refused(self, tmp_path):
        with pytest.raises(InputError, match="no StaMPS in the folder"):
            installed.find_stamps(tmp_path, environment={})
        (tmp_path / "stamps.m").write_text("")
        with pytest.raises(InputError, match=r"incomplete(.|\n)*ps_weed.m"):
            installed.find_stamps(tmp_path, environment={})

    def test_the_variable_is_stronger_than_the_option(self, tmp_path):
        found = installed.find_stamps(tmp_path, environment={"SNAPSTAMPS_STAMPS_HOME": str(HOME)})
        assert found.functions == HOME / "matlab"
        assert installed.find_stamps(HOME / "matlab", environment={}).functions == HOME / "matlab"

    def test_without_octave_it_is_said_how_to_get_it(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ToolError, match=r"GNU Octave is not found(.|\n)*apt-get install octave"):
            create_engine("octave", options())

    def test_an_octave_that_cannot_start_is_an_error(self, tmp_path, monkeypatch):
        _program(tmp_path / "bin" / "octave-cli", "echo broken library >&2; exit 127", monkeypatch)
        with pytest.raises(ToolError, match="could not be started through oct2py"):
            run("scn", tmp_path, "write")

    def test_an_unknown_engine_is_refused(self):
        with pytest.raises(InputError, match="no engine 'fortran'"):
            create_engine("fortran")

    @pytest.mark.parametrize(("name", "value"), [("small_baseline_flag", "y"), ("quick_est_gamma_flag", "n")])
    def test_what_stamps_cannot_do_here_is_refused_by_name(self, name, value):
        with pytest.raises(InputError, match=name):
            OctaveEngine(options()).refuse({name: value})
        OctaveEngine(options()).refuse({"scn_kriging_flag": "y", "unwrap_method": "2D"})


class TestMatlab:
    """MATLAB's place is taken by a program that takes its arguments and lets Octave run the script."""

    @pytest.fixture
    def matlab(self, tmp_path, monkeypatch, octave_program):
        code = f'[ "$1" = -batch ] || exit 9\nexec {octave_program} --norc --quiet --eval "$2"'
        _program(tmp_path / "bin" / "matlab", code, monkeypatch)

    @pytest.mark.usefixtures("matlab")
    def test_the_same_script_runs_in_batch_mode(self, tmp_path):
        store = run("scla", tmp_path, "write", interpreter="matlab")
        assert store.has("scla2")
        assert "snapstamps: step 7 scla has ended" in (tmp_path / "logs" / "step7_scla.log").read_text()
        assert "under MATLAB" in OctaveEngine(options(interpreter="matlab")).version()

    @pytest.mark.usefixtures("matlab")
    def test_its_errors_are_ours(self, tmp_path):
        with pytest.raises(ToolError, match=r"StaMPS step 7(.|\n)*Minimum dimension"):
            run("scla", tmp_path, "error", interpreter="matlab")

    @pytest.mark.usefixtures("matlab")
    def test_a_killed_matlab_is_reported(self, tmp_path):
        token = mark_processes()
        with pytest.raises(ToolError, match="matlab died"):
            run("scla", tmp_path, "die", interpreter="matlab")
        assert processes_left(token) == []

    def test_without_matlab_it_is_said(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ToolError, match="MATLAB is not found"):
            OctaveEngine(options(interpreter="matlab"))


class TestPatches:
    def test_two_patches_in_parallel_have_an_octave_each(self, tmp_path):
        with ThreadPoolExecutor(2) as pool:
            stores = list(pool.map(lambda name: run("correct", tmp_path / name, "write"), ("a", "b")))
        assert all(store.has("rc2") for store in stores)


def _without(*names):
    real = shutil.which
    return lambda name: None if name in names else real(name)


def _program(path: Path, code: str, monkeypatch) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{code}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
