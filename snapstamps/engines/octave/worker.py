"""
The worker process: it alone talks to Octave, through oct2py, for one script.

It leads a session of its own, prints every line of Octave as it comes, and tells what else its parent must know as
events: lines that begin with a record separator, followed by JSON. It ends, and Octave with it, when its parent is
gone, when it is asked to, and when the script has ended.

This module is run by ``python -I``; it imports nothing but the standard library until Octave is wanted.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from typing import Any, NoReturn

EVENT = "\x1e"
"""Begins a line that is an event and not text of Octave."""

SCRIPT_VARIABLE = "SNAPSTAMPS_SCRIPT"
"""Names the script: oct2py would cut a name that is not ASCII, an environment variable carries it."""

_LOOK_SECONDS = 0.5


class _Octave:
    """The Octave that must not outlive us."""

    group: int | None = None

    @classmethod
    def kill(cls) -> None:
        """End Octave and all that it has started."""
        if cls.group is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(cls.group, signal.SIGKILL)


def main() -> NoReturn:
    """Run the script named in the environment; the number of our parent comes on standard input."""
    parent = int(sys.stdin.readline())
    signal.signal(signal.SIGTERM, _end_at_once)
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    try:
        _run()
    except BaseException as error:  # whatever it is, our parent must hear of it
        _tell(error="worker", text=f"{type(error).__name__}: {error}")
    sys.stdout.flush()
    _Octave.kill()
    # Not the ordinary way out: oct2py would wait there for an Octave that is gone.
    os._exit(0)


def _run() -> None:
    try:
        from oct2py import Oct2PyError, octave  # noqa: PLC0415 - this import starts Octave
    except ImportError as error:
        _tell(error="start", text=str(error))
        return
    try:
        _Octave.group = int(octave.eval("getpgrp()", verbose=False))
        _tell(group=_Octave.group)
        octave.eval(f"source (getenv ('{SCRIPT_VARIABLE}'));", stream_handler=_print)
    except Oct2PyError as error:
        text = str(error)
        died = "Session died" in text
        _tell(error="died" if died else "octave", text=text)
        if died:
            # oct2py has started another Octave, which nobody wants.
            octave.exit()
        return
    _tell(ended=True)


def _print(line: str) -> None:
    sys.stdout.write(line.replace(EVENT, "") + "\n")
    sys.stdout.flush()


def _tell(**event: Any) -> None:
    sys.stdout.write(EVENT + json.dumps(event) + "\n")
    sys.stdout.flush()


def _end_at_once(*_: object) -> NoReturn:
    _Octave.kill()
    os._exit(128 + signal.SIGTERM)


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    _end_at_once()
