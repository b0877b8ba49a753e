"""The reference of velocities and displacements: which scatterers, and how to say so."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from snapstamps.kernels.arrays import BoolArray, IntArray
from snapstamps.results.reference_area import ReferenceArea, outline_of, phrase_of, rows_inside
from snapstamps.stamps.reference import reference_rows
from snapstamps.stamps.store import StampsStore


@dataclass(frozen=True)
class Reference:
    """
    Scatterers whose mean is zero.

    Attributes
    ----------
    rows : ndarray of int, shape (n_reference,), or None
        Rows of the scatterers; None: results are not referenced (ref_radius = -inf).
    description : str
        One phrase for metadata and reports.
    shape : geometry or None
        Polygon of what the user named, longitude and latitude; None: StaMPS's own parameters name it.
    """

    rows: IntArray | None
    description: str
    shape: Any = None


def reference(
    store: StampsStore,
    parms: Mapping[str, Any],
    *,
    area: ReferenceArea | None = None,
    complete: BoolArray | None = None,
) -> Reference:
    """
    Find the reference that the parameters describe, or that the user names.

    Parameters
    ----------
    store : StampsStore
        The working folder.
    parms : mapping
        StaMPS parameters; see :func:`snapstamps.stamps.parms.read_parms`.
    area : ReferenceArea, optional
        Instead of what the parameters name. Its scatterers are found by their positions as SNAP gives them.
    complete : ndarray of bool, shape (n_ps,), optional
        With an area: scatterers that lack no date, and so have a velocity; default all.

    Returns
    -------
    Reference

    Raises
    ------
    DataError
        If no scatterer lies in the reference area.
    """
    ps = store.read("ps2", "lonlat", "ll0")
    if area is not None:
        known = np.arange(len(ps.lonlat)) if complete is None else np.flatnonzero(complete)
        inside = rows_inside(area, ps.lonlat, known)
        phrase = phrase_of(area, n_reference=len(inside), n_ps=len(ps.lonlat))
        return Reference(inside, phrase, outline_of(area, ps.lonlat, inside))
    rows = reference_rows(ps.lonlat, ps.ll0, parms)
    if rows is None:
        return Reference(None, "none (ref_radius = -inf)")
    count = f"all {len(rows)}" if len(rows) == len(ps.lonlat) else f"{len(rows)} of {len(ps.lonlat)}"
    return Reference(rows, f"mean of {count} PS{_area(parms)}")


def _area(parms: Mapping[str, Any]) -> str:
    parts = []
    for name, label in (("ref_lon", "longitude"), ("ref_lat", "latitude")):
        low, high = parms[name]
        if math.isfinite(low) or math.isfinite(high):
            parts.append(f"{label} {low:g} to {high:g} degrees")
    if parms["ref_radius"] < math.inf:
        lon, lat = parms["ref_centre_lonlat"]
        parts.append(f"within {parms['ref_radius']:g} m of longitude {lon:g}, latitude {lat:g} degrees")
    return f", {', '.join(parts)}" if parts else ""
