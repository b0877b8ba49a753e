"""The orbits of the slaves relative to the master's, and the perpendicular baselines that follow."""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray
from snapstamps.simulate.geometry import PULSE_RATE, make_geometry
from snapstamps.simulate.seeds import Stream, generator
from snapstamps.simulate.spec import SceneSpec


@dataclass(frozen=True)
class Baselines:
    """
    Cross-track and normal component of every date's baseline, in the signs of StaMPS and GAMMA.

    Attributes
    ----------
    cross, normal : ndarray, shape (n_scenes,)
        At the middle line, m: cross-track (right of the flight, towards the target) and normal (positive down).
        Zero for the master. Rounded to float32, as SNAP writes them.
    cross_rate, normal_rate : ndarray, shape (n_scenes,)
        Change along the image, m/s of a clock that counts PULSE_RATE lines per second.
    n_lines : int
        Lines of the image.
    """

    cross: FloatArray
    normal: FloatArray
    cross_rate: FloatArray
    normal_rate: FloatArray
    n_lines: int

    def perpendicular(self, line: float, look: FloatArray) -> FloatArray:
        """
        Return the perpendicular baselines along a line, as step 1 of StaMPS computes them.

        Parameters
        ----------
        line : float
            Line from 0.
        look : ndarray, shape (n_samples,)
            Look angle, radians.

        Returns
        -------
        bperp : ndarray, shape (n_scenes, n_samples)
            m.
        """
        seconds = (line - (self.n_lines / 2 - 0.5)) / PULSE_RATE
        cross = self.cross + self.cross_rate * seconds
        normal = self.normal + self.normal_rate * seconds
        return np.asarray(cross[:, None] * np.cos(look) - normal[:, None] * np.sin(look))


def make_baselines(spec: SceneSpec) -> Baselines:
    """
    Draw the orbit of every date from the tube about the master's.

    Parameters
    ----------
    spec : SceneSpec
        Its dates, master, size, orbit tube, and perpendicular baselines where they are given.
    """
    tube = spec.orbit
    spread = np.array([tube.cross_m, tube.radial_m, tube.rate_m_s, tube.rate_m_s])
    rows = [
        spread * generator(spec.seed, Stream.ORBIT, day.toordinal()).standard_normal(4) * (day != spec.master_day)
        for day in spec.days
    ]
    orbits = np.array(rows)
    if spec.perpendicular_m:
        _shift(orbits, np.array(spec.perpendicular_m), look=_look_at_centre(spec))
    cross, normal, cross_rate, normal_rate = orbits.astype(np.float32).astype(float).T
    return Baselines(cross, normal, cross_rate, normal_rate, spec.n_lines)


def _look_at_centre(spec: SceneSpec) -> float:
    return float(make_geometry(spec).look[spec.n_samples // 2])


def _shift(orbits: FloatArray, perpendicular: FloatArray, *, look: float) -> None:
    """Move orbits (in place) at right angles to the line of sight, until their baselines are those wanted."""
    missing = perpendicular - (orbits[:, 0] * np.cos(look) - orbits[:, 1] * np.sin(look))
    orbits[:, 0] += missing * np.cos(look)
    orbits[:, 1] -= missing * np.sin(look)
