"""
The one function that runs programs others wrote.

No shell. Both streams go straight into one log file, so that no full pipe can block the program. The
program leads a process group of its own, which is killed as a whole; on Linux it also dies with us.
A zero exit is not success: exit status, then known phrases in the log, then the promised outputs.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from snapstamps.model.errors import ToolError

TAIL_LINES = 12
LINGER_SECONDS = 300.0
"""What a program that is done gets for its end."""
_POLL_SECONDS = 0.02
_LONGEST_POLL_SECONDS = 0.5
_GRACE_SECONDS = 5.0
_SCAN_BYTES = 4 * 2**20
_SIGNAL_CAUSES = {
    signal.SIGKILL: "most often for lack of memory",
    signal.SIGSEGV: "a crash inside the program",
    signal.SIGABRT: "the program gave up by itself",
    signal.SIGTERM: "somebody asked it to stop",
}


@dataclass(frozen=True)
class ToolRun:
    """
    One finished and successful run of a program.

    Attributes
    ----------
    name : str
        What we call the program.
    argv : tuple of str
        The exact words it was started with.
    seconds : float
        Wall time.
    log : Path
        Everything that it printed.
    tail : tuple of str
        The last lines of that.
    """

    name: str
    argv: tuple[str, ...]
    seconds: float
    log: Path
    tail: tuple[str, ...]


def run_tool(
    name: str,
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    log: Path,
    timeout: float | None = None,
    silence: float | None = None,
    finished: Callable[[], bool] | None = None,
    linger: float = LINGER_SECONDS,
    causes: Mapping[str, str] | None = None,
    outputs: Sequence[Path] = (),
    env: Mapping[str, str] | None = None,
    remedy: str | None = None,
) -> ToolRun:
    """
    Run a program to its end and make sure that it did what it should.

    Parameters
    ----------
    name : str
        What messages call it.
    argv : sequence of str or Path
        Program and arguments; never seen by a shell.
    cwd : Path
        Its working folder.
    log : Path
        Receives both streams; replaced if it exists.
    timeout : float, optional
        Longest time to its end, seconds.
    silence : float, optional
        Longest time without a new byte in the log, seconds.
    finished : callable, optional
        Tells from the log whether the program has said that it is done.
    linger : float, optional
        Longest time without a new byte once it is done, seconds.
    causes : mapping of str to str, optional
        Known phrases and what they mean; one of them in the log is a failure even after exit 0.
    outputs : sequence of Path, optional
        Files that it must leave, not empty. Older ones are deleted first, so that none can pass for new.
    env : mapping of str to str, optional
        Added to our environment.
    remedy : str, optional
        What to try where no cause is known.

    Returns
    -------
    ToolRun

    Raises
    ------
    ToolError
        With exit status or signal, the last lines, the known cause, and what to try.
    """
    words = _resolve(name, argv)
    for output in outputs:
        output.unlink(missing_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("wb") as stream:
        ended = _run_to_end(
            words, cwd, stream, env, lambda process: _wait(process, log, timeout, silence, finished, linger)
        )
    seconds = time.monotonic() - started
    tail = _last_lines(log)
    failure = ended or _known_phrase(log, causes or {}) or _missing_output(outputs)
    if failure:
        raise ToolError(
            f"{name} {failure}",
            where=log,
            why=_explain(log, tail, causes or {}),
            remedy=remedy,
        )
    return ToolRun(name, tuple(words), seconds, log, tail)


def _resolve(name: str, argv: Sequence[str | Path]) -> list[str]:
    """Return the words to execute; on Linux behind ``setpriv``, which makes the program die with us."""
    words = [os.fspath(word) for word in argv]
    found = shutil.which(words[0])
    if found is None:
        raise ToolError(
            f"{name} cannot be started",
            why=f"{words[0]} is not an executable file, nor found on PATH",
            remedy="install it, or give its path; `snapstamps doctor` tells what is found",
        )
    words[0] = found
    guard = shutil.which("setpriv")
    return [guard, "--pdeathsig", "KILL", "--", *words] if guard else words


def _run_to_end(
    words: list[str],
    cwd: Path,
    stream: BinaryIO,
    env: Mapping[str, str] | None,
    wait: Callable[[subprocess.Popen[bytes]], str | None],
) -> str | None:
    """Start the program and wait; return what went wrong with its end, or None."""
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, **env} if env else None,
            start_new_session=True,
        )
    except OSError as error:
        return f"cannot be started ({error.strerror})"
    try:
        overdue = wait(process)
    finally:
        kill_group(process)
    if overdue:
        return overdue
    status = process.returncode
    if status < 0:
        number = signal.Signals(-status)
        return f"was killed (signal {-status}), {_SIGNAL_CAUSES.get(number, number.name)}"
    return f"failed with exit status {status}" if status else None


def _wait(
    process: subprocess.Popen[bytes],
    log: Path,
    timeout: float | None,
    silence: float | None,
    finished: Callable[[], bool] | None,
    linger: float,
) -> str | None:
    """Wait for the end of the program, or until it is overdue; return why it is."""
    start = last_news = time.monotonic()
    size = 0
    asked = False
    pause = _POLL_SECONDS
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(pause)
            return None
        pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)
        now = time.monotonic()
        if (grown := log.stat().st_size) != size:
            size, last_news, asked = grown, now, False
        if timeout is not None and now - start > timeout:
            return f"did not end within {timeout:g} s and was stopped"
        if silence is not None and now - last_news > silence:
            return f"printed nothing for {silence:g} s and was stopped"
        if finished is not None and not asked and now - last_news > linger:
            asked = True  # the log is read once per silence
            if finished():
                return f"said that it was done, did not end within {linger:g} s, and was stopped"


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """
    End what is left of the program and all that it started: ask first, then kill.

    Parameters
    ----------
    process : subprocess.Popen
        A program started in a session of its own.
    """
    for number, grace in ((signal.SIGTERM, _GRACE_SECONDS), (signal.SIGKILL, _GRACE_SECONDS)):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            break
        if process.returncode is not None and number is signal.SIGTERM:
            # The leader ended by itself; its children get no grace.
            continue
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    process.wait()


def _last_lines(log: Path) -> tuple[str, ...]:
    text = _end_of(log)
    return tuple(deque((line for line in text.splitlines() if line.strip()), maxlen=TAIL_LINES))


def _end_of(log: Path) -> str:
    """Return the end of a log, of which nobody knows how long it is."""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - _SCAN_BYTES))
        return stream.read().decode("utf-8", errors="replace")


def _known_phrase(log: Path, causes: Mapping[str, str]) -> str | None:
    text = _end_of(log) if causes else ""
    return next(("ended, but its log shows a failure" for phrase in causes if phrase in text), None)


def _missing_output(outputs: Sequence[Path]) -> str | None:
    for output in outputs:
        if not output.is_file() or output.stat().st_size == 0:
            return f"ended without an error, but left no {output.name}"
    return None


def _explain(log: Path, tail: tuple[str, ...], causes: Mapping[str, str]) -> str:
    text = _end_of(log)
    known = [cause for phrase, cause in causes.items() if phrase in text]
    lines = [*known]
    if tail:
        lines += ["its last lines:", *(f"  {line}" for line in tail)]
    else:
        lines.append("it printed nothing")
    return "\n".join(lines)
