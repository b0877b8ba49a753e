"""An export that is only read: a folder of links to its rasters and of copies of its headers."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from snapstamps.formats.atomic import atomic_path, write_text
from snapstamps.model.errors import InputError

LIST_NAME = "copied_headers.json"
"""In ``logs``: which headers were copied, and what they were then."""

_HEADERS = frozenset({".par", ".base", ".orig"})
"""Small files that the gate may correct; all others are only read."""


def link_export(source: Path, target: Path, *, logs: Path) -> None:
    """
    Make a folder that serves as an export and can be corrected, while the export itself stays as it is.

    A second time, only what has changed in the export is brought over; corrected headers stay.

    Parameters
    ----------
    source : Path
        ``INSAR_<master>``, which may be read-only; absolute.
    target : Path
        Gets links to its rasters and copies of its headers.
    logs : Path
        Keeps the list of the copies.

    Raises
    ------
    InputError
        If the folder cannot be written, or the export not be read.
    """
    try:
        known = _known(logs / LIST_NAME)
        present = {str(path.relative_to(source)): path for path in _files_of(source)}
        for name in _names_in(target):
            if name.removesuffix(".orig") not in present and name not in present:
                (target / name).unlink()
        copied: dict[str, list[int]] = {}
        for name, path in present.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if path.suffix not in _HEADERS:
                _link(path, target / name)
                continue
            copied[name] = _mark(path)
            if known.get(name) != copied[name] or not (target / name).is_file():
                _copy(path, target / name)
        logs.mkdir(parents=True, exist_ok=True)
        write_text(logs / LIST_NAME, json.dumps(copied, indent=1, sort_keys=True) + "\n")
    except OSError as error:
        raise InputError(
            f"the export cannot be brought over from {source}",
            where=error.filename or target,
            why=error.strerror,
            remedy="check that the one folder may be read and the other written",
        ) from error


def _files_of(source: Path) -> Iterator[Path]:
    return (path for path in sorted(source.rglob("*")) if path.is_file())


def _names_in(target: Path) -> list[str]:
    """Return what an earlier time has left."""
    return [str(path.relative_to(target)) for path in target.rglob("*") if path.is_symlink() or path.is_file()]


def _known(path: Path) -> dict[str, list[int]]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # everything is copied anew
    return known if isinstance(known, dict) else {}


def _mark(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _link(path: Path, link: Path) -> None:
    if link.is_symlink() and link.readlink() == path:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(path)


def _copy(path: Path, copy: Path) -> None:
    """Copy a header; an original that is kept beside it belongs to the former one."""
    if copy.suffix != ".orig":
        copy.with_name(f"{copy.name}.orig").unlink(missing_ok=True)
    with atomic_path(copy) as part:
        shutil.copyfile(path, part)
