"""
A Sentinel-1 product as it was acquired: its place in orbit and time, its sub-swaths and their bursts.

Times are UTC and say so (``tzinfo``); positions on the ground are longitude and latitude in degrees (WGS84).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

Direction = Literal["ASCENDING", "DESCENDING"]
Polarisation = Literal["VV", "VH", "HH", "HV"]
LonLat = tuple[float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class OrbitVector:
    """
    Where the satellite was, and how it moved.

    Attributes
    ----------
    time : datetime
        UTC.
    position : tuple of float
        Earth-fixed x, y, z, m.
    velocity : tuple of float
        Earth-fixed x, y, z, m/s.
    """

    time: datetime
    position: Vector
    velocity: Vector


@dataclass(frozen=True)
class Burst:
    """
    One burst of a sub-swath.

    Attributes
    ----------
    number : int
        Place in its sub-swath of this product, from 1 as SNAP counts.
    azimuth_time : datetime
        Zero-Doppler time of its first line.
    esa_id : int
        ESA's relative burst number: the same ground and track give the same number at every date.
    corners : tuple of LonLat
        First line near and far range, last line far and near range; the last line is the first one of the
        next burst, as SNAP takes it.
    """

    number: int
    azimuth_time: datetime
    esa_id: int
    corners: tuple[LonLat, LonLat, LonLat, LonLat]


@dataclass(frozen=True)
class Swath:
    """
    One sub-swath in one polarisation.

    Attributes
    ----------
    name : str
        ``IW1``, ``IW2`` or ``IW3`` (``S1``…``S6`` in stripmap).
    polarisation : str
        ``VV``, ``VH``, ``HH`` or ``HV``.
    first_line, last_line : datetime
        Zero-Doppler times.
    line_interval : float
        Azimuth time between lines, s.
    slant_range : float
        Slant range of the first sample, m.
    range_sampling_rate : float
        Samples per second, Hz.
    range_spacing, azimuth_spacing : float
        Pixel spacing in slant range and along the track, m.
    radar_frequency : float
        Hz.
    n_lines, n_samples, lines_per_burst : int
        Size of the image and of one burst; no bursts in stripmap.
    doppler : float
        Constant term of the first Doppler-centroid estimate from the geometry, Hz; SNAP compares these.
    bursts : tuple of Burst
        In order of time.
    """

    name: str
    polarisation: Polarisation
    first_line: datetime
    last_line: datetime
    line_interval: float
    slant_range: float
    range_sampling_rate: float
    range_spacing: float
    azimuth_spacing: float
    radar_frequency: float
    n_lines: int
    n_samples: int
    lines_per_burst: int
    doppler: float
    bursts: tuple[Burst, ...]


@dataclass(frozen=True)
class Scene:
    """
    One Sentinel-1 product.

    Attributes
    ----------
    path : Path
        The zip file or the ``.SAFE`` folder.
    name : str
        The product's name, without an ending.
    mission : str
        ``S1A`` … ``S1D``.
    mode, product_type : str
        Such as ``IW`` and ``SLC``.
    start, stop : datetime
        First and last line.
    absolute_orbit, track : int
        Absolute and relative orbit number at the start.
    written_track : int
        Relative orbit number in the manifest, which SNAP believes; wrong in some early products.
    direction : {"ASCENDING", "DESCENDING"}
        Of the flight.
    polarisations : tuple of str
        That the product holds, whether its annotation was read or not.
    datatake : int
        Number of the recording; slices of one recording share it.
    slice_number, n_slices : int or None
        Place in the recording and how many slices that has; None for what is no slice.
    processor : str
        Version of ESA's processor (IPF), such as ``003.52``.
    processed : datetime
        When the product was made.
    footprint : tuple of LonLat
        Corners from the manifest.
    swaths : tuple of Swath
        Those whose annotation was read.
    orbit_vectors : tuple of OrbitVector
        Of the annotation, about every 10 s.
    missing : tuple of str
        Image files of the sub-swaths read that are absent or empty.
    """

    path: Path
    name: str
    mission: str
    mode: str
    product_type: str
    start: datetime
    stop: datetime
    absolute_orbit: int
    track: int
    written_track: int
    direction: Direction
    polarisations: tuple[str, ...]
    datatake: int
    slice_number: int | None
    n_slices: int | None
    processor: str
    processed: datetime
    footprint: tuple[LonLat, ...]
    swaths: tuple[Swath, ...]
    orbit_vectors: tuple[OrbitVector, ...]
    missing: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """Return the day of the acquisition, UTC."""
        return self.start.date()

    def swaths_in(self, polarisation: str) -> tuple[Swath, ...]:
        """Return the sub-swaths of a polarisation by name."""
        return tuple(
            sorted((swath for swath in self.swaths if swath.polarisation == polarisation), key=lambda swath: swath.name)
        )


def parse_utc(text: str) -> datetime:
    """
    Return the time of an ISO text that means UTC with or without saying so (``UTC=``, ``Z``).

    Raises
    ------
    ValueError
        If it is no such text.

    Examples
    --------
    >>> parse_utc("UTC=2022-09-29T20:01:12.000000").isoformat()
    '2022-09-29T20:01:12+00:00'
    """
    time = datetime.fromisoformat(text.strip().removeprefix("UTC="))
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
