"""
Orbit files put where SNAP looks for them, and proven to cover the scenes.

SNAP goes by the file's name: it must lie in the month of the first state vector of the annotation, up to 70 s
before the first line, and its validity must hold that time. With nothing suitable there, SNAP goes to the
network, and where it finds only the other kind it takes that with a mere warning.
"""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Protocol

from snapstamps.formats.atomic import atomic_path
from snapstamps.formats.eof import OrbitKind, parse_orbit_name, read_orbit_file
from snapstamps.model.errors import DataError, InputError, SnapstampsError, ToolError
from snapstamps.model.scene import Scene

OrbitPolicy = Literal["precise", "precise-or-restituted", "restituted"]

INSTALL = "python -m pip install 'snapstamps[acquire]'"
PRECISE_DELAY = timedelta(days=21)
"""ESA gives out precise orbits about three weeks after the acquisition."""
AROUND = timedelta(seconds=10)
"""Apply-Orbit-File writes vectors from so long before the first line to so long after the last."""
_LONGEST_GAP = timedelta(seconds=11)
_KINDS: dict[OrbitPolicy, tuple[OrbitKind, ...]] = {
    "precise": ("POEORB",),
    "precise-or-restituted": ("POEORB", "RESORB"),
    "restituted": ("RESORB",),
}

_log = logging.getLogger(__name__)


class OrbitSource(Protocol):
    """Fetches an orbit file from somewhere."""

    def __call__(self, mission: str, first: datetime, last: datetime, kind: OrbitKind, folder: Path) -> Path | None:
        """Put a file that covers a span of time into a folder; None where there is none of this kind."""


@dataclass(frozen=True)
class PlacedOrbit:
    """
    The orbit file of one scene.

    Attributes
    ----------
    scene : str
        Name of the product.
    kind : {"POEORB", "RESORB"}
        Precise or restituted.
    path : Path
        Where SNAP finds it.
    was_there : bool
        Whether it lay there before.
    """

    scene: str
    kind: OrbitKind
    path: Path
    was_there: bool


def snap_orbit_folder(auxdata: Path, kind: OrbitKind, mission: str, time: datetime) -> Path:
    """
    Return the folder in which SNAP looks for orbit files of a time.

    Parameters
    ----------
    auxdata : Path
        SNAP's folder of auxiliary data, ``~/.snap/auxdata`` as a rule.
    kind : {"POEORB", "RESORB"}
        Of the orbit.
    mission : str
        ``S1A`` … ``S1D``.
    time : datetime
        Of the first state vector of the annotation, UTC.
    """
    return auxdata / "Orbits" / "Sentinel-1" / kind / mission / f"{time.year:04d}" / f"{time.month:02d}"


def place_orbits(
    scenes: Iterable[Scene],
    auxdata: Path,
    *,
    policy: OrbitPolicy = "precise-or-restituted",
    at_hand: Sequence[Path] = (),
    source: OrbitSource | None = None,
) -> list[PlacedOrbit]:
    """
    Make sure that every scene has its orbit file where SNAP looks.

    Parameters
    ----------
    scenes : iterable of Scene
        Of the stack.
    auxdata : Path
        SNAP's folder of auxiliary data.
    policy : str, optional
        Which kinds are good enough.
    at_hand : sequence of Path, optional
        Orbit files that lie elsewhere; they are copied.
    source : callable, optional
        Fetches what is missing, such as `fetch_with_sentineleof`; without one, nothing is fetched.

    Returns
    -------
    list of PlacedOrbit
        One per scene; every file was read and covers it.

    Raises
    ------
    DataError
        If a scene has no sound orbit file and none can be had.
    InputError, ToolError
        As the source raises.
    """
    return [_place(scene, auxdata, _KINDS[policy], at_hand, source) for scene in scenes]


def _place(
    scene: Scene, auxdata: Path, kinds: Sequence[OrbitKind], at_hand: Sequence[Path], source: OrbitSource | None
) -> PlacedOrbit:
    first, last = needed_span(scene)
    faults: list[str] = []
    for kind in kinds:
        folder = snap_orbit_folder(auxdata, kind, scene.mission, first)
        for path in _covering(_files_of(folder), scene.mission, kind, first, last):
            if (fault := orbit_fault(path, scene)) is None:
                return PlacedOrbit(scene.name, kind, path, was_there=True)
            faults.append(f"{path.name}: {fault}")
    for kind in kinds:
        found = next(_covering(at_hand, scene.mission, kind, first, last), None)
        # what a source leaves behind beside the file itself must not lie among SNAP's files
        with tempfile.TemporaryDirectory(prefix="snapstamps-orbits-") as scratch:
            if found is None and source is not None:
                found = source(scene.mission, first, last, kind, Path(scratch))
            if found is None:
                continue
            if (fault := orbit_fault(found, scene)) is None:
                target = _copied(found, snap_orbit_folder(auxdata, kind, scene.mission, first))
                return PlacedOrbit(scene.name, kind, target, was_there=False)
            faults.append(f"{found.name}: {fault}")
    raise DataError(
        f"there is no {' or '.join(kinds)} orbit file for {scene.name}",
        where=snap_orbit_folder(auxdata, kinds[0], scene.mission, first),
        why="\n".join(faults) or None,
        remedy=f"{_advice(scene, kinds)}; files may also be put there by hand",
    )


def needed_span(scene: Scene) -> tuple[datetime, datetime]:
    """Return the time that an orbit file must cover for SNAP: from the annotation's first vector on."""
    first = scene.start - AROUND
    if scene.orbit_vectors:
        first = min(first, scene.orbit_vectors[0].time)
    return first, scene.stop + AROUND


def orbit_fault(path: Path, scene: Scene) -> str | None:
    """
    Look into an orbit file; return why it does not serve a scene, or None where it does.

    Parameters
    ----------
    path : Path
        The file.
    scene : Scene
        To be covered from 10 s before its first line to 10 s after its last.
    """
    first, last = scene.start - AROUND, scene.stop + AROUND
    try:
        content = read_orbit_file(path, first=first - _LONGEST_GAP, last=last + _LONGEST_GAP)
    except SnapstampsError as error:
        return f"{error.what} ({error.why})" if error.why else error.what
    times = [vector.time for vector in content.vectors]
    if not times or times[0] > first or times[-1] < last:
        return "its vectors do not cover the scene"
    if any(after - before > _LONGEST_GAP for before, after in pairwise(times)):
        return "vectors are missing in it"
    if content.n_degraded:
        _log.warning("%s: %d vectors at the time of %s are marked degraded", path.name, content.n_degraded, scene.name)
    return None


def _files_of(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _covering(files: Iterable[Path], mission: str, kind: OrbitKind, first: datetime, last: datetime) -> Iterator[Path]:
    """Give the files whose names cover a span, the newest first."""
    named = [(name, path) for path in files if (name := parse_orbit_name(path.name)) is not None]
    fitting = [
        (name.created, path)
        for name, path in named
        if name.mission == mission and name.kind == kind and name.covers(first, last)
    ]
    return iter([path for _, path in sorted(fitting, reverse=True)])


def _copied(path: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    with atomic_path(target) as part:
        shutil.copyfile(path, part)
    return target


def _advice(scene: Scene, kinds: Sequence[OrbitKind]) -> str:
    age = datetime.now(tz=scene.start.tzinfo) - scene.start
    if kinds == ("POEORB",) and age < PRECISE_DELAY:
        return "precise orbits come three weeks after the acquisition; [scenes] orbits = precise-or-restituted"
    return "fetch them with `snapstamps scenes download --only orbits`"


def fetch_with_sentineleof(mission: str, first: datetime, last: datetime, kind: OrbitKind, folder: Path) -> Path | None:
    """
    Fetch an orbit file through sentineleof, from ASF's open store.

    Parameters
    ----------
    mission : str
        ``S1A`` … ``S1D``.
    first, last : datetime
        Span to cover, UTC.
    kind : {"POEORB", "RESORB"}
        Precise or restituted.
    folder : Path
        Where to.

    Returns
    -------
    Path or None
        None where there is no such file (yet).

    Raises
    ------
    InputError
        If sentineleof is not installed.
    ToolError
        If the store cannot be reached.
    """
    download = _library()
    # the library takes one instant with a minute around it: the middle of the span stands for all of it
    instant = (first + (last - first) / 2).replace(tzinfo=None)
    try:
        # force_asf: the other source would ask for a password on the terminal
        paths = download(
            orbit_dts=[instant],
            missions=[mission],
            save_dir=str(folder),
            orbit_type="precise" if kind == "POEORB" else "restituted",
            force_asf=True,
        )
    except ValueError:  # its ValidityError: no file covers the time
        return None
    except Exception as error:  # the library and what it stands on raise many kinds
        raise ToolError(
            "the orbit files cannot be fetched",
            why=f"{type(error).__name__}: {error}",
            remedy=f"check the network, or put {kind} files into {folder} by hand",
        ) from error
    # where there is no precise one it fetches a restituted one unasked
    return next(_covering((Path(path) for path in paths), mission, kind, first, last), None)


def _library() -> Callable[..., list[Any]]:
    try:
        library = import_module("eof.download")
    except ImportError as error:
        raise InputError(
            "fetching orbits needs the package sentineleof, which is not installed", remedy=INSTALL
        ) from error
    return library.download_eofs  # type: ignore[no-any-return]
