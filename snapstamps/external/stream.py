"""
Programs whose lines are wanted while they come: StaMPS at work, whose steps take minutes.

Like ``run_tool`` there is no shell, one log, a process group of its own that is killed as a whole, a timeout and a
watchdog on silence. Unlike it, every line goes to a listener at once, and the listener may name further process
groups that must not outlive the program.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snapstamps.external.run import kill_group
from snapstamps.model.errors import ToolError

_PIECE = 65536
_LONGEST_WAIT = 1.0


@dataclass
class Ending:
    """
    How a program came to its end.

    Attributes
    ----------
    status : int or None
        Exit status; negative for a signal; None if we stopped it.
    overdue : str or None
        Why we stopped it.
    """

    status: int | None = None
    overdue: str | None = None


@dataclass
class Stream:
    """
    A program at work.

    Attributes
    ----------
    name : str
        What messages call it.
    on_line : callable
        Gets every line without its end.
    groups : list of int
        Process groups beside the program's own; killed when it ends, whatever the reason.
    """

    name: str
    on_line: Callable[[str], None]
    groups: list[int] = field(default_factory=list)

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str],
        message: bytes = b"",
        timeout: float | None = None,
        silence: float | None = None,
    ) -> Ending:
        """
        Run the program to its end.

        Parameters
        ----------
        argv : sequence of str or Path
            Program and arguments; never seen by a shell.
        cwd : Path
            Its working folder.
        env : mapping of str to str
            Its whole environment.
        message : bytes
            What it finds on its standard input.
        timeout : float, optional
            Longest time to its end, s.
        silence : float, optional
            Longest time without a new byte, s.

        Returns
        -------
        Ending

        Raises
        ------
        ToolError
            If it cannot be started.
        """
        try:
            process = subprocess.Popen(
                [os.fspath(word) for word in argv],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(
                f"{self.name} cannot be started", where=str(argv[0]), why=error.strerror, remedy="snapstamps doctor"
            ) from error
        try:
            with contextlib.suppress(BrokenPipeError):
                _hand_over(process, message)
            overdue = self._listen(process, timeout, silence)
            if overdue is None:
                process.wait()
        finally:
            kill_group(process)
            for group in self.groups:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(group, signal.SIGKILL)
            _close(process)
        return Ending(overdue=overdue) if overdue else Ending(status=process.returncode)

    def _listen(self, process: subprocess.Popen[bytes], timeout: float | None, silence: float | None) -> str | None:
        """Pass lines on until the program has ended; return why it had to be stopped, or None."""
        start = last_news = time.monotonic()
        rest = b""
        with selectors.DefaultSelector() as selector:
            if process.stdout is None:
                return None
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                ready = selector.select(_wait_for(timeout, silence))
                now = time.monotonic()
                if ready:
                    piece = os.read(process.stdout.fileno(), _PIECE)
                    if not piece:
                        self._tell(rest)
                        return None
                    last_news = now
                    *lines, rest = (rest + piece).split(b"\n")
                    for line in lines:
                        self._tell(line)
                elif process.poll() is not None:
                    # It has ended, and what still holds its pipe says nothing.
                    self._tell(rest)
                    return None
                if timeout is not None and now - start > timeout:
                    return f"did not end within {timeout:g} s and was stopped"
                if silence is not None and now - last_news > silence:
                    return f"printed nothing for {silence:g} s and was stopped"

    def _tell(self, line: bytes) -> None:
        if line:
            self.on_line(line.decode("utf-8", errors="replace").rstrip("\r"))


def _wait_for(timeout: float | None, silence: float | None) -> float:
    limits = [limit / 4 for limit in (timeout, silence) if limit is not None]
    return min([_LONGEST_WAIT, *limits])


def _hand_over(process: subprocess.Popen[bytes], message: bytes) -> None:
    if process.stdin is not None:
        process.stdin.write(message)
        process.stdin.close()


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
