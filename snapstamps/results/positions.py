"""Where scatterers really stand, once it is known how much they rise above the DEM."""

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.results.viewing import LookVectors

SEMI_MAJOR_AXIS = 6_378_137.0
"""Of WGS84, m."""

ECCENTRICITY2 = 0.006694379990141316
"""Square of the first eccentricity of WGS84."""


def corrected_positions(lonlat: FloatArray, dem_error: FloatArray, incidence: FloatArray, look: LookVectors) -> Array:
    r"""
    Shift scatterers along the ground range to where they really stand.

    A scatterer that rises :math:`\Delta h` above the DEM is nearer to the satellite than the ground below
    it: it appears (layover) where the ground has the same slant range, displaced towards the satellite. All
    points of equal range form, seen locally, a plane across the line of sight; going up by
    :math:`\Delta h` inside it leads away from the satellite by

    .. math:: s = \Delta h / \tan\theta

    with the incidence angle :math:`\theta`. The azimuth stays, since the image is focused at zero Doppler.

    Parameters
    ----------
    lonlat : ndarray, shape (n_ps, 2)
        Longitude and latitude as geocoded with the DEM (degrees).
    dem_error : ndarray, shape (n_ps,)
        Reality minus DEM (m); a scatterer without a value (NaN) stays where it is.
    incidence : ndarray, shape (n_ps,)
        rad.
    look : LookVectors
        Directions to the satellite.

    Returns
    -------
    ndarray of float64, shape (n_ps, 2)
        Longitude and latitude (degrees).
    """
    away = np.nan_to_num(dem_error, nan=0.0) / np.tan(incidence)
    sine = np.sin(incidence)
    east, north = -away * look.east / sine, -away * look.north / sine
    latitude = np.radians(lonlat[:, 1])
    root = np.sqrt(1.0 - ECCENTRICITY2 * np.sin(latitude) ** 2)
    meridian_radius = SEMI_MAJOR_AXIS * (1.0 - ECCENTRICITY2) / root**3
    parallel_radius = SEMI_MAJOR_AXIS / root * np.cos(latitude)
    return np.column_stack(
        [
            lonlat[:, 0] + np.degrees(east / parallel_radius),
            lonlat[:, 1] + np.degrees(north / meridian_radius),
        ]
    )
