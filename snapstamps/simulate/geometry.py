"""
The viewing geometry of a scene: one circular orbit, zero-Doppler lines, right-looking.

The orbit is a circle about the earth's centre, fixed to the earth. A line of the image is a plane through that centre
and the orbit's axis; a sample is a sphere about the satellite. At the scene's centre this agrees exactly with the
triangle of satellite, ground and earth's centre from which StaMPS computes look angle and incidence
(ps_load_initial_gamma), with the headers' true values.
"""

import math
from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray
from snapstamps.simulate.spec import SceneSpec

SEMI_MAJOR_AXIS = 6378137.0
"""WGS84, m."""
SEMI_MINOR_AXIS = 6356752.314245179
"""WGS84, m."""
ORBIT_RADIUS = 7_071_000.0
"""Distance of Sentinel-1 from the earth's centre, m."""
LINE_TIME = 0.002055556299999998
"""Azimuth time from line to line of a deburst IW product, s."""
PULSE_RATE = 1717.128973878037
"""Pulse repetition frequency of IW1 as annotated, Hz; SNAP writes this one, not 1 / LINE_TIME."""
RADAR_FREQUENCY = 5405.000454334349e6
"""Hz."""
AZIMUTH_BANDWIDTH = 327.0
"""Hz."""
_FIRST_ECCENTRICITY2 = 1 - (SEMI_MINOR_AXIS / SEMI_MAJOR_AXIS) ** 2
_SECOND_ECCENTRICITY2 = (SEMI_MAJOR_AXIS / SEMI_MINOR_AXIS) ** 2 - 1


def ellipsoid_radius(angle: float) -> float:
    """
    Return the distance of the ellipsoid from the earth's centre.

    Parameters
    ----------
    angle : float
        Geodetic latitude in radians. (SNAP passes degrees here; see ``export``.)

    Returns
    -------
    float
        m.
    """
    a2_cos = SEMI_MAJOR_AXIS**2 * math.cos(angle)
    b2_sin = SEMI_MINOR_AXIS**2 * math.sin(angle)
    return math.sqrt((a2_cos**2 + b2_sin**2) / (a2_cos * math.cos(angle) + b2_sin * math.sin(angle)))


@dataclass(frozen=True)
class Geodetic:
    """Longitude and latitude (degrees) and height above the ellipsoid (m) of some points."""

    longitude: FloatArray
    latitude: FloatArray
    height: FloatArray


@dataclass(frozen=True)
class StateVector:
    """Time after the scene's start (s), position (m) and velocity (m/s), earth-fixed."""

    seconds: float
    position: FloatArray
    velocity: FloatArray


@dataclass(frozen=True)
class Geometry:
    """
    Everything that turns line, sample and height into a place and angles.

    Attributes
    ----------
    n_lines, n_samples : int
        Size of the image.
    range_spacing, azimuth_spacing : float
        m, along the slant range and along the ground.
    latitude, longitude : float
        Of the scene's centre (line n_lines // 2, sample n_samples // 2, height 0), degrees.
    earth_radius : float
        Distance of that point from the earth's centre, m.
    near_range : float
        Slant range of sample 0, m.
    up, along : ndarray, shape (3,)
        Unit vectors from the earth's centre to the satellite at the centre line, and along its flight.
    angular_rate : float
        Of the orbit, rad/s.
    azimuth_deg : float
        Azimuth of flight, degrees.
    """

    n_lines: int
    n_samples: int
    range_spacing: float
    azimuth_spacing: float
    latitude: float
    longitude: float
    earth_radius: float
    near_range: float
    up: FloatArray
    along: FloatArray
    angular_rate: float
    azimuth_deg: float

    @property
    def slant_range(self) -> FloatArray:
        """Return the slant range of every sample, shape (n_samples,), m."""
        return self.near_range + self.range_spacing * np.arange(self.n_samples)

    @property
    def look(self) -> FloatArray:
        """Return the look angle of every sample as StaMPS computes it, shape (n_samples,), radians."""
        rho, se, re = self.slant_range, ORBIT_RADIUS, self.earth_radius
        return np.arccos((se**2 + rho**2 - re**2) / (2 * se * rho))

    @property
    def incidence(self) -> FloatArray:
        """Return the incidence of every sample as StaMPS computes it, shape (n_samples,), radians."""
        rho, se, re = self.slant_range, ORBIT_RADIUS, self.earth_radius
        return np.arccos((se**2 - re**2 - rho**2) / (2 * re * rho))

    @property
    def look_vector(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return east, north, up of the unit vector from the ground to the satellite, each (n_samples,)."""
        towards = math.radians(self.azimuth_deg - 90)
        sine = np.sin(self.incidence)
        return sine * math.sin(towards), sine * math.cos(towards), np.cos(self.incidence)

    @property
    def ground_range(self) -> FloatArray:
        """Return the distance of every sample from sample 0 along the ground, shape (n_samples,), m."""
        central = self._central_angle(self.earth_radius)
        return np.asarray(self.earth_radius * (central - central[0]))

    def place(self, line: float, height: float) -> Geodetic:
        """
        Return where the samples of a line lie on a surface of constant height.

        Parameters
        ----------
        line : float
            Line from 0; may lie outside the image.
        height : float
            Height above the ellipsoid, m.

        Returns
        -------
        Geodetic
            Arrays of shape (n_samples,); the height is met to a few micrometres.
        """
        radius = np.full(self.n_samples, self.earth_radius + height)
        place = self._place_of_radius(line, radius)
        for _ in range(2):
            radius += height - place.height
            place = self._place_of_radius(line, radius)
        return place

    def local(self, longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return metres east and north of the scene's centre (equirectangular, on the ellipsoid)."""
        meridian, parallel = self._metres_per_degree()
        return (longitude - self.longitude) * parallel, (latitude - self.latitude) * meridian

    def from_local(self, east: FloatArray, north: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return longitude and latitude (degrees) of metres east and north of the scene's centre."""
        meridian, parallel = self._metres_per_degree()
        return self.longitude + east / parallel, self.latitude + north / meridian

    def state_vector(self, seconds: float) -> StateVector:
        """Return the satellite's state at a time after the first line (s)."""
        angle = self.angular_rate * (seconds - LINE_TIME * (self.n_lines // 2))
        up = self.up * math.cos(angle) + self.along * math.sin(angle)
        along = self.along * math.cos(angle) - self.up * math.sin(angle)
        return StateVector(seconds, ORBIT_RADIUS * up, ORBIT_RADIUS * self.angular_rate * along)

    def _central_angle(self, radius: FloatArray | float) -> FloatArray:
        """Return the angle at the earth's centre between satellite and ground, shape (n_samples,)."""
        se = ORBIT_RADIUS
        return np.arccos((se**2 + np.square(radius) - self.slant_range**2) / (2 * se * np.asarray(radius)))

    def _place_of_radius(self, line: float, radius: FloatArray) -> Geodetic:
        angle = self.angular_rate * LINE_TIME * (line - self.n_lines // 2)
        up = self.up * math.cos(angle) + self.along * math.sin(angle)
        right = np.cross(self.along, self.up)
        central = self._central_angle(radius)
        return _geodetic(radius * np.cos(central), radius * np.sin(central), up, right)

    def _metres_per_degree(self) -> tuple[float, float]:
        latitude = math.radians(self.latitude)
        root = math.sqrt(1 - _FIRST_ECCENTRICITY2 * math.sin(latitude) ** 2)
        meridian = SEMI_MAJOR_AXIS * (1 - _FIRST_ECCENTRICITY2) / root**3
        parallel = SEMI_MAJOR_AXIS / root * math.cos(latitude)
        return math.radians(meridian), math.radians(parallel)


def make_geometry(spec: SceneSpec) -> Geometry:
    """
    Build the geometry of a scene.

    Parameters
    ----------
    spec : SceneSpec
        Size, spacings, place of the centre, azimuth of flight and incidence there.
    """
    latitude, longitude = math.radians(spec.latitude), math.radians(spec.longitude)
    azimuth, incidence = math.radians(spec.heading), math.radians(spec.incidence_deg)
    root = math.sqrt(1 - _FIRST_ECCENTRICITY2 * math.sin(latitude) ** 2)
    z = SEMI_MAJOR_AXIS / root * (1 - _FIRST_ECCENTRICITY2) * math.sin(latitude)
    equatorial = SEMI_MAJOR_AXIS / root * math.cos(latitude)
    radius = ellipsoid_radius(latitude)
    target = np.array([equatorial * math.cos(longitude), equatorial * math.sin(longitude), z]) / radius
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    north = np.cross(target, east)
    along = math.cos(azimuth) * north + math.sin(azimuth) * east
    left = math.sin(azimuth) * north - math.cos(azimuth) * east

    centre_range = math.sqrt(ORBIT_RADIUS**2 - (radius * math.sin(incidence)) ** 2) - radius * math.cos(incidence)
    central = math.acos((ORBIT_RADIUS**2 + radius**2 - centre_range**2) / (2 * ORBIT_RADIUS * radius))
    return Geometry(
        n_lines=spec.n_lines,
        n_samples=spec.n_samples,
        range_spacing=spec.range_spacing_m,
        azimuth_spacing=spec.azimuth_spacing_m,
        latitude=spec.latitude,
        longitude=spec.longitude,
        earth_radius=radius,
        near_range=centre_range - (spec.n_samples // 2) * spec.range_spacing_m,
        up=math.cos(central) * target + math.sin(central) * left,
        along=along,
        angular_rate=spec.azimuth_spacing_m / (LINE_TIME * radius * math.cos(central)),
        azimuth_deg=spec.heading,
    )


def _geodetic(towards_up: FloatArray, towards_right: FloatArray, up: FloatArray, right: FloatArray) -> Geodetic:
    """Return the geodetic coordinates of earth-fixed points given along two axes (Bowring's formula)."""
    x, y, z = (towards_up * up[axis] + towards_right * right[axis] for axis in range(3))
    distance = np.hypot(x, y)
    theta = np.arctan2(z * SEMI_MAJOR_AXIS, distance * SEMI_MINOR_AXIS)
    latitude = np.arctan2(
        z + _SECOND_ECCENTRICITY2 * SEMI_MINOR_AXIS * np.sin(theta) ** 3,
        distance - _FIRST_ECCENTRICITY2 * SEMI_MAJOR_AXIS * np.cos(theta) ** 3,
    )
    sine, cosine = np.sin(latitude), np.cos(latitude)
    # without the division by a cosine that vanishes at the poles
    height = distance * cosine + z * sine - SEMI_MAJOR_AXIS * np.sqrt(1 - _FIRST_ECCENTRICITY2 * sine**2)
    return Geodetic(np.degrees(np.arctan2(y, x)), np.degrees(latitude), height)
