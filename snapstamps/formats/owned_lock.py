"""
A lock on a file that says who holds it: process, machine, since when.

The system ends the lock with the process, however that ends: a file that a killed run left behind holds nobody up.
Where a file system knows no locks, the owner written in the file decides, as far as it can be found out.
"""

import contextlib
import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

_KNOWS_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF})


@dataclass(frozen=True)
class Owner:
    """
    Who holds a lock.

    Attributes
    ----------
    pid : int
        The process.
    host : str
        The machine.
    since : str
        UTC, ISO 8601.
    """

    pid: int
    host: str
    since: str

    @classmethod
    def here(cls) -> "Owner":
        """Return this process."""
        return cls(os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def may_be_alive(self) -> bool:
        """Tell whether the process may still run; of another machine nobody here knows."""
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def __str__(self) -> str:
        """Return the owner as messages tell it."""
        return f"process {self.pid} on {self.host}, since {self.since}"


class HeldError(Exception):
    """
    Somebody else holds the lock.

    Attributes
    ----------
    owner : Owner or None
        Who, where the file tells.
    """

    def __init__(self, owner: Owner | None) -> None:
        self.owner = owner
        super().__init__(str(owner or "an unknown process"))


@contextlib.contextmanager
def owned_lock(path: Path) -> Iterator[None]:
    """
    Hold a lock; its file is there only as long.

    Parameters
    ----------
    path : Path
        The file; its folder must exist.

    Raises
    ------
    HeldError
        If another process holds it.
    OSError
        If the file cannot be made.
    """
    stream = _locked(path)
    with stream:
        try:
            stream.seek(0)
            stream.truncate()
            stream.write(json.dumps(asdict(Owner.here())) + "\n")
            stream.flush()
            yield
        finally:
            with contextlib.suppress(OSError):
                path.unlink()


def read_owner(path: Path) -> Owner | None:
    """Return who holds or held a lock; None where the file does not tell."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Owner(int(content["pid"]), str(content["host"]), str(content["since"]))
    except (OSError, ValueError, TypeError, LookupError):
        return None


def _locked(path: Path) -> TextIO:
    while True:
        stream = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The holder before us deletes the file as it goes: a lock on what is deleted locks nobody out.
            if path.exists() and os.path.samestat(os.fstat(stream.fileno()), path.stat()):
                return stream
        except FileNotFoundError:
            pass
        except BlockingIOError:
            stream.close()
            raise HeldError(read_owner(path)) from None
        except OSError as error:
            if error.errno not in _KNOWS_NO_LOCKS:
                stream.close()
                raise
            owner = read_owner(path)
            if owner is None or not owner.may_be_alive:
                return stream
            stream.close()
            raise HeldError(owner) from None
        stream.close()
