"""
The bursts of an annotation: their times, their ground corners, and ESA's number of each.

ESA numbers bursts along the track from the ascending node of track 1, every 2.758273 s, so that the same ground
seen from the same track has the same number at every date. Annotations carry the number since 2022; for
older ones it follows from the time since the node, and agrees with ESA's where both are there.
"""

from datetime import datetime

import numpy as np

from snapstamps.formats.xml_elements import Element
from snapstamps.kernels.arrays import IntArray
from snapstamps.model.scene import Burst, LonLat, parse_utc

ORBIT_PERIOD = 12 * 86_400 / 175
"""s; 175 orbits in 12 days."""
N_TRACKS = 175
BURST_CYCLE = 2.758273
"""Time from burst to burst in IW mode, s."""
PREAMBLE = 2.299849
"""From the node of track 1 to its first burst, s."""
_PHASE = {"IW1": 0.0, "IW2": 0.3, "IW3": 0.69}
"""Place of the first line's sensing time in the burst cycle, which the three sub-swaths share."""


def read_bursts(product: Element, track: int, start: datetime) -> tuple[Burst, ...]:
    """
    Read the bursts of one annotation.

    Parameters
    ----------
    product : Element
        The annotation.
    track : int
        Relative orbit number at the start of the product.
    start : datetime
        Of the product, UTC.

    Returns
    -------
    tuple of Burst
        Empty in stripmap mode.

    Raises
    ------
    LookupError, ValueError
        If something is absent or no number.
    """
    listed = list(product.all("swathTiming/burstList/burst"))
    if not listed:
        return ()
    swath = product.value("adsHeader/swath")
    lines_per_burst = int(product.value("swathTiming/linesPerBurst"))
    node = parse_utc(product.value("imageAnnotation/imageInformation/ascendingNodeTime"))
    node_track = track_of_node((start - node).total_seconds(), track)
    edges = _edges(product, lines_per_burst * np.arange(len(listed) + 1))
    bursts = []
    for index, burst in enumerate(listed):
        written = burst.find("burstId")
        sensing = (parse_utc(burst.value("sensingTime")) - node).total_seconds()
        bursts.append(
            Burst(
                number=index + 1,
                azimuth_time=parse_utc(burst.value("azimuthTime")),
                esa_id=int(written.text) if written is not None else burst_number(sensing, node_track, swath),
                corners=(*edges[index], edges[index + 1][1], edges[index + 1][0]),
            )
        )
    return tuple(bursts)


def track_of_node(since_node: float, track: int) -> int:
    """
    Return the relative orbit number that began at the annotated ascending node.

    A scene that begins just behind the equator carries the number of the new orbit already, and the node of the old.

    Parameters
    ----------
    since_node : float
        Start of the product after the node, s.
    track : int
        Relative orbit number at the start of the product.
    """
    return (track - 2) % N_TRACKS + 1 if since_node >= ORBIT_PERIOD else track


def burst_number(since_node: float, node_track: int, swath: str) -> int:
    """
    Return ESA's relative number of a burst.

    Parameters
    ----------
    since_node : float
        Sensing time of its first line after the ascending node, s; more than an orbit behind the next node.
    node_track : int
        Relative orbit number that began at that node.
    swath : str
        ``IW1``, ``IW2`` or ``IW3``.

    Examples
    --------
    >>> burst_number(310.955, 51, "IW2")
    107509
    """
    cycles = (since_node + (node_track - 1) * ORBIT_PERIOD - PREAMBLE) / BURST_CYCLE
    return 1 + round(cycles - _PHASE.get(swath, 0.0))


def _edges(product: Element, lines: IntArray) -> list[tuple[LonLat, LonLat]]:
    """Return the near and the far end of lines, from the first and last column of the geolocation grid."""
    points = [
        (
            int(point.value("line")),
            int(point.value("pixel")),
            float(point.value("longitude")),
            float(point.value("latitude")),
        )
        for point in product.all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    ]
    if not points:
        raise LookupError("it has no geolocation grid")
    columns = {pixel for _, pixel, _, _ in points}
    near, far = (_along(points, column, lines) for column in (min(columns), max(columns)))
    return list(zip(near, far, strict=True))


def _along(points: list[tuple[int, int, float, float]], column: int, lines: IntArray) -> list[LonLat]:
    """Interpolate one column of the grid at lines; its rows stand at the bursts' first lines already."""
    rows = np.array(sorted((line, lon, lat) for line, pixel, lon, lat in points if pixel == column))
    if len(rows) < 2 or not np.isfinite(rows).all() or np.abs(rows[:, 2]).max() > 90:
        raise ValueError("its geolocation grid is damaged")
    longitude = np.unwrap(rows[:, 1], period=360.0)
    at = np.minimum(lines, rows[-1, 0])
    return [
        (float(lon), float(lat))
        for lon, lat in zip(np.interp(at, rows[:, 0], longitude), np.interp(at, rows[:, 0], rows[:, 2]), strict=True)
    ]
