"""
A place without blanks for step 1: StaMPS takes every blank in a path for its end.

``pscphase.in`` and ``rsc.txt`` name files of the export, and StaMPS reads them word by word. Where a name has a
blank in it, step 1 works in a temporary copy of the patch, made of links, with names that have none.
"""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from snapstamps.formats.atomic import atomic_path, write_text
from snapstamps.model.errors import InputError
from snapstamps.stamps.store import StampsStore

_LISTS = ("rsc.txt", "pscphase.in")
_LOG = "STAMPS.log"


@contextlib.contextmanager
def plain_place(patch: StampsStore) -> Iterator[Path]:
    """
    Give the folder in which StaMPS can do step 1 of a patch: the patch itself wherever that is possible.

    Parameters
    ----------
    patch : StampsStore
        The patch.

    Yields
    ------
    Path
        Absolute. What StaMPS leaves there comes to the patch and its working folder when the block ends well.

    Raises
    ------
    InputError
        If even the folder for temporary files has blanks in its name.
    """
    working = patch.parent
    lists = {name: working.file(name).read_text(encoding="utf-8") for name in _LISTS if working.file(name).is_file()}
    if not any(re.search(r"\S[ \t]+\S", line) for text in lists.values() for line in text.splitlines()):
        yield patch.path.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="snapstamps-step1-", dir=_folder_without_blanks()) as name:
        copy = StampsStore(Path(name) / patch.path.name)
        copy.path.mkdir()
        links: dict[Path, Path] = {}
        for list_name, text in lists.items():
            lines = [_without_blanks(line.strip(), Path(name), links) for line in text.splitlines()]
            write_text(copy.parent.file(list_name), "\n".join(lines) + "\n")
        shutil.copyfile(working.file("parms"), copy.parent.file("parms"))
        for path in patch.path.iterdir():
            if path.name != _LOG:
                (copy.path / path.name).symlink_to(path.absolute())
        try:
            yield copy.path
        finally:
            for of_copy, of_patch in ((copy, patch), (copy.parent, working)):
                _add_log(of_copy, of_patch)
        _bring_home(copy, patch)
        _replace(working.file("parms"), copy.parent.file("parms"))


def _folder_without_blanks() -> Path:
    for folder in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - a folder of its own is made inside
        if not re.search(r"\s", folder):
            return Path(folder)
    raise InputError(
        "StaMPS cannot read paths with blanks, and the folder for temporary files has some, too",
        where=tempfile.gettempdir(),
        remedy="set TMPDIR to a folder without blanks in its name",
    )


def _without_blanks(line: str, place: Path, links: dict[Path, Path]) -> str:
    """Return a path by way of a link to its folder; other words as they are."""
    path = Path(line)
    if len(path.parts) < 2:
        return line
    folder = path.parent
    if folder not in links:
        links[folder] = place / f"folder_{len(links) + 1}"
        links[folder].symlink_to(folder)
    return str(links[folder] / path.name)


def _bring_home(copy: StampsStore, patch: StampsStore) -> None:
    for path in copy.path.iterdir():
        if not path.is_symlink() and path.is_file() and path.name != _LOG:
            _replace(patch.path / path.name, path)


def _replace(target: Path, source: Path) -> None:
    with atomic_path(target) as part:
        shutil.copyfile(source, part)


def _add_log(copy: StampsStore, original: StampsStore) -> None:
    log = copy.path / _LOG
    if log.is_file():
        with (original.path / _LOG).open("ab") as stream:
            stream.write(log.read_bytes())
