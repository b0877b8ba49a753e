"""``snapstamps check``: exit codes, what is printed, what is written."""

import json
import sys

import pytest
import typer
from typer.testing import CliRunner

from snapstamps.cli.check import check
from snapstamps.model.errors import InputError

app = typer.Typer()
app.command()(check)


def run(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_clean_export_ends_with_0(export):
    result = run(export.folder)
    assert result.exit_code == 0
    assert "no findings" in result.output


def test_warnings_end_with_0_and_without_colours_in_a_pipe(make_export, snaps_faults):
    result = run(make_export(*snaps_faults).folder)
    assert result.exit_code == 0
    assert "WARNING" in result.output
    assert "\x1b" not in result.output


def test_errors_end_with_4_after_the_whole_report(export):
    (export.folder / "rslc/20200118.rslc").unlink()
    result = run(export.folder)
    assert result.exit_code == 4
    assert "rslc/20200118.rslc: missing" in result.output
    assert run(export.folder, "--json").exit_code == 4


def test_json_is_all_that_is_printed(make_export):
    export = make_export("earth-radius")
    content = json.loads(run(export.folder, "--json", "--repair", "--dry-run").stdout)
    assert content["dry_run"] is True
    assert len(content["findings"]) == len(content["repairs"]) == 13
    assert content["repairs"][0]["changes"][0]["key"] == "earth_radius_below_sensor"


def test_repair_repairs_and_shows_what_is_left(make_export, snaps_faults, dim):
    export = make_export(*snaps_faults)
    product = dim(range_spacing=2.329562, azimuth_spacing=13.94)
    result = run(export.folder, "--repair", "--product", product)
    assert "13 headers repaired" in result.output
    assert "no findings" in result.output
    assert "No header needs repair." in run(export.folder, "--repair", "--product", product).output


def test_a_dry_run_writes_nothing(make_export, snaps_faults):
    export = make_export(*snaps_faults)
    before = export.contents()
    assert "13 headers would be repaired" in run(export.folder, "--repair", "--dry-run").output
    assert export.contents() == before


def test_a_missing_folder_is_an_input_error(tmp_path):
    result = run(tmp_path / "INSAR_20200106")
    assert isinstance(result.exception, InputError)


def test_a_terminal_sees_a_bar_and_a_pipe_does_not(export, monkeypatch, capsys):
    check(export.folder)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    check(export.folder)
    assert "reading the rasters" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["--repair", "--product", "--dry-run", "--json"])
def test_the_help_names_every_option(word):
    assert word in run("--help").output
