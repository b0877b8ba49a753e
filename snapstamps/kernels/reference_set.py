"""The reference: the scatterers whose mean is zero in every velocity and displacement (ps_setref)."""

import numpy as np

from snapstamps.kernels.arrays import Array, BoolArray, FloatArray, IntArray


def within_box(lonlat: FloatArray, *, longitudes: tuple[float, float], latitudes: tuple[float, float]) -> BoolArray:
    """
    Tell which positions lie inside a box of longitude and latitude, its border excluded.

    Parameters
    ----------
    lonlat : ndarray, shape (n_ps, 2)
        Longitude and latitude (degrees).
    longitudes, latitudes : tuple of float
        Lower and upper limit (degrees); infinite limits take all.

    Returns
    -------
    ndarray of bool, shape (n_ps,)
    """
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    in_longitude = (lon > longitudes[0]) & (lon < longitudes[1])
    in_latitude = (lat > latitudes[0]) & (lat < latitudes[1])
    return in_longitude & in_latitude


def within_circle(xy: FloatArray, *, centre: FloatArray, radius: float) -> BoolArray:
    """
    Tell which positions lie inside a circle, its border included.

    Parameters
    ----------
    xy : ndarray, shape (n_ps, 2)
        Plane coordinates (m).
    centre : ndarray, shape (2,)
        In the same coordinates (m).
    radius : float
        Radius (m).

    Returns
    -------
    ndarray of bool, shape (n_ps,)
    """
    return np.asarray(((xy - centre) ** 2).sum(axis=1) <= radius**2)


def reference_mean(values: FloatArray, rows: IntArray | None) -> Array:
    """
    Mean of every column over the reference, NaN left out.

    Parameters
    ----------
    values : ndarray, shape (n_ps, n_columns)
        Phase or any other quantity.
    rows : ndarray of int, shape (n_reference,), or None
        Scatterers of the reference; None: no reference.

    Returns
    -------
    ndarray, shape (n_columns,)
        In double precision; 0 without a reference, or where all of it is NaN.
    """
    if rows is None:
        return np.zeros(values.shape[1])
    everything = len(rows) == len(values)
    total, count = np.zeros(values.shape[1]), np.zeros(values.shape[1])
    for column in range(values.shape[1]):
        chosen = values[:, column] if everything else values[rows, column]
        valid = ~np.isnan(chosen)
        count[column] = np.count_nonzero(valid)
        total[column] = chosen.sum(where=valid, dtype=np.float64)
    return total / np.maximum(count, 1)


def referenced(values: FloatArray, rows: IntArray | None) -> Array:
    """
    Subtract from every column its mean over the reference.

    Parameters
    ----------
    values : ndarray, shape (n_ps, n_columns)
        Phase or any other quantity.
    rows : ndarray of int, shape (n_reference,), or None
        Scatterers of the reference; None: nothing is subtracted.

    Returns
    -------
    ndarray, shape (n_ps, n_columns)
        Of the class of ``values``.

    Examples
    --------
    >>> referenced(np.array([[1.0], [3.0], [8.0]]), np.array([0, 1])).ravel().tolist()
    [-1.0, 1.0, 6.0]
    """
    return values - reference_mean(values, rows).astype(values.dtype)
