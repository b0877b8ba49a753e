"""``snapstamps verify`` as a user types it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from snapstamps.cli.verify import verify
from snapstamps.formats.mat import read_mat, write_mat

app = typer.Typer()
app.command()(verify)


def call(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


@pytest.fixture
def other(tiny_project: Path, tmp_path: Path) -> Path:
    shutil.copytree(tiny_project / "stamps", tmp_path / "stamps")
    return tmp_path / "stamps"


def spoil(folder: Path) -> None:
    path = folder / "phuw2.mat"
    stored = read_mat(path)
    stored["ph_uw"][3, 2] += np.float32(2 * np.pi)
    write_mat(path, stored)


def test_a_project_and_a_working_folder_with_the_same_results(tiny_project, other):
    code, said = call(str(tiny_project), str(other))
    assert code == 0
    assert said.splitlines()[-1] == "the results are the same"
    assert any(line.startswith(".         velocity") for line in said.splitlines())
    assert "DIFFERENT" not in said


def test_a_difference_is_shown_and_ends_with_4(tiny_project, other):
    spoil(other)
    code, said = call(str(tiny_project), str(other))
    assert code == 4
    assert said.splitlines()[-1].endswith(" fields differ")
    shown = [line.split()[0] for line in said.splitlines() if line.startswith("          ")]
    assert {"ph_uw", "v-do"} <= set(shown)


def test_all_shows_every_field(tiny_project, other):
    few, many = call(str(tiny_project), str(other))[1], call(str(tiny_project), str(other), "--all")[1]
    assert len(many.splitlines()) > len(few.splitlines()) + 100
    assert "random draws" in many or "inside of StaMPS" in many


def test_json_tells_everything(tiny_project, other):
    spoil(other)
    code, said = call(str(tiny_project), str(other), "--json")
    told = json.loads(said)
    assert code == 4
    assert told["same"] is False
    row = next(row for row in told["fields"] if row["field"] == "ph_uw" and row["artefact"] == "phuw2")
    assert row["beyond"] == 1
    assert row["kind"] == "unwrapped"


def test_a_folder_held_against_itself_is_refused(tiny_project):
    with pytest.raises(Exception, match="same folder"):
        call(str(tiny_project), str(tiny_project / "stamps"))


def test_a_folder_that_is_not_there_is_refused(tiny_project, tmp_path):
    with pytest.raises(Exception, match="no such folder"):
        call(str(tiny_project), str(tmp_path / "nowhere"))
