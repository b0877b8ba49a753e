"""The UTM zone of an area."""

from snapstamps.kernels.arrays import FloatArray

_NORTH, _SOUTH = 32_600, 32_700


def utm_zone(lonlat: FloatArray) -> int:
    """
    Return the EPSG code of the UTM zone (WGS 84) in which the middle of positions lies.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Degrees, n > 0.

    Examples
    --------
    >>> import numpy as np
    >>> utm_zone(np.array([[105.8, 21.6]])), utm_zone(np.array([[-70.0, -33.0]]))
    (32648, 32719)
    """
    lon, lat = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    zone = int((lon + 180) % 360 // 6) + 1
    return (_NORTH if lat >= 0 else _SOUTH) + zone
