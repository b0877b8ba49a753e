"""
The phase of each date that is neither motion nor DEM error: turbulence, stratification, orbit ramps, oscillator.

All are phases of one acquisition, positive for a longer path, so an interferogram holds slave minus master.
"""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.simulate.fields import power_law, random_field, standardised
from snapstamps.simulate.geometry import Geometry
from snapstamps.simulate.seeds import Stream, generator
from snapstamps.simulate.spec import SceneSpec

SCREEN_SPACING = 100.0
"""Distance of the nodes of the turbulent screens on the ground, m."""


@dataclass(frozen=True)
class DatePhases:
    """
    The coefficients of all dates.

    Attributes
    ----------
    screens : ndarray, shape (n_scenes, n_rows, n_columns)
        Turbulent phase at coarse nodes, rad.
    rows : ndarray, shape (n_rows,)
        Lines of the nodes.
    columns : ndarray, shape (n_columns,)
        Samples of the nodes.
    per_metre : ndarray, shape (n_scenes,)
        Stratified phase per metre of height above ``height_m``, rad/m.
    height_m : float
        Where the stratified phase is zero, m.
    ramp : ndarray, shape (n_scenes, 2)
        Phase across the whole scene along lines and along samples, rad; zero at the centre.
    oscillator : ndarray, shape (n_scenes,)
        Constant phase, rad.
    """

    screens: FloatArray
    rows: FloatArray
    columns: FloatArray
    per_metre: FloatArray
    height_m: float
    ramp: FloatArray
    oscillator: FloatArray

    def along_line(self, line: int, height: FloatArray, *, n_lines: int) -> FloatArray:
        """
        Return the sum of all of them along a line.

        Parameters
        ----------
        line : int
            Line from 0.
        height : ndarray, shape (n_samples,)
            m.
        n_lines : int
            Lines of the image.

        Returns
        -------
        phase : ndarray, shape (n_scenes, n_samples)
            rad.
        """
        n_samples = height.size
        phase = self.turbulence(line, n_samples)
        phase += self.per_metre[:, None] * (height - self.height_m)
        along, across = line / max(n_lines - 1, 1) - 0.5, np.linspace(-0.5, 0.5, n_samples)
        phase += self.ramp[:, :1] * along + self.ramp[:, 1:] * across
        phase += self.oscillator[:, None]
        return phase

    def turbulence(self, line: int, n_samples: int) -> FloatArray:
        """Return the turbulent phase along a line, linear between the nodes; shape (n_scenes, n_samples), rad."""
        row, row_part = _cell(self.rows, np.array([float(line)]))
        low = self.screens[:, row[0]]
        at_line = low + row_part[0] * (self.screens[:, row[0] + 1] - low)
        column, column_part = _cell(self.columns, np.arange(n_samples, dtype=float))
        left = at_line[:, column]
        return np.asarray(left + column_part * (at_line[:, column + 1] - left))


def make_date_phases(spec: SceneSpec, geometry: Geometry) -> DatePhases:
    """
    Draw the atmosphere, ramps and oscillator phase of every date.

    Parameters
    ----------
    spec : SceneSpec
        Its dates, seed, atmosphere and noise.
    geometry : Geometry
        Size of the scene on the ground.
    """
    width = float(geometry.ground_range[-1])
    n_rows = int(geometry.azimuth_spacing * geometry.n_lines / SCREEN_SPACING) + 2
    n_columns = int(width / SCREEN_SPACING) + 2
    rows = np.arange(n_rows) * SCREEN_SPACING / geometry.azimuth_spacing
    # ground range is so nearly linear in the sample that evenly spaced nodes differ by centimetres
    columns = np.arange(n_columns) * SCREEN_SPACING * (geometry.n_samples - 1) / width
    air = spec.atmosphere
    law = power_law(air.exponent)

    def draw(stream: Stream, day_ordinal: int, count: int) -> FloatArray:
        return generator(spec.seed, stream, day_ordinal).standard_normal(count)

    screens, per_metre, ramp, oscillator = [], [], [], []
    for day in spec.days:
        number = day.toordinal()
        random = generator(spec.seed, Stream.TURBULENCE, number)
        strength = air.turbulence_rad * np.exp(0.3 * random.standard_normal())
        screen = random_field((n_rows, n_columns), spacing=SCREEN_SPACING, amplitude=law, random=random)
        screens.append(strength * standardised(screen))
        per_metre.append(draw(Stream.STRATIFICATION, number, 1)[0] * air.stratified_rad_per_km / 1000)
        ramp.append(draw(Stream.RAMP, number, 2) * air.ramp_rad)
        oscillator.append(draw(Stream.OSCILLATOR, number, 1)[0] * spec.noise.oscillator_rad)
    return DatePhases(
        screens=np.array(screens),
        rows=rows,
        columns=columns,
        per_metre=np.array(per_metre),
        height_m=spec.terrain.height_m,
        ramp=np.array(ramp),
        oscillator=np.array(oscillator),
    )


def _cell(nodes: FloatArray, position: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the node below each position, and how far the position is towards the next (0 to 1)."""
    scaled = position / (nodes[1] - nodes[0])
    cell = np.clip(scaled.astype(np.int64), 0, nodes.size - 2)
    return cell, scaled - cell
