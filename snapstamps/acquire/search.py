"""
Scenes in the archive of the Alaska Satellite Facility (ASF), through its own library asf_search.

The library is an optional part of the installation, and is imported only when somebody searches.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from snapstamps.model.errors import DataError, InputError, ToolError

INSTALL = "python -m pip install 'snapstamps[acquire]'"
_CHANNELS = {"VV": ["VV", "VV+VH"], "VH": ["VV+VH"], "HH": ["HH", "HH+HV"], "HV": ["HH+HV"]}
"""ASF's names for what a product must hold to contain a polarisation."""

Searcher = Callable[..., Iterable[Any]]
"""`asf_search.geo_search`, or what stands in for it."""


@dataclass(frozen=True)
class SceneQuery:
    """
    What to look for.

    Attributes
    ----------
    area : shapely geometry
        Longitude and latitude.
    first, last : date or None
        Days, both included.
    track : int or None
        Relative orbit number.
    direction : str or None
        ``ASCENDING`` or ``DESCENDING``.
    polarisation : str
        That the product must hold.
    """

    area: BaseGeometry
    first: date | None = None
    last: date | None = None
    track: int | None = None
    direction: str | None = None
    polarisation: str = "VV"


@dataclass(frozen=True)
class RemoteScene:
    """
    A scene in the archive.

    Attributes
    ----------
    name : str
        Of the product.
    url : str
        Of its zip file.
    size : int or None
        Bytes.
    md5 : str
        Checksum; empty where it is not known.
    start : str
        First line, ISO.
    track, orbit : int
        Relative and absolute orbit number.
    direction : str
        ``ASCENDING`` or ``DESCENDING``.
    polarisation : str
        Such as ``VV+VH``.
    frame : int or None
        ESA's frame.
    coverage : float
        Share of the area that its outline covers, 0 to 1.
    footprint : str
        Outline as WKT.
    """

    name: str
    url: str
    size: int | None
    md5: str
    start: str
    track: int
    orbit: int
    direction: str
    polarisation: str
    frame: int | None
    coverage: float
    footprint: str

    @property
    def day(self) -> date:
        """Return the day of the acquisition, UTC."""
        return datetime.fromisoformat(self.start).astimezone(UTC).date()


def search_scenes(query: SceneQuery, *, searcher: Searcher | None = None) -> tuple[RemoteScene, ...]:
    """
    Ask the archive for IW SLC scenes.

    Parameters
    ----------
    query : SceneQuery
        What to look for.
    searcher : callable, optional
        Stands in for `asf_search.geo_search`.

    Returns
    -------
    tuple of RemoteScene
        By track, then time; only those whose outline meets the area itself.

    Raises
    ------
    InputError
        If asf_search is not installed, or the query cannot be understood.
    ToolError
        If the archive does not answer, or not completely.
    """
    if query.first and query.last and query.first > query.last:
        raise InputError("the first day comes after the last", why=f"{query.first} > {query.last}")
    keywords = _keywords(query)
    ask = searcher or _library()
    try:
        found = ask(**keywords)
        incomplete = getattr(found, "raise_if_incomplete", None)
        if incomplete is not None:
            incomplete()
        products = list(found)
    except Exception as error:  # the library and what it stands on raise many kinds
        raise _search_error(error) from error
    scenes = {scene.name: scene for product in products if (scene := _scene(product, query.area)) is not None}
    return tuple(sorted(scenes.values(), key=lambda scene: (scene.track, scene.start)))


def _library() -> Searcher:
    try:
        library = import_module("asf_search")
    except ImportError as error:
        raise InputError("searching needs the package asf_search, which is not installed", remedy=INSTALL) from error
    library.REPORT_ERRORS = False  # type: ignore[attr-defined]  # else it would send queries that fail to ASF
    return library.geo_search  # type: ignore[no-any-return]


def _keywords(query: SceneQuery) -> dict[str, Any]:
    if query.polarisation not in _CHANNELS:
        raise InputError(f"{query.polarisation!r} is no polarisation", why=f"it is one of {', '.join(_CHANNELS)}")
    keywords: dict[str, Any] = {
        "dataset": "SENTINEL-1",
        "processingLevel": "SLC",
        "beamMode": "IW",
        "polarization": _CHANNELS[query.polarisation],
        # the archive wants a simple outline; what its hull adds is taken out again afterwards
        "intersectsWith": shapely.to_wkt(shapely.convex_hull(query.area), rounding_precision=6),
    }
    if query.track is not None:
        keywords["relativeOrbit"] = query.track
    if query.direction is not None:
        keywords["flightDirection"] = query.direction.upper()
    if query.first is not None:
        keywords["start"] = datetime.combine(query.first, time(), UTC)
    if query.last is not None:
        keywords["end"] = datetime.combine(query.last + timedelta(days=1), time(), UTC)
    return keywords


def _search_error(error: Exception) -> InputError | ToolError:
    kind = type(error).__name__
    if kind in {"ASFWKTError", "ASFSearch4xxError"} or isinstance(error, KeyError | ValueError):
        return InputError("ASF does not understand the query", why=f"{error}", remedy="a simpler area; check the dates")
    reason = "it cannot be reached" if isinstance(error, OSError) else f"{kind}: {error}"
    return ToolError("the search at ASF failed", why=reason, remedy="check the network and try again later")


def _scene(product: Any, area: BaseGeometry) -> RemoteScene | None:
    """Return a product of the library as a scene; None where it does not meet the area or is no SLC zip."""
    properties: Mapping[str, Any] = product.properties
    outline = shapely.geometry.shape(product.geometry)
    if not outline.intersects(area) or not str(properties.get("url", "")).endswith(".zip"):
        return None
    try:
        size = properties.get("bytes")
        start = datetime.fromisoformat(str(properties["startTime"]).replace("Z", "+00:00"))
        return RemoteScene(
            name=str(properties["sceneName"]),
            url=str(properties["url"]),
            size=None if size is None else round(float(size)),
            md5=str(properties.get("md5sum") or ""),
            start=(start if start.tzinfo else start.replace(tzinfo=UTC)).isoformat(),
            track=int(properties["pathNumber"]),
            orbit=int(properties["orbit"]),
            direction=str(properties["flightDirection"]).upper(),
            polarisation=str(properties["polarization"]),
            frame=None if properties.get("frameNumber") is None else int(properties["frameNumber"]),
            coverage=round(float(min(1.0, outline.intersection(area).area / area.area)), 4),
            footprint=shapely.to_wkt(outline, rounding_precision=5),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ToolError(
            "ASF's answer has another form than expected", why=f"{type(error).__name__}: {error}"
        ) from error


def scenes_dict(scenes: Sequence[RemoteScene]) -> list[dict[str, Any]]:
    """Return scenes as plain values, for JSON."""
    return [asdict(scene) for scene in scenes]


def read_scene_list(path: Path) -> tuple[RemoteScene, ...]:
    """
    Read a list that ``scenes search --json`` wrote.

    Raises
    ------
    InputError
        If it is missing or cannot be read.
    DataError
        If it is no such list, or names a file outside its folder.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("the list of scenes cannot be read", where=path, why=error.strerror) from error
    except ValueError as error:
        raise DataError("the list of scenes is not JSON", where=path, why=str(error)) from error
    listed = content.get("scenes") if isinstance(content, dict) else content
    try:
        scenes = tuple(RemoteScene(**entry) for entry in listed or ())
    except TypeError as error:
        raise DataError(
            "this is not a list that `snapstamps scenes search --json` wrote", where=path, why=str(error)
        ) from error
    for scene in scenes:
        if not scene.name or Path(scene.name).name != scene.name:
            raise DataError("the list names a file outside its folder", where=path, why=repr(scene.name))
    return scenes
