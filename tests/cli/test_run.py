"""run, status, candidates, stamps, export on a finished project, and the plan of a new one."""

import json
import shutil
import subprocess
import sys

import pytest

from snapstamps.cli import main as cli


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(word) for word in words])
    return int(ended.value.code or 0)


def test_a_finished_project_has_nothing_to_do(finished, capsys):
    assert call("run", "-C", finished) == 0
    assert "everything asked for is done" in capsys.readouterr().out


def test_status_tells_every_unit(finished, capsys):
    assert call("status", "-C", finished) == 0
    text = capsys.readouterr().out
    assert "everything is done" in text
    for unit in ("check", "candidates", "PATCH_1/2_gamma", "8_scn", "export"):
        assert f"✓ {unit}" in text


def test_status_as_json_holds_counts_seconds_and_memory(finished, capsys):
    assert call("status", "-C", finished, "--json") == 0
    rows = {row["unit"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["PATCH_1/3_select"]["counts"]["ps_in"] > rows["PATCH_1/3_select"]["counts"]["ps_out"] > 0
    assert rows["6_unwrap"]["engine"] == "native"
    assert rows["6_unwrap"]["peak_memory"] > 10e6
    assert all(row["state"] == "done" for row in rows.values())


def test_a_set_option_shows_what_it_would_make_stale(finished, capsys):
    assert call("run", "-C", finished, "--set", "scn_time_win=33", "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["8_scn", "export", "report"]
    assert "scn_time_win was 50, now 33" in lines[0]


def test_steps_can_be_done_again_alone(finished, capsys):
    assert call("stamps", "-C", finished, "--steps", "7-8", "--redo", "--quiet") == 0
    streams = capsys.readouterr()
    assert "2 units done" in streams.out
    assert streams.err == ""


def test_the_dry_run_of_a_new_project_names_the_stages(tiny_scene, tmp_path, capsys):
    export = next(tiny_scene.glob("INSAR_*"))
    assert call("new", str(tmp_path / "area"), "--from-export", str(export)) == 0
    assert call("run", "-C", str(tmp_path / "area"), "--dry-run") == 0
    text = capsys.readouterr().out
    assert "check" in text
    assert "then the steps of the patches" in text
    assert call("status", "-C", str(tmp_path / "area")) == 0
    assert "the steps follow when the candidates have made their patches" in capsys.readouterr().out


def test_each_stage_has_its_command(tiny_scene, tmp_path, capsys):
    export = tmp_path / next(tiny_scene.glob("INSAR_*")).name
    shutil.copytree(next(tiny_scene.glob("INSAR_*")), export)
    area = str(tmp_path / "area")
    assert call("new", area, "--from-export", str(export), "--set", "unwrap_grid_size=50") == 0
    assert call("run", "-C", area, "--to", "check") == 0
    assert call("candidates", "-C", area) == 0
    assert call("stamps", "-C", area) == 0
    assert call("export", "-C", area, "--set", "export.bootstrap=10") == 0
    assert "velocity.gpkg" in capsys.readouterr().out
    assert call("report", "-C", area, "--set", 'export.figures=["svg"]', "--set", "export.bootstrap=10") == 0
    text = capsys.readouterr().out
    assert "report.html" in text
    assert "figures/" not in text
    assert (tmp_path / "area" / "products" / "figures" / "velocity_map.svg").is_file()


def test_a_finished_stamps_folder_becomes_a_project_with_results(finished, tmp_path, capsys):
    area = str(tmp_path / "taken over")
    assert call("new", area, "--from-stamps", f"{finished}/stamps") == 0
    assert "units of work were found done" in capsys.readouterr().out
    assert call("run", "-C", area) == 0
    assert (tmp_path / "taken over" / "products" / "velocity.gpkg").is_file()


def test_in_a_pipe_there_is_a_plain_line_per_unit_and_no_bar(finished):
    words = [sys.executable, "-m", "snapstamps.cli.main", "stamps", "-C", finished, "--steps", "8", "--redo"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr.startswith("8_scn")
    assert "\x1b" not in done.stdout + done.stderr


def test_on_a_terminal_there_is_a_bar(finished):
    words = f"{sys.executable} -m snapstamps.cli.main stamps -C '{finished}' --steps 8 --redo"
    done = subprocess.run(
        ["script", "--quiet", "--return", "--command", words, "/dev/null"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert "8_scn" in done.stdout
    assert "\x1b[" in done.stdout


def test_the_demonstration_ends_in_a_table(tmp_path, capsys):
    assert call("demo", "--preset", "tiny", "--folder", str(tmp_path / "demo")) == 0
    text = capsys.readouterr().out
    for row in (
        "PS",
        "velocity, 1st to 99th percentile",
        "error against the truth (RMSE)",
        "correlation",
        "estimated",
        "2_gamma",
        "all stages",
        "by the clock",
    ):
        assert row in text
    assert str(tmp_path / "demo" / "products" / "velocity.gpkg") in text
    assert call("demo", "--preset", "tiny", "--folder", str(tmp_path / "demo")) == 0, "a second time goes on"
