"""
Faults brought about inside a process that runs a command, without a word of it in the product.

Python tells an audit hook of every file that is opened for writing and of every rename: those are the moments at
which something may happen. What a hook raises, the writer gets.
"""

import contextlib
import errno
import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

import snapstamps.journal

_DAYS = 86_400.0
_PLENTY = 10**15


class Moments:
    """Counts the writes below a folder, and does something from one of them on."""

    def __init__(self, root: str, at: int, act: Callable[[int], None]) -> None:
        self.count = 0
        self._root = root
        self._at = at
        self._act = act

    def watch(self) -> None:
        """Begin; a hook stays for the life of the process."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                return
        elif event == "os.rename":
            path = arguments[1]
        else:
            return
        if not isinstance(path, str | os.PathLike) or not os.fspath(path).startswith(self._root):
            return
        self.count += 1
        if self.count >= self._at:
            self._act(self.count - self._at)


def install(fault: dict[str, Any] | None, root: str) -> Moments:
    """
    Make a fault ready; return what counts the moments.

    Parameters
    ----------
    fault : dict or None
        ``kind`` and ``at`` (the number of the write from which on it happens), and what the kind needs.
    root : str
        The folder whose writes count.
    """
    fault = fault or {"kind": "none"}
    act = {
        "none": lambda _fault: _nothing,
        "signal": _signal,
        "refuse": _refuse,
        "memory": _memory,
        "clock": _clock,
        "plenty": _plenty,
    }[fault["kind"]](fault)
    moments = Moments(root, int(fault.get("at", sys.maxsize)), act)
    moments.watch()
    return moments


def _nothing(_since: int) -> None:
    return


def _signal(fault: dict[str, Any]) -> Callable[[int], None]:
    def act(since: int) -> None:
        if since == 0:
            os.kill(os.getpid(), fault["signal"])

    return act


def _refuse(fault: dict[str, Any]) -> Callable[[int], None]:
    """Refuse every write from then on; or only to bring it safely to disk, as network file systems do."""
    number = getattr(errno, fault["errno"])
    refused = False

    def late(_handle: int) -> None:
        if refused:
            raise OSError(number, os.strerror(number))
        plain(_handle)

    def act(_since: int) -> None:
        nonlocal refused
        refused = True
        if not fault.get("late"):
            raise OSError(number, os.strerror(number))

    plain = os.fsync
    if fault.get("late"):
        os.fsync = late
    return act


def _memory(_fault: dict[str, Any]) -> Callable[[int], None]:
    """Give no more memory: Python's own error, since under a real limit libraries in C may only die."""

    def act(_since: int) -> None:
        raise MemoryError

    return act


def _clock(fault: dict[str, Any]) -> Callable[[int], None]:
    """Let the clock of the day jump, and with it the times of files; the steady clock goes on, as it does."""
    jump = 0.0
    day, rename = time.time, os.replace

    def replace(source: Any, target: Any, **options: Any) -> None:
        with contextlib.suppress(OSError):
            os.utime(source, (day() + jump, day() + jump))
        rename(source, target, **options)

    def utc_now() -> str:
        moment = time.gmtime(day() + jump)
        return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", moment)

    def act(_since: int) -> None:
        nonlocal jump
        jump = float(fault["days"]) * _DAYS

    time.time = lambda: day() + jump
    os.replace = replace
    for module in list(sys.modules.values()):
        if getattr(module, "utc_now", None) is snapstamps.journal.utc_now and module is not snapstamps.journal:
            module.utc_now = utc_now
    snapstamps.journal.utc_now = utc_now
    return act


def _plenty(_fault: dict[str, Any]) -> Callable[[int], None]:
    """Pretend that there is room: another program takes it while we work."""
    shutil.disk_usage = lambda _path: shutil._ntuple_diskusage(_PLENTY, 0, _PLENTY)
    return _nothing
