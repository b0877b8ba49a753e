"""
Files from other machines: a shared file system may show them some seconds late.

NFS keeps what it knows of a folder for a while. A unit that was done elsewhere counts as done here once its files are
to be seen, as they were left there.
"""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from snapstamps.journal import Record
from snapstamps.model.errors import DataError

PATIENCE_SECONDS = 90.0
_LOOK_SECONDS = 0.5


def await_files(records: Iterable[Record], root: Path, *, patience: float = PATIENCE_SECONDS) -> None:
    """
    Wait until this machine sees what units left that were done elsewhere.

    Parameters
    ----------
    records : iterable of Record
        Of the units.
    root : Path
        The project folder.
    patience : float
        Seconds.

    Raises
    ------
    DataError
        Naming a file that does not come.
    """
    await_sizes({root / name: mark.size for record in records for name, mark in record.outputs.items()}, patience)


def await_sizes(sizes: Mapping[Path, int], patience: float = PATIENCE_SECONDS) -> None:
    """
    Wait until this machine sees files that were written elsewhere.

    Parameters
    ----------
    sizes : mapping of Path to int
        The files, and their bytes.
    patience : float
        Seconds.

    Raises
    ------
    DataError
        Naming a file that does not come.
    """
    until = time.monotonic() + patience
    for path, size in sizes.items():
        while not _is_here(path, size):
            if time.monotonic() > until:
                raise DataError(
                    f"{path.name}, which a worker left, is not to be seen here",
                    where=path,
                    why=f"nor was it after {patience:.0f} s; the shared file system is slow, or not the same",
                    remedy="the same command again",
                )
            time.sleep(_LOOK_SECONDS)


def _is_here(path: Path, size: int) -> bool:
    try:
        next(path.parent.iterdir(), None)  # makes NFS ask anew
        return path.stat().st_size == size
    except OSError:
        return False
