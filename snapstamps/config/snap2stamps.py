"""
The configuration of the snap2stamps scripts: read, and what becomes of each of its keys here.

Only its keys are known here, as facts; none of its code is used. Nothing is guessed: what has no counterpart is said.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from snapstamps.config.faults import nearest
from snapstamps.config.scene_options import day_text
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded

_LINE = re.compile(r"\s*(?P<key>[A-Za-z_]\w*)\s*=\s*(?P<value>.*?)\s*(?:\s#.*)?")
_DAY = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_NOTHING = frozenset({"", "NONE", "NULL", "N/A"})
_BOX = ("LONMIN", "LATMIN", "LONMAX", "LATMAX")
_SECRETS = frozenset({"ASF_USER", "ASF_PASS"})


class Verdict(Enum):
    """What became of a key."""

    USED = "used as"
    NOT_NEEDED = "not needed, because"
    BY_HAND = "look at this:"
    UNKNOWN = "unknown:"


@dataclass(frozen=True)
class KeyReport:
    """
    What became of one key.

    Attributes
    ----------
    key : str
        As it stands in the file.
    value : str
        Likewise; secrets are hidden.
    verdict : Verdict
        What became of it.
    text : str
        Goes on where the verdict ends.
    line : int
        Where it stands, from 1.
    """

    key: str
    value: str
    verdict: Verdict
    text: str
    line: int

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.key} = {self.value}: {self.verdict.value} {self.text}"


@dataclass(frozen=True)
class Conversion:
    """
    A configuration of snap2stamps in our terms.

    Attributes
    ----------
    table : dict
        Section -> option -> value, as in ``snapstamps.toml``.
    reports : tuple of KeyReport
        One for each key, in the order of the file.
    """

    table: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: tuple[KeyReport, ...] = ()


@dataclass(frozen=True)
class _Outcome:
    verdict: Verdict
    text: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class KeyRule:
    """
    What is known of one key.

    Attributes
    ----------
    name : str
        The key.
    versions : str
        Of snap2stamps that have it.
    becomes : str
        What it becomes, in words, for the table of the documentation.
    convert : callable
        ``convert(value, values, folder)`` -> what becomes of this very value.
    """

    name: str
    versions: str
    becomes: str
    convert: Callable[[str, Mapping[str, str], Path], _Outcome]


def read_snap2stamps(path: Path) -> Conversion:
    """
    Read a configuration of snap2stamps, version 1 or 2.

    Parameters
    ----------
    path : Path
        Usually called ``project.conf``.

    Returns
    -------
    Conversion

    Raises
    ------
    InputError
        If the file cannot be read, holds none of the keys, or a value that cannot be meant.
    """
    path = expanded(path).resolve()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such file", where=path) from None
    except (UnicodeDecodeError, OSError) as error:
        raise InputError("the file cannot be read", where=path, why=str(error)) from error
    return convert_snap2stamps(text, path)


def convert_snap2stamps(text: str, path: Path) -> Conversion:
    """
    Convert the text of a configuration; see `read_snap2stamps`.

    Parameters
    ----------
    text : str
        Lines ``KEY=VALUE``; ``#`` begins a comment, section headings are passed over.
    path : Path
        Where it was read, for messages and relative paths.

    Raises
    ------
    InputError
        As `read_snap2stamps`.
    """
    lines = list(_lines(text))
    values = {key.upper(): value for _, key, value in lines}
    if not any(key.upper() in RULES for _, key, _ in lines):
        raise InputError(
            "this is no configuration of snap2stamps",
            where=path,
            remedy="a file with lines such as PROJECTFOLDER=/data/area",
        )
    table: dict[str, dict[str, Any]] = {}
    reports = []
    last = {key.upper(): number for number, key, _ in lines}
    for number, key, value in lines:
        outcome = _outcome(key, value, values, path) if last[key.upper()] == number else _REPEATED
        reports.append(KeyReport(key, _shown(key, value), outcome.verdict, outcome.text, number))
        for name, option in outcome.options.items():
            section, _, name_in_section = name.partition(".")
            table.setdefault(section, {})[name_in_section] = option
    return Conversion(table, tuple(reports))


def _lines(text: str) -> "list[tuple[int, str, str]]":
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = None if line.lstrip().startswith(("#", "[")) else _LINE.fullmatch(line)
        if match is not None:
            found.append((number, match["key"], match["value"].strip("\"'").strip()))
    return found


def _outcome(key: str, value: str, values: Mapping[str, str], path: Path) -> _Outcome:
    rule = RULES.get(key.upper())
    if rule is None:
        near = nearest(key, RULES)
        return _Outcome(Verdict.UNKNOWN, f"is {near} meant?" if near else "snap2stamps has no such key")
    try:
        return rule.convert(value, values, path.parent)
    except ValueError as error:
        raise InputError(f"{key} = {_shown(key, value)} cannot be meant", where=path, why=str(error)) from error


def _shown(key: str, value: str) -> str:
    return "***" if key.upper() in _SECRETS and value else value or '""'


def _used(name: str, value: Any, text: str = "") -> _Outcome:
    section, _, key = name.partition(".")
    return _Outcome(Verdict.USED, f"[{section}] {key}{f'; {text}' if text else ''}", {name: value})


def _not_needed(because: str) -> Callable[[str, Mapping[str, str], Path], _Outcome]:
    return lambda _value, _values, _folder: _Outcome(Verdict.NOT_NEEDED, because)


def _as_path(name: str, text: str = "") -> Callable[[str, Mapping[str, str], Path], _Outcome]:
    def convert(value: str, _values: Mapping[str, str], folder: Path) -> _Outcome:
        if value.upper() in _NOTHING:
            return _Outcome(Verdict.NOT_NEEDED, "it is empty")
        return _used(name, str(folder / expanded(value)), text)

    return convert


def _box(_value: str, values: Mapping[str, str], _folder: Path) -> _Outcome:
    if _mode(values) != "BBOX":
        return _Outcome(Verdict.NOT_NEEDED, f"AOI_MODE is {values['AOI_MODE']}")
    if missing := [key for key in _BOX if not values.get(key)]:
        return _Outcome(Verdict.BY_HAND, f"the box is incomplete without {', '.join(missing)}; set [project] aoi")
    west, south, east, north = (float(values[key]) for key in _BOX)
    if not (-180 <= west < east <= 360 and -90 <= south < north <= 90):
        raise ValueError(f"west {west:g}, south {south:g}, east {east:g}, north {north:g} is no box")
    return _used("project.aoi", [west, south, east, north], "one side of the box")


def _mode(values: Mapping[str, str]) -> str:
    """Return the way in which the area is given; version 1 knows boxes only."""
    return values.get("AOI_MODE", "BBOX").upper() or "BBOX"


def _area_mode(value: str, _values: Mapping[str, str], _folder: Path) -> _Outcome:
    if value.upper() in {"BBOX", "WKT", "SHP", "KML", "GEOJSON", ""}:
        return _Outcome(Verdict.NOT_NEEDED, "the kind of an area is seen from what it is")
    return _Outcome(Verdict.BY_HAND, "this kind of area is not known; set [project] aoi")


def _wkt(value: str, values: Mapping[str, str], _folder: Path) -> _Outcome:
    if _mode(values) != "WKT" or value.upper() in _NOTHING:
        return _Outcome(Verdict.NOT_NEEDED, "AOI_MODE says otherwise, or it is empty")
    return _used("project.aoi", value)


def _area_file(value: str, values: Mapping[str, str], folder: Path) -> _Outcome:
    if _mode(values) in {"BBOX", "WKT"} or value.upper() in _NOTHING:
        return _Outcome(Verdict.NOT_NEEDED, "AOI_MODE says otherwise, or it is empty")
    return _used("project.aoi", str(folder / expanded(value)), "all its areas count, not the first one only")


def _master(value: str, values: Mapping[str, str], _folder: Path) -> _Outcome:
    if values.get("MASTERSEL", "MANUAL").upper() not in {"MANUAL", ""}:
        return _Outcome(Verdict.NOT_NEEDED, "MASTERSEL chooses the master")
    match = _DAY.search(Path(value).name)
    if match is None:
        return _Outcome(Verdict.BY_HAND, "no date is found in its name; set [project] master")
    day = str(day_text("".join(match.groups())))
    return _used("project.master", day, "its scene must lie among the scenes; a split product of it is made anew")


def _selection(value: str, values: Mapping[str, str], _folder: Path) -> _Outcome:
    match value.upper():
        case "AUTO":
            return _used("project.master", "auto")
        case "MANUAL" if values.get("MASTER"):
            return _Outcome(Verdict.NOT_NEEDED, "MASTER names it")
        case "FIRST" | "LAST":
            return _Outcome(Verdict.BY_HAND, "the best date is chosen instead; for another one set [project] master")
    return _Outcome(Verdict.BY_HAND, "set [project] master")


def _swath(value: str, _values: Mapping[str, str], _folder: Path) -> _Outcome:
    names = sorted(set(re.findall(r"IW[123]", value.upper())))
    if not names:
        raise ValueError("sub-swaths are IW1, IW2 and IW3")
    return _used("scenes.swaths", names)


def _polarisation(value: str, _values: Mapping[str, str], _folder: Path) -> _Outcome:
    if value.upper() in {"VV", "VH", "HH", "HV"}:
        return _used("scenes.polarisation", value.upper())
    return _Outcome(Verdict.BY_HAND, "one of VV, VH, HH, HV is wanted in [scenes] polarisation; VV is taken")


def _track(value: str, _values: Mapping[str, str], _folder: Path) -> _Outcome:
    if value.upper() in _NOTHING:
        return _Outcome(Verdict.NOT_NEEDED, "the track with most dates over the area is taken")
    number = int(value)
    if not 1 <= number <= 175:
        raise ValueError("tracks are numbered 1 to 175")
    return _used("scenes.track", number)


def _day(name: str) -> Callable[[str, Mapping[str, str], Path], _Outcome]:
    def convert(value: str, _values: Mapping[str, str], _folder: Path) -> _Outcome:
        if value.upper() in _NOTHING:
            return _Outcome(Verdict.NOT_NEEDED, "it is empty: no limit")
        match = _DAY.match(value)
        if match is None:
            raise ValueError('a day is written as "2020-03-04"')
        return _used(name, str(day_text("".join(match.groups()))))

    return convert


def _gpt(value: str, _values: Mapping[str, str], folder: Path) -> _Outcome:
    path = folder / expanded(value)
    if path.parent.name != "bin":
        return _Outcome(Verdict.BY_HAND, "SNAP's folder is wanted, which holds bin/gpt: set [snap] home")
    return _used("snap.home", str(path.parent.parent))


def _smart_disk(value: str, _values: Mapping[str, str], _folder: Path) -> _Outcome:
    keep = "export" if value.upper().startswith("Y") else "all"
    return _used("snap.keep", keep, "nothing is deleted before the next stage is verified")


def _sensor(value: str, _values: Mapping[str, str], _folder: Path) -> _Outcome:
    if re.search(r"SENTINEL|S1|TOPS", value.upper()) or value.upper() in _NOTHING:
        return _Outcome(Verdict.NOT_NEEDED, "the sensor is read from the scenes")
    return _Outcome(Verdict.BY_HAND, "only Sentinel-1 IW scenes are processed from the scenes on (see Limits)")


def _aux(value: str, _values: Mapping[str, str], folder: Path) -> _Outcome:
    if value.upper() in _NOTHING:
        return _Outcome(Verdict.NOT_NEEDED, "it is empty: ~/.snap")
    return _used("scenes.auxdata", str(folder / expanded(value) / "auxdata"))


_REPEATED = _Outcome(Verdict.NOT_NEEDED, "the same key stands again further down, and the last one counts")
_CREDENTIALS = "passwords do not belong into a project: ~/.netrc or the environment holds them"


def _no(name: str, versions: str, because: str) -> KeyRule:
    """Return the rule of a key that is not needed."""
    return KeyRule(name, versions, f"not needed: {because}", _not_needed(because))


_CHAIN = (
    KeyRule("PROJECTFOLDER", "1, 2", "`[scenes] folder`", _as_path("scenes.folder", "scenes are found at any depth")),
    _no("GRAPHSFOLDER", "1, 2", "graphs are made for each run and for the version of SNAP (`snapstamps graph show`)"),
    KeyRule("IW1", "1", "`[scenes] swaths`", _swath),
    KeyRule("MASTER", "1, 2", "`[project] master`, by the date in its name", _master),
    KeyRule("MASTERSEL", "2", '`[project] master = "auto"`, or to be set by hand', _selection),
    _no("MASTERFOLDER", "2", "the master is one of the scenes"),
    KeyRule("GPTBIN_PATH", "1", "`[snap] home`", _gpt),
    KeyRule("SNAP_INSTALLATION_FOLDER", "2", "`[snap] home`", _as_path("snap.home")),
    KeyRule("SNAP_HOME_DIR", "2", "`[scenes] auxdata`", _aux),
    KeyRule("SENSOR", "2", "not needed: the sensor is read from the scenes", _sensor),
    KeyRule("POLARISATION", "2", "`[scenes] polarisation`", _polarisation),
    KeyRule("EXTDEM", "2", "`[scenes] dem_file`", _as_path("scenes.dem_file", "see [scenes] dem_datum")),
)
_AREA = (
    *(KeyRule(key, "1, 2", "`[project] aoi`, with the other three sides", _box) for key in _BOX),
    KeyRule("AOI_MODE", "2", "not needed: the kind of an area is seen from what it is", _area_mode),
    KeyRule("WKT", "2", "`[project] aoi`", _wkt),
    KeyRule("AOI_FILE", "2", "`[project] aoi`", _area_file),
)
_REST = (
    _no("CACHE", "1, 2", "the tile cache follows from `[snap] heap`"),
    _no("CPU", "1, 2", "threads follow from the machine and from `[snap] workers`"),
    _no("OVERWRITE", "2", "what is done and verified is not done again, unless with `--redo`"),
    KeyRule("SMARTHDD", "2", "`[snap] keep`", _smart_disk),
    _no("PLOTTING", "2", "the report shows all interferograms"),
    KeyRule("TRACK", "2", "`[scenes] track`", _track),
    KeyRule("START", "2", "`[scenes] first`", _day("scenes.first")),
    KeyRule("END", "2", "`[scenes] last`", _day("scenes.last")),
    _no("BEAMMODE", "2", "scenes are searched in IW mode"),
    _no("SAT", "2", "all satellites of Sentinel-1 count"),
    _no("AUTODOWNLOAD", "2", "`snapstamps scenes download` fetches scenes, orbits and heights"),
    _no("NPD", "2", "downloads go on where they broke off"),
    _no("ASF_USER", "2", _CREDENTIALS),
    _no("ASF_PASS", "2", _CREDENTIALS),
)

RULES: dict[str, KeyRule] = {rule.name: rule for rule in (*_CHAIN, *_AREA, *_REST)}
"""Every key that snap2stamps knows, in capitals."""
