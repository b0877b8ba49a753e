"""``snapstamps graph show`` and ``graph lint``."""

import json

import pytest
from typer.testing import CliRunner

from snapstamps.cli.graph import graph
from snapstamps.model.errors import InputError
from snapstamps.snap.stages import SNAP_STAGES

STAGES = [stage.name for stage in SNAP_STAGES] + ["stripmap"]


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("SNAP_HOME", str(tmp_path / "no-snap"))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(graph, list(words))


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_shows_its_graph_with_an_explanation(run, stage):
    swaths = ["--swath", "IW1", "--swath", "IW2"] if stage == "merge" else []
    result = run("show", stage, "--snap-version", "13.0.1", *swaths)
    assert result.exit_code == 0, result.exception
    assert '<graph id="Graph">' in result.stdout
    assert "1. " in result.stdout


@pytest.mark.parametrize("stage", [name for name in STAGES if name != "merge"])
def test_the_graph_alone_passes_the_linter(run, stage, tmp_path):
    file = tmp_path / "graph.xml"
    file.write_text(run("show", stage, "--xml", "--snap-version", "9").stdout)
    result = run("lint", str(file), "--snap-version", "9")
    assert result.exit_code == 0
    assert "nothing to say against it" in result.stdout


def test_the_pair_its_bursts_and_its_folder_are_those_asked_for(run, tmp_path):
    words = ("--pair", "20200304_20210316", "--swath", "IW3:4-4", "--polarisation", "VH", "-C", str(tmp_path), "--xml")
    text = run("show", "coregister", *words).stdout
    assert f"{tmp_path}/slave/20210316_IW3.dim" in text
    assert "Enhanced-Spectral-Diversity" not in text
    assert "<selectedPolarisations>VH<" in text
    split = run("show", "split", *words).stdout
    assert "<firstBurstIndex>4<" in split
    assert "<lastBurstIndex>4<" in split


def test_several_sub_swaths_leave_the_heights_to_the_merge(run):
    words = ("--swath", "IW1", "--swath", "IW2", "--xml")
    assert "TopoPhaseRemoval" not in run("show", "coregister", *words).stdout
    assert "TopoPhaseRemoval" in run("show", "merge", *words).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("show", "merg"),
        ("show", "merge"),
        ("show", "split", "--pair", "20200304"),
        ("show", "split", "--pair", "20200304_20200304"),
        ("show", "split", "--pair", "20200304_20201399"),
        ("show", "split", "--swath", "2"),
        ("show", "split", "--swath", "IW2:3-2"),
        ("show", "split", "--polarisation", "XX"),
        ("show", "coregister", "--dem", "nowhere"),
        ("show", "coregister", "--snap-version", "six"),
    ],
)
def test_a_wrong_word_is_one_clear_error(run, words):
    assert isinstance(run(*words).exception, InputError)


def test_errors_end_with_4_and_are_told_as_json(run, tmp_path):
    file = tmp_path / "graph.xml"
    file.write_text(run("show", "coregister", "--xml").stdout.replace(">true<", ">yes<"))
    result = run("lint", str(file), "--json")
    assert result.exit_code == 4
    report = json.loads(result.stdout)
    assert {finding["code"] for finding in report["findings"]} == {"flag"}
    assert report["snap_version"] == "14.0.0"
    plain = run("lint", str(file))
    assert plain.exit_code == 4
    assert "error: " in plain.stdout
    assert "no SNAP is installed here" in plain.stdout


def test_the_version_of_the_snap_that_is_installed_counts(run, tmp_path, monkeypatch):
    (tmp_path / "snap" / "bin").mkdir(parents=True)
    (tmp_path / "snap" / "bin" / "gpt").touch(mode=0o755)
    (tmp_path / "snap" / "VERSION.txt").write_text("9.0.0\n")
    monkeypatch.setenv("SNAP_HOME", str(tmp_path / "snap"))
    result = run("show", "coregister")
    assert "for SNAP 9.0.0 (the one installed here)" in result.stdout
    assert "<outputTopoPhase>" not in result.stdout
