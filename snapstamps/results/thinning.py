"""Fewer scatterers for readers that cannot take all: the best of every cell of a grid."""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray

_METRES_PER_DEGREE = 111_320.0
_GROWTH = 1.1


@dataclass(frozen=True)
class Thinned:
    """
    A choice of scatterers.

    Attributes
    ----------
    rows : ndarray of int, shape (n_kept,)
        Ascending.
    cell : int
        Side of the cells (m); 0: all were kept.
    rule : str
        One sentence for who reads the file.
    """

    rows: IntArray
    cell: int
    rule: str


def thin(lonlat: FloatArray, coherence: FloatArray, candidates: IntArray, *, limit: int) -> Thinned:
    """
    Keep at most so many scatterers, spread evenly.

    Parameters
    ----------
    lonlat : ndarray, shape (n_ps, 2)
        Degrees.
    coherence : ndarray, shape (n_ps,)
        The highest of a cell is kept; of equals the first. NaN counts least.
    candidates : ndarray of int
        Rows among which to choose, ascending.
    limit : int
        How many may be kept, at least 1.

    Returns
    -------
    Thinned
        All candidates, if they are not too many; else those of the smallest cells that leave few enough.
    """
    n_all = len(candidates)
    if n_all <= limit:
        return Thinned(candidates, 0, f"All {n_all} PS are in this file.")
    metres = _metres(lonlat[candidates])
    best_first = np.argsort(-np.nan_to_num(coherence[candidates], nan=-1.0), kind="stable")
    metres = metres[best_first]
    cell = max(1, int(np.sqrt(np.ptp(metres, axis=0).prod() / limit) / 2))
    first = _first_of_cells(metres, cell)
    while len(first) > limit:
        cell = max(cell + 1, int(cell * _GROWTH))
        first = _first_of_cells(metres, cell)
    rows = np.sort(candidates[best_first[first]])
    rule = (
        f"{len(rows)} of {n_all} PS are in this file: of each square of {cell} m the one with the highest "
        f"coherence, so that there are at most {limit}."
    )
    return Thinned(rows, cell, rule)


def _metres(lonlat: FloatArray) -> FloatArray:
    low = lonlat.min(axis=0)
    squeeze = np.cos(np.radians(lonlat[:, 1].mean()))
    return np.asarray((lonlat - low) * _METRES_PER_DEGREE * [squeeze, 1.0])


def _first_of_cells(metres: FloatArray, cell: int) -> IntArray:
    columns, rows = (metres // cell).astype(np.int64).T
    return np.unique(rows * (columns.max() + 1) + columns, return_index=True)[1]
