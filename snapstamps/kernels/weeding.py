"""
Which of the selected pixels stand for one scatterer: side lobes, zero heights, duplicates.

Follows StaMPS's ps_weed, up to its noise test, which is in ``phase_noise``.
"""

import numba
import numpy as np

from snapstamps.kernels.arrays import BoolArray, FloatArray, IntArray

ZERO_HEIGHT = 1e-6
"""Heights below this count as sea, m."""

_AROUND = [(line, sample) for line in (-1, 0, 1) for sample in (-1, 0, 1) if (line, sample) != (0, 0)]


def best_of_neighbours(pixels: IntArray, coherence: FloatArray) -> BoolArray:
    """
    Keep the most coherent one of every group of adjoining pixels.

    As in StaMPS a group is what pixels claim of one another in ascending order, which is not always
    everything that hangs together: two pixels of a large cluster may both stay.

    Parameters
    ----------
    pixels : ndarray of int, shape (n_ps, 2)
        Azimuth line and range sample.
    coherence : ndarray, shape (n_ps,)
        Of the ties the first one stays.

    Returns
    -------
    keep : ndarray of bool, shape (n_ps,)
    """
    n_ps = len(pixels)
    if n_ps == 0:
        return np.zeros(0, dtype=np.bool_)
    return np.asarray(_keep_best(_owners(np.asarray(pixels, dtype=np.int64)), np.asarray(coherence, dtype=np.float64)))


def _owners(pixels: IntArray) -> IntArray:
    """
    Return for every pixel the first one in order that adjoins it, or -1.

    StaMPS lets the pixels claim their eight neighbours one after the other; a claimed one stays claimed.
    """
    line, sample = (pixels - pixels.min(axis=0)).T
    stride = sample.max() + 3
    keys = line * stride + sample
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    nobody = len(keys)
    owner = np.full(len(keys), nobody)
    for line_step, sample_step in _AROUND:
        wanted = keys + line_step * stride + sample_step
        place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        owner = np.minimum(owner, np.where(ordered[place] == wanted, order[place], nobody))
    return np.where(owner == nobody, -1, owner)


@numba.njit(cache=True, nogil=True)
def _keep_best(owner: IntArray, coherence: FloatArray) -> BoolArray:  # pragma: no cover (compiled)
    """Gather every pixel's children, their children, and so on, and keep the most coherent of each gathering."""
    n_ps = owner.size
    first_child = np.full(n_ps, -1)
    next_child = np.full(n_ps, -1)
    for child in range(n_ps - 1, -1, -1):
        if owner[child] >= 0:
            next_child[child] = first_child[owner[child]]
            first_child[owner[child]] = child
    keep = np.ones(n_ps, dtype=np.bool_)
    group = np.empty(n_ps + 1, dtype=np.int64)  # a cycle brings its starting pixel twice
    for start in range(n_ps):
        if first_child[start] < 0:
            continue
        group[0] = start
        size = 1
        seen = 0
        best = start
        while seen < size:
            member = group[seen]
            seen += 1
            child = first_child[member]
            first_child[member] = -1
            while child >= 0:
                group[size] = child
                size += 1
                higher = coherence[child] > coherence[best]
                if higher or (coherence[child] == coherence[best] and child < best):
                    best = child
                child = next_child[child]
        for member in group[:size]:
            if member != best:
                keep[member] = False
    return keep


def above_zero(height: FloatArray) -> BoolArray:
    """
    Tell which pixels do not lie at sea level or below.

    As in StaMPS every negative height counts as zero, also on land below the geoid or the ellipsoid.

    Parameters
    ----------
    height : ndarray, shape (n_ps,)
        m; NaN stays.

    Returns
    -------
    keep : ndarray of bool, shape (n_ps,)
    """
    return np.logical_not(np.asarray(height) < ZERO_HEIGHT)


def best_of_duplicates(position: FloatArray, coherence: FloatArray) -> BoolArray:
    """
    Keep the most coherent one of all pixels at exactly the same position.

    Parameters
    ----------
    position : ndarray, shape (n_ps, 2)
        Two coordinates of any kind.
    coherence : ndarray, shape (n_ps,)
        Of the ties the first one stays.

    Returns
    -------
    keep : ndarray of bool, shape (n_ps,)
    """
    keep = np.zeros(len(position), dtype=np.bool_)
    order = np.lexsort((-np.asarray(coherence), position[:, 1], position[:, 0]))
    ordered = position[order]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    keep[order[is_first]] = True
    return keep
