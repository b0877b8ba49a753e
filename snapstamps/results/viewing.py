"""The viewing geometry of every scatterer, as results give it: from where the satellite looks."""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray


@dataclass(frozen=True)
class LookVectors:
    """
    Unit vectors from the ground to the satellite.

    A motion (e, n, u) of the ground shows up as ``e * east + n * north + u * up``, positive towards the
    satellite.

    Attributes
    ----------
    east, north, up : ndarray, shape (n_ps,)
        Components.
    """

    east: FloatArray
    north: FloatArray
    up: FloatArray


def look_vectors(heading_deg: float, incidence: FloatArray) -> LookVectors:
    """
    Return the direction to a right-looking satellite.

    The radar looks to the right of its flight; so, from the ground, it stands to the left of that
    direction, 90 degrees less than the heading.

    Parameters
    ----------
    heading_deg : float
        Direction of flight, degrees clockwise from north.
    incidence : ndarray, shape (n_ps,)
        Angle from the vertical, rad.

    Returns
    -------
    LookVectors

    Examples
    --------
    A satellite that flies north sees the ground from the west.

    >>> look = look_vectors(0.0, np.radians([90.0, 0.0]))
    >>> look.east.round(6).tolist(), look.up.round(6).tolist()
    ([-1.0, -0.0], [0.0, 1.0])
    """
    towards = np.radians(heading_deg - 90.0)
    sine = np.sin(incidence)
    return LookVectors(east=sine * np.sin(towards), north=sine * np.cos(towards), up=np.cos(incidence))
