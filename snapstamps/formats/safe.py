"""
Sentinel-1 products (SAFE folders and zip files): what the manifest and the annotations say of them.

Only XML is read; the images are never touched. The bursts are numbered as SNAP numbers them, and identified
across dates by ESA's relative burst number, which annotations carry since 2022 and which is computed for older
ones from the time since the ascending node.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import get_args

from snapstamps.formats.safe_bursts import N_TRACKS, read_bursts
from snapstamps.formats.safe_files import MANIFEST, SafeFiles, open_safe
from snapstamps.formats.xml_elements import Element, read_elements
from snapstamps.model.errors import DataError
from snapstamps.model.scene import Direction, LonLat, OrbitVector, Polarisation, Scene, Swath, parse_utc
from snapstamps.model.units import SPEED_OF_LIGHT

PRODUCT_NAME = re.compile(
    r"(?P<mission>S1[A-D])_(?P<mode>IW|EW|WV|S[1-6])_(?P<type>[A-Z]{3})_._\d[A-Z]{3}_"
    r"(?P<start>\d{8}T\d{6})_(?P<stop>\d{8}T\d{6})_\d{6}_[0-9A-F]{6}_[0-9A-F]{4}"
)
"""ESA's product names, without an ending."""

_ANNOTATION = re.compile(r"annotation/s1[a-d]-(?P<swath>\w+)-slc-(?P<polarisation>[vh]{2})-[-\w]+\.xml")
_USELESS = frozenset(
    {
        "qualityInformation",
        "downlinkInformationList",
        "attitudeList",
        "rawDataAnalysisList",
        "replicaInformationList",
        "noiseList",
        "terrainHeightList",
        "azimuthFmRateList",
        "processingInformation",
        "imageStatistics",
        "fineDceList",
        "antennaPattern",
        "firstValidSample",
        "lastValidSample",
        "coordinateConversion",
        "swathMerging",
    }
)
_PROVENANCE = "Sentinel-1 IPF"
_FIRST_ORBITS = {"S1A": 73, "S1B": 27}
_CHANNEL = "transmitterReceiverPolarisation"


@dataclass(frozen=True)
class _Annotation:
    """One annotation file: its sub-swath, and what is the same in all of a product."""

    swath: Swath
    mission: str
    datatake: int
    vectors: tuple[OrbitVector, ...]


def read_scene(path: Path, *, polarisations: Collection[str] | None = None) -> Scene:
    """
    Read a Sentinel-1 SLC product.

    Parameters
    ----------
    path : Path
        A zip file, a ``.SAFE`` folder, or its ``manifest.safe``.
    polarisations : collection of str, optional
        Read only the annotations of these; all by default.

    Returns
    -------
    Scene

    Raises
    ------
    InputError
        If it is missing or cannot be read.
    DataError
        If it is damaged, no Sentinel-1 SLC product, or without any annotation.
    """
    files = open_safe(path)
    try:
        return _scene(files, None if polarisations is None else frozenset(polarisations))
    except (LookupError, ValueError) as error:
        why = f"{error.args[0]}" if isinstance(error, LookupError) and error.args else str(error)
        raise DataError(f"{files.path.name} is not a sound Sentinel-1 product", where=files.path, why=why) from error


def _scene(files: SafeFiles, polarisations: frozenset[str] | None) -> Scene:
    with files.open(MANIFEST) as stream:
        manifest = read_elements(stream, f"{files.path}: {MANIFEST}")
    first = _first_of(manifest)
    mode, kind = first("mode"), first("productType")
    if kind != "SLC":
        raise DataError(
            f"{files.path.name} is a {kind} product", where=files.path, remedy="only SLC products make interferograms"
        )
    absolute, written_track = (int(_orbit_number(manifest, tag)) for tag in ("orbitNumber", "relativeOrbitNumber"))
    mission = f"S1{first('number')}"
    track = track_of_orbit(mission, absolute) or written_track
    names = [
        (name, match)
        for name in files.names("annotation", ".xml")
        if (match := _ANNOTATION.fullmatch(name)) is not None
    ]
    held = tuple(sorted({match["polarisation"].upper() for _, match in names}))
    wanted = [name for name, match in names if polarisations is None or match["polarisation"].upper() in polarisations]
    named = (element for element in manifest.below("software") if element.attributes.get("name") == _PROVENANCE)
    software = next(named, None)
    if software is None:
        raise LookupError(f"its manifest does not name {_PROVENANCE}")
    sliced = first("sliceProductFlag").lower() == "true"
    start, stop = parse_utc(first("startTime")), parse_utc(first("stopTime"))
    annotations = [_read_annotation(files, name, track, start) for name in wanted]
    return Scene(
        path=files.path,
        name=files.folder_name.removesuffix(".SAFE"),
        mission=mission,
        mode=mode,
        product_type=kind,
        start=min((a.swath.first_line for a in annotations), default=start),
        stop=max((a.swath.last_line for a in annotations), default=stop),
        absolute_orbit=absolute,
        track=track,
        written_track=written_track,
        direction=_direction(first("pass")),
        polarisations=held or tuple(element.text.strip() for element in manifest.below(_CHANNEL)),
        datatake=int(first("missionDataTakeID")),
        slice_number=int(first("sliceNumber")) if sliced else None,
        n_slices=int(first("totalSlices")) if sliced else None,
        processor=software.attributes["version"],
        processed=max(_processing_times(manifest)),
        footprint=_footprint(first("coordinates")),
        swaths=tuple(a.swath for a in annotations),
        orbit_vectors=annotations[0].vectors if annotations else (),
        missing=tuple(_missing_images(files, wanted)),
    )


def track_of_orbit(mission: str, absolute_orbit: int) -> int | None:
    """
    Return the relative orbit number of an absolute one; None for satellites of which the relation is not known here.

    Some early products carry a relative number that is not that of their ground (154 for 152 on 2014-10-04).

    Examples
    --------
    >>> track_of_orbit("S1A", 31536), track_of_orbit("S1B", 20000), track_of_orbit("S1D", 1)
    (139, 24, None)
    """
    offset = _FIRST_ORBITS.get(mission)
    return None if offset is None else (absolute_orbit - offset) % N_TRACKS + 1


def _first_of(document: Element) -> Callable[[str], str]:
    """Return a function that gives the text of the first element of a tag, however deep it stands."""

    def first(tag: str) -> str:
        found = next(document.below(tag), None)
        if found is None:
            raise LookupError(f"its manifest has no {tag}")
        return found.text.strip()

    return first


def _orbit_number(manifest: Element, tag: str) -> str:
    for element in manifest.below(tag):
        if element.attributes.get("type") == "start":
            return element.text
    raise LookupError(f"its manifest has no {tag}")


def _direction(text: str) -> Direction:
    for direction in get_args(Direction):
        if text.upper() == direction:
            return direction  # type: ignore[no-any-return]
    raise ValueError(f"the flight direction is {text!r}")


def _processing_times(manifest: Element) -> Iterator[datetime]:
    """Give the times at which ESA's processor ended; the manifest nests older steps in younger ones."""
    for processing in manifest.below("processing"):
        software = processing.find("facility/software")
        if software is not None and software.attributes.get("name") == _PROVENANCE:
            yield parse_utc(processing.attributes["stop"])


def _footprint(text: str) -> tuple[LonLat, ...]:
    pairs = [pair.split(",") for pair in text.split()]
    return tuple((float(lon), float(lat)) for lat, lon in pairs)


def _missing_images(files: SafeFiles, annotations: list[str]) -> Iterator[str]:
    for name in annotations:
        image = f"measurement/{Path(name).stem}.tiff"
        if files.sizes.get(image, 0) == 0:
            yield image


def _read_annotation(files: SafeFiles, name: str, track: int, start: datetime) -> _Annotation:
    with files.open(name) as stream:
        product = read_elements(stream, f"{files.path}: {name}", without=_USELESS)
    try:
        return _annotation(product, track, start)
    except (LookupError, ValueError) as error:
        raise DataError(
            "an annotation of the product is damaged", where=f"{files.path}: {name}", why=str(error)
        ) from error


def _annotation(product: Element, track: int, start: datetime) -> _Annotation:
    header, image = product.find("adsHeader"), product.find("imageAnnotation/imageInformation")
    general = product.find("generalAnnotation")
    if header is None or image is None or general is None:
        raise LookupError("it has no header, or no image information")
    polarisation = header.value("polarisation")
    if polarisation not in get_args(Polarisation):
        raise ValueError(f"its polarisation is {polarisation!r}")
    information = general.find("productInformation")
    if information is None:
        raise LookupError("it has no productInformation")
    swath = Swath(
        name=header.value("swath"),
        polarisation=polarisation,  # type: ignore[arg-type]
        first_line=parse_utc(image.value("productFirstLineUtcTime")),
        last_line=parse_utc(image.value("productLastLineUtcTime")),
        line_interval=float(image.value("azimuthTimeInterval")),
        slant_range=float(image.value("slantRangeTime")) * SPEED_OF_LIGHT / 2,
        range_sampling_rate=float(information.value("rangeSamplingRate")),
        range_spacing=float(image.value("rangePixelSpacing")),
        azimuth_spacing=float(image.value("azimuthPixelSpacing")),
        radar_frequency=float(information.value("radarFrequency")),
        n_lines=int(image.value("numberOfLines")),
        n_samples=int(image.value("numberOfSamples")),
        lines_per_burst=int(product.value("swathTiming/linesPerBurst")),
        doppler=float(product.value("dopplerCentroid/dcEstimateList/dcEstimate/geometryDcPolynomial").split()[0]),
        bursts=read_bursts(product, track, start),
    )
    if swath.line_interval <= 0 or swath.n_lines <= 0 or swath.last_line <= swath.first_line:
        raise ValueError("its lines do not follow one another in time")
    return _Annotation(swath, header.value("missionId"), int(header.value("missionDataTakeId")), _vectors(general))


def _vectors(general: Element) -> tuple[OrbitVector, ...]:
    vectors = tuple(
        OrbitVector(
            parse_utc(orbit.value("time")),
            (float(orbit.value("position/x")), float(orbit.value("position/y")), float(orbit.value("position/z"))),
            (float(orbit.value("velocity/x")), float(orbit.value("velocity/y")), float(orbit.value("velocity/z"))),
        )
        for orbit in general.all("orbitList/orbit")
    )
    if any(after.time <= before.time for before, after in pairwise(vectors)):
        raise ValueError("its orbit vectors are not in the order of time")
    return vectors
