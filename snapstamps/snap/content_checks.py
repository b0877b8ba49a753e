"""Judgement on what the rasters of an export hold: pixels without data, positions, heights."""

import math
from collections.abc import Iterator, Mapping
from statistics import median

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.snap.findings import Finding
from snapstamps.snap.header_geometry import number_or_none
from snapstamps.snap.raster_scan import ComplexContent, HeightContent, PositionContent

MORE_ZEROS_THAN_OTHERS = 0.02
"""A date with this much more without data than the median date has lost something (share of pixels)."""
MANY_ZEROS = 0.25
"""More without data than this is worth a word even where all dates agree (share of pixels)."""
FAR_OUTSIDE = 0.5
"""The header's centre this far outside the positions' box is no rounding any more, degrees."""

_EXPORT_AGAIN = "export it again"
_NO_CANDIDATES = "a pixel without data at one date is no candidate at any"
_PLACES = "StaMPS places every scatterer by them"


def judge_dates(shares: Mapping[str, ComplexContent]) -> Iterator[Finding]:
    """
    Judge all SLCs, or all interferograms, beside one another.

    Parameters
    ----------
    shares : mapping of str to ComplexContent
        By relative name.

    Yields
    ------
    Finding
        One error for a file without data; else at most one warning for zeros and one for invalid values.
    """
    usual = median(share.zero for share in shares.values()) if shares else 0.0
    for file, share in shares.items():
        if math.isclose(share.zero + share.invalid, 1, abs_tol=1e-12):
            code, what = ("nan", "no pixel is a number") if share.invalid else ("zero", "all pixels are zero")
            why = f"{_NO_CANDIDATES}, so none would be left"
            remedy = "leave this date out, or coregister and export it again"
            yield Finding(f"all-{code}", "error", file, what, why, remedy)
            continue
        if share.zero > usual + MORE_ZEROS_THAN_OTHERS:
            what = f"{_percent(share.zero)} of the pixels are zero; {_percent(usual)} are usual in this export"
            remedy = "look for missing bursts or a shifted frame in this date; leave it out if the area matters"
            yield Finding("zeros", "warning", file, what, _NO_CANDIDATES, remedy)
        elif share.zero > MANY_ZEROS:
            what = f"{_percent(share.zero)} of the pixels are zero"
            yield Finding("zeros", "warning", file, what, _NO_CANDIDATES, "cut the export to the area that has data")
        if share.invalid > 0:
            what = f"{_percent(share.invalid)} of the pixels are NaN or infinite"
            remedy = "nothing if these are few; else export it again"
            yield Finding("nan", "warning", file, what, _NO_CANDIDATES, remedy)


def judge_positions(lon: str, lat: str, content: PositionContent, header: GammaHeader | None) -> Iterator[Finding]:
    """
    Judge longitudes and latitudes.

    Parameters
    ----------
    lon, lat : str
        Relative names.
    content : PositionContent
        What they hold.
    header : GammaHeader or None
        The master's, for the centre of the scene.

    Yields
    ------
    Finding
        One per fault and file.
    """
    invalid = ((lon, content.invalid_lon), (lat, content.invalid_lat))
    outside = ((lon, content.outside_lon, 180), (lat, content.outside_lat, 90))
    for file, share, limit in outside:
        if share > 0:
            what = f"{_percent(share)} of the values are beyond {limit} degrees"
            why = f"{_PLACES}; another byte order or another type of numbers may be the cause"
            yield Finding("position-out-of-range", "error", file, what, why, "export it again as float32")
    for file, share in invalid:
        if share == 1:
            yield Finding("all-nan", "error", file, "no value is a number", _PLACES, _EXPORT_AGAIN)
        elif share > 0:
            what = f"{_percent(share)} of the values are NaN or infinite"
            yield Finding("nan", "warning", file, what, "StaMPS drops the scatterers there", "nothing, if that is sea")
    if content.zero == 1:
        what = "longitude and latitude are 0 everywhere"
        remedy = "add orthorectifiedLat and orthorectifiedLon to the interferogram product, and export again"
        yield Finding("all-zero", "error", lon, what, _PLACES, remedy)
    elif content.zero > 0:
        what = f"{_percent(content.zero)} of the pixels lie at longitude 0, latitude 0"
        why = "scatterers there would be placed in the Gulf of Guinea, and stretch the scene across the earth"
        remedy = "cut the export to the area that has positions, or mask the rest"
        yield Finding("zeros", "warning", lon, what, why, remedy)
    if not any(share for _, share, _ in outside):
        yield from _judge_centre(lon, content, header)


def _judge_centre(lon: str, content: PositionContent, header: GammaHeader | None) -> Iterator[Finding]:
    if header is None or content.box is None:
        return
    east, north = number_or_none(header, "center_longitude"), number_or_none(header, "center_latitude")
    if east is None or north is None:
        return
    box = content.box
    # SNAP's longitudes end at 180 degrees; the centre may be told from the other side
    beside = min(max(box[0] - turned, turned - box[2], 0.0) for turned in (east - 360, east, east + 360))
    if max(beside, box[1] - north, north - box[3]) > FAR_OUTSIDE:
        what = (
            f"positions lie between {box[0]:.2f} and {box[2]:.2f}° E, {box[1]:.2f} and {box[3]:.2f}° N; "
            f"the header's centre is {east:.2f}° E, {north:.2f}° N"
        )
        why = f"{_PLACES}; longitude and latitude may be exchanged, or of another scene"
        yield Finding("position-elsewhere", "warning", lon, what, why, "compare with a map; export it again")


def judge_heights(file: str, content: HeightContent) -> Iterator[Finding]:
    """
    Judge the heights.

    Parameters
    ----------
    file : str
        Relative name.
    content : HeightContent
        What it holds.

    Yields
    ------
    Finding
        Warnings only: StaMPS computes with heights only where weed_zero_elevation tells it to.
    """
    why = "heights go into the results, and into weeding where weed_zero_elevation = y"
    remedy = "see whether SNAP had the DEM (its server may have failed), and export again"
    if content.zero == 1:
        yield Finding("all-zero", "warning", file, "all heights are 0 m", why, remedy)
    if content.invalid > 0:
        what = f"{_percent(content.invalid)} of the heights are NaN or none of this earth"
        yield Finding("heights", "warning", file, what, why, f"nothing, if that is sea; else {remedy}")


def _percent(share: float) -> str:
    """
    Print a share so that little does not read as nothing, nor nearly all as all.

    Examples
    --------
    >>> [_percent(share) for share in (0.0, 1e-7, 0.0123, 0.5, 0.9999, 1.0)]
    ['0 %', 'less than 0.1 %', '1.2 %', '50 %', 'more than 99 %', '100 %']
    """
    percent = 100 * share
    if 0 < percent < 0.1:
        return "less than 0.1 %"
    if 99 < percent < 100:
        return "more than 99 %"
    return f"{percent:.1f} %" if 0 < percent < 10 else f"{percent:.0f} %"
