"""
The faults of the headers that SNAP's StampsExport writes: recognised by recomputation, with the right values.

SNAP 7 to 14 round the pixel spacings to whole metres, write the near range for the centre and the far one,
take the latitude in degrees for radians in the earth's radius, and halve the seconds of day. Each fault is
recognised by the value that it produces, so a right or repaired header shows none.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.formats.dimap import read_numbers
from snapstamps.formats.gamma_par import GammaHeader, java_double
from snapstamps.model.errors import DataError
from snapstamps.snap.findings import Severity
from snapstamps.snap.header_geometry import WGS84_AXES, earth_radius, incidence_at_edges, number_or_none

IW_RANGE_SPACING = 2.329562
"""Slant-range spacing of every Sentinel-1 IW SLC, m: c / (2 x 64.345238 MHz)."""
IW_LINE_TIME = 0.0020555563
"""Azimuth line time of every Sentinel-1 IW SLC, s; no other mode has it."""

RADIUS_TOLERANCE = 10.0
"""Radii this close are the same, m; worth 0.002 degrees of incidence."""
UNEXPLAINED_RADIUS = 3000.0
"""A radius this far from the ellipsoid's is reported even if it is not SNAP's fault, m; half a degree of incidence."""

PRODUCT_REMEDY = "name the SNAP product that was exported: `snapstamps check --repair --product ….dim`"
REPAIR_REMEDY = "`snapstamps check --repair`; the original stays beside it as .orig"


@dataclass(frozen=True)
class PixelSpacing:
    """
    The pixel spacing that a SNAP product states.

    Attributes
    ----------
    slant_range, azimuth : float or None
        m; None where the product does not say.
    source : str
        Name of the product, for messages.
    """

    slant_range: float | None
    azimuth: float | None
    source: str


@dataclass(frozen=True)
class ValueChange:
    """One value of a header: the key, the text that stands there, the text that should."""

    key: str
    old: str
    new: str


@dataclass(frozen=True)
class HeaderFault:
    """
    A fault of one header.

    Attributes
    ----------
    code : str
        Short name of the kind.
    severity : {"warning", "info"}
        info where StaMPS does not read the value.
    what, why, remedy : str
        As in `Finding`.
    changes : tuple of ValueChange
        What repairs it; empty where the right value is not known.
    """

    code: str
    severity: Severity
    what: str
    why: str
    remedy: str
    changes: tuple[ValueChange, ...] = ()


def read_pixel_spacing(product: Path) -> PixelSpacing:
    """
    Read the pixel spacing of a SNAP product.

    Parameters
    ----------
    product : Path
        Its ``.dim`` file.

    Raises
    ------
    InputError
        If the file is missing.
    DataError
        If it is not a sound BEAM-DIMAP header.
    """
    numbers = read_numbers(product, ("range_spacing", "azimuth_spacing"))
    return PixelSpacing(numbers.get("range_spacing"), numbers.get("azimuth_spacing"), product.name)


def find_faults(header: GammaHeader, product: PixelSpacing | None = None) -> tuple[HeaderFault, ...]:
    """
    Recognise SNAP's faults in a header of ``rslc``, ``diff0`` or ``geo``.

    Parameters
    ----------
    header : GammaHeader
        As it stands; keys that it lacks are not judged.
    product : PixelSpacing, optional
        The true spacing, where the SNAP product is at hand.

    Returns
    -------
    tuple of HeaderFault
        Empty for a right header.
    """
    spacing = _range_spacing_fault(header, product)
    faults = (
        spacing,
        _azimuth_spacing_fault(header, product),
        _radius_fault(header),
        _ranges_fault(header, spacing),
        _times_fault(header),
    )
    return tuple(fault for fault in faults if fault is not None)


def repaired(header: GammaHeader, faults: tuple[HeaderFault, ...]) -> GammaHeader:
    """
    Return a copy with the values that repair the faults; every other byte stays.

    Parameters
    ----------
    header : GammaHeader
        In which the faults were found.
    faults : tuple of HeaderFault
        From `find_faults`; those without known right values change nothing.
    """
    for change in (change for fault in faults for change in fault.changes):
        header = header.with_value(change.key, change.new)
    return header


def _change(header: GammaHeader, key: str, value: float) -> ValueChange:
    words = header.values(key) or [""]
    return ValueChange(key, words[0], java_double(value))


def _java_round(value: float) -> int:
    """Round as Java's Math.round: halves upwards."""
    return math.floor(value + 0.5)


def _incidence_effect(header: GammaHeader, change: ValueChange) -> str:
    """Say how far the incidence angle is off while this value stands."""
    now, then = incidence_at_edges(header), incidence_at_edges(header.with_value(change.key, change.new))
    if now is None or then is None or not all(map(math.isfinite, (*now, *then))):
        return "the incidence angle comes out wrong"
    near, far = now[0] - then[0], now[1] - then[1]
    if max(abs(near), abs(far)) < 0.005:
        return "the incidence angle comes out wrong, though by less than 0.01° in so narrow a scene"
    return f"the incidence angle comes out wrong by {near:+.2f}° (near) to {far:+.2f}° (far)"


def _range_spacing_fault(header: GammaHeader, product: PixelSpacing | None) -> HeaderFault | None:
    key = "range_pixel_spacing"
    value = number_or_none(header, key)
    if value is None or not value.is_integer():
        return None
    true = product.slant_range if product else None
    source = product.source if product else ""
    if true is None and value == _java_round(IW_RANGE_SPACING) and _is_iw(header):
        true, source = IW_RANGE_SPACING, "the constant of Sentinel-1 IW"
    if true == value:
        return None
    what = f"{key} is rounded to {value:g} m"
    if true is None or _java_round(true) != value:
        unfit = f"; {source} has {true} m, which does not round to it" if true is not None else ""
        why = "slant ranges, incidence angles and metres of DEM error come out wrong, by an unknown amount"
        return HeaderFault("range-spacing", "warning", what + unfit, why, PRODUCT_REMEDY)
    change = _change(header, key, true)
    what = f"{what} (true: {true} m, {source})"
    return HeaderFault("range-spacing", "warning", what, _incidence_effect(header, change), REPAIR_REMEDY, (change,))


def _is_iw(header: GammaHeader) -> bool:
    """Tell whether a header is of a Sentinel-1 IW SLC at full resolution (SM rounds to 2 m as well)."""
    line_time = number_or_none(header, "azimuth_line_time")
    return (
        header.text("sensor").upper().startswith("SENTINEL-1")
        and line_time is not None
        and math.isclose(line_time, IW_LINE_TIME, rel_tol=1e-5)
        and number_or_none(header, "range_looks") in {None, 1.0}
    )


def _azimuth_spacing_fault(header: GammaHeader, product: PixelSpacing | None) -> HeaderFault | None:
    """
    Judge the azimuth spacing.

    It differs by sub-swath and latitude; line time times ground velocity gives 14.075 m where the product has
    14.028 m. So only the product repairs it.
    """
    key = "azimuth_pixel_spacing"
    value = number_or_none(header, key)
    true = product.azimuth if product else None
    if value is None or not value.is_integer() or value == true:
        return None
    what, why = f"{key} is rounded to {value:g} m", "StaMPS does not read it; other programs may"
    if product is None or true is None or _java_round(true) != value:
        unfit = f"; {product.source} has {true} m, which does not round to it" if product and true is not None else ""
        return HeaderFault("azimuth-spacing", "info", what + unfit, why, f"nothing, or {PRODUCT_REMEDY}")
    what = f"{what} (true: {true} m, {product.source})"
    return HeaderFault("azimuth-spacing", "info", what, why, REPAIR_REMEDY, (_change(header, key, true),))


def _radius_fault(header: GammaHeader) -> HeaderFault | None:
    key = "earth_radius_below_sensor"
    value, degrees = number_or_none(header, key), number_or_none(header, "center_latitude")
    if value is None or degrees is None:
        return None
    axes = (
        number_or_none(header, "earth_semi_major_axis") or WGS84_AXES[0],
        number_or_none(header, "earth_semi_minor_axis") or WGS84_AXES[1],
    )
    right, snaps = earth_radius(math.radians(degrees), axes), earth_radius(degrees, axes)
    if abs(value - right) <= RADIUS_TOLERANCE:
        return None
    change = _change(header, key, right)
    place = f"{abs(degrees):.2f}° {'N' if degrees >= 0 else 'S'}"
    what = f"{key} is {value / 1e3:.3f} km where the ellipsoid has {right / 1e3:.3f} km at {place}"
    why = _incidence_effect(header, change)
    if abs(value - snaps) <= RADIUS_TOLERANCE:
        what += " (SNAP took degrees for radians)"
        return HeaderFault("earth-radius", "warning", what, why, REPAIR_REMEDY, (change,))
    if abs(value - right) <= UNEXPLAINED_RADIUS:
        return None
    what += ", and not by SNAP's known fault"
    remedy = "find out who wrote this value; it is left as it is"
    return HeaderFault("earth-radius-unexplained", "warning", what, why, remedy)


def _ranges_fault(header: GammaHeader, spacing_fault: HeaderFault | None) -> HeaderFault | None:
    near, width = number_or_none(header, "near_range_slc"), number_or_none(header, "range_samples")
    written = number_or_none(header, "range_pixel_spacing")
    if near is None or width is None or written is None or width < 3 or written <= 0:
        return None
    samples = {"center_range_slc": width / 2, "far_range_slc": width - 1}
    wrong = [key for key in samples if _equals(number_or_none(header, key), near, written / 2)]
    if not wrong:
        return None
    what = f"{' and '.join(wrong)} {'repeats' if len(wrong) == 1 else 'repeat'} near_range_slc"
    why = "StaMPS takes the centre range for the mean range of the scene"
    if spacing_fault is None:
        spacing = written
    elif spacing_fault.changes:
        spacing = float(spacing_fault.changes[0].new)
    else:
        return HeaderFault("ranges", "warning", what, why, PRODUCT_REMEDY)
    why = f"{why}, here {samples['center_range_slc'] * spacing / 1e3:.1f} km too short"
    changes = tuple(_change(header, key, near + samples[key] * spacing) for key in wrong)
    return HeaderFault("ranges", "warning", what, why, REPAIR_REMEDY, changes)


def _equals(value: float | None, other: float, tolerance: float) -> bool:
    return value is not None and abs(value - other) < tolerance


def _times_fault(header: GammaHeader) -> HeaderFault | None:
    keys = (*_halved_image_times(header), *_halved_vector_times(header))
    changes = tuple(
        _change(header, key, 2 * value) for key in keys if (value := number_or_none(header, key)) is not None
    )
    if not changes:
        return None
    what = f"{', '.join(change.key for change in changes)}: half the seconds of day"
    why = "StaMPS does not read them; whoever looks for the image on its orbit does"
    return HeaderFault("half-times", "info", what, why, REPAIR_REMEDY, changes)


def _halved_image_times(header: GammaHeader) -> tuple[str, ...]:
    """Name the image's times if it lasts half as long as its lines take."""
    keys = ("start_time", "end_time", "azimuth_lines", "azimuth_line_time")
    values = [number for key in keys if (number := number_or_none(header, key)) is not None]
    if len(values) < len(keys):
        return ()
    start, end, n_lines, line_time = values
    lasts = (n_lines - 1) * line_time
    # the remainder takes an image across midnight; halved days have 43200 seconds
    halved = abs((end - start) % 43_200 - lasts / 2) < 0.1 * lasts / 2
    return ("start_time", "center_time", "end_time") if halved else ()


def _halved_vector_times(header: GammaHeader) -> tuple[str, ...]:
    """Name the times of the state vectors if the satellite would fly at twice its speed between them."""
    interval = number_or_none(header, "state_vector_interval")
    try:
        first, second = (np.array(header.numbers(f"state_vector_position_{n}", 3)) for n in (1, 2))
        speed = float(np.linalg.norm(header.numbers("state_vector_velocity_1", 3)))
    except DataError:
        return ()
    if interval is None or interval <= 0 or not speed > 0:
        return ()
    ratio = float(np.linalg.norm(second - first)) / (speed * interval)
    return ("time_of_first_state_vector", "state_vector_interval") if abs(ratio - 2) < 0.2 else ()
