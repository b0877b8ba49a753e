"""
Orbits from state vectors: a polynomial through positions and velocities, zero-Doppler times, points on the ground.

All coordinates are earth-fixed (WGS84), m; all times are seconds from an origin that the caller chooses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from snapstamps.kernels.arrays import FloatArray

SEMI_MAJOR_AXIS = 6_378_137.0
"""WGS84, m."""
FLATTENING = 1 / 298.257223563
"""WGS84."""
MAX_DEGREE = 8
_TOLERANCE_SECONDS = 1e-10
_TOLERANCE_METRES = 1e-6
_MOST_ITERATIONS = 30


@dataclass(frozen=True)
class Orbit:
    """
    A piece of an orbit as a polynomial.

    Attributes
    ----------
    start, stop : float
        Time of the first and the last state vector, s. Beyond them the polynomial soon means nothing.
    coefficients : ndarray, shape (degree + 1, 3)
        Chebyshev series of the position over ``start`` … ``stop``, m.
    residual : float
        Largest distance between a given position and the polynomial, m.
    """

    start: float
    stop: float
    coefficients: FloatArray
    residual: float


def fit_orbit(time: FloatArray, position: FloatArray, velocity: FloatArray, *, degree: int = MAX_DEGREE) -> Orbit:
    """
    Fit a polynomial to positions and velocities together, by least squares.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Ascending, s; n of at least 2.
    position : ndarray, shape (n, 3)
        m.
    velocity : ndarray, shape (n, 3)
        m/s, of the earth-fixed coordinates (as ESA and SNAP give them).
    degree : int, optional
        Highest degree; lower where the vectors are few, since n of them settle 2n - 1 at the most.

    Returns
    -------
    Orbit

    Raises
    ------
    ValueError
        If there are fewer than two vectors, or their times do not ascend.
    """
    if len(time) < 2 or not np.all(np.diff(time) > 0):
        raise ValueError("an orbit takes two or more state vectors in the order of time")
    start, stop = float(time[0]), float(time[-1])
    degree = min(degree, 2 * len(time) - 1)
    half = (stop - start) / 2
    x = (np.asarray(time, np.float64) - start) / half - 1
    values = chebyshev.chebvander(x, degree)
    slopes = np.column_stack(
        [chebyshev.chebval(x, chebyshev.chebder(np.eye(degree + 1)[:, k])) for k in range(degree + 1)]
    )
    # An error of velocity counts as the error of position that it makes until the next vector: orbit files exist
    # whose velocities are off by 1 cm/s, which must not bend the whole arc.
    weight = float(np.median(np.diff(time))) / half
    design = np.vstack((values, weight * slopes))
    targets = np.vstack((position, weight * half * np.asarray(velocity)))
    coefficients, *_ = np.linalg.lstsq(design, targets, rcond=None)
    residual = float(np.linalg.norm(values @ coefficients - position, axis=1).max())
    return Orbit(start, stop, coefficients, residual)


def position_at(orbit: Orbit, time: FloatArray | float) -> FloatArray:
    """
    Position of the satellite.

    Parameters
    ----------
    orbit : Orbit
        From `fit_orbit`.
    time : ndarray, shape (...), or float
        s.

    Returns
    -------
    ndarray, shape (..., 3)
        m.
    """
    return _derivative_at(orbit, time, 0)


def velocity_at(orbit: Orbit, time: FloatArray | float) -> FloatArray:
    """Velocity of the satellite; arguments as `position_at`, m/s."""
    return _derivative_at(orbit, time, 1)


def _derivative_at(orbit: Orbit, time: FloatArray | float, order: int) -> FloatArray:
    half = (orbit.stop - orbit.start) / 2
    x = (np.asarray(time, np.float64) - orbit.start) / half - 1
    series = chebyshev.chebder(orbit.coefficients, m=order, axis=0) if order else orbit.coefficients
    return np.asarray(np.moveaxis(chebyshev.chebval(x, series), 0, -1) / half**order)


def zero_doppler_time(orbit: Orbit, point: FloatArray) -> FloatArray:
    """
    When the satellite sees points abeam: (P - X(t)) . V(t) = 0.

    Parameters
    ----------
    orbit : Orbit
        From `fit_orbit`.
    point : ndarray, shape (..., 3)
        m.

    Returns
    -------
    ndarray, shape (...)
        s; NaN where the solution lies so far outside the orbit that the polynomial cannot be trusted
        (more than a tenth of its span).
    """
    points = np.asarray(point, np.float64)
    margin = 0.1 * (orbit.stop - orbit.start)
    time = np.full(points.shape[:-1], (orbit.start + orbit.stop) / 2)
    for _ in range(_MOST_ITERATIONS):
        look = points - position_at(orbit, time)
        speed = velocity_at(orbit, time)
        slope = np.sum(look * _derivative_at(orbit, time, 2) - speed**2, axis=-1)
        step = np.sum(look * speed, axis=-1) / slope
        # far outside, a polynomial of high degree would throw the iteration off
        time = np.clip(time - step, orbit.start - 2 * margin, orbit.stop + 2 * margin)
        if np.max(np.abs(step), initial=0.0) < _TOLERANCE_SECONDS:
            break
    inside = (time >= orbit.start - margin) & (time <= orbit.stop + margin)
    return np.where(inside, time, np.nan)


def ground_point(orbit: Orbit, time: float, slant_range: float, *, height: float = 0.0) -> FloatArray:
    """
    Point on the ground at a zero-Doppler time and a slant range, to the right of the flight.

    Parameters
    ----------
    orbit : Orbit
        From `fit_orbit`.
    time : float
        Zero-Doppler time, s.
    slant_range : float
        m.
    height : float, optional
        Above the ellipsoid, m.

    Returns
    -------
    ndarray, shape (3,)
        m.

    Raises
    ------
    ValueError
        If the range does not reach the ground.
    """
    satellite, speed = position_at(orbit, time), velocity_at(orbit, time)
    axes = np.array([SEMI_MAJOR_AXIS, SEMI_MAJOR_AXIS, SEMI_MAJOR_AXIS * (1 - FLATTENING)]) + height
    along = speed / np.linalg.norm(speed)
    down = -satellite / np.linalg.norm(satellite)
    down -= along * (down @ along)
    down /= np.linalg.norm(down)
    right = np.cross(down, along)
    # in the plane abeam one angle remains open, between straight down and the horizon
    angle = _angle_to_ground(satellite, down, right, slant_range, axes)
    point = satellite + slant_range * (np.cos(angle) * down + np.sin(angle) * right)
    return np.asarray(point)


def _angle_to_ground(
    satellite: FloatArray, down: FloatArray, right: FloatArray, slant_range: float, axes: FloatArray
) -> float:
    """Return the look angle at which a slant range ends on the ellipsoid, by bisection."""

    def above(angle: float) -> float:
        point = satellite + slant_range * (np.cos(angle) * down + np.sin(angle) * right)
        return float(np.sum((point / axes) ** 2) - 1)

    low, high = 0.0, np.pi / 2
    horizon = np.sqrt(max(float(satellite @ satellite) - axes[2] ** 2, 0.0))
    if above(low) > 0 or slant_range > horizon:
        raise ValueError(f"a slant range of {slant_range:.0f} m does not reach the ground from this orbit")
    while (high - low) * slant_range > _TOLERANCE_METRES:
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) < 0 else (low, middle)
    return (low + high) / 2


def earth_fixed(
    lon_deg: FloatArray | float, lat_deg: FloatArray | float, height: FloatArray | float = 0.0
) -> FloatArray:
    """
    Earth-fixed coordinates of geographic ones.

    Parameters
    ----------
    lon_deg, lat_deg : ndarray, shape (...), or float
        Degrees on WGS84.
    height : ndarray or float, optional
        Above the ellipsoid, m.

    Returns
    -------
    ndarray, shape (..., 3)
        m.
    """
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    squared = FLATTENING * (2 - FLATTENING)
    normal = SEMI_MAJOR_AXIS / np.sqrt(1 - squared * np.sin(lat) ** 2)
    return np.stack(
        np.broadcast_arrays(
            (normal + height) * np.cos(lat) * np.cos(lon),
            (normal + height) * np.cos(lat) * np.sin(lon),
            (normal * (1 - squared) + height) * np.sin(lat),
        ),
        axis=-1,
    )
