"""Which dates and files an export holds, read from its names alone."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from snapstamps.model.errors import InputError
from snapstamps.model.units import parse_yyyymmdd, yyyymmdd

FOLDERS = ("rslc", "diff0", "geo")
"""What StaMPS reads; ``dem`` is written by SNAP, and read by nobody."""

T = TypeVar("T")


@dataclass(frozen=True)
class ExportListing:
    """
    The names in an export. All files are given relative to the folder, in the form ``rslc/20190505.rslc``.

    Attributes
    ----------
    folder : Path
        The export.
    folders : frozenset of str
        Which of rslc, diff0, geo are there.
    named_master : date or None
        The date in the folder's own name ``INSAR_YYYYMMDD``.
    master : date or None
        The master of most pairs; where there are none, or as many of another, that of the folder's name.
    slcs, headers : frozenset of date
        Dates of ``.rslc`` and of ``.rslc.par``.
    diffs, bases : frozenset of (date, date)
        Master and slave of ``.diff`` and of ``.base``.
    lons, lats, heights : tuple of str
        Files that StaMPS would take for longitude, latitude, height.
    misnamed : tuple of str
        Rasters and baselines whose names hold no dates of the form that StaMPS cuts out.
    """

    folder: Path
    folders: frozenset[str]
    named_master: date | None
    master: date | None
    slcs: frozenset[date]
    headers: frozenset[date]
    diffs: frozenset[tuple[date, date]]
    bases: frozenset[tuple[date, date]]
    lons: tuple[str, ...]
    lats: tuple[str, ...]
    heights: tuple[str, ...]
    misnamed: tuple[str, ...]

    @property
    def pairs(self) -> frozenset[tuple[date, date]]:
        """Return the pairs that have at least one file."""
        return self.diffs | self.bases

    @property
    def dates(self) -> tuple[date, ...]:
        """Return all dates of SLCs and pairs in ascending order, the master's included."""
        known = {*self.slcs, *self.headers, *(slave for _, slave in self.pairs)}
        return tuple(sorted(known if self.master is None else known | {self.master}))

    @property
    def slaves(self) -> tuple[date, ...]:
        """Return all dates but the master's."""
        return tuple(day for day in self.dates if day != self.master)

    def chosen(self, files: tuple[str, ...]) -> str | None:
        """Return the one of several geometry files to use: the master's, or SNAP's own name, else the first."""
        master = "" if self.master is None else yyyymmdd(self.master)
        proper = (file for file in files if file.split("/")[-1].split(".")[0] in {master, "elevation_dem"})
        return next(proper, files[0] if files else None)


def slc_name(day: date) -> str:
    """Return the relative name of an SLC; its header has ``.par`` behind it."""
    return f"rslc/{yyyymmdd(day)}.rslc"


def pair_name(master: date, slave: date, suffix: str) -> str:
    """Return the relative name of a file of a pair, suffix ``.diff`` or ``.base``."""
    return f"diff0/{yyyymmdd(master)}_{yyyymmdd(slave)}{suffix}"


def list_export(folder: Path) -> ExportListing:
    """
    List an export.

    Parameters
    ----------
    folder : Path
        ``INSAR_<master>``.

    Raises
    ------
    InputError
        If there is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        raise InputError(
            "there is no such export folder", where=folder, remedy="name the INSAR_<master> folder that SNAP wrote"
        )
    try:
        present = frozenset(name for name in FOLDERS if (folder / name).is_dir())
        names = {name: _visible_files(folder / name) if name in present else [] for name in FOLDERS}
    except OSError as error:
        raise InputError("the export folder cannot be read", where=error.filename, why=error.strerror) from error
    slcs = {name: _day(name[:-5]) for name in names["rslc"] if name.endswith(".rslc")}
    headers = {name: _day(name[:-9]) for name in names["rslc"] if name.endswith(".rslc.par")}
    diffs = {name: _pair(name[:-5]) for name in names["diff0"] if name.endswith(".diff")}
    bases = {name: _pair(name[:-5]) for name in names["diff0"] if name.endswith(".base")}
    named_master = _master_of_name(folder)
    masters = Counter(pair[0] for pair in sorted(_known({**diffs, **bases})))
    return ExportListing(
        folder=folder,
        folders=present,
        named_master=named_master,
        master=max(masters, key=lambda day: (masters[day], day == named_master), default=named_master),
        slcs=_known(slcs),
        headers=_known(headers),
        diffs=_known(diffs),
        bases=_known(bases),
        lons=_geo_files(names["geo"], ".lon"),
        lats=_geo_files(names["geo"], ".lat"),
        heights=_geo_files(names["geo"], "dem.rdc"),
        misnamed=(
            *(f"rslc/{name}" for name, day in {**slcs, **headers}.items() if day is None),
            *(f"diff0/{name}" for name, pair in {**diffs, **bases}.items() if pair is None),
        ),
    )


def header_names(folder: Path) -> tuple[str, ...]:
    """
    Name all headers that SNAP makes alike: those of the SLCs, interferograms, longitude and latitude.

    Only the master's is read by StaMPS. The header of the heights has another form.
    """
    patterns = ("rslc/*.rslc.par", "diff0/*.diff.par", "geo/*.lat.par", "geo/*.lon.par")
    found = (path for pattern in patterns for path in sorted(folder.glob(pattern)))
    return tuple(path.relative_to(folder).as_posix() for path in found if not path.name.startswith("."))


def _visible_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _geo_files(names: Iterable[str], suffix: str) -> tuple[str, ...]:
    return tuple(f"geo/{name}" for name in names if name.endswith(suffix))


def _known(values: Mapping[str, T | None]) -> frozenset[T]:
    return frozenset(value for value in values.values() if value is not None)


def _master_of_name(folder: Path) -> date | None:
    # resolved only where the name says nothing (`.`): a link may bear the name that its target lacks
    for name in (folder.name, folder.resolve().name):
        match = re.fullmatch(r"INSAR_(\d{8})", name)
        if match:
            return _day(match[1])
    return None


def _day(text: str) -> date | None:
    try:
        return parse_yyyymmdd(text)
    except ValueError:
        return None


def _pair(text: str) -> tuple[date, date] | None:
    days = [_day(word) for word in text.split("_")]
    if len(days) != 2 or days[0] is None or days[1] is None:
        return None
    return days[0], days[1]
