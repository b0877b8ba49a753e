"""``snapstamps doctor`` as a user types it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from snapstamps.cli.doctor import doctor
from snapstamps.config.load import resolve
from snapstamps.external import doctor as examination
from snapstamps.pipeline.create import create_project

app = typer.Typer()
app.command()(doctor)
STAND_IN = Path(__file__).resolve().parents[1] / "octave" / "stand_in_stamps"


def call(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_everything_is_listed_by_groups_with_a_sum(tmp_path):
    code, said = call("-C", str(tmp_path))
    assert code == 0
    assert [line for line in said.splitlines() if line in {"Python", "StaMPS", "Programs", "SNAP", "Machine"}] == [
        "Python", "StaMPS", "Programs", "SNAP", "Machine",
    ]  # fmt: skip
    assert "✓ numpy" in said
    assert " found" in said.splitlines()[-1]


def test_json_has_every_finding_with_its_remedy(tmp_path):
    told = json.loads(call("-C", str(tmp_path), "--json")[1])
    assert {row["name"] for row in told} >= {"numpy", "Octave", "StaMPS", "snaphu", "triangle", "gpt", "Java", "disk"}
    assert all(row["remedy"] for row in told if row["status"] not in {"found"})


def test_the_stamps_of_the_project_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.delenv("SNAPSTAMPS_STAMPS_HOME", raising=False)
    create_project(tmp_path, resolve({"stamps": {"home": str(STAND_IN)}}, environment={}).options)
    assert "0.0-stand-in" in call("-C", str(tmp_path))[1]


def test_something_indispensable_that_is_missing_ends_with_3(tmp_path, monkeypatch):
    monkeypatch.setattr(examination, "_writable", lambda _: False)
    code, said = call("-C", str(tmp_path))
    assert code == 3
    assert "✗" in said


@pytest.mark.parametrize("words", [("--help",)])
def test_the_help_has_an_example(words):
    assert "Example: snapstamps doctor" in call(*words)[1]
