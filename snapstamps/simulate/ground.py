"""
The ground: heights, DEM error, brightness and PS density at any place, and where the image's pixels lie on it.

All of it is fixed to the ground (metres east and north of the centre), so that an ascending and a descending scene
of the same seed, centre, size and incidence see the same hills.
"""

import math
from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray
from snapstamps.model.errors import InputError
from snapstamps.simulate.fields import GroundGrid, Spectrum, band, hills, random_field
from snapstamps.simulate.geometry import Geometry
from snapstamps.simulate.motion import elliptic_distance, smooth_step
from snapstamps.simulate.seeds import Stream, generator
from snapstamps.simulate.spec import SceneSpec
from snapstamps.simulate.zones import Zone

NODE_SPACING = 50.0
"""Of the grids of terrain, DEM error and texture, m."""
STEEPEST = 0.8
"""Largest slope in units of tan(incidence); from 1 on the ground would fold over (layover)."""
_DEM_ERROR_WAVELENGTH = 500.0
_TEXTURE_WAVELENGTH = 250.0
_EDGE = 0.3  # width of the edge of a cover, in units of its radius
_RAGGEDNESS = 0.5  # how much the texture moves that edge


@dataclass(frozen=True)
class GroundLine:
    """
    What lies under one line of the image; every array has shape (n_samples,).

    Attributes
    ----------
    longitude, latitude : ndarray
        Degrees.
    east, north : ndarray
        m from the scene's centre.
    height : ndarray
        Of the DEM, m above the ellipsoid.
    dem_error : ndarray
        Reality minus DEM without the PS's own part, m.
    brightness : ndarray
        Amplitude of the clutter, about 1.
    density : ndarray
        PS per square kilometre.
    """

    longitude: FloatArray
    latitude: FloatArray
    east: FloatArray
    north: FloatArray
    height: FloatArray
    dem_error: FloatArray
    brightness: FloatArray
    density: FloatArray


@dataclass(frozen=True)
class Ground:
    """
    The fields of a scene on the ground, and the geometry through which it is seen.

    Attributes
    ----------
    spec, geometry, zones
        What it was made from.
    height, dem_error, texture : GroundGrid
        DEM (m), its error (m), log of the brightness.
    rounds : int
        Fixed-point rounds after which position and height agree.
    """

    spec: SceneSpec
    geometry: Geometry
    zones: tuple[Zone, ...]
    height: GroundGrid
    dem_error: GroundGrid
    texture: GroundGrid
    rounds: int

    def line(self, line: int) -> GroundLine:
        """
        Return what lies under one line.

        A pixel lies where its range sphere meets the terrain: position is nearly linear in height, so height and
        position are found together by fixed-point iteration, which converges because slopes stay below layover.
        """
        geometry = self.geometry
        base = self.spec.terrain.height_m
        step = max(100.0, self.spec.terrain.relief_m)
        low, high = geometry.place(line, base), geometry.place(line, base + step)
        d_longitude = (high.longitude - low.longitude) / step
        d_latitude = (high.latitude - low.latitude) / step
        east, north = geometry.local(low.longitude, low.latitude)
        east_high, north_high = geometry.local(high.longitude, high.latitude)
        d_east, d_north = (east_high - east) / step, (north_high - north) / step
        height = np.full(geometry.n_samples, base)
        for _ in range(self.rounds):
            rise = height - base
            height = self.height.at(east + rise * d_east, north + rise * d_north)
        rise = height - base
        east, north = east + rise * d_east, north + rise * d_north
        ragged = _RAGGEDNESS * self.texture.at(east, north)
        density, brightness = cover_at(self.spec, self.zones, east, north, ragged=ragged)
        return GroundLine(
            longitude=low.longitude + rise * d_longitude,
            latitude=low.latitude + rise * d_latitude,
            east=east,
            north=north,
            height=height,
            dem_error=self.dem_error.at(east, north),
            brightness=brightness * np.exp(self.texture.at(east, north)) * self._foreshortening(height),
            density=density,
        )

    def _foreshortening(self, height: FloatArray) -> FloatArray:
        """Return how much brighter a slope facing the satellite is: more ground falls into a pixel."""
        geometry = self.geometry
        slope = np.gradient(height) / (geometry.range_spacing / np.sin(geometry.incidence))
        # the ground per pixel is 1 + dh / (d ground tan incidence) times that of a plain, seen along the range
        return np.sqrt(np.clip(1 + slope / np.tan(geometry.incidence), 0.15, 6.0))


def make_ground(spec: SceneSpec, geometry: Geometry, zones: tuple[Zone, ...]) -> Ground:
    """
    Draw the ground of a scene.

    Parameters
    ----------
    spec : SceneSpec
        Its terrain, texture, cover and seed.
    geometry : Geometry
        How it is seen; says how large the grids must be.
    zones : tuple of Zone
        Zones that may change cover.

    Raises
    ------
    InputError
        If the hills are so steep that the ground would fold over in the image.
    """
    terrain = spec.terrain
    height = _grid(spec, geometry, Stream.TERRAIN, hills(terrain.hill_size_m))
    rise = np.logaddexp(0, 1.5 * height.values) / 1.5
    if terrain.mountains_towards_deg is not None:
        # in a scene no wider than its hills the growth itself would be the steepest slope
        scale = max(half_size(geometry), 2 * terrain.hill_size_m)
        rise *= _growth(height, terrain.mountains_towards_deg, scale)
    height = GroundGrid(terrain.height_m + terrain.relief_m * rise, height.origin, height.spacing)
    slope = np.hypot(*np.gradient(height.values, NODE_SPACING)).max() if terrain.relief_m else 0.0
    limit = STEEPEST * math.tan(geometry.incidence.min())
    if slope > limit:
        raise InputError(
            f"the hills are too steep for this incidence: slope {slope:.2f}, at most {limit:.2f}",
            where="terrain",
            why="steeper ground would fold over in the radar image (layover), which is not simulated",
            remedy="a smaller terrain.relief_m or a larger terrain.hill_size_m",
        )
    error = _grid(spec, geometry, Stream.DEM_ERROR, band(_DEM_ERROR_WAVELENGTH))
    texture = _grid(spec, geometry, Stream.TEXTURE, band(_TEXTURE_WAVELENGTH))
    return Ground(
        spec,
        geometry,
        zones,
        height,
        GroundGrid(error.values * terrain.dem_error_smooth_m, error.origin, error.spacing),
        GroundGrid(texture.values * spec.scatterers.texture, texture.origin, texture.spacing),
        _rounds(terrain.relief_m, slope / math.tan(geometry.incidence.min())),
    )


def cover_at(
    spec: SceneSpec, zones: tuple[Zone, ...], east: FloatArray, north: FloatArray, *, ragged: FloatArray | float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """
    Return the PS density and the brightness of places; a later cover lies on an earlier one, zones on all.

    Parameters
    ----------
    spec : SceneSpec
        Its covers and the density outside them.
    zones : tuple of Zone
        Polygons that may change cover.
    east, north : ndarray
        Places, m from the scene's centre.
    ragged : ndarray or float
        How far the edges of covers are pushed outwards, in units of their radius.

    Returns
    -------
    density, brightness : ndarray, shape of ``east``
        PS per square kilometre; amplitude relative to 1.
    """
    density = np.full(east.shape, spec.scatterers.ps_per_km2)
    brightness = np.ones(east.shape)
    for cover in spec.cover:
        distance = elliptic_distance(
            east,
            north,
            centre=(cover.east_m, cover.north_m),
            radius=cover.radius_m,
            aspect=cover.aspect,
            azimuth_deg=cover.azimuth_deg,
        )
        share = smooth_step((1 - distance + ragged) / _EDGE)
        density += share * (cover.ps_per_km2 - density)
        brightness += share * (cover.brightness - brightness)
    for zone in zones:
        inside = zone.covers(east, north)
        brightness[inside] = zone.properties.brightness
        if zone.properties.ps_per_km2 is not None:
            density[inside] = zone.properties.ps_per_km2
    return density, brightness


def half_size(geometry: Geometry) -> float:
    """Return the distance from the scene's centre to its farthest corner, m."""
    return math.hypot(geometry.azimuth_spacing * geometry.n_lines, geometry.ground_range[-1]) / 2


def _grid(spec: SceneSpec, geometry: Geometry, stream: Stream, amplitude: Spectrum) -> GroundGrid:
    """Draw a field of unit expected deviation on a square that holds the image, hills included."""
    reach = half_size(geometry) + 2 * (abs(spec.terrain.height_m) + 4 * spec.terrain.relief_m) + 4 * NODE_SPACING
    count = 2 * math.ceil(reach / NODE_SPACING) + 1
    values = random_field(
        (count, count), spacing=NODE_SPACING, amplitude=amplitude, random=generator(spec.seed, stream)
    )
    return GroundGrid(values, -NODE_SPACING * (count // 2), NODE_SPACING)


def _growth(grid: GroundGrid, azimuth_deg: float, scale: float) -> FloatArray:
    """Return a rise from 0.05 to 1 along an azimuth, over about two ``scale`` (m) about the centre."""
    node = grid.origin + grid.spacing * np.arange(grid.values.shape[0])
    angle = math.radians(azimuth_deg)
    along = node[None, :] * math.sin(angle) + node[:, None] * math.cos(angle)
    return 0.05 + 0.95 / (1 + np.exp(-6 * along / scale))


def _rounds(relief_m: float, contraction: float) -> int:
    """Return how many rounds bring height and position together to 2 cm; each shrinks the error by ``contraction``."""
    if relief_m == 0 or contraction == 0:
        return 1
    return max(2, math.ceil(math.log(0.02 / (10 * relief_m)) / math.log(contraction)))
