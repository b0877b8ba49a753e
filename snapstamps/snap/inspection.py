"""What a product holds, for people: read by SNAP through esa-snappy, else from its header."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from snapstamps.external.snappy import ask_snappy, is_installed
from snapstamps.formats.dimap_product import DimapProduct, read_product
from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import ToolError
from snapstamps.model.scene import Scene

_SHOWN = (
    "MISSION",
    "PRODUCT",
    "SWATH",
    "PASS",
    "REL_ORBIT",
    "first_line_time",
    "last_line_time",
    "range_spacing",
    "azimuth_spacing",
    "radar_frequency",
    "SAMPLE_TYPE",
    "coregistered_stack",
    "orbit_state_vector_file",
)
_CORNERS = ("first_near", "first_far", "last_far", "last_near")
_KINDS = {10: "int8", 11: "int16", 12: "int32", 20: "uint8", 21: "uint16", 22: "uint32", 30: "float32", 31: "float64"}


@dataclass(frozen=True)
class SeenBand:
    """One band: name, data type in SNAP's words (``virtual`` without a raster), unit."""

    name: str
    kind: str
    unit: str


@dataclass(frozen=True)
class Inspection:
    """
    What a product holds.

    Attributes
    ----------
    path : Path
        The product.
    name : str
        Its name.
    reader : str
        Who read it.
    note : str
        Why it was not SNAP, where that is of interest.
    width, height : int or None
        Samples and lines; None for a scene of several sub-swaths.
    bands : tuple of SeenBand
        In order.
    footprint : tuple of (float, float)
        Longitude and latitude of its corners; empty where they are not known.
    facts : mapping of str to str
        What else matters.
    """

    path: Path
    name: str
    reader: str
    note: str
    width: int | None
    height: int | None
    bands: tuple[SeenBand, ...]
    footprint: tuple[tuple[float, float], ...]
    facts: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {**asdict(self), "path": str(self.path)}


def inspect_product(path: Path, *, with_snappy: bool = True) -> Inspection:
    """
    Look into a product.

    Parameters
    ----------
    path : Path
        A ``.dim``, or a Sentinel-1 scene.
    with_snappy : bool
        Ask SNAP, where esa-snappy is installed.

    Raises
    ------
    InputError, DataError
        If it cannot be read, or is damaged.
    """
    note = ""
    if with_snappy and is_installed():
        try:
            return _from_snappy(path, ask_snappy(path))
        except ToolError as error:
            note = error.what
    if path.suffix.lower() == ".dim":
        return _from_header(read_product(path), note)
    return _from_scene(read_scene(path), note)


def _from_snappy(path: Path, answer: Mapping[str, Any]) -> Inspection:
    bands = tuple(SeenBand(name, _KINDS.get(number, str(number)), unit) for name, unit, number in answer["bands"])
    facts = {"type": answer["type"], "start": answer["start"], "stop": answer["stop"]}
    footprint: tuple[tuple[float, float], ...] = ()
    if path.suffix.lower() == ".dim":
        own = _from_header(read_product(path), "")
        facts, footprint = {**facts, **own.facts}, own.footprint
    return Inspection(
        path, answer["name"], "SNAP (esa-snappy)", "", answer["width"], answer["height"], bands, footprint, facts
    )


def _from_header(product: DimapProduct, note: str) -> Inspection:
    facts = {name: product.attributes[name] for name in _SHOWN if name in product.attributes}
    if product.n_bursts is not None:
        facts["bursts"] = str(product.n_bursts) if product.n_bursts else "joined"
    if product.slaves:
        facts["slaves"] = ", ".join(product.slaves)
    if product.history:
        facts["made by"] = f"SNAP {product.version}: " + ", ".join(step.operator for step in product.history)
    bands = tuple(
        SeenBand(band.name, band.kind if band.file is not None else "virtual", band.unit) for band in product.bands
    )
    return Inspection(
        product.path, product.name, "its header", note, product.width, product.height, bands, _corners(product), facts
    )


def _corners(product: DimapProduct) -> tuple[tuple[float, float], ...]:
    corners = []
    for corner in _CORNERS:
        try:
            lat, lon = (float(product.attributes[f"{corner}_{axis}"]) for axis in ("lat", "long"))
        except (KeyError, ValueError):
            return ()
        corners.append((lon, lat))
    return tuple(corners)


def _from_scene(scene: Scene, note: str) -> Inspection:
    bands = tuple(SeenBand(f"{swath.name} {swath.polarisation}", "int16", "i, q") for swath in scene.swaths)
    facts = {
        "MISSION": scene.mission,
        "start": str(scene.start),
        "stop": str(scene.stop),
        "track": f"{scene.track} {scene.direction.lower()}",
        "slice": "-" if scene.slice_number is None else f"{scene.slice_number} of {scene.n_slices}",
        "bursts": ", ".join(f"{swath.name} {swath.polarisation}: {len(swath.bursts)}" for swath in scene.swaths),
        "processor": f"IPF {scene.processor}",
    }
    return Inspection(scene.path, scene.name, "its annotations", note, None, None, bands, scene.footprint, facts)
