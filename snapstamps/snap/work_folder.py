"""
The folder in which one gpt works, and how what it made gets its place: verified first, then moved, header last.

A product cannot be renamed, because its header names its own folder of rasters; so it is written under its final name
in a folder of the work, on the same file system, and moved as it is.
"""

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from snapstamps.formats.atomic import flush_folder
from snapstamps.model.errors import InputError


def fresh_folder(folder: Path) -> Path:
    """Return an empty folder; what a killed run left in it is deleted."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def publish_product(made: Path, target: Path) -> None:
    """
    Move a verified product to its place; one that lies there is replaced.

    Parameters
    ----------
    made : Path
        Its ``.dim`` in the folder of the work.
    target : Path
        Its ``.dim`` in the project, of the same name.

    Raises
    ------
    InputError
        If the two lie on different file systems.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    delete_product(target)
    # the header comes last: without it there is no product
    move(data_folder(made), data_folder(target))
    move(made, target)
    flush_folder(target.parent)


def delete_product(path: Path) -> None:
    """Delete a product, header first; nothing happens where there is none."""
    path.unlink(missing_ok=True)
    shutil.rmtree(data_folder(path), ignore_errors=True)


def data_folder(path: Path) -> Path:
    """Return the folder of a product's rasters."""
    return path.with_suffix(".data")


def move(source: Path, target: Path) -> None:
    """
    Rename a file or folder.

    Raises
    ------
    InputError
        If the target lies on another file system, where a rename is a copy that may be interrupted.
    """
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        raise InputError(
            "a product cannot be moved to its place",
            where=target,
            why=f"{target.parent} lies on another file system than {source.parent}",
            remedy="put the whole project on one file system; a link may lead to the project, not into it",
        ) from error


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process holds this folder, and hold it; the hold ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def free_bytes(folder: Path) -> int:
    """Return the free space of the file system of a folder, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize
