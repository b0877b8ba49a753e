"""
Where a candidate lies: viewing geometry, perpendicular baselines, and local metric coordinates.

Follows StaMPS's ps_load_initial_gamma and llh2local.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray

SEMI_MAJOR_AXIS = 6_378_137.0
"""Semi-major axis of the ellipsoid, m."""

ECCENTRICITY = 0.08209443794970
"""StaMPS's eccentricity. WGS84 has 0.0818192; distances along the meridian come out up to 1e-4 shorter."""


@dataclass(frozen=True)
class SensorGeometry:
    """
    What a master header says about the position of the sensor.

    Attributes
    ----------
    near_range : float
        Slant range of the first sample, m.
    range_spacing : float
        Slant range between samples, m.
    sensor_radius : float
        Distance of the sensor from the centre of the earth, m.
    earth_radius : float
        Radius of the earth below the sensor, m.
    n_lines : int
        Azimuth lines of the image.
    prf : float
        Azimuth lines per second, Hz.
    """

    near_range: float
    range_spacing: float
    sensor_radius: float
    earth_radius: float
    n_lines: int
    prf: float


@dataclass(frozen=True)
class ViewingAngles:
    """
    Angles of the line of sight.

    Attributes
    ----------
    look : ndarray, shape (n,)
        At the sensor, from the direction to the earth's centre, rad.
    incidence : ndarray, shape (n,)
        On the ground, from the vertical, rad.
    """

    look: FloatArray
    incidence: FloatArray


@dataclass(frozen=True)
class CrossNormalBaselines:
    """
    Baselines of the interferograms in cross-track and normal direction (TCN without T).

    Attributes
    ----------
    cross, normal : ndarray, shape (n_ifg,)
        At the middle line, m.
    cross_rate, normal_rate : ndarray, shape (n_ifg,)
        Change along the image, m/s.
    """

    cross: FloatArray
    normal: FloatArray
    cross_rate: FloatArray
    normal_rate: FloatArray


@dataclass(frozen=True)
class SortedCoordinates:
    """
    Local coordinates in the order of StaMPS.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Position before sorting, from 0: ``sorted = unsorted[order]``.
    xy : ndarray of float32, shape (n, 2)
        Sorted and rounded to whole millimetres, m.
    """

    order: IntArray
    xy: FloatArray


def round_half_away(values: FloatArray) -> FloatArray:
    """
    Round to whole numbers, halves away from zero, in the precision of the input.

    Parameters
    ----------
    values : ndarray of float
        Any shape; NaN stays.

    Returns
    -------
    ndarray
        Same shape and type.

    Examples
    --------
    >>> round_half_away(np.array([0.5, 1.5, 2.5, -0.5, 0.49999997], dtype=np.float32)).tolist()
    [1.0, 2.0, 3.0, -1.0, 0.0]
    """
    whole = np.trunc(values)
    # the fraction is exact; adding 0.5 first would round once too often
    return whole + np.where(np.abs(values - whole) >= 0.5, np.copysign(1, values), 0).astype(values.dtype)


def viewing_angles(sample: FloatArray | IntArray, geometry: SensorGeometry) -> ViewingAngles:
    """
    Angles of the line of sight over a spherical earth.

    Parameters
    ----------
    sample : ndarray, shape (n,)
        Range samples, from 0.
    geometry : SensorGeometry
        From the master header.

    Returns
    -------
    ViewingAngles
        NaN where no such triangle exists (header values that contradict one another).
    """
    slant = geometry.near_range + np.asarray(sample, dtype=np.float64) * geometry.range_spacing
    sensor, earth = geometry.sensor_radius, geometry.earth_radius
    with np.errstate(invalid="ignore"):
        look = np.arccos((sensor**2 + slant**2 - earth**2) / (2 * sensor * slant))
        incidence = np.arccos((sensor**2 - earth**2 - slant**2) / (2 * earth * slant))
    return ViewingAngles(look, incidence)


def perpendicular_baselines(
    line: FloatArray | IntArray, look: FloatArray, baselines: CrossNormalBaselines, geometry: SensorGeometry
) -> FloatArray:
    """
    Perpendicular baseline of every candidate in every interferogram.

    Parameters
    ----------
    line : ndarray, shape (n,)
        Azimuth lines, from 0.
    look : ndarray, shape (n,)
        Look angles, rad.
    baselines : CrossNormalBaselines
        Of n_ifg interferograms.
    geometry : SensorGeometry
        From the master header.

    Returns
    -------
    ndarray of float32, shape (n_ifg, n)
        m. One interferogram is one contiguous row.
    """
    lines_from_middle = np.asarray(line, dtype=np.float64) - (geometry.n_lines / 2 - 0.5)
    cosine, sine = np.cos(look), np.sin(look)
    perpendicular = np.empty((baselines.cross.size, lines_from_middle.size), dtype=np.float32)
    for row in range(baselines.cross.size):
        cross = baselines.cross[row] + baselines.cross_rate[row] * lines_from_middle / geometry.prf
        normal = baselines.normal[row] + baselines.normal_rate[row] * lines_from_middle / geometry.prf
        perpendicular[row] = cross * cosine - normal * sine
    return perpendicular


def mean_as_stamps(values: FloatArray) -> FloatArray:
    """
    Mean along the last axis, summed one after the other in the precision of the input.

    Octave sums single precision so. The error grows with the count (0.015 m of baseline at 26 000
    candidates), but whoever compares with StaMPS needs the same one.

    Parameters
    ----------
    values : ndarray of float, shape (..., n)
        n > 0.

    Returns
    -------
    ndarray, shape (...)
        Of the same type.
    """
    return np.add.accumulate(values, axis=-1)[..., -1] / values.dtype.type(values.shape[-1])


def origin_of(lonlat: FloatArray) -> FloatArray:
    """
    Middle of the box around geographic positions, the origin of the local coordinates.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude, degrees; NaN is ignored.

    Returns
    -------
    ndarray of float64, shape (2,)
        Longitude and latitude, degrees.
    """
    positions = np.asarray(lonlat, dtype=np.float64)
    return np.asarray((np.fmax.reduce(positions, axis=0) + np.fmin.reduce(positions, axis=0)) / 2)


def local_xy(lonlat_deg: FloatArray, origin_deg: FloatArray) -> FloatArray:
    """
    Local coordinates in a polyconic projection about an origin, as StaMPS's llh2local.

    Parameters
    ----------
    lonlat_deg : ndarray, shape (n, 2)
        Longitude and latitude, degrees.
    origin_deg : ndarray, shape (2,)
        Longitude and latitude of the origin, degrees.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        x east and y north of the origin, m. NaN where a position is.
    """
    positions = np.radians(np.asarray(lonlat_deg, dtype=np.float64))
    origin = np.radians(np.asarray(origin_deg, dtype=np.float64))
    latitude = positions[:, 1]
    easterly = positions[:, 0] - origin[0]
    origin_meridian = _meridian_distance(origin[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        sine = np.sin(latitude)
        cone = SEMI_MAJOR_AXIS / np.sqrt(1 - ECCENTRICITY**2 * sine**2) / np.tan(latitude)
        angle = easterly * sine
        x = cone * np.sin(angle)
        y = _meridian_distance(latitude) - origin_meridian + cone * (1 - np.cos(angle))
    equator = latitude == 0
    x[equator] = SEMI_MAJOR_AXIS * easterly[equator]
    y[equator] = -origin_meridian
    return np.column_stack((x, y))


def _meridian_distance(latitude: FloatArray) -> FloatArray:
    """Distance from the equator along the meridian, m; the terms are those of StaMPS."""
    e2, e4, e6 = ECCENTRICITY**2, ECCENTRICITY**4, ECCENTRICITY**6
    return np.asarray(
        SEMI_MAJOR_AXIS
        * (
            (1 - e2 / 4 - 3 * e4 / 64 - 5 * e6 / 256) * latitude
            - (3 * e2 / 8 + 3 * e4 / 32 + 45 * e6 / 1024) * np.sin(2 * latitude)
            + (15 * e4 / 256 + 45 * e6 / 1024) * np.sin(4 * latitude)
            - (35 * e6 / 3072) * np.sin(6 * latitude)
        )
    )


def rotate_if_smaller(xy: FloatArray, heading_deg: float) -> FloatArray:
    """
    Turn local coordinates into the radar's directions, if that makes their box smaller both ways.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Local coordinates, m; NaN is ignored.
    heading_deg : float
        Heading of the satellite, degrees clockwise from north.

    Returns
    -------
    ndarray, shape (n, 2)
        Turned by 180 degrees less the heading, or as they were.
    """
    degrees = 180 - heading_deg
    theta = np.radians(degrees - 360 if degrees > 180 else degrees)
    x, y = xy[:, 0], xy[:, 1]
    turned = np.column_stack((x * np.cos(theta) + y * np.sin(theta), -x * np.sin(theta) + y * np.cos(theta)))
    smaller = bool(np.all(extents(turned) < extents(xy)))
    return turned if smaller else np.asarray(xy)


def extents(xy: FloatArray) -> FloatArray:
    """
    Width and height of the box around coordinates, in their own precision.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        n > 0; NaN is ignored.

    Returns
    -------
    ndarray, shape (2,)
    """
    return np.asarray(np.fmax.reduce(xy, axis=0) - np.fmin.reduce(xy, axis=0))


def sort_and_round_xy(xy: FloatArray) -> SortedCoordinates:
    """
    Sort local coordinates by y, then x, and round them to millimetres.

    The order is that of the unrounded single-precision values; ties keep their order, NaN comes last.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Local coordinates, m; taken in single precision.

    Returns
    -------
    SortedCoordinates
    """
    single = np.asarray(xy, dtype=np.float32)
    order = np.lexsort((single[:, 0], single[:, 1]))
    thousand = np.float32(1000)
    return SortedCoordinates(order, round_half_away(single[order] * thousand) / thousand)
