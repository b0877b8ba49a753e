"""
Baselines between orbits, seen from one point on the ground.

Both satellites stand at their zero-Doppler times. The perpendicular baseline is the part of the way between them
that is normal to the line of sight and to the master's track: what the phase of the topography depends on.
SNAP (jlinda's Baseline) takes all of the way that is not in the difference of the two ranges. That contains the
part along the track as well, which is 4 m for most pairs but 20 m where two orbits converge more than usual, and
makes a baseline of 4 m look like one of 22 m. Both forms are given: one is right, the other compares with SNAP.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray
from snapstamps.kernels.orbit import Orbit, position_at, velocity_at, zero_doppler_time


@dataclass(frozen=True)
class PairGeometry:
    """
    Baselines of all pairs of n scenes; the first index is the master, the second the slave.

    Attributes
    ----------
    perpendicular : ndarray, shape (n, n)
        m; positive where the slave lies on the side of the far range, that is higher, as in SNAP.
    two_range : ndarray, shape (n, n)
        The same in SNAP's form, with the part along the track, m.
    parallel : ndarray, shape (n, n)
        Range of the master less range of the slave, m.
    slant_range : ndarray, shape (n,)
        From each satellite to the point, m.
    incidence : ndarray, shape (n,)
        Angle at the point between the way to each satellite and the earth's radius, rad.
    """

    perpendicular: FloatArray
    two_range: FloatArray
    parallel: FloatArray
    slant_range: FloatArray
    incidence: FloatArray


@dataclass(frozen=True)
class TrackComponents:
    """
    A baseline in the directions of the master's track, as GAMMA and StaMPS take them.

    Attributes
    ----------
    along, cross, normal : float
        Along the flight, to its right (towards the target), and down, m.
    """

    along: float
    cross: float
    normal: float


def pair_geometry(orbits: Sequence[Orbit], point: FloatArray) -> PairGeometry:
    """
    Baselines of all pairs at one point.

    Parameters
    ----------
    orbits : sequence of Orbit, length n
        One per scene; each in a time of its own.
    point : ndarray, shape (3,)
        On the ground, earth-fixed, m.

    Returns
    -------
    PairGeometry
        Rows and columns of NaN where an orbit does not pass the point.
    """
    times = [zero_doppler_time(orbit, point) for orbit in orbits]
    satellites = np.array([position_at(orbit, time) for orbit, time in zip(orbits, times, strict=True)])
    speeds = np.array([velocity_at(orbit, time) for orbit, time in zip(orbits, times, strict=True)])
    ranges = np.linalg.norm(satellites - point, axis=1)
    towards = (satellites - point) / ranges[:, None]
    parallel = ranges[:, None] - ranges[None, :]
    offsets = satellites[None, :] - satellites[:, None]
    upward = np.cross(towards, speeds)
    upward *= np.sign(np.sum(upward * satellites, axis=1, keepdims=True))
    upward /= np.linalg.norm(upward, axis=1, keepdims=True)
    vertical = point / np.linalg.norm(point)
    return PairGeometry(
        perpendicular=np.einsum("ijk,ik->ij", offsets, upward),
        two_range=_two_range(satellites, towards, parallel),
        parallel=parallel,
        slant_range=ranges,
        incidence=np.arccos(np.clip(towards @ vertical, -1, 1)),
    )


def _two_range(satellites: FloatArray, towards: FloatArray, parallel: FloatArray) -> FloatArray:
    """Return SNAP's form; its sign goes by the angle at the master between earth's radius and each line of sight."""
    distance = np.linalg.norm(satellites[:, None] - satellites[None, :], axis=-1)
    magnitude = np.sqrt(np.maximum(distance**2 - parallel**2, 0.0))
    outward = satellites / np.linalg.norm(satellites, axis=1)[:, None]
    cosine = outward @ towards.T
    return np.asarray(np.where(np.diag(cosine)[:, None] < cosine, magnitude, -magnitude))


def height_of_ambiguity(geometry: PairGeometry, wavelength: float) -> FloatArray:
    """
    Height that turns the phase of a pair once.

    Parameters
    ----------
    geometry : PairGeometry
        Of n scenes.
    wavelength : float
        m.

    Returns
    -------
    ndarray, shape (n, n)
        -wavelength R sin(incidence) / (2 Bperp) of the master, m, as SNAP; infinite where the baseline is 0.
    """
    numerator = -wavelength * geometry.slant_range * np.sin(geometry.incidence) / 2
    with np.errstate(divide="ignore"):
        heights = numerator[:, None] / geometry.perpendicular
    return np.asarray(np.where(geometry.perpendicular == 0, np.inf, heights))


def track_components(master: Orbit, slave: Orbit, point: FloatArray) -> TrackComponents:
    """
    Baseline of one pair along, across and normal to the master's track.

    Parameters
    ----------
    master, slave : Orbit
        Of the pair.
    point : ndarray, shape (3,)
        On the ground, m; it sets both zero-Doppler times.

    Returns
    -------
    TrackComponents
    """
    time = zero_doppler_time(master, point)
    here, speed = position_at(master, time), velocity_at(master, time)
    there = position_at(slave, zero_doppler_time(slave, point))
    down = -here / np.linalg.norm(here)
    cross = np.cross(down, speed)
    cross /= np.linalg.norm(cross)
    along = np.cross(cross, down)
    offset = there - here
    return TrackComponents(float(offset @ along), float(offset @ cross), float(offset @ down))


def perpendicular_of_components(
    cross: FloatArray | float, normal: FloatArray | float, look: FloatArray | float
) -> FloatArray:
    """
    Perpendicular baseline of cross-track and normal components, as StaMPS and GAMMA: c cos(look) - n sin(look).

    Parameters
    ----------
    cross, normal : ndarray or float
        To the right of the track, and down, m.
    look : ndarray or float
        Look angle at the satellite, rad.

    Returns
    -------
    ndarray
        m.
    """
    return np.asarray(cross * np.cos(look) - normal * np.sin(look))
