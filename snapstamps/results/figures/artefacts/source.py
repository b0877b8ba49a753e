"""An artefact that is to be drawn, where it lies, and the dates and places that belong to it."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from snapstamps.config.faults import nearest
from snapstamps.kernels.arrays import BoolArray, FloatArray
from snapstamps.model.errors import InputError
from snapstamps.model.units import date_of_datenum, parse_yyyymmdd
from snapstamps.results.amplitude_map import extent_of
from snapstamps.stamps.artefacts import ARTEFACTS
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import Artefact, StampsStore

OTHERS = {"parms": "parms.mat", "mean_amp": "mean_amp.flt"}
"""What can be drawn besides the registry: name -> file."""
_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_LIST = "`snapstamps plot` alone lists what is there"


@dataclass(frozen=True)
class Source:
    """
    What is to be drawn.

    Attributes
    ----------
    store : StampsStore
        The folder in which the artefact lies: a patch, or the working folder.
    name : str
        The artefact.
    wanted : str
        The date that the user asked for: its position from 1, or a day; empty: none.
    """

    store: StampsStore
    name: str
    wanted: str = ""

    @cached_property
    def values(self) -> Artefact:
        """The artefact itself."""
        return self.store.read(self.name)

    @property
    def place(self) -> str:
        """Name of the patch, or empty in the working folder."""
        return self.store.path.name if self.store.path.name.startswith("PATCH_") else ""

    @cached_property
    def ps(self) -> Artefact:
        """Places and dates: of the candidates for files of version 1, else of the PS."""
        first = "ps1" if self.name.endswith("1") else "ps2"
        known = [name for name in (first, "ps2", "ps1") if self.store.has(name)]
        if not known:
            raise InputError(
                f"{self.name} cannot be drawn without places",
                where=self.store.path,
                why="ps1.mat and ps2.mat are missing",
            )
        return self.store.read(known[0])

    @property
    def lonlat(self) -> FloatArray:
        """Places, degrees, shape (n, 2)."""
        return np.asarray(self.ps.lonlat, dtype=np.float64)

    @cached_property
    def aspect(self) -> float:
        """Width over height of the scene on the ground; 1 where no place is known yet."""
        known = any(self.store.has(name) for name in ("ps1", "ps2"))
        return extent_of(self.lonlat).metric_aspect if known else 1.0

    @cached_property
    def days(self) -> tuple[date, ...]:
        """All dates, ascending."""
        return tuple(date_of_datenum(day) for day in self.ps.day)

    @property
    def bperp(self) -> FloatArray:
        """Perpendicular baselines, m, shape (n_scenes,)."""
        return np.asarray(self.ps.bperp, dtype=np.float64)

    @property
    def master(self) -> int:
        """Position of the master among the dates."""
        return int(self.ps.master_ix) - 1

    @cached_property
    def used(self) -> BoolArray:
        """False for dates that are dropped, shape (n_scenes,)."""
        folder = self.store.parent if self.place else self.store
        parms = read_parms(folder.file("parms")) if folder.has("parms") else {}
        used = np.ones(len(self.days), dtype=bool)
        dropped = np.array(parms.get("drop_ifg_index", []), dtype=int) - 1
        used[dropped[(dropped >= 0) & (dropped < len(used))]] = False
        return used

    @property
    def slaves(self) -> list[int]:
        """Positions of all dates but the master."""
        return [day for day in range(len(self.days)) if day != self.master]

    @cached_property
    def date(self) -> int:
        """The date of a picture that shows one: the one asked for, else the used one farthest from the master."""
        if self.wanted:
            return self._asked()
        days = [day for day in self.slaves if self.used[day]] or self.slaves
        return max(days, key=lambda day: abs((self.days[day] - self.days[self.master]).days))

    @property
    def date_text(self) -> str:
        """The date of such a picture, for titles."""
        return self.days[self.date].isoformat()

    def column(self, n_columns: int) -> int:
        """
        Return which column of an array without master (and perhaps without dropped dates) holds the date.

        Parameters
        ----------
        n_columns : int
            Of the array.

        Raises
        ------
        InputError
            If the date was dropped.
        """
        held = self.slaves if n_columns == len(self.slaves) else [day for day in self.slaves if self.used[day]]
        if self.date not in held[:n_columns]:
            raise InputError(f"{self.name} has no interferogram of {self.date_text}", why="that date was dropped")
        return held.index(self.date)

    def _asked(self) -> int:
        try:
            text = self.wanted.strip()
            found = self.days.index(parse_yyyymmdd(text.replace("-", ""))) if _DATE.fullmatch(text) else int(text) - 1
        except ValueError:
            found = -1
        if not 0 <= found < len(self.days):
            raise InputError(
                f"there is no date {self.wanted!r}",
                where="--ifg",
                why=f"the stack has {len(self.days)} dates, {self.days[0]} to {self.days[-1]}",
                remedy=f"a day, or its position from 1 to {len(self.days)}",
            )
        if found == self.master:
            raise InputError(
                f"{self.days[found]} is the master, whose phase is zero by definition",
                where="--ifg",
                remedy="name another date",
            )
        return found


def find_source(folder: Path, name: str, *, patch: str = "", ifg: str = "") -> Source:
    """
    Find an artefact in a StaMPS folder.

    Parameters
    ----------
    folder : Path
        A working folder, or one ``PATCH_n`` of it.
    name : str
        Such as ``pm1``, ``pm1.mat`` or ``pm``; without a number the latest version that is there.
    patch : str
        Such as ``1`` or ``PATCH_1``; empty: the working folder, or the first patch that has it.
    ifg : str
        Date for pictures of one interferogram: a day, or its position from 1 with the master counted along.

    Raises
    ------
    InputError
        If the name is unknown or the file is not there.
    """
    base = name.removesuffix(".mat").removesuffix(".flt")
    names = [base] if base in ARTEFACTS or base in OTHERS else [f"{base}{n}" for n in "21" if f"{base}{n}" in ARTEFACTS]
    if not names:
        near = nearest(base, (*ARTEFACTS, *OTHERS))
        raise InputError(
            f"StaMPS has no artefact {name!r}", why=f"the nearest is {near}" if near else None, remedy=_LIST
        )
    places = _places(folder, patch)
    for each in names:
        for place in places:
            if place.has(OTHERS.get(each, each)):
                return Source(place, each, ifg)
    raise InputError(
        f"there is no {OTHERS.get(names[0], names[0] + '.mat')} yet",
        where=places[0].path if len(places) == 1 else folder,
        remedy=f"run the step that writes it (`snapstamps explain {names[0]}`); {_LIST}",
    )


def drawable(folder: Path) -> list[tuple[str, str]]:
    """
    List what can be drawn in a StaMPS folder.

    Parameters
    ----------
    folder : Path
        A working folder, or one patch.

    Returns
    -------
    list of (str, str)
        Name and patch (empty: the working folder), in the order of the registry.
    """
    return [
        (name, place.path.name if place.path != folder else "")
        for name in (*ARTEFACTS, *OTHERS)
        for place in _places(folder, "")
        if place.has(OTHERS.get(name, name))
    ]


def _places(folder: Path, patch: str) -> list[StampsStore]:
    if patch:
        chosen = folder / (patch if patch.startswith("PATCH_") else f"PATCH_{patch}")
        if not chosen.is_dir():
            raise InputError(f"there is no {chosen.name}", where=folder, remedy=_LIST)
        return [StampsStore(chosen)]
    patches = [path for path in folder.glob("PATCH_*") if path.is_dir()]
    patches.sort(key=lambda path: (len(path.name), path.name))
    return [StampsStore(path) for path in (folder, *patches)]
