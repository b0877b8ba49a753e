"""The viewing geometry that a SNAP header describes, as StaMPS computes it."""

import math

import numpy as np

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.kernels.geometry import SensorGeometry, viewing_angles
from snapstamps.model.errors import DataError

WGS84_AXES = (6_378_137.0, 6_356_752.314245179)
"""Semi-major and semi-minor axis, m, for headers that do not name them."""


def earth_radius(latitude: float, axes: tuple[float, float] = WGS84_AXES) -> float:
    """
    Distance of the ellipsoid's surface from its centre.

    Parameters
    ----------
    latitude : float
        Geodetic latitude, rad.
    axes : tuple of float
        Semi-major and semi-minor axis, m.

    Returns
    -------
    float
        m.

    Examples
    --------
    >>> earth_radius(0.0), round(earth_radius(math.pi / 2), 3)
    (6378137.0, 6356752.314)
    """
    a, b = axes
    cosine, sine = math.cos(latitude), math.sin(latitude)
    return math.hypot(a * a * cosine, b * b * sine) / math.hypot(a * cosine, b * sine)


def number_or_none(header: GammaHeader, key: str) -> float | None:
    """Return a finite number of a header, or None where it is absent or no such number."""
    try:
        value = header.number(key)
    except DataError:
        return None
    return value if math.isfinite(value) else None


def geometry_of(header: GammaHeader) -> SensorGeometry | None:
    """Return the viewing geometry of a header, or None where a value is missing."""
    keys = ("near_range_slc", "range_pixel_spacing", "sar_to_earth_center", "earth_radius_below_sensor", "prf")
    values = [number for key in keys if (number := number_or_none(header, key)) is not None]
    n_lines = number_or_none(header, "azimuth_lines")
    if len(values) < len(keys) or n_lines is None:
        return None
    near_range, spacing, sensor, earth, prf = values
    return SensorGeometry(near_range, spacing, sensor, earth, int(n_lines), prf)


def incidence_at_edges(header: GammaHeader) -> tuple[float, float] | None:
    """
    Incidence at the first and last sample, as StaMPS computes it from a header.

    Returns
    -------
    tuple of float or None
        degrees (near, far), NaN where the values contradict one another; None where one is missing.
    """
    geometry = geometry_of(header)
    width = number_or_none(header, "range_samples")
    if geometry is None or width is None:
        return None
    near, far = np.degrees(viewing_angles(np.array([0.0, width - 1]), geometry).incidence)
    return float(near), float(far)
