"""
Numbers for the page: scaled to whole numbers, their bytes sorted by significance, compressed, as base64.

Sorting the bytes (all low bytes, then all high bytes) lets the compression see that the high ones hardly change.
"""

import base64
import zlib
from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.results.overview import Overview
from snapstamps.results.table import PsTable
from snapstamps.results.thinning import thin

MAX_SHOWN = 200_000
"""Scatterers that the page holds, at the most."""

_BLOCK = 65_536
_STEPS = {
    "velocity": 0.01,
    "velocity_std": 0.01,
    "coherence": 0.0001,
    "height": 0.1,
    "dem_error": 0.01,
    "d_a": 0.0001,
}
"""Columns of the page -> their smallest step, in their own unit."""

_SERIES_STEP = 0.1
_POSITION_STEP = 1e-6


@dataclass(frozen=True)
class Packed:
    """
    An array as text.

    Attributes
    ----------
    kind : {"int16", "int32"}
        Of the whole numbers; the smallest one stands for "not known".
    step, offset : float
        Value = whole number * step + offset.
    text : str
        Base64 of the compressed bytes.
    """

    kind: str
    step: float
    offset: float
    text: str


@dataclass(frozen=True)
class Shown:
    """
    The scatterers that the page holds.

    Attributes
    ----------
    rows : ndarray of int
        Of the table, ascending.
    rule : str
        By which they were chosen, for the reader; empty where all are shown.
    """

    rows: IntArray
    rule: str


def shown(table: PsTable, *, most: int = MAX_SHOWN) -> Shown:
    """
    Choose the scatterers that the page holds: all, or, where there are too many, the best of every cell of a grid.

    Parameters
    ----------
    table : PsTable
        The results.
    most : int
        So many at the most.

    Returns
    -------
    Shown
    """
    n_ps = len(table)
    thinned = thin(table.lonlat, table["coherence"], np.arange(n_ps), limit=most)
    if len(thinned.rows) == n_ps:
        return Shown(thinned.rows, "")
    rule = (
        f"The map shows {len(thinned.rows):,} of {n_ps:,} PS: in each square of {thinned.cell} m the most coherent. "
        "Tables and histograms are of all."
    )
    return Shown(thinned.rows, rule)


def packed(values: FloatArray, *, step: float, kind: str = "int16", offset: float = 0.0) -> Packed:
    """
    Pack an array.

    Parameters
    ----------
    values : ndarray
        Any shape; NaN is kept.
    step : float
        Resolution; coarser where the values would not fit.
    kind : {"int16", "int32"}
        Of the whole numbers.
    offset : float
        Subtracted before.

    Returns
    -------
    Packed
    """
    limits = np.iinfo(kind)
    known = np.isfinite(values)
    largest = float(np.max(np.abs(values[known] - offset), initial=0.0))
    step = max(step, largest / limits.max)
    whole = np.full(values.shape, limits.min, dtype=f"<i{limits.bits // 8}")
    whole[known] = np.round((values[known] - offset) / step)
    shuffled = whole.reshape(-1, 1).view(np.uint8).T.tobytes()
    return Packed(kind, step, offset, base64.b64encode(zlib.compress(shuffled, 6)).decode("ascii"))


def payload(view: Overview, rows: IntArray) -> dict[str, Packed]:
    """
    Pack positions, columns and displacements of the scatterers that are shown.

    Parameters
    ----------
    view : Overview
        The run.
    rows : ndarray of int
        Of those that are shown.

    Returns
    -------
    dict of str to Packed
        ``lon``, ``lat``, ``id``, the columns, and ``series``: scatterer by scatterer, date by date.
    """
    table = view.table
    series = np.empty((len(rows), len(table.dates)), dtype=np.float32)
    for start in range(0, len(rows), _BLOCK):
        series[start : start + _BLOCK] = table.displacement(rows[start : start + _BLOCK])
    west, south = view.extent.west, view.extent.south
    return {
        "lon": packed(table.lonlat[rows, 0], step=_POSITION_STEP, kind="int32", offset=west),
        "lat": packed(table.lonlat[rows, 1], step=_POSITION_STEP, kind="int32", offset=south),
        "id": packed(table["id"][rows].astype(np.float64), step=1.0, kind="int32"),
        **{name: packed(table[name][rows], step=step) for name, step in _STEPS.items()},
        "series": packed(series, step=_SERIES_STEP),
    }
