"""
Which scatterers of overlapping patches the merged set takes, and from which patch.

Follows StaMPS's ps_merge_patches without resampling.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.geometry import local_xy, origin_of, rotate_if_smaller, sort_and_round_xy
from snapstamps.kernels.weeding import best_of_duplicates


@dataclass(frozen=True)
class PixelBox:
    """
    The part of the image that belongs to one patch alone, without the overlap.

    Attributes
    ----------
    first_line, last_line : int
        Azimuth lines, from 0, both inside.
    first_sample, last_sample : int
        Range samples, likewise.
    """

    first_line: int
    last_line: int
    first_sample: int
    last_sample: int

    def holds(self, pixels: IntArray) -> BoolArray:
        """Tell which pixels (azimuth line, range sample; shape (n, 2)) lie inside."""
        low = np.array([self.first_line, self.first_sample])
        high = np.array([self.last_line, self.last_sample])
        return np.asarray(np.all((pixels >= low) & (pixels <= high), axis=1))


@dataclass(frozen=True)
class MergedOrder:
    """
    Where the rows that the patches contribute stand in the merged set.

    Attributes
    ----------
    place : ndarray of int, shape (n_rows,)
        Row of the merged set, from 0; -1 for a duplicate that is left out.
    xy : ndarray of float32, shape (n_ps, 2)
        Local coordinates of the merged set, sorted and rounded as step 1 does, m.
    origin : ndarray, shape (2,)
        Longitude and latitude of their origin, degrees.
    """

    place: IntArray
    xy: FloatArray
    origin: FloatArray

    @property
    def n_ps(self) -> int:
        """Return the number of scatterers of the merged set."""
        return len(self.xy)


def surviving_rows(pixels: IntArray, patch: IntArray, owned: BoolArray) -> IntArray:
    """
    Choose one row for every pixel that was selected in any patch.

    The patch that owns a pixel knows it best, since it sees its surroundings on all sides. Where the
    owner did not select it, and for pixels that nobody owns, the first patch in order speaks.

    Parameters
    ----------
    pixels : ndarray of int, shape (n_rows, 2)
        Azimuth line and range sample of the scatterers of all patches, one patch after the other.
    patch : ndarray of int, shape (n_rows,)
        Number of their patch, ascending.
    owned : ndarray of bool, shape (n_rows,)
        Whether their patch owns them.

    Returns
    -------
    ndarray of int
        Rows that survive, ascending.
    """
    # of several owners, which only overlapping boxes could make, StaMPS lets the last one win
    preference = np.where(owned, -1 - patch, patch)
    order = np.lexsort((preference, pixels[:, 1], pixels[:, 0]))
    ordered = pixels[order]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    return np.sort(order[is_first])


def merged_order(lonlat: FloatArray, coherence: FloatArray, heading_deg: float) -> MergedOrder:
    """
    Leave out all but the most coherent of equal positions, and sort the rest as step 1 sorts.

    Parameters
    ----------
    lonlat : ndarray, shape (n_rows, 2)
        Longitude and latitude, degrees; n_rows > 0.
    coherence : ndarray, shape (n_rows,)
        Of the ties the first one stays.
    heading_deg : float
        Heading of the satellite, degrees clockwise from north.

    Returns
    -------
    MergedOrder
    """
    kept = np.flatnonzero(best_of_duplicates(lonlat, coherence))
    origin = origin_of(lonlat[kept])
    placed = sort_and_round_xy(rotate_if_smaller(local_xy(lonlat[kept], origin), heading_deg))
    place = np.full(len(lonlat), -1)
    place[kept[placed.order]] = np.arange(kept.size)
    return MergedOrder(place, placed.xy, origin)


def unit_phasors(phase: ComplexArray) -> ComplexArray:
    """
    Bring complex values to modulus 1; zeros stay zero.

    Parameters
    ----------
    phase : ndarray of complex
        Any shape.

    Returns
    -------
    ndarray of complex
        Same shape and type.
    """
    modulus = np.abs(phase)
    return np.divide(phase, modulus, out=np.zeros_like(phase), where=modulus > 0)
