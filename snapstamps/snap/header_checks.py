"""The headers of an export: what StaMPS needs from them, whether they agree, and SNAP's faults in them."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.model.errors import DataError
from snapstamps.snap.findings import Finding
from snapstamps.snap.header_faults import PixelSpacing, find_faults
from snapstamps.snap.header_geometry import incidence_at_edges, number_or_none

NEEDED = (
    "range_samples",
    "azimuth_lines",
    "heading",
    "range_pixel_spacing",
    "radar_frequency",
    "prf",
    "sar_to_earth_center",
    "earth_radius_below_sensor",
    "near_range_slc",
    "center_range_slc",
)
"""The numbers that StaMPS reads from the master's header; all but the heading are positive."""

SENSIBLE_INCIDENCE = (5.0, 80.0)
"""No imaging radar looks steeper or flatter, degrees."""


@dataclass(frozen=True)
class RasterSize:
    """Range samples and azimuth lines of every raster of an export."""

    width: int
    length: int


@dataclass(frozen=True)
class Headers:
    """
    The headers of an export that could be read.

    Attributes
    ----------
    slc : mapping of str to GammaHeader
        Those of ``rslc``, by relative name.
    others : mapping of str to GammaHeader
        Those of ``diff0`` and ``geo``, which nobody reads.
    unreadable : tuple of Finding
        One per header that could not be read.
    """

    slc: Mapping[str, GammaHeader]
    others: Mapping[str, GammaHeader]
    unreadable: tuple[Finding, ...]

    @property
    def all(self) -> dict[str, GammaHeader]:
        """Return all of them by relative name."""
        return {**self.slc, **self.others}


def read_headers(folder: Path, names: tuple[str, ...], *, master: str | None) -> Headers:
    """
    Read the headers of an export.

    Parameters
    ----------
    folder : Path
        The export.
    names : tuple of str
        Relative names.
    master : str or None
        Relative name of the master's header.
    """
    found: dict[str, GammaHeader] = {}
    unreadable = []
    for name in names:
        try:
            found[name] = GammaHeader.read(folder / name)
        except DataError as error:
            what = error.what.removeprefix(f"{Path(name).name} ")
            why = error.why or "it is not what SNAP writes"
            unreadable.append(_about(name, master, "header-unreadable", what, why))
    slc = {name: header for name, header in found.items() if name.startswith("rslc/")}
    others = {name: header for name, header in found.items() if name not in slc}
    return Headers(slc, others, tuple(unreadable))


def agreed_size(headers: Headers, *, master: str | None) -> RasterSize | None:
    """
    Find the size that most SLC headers state; among equals, the master's.

    Parameters
    ----------
    headers : Headers
        Of the export.
    master : str or None
        Relative name of the master's header.

    Returns
    -------
    RasterSize or None
        None where no header states one.
    """
    sizes = {name: size for name, header in headers.slc.items() if (size := _size(header)) is not None}
    if not sizes:
        return None
    counts = Counter(sizes.values())
    return max(counts, key=lambda size: (counts[size], size == sizes.get(master or "")))


def check_headers(
    headers: Headers, size: RasterSize | None, product: PixelSpacing | None, *, master: str | None
) -> list[Finding]:
    """
    Check all headers.

    Parameters
    ----------
    headers : Headers
        Of the export.
    size : RasterSize or None
        The agreed one.
    product : PixelSpacing or None
        The true spacing, where the SNAP product is at hand.
    master : str or None
        Relative name of the master's header, the only one that StaMPS reads.

    Returns
    -------
    list of Finding
        One per header and fault.
    """
    findings = list(headers.unreadable)
    for name, header in headers.slc.items():
        findings.extend(_values(name, header, master))
        findings.extend(_other_size(name, header, size, master))
    if master is not None and master in headers.slc:
        findings.extend(_geometry(master, headers.slc[master]))
    for name, header in headers.all.items():
        findings.extend(
            Finding(fault.code, fault.severity, name, fault.what, fault.why, fault.remedy, bool(fault.changes))
            for fault in find_faults(header, product)
        )
    return findings


def _about(name: str, master: str | None, code: str, what: str, why: str) -> Finding:
    """Tell of a damaged header: an error in the master's, a warning in the others."""
    if name == master:
        remedy = "export again, or take the header of another date: all are alike"
        return Finding(code, "error", name, what, why, remedy)
    return Finding(code, "warning", name, what, f"{why}; StaMPS reads the master's only", "export this date again")


def _size(header: GammaHeader) -> RasterSize | None:
    width, length = number_or_none(header, "range_samples"), number_or_none(header, "azimuth_lines")
    if width is None or length is None or width < 1 or length < 1:
        return None
    return RasterSize(int(width), int(length))


def _values(name: str, header: GammaHeader, master: str | None) -> Iterator[Finding]:
    for key in NEEDED:
        value = number_or_none(header, key)
        if value is None or (value <= 0 and key != "heading"):
            what = f"{key} is missing" if header.values(key) is None else f"{key} is {header.text(key)!r}"
            yield _about(name, master, "header-value", what, "StaMPS needs this number")


def _other_size(name: str, header: GammaHeader, size: RasterSize | None, master: str | None) -> Iterator[Finding]:
    own = _size(header)
    if own is not None and size is not None and own != size:
        what = f"it states {own.width} samples x {own.length} lines, the others {size.width} x {size.length}"
        why = "all dates of a stack have one size; two exports may be mixed here"
        yield _about(name, master, "header-size", what, why)


def _geometry(name: str, header: GammaHeader) -> Iterator[Finding]:
    edges = incidence_at_edges(header)
    lowest, highest = SENSIBLE_INCIDENCE
    # written so that NaN is found
    if edges is not None and not (lowest <= edges[0] <= edges[1] <= highest):
        known = f"{edges[0]:.1f}° to {edges[1]:.1f}°" if all(map(math.isfinite, edges)) else "no angle at all"
        what = f"its ranges and radii give an incidence of {known}"
        why = "StaMPS computes perpendicular baselines and DEM errors from them"
        yield Finding("header-geometry", "error", name, what, why, "export again; the product's metadata are damaged")
