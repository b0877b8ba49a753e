"""
What moves, where and how: shapes on the ground times courses in time.

A motion is separable: its displacement is a pattern (0 to 1 on the ground) times a course (mm, zero at the master)
along one direction in space. The same ground seen from another pass gives another line-of-sight displacement.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field

from snapstamps.kernels.arrays import FloatArray
from snapstamps.model.units import DAYS_PER_YEAR
from snapstamps.simulate.part import Part

Direction = Literal["los", "up"] | tuple[float, float, float]


class Course(Part):
    """How a place moves in time, and in which direction; all terms add up."""

    rate_mm_yr: float = Field(0.0, ge=-1000, le=1000, description="Rate at the master's date (mm/yr).")
    acceleration_mm_yr2: float = Field(0.0, ge=-1000, le=1000, description="Change of the rate (mm/yr per year).")
    seasonal_mm: float = Field(0.0, ge=0, le=500, description="Amplitude of a yearly wave (mm).")
    seasonal_day: float = Field(0.0, ge=0, le=366, description="Day of the year on which the wave is highest.")
    step_mm: float = Field(0.0, ge=-1000, le=1000, description="Sudden displacement (mm).")
    step_date: date | None = Field(None, description="First date after the step.")
    direction: Direction = Field(
        "los",
        description="los: towards the satellite is positive. up: vertical. Three numbers: east, north, up of the "
        "unit vector along which positive values move.",
    )


class Motion(Course):
    """A moving area of simple shape."""

    shape: Literal["bowl", "slope", "fault", "everywhere"] = Field(
        description="bowl: Gaussian. slope: flat inside, falling off at the edge. fault: one side of a line moves. "
        "everywhere: all of it."
    )
    east_m: float = Field(0.0, ge=-200_000, le=200_000, description="Centre, east of the scene's centre (m).")
    north_m: float = Field(0.0, ge=-200_000, le=200_000, description="Centre, north of the scene's centre (m).")
    radius_m: float = Field(
        1000.0, gt=0, le=200_000, description="Bowl: deviation of the long axis; slope: half of it; unused else (m)."
    )
    aspect: float = Field(1.0, gt=0.05, le=1, description="Short axis over long axis.")
    azimuth_deg: float = Field(0.0, ge=-360, le=360, description="Azimuth of the long axis, or of the fault.")
    width_m: float = Field(
        100.0, gt=0, le=50_000, description="Slope: width of the edge; fault: width of the transition (m)."
    )


def course_mm(course: Course, days: Sequence[date], master: date) -> FloatArray:
    """
    Return the displacement of a course at each date.

    Parameters
    ----------
    course : Course
        Its terms.
    days : sequence of date, length n_scenes
        The acquisitions.
    master : date
        Where the displacement is zero.

    Returns
    -------
    displacement : ndarray, shape (n_scenes,)
        mm along the course's direction.
    """

    def at(day: date) -> float:
        years = (day - master).days / DAYS_PER_YEAR
        value = course.rate_mm_yr * years + 0.5 * course.acceleration_mm_yr2 * years**2
        phase = 2 * math.pi * (day.timetuple().tm_yday - course.seasonal_day) / DAYS_PER_YEAR
        value += course.seasonal_mm * math.cos(phase)
        if course.step_date is not None and day >= course.step_date:
            value += course.step_mm
        return value

    origin = at(master)
    return np.array([at(day) - origin for day in days])


def line_of_sight_share(course: Course, look: tuple[FloatArray, FloatArray, FloatArray]) -> FloatArray:
    """
    Return how much of a unit of motion the satellite sees, positive towards it.

    Parameters
    ----------
    course : Course
        Its direction counts.
    look : tuple of three ndarrays, shape (n_samples,)
        East, north, up of the unit vector from the ground to the satellite.

    Returns
    -------
    share : ndarray, shape (n_samples,)
        Unitless, -1 to 1.
    """
    east, north, up = look
    if course.direction == "los":
        return np.ones_like(up)
    vector = (0.0, 0.0, 1.0) if course.direction == "up" else course.direction
    length = math.hypot(*vector) or 1.0
    return np.asarray((vector[0] * east + vector[1] * north + vector[2] * up) / length)


def elliptic_distance(
    east: FloatArray,
    north: FloatArray,
    *,
    centre: tuple[float, float],
    radius: float,
    aspect: float,
    azimuth_deg: float,
) -> FloatArray:
    """
    Return the distance from a centre in units of an ellipse's radius (1 on the ellipse).

    Parameters
    ----------
    east, north : ndarray
        Positions, m.
    centre : tuple of float
        East and north of the centre, m.
    radius, aspect, azimuth_deg : float
        Half of the long axis (m), short over long axis, azimuth of the long axis (degrees).
    """
    along, across = _turned(east - centre[0], north - centre[1], azimuth_deg)
    return np.asarray(np.hypot(along, across / aspect) / radius)


def pattern(motion: Motion, east: FloatArray, north: FloatArray) -> FloatArray:
    """
    Return how strongly each position takes part in a motion.

    Parameters
    ----------
    motion : Motion
        Shape and place.
    east, north : ndarray
        Positions relative to the scene's centre, m.

    Returns
    -------
    pattern : ndarray, shape of ``east``
        0 to 1.
    """
    if motion.shape == "everywhere":
        return np.ones_like(east)
    if motion.shape == "fault":
        _, across = _turned(east - motion.east_m, north - motion.north_m, motion.azimuth_deg)
        return np.asarray(0.5 * (1 + np.tanh(across / motion.width_m)))
    distance = elliptic_distance(
        east,
        north,
        centre=(motion.east_m, motion.north_m),
        radius=motion.radius_m,
        aspect=motion.aspect,
        azimuth_deg=motion.azimuth_deg,
    )
    if motion.shape == "bowl":
        return np.asarray(np.exp(-0.5 * distance**2))
    return smooth_step((1 - distance) * motion.radius_m * math.sqrt(motion.aspect) / motion.width_m)


def smooth_step(inside: FloatArray) -> FloatArray:
    """Return 0 outside (negative), 1 beyond one unit inside, and a smooth rise between."""
    x = np.clip(inside, 0.0, 1.0)
    return x * x * (3 - 2 * x)


def _turned(east: FloatArray, north: FloatArray, azimuth_deg: float) -> tuple[FloatArray, FloatArray]:
    """Return the components along an azimuth and to the right of it."""
    angle = math.radians(azimuth_deg)
    return (
        east * math.sin(angle) + north * math.cos(angle),
        east * math.cos(angle) - north * math.sin(angle),
    )
