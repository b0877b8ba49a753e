"""
The lock of the workers: whether all machines see one folder, and whether anybody is at work in it.

The client of a run writes a random text into a file of the project and holds it locked. A worker that reads another
text does not share the folder; one that gets the lock does not share the locks, on which the journal relies. Later
each worker holds the lock while it does a unit: a new run waits until workers of an old one, whose client is gone,
have ended.
"""

import contextlib
import fcntl
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snapstamps import __version__
from snapstamps.model.errors import InputError

WORKERS_LOCK = "workers.lock"
"""Name of the file, in ``logs``."""


@dataclass(frozen=True)
class WorkersLock:
    """
    The file by which client and workers know that they share a disk, and that nobody else is at work.

    Attributes
    ----------
    path : Path
        On the shared disk.
    token : str
        What the client has written into it.
    """

    path: Path
    token: str

    def read(self) -> str:
        """Return what this machine reads there; empty if nothing."""
        try:
            return self.path.read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""

    def is_free(self) -> bool:
        """Tell whether this process could hold the lock together with others."""
        with self.path.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """
        Hold the lock together with the others of this run, as long as a unit is in work.

        Raises
        ------
        InputError
            If the text is not that of this run: the folder is another one, or a later run has begun.
        """
        try:
            stream = self.path.open("rb")
        except OSError:
            raise not_shared(self.path, "a worker") from None
        with stream:
            fcntl.flock(stream, fcntl.LOCK_SH)
            if self.read() != self.token:  # only now: a later run may have held the lock until here
                raise not_shared(self.path, "a worker")
            yield


@contextlib.contextmanager
def shared_lock(logs: Path) -> Iterator[tuple[WorkersLock, Callable[[], None]]]:
    """
    Give the lock of the workers, held by this process alone, and what lets the workers have a share in it.

    Parameters
    ----------
    logs : Path
        The project's folder of logs.

    Raises
    ------
    InputError
        If workers of an earlier run are still at work.
    """
    lock = WorkersLock(logs / WORKERS_LOCK, secrets.token_hex(16))
    with lock.path.open("a+", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                "workers of an earlier run are still at work in this project",
                where=lock.path,
                why="its client ended, but the cluster's workers finish the units that they have begun",
                remedy="wait until they have ended, or restart the workers",
            ) from None
        stream.truncate(0)
        stream.write(lock.token)
        stream.flush()
        yield lock, lambda: fcntl.flock(stream, fcntl.LOCK_SH)


@contextlib.contextmanager
def without_workers(logs: Path) -> Iterator[None]:
    """
    Keep the workers of clusters out of a project, as long as a run goes on that needs none.

    Parameters
    ----------
    logs : Path
        The project's folder of logs.

    Raises
    ------
    InputError
        If workers of an earlier run are still at work.
    """
    if not (logs / WORKERS_LOCK).is_file():  # no cluster has ever worked here
        yield
        return
    with shared_lock(logs):
        yield


def require_shared(seen: Mapping[str, tuple[str, str, bool]], lock: WorkersLock) -> None:
    """
    Check that all workers see the client's folder, respect its locks, and run the same version.

    Parameters
    ----------
    seen : mapping of str to tuple
        Worker -> what `look_around` returned there.
    lock : WorkersLock
        Held by this process alone.

    Raises
    ------
    InputError
        Naming the worker.
    """
    for worker, (version, token, free) in seen.items():
        if version != __version__:
            raise InputError(
                f"worker {worker} has snapstamps {version}, here is {__version__}",
                where="[cluster]",
                remedy="install the same version on all machines",
            )
        if token != lock.token:
            raise not_shared(lock.path, f"worker {worker}")
        if free:
            raise InputError(
                f"worker {worker} does not see the locks of this machine",
                where=lock.path.parent,
                why="the file system keeps locks to one machine, and the journal would not be safe",
                remedy="mount it with locks (Lustre: the option flock; NFS: without nolock), or another file system",
            )


def look_around(lock: WorkersLock) -> tuple[str, str, bool]:
    """
    Return what a worker sees: its version, the text of the lock, and whether the lock is free (it must not be).

    Parameters
    ----------
    lock : WorkersLock
        Held by the client alone.
    """
    token = lock.read()
    return __version__, token, bool(token) and lock.is_free()


def not_shared(path: Path, who: str) -> InputError:
    """Return the error of a worker that does not see the client's folder."""
    return InputError(
        f"{who} does not see the project's folder as it is here",
        where=path.parent.parent,
        why=f"{path.name}, written here, is not to be read there: the machines do not share this folder",
        remedy="put the project on a file system that all machines mount at the same place",
    )
