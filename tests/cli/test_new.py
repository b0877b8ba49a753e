"""``snapstamps new`` makes a project folder, and never harms one."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import typer
from typer.testing import CliRunner

from snapstamps.cli.new import new
from snapstamps.config.project import Project
from snapstamps.model.errors import DataError, InputError
from snapstamps.stamps.parms import defaults, read_parms, write_parms

app = typer.Typer()
app.command()(new)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder: empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def export(here):
    """A folder that looks like an export."""
    for name in ("rslc", "diff0", "geo", "dem"):
        (here / "INSAR_20190505" / name).mkdir(parents=True)
    return here / "INSAR_20190505"


@pytest.fixture
def stamps(here):
    """A StaMPS working folder with a few parameters set."""
    folder = here / "old"
    (folder / "PATCH_1").mkdir(parents=True)
    (folder / "processor.txt").write_text("snap\n")
    measured = {"Created": "01-Jan-2020", "lambda": 0.0555, "heading": 348.0, "platform": "S1"}
    write_parms(folder / "parms.mat", {**defaults(), **measured, "unwrap_grid_size": 70, "scla_deramp": "y"})
    return folder


def run(*words: object) -> str:
    """Run the command; return what it prints, or raise what it raises."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def opened(folder: Path) -> Project:
    return Project.open(folder, environment={})


def test_a_new_project_has_the_defaults_and_says_what_comes_next(here):
    output = run("area")
    assert opened(here / "area").options.stamps.parms == {}
    assert "snapstamps check -C area, snapstamps run -C area" in output


def test_the_current_folder_is_the_default(here):
    assert "next: snapstamps check, snapstamps run" in run()
    assert (here / "snapstamps.toml").is_file()


def test_a_project_is_never_overwritten(here):
    run("area")
    before = (here / "area" / "snapstamps.toml").read_bytes()
    with pytest.raises(InputError, match="not overwritten"):
        run("area", "--name", "other")
    assert (here / "area" / "snapstamps.toml").read_bytes() == before


def test_an_export_inside_the_project_is_stored_relative_and_another_absolute(here, export):
    run(".", "--from-export", export)
    assert opened(here).options.stamps_export.folder == Path("INSAR_20190505")
    run("area", "--from-export", "INSAR_20190505")
    assert opened(here / "area").options.stamps_export.folder == export
    assert opened(here / "area").export_folder == export


def test_a_folder_that_is_no_export_is_refused_with_what_is_missing(here, export):
    shutil.rmtree(export / "geo")
    with pytest.raises(InputError, match="missing: geo"):
        run("area", "--from-export", export)
    with pytest.raises(InputError, match="no such folder"):
        run("area", "--from-export", here / "gone")
    assert not (here / "area").exists()


def test_settings_and_the_name_are_written(here):
    run("area", "--name", 'Thái "N"', "--set", "unwrap_grid_size=100", "--set", "candidates.patches=[1, 2]")
    options = opened(here / "area").options
    assert options.project.name == 'Thái "N"'
    assert options.stamps.parms == {"unwrap_grid_size": 100.0}
    assert options.candidates.patches == (1, 2)


@pytest.mark.parametrize("word", ["unwrap_grid_size", "=3", "unwrap_gridsize=3", "stamps.engine=fast", "lambda=0.05"])
def test_wrong_settings_are_refused_before_anything_is_written(here, word):
    with pytest.raises(InputError):
        run("area", "--set", word)
    assert not (here / "area").exists()


def test_the_environment_does_not_slip_into_the_file(here, monkeypatch):
    monkeypatch.setenv("SNAPSTAMPS_RUN__WORKERS", "3")
    run("area")
    assert opened(here / "area").options.run.workers == 0


def test_a_stamps_folder_is_taken_over_with_what_differs_from_the_defaults(here, stamps):
    before = (stamps / "parms.mat").read_bytes()
    output = run("area", "--from-stamps", stamps)
    project = opened(here / "area")
    assert project.stamps_folder == stamps
    assert project.options.stamps.parms == {"unwrap_grid_size": 70.0, "scla_deramp": "y"}
    assert "from parms.mat: unwrap_grid_size = 70" in output
    assert (stamps / "parms.mat").read_bytes() == before


def test_settings_go_before_what_parms_mat_holds(here, stamps):
    run("area", "--from-stamps", stamps, "--set", "unwrap_grid_size=90")
    assert opened(here / "area").parms["unwrap_grid_size"] == 90


def test_a_project_may_lie_in_the_stamps_folder_itself(stamps):
    run(stamps, "--from-stamps", stamps)
    assert opened(stamps).options.stamps.folder == Path()
    assert opened(stamps).stamps_folder == stamps


def test_the_reference_folder_of_real_stamps_is_taken_over(here, reference_s):
    run("area", "--from-stamps", reference_s / "stamps")
    assert opened(here / "area").options.stamps.parms == {
        "unwrap_grid_size": 70.0,
        "unwrap_time_win": 180.0,
        "scla_deramp": "y",
        "scn_time_win": 50.0,
    }


@pytest.mark.parametrize("witness", ["patch.list", "ps2.mat"])
def test_a_stamps_folder_is_known_by_its_patches_its_list_or_its_result(here, stamps, witness):
    (stamps / "PATCH_1").rmdir()
    with pytest.raises(InputError, match="not a StaMPS working folder"):
        run("area", "--from-stamps", stamps)
    (stamps / witness).touch()
    run("area", "--from-stamps", stamps)


def test_a_folder_of_another_processor_is_refused(here, stamps):
    (stamps / "processor.txt").write_text("doris\n")
    with pytest.raises(InputError, match="'doris'"):
        run("area", "--from-stamps", stamps)


def test_without_processor_txt_parms_mat_says_who_made_the_interferograms(here, stamps):
    (stamps / "processor.txt").unlink()
    run("area", "--from-stamps", stamps)
    (stamps / "parms.mat").unlink()
    with pytest.raises(InputError, match="nothing says"):
        run("other", "--from-stamps", stamps)


def test_without_parms_mat_the_defaults_hold(here, stamps):
    (stamps / "parms.mat").unlink()
    run("area", "--from-stamps", stamps)
    assert opened(here / "area").options.stamps.parms == {}


def test_what_is_not_taken_over_is_said(here, stamps):
    write_parms(stamps / "parms.mat", {**read_parms(stamps / "parms.mat"), "weed_alpha": 3.0})
    scipy.io.savemat(stamps / "PATCH_1" / "localparms.mat", {"clap_win": np.array([[64.0]])})
    output = run("area", "--from-stamps", stamps)
    assert "does not know them: weed_alpha\n" in output
    assert "Created" not in output
    assert "PATCH_1/localparms.mat" in output


def test_values_in_parms_mat_that_are_not_allowed_and_a_damaged_one_stop_the_take_over(here, stamps):
    write_parms(stamps / "parms.mat", {**defaults(), "percent_rand": 120})
    with pytest.raises(InputError, match=r"percent_rand = 120(.|\n)*parms\.mat"):
        run("area", "--from-stamps", stamps)
    (stamps / "parms.mat").write_bytes(b"MATLAB 5.0")
    with pytest.raises(DataError, match=r"parms\.mat cannot be read"):
        run("area", "--from-stamps", stamps)
    assert not (here / "area").exists()


@pytest.fixture
def results(here):
    """What an earlier project has left: its export, and a GeoPackage with its configuration."""
    old = here / "old-area"
    (old / "INSAR_20190505").mkdir(parents=True)
    (old / "products").mkdir()
    table = {
        "project": {"name": "Old"},
        "stamps_export": {"folder": "INSAR_20190505"},
        "stamps": {"parms": {"unwrap_grid_size": 70.0, "weed_max_noise": float("inf")}},
    }
    path = old / "products" / "velocity.gpkg"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE about (key TEXT, value TEXT)")
        connection.execute("INSERT INTO about VALUES ('configuration', ?)", (json.dumps(table),))
    return path


def test_a_project_is_made_again_from_its_results(here, results):
    output = run("area", "--from", results)
    options = opened(here / "area").options
    assert options.project.name == "Old"
    assert options.stamps.parms == {"unwrap_grid_size": 70.0, "weed_max_noise": float("inf")}
    assert opened(here / "area").export_folder == here / "old-area" / "INSAR_20190505"
    assert opened(here / "area").stamps_folder == here / "area" / "stamps"
    assert "from the results: unwrap_grid_size = 70" in output
    assert "next: snapstamps check -C area" in output


def test_what_is_named_goes_before_the_results(here, results, export):
    run("area", "--from", results, "--from-export", export, "--name", "New", "--set", "unwrap_grid_size=90")
    project = opened(here / "area")
    assert project.options.project.name == "New"
    assert project.export_folder == export
    assert project.parms["unwrap_grid_size"] == 90


def test_results_that_tell_of_no_configuration_or_of_a_wrong_one_make_no_project(here, results, stamps):
    with pytest.raises(InputError, match="no such file"):
        run("area", "--from", here / "gone.gpkg")
    with closing(sqlite3.connect(results)) as connection, connection:
        connection.execute("UPDATE about SET value = ?", ('{"stamps": {"engine": "magic"}}',))
    with pytest.raises(InputError, match=r"stamps\.engine = \"magic\"(.|\n)*velocity\.gpkg"):
        run("area", "--from", results)
    with pytest.raises(InputError, match="exclude each other"):
        run("area", "--from", results, "--from-stamps", stamps)
    assert not (here / "area").exists()


def test_a_missing_folder_and_two_sources_are_refused(here, stamps, export):
    with pytest.raises(InputError, match="no such folder"):
        run("area", "--from-stamps", here / "gone")
    with pytest.raises(InputError, match="exclude each other"):
        run("area", "--from-stamps", stamps, "--from-export", export)


def test_a_folder_that_cannot_be_made_is_an_input_error(here):
    (here / "area").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        run("area")


def test_a_path_that_is_no_text_is_an_input_error(here, export):
    odd = here / os.fsdecode(b"INSAR_\xff")
    export.rename(odd)
    with pytest.raises(InputError, match="not UTF-8"):
        run("area", "--from-export", odd)
    assert not (here / "area").exists()
