"""The command line as a whole: help, global options, exit codes, one message per error."""

import subprocess
import sys

import pytest

from snapstamps.cli import main as cli
from snapstamps.model.errors import DataError, ToolError

COMMANDS = (
    "new",
    "check",
    "candidates",
    "stamps",
    "export",
    "report",
    "view",
    "run",
    "status",
    "params",
    "compare",
    "hotspots",
    "watch",
    "decompose",
    "reference",
    "simulate",
    "demo",
)


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    return int(ended.value.code or 0)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command, capsys):
    assert call(command, "--help") == 0
    text = capsys.readouterr().out
    assert f"Example: snapstamps {command}" in " ".join(text.split())


def test_the_version_is_told(capsys):
    assert call("--version") == 0
    assert capsys.readouterr().out.startswith("snapstamps 0.")


def test_an_unknown_command_is_the_users_input(capsys):
    assert call("rnu") == 2
    assert "rnu" in capsys.readouterr().err


def test_no_command_shows_the_help(capsys):
    assert call() in {0, 2}
    assert "Commands" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataError("it is broken", why="because", remedy="mend it"), 4),
        (ToolError("snaphu was killed"), 3),
        (KeyboardInterrupt(), 130),
        (ValueError("a defect"), 1),
        (PermissionError(13, "Permission denied", "somewhere"), 2),
        (OSError(28, "No space left on device"), 4),
        (MemoryError(), 4),
    ],
)
def test_every_error_is_one_message_and_its_exit_code(error, code, monkeypatch, capsys, tmp_path):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr("snapstamps.config.project.Project.open", fail)
    assert call("status", "-C", str(tmp_path)) == code
    message = capsys.readouterr().err
    assert "Traceback" not in message
    assert message.startswith("snapstamps: ")


def test_a_traceback_is_shown_with_debug_wherever_it_stands(monkeypatch, capsys, tmp_path):
    def fail(*_arguments, **_options):
        raise ValueError("a defect")

    monkeypatch.setattr("snapstamps.config.project.Project.open", fail)
    assert call("status", "-C", str(tmp_path), "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["stamps", "--steps", "9"], ["stamps", "--steps", "6-4"], ["run", "--from", "nowhere"]]
)
def test_wrong_words_are_the_users_input(words, capsys):
    assert call(*words) == 2
    assert "Error" in capsys.readouterr().err


def test_from_after_to_is_refused(capsys):
    assert call("run", "--from", "export", "--to", "check") == 2
    assert "comes after" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_gets_no_traceback(tmp_path):
    line = f"{sys.executable} -m snapstamps.cli.main params | head -1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_the_start_loads_no_heavy_library():
    """Half a second is the limit; what would break it is an import, which can be told without a clock."""
    heavy = ("numpy", "scipy", "numba", "matplotlib", "geopandas", "pydantic", "rich")
    code = f"import sys, snapstamps.cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
