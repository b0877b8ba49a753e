"""
The interpreters that run StaMPS, behind one interface: Octave by a worker process, MATLAB by ``matlab -batch``.

Each turns a script into a command, an environment and what its lines mean; the process itself is looked after by
``external.stream`` in the same way for both.
"""

import json
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from snapstamps.engines.octave.listening import Failure, Listener, parse_failure
from snapstamps.engines.octave.script import matlab_literal
from snapstamps.engines.octave.worker import EVENT, SCRIPT_VARIABLE
from snapstamps.external.octave import find_matlab, find_octave, octave_version
from snapstamps.external.stream import Stream
from snapstamps.model.errors import ToolError

_MUTTERED = "ignoring const execution_exception& while preparing to exit"
_ROOT = Path(__file__).resolve().parents[3]
_LAUNCH = "import sys; sys.path.insert(0, sys.argv[1]); from snapstamps.engines.octave import worker; worker.main()"


@dataclass
class Talk:
    """
    What an interpreter has told beside its text.

    Attributes
    ----------
    failure : Failure or None
        Its error.
    died : bool
        Whether it ended before its script did.
    groups : list of int
        Its process groups.
    """

    failure: Failure | None = None
    died: bool = False
    groups: list[int] = field(default_factory=list)


class Interpreter(Protocol):
    """Runs a script of StaMPS."""

    name: str

    def version(self) -> str:
        """Return name and version, for the journal."""

    def command(self, script: Path) -> list[str]:
        """Return program and arguments."""

    def environment(self, script: Path, scratch: Path) -> dict[str, str]:
        """Return the variables that it needs beside ours."""

    def message(self) -> bytes:
        """Return what it finds on its standard input."""

    def understand(self, line: str, talk: Talk) -> str | None:
        """Take a line that it printed; return the text in it, or None."""

    def judge(self, talk: Talk, listener: Listener, status: int | None) -> None:
        """Add to the talk what its exit status and its last lines tell."""


class OctaveInterpreter:
    """Octave, driven through oct2py in a worker process of its own."""

    name = "octave"

    def __init__(self) -> None:
        self.executable = find_octave()

    def version(self) -> str:
        """Return ``GNU Octave 7.3.0``."""
        return f"GNU Octave {octave_version(self.executable)}"

    def command(self, script: Path) -> list[str]:  # noqa: ARG002 - the script comes by the environment
        """Return the command of the worker: this very Python, without the user's settings of Python."""
        return [sys.executable, "-I", "-c", _LAUNCH, str(_ROOT)]

    def environment(self, script: Path, scratch: Path) -> dict[str, str]:
        """Return the settings of oct2py, and the script."""
        guard = shutil.which("setpriv")
        words = [guard, "--pdeathsig", "KILL", str(self.executable)] if guard else [str(self.executable)]
        return {
            SCRIPT_VARIABLE: str(script),
            "OCTAVE_EXECUTABLE": shlex.join(words),
            "OCT2PY_EXECUTABLE": shlex.join(words),
            "OCT2PY_TEMP_DIR": str(scratch),
            "OCT2PY_LOAD_OCTAVERC": "false",
            "OCT2PY_BACKEND": "disable",
            "TMPDIR": str(scratch),
            "PYTHONUNBUFFERED": "1",
        }

    def message(self) -> bytes:
        """Return the number of our process, without which the worker must not live."""
        return f"{os.getpid()}\n".encode()

    def understand(self, line: str, talk: Talk) -> str | None:
        """Take events out of the lines, and what Octave mutters when oct2py has asked it for its version."""
        if not line.startswith(EVENT):
            return None if _MUTTERED in line else line
        event: Mapping[str, Any] = json.loads(line.removeprefix(EVENT))
        if "group" in event:
            talk.groups.append(int(event["group"]))
        elif event.get("error") == "octave":
            talk.failure = parse_failure(str(event["text"]))
        elif event.get("error") == "died":
            talk.died = True
        elif "error" in event:
            talk.failure = Failure(f"Octave could not be started through oct2py: {event['text']}", ())
        return None

    def judge(self, talk: Talk, listener: Listener, status: int | None) -> None:  # noqa: ARG002 - for other interpreters
        """Take a worker that ended without a word for a death."""
        if talk.failure is None and not listener.has_ended:
            talk.died = True


class MatlabInterpreter:
    """MATLAB in batch mode."""

    name = "matlab"

    def __init__(self) -> None:
        self.executable = find_matlab()

    def version(self) -> str:
        """Return ``MATLAB``; asking for its version would start it for half a minute."""
        return "MATLAB"

    def command(self, script: Path) -> list[str]:
        """Return ``matlab -batch`` with the script."""
        return [str(self.executable), "-batch", f"run({matlab_literal(script)})"]

    def environment(self, script: Path, scratch: Path) -> dict[str, str]:  # noqa: ARG002 - an interface
        """Return nothing but bash for StaMPS's commands, which sh does not understand."""
        bash = shutil.which("bash")
        return {"MATLAB_SHELL": bash} if bash else {}

    def message(self) -> bytes:
        """Return nothing."""
        return b""

    def understand(self, line: str, talk: Talk) -> str | None:  # noqa: ARG002 - an interface
        """Return the line."""
        return line

    def judge(self, talk: Talk, listener: Listener, status: int | None) -> None:
        """Take a status other than 0 for an error of the script, whose text stands in the last lines."""
        if status is not None and status < 0:
            talk.died = True
        elif status:
            talk.failure = Failure("\n".join(listener.tail), ())


def create_interpreter(name: str) -> Interpreter:
    """
    Return an interpreter.

    Parameters
    ----------
    name : {"octave", "matlab"}
        ``[stamps] interpreter``.

    Raises
    ------
    ToolError
        If it is not installed.
    """
    return MatlabInterpreter() if name == "matlab" else OctaveInterpreter()


@dataclass(frozen=True)
class Limits:
    """
    How long StaMPS may take.

    Attributes
    ----------
    timeout, silence : float
        Longest time to the end of a step, and without a printed line, s.
    """

    timeout: float
    silence: float


def run_script(
    interpreter: Interpreter,
    script: Path,
    *,
    log: Path,
    listener: Listener,
    limits: Limits,
    path: str,
    scratch: Path,
) -> None:
    """
    Run a script of StaMPS to its end, and believe only that it came to its last line.

    Parameters
    ----------
    interpreter : Interpreter
        Who runs it.
    script : Path
        As rendered.
    log : Path
        Receives every line as it comes.
    listener : Listener
        Hears every line.
    limits : Limits
        When to stop it.
    path : str
        PATH for StaMPS's programs.
    scratch : Path
        A temporary folder of this run.

    Raises
    ------
    ToolError
        With StaMPS's error and where it came from; without ``where``, which the caller knows best.
    """
    talk = Talk()
    with log.open("w", encoding="utf-8", errors="replace") as stream:

        def on_line(line: str) -> None:
            text = interpreter.understand(line, talk)
            if text is not None:
                stream.write(text + "\n")
                stream.flush()
                listener.hear(text)

        program = Stream(interpreter.name, on_line, talk.groups)
        ending = program.run(
            interpreter.command(script),
            # oct2py puts the name of the folder it starts in between quotes as it is: an odd name would break out.
            cwd=scratch,
            env={**os.environ, "PATH": path, **interpreter.environment(script, scratch)},
            message=interpreter.message(),
            timeout=limits.timeout,
            silence=limits.silence,
        )
        if ending.overdue is None:
            interpreter.judge(talk, listener, ending.status)
        if talk.failure is not None:
            stream.write(talk.failure.text() + "\n")
    if ending.overdue is not None:
        raise _overdue(interpreter, ending.overdue, listener)
    if talk.failure is not None:
        raise ToolError("failed", why=talk.failure.text())
    if talk.died or not listener.has_ended:
        raise _died(interpreter, listener)


def _overdue(interpreter: Interpreter, why: str, listener: Listener) -> ToolError:
    option = "timeout" if "did not end" in why else "silence"
    return ToolError(
        f"{interpreter.name} {why}", why=_last_words(listener), remedy=f"a larger stamps.{option} if the data are large"
    )


def _died(interpreter: Interpreter, listener: Listener) -> ToolError:
    return ToolError(
        f"{interpreter.name} died while StaMPS was at work",
        why="it was killed from outside, most often for lack of memory, or it crashed\n" + _last_words(listener),
        remedy="smaller patches (candidates.patches) or fewer run.workers; the same command goes on from there",
    )


def _last_words(listener: Listener) -> str:
    if not listener.tail:
        return "it printed nothing"
    return "\n".join(["its last lines:", *(f"  {line}" for line in listener.tail)])
