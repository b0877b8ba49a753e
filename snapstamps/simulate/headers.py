"""
The text files of an export, line by line as SNAP's StampsExport writes them.

With ``snap_faults`` they carry SNAP's known faults: spacings rounded to integers, an earth radius computed with
degrees taken for radians, one range for near, centre and far, half of all times, and a baseline whose third number
is positive up. Without, every value is right and the baselines have the sign that StaMPS expects.
"""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyproj

from snapstamps.formats.gamma_par import java_double
from snapstamps.kernels.arrays import FloatArray
from snapstamps.model.units import yyyymmdd
from snapstamps.simulate.baselines import Baselines
from snapstamps.simulate.geometry import (
    AZIMUTH_BANDWIDTH,
    LINE_TIME,
    ORBIT_RADIUS,
    PULSE_RATE,
    RADAR_FREQUENCY,
    SEMI_MAJOR_AXIS,
    SEMI_MINOR_AXIS,
    Geometry,
    ellipsoid_radius,
)

_SECONDS_PER_DAY = 86_400.0
_VECTOR_INTERVAL = 10.0
_VECTORS_AROUND = 6
_HEADING_LINES = 100


@dataclass(frozen=True)
class UtmGrid:
    """
    A raster in UTM.

    Attributes
    ----------
    zone : int
        UTM zone.
    south : bool
        Whether it is a southern zone.
    corner_east, corner_north : float
        Of the first pixel, m.
    spacing : float
        m.
    width, length : int
        Columns (eastward) and rows (southward).
    """

    zone: int
    south: bool
    corner_east: float
    corner_north: float
    spacing: float
    width: int
    length: int

    def row(self, row: int) -> tuple[FloatArray, FloatArray]:
        """Return longitude and latitude (degrees) of the pixels of a row."""
        east = self.corner_east + self.spacing * np.arange(self.width)
        north = np.full(self.width, self.corner_north - self.spacing * row)
        longitude, latitude = _utm(self.zone, south=self.south).transform(east, north, direction="INVERSE")
        return longitude, latitude


def product_name(master: date) -> str:
    """Return the name of the interferogram product, which is the title of every header."""
    return f"S1A_IW_SLC__1SDV_{yyyymmdd(master)}_simulated_Stack_Ifg_Deb_DInSAR"


def slc_header(geometry: Geometry, master: date, *, faults: bool) -> str:
    """
    Return the ``.par`` that accompanies SLCs, interferograms, latitudes and longitudes.

    SNAP makes all of them from the master's metadata, so they are the same for every date.

    Parameters
    ----------
    geometry : Geometry
        The scene's geometry.
    master : date
        Date of the master.
    faults : bool
        Whether to write SNAP's faults.
    """
    start = _start_seconds(geometry)
    duration = (geometry.n_lines - 1) * LINE_TIME
    clock = 0.5 if faults else 1.0
    spacing = [geometry.range_spacing, geometry.azimuth_spacing]
    ranges = geometry.slant_range[[0, geometry.n_samples // 2, -1]]
    radius = geometry.earth_radius
    if faults:
        ranges = ranges[[0, 0, 0]]
        radius = ellipsoid_radius(geometry.latitude)  # degrees: SNAP's fault
    range_spacing, azimuth_spacing = (str(math.floor(x + 0.5)) if faults else java_double(x) for x in spacing)
    lines = [
        ("title", product_name(master), ""),
        ("sensor", "SENTINEL-1A", ""),
        ("date", f"{master.year}  {master.month}  {master.day}", ""),
        ("start_time", java_double(start * clock), "s"),
        ("center_time", java_double((start + duration / 2) * clock), "s"),
        ("end_time", java_double((start + duration) * clock), "s"),
        ("azimuth_line_time", java_double(LINE_TIME), ""),
        ("range_samples", str(geometry.n_samples), ""),
        ("azimuth_lines", str(geometry.n_lines), ""),
        ("range_looks", "1", ""),
        ("azimuth_looks", "1", ""),
        ("image_format", "FCOMPLEX", ""),
        ("image_geometry", "SLANT_RANGE", ""),
        ("center_latitude", java_double(geometry.latitude), "degrees"),
        ("center_longitude", java_double(geometry.longitude), "degrees"),
        ("heading", java_double(ground_heading(geometry)), "degrees"),
        ("range_pixel_spacing", range_spacing, "m"),
        ("azimuth_pixel_spacing", azimuth_spacing, "m"),
        ("radar_frequency", java_double(RADAR_FREQUENCY), "Hz"),
        ("prf", java_double(PULSE_RATE), "Hz"),
        ("azimuth_proc_bandwidth", java_double(AZIMUTH_BANDWIDTH), "Hz"),
        ("sar_to_earth_center", java_double(ORBIT_RADIUS), "m"),
        ("earth_radius_below_sensor", java_double(radius), "m"),
        ("earth_semi_major_axis", java_double(SEMI_MAJOR_AXIS), "m"),
        ("earth_semi_minor_axis", java_double(SEMI_MINOR_AXIS), "m"),
        ("near_range_slc", java_double(ranges[0]), "m"),
        ("center_range_slc", java_double(ranges[1]), "m"),
        ("far_range_slc", java_double(ranges[2]), "m"),
    ]
    text = "".join(f"{key}:\t{value}\t{unit}\n" if unit else f"{key}:\t{value}\n" for key, value, unit in lines)
    return text + _state_vectors(geometry, start, clock)


def base_file(baselines: Baselines, scene: int, *, faults: bool) -> str:
    """
    Return the ``.base`` file of one slave.

    Parameters
    ----------
    baselines : Baselines
        Of all dates.
    scene : int
        Which date, from 0.
    faults : bool
        Whether the third number is positive up, as SNAP writes it, or down, as StaMPS reads it.
    """
    sign = -1.0 if faults else 1.0

    def numbers(cross: FloatArray, normal: FloatArray) -> str:
        return f"0.0000000\t{java_double(float(cross[scene]))}\t{java_double(sign * float(normal[scene]))}"

    return (
        f"initial_baseline(TCN):\t{numbers(baselines.cross, baselines.normal)}\tm   m   m\n"
        f"initial_baseline_rate:\t{numbers(baselines.cross_rate, baselines.normal_rate)}\tm/s   m/s   m/s\n"
        "precision_baseline(TCN):\t0.0000000        0.0000000        0.0000000   m   m   m\n"
        "precision_baseline_rate:\t0.0000000        0.0000000        0.0000000   m/s m/s m/s\n"
        "unwrap_phase_constant:\t0.00000     radians\n"
    )


def dem_header(title: str, grid: UtmGrid, *, size: tuple[int, int], projected: bool) -> str:
    """
    Return the ``.par`` of a height raster.

    Parameters
    ----------
    title : str
        Name of the product.
    grid : UtmGrid
        Zone, and the corner of pixel 0, 0.
    size : tuple of int
        Width and number of lines of the raster itself.
    projected : bool
        Whether the raster is in UTM (else in radar geometry, and the projection is left empty).
    """
    name = "UTM" if projected else ""
    lines = [
        ("title", title),
        ("width", size[0]),
        ("nlines", size[1]),
        ("data_format", "REAL*4"),
        ("DEM_projection", name),
        ("DEM_hgt_offset", "0.0"),
        ("DEM_scale", "1.0"),
        ("corner_north", java_double(grid.corner_north)),
        ("corner_east", java_double(grid.corner_east)),
        ("post_north", "90"),
        ("post_east", "90"),
        ("datum_name", "WGS84"),
        *((f"datum_shift_d{axis}", "0.0") for axis in "xyz"),
        ("datum_scale_m", "0.0"),
        *((f"datum_rotation_{angle}", "0.0") for angle in ("alpha", "beta", "gamma")),
        ("projection_name", name),
    ]
    if projected:
        lines += [
            ("projection_zone", grid.zone),
            ("false_easting", "500000.0"),
            ("false_northing", "1.0E7" if grid.south else "0.0"),
            ("center_longitude", java_double(6.0 * grid.zone - 183)),
            ("center_latitude", "0.0"),
            ("projection_k0", "0.9996"),
        ]
    return "".join(f"{key}:\t{value}\n" for key, value in lines)


def ground_heading(geometry: Geometry) -> float:
    """Return the azimuth on the ground from the scene's centre to 100 lines further, 0 to 360 degrees."""
    middle = geometry.n_samples // 2
    here = geometry.place(geometry.n_lines // 2, 0.0)
    there = geometry.place(geometry.n_lines // 2 + _HEADING_LINES, 0.0)
    azimuth, _, _ = pyproj.Geod(ellps="WGS84").inv(
        here.longitude[middle], here.latitude[middle], there.longitude[middle], there.latitude[middle]
    )
    return float(azimuth) % 360.0


def utm_grid(geometry: Geometry, height: float) -> UtmGrid:
    """
    Return the UTM raster that holds the scene.

    Parameters
    ----------
    geometry : Geometry
        The scene's geometry.
    height : float
        At which its corners are taken, m.
    """
    ends = [geometry.place(line, height) for line in (0, geometry.n_lines - 1)]
    longitude = np.concatenate([end.longitude[[0, -1]] for end in ends])
    latitude = np.concatenate([end.latitude[[0, -1]] for end in ends])
    zone, south = math.floor(geometry.longitude / 6 + 31), geometry.latitude < 0
    east, north = _utm(zone, south=south).transform(longitude, latitude)
    spacing = max(geometry.azimuth_spacing, geometry.range_spacing)
    width, length = (math.ceil(float(np.ptp(extent)) / spacing) + 1 for extent in (east, north))
    return UtmGrid(zone, south, float(east.min()), float(north.max()), spacing, width, length)


def pixel_corner(geometry: Geometry, grid: UtmGrid) -> UtmGrid:
    """Return the grid moved so that its corner is that of the image's pixel 0, 0."""
    place = geometry.place(0, 0.0)
    east, north = _utm(grid.zone, south=grid.south).transform(place.longitude[0], place.latitude[0])
    return UtmGrid(grid.zone, grid.south, float(east), float(north), grid.spacing, grid.width, grid.length)


def _state_vectors(geometry: Geometry, start: float, clock: float) -> str:
    """Return the orbit's lines: a vector every 10 s, a minute before and after the scene."""
    duration = (geometry.n_lines - 1) * LINE_TIME
    first = _VECTOR_INTERVAL * math.floor(start / _VECTOR_INTERVAL - _VECTORS_AROUND)
    count = math.ceil((start + duration - first) / _VECTOR_INTERVAL) + _VECTORS_AROUND + 1
    lines = [
        f"number_of_state_vectors:\t{count}",
        f"time_of_first_state_vector:\t{java_double(first * clock)}\ts",
        f"state_vector_interval:\t{java_double(_VECTOR_INTERVAL * clock)}\ts",
    ]
    for number in range(count):
        vector = geometry.state_vector(first + number * _VECTOR_INTERVAL - start)
        position, velocity = (
            "\t".join(java_double(round(float(x), 6)) for x in axes) for axes in (vector.position, vector.velocity)
        )
        lines.append(f"state_vector_position_{number + 1}:\t{position}\tm   m   m")
        lines.append(f"state_vector_velocity_{number + 1}:\t{velocity}\tm/s m/s m/s")
    return "\n".join(lines) + "\n"


def _start_seconds(geometry: Geometry) -> float:
    """Return the time of day of the first line, UTC seconds: Sentinel-1 passes at 18 h (up) and 6 h (down)."""
    local_hour = 6.0 if 90 < geometry.azimuth_deg < 270 else 18.0
    seconds = (local_hour - geometry.longitude / 15) % 24 * 3600
    # clear of midnight, so that the state vectors lie on the same day
    return float(round(min(max(seconds, 3600.0), _SECONDS_PER_DAY - 3600.0) + 0.140583, 6))


def _utm(zone: int, *, south: bool) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(4326, (32700 if south else 32600) + zone, always_xy=True)
