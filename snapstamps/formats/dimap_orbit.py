"""
Orbits in the header of a SNAP product (``.dim``): of the product itself, and of the slaves of a stack.

After Apply-Orbit-File the vectors are those of the orbit file, one per second; before it, those of the annotation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from snapstamps.formats.dimap_header import read_dimap_header
from snapstamps.formats.xml_elements import Element
from snapstamps.model.errors import DataError
from snapstamps.model.scene import OrbitVector

SLAVE_ROOTS = ("Slave_Metadata", "Secondary_Metadata", "Slave Metadata")
"""Names by which SNAP 7-13, 14, and very old versions call the metadata of the slaves."""
_NOT_A_SLAVE = "Original_Product_Metadata"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LEFT_OUT = ("Image_Interpretation", "Image_Display", "Geoposition", "Coordinate_Reference_System", "Tie_Point_Grids")


@dataclass(frozen=True)
class ProductOrbit:
    """
    What the header of a SNAP product says of one acquisition.

    Attributes
    ----------
    product : str
        Name of the Sentinel-1 product that it was made from.
    orbit_file : str
        Kind and file name of the orbit applied, ``-`` for none.
    first_line, last_line : datetime
        Zero-Doppler times.
    line_interval : float
        s.
    slant_range : float
        Of the first sample, m.
    range_sampling_rate, radar_frequency : float
        Hz.
    n_lines, n_samples : int
        Size of the image.
    doppler : float
        Constant term of the first Doppler-centroid estimate, Hz.
    vectors : tuple of OrbitVector
        In order of time.
    """

    product: str
    orbit_file: str
    first_line: datetime
    last_line: datetime
    line_interval: float
    slant_range: float
    range_sampling_rate: float
    radar_frequency: float
    n_lines: int
    n_samples: int
    doppler: float
    vectors: tuple[OrbitVector, ...]


def read_product_orbits(path: Path) -> tuple[ProductOrbit, ...]:
    """
    Read the orbits of a SNAP product.

    Parameters
    ----------
    path : Path
        The ``.dim`` file.

    Returns
    -------
    tuple of ProductOrbit
        The product's own (of the master, in a stack) first, then those of the slaves.

    Raises
    ------
    InputError
        If the file is missing or cannot be read.
    DataError
        If it is no BEAM-DIMAP header of a SAR product, or is damaged.
    """
    root = read_dimap_header(path, without=_LEFT_OUT)
    try:
        return tuple(_orbit(element) for element in _acquisitions(root))
    except (LookupError, ValueError) as error:
        raise DataError(
            f"{path.name} is not a sound header of a SNAP radar product", where=path, why=str(error)
        ) from error


def _acquisitions(root: Element) -> Iterator[Element]:
    metadata = next(iter(_children(root.find("Dataset_Sources"), ("metadata",))), None)
    own = next(iter(_children(metadata, ("Abstracted_Metadata",))), None)
    if metadata is None or own is None:
        raise LookupError("it has no abstracted metadata")
    yield own
    for slaves in _children(metadata, SLAVE_ROOTS):
        yield from (slave for slave in slaves.all("MDElem") if slave.attributes.get("name") != _NOT_A_SLAVE)


def _children(element: Element | None, names: tuple[str, ...]) -> Iterator[Element]:
    if element is not None:
        yield from (child for child in element.all("MDElem") if child.attributes.get("name") in names)


def _orbit(element: Element) -> ProductOrbit:
    values = _attributes(element)
    vectors = [
        _vector(_attributes(one))
        for holder in _children(element, ("Orbit_State_Vectors",))
        for one in holder.all("MDElem")
    ]
    if any(after.time <= before.time for before, after in pairwise(vectors)):
        raise ValueError("its orbit vectors are not in the order of time")
    return ProductOrbit(
        product=values["PRODUCT"],
        orbit_file=values["orbit_state_vector_file"],
        first_line=parse_snap_time(values["first_line_time"]),
        last_line=parse_snap_time(values["last_line_time"]),
        line_interval=float(values["line_time_interval"]),
        slant_range=float(values["slant_range_to_first_pixel"]),
        range_sampling_rate=1e6 * float(values["range_sampling_rate"]),
        radar_frequency=1e6 * float(values["radar_frequency"]),
        n_lines=int(values["num_output_lines"]),
        n_samples=int(values["num_samples_per_line"]),
        doppler=_doppler(element),
        vectors=tuple(vectors),
    )


def _attributes(element: Element) -> dict[str, str]:
    return {one.attributes.get("name", ""): one.text.strip() for one in element.all("MDATTR")}


def _vector(values: dict[str, str]) -> OrbitVector:
    x, y, z, vx, vy, vz = (float(values[key]) for key in ("x_pos", "y_pos", "z_pos", "x_vel", "y_vel", "z_vel"))
    return OrbitVector(parse_snap_time(values["time"]), (x, y, z), (vx, vy, vz))


def _doppler(element: Element) -> float:
    for holder in _children(element, ("Doppler_Centroid_Coefficients",)):
        for estimate in holder.all("MDElem"):
            for coefficient in estimate.all("MDElem"):
                return float(_attributes(coefficient)["dop_coef"])
    return 0.0


def parse_snap_time(text: str) -> datetime:
    """
    Return the time that SNAP writes as ``15-NOV-2018 12:50:05.140583``, UTC.

    Raises
    ------
    ValueError
        If it is no such text.

    Examples
    --------
    >>> parse_snap_time("15-NOV-2018 12:50:05.140583").isoformat()
    '2018-11-15T12:50:05.140583+00:00'
    """
    day, _, clock = text.strip().partition(" ")
    parts = day.split("-")
    if len(parts) != 3 or parts[1].upper() not in _MONTHS:
        raise ValueError(f"{text!r} is not a time as SNAP writes it")
    month = _MONTHS.index(parts[1].upper()) + 1
    return datetime.fromisoformat(f"{int(parts[2]):04d}-{month:02d}-{int(parts[0]):02d}T{clock}").replace(tzinfo=UTC)
