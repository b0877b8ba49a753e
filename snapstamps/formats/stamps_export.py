"""
The ``INSAR_<master>`` folder that SNAP's StampsExport writes: what it must hold, and where.

Reading is strict, because StaMPS itself is not: it takes its dates from fixed character positions of
the paths and believes every size. Each fault is one error that names the file. The header's values
are another matter: ``snapstamps check`` judges those.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.formats.gamma_raster import COMPLEX, FLOAT, check_size
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Interferogram, Stack
from snapstamps.model.units import parse_yyyymmdd, yyyymmdd

FOLDERS = ("rslc", "diff0", "geo")
"""Folders that StaMPS reads; ``dem`` is written by SNAP but never read."""


def open_stack(folder: Path) -> Stack:
    """
    Look through an export and return what it holds.

    Parameters
    ----------
    folder : Path
        ``INSAR_<master>``.

    Returns
    -------
    Stack
        With absolute paths, in ascending order of dates.

    Raises
    ------
    InputError
        If there is no such folder, or it may not be read.
    DataError
        If a file is missing, superfluous, misnamed or of the wrong size.
    """
    folder = Path(folder).absolute()
    if not folder.is_dir():
        raise InputError("there is no such export folder", where=folder, remedy="set stamps_export.folder")
    for name in FOLDERS:
        if not (folder / name).is_dir():
            raise DataError(
                f"the export has no folder {name}",
                where=folder,
                why="SNAP's StampsExport writes rslc, diff0, geo and dem",
                remedy="name the folder that holds them, or export again",
            )
    interferograms = _interferograms(folder / "diff0")
    master = interferograms[0].master
    slcs = _slcs(folder / "rslc", master, [ifg.slave for ifg in interferograms])
    header = folder / "rslc" / f"{yyyymmdd(master)}.rslc.par"
    width, length = _size(header)
    geo = folder / "geo"
    stack = Stack(
        folder=folder,
        master=master,
        width=width,
        length=length,
        slcs=slcs,
        interferograms=interferograms,
        header=header,
        lon=_only(geo, "*.lon", "longitudes"),
        lat=_only(geo, "*.lat", "latitudes"),
        height=_only(geo, "*dem.rdc", "heights"),
    )
    _check_sizes(stack)
    return stack


def _interferograms(folder: Path) -> tuple[Interferogram, ...]:
    """Find the master-slave pairs, in ascending order."""
    pairs = []
    for path in _files(folder, "*.diff"):
        words = path.stem.split("_")
        if len(words) != 2:
            raise _misnamed(path, "MMMMMMMM_SSSSSSSS.diff (master and slave)")
        master, slave = (_day(path, word, "MMMMMMMM_SSSSSSSS.diff (master and slave)") for word in words)
        if master == slave:
            raise DataError(
                f"{path.name} pairs the master with itself",
                where=path,
                why="StaMPS would miscount its interferograms",
                remedy=f"delete {path.stem}.*",
            )
        base = path.with_suffix(".base")
        if not base.is_file():
            raise DataError(f"{base.name} is missing", where=folder, remedy="export this pair again")
        pairs.append(Interferogram(master, slave, path, base))
    if not pairs:
        raise DataError("the export has no interferogram (diff0/*.diff)", where=folder, remedy="export again")
    masters = sorted({pair.master for pair in pairs})
    if len(masters) > 1:
        raise DataError(
            f"the interferograms have {len(masters)} masters: {_days(masters)}",
            where=folder,
            why="persistent scatterers need one master for all",
            remedy="keep the pairs of one master",
        )
    return tuple(pairs)


def _slcs(folder: Path, master: date, slaves: list[date]) -> tuple[Path, ...]:
    """Find the SLCs, in ascending order, and compare their days with those of the interferograms."""
    paths = _files(folder, "*.rslc")
    days = [_day(path, path.stem, "YYYYMMDD.rslc") for path in paths]
    if len(days) == 1:
        raise DataError(
            f"the export has only one date, {yyyymmdd(days[0])}",
            where=folder,
            why="amplitude dispersion and phase need several; StaMPS wants about 15 or more",
            remedy="export more pairs into the same folder",
        )
    wanted = {master, *slaves}
    if missing := sorted(wanted - set(days)):
        raise DataError(f"{_days(missing)}.rslc is missing, though diff0 has its interferogram", where=folder)
    if extra := sorted(set(days) - wanted):
        raise DataError(
            f"{_days(extra)}.rslc has no interferogram in diff0",
            where=folder,
            remedy=f"export its pair again, or delete it with its .par from {folder.name}",
        )
    return tuple(paths)


def _size(header: Path) -> tuple[int, int]:
    """Read width (range samples) and length (azimuth lines) from the master's header."""
    par = GammaHeader.read(header)
    numbers = (par.number("range_samples"), par.number("azimuth_lines"))
    for key, number in zip(("range_samples", "azimuth_lines"), numbers, strict=True):
        if not (number.is_integer() and number > 0):
            raise DataError(f"{key} of the header is {number:g}, not a positive whole number", where=header)
    return int(numbers[0]), int(numbers[1])


def _check_sizes(stack: Stack) -> None:
    for path in (*stack.slcs, *(ifg.diff for ifg in stack.interferograms)):
        check_size(path, COMPLEX, stack.width, stack.length)
    for path in (stack.lon, stack.lat, stack.height):
        check_size(path, FLOAT, stack.width, stack.length)


def _only(folder: Path, pattern: str, content: str) -> Path:
    """Find the one file of a kind."""
    paths = _files(folder, pattern)
    if not paths:
        raise DataError(
            f"the {content} (geo/{pattern}) are missing",
            where=folder,
            why="SNAP writes them where the interferogram has elevation and orthorectified latitude/longitude bands",
            remedy="add these bands (TopoPhaseRemoval can) and export again",
        )
    if len(paths) > 1:
        raise DataError(
            f"there are {len(paths)} files of {content}: {', '.join(path.name for path in paths)}",
            where=folder,
            why="StaMPS would take all of them, or any",
            remedy="keep the master's",
        )
    return paths[0]


def _files(folder: Path, pattern: str) -> list[Path]:
    """List files in ascending order, as ``ls`` does: without hidden ones."""
    try:
        return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))
    except PermissionError as error:
        raise InputError("the folder cannot be read", where=folder, why=str(error)) from error


def _day(path: Path, word: str, form: str) -> date:
    try:
        return parse_yyyymmdd(word)
    except ValueError:
        raise _misnamed(path, form) from None


def _misnamed(path: Path, form: str) -> DataError:
    return DataError(
        f"{path.name} is not named by its dates",
        where=path,
        why=f"StaMPS reads the dates from the name, which must be {form}",
        remedy="rename it, or move it elsewhere",
    )


def _days(days: Iterable[date]) -> str:
    return ", ".join(yyyymmdd(day) for day in days)
