"""Only one run at a time works in a project folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from snapstamps.model.errors import InputError


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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / "run.lock").open("a+")
    except OSError as error:
        raise InputError(
            "the project folder cannot be written", where=folder, why=error.strerror, remedy="check its permissions"
        ) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            raise InputError(
                "another run is working in this project",
                where=folder.parent,
                why=f"process {stream.read().strip() or 'unknown'} holds logs/run.lock",
                remedy="wait for it to end, or stop it",
            ) from None
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        yield
