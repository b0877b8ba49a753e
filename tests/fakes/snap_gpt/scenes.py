"""How the stand-in reads scenes: SAFE folders, their manifests, and zips with the right name."""

import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fakes.snap_gpt.table import GptError


@dataclass
class SwathInfo:
    """One annotation."""

    swath: str
    polarisation: str
    lines_per_burst: int
    samples: int
    slant_range: float
    bursts: list[datetime]
    corners: list[list[tuple[float, float]]]
    values: dict[str, str]
    orbit: list[dict[str, str]]


@dataclass
class Scene:
    """One scene, or several slices joined."""

    name: str
    mission: str
    direction: str
    datatake: str
    slice_number: int | None
    track: str
    absolute_orbit: str
    swaths: list[SwathInfo]


def read_scene(path: Path) -> Scene:
    files = _files(path)
    manifest = _without_namespaces(ET.fromstring(files["manifest.safe"]))
    swaths = [
        _annotation(ET.fromstring(content))
        for name, content in sorted(files.items())
        if name.startswith("annotation/s1") and name.endswith(".xml")
    ]
    if not swaths:
        raise GptError(f"No product reader found for file '{path}'.")
    sliced = manifest.findtext(".//sliceProductFlag") == "true"
    name = path.parent.name if path.name == "manifest.safe" else path.name
    return Scene(
        name=name.removesuffix(".zip").removesuffix(".SAFE"),
        mission=f"SENTINEL-1{manifest.findtext('.//platform/number')}",
        direction=manifest.findtext(".//pass") or "",
        datatake=manifest.findtext(".//missionDataTakeID") or "",
        slice_number=int(manifest.findtext(".//sliceNumber") or 0) if sliced else None,
        track=manifest.findtext(".//relativeOrbitNumber") or "",
        absolute_orbit=manifest.findtext(".//orbitNumber") or "",
        swaths=swaths,
    )


def join(scenes: list[Scene]) -> Scene:
    """SliceAssembly."""
    if any(scene.slice_number is None for scene in scenes):
        raise GptError(f"{scenes[0].name} is not a slice product")
    ordered = sorted(scenes, key=lambda scene: scene.slice_number or 0)
    numbers = [scene.slice_number for scene in ordered]
    if len({scene.datatake for scene in ordered}) > 1 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):  # type: ignore[operator,arg-type]
        raise GptError("Products are not consecutive slices")
    first = ordered[0]
    for other in ordered[1:]:
        for mine, theirs in zip(first.swaths, other.swaths, strict=True):
            mine.bursts += theirs.bursts
            mine.corners += theirs.corners
    return first


def _files(path: Path) -> dict[str, bytes]:
    if not path.exists():
        raise GptError(f"Specified 'file' [{path}] does not exist.")
    if path.name == "manifest.safe":
        path = path.parent
    if path.is_dir():
        if not (path / "manifest.safe").is_file():
            raise GptError(f"No product reader found for file '{path}'.")
        return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    if not (path.name.lower().startswith("s1") and path.name.lower().endswith(".zip")):
        raise GptError(f"No product reader found for file '{path}'.")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            root = next(name for name in names if name.endswith("manifest.safe")).removesuffix("manifest.safe")
            return {name.removeprefix(root): archive.read(name) for name in names if not name.endswith("/")}
    except zipfile.BadZipFile as error:
        raise GptError(f"java.util.zip.ZipException: {error}") from error
    except StopIteration:
        raise GptError(f"No product reader found for file '{path}'.") from None


def _without_namespaces(root: ET.Element) -> ET.Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _annotation(root: ET.Element) -> SwathInfo:
    def text(path: str) -> str:
        return root.findtext(path) or ""

    image = "imageAnnotation/imageInformation/"
    grid: dict[int, list[tuple[int, float, float]]] = {}
    for point in root.iter("geolocationGridPoint"):
        place = (
            int(point.findtext("pixel") or 0),
            float(point.findtext("longitude") or 0),
            float(point.findtext("latitude") or 0),
        )
        grid.setdefault(int(point.findtext("line") or 0), []).append(place)
    rows = [sorted(grid[line]) for line in sorted(grid)]
    corners = [[rows[n][0][1:], rows[n][-1][1:], rows[n + 1][-1][1:], rows[n + 1][0][1:]] for n in range(len(rows) - 1)]
    return SwathInfo(
        swath=text("adsHeader/swath"),
        polarisation=text("adsHeader/polarisation"),
        lines_per_burst=int(text("swathTiming/linesPerBurst")),
        samples=int(text("swathTiming/samplesPerBurst")),
        slant_range=float(text(image + "slantRangeTime")) * 299_792_458.0 / 2,
        bursts=[parse(burst.findtext("azimuthTime") or "") for burst in root.iter("burst")],
        corners=corners,
        values={
            "range_spacing": text(image + "rangePixelSpacing"),
            "azimuth_spacing": text(image + "azimuthPixelSpacing"),
            "line_time_interval": text(image + "azimuthTimeInterval"),
            "radar_frequency": str(float(text("generalAnnotation/productInformation/radarFrequency")) / 1e6),
            "range_sampling_rate": str(float(text("generalAnnotation/productInformation/rangeSamplingRate")) / 1e6),
            "pulse_repetition_frequency": text("generalAnnotation/downlinkInformationList/downlinkInformation/prf"),
            "doppler": text("dopplerCentroid/dcEstimateList/dcEstimate/dataDcPolynomial"),
        },
        orbit=[
            {
                "time": item.findtext("time") or "",
                **{f"{axis}_pos": item.findtext(f"position/{axis}") or "" for axis in "xyz"},
                **{f"{axis}_vel": item.findtext(f"velocity/{axis}") or "" for axis in "xyz"},
            }
            for item in root.iter("orbit")
        ],
    )


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
