"""Only one run at a time works in a folder."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from snapstamps.formats.owned_lock import HeldError, owned_lock
from snapstamps.model.errors import InputError

LOCK_NAME = "run.lock"
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})


@contextlib.contextmanager
def project_lock(folder: Path) -> Iterator[None]:
    """
    Hold the project for one run; the lock ends with the process, however that ends.

    Parameters
    ----------
    folder : Path
        ``logs`` of the project; made if needed.

    Raises
    ------
    InputError
        If another run holds it, or the folder may not be written.
    """
    with run_lock(folder / LOCK_NAME, "another run is working in this project", folder.parent):
        yield


@contextlib.contextmanager
def run_lock(file: Path, what: str, where: Path) -> Iterator[None]:
    """
    Hold a lock file for one run.

    Parameters
    ----------
    file : Path
        The file; its folder is made if needed.
    what : str
        What the message begins with where another run holds it.
    where : Path
        The folder that the message names.

    Raises
    ------
    InputError
        If another run holds it, or the folder may not be written.
    """
    with contextlib.ExitStack() as held:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(owned_lock(file))
        except HeldError as error:
            raise InputError(
                what,
                where=where,
                why=f"{error} holds {file.name}",
                remedy=f"wait for it to end, or stop it; if that machine is gone, delete {file}",
            ) from None
        except OSError as error:
            if error.errno not in _FORBIDDEN:
                raise
            raise InputError(
                "the project folder cannot be written",
                where=file.parent,
                why=error.strerror,
                remedy="check its permissions",
            ) from error
        yield
