"""The reference area that the parameters describe, as scatterers of a folder."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.kernels.geometry import local_xy
from snapstamps.kernels.reference_set import within_box, within_circle
from snapstamps.model.errors import DataError

REFERENCE_PARMS = ("ref_lon", "ref_lat", "ref_centre_lonlat", "ref_radius")


def reference_rows(lonlat: FloatArray, origin: FloatArray, parms: Mapping[str, Any]) -> IntArray | None:
    """
    Find the scatterers of the reference (ps_setref).

    Parameters
    ----------
    lonlat : ndarray, shape (n_ps, 2)
        Longitude and latitude (degrees).
    origin : ndarray, shape (2,)
        Origin of the local projection, ``ll0`` (degrees).
    parms : mapping
        Holds ref_lon, ref_lat, ref_centre_lonlat, ref_radius.

    Returns
    -------
    ndarray of int64, shape (n_reference,), or None
        Rows; None where ref_radius is -inf, which stands for no reference.

    Raises
    ------
    DataError
        If no scatterer lies in the reference area. StaMPS would go on and make everything NaN.
    """
    radius = float(parms["ref_radius"])
    if radius == -math.inf:
        return None
    west, east = parms["ref_lon"]
    south, north = parms["ref_lat"]
    rows = np.flatnonzero(within_box(lonlat, longitudes=(west, east), latitudes=(south, north)))
    if radius < math.inf:
        centre = local_xy(np.array([parms["ref_centre_lonlat"]], dtype=np.float64), origin)[0]
        rows = rows[within_circle(local_xy(lonlat[rows], origin), centre=centre, radius=radius)]
    if len(rows) == 0:
        raise DataError(
            "No scatterer lies in the reference area",
            where=", ".join(f"{name} = {parms[name]}" for name in REFERENCE_PARMS),
            why=_extent(lonlat),
            remedy="a reference area inside it, or a larger stamps.parms.ref_radius",
        )
    return rows


def _extent(lonlat: FloatArray) -> str:
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    return f"The scatterers lie between longitudes {west:.5f} and {east:.5f} and latitudes {south:.5f} and {north:.5f}."
