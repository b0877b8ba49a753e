"""What the machine may refuse a run (room, memory, permission, a worker's life), in the words of our own errors."""

import errno
import re
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool

from snapstamps.model.errors import DataError, InputError, SnapstampsError

_GO_ON = "then the same command goes on from there"
_MEMORY = DataError(
    "the memory of this machine is not enough",
    why="what was finished is kept",
    remedy=f"fewer run.workers, a smaller run.memory, or smaller patches (candidates.patches); {_GO_ON}",
)
_WHAT: Mapping[int, tuple[type[SnapstampsError], str, str]] = {
    errno.ENOSPC: (DataError, "the disk is full", f"free some room; {_GO_ON}"),
    errno.EDQUOT: (DataError, "your quota of the disk is used up", f"free some room, or ask for more; {_GO_ON}"),
    errno.EFBIG: (DataError, "a file is larger than is allowed here", f"look at `ulimit -f`; {_GO_ON}"),
    errno.EIO: (DataError, "the disk failed to read or write", "look at the disk's health and at its cables"),
    errno.EROFS: (InputError, "the folder is on a disk that may only be read", f"make it writable; {_GO_ON}"),
    errno.EACCES: (InputError, "the permission is missing", f"look at the owner and mode of the folder; {_GO_ON}"),
    errno.EPERM: (InputError, "the permission is missing", f"look at the owner and mode of the folder; {_GO_ON}"),
    errno.EMFILE: (DataError, "too many files are open", f"look at `ulimit -n`; {_GO_ON}"),
    errno.ENFILE: (DataError, "too many files are open on this machine", f"end other programs; {_GO_ON}"),
    errno.ENAMETOOLONG: (InputError, "a name is too long", "a shorter name, or a folder nearer to the root"),
}
_PHRASES = (
    (errno.ENOSPC, re.compile(r"no space left|disk (is )?full", re.IGNORECASE)),
    (errno.EDQUOT, re.compile(r"quota exceeded", re.IGNORECASE)),
    (errno.EROFS, re.compile(r"read-?only (file ?system|database)", re.IGNORECASE)),
    (errno.ENOMEM, re.compile(r"cannot allocate|unable to allocate|out of memory|bad_?alloc", re.IGNORECASE)),
)
"""How libraries tell it that lose the number of the error on its way."""


def refusal_of(error: BaseException) -> SnapstampsError | None:
    """
    Return what the machine refused, where an error tells of that; None where it is something else.

    Parameters
    ----------
    error : BaseException
        What reached the end of the command.

    Examples
    --------
    >>> print(refusal_of(OSError(errno.ENOSPC, "No space left on device", "stamps/pm1.mat")).what)
    the disk is full
    >>> refusal_of(ZeroDivisionError()) is None
    True
    """
    if isinstance(error, SnapstampsError):
        return None
    if isinstance(error, BrokenProcessPool):
        return DataError(
            "a worker process died",
            why="it was killed from outside, most often for lack of memory",
            remedy=f"fewer run.workers or smaller patches (candidates.patches); {_GO_ON}",
        )
    number = (error.errno if isinstance(error, OSError) else 0) or _number_told(str(error))
    if isinstance(error, MemoryError) or number == errno.ENOMEM:
        return _MEMORY
    where = _where(error)
    if number in _WHAT:
        kind, what, remedy = _WHAT[number]
        return kind(what, where=where, why=str(error) if where is None else None, remedy=remedy)
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return DataError(f"the system refused: {reason}", where=where, remedy="look at free disk space and permissions")
    return None


def _number_told(text: str) -> int:
    return next((number for number, phrase in _PHRASES if phrase.search(text)), 0)


def _where(error: BaseException) -> str | None:
    if not isinstance(error, OSError) or error.filename is None:
        return None
    return str(error.filename2 or error.filename)
