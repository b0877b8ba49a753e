"""However a run ends, neither Octave nor what StaMPS has started stays behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stamps_stand_in import mark_processes, processes_left, run, wait_for

from snapstamps.model.errors import ToolError

pytestmark = pytest.mark.usefixtures("octave_program", "oct2py_package")

ROOT = Path(__file__).resolve().parents[2]


class Parent:
    """A process of its own that lets the engine do step 6, in which snaphu never comes to its end."""

    def __init__(self, folder: Path) -> None:
        program = folder / "bin" / "snaphu"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\nexec sleep 4321\n")
        program.chmod(0o755)
        environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self.token = mark_processes(environment)
        code = (
            f"from pathlib import Path; from stamps_stand_in import run; run('unwrap', Path({str(folder)!r}), 'snaphu')"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self.snaphu = wait_for(self.token, "sleep 4321")

    def find(self, word: str) -> int:
        return wait_for(self.token, word)

    def end(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=120)
        return self.process.returncode, said


@pytest.fixture
def parent(tmp_path):
    started = Parent(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()
    if started.process.stderr:
        started.process.stderr.close()
    assert processes_left(started.token) == []


def test_when_the_parent_is_killed_all_ends(parent):
    parent.process.kill()
    parent.process.wait()
    assert processes_left(parent.token) == []


def test_ctrl_c_ends_all(parent):
    parent.process.send_signal(signal.SIGINT)
    status, said = parent.end()
    assert "KeyboardInterrupt" in said
    assert status != 0
    assert processes_left(parent.token) == []


def test_when_octave_is_killed_snaphu_ends_and_it_is_said(parent):
    os.kill(parent.find("octave-cli"), signal.SIGKILL)
    _, said = parent.end()
    assert "octave died while StaMPS was at work" in said
    assert processes_left(parent.token) == []


def test_when_the_worker_is_killed_octave_and_snaphu_end_and_it_is_said(parent):
    os.kill(parent.find("octave import worker"), signal.SIGKILL)
    _, said = parent.end()
    assert "octave died while StaMPS was at work" in said
    assert processes_left(parent.token) == []


def test_when_snaphu_is_killed_it_is_said_and_octave_ends(parent):
    os.kill(parent.snaphu, signal.SIGKILL)
    _, said = parent.end()
    assert "snaphu was killed (signal 9)" in said
    assert processes_left(parent.token) == []


def test_when_parent_and_worker_are_killed_together_all_ends(parent):
    worker = parent.find("octave import worker")
    parent.process.kill()
    os.kill(worker, signal.SIGKILL)
    assert processes_left(parent.token) == []


def test_a_silent_snaphu_is_stopped_with_octave(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "snaphu"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 4321\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    token = mark_processes()
    start = time.monotonic()
    with pytest.raises(ToolError, match="printed nothing"):
        run("unwrap", tmp_path, "snaphu", silence=3 / 60)
    assert time.monotonic() - start < 120
    assert processes_left(token) == []
