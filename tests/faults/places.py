"""Folders with something wrong: full, read-only. The real thing where the tests may mount, else the nearest to it."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_BLOCK = 4096


@cache
def may_mount() -> bool:
    """Tell whether this process may mount file systems (root, and not in a container that forbids it)."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    probe = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    try:
        if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(probe)], capture_output=True, check=False).returncode:
            return False
        subprocess.run(["umount", str(probe)], check=True)
        return True
    finally:
        probe.rmdir()


def room_of(folder: Path | None) -> int:
    """Return the bytes that a folder takes on a tmpfs."""
    if folder is None:
        return 0
    return sum(-(-path.lstat().st_size // _BLOCK) * _BLOCK for path in folder.rglob("*") if not path.is_dir())


class SmallDisk:
    """A disk of a given size; `grow` gives it room."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        _call("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))

    def grow(self) -> None:
        """Make room."""
        _call("mount", "-o", "remount,size=2g", str(self.folder))

    def close(self) -> None:
        """Give the disk back."""
        _call("umount", "-l", str(self.folder))


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder."""
    if may_mount():
        _call("mount", "--bind", str(folder), str(folder))
        try:
            _call("mount", "-o", "remount,bind,ro", str(folder))
            yield
        finally:
            _call("umount", "-l", str(folder))
        return
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths if not path.is_symlink()}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def _call(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
