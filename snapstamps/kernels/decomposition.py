"""Vertical and east-west motion from lines of sight of several passes (Fialko et al. 2001; Wright et al. 2004)."""

import math
from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray

LEAST_ANGLE = 20.0
"""Angle between the lines of sight, in the east-up plane, below which nothing is decomposed (degrees)."""


@dataclass(frozen=True)
class Decomposition:
    """
    Motion in the east-up plane.

    Attributes
    ----------
    east, up : ndarray, shape (n_cells,)
        Velocities, + east and + up; NaN where they cannot be told apart.
    east_std, up_std : ndarray, shape (n_cells,)
        Standard deviations.
    north_to_east, north_to_up : ndarray, shape (n_cells,)
        What a motion of 1 to the north, which is neglected, adds to east and up.
    n_views : ndarray of int, shape (n_cells,)
        Passes that saw the cell.
    """

    east: FloatArray
    up: FloatArray
    east_std: FloatArray
    up_std: FloatArray
    north_to_east: FloatArray
    north_to_up: FloatArray
    n_views: IntArray


def decompose(
    velocity: FloatArray, std: FloatArray, look: FloatArray, *, least_angle: float = LEAST_ANGLE
) -> Decomposition:
    r"""
    Solve :math:`v_k = e\,l_{e,k} + u\,l_{u,k}` for east and up, by least squares with weights 1 / std².

    The north component is taken as zero: near-polar orbits hardly see it. With two passes the solution is exact,
    with more it is an adjustment.

    Parameters
    ----------
    velocity, std : ndarray, shape (n_cells, n_views)
        Velocities along the lines of sight, + towards the satellite, and their deviations; NaN: not seen.
    look : ndarray, shape (n_cells, n_views, 3)
        East, north and up components of the unit vectors from the ground to the satellites.
    least_angle : float
        Degrees; see :data:`LEAST_ANGLE`.

    Returns
    -------
    Decomposition
        Velocities in the unit given.
    """
    seen = np.isfinite(velocity) & np.isfinite(std) & (std > 0) & np.isfinite(look).all(axis=2)
    plane = np.where(seen[..., None], look[..., [0, 2]], 0.0)
    north = np.where(seen, look[..., 1], 0.0)
    weight = np.where(seen, 1.0 / np.where(seen, std, 1.0) ** 2, 0.0)
    values = np.where(seen, velocity, 0.0)

    normal = np.einsum("cv,cvi,cvj->cij", weight, plane, plane)
    solvable = _spread(plane) >= math.sin(math.radians(least_angle))
    normal[~solvable] = np.eye(2)
    inverse = np.linalg.inv(normal)
    gain = np.einsum("cij,cv,cvj->civ", inverse, weight, plane)
    result = np.where(solvable[:, None], np.einsum("civ,cv->ci", gain, values), np.nan)
    leak = np.where(solvable[:, None], np.einsum("civ,cv->ci", gain, north), np.nan)
    deviation = np.where(solvable[:, None], np.sqrt(np.einsum("cii->ci", inverse)), np.nan)
    return Decomposition(
        east=result[:, 0],
        up=result[:, 1],
        east_std=deviation[:, 0],
        up_std=deviation[:, 1],
        north_to_east=leak[:, 0],
        north_to_up=leak[:, 1],
        n_views=seen.sum(axis=1),
    )


def _spread(plane: FloatArray) -> FloatArray:
    """Return the sine of the angle between two lines of sight; of more of them, a sum of squares of all sines."""
    length = np.linalg.norm(plane, axis=2, keepdims=True)
    unit = plane / np.where(length > 0, length, 1.0)
    gram = np.einsum("cvi,cvj->cij", unit, unit)
    determinant = gram[:, 0, 0] * gram[:, 1, 1] - gram[:, 0, 1] ** 2
    return np.asarray(np.sqrt(np.maximum(determinant, 0.0)))
