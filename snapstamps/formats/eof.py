"""
Sentinel-1 orbit files (EOF): POEORB, precise, three weeks after; RESORB, restituted, three hours after.

The name tells mission, kind and validity; SNAP goes by the name alone, so that name and content are compared here.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Literal

from snapstamps.formats.safe_files import ZIP_ERRORS
from snapstamps.formats.xml_elements import Element, read_elements
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.scene import OrbitVector, parse_utc

OrbitKind = Literal["POEORB", "RESORB"]

_NAME = re.compile(
    r"(?P<mission>S1[A-D])_OPER_AUX_(?P<kind>POEORB|RESORB)_OPOD_(?P<created>\d{8}T\d{6})"
    r"_V(?P<start>\d{8}T\d{6})_(?P<stop>\d{8}T\d{6})\.EOF(?:\.zip)?",
    re.IGNORECASE,
)
MAX_BYTES = 64 * 2**20


@dataclass(frozen=True)
class OrbitFileName:
    """
    What the name of an orbit file says.

    Attributes
    ----------
    mission : str
        ``S1A`` … ``S1D``.
    kind : {"POEORB", "RESORB"}
        Precise or restituted.
    created, start, stop : datetime
        When it was made; its validity.
    """

    mission: str
    kind: OrbitKind
    created: datetime
    start: datetime
    stop: datetime

    def covers(self, first: datetime, last: datetime) -> bool:
        """Tell whether a span of time lies in the validity, as SNAP asks: from start, up to before stop."""
        return self.start <= first and last < self.stop


@dataclass(frozen=True)
class OrbitFile:
    """
    An orbit file.

    Attributes
    ----------
    path : Path
        Where it was read.
    name : OrbitFileName
        What its name says.
    vectors : tuple of OrbitVector
        In order of time.
    n_degraded : int
        Vectors that are not marked nominal, as around manoeuvres.
    """

    path: Path
    name: OrbitFileName
    vectors: tuple[OrbitVector, ...]
    n_degraded: int


def parse_orbit_name(name: str) -> OrbitFileName | None:
    """
    Read the name of an orbit file; None where it is no such name.

    Examples
    --------
    >>> name = "S1A_OPER_AUX_POEORB_OPOD_20221019T082002_V20220928T225942_20220930T005942.EOF"
    >>> parse_orbit_name(name).stop.isoformat()
    '2022-09-30T00:59:42+00:00'
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        created, start, stop = (
            datetime.strptime(match[part].upper(), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            for part in ("created", "start", "stop")
        )
    except ValueError:
        return None
    kind: OrbitKind = "POEORB" if match["kind"].upper() == "POEORB" else "RESORB"
    return OrbitFileName(match["mission"].upper(), kind, created, start, stop)


def read_orbit_file(path: Path, *, first: datetime | None = None, last: datetime | None = None) -> OrbitFile:
    """
    Read an orbit file.

    Parameters
    ----------
    path : Path
        ``….EOF`` or ``….EOF.zip``.
    first, last : datetime, optional
        Keep only the vectors between these times; reading stops after the last.

    Returns
    -------
    OrbitFile

    Raises
    ------
    InputError
        If it is missing, cannot be read, or has no name of an orbit file.
    DataError
        If it is damaged, not in the earth-fixed frame and UTC, or contradicts its name.
    """
    name = parse_orbit_name(path.name)
    if name is None:
        raise InputError("this is not the name of a Sentinel-1 orbit file", where=path)

    def passed(element: Element) -> bool:
        return last is not None and element.tag == "UTC" and parse_utc(element.text) > last

    with _open(path) as stream:
        try:
            root = read_elements(stream, str(path), without=("TAI", "UT1"), until=passed)
            return _orbit_file(root, path, name, first, last)
        except (LookupError, ValueError) as error:
            raise DataError(f"{path.name} is not a sound orbit file", where=path, why=str(error)) from error


def _orbit_file(
    root: Element, path: Path, name: OrbitFileName, first: datetime | None, last: datetime | None
) -> OrbitFile:
    header = root.find("Earth_Explorer_Header")
    if header is None:
        raise LookupError("it has no header")
    mission = header.value("Fixed_Header/Mission")
    kind = header.value("Fixed_Header/File_Type").removeprefix("AUX_")
    if f"S1{mission[-1:]}" != name.mission or kind != name.kind:
        raise ValueError(f"it is of {mission} and {kind}, unlike its name")
    frame, clock = header.value("Variable_Header/Ref_Frame"), header.value("Variable_Header/Time_Reference")
    if (frame, clock) != ("EARTH_FIXED", "UTC"):
        raise ValueError(f"its frame is {frame} in {clock}")
    listed = [vector for vector in root.all("Data_Block/List_of_OSVs/OSV") if vector.find("UTC") is not None]
    vectors, degraded = [], 0
    for element in listed:
        time = parse_utc(element.value("UTC"))
        if (first is not None and time < first) or (last is not None and time > last):
            continue
        vectors.append(_vector(element, time))
        degraded += element.value("Quality") != "NOMINAL"
    if any(after.time <= before.time for before, after in pairwise(vectors)):
        raise ValueError("its vectors are not in the order of time")
    return OrbitFile(path, name, tuple(vectors), degraded)


def _vector(element: Element, time: datetime) -> OrbitVector:
    for tag in ("X", "Y", "Z", "VX", "VY", "VZ"):
        found = element.find(tag)
        if found is not None and found.attributes.get("unit", "m") not in {"m", "m/s"}:
            raise ValueError(f"the unit of {tag} is {found.attributes['unit']}")
    x, y, z, vx, vy, vz = (float(element.value(tag)) for tag in ("X", "Y", "Z", "VX", "VY", "VZ"))
    return OrbitVector(time, (x, y, z), (vx, vy, vz))


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        if path.suffix.lower() != ".zip":
            with path.open("rb") as stream:
                yield stream
            return
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if member.filename.upper().endswith(".EOF")]
            if len(members) != 1 or members[0].file_size > MAX_BYTES:
                raise DataError(f"{path.name} does not hold one orbit file", where=path)
            with archive.open(members[0]) as content:
                yield content  # type: ignore[misc]
    except OSError as error:
        raise InputError("the orbit file cannot be read", where=path, why=error.strerror or str(error)) from error
    except ZIP_ERRORS as error:
        raise DataError(f"{path.name} is not a sound zip file", where=path, why=str(error)) from error
