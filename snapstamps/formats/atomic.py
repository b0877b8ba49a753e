"""
Files are written whole or not at all.

Whatever is written goes to a temporary name beside its target, is flushed to disk, and is renamed.
A killed process leaves either the old file or the new one, never half of one.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

TEMPORARY_MARK = ".snapstamps-tmp"
"""Part of every temporary name; what still bears it may be deleted."""
_TEMPORARY_NAMES = f".*{TEMPORARY_MARK}-*"


@contextlib.contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """
    Give a temporary path to write to; rename it to ``target`` when the block ends well.

    Parameters
    ----------
    target : Path
        The file to make or to replace. Its folder must exist.

    Yields
    ------
    Path
        A name in the same folder, ending in the suffix of ``target`` (some writers look at it).

    Raises
    ------
    OSError
        As raised by the block or by the file system; the target is then untouched.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_path(folder / "width.txt") as part:
    ...     _ = part.write_text("640")
    >>> (folder / "width.txt").read_text()
    '640'
    """
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}{TEMPORARY_MARK}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    part = Path(name)
    part.chmod(_default_mode())
    try:
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):  # the error itself matters more than what it leaves
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(target)  # a full disk does not say which file it had no room for
        raise
    flush_folder(target.parent)


def write_text(target: Path, text: str) -> None:
    """Write a small text file (UTF-8, LF line ends) atomically."""
    write_bytes(target, text.encode("utf-8"))


def write_bytes(target: Path, content: bytes) -> None:
    """Write a small file atomically."""
    with atomic_path(target) as part:
        part.write_bytes(content)


def flush_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable, where the file system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_leftovers(folder: Path) -> int:
    """Delete temporary files and folders that killed runs left in ``folder``; return how many there were."""
    return _remove(list(folder.glob(_TEMPORARY_NAMES)))


def remove_leftovers_below(folder: Path) -> int:
    """Delete what killed runs left in ``folder`` and in the folders below; return how many there were."""
    return _remove(list(folder.rglob(_TEMPORARY_NAMES)))


def _remove(leftovers: list[Path]) -> int:
    for path in leftovers:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(leftovers)


def _default_mode() -> int:
    """Return the permissions that a plainly opened file would get (mkstemp gives 0600)."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
