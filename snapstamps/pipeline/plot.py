"""Artefacts of a project or of a StaMPS folder as pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

from snapstamps.config.load import CONFIG_NAME
from snapstamps.config.project import Project
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded

if TYPE_CHECKING:
    from snapstamps.results.figures.artefacts.source import Source

FOLDER = "plots"


def plot(folder: str | Path, artefact: str, *, patch: str = "", ifg: str = "", out: str | Path | None = None) -> Path:
    """
    Draw an artefact of StaMPS into a file.

    Parameters
    ----------
    folder : str or Path
        A project, a StaMPS working folder, or a patch.
    artefact : str
        Such as ``pm1``; without its number the latest version that is there.
    patch : str
        Such as ``PATCH_2`` or ``2``; empty: the working folder, or the first patch that has it.
    ifg : str
        For one interferogram: its day, or its position from 1 with the master counted along.
    out : str or Path, optional
        The picture; ``products/plots/<artefact>.png`` by default, in a StaMPS folder ``<artefact>.png`` here.

    Returns
    -------
    Path
        The picture.

    Raises
    ------
    InputError
        If there is no such folder, artefact, patch or date.
    DataError
        If the artefact is damaged.
    """
    from snapstamps.results.figures.artefacts.run import write_artefact  # noqa: PLC0415 - matplotlib loads slowly

    source = source_of(Path(folder), artefact, patch=patch, ifg=ifg)
    return write_artefact(source, Path(out) if out is not None else default_file(Path(folder), source.name))


def source_of(folder: Path, artefact: str, *, patch: str = "", ifg: str = "") -> "Source":
    """
    Find an artefact of a project or of a StaMPS folder; see `plot`.

    Raises
    ------
    InputError
        If there is no such folder, artefact or patch.
    """
    from snapstamps.results.figures.artefacts.source import find_source  # noqa: PLC0415 - likewise

    return find_source(stamps_folder_of(folder), artefact, patch=patch, ifg=ifg)


def stamps_folder_of(folder: Path) -> Path:
    """
    Return the StaMPS folder that is meant: that of a project, or the folder itself.

    Raises
    ------
    InputError
        If the folder is neither a project nor of StaMPS.
    """
    folder = expanded(folder).resolve()
    if (folder / CONFIG_NAME).is_file():
        return Project.open(folder).stamps_folder
    if not any((folder / name).exists() for name in ("parms.mat", "patch.list", "psver.mat", "ps1.mat", "patch.in")):
        raise InputError(
            "this is neither a project nor a folder of StaMPS" if folder.is_dir() else "there is no such folder",
            where=folder,
            remedy="-C with a project, a working folder of StaMPS, or one PATCH_n of it",
        )
    return folder


def default_file(folder: Path, name: str) -> Path:
    """Return where a picture goes if nobody says it."""
    if (folder / CONFIG_NAME).is_file():
        return Project.open(folder).products_folder / FOLDER / f"{name}.png"
    return Path.cwd() / f"{name}.png"
