"""
The files of a SAFE product, in a folder or in a zip file that is never unpacked.

A zip file from anywhere may lie about what is in it: names that lead out of it, sizes out of all proportion,
the same name twice. Nothing of that is opened.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from snapstamps.model.errors import DataError, InputError

MANIFEST = "manifest.safe"
MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 64 * 2**20
"""Largest XML file that is read; ESA's annotations have about 1 MiB."""
MAX_RATIO = 200
"""Most that compression can have gained; ESA's XML shrinks to about a twentieth."""
_PACKER_LITTER = "__MACOSX"
_READ = frozenset({".xml", ".safe"})
"""Endings of the files that are opened; images may be links, nobody here reads them."""
ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, struct.error),
    # unknown methods of compression and passwords are RuntimeErrors, impossible names and places ValueErrors
    *(RuntimeError, ValueError, IndexError, OverflowError),
)
"""What Python's zipfile may raise for a file that is damaged or made to damage."""


@dataclass(frozen=True)
class SafeFiles:
    """
    What a product holds.

    Attributes
    ----------
    path : Path
        The ``.SAFE`` folder or the zip file.
    root : str
        The way to the product inside the zip file, with a slash at its end; empty in a folder.
    sizes : dict of str to int
        Every file by its name relative to the manifest's folder, and its bytes.
    folder_name : str
        Name of the folder that holds the manifest.
    """

    path: Path
    root: str
    sizes: dict[str, int]
    folder_name: str

    def names(self, folder: str, ending: str) -> list[str]:
        """Return the files that stand directly in a folder and have an ending, sorted."""
        depth = folder.count("/") + 1
        return sorted(
            name
            for name in self.sizes
            if name.startswith(f"{folder}/") and name.endswith(ending) and name.count("/") == depth
        )

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """
        Open a small file of the product.

        Raises
        ------
        DataError
            If it is absent, damaged, or too large to be what it says.
        """
        where = f"{self.path}: {name}"
        if name not in self.sizes:
            raise DataError(f"{name.rpartition('/')[2]} is missing from the product", where=self.path)
        if self.sizes[name] > MAX_MEMBER_BYTES:
            raise DataError("an XML file of the product is too large", where=where, why=f"{self.sizes[name]} bytes")
        if self.path.is_dir():
            with (self.path / name).open("rb") as stream:
                yield stream
            return
        try:
            with zipfile.ZipFile(self.path) as archive:
                content = archive.read(self.root + name)
        except ZIP_ERRORS as error:
            raise _damaged(self.path, error) from error
        yield io.BytesIO(content)


def open_safe(path: Path) -> SafeFiles:
    """
    List the files of a product.

    Parameters
    ----------
    path : Path
        A zip file, a ``.SAFE`` folder, or its ``manifest.safe``.

    Returns
    -------
    SafeFiles

    Raises
    ------
    InputError
        If it is missing or cannot be read.
    DataError
        If it is no product, or a zip file that is damaged or not to be trusted.
    """
    if path.name == MANIFEST:
        path = path.parent
    if path.is_dir():
        return _list_folder(path)
    if not path.is_file():
        raise InputError("the scene is missing", where=path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except PermissionError as error:
        raise InputError("the scene cannot be read", where=path, why=error.strerror) from error
    except ZIP_ERRORS as error:
        raise _damaged(path, error) from error
    return _list_members(path, members)


def _list_folder(folder: Path) -> SafeFiles:
    if not (folder / MANIFEST).is_file():
        raise DataError(f"{folder.name} is no SAFE product", where=folder, why=f"it has no {MANIFEST}")
    home = folder.resolve()
    sizes = {}
    for file in folder.rglob("*"):
        if not file.is_file():
            continue
        if file.suffix in _READ and not file.resolve().is_relative_to(home):
            raise DataError(
                f"{file.name} of the product is a link that leads out of it",
                where=file,
                remedy="put the file itself there, or link the whole product",
            )
        sizes[file.relative_to(folder).as_posix()] = file.stat().st_size
    return SafeFiles(folder, "", sizes, folder.absolute().name)


def _list_members(path: Path, members: list[zipfile.ZipInfo]) -> SafeFiles:
    if len(members) > MAX_MEMBERS:
        raise _untrusted(path, f"it lists {len(members)} files")
    sizes: dict[str, int] = {}
    for member in members:
        if not member.filename:
            raise _untrusted(path, "a file in it has no name")
        if member.is_dir() or member.filename.startswith(f"{_PACKER_LITTER}/"):
            continue
        name = member.filename
        if name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
            raise _untrusted(path, f"a name in it leads out of it: {name!r}")
        if name in sizes:
            raise _untrusted(path, f"it holds {name!r} twice")
        if name.endswith((".xml", ".safe")) and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise _untrusted(path, f"{name!r} would grow {member.file_size // max(member.compress_size, 1)} times")
        sizes[name] = member.file_size
    manifests = [name for name in sizes if PurePosixPath(name).name == MANIFEST]
    if len(manifests) != 1:
        raise DataError(
            f"{path.name} is no SAFE product", where=path, why=f"it holds {len(manifests)} files {MANIFEST}, not one"
        )
    root = manifests[0].removesuffix(MANIFEST)
    inside = {name.removeprefix(root): size for name, size in sizes.items() if name.startswith(root)}
    return SafeFiles(path, root, inside, PurePosixPath(root).name or path.stem)


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(
        f"{path.name} is not a sound zip file",
        where=path,
        why=str(error) or type(error).__name__,
        remedy="fetch it again; an interrupted download leaves such files",
    )


def _untrusted(path: Path, why: str) -> DataError:
    return DataError(f"{path.name} is not a zip file to trust", where=path, why=why, remedy="fetch it again from ASF")
