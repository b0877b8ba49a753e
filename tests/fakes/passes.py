"""The passes of a simulated scene: when its lines were seen, and where the satellite of each date was then."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from snapstamps.simulate.baselines import make_baselines
from snapstamps.simulate.geometry import LINE_TIME, PULSE_RATE, Geometry, make_geometry
from snapstamps.simulate.headers import _start_seconds
from snapstamps.simulate.spec import SceneSpec

REPEAT_TRACKS = 175
FIRST_ORBIT = 30_000
TRACK = 91


@dataclass(frozen=True)
class Pass:
    """One date of a scene."""

    spec: SceneSpec
    day: date

    @property
    def geometry(self) -> Geometry:
        return make_geometry(self.spec)

    @property
    def start(self) -> datetime:
        """Time of the scene's first line."""
        return datetime.combine(self.day, time(), UTC) + timedelta(seconds=_start_seconds(self.geometry))

    @property
    def absolute_orbit(self) -> int:
        """Orbits go on by 175 in 12 days; the first one fits the track of Sentinel-1A."""
        first = FIRST_ORBIT + TRACK - 1 - (FIRST_ORBIT - 73) % REPEAT_TRACKS
        return first + round((self.day - self.spec.days[0]).days * REPEAT_TRACKS / 12)

    def line_time(self, line: float) -> datetime:
        return self.start + timedelta(seconds=line * LINE_TIME)

    def orbit(self, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Position and velocity of this date's satellite, seconds after the scene's first line."""
        before, after = (self._position(seconds + step) for step in (-0.5, 0.5))
        return self._position(seconds), after - before

    def _position(self, seconds: float) -> np.ndarray:
        geometry, baselines = self.geometry, make_baselines(self.spec)
        index = self.spec.days.index(self.day)
        vector = geometry.state_vector(seconds)
        up = vector.position / np.linalg.norm(vector.position)
        along = vector.velocity / np.linalg.norm(vector.velocity)
        lines = seconds / LINE_TIME - (self.spec.n_lines / 2 - 0.5)
        cross = baselines.cross[index] + baselines.cross_rate[index] * lines / PULSE_RATE
        down = baselines.normal[index] + baselines.normal_rate[index] * lines / PULSE_RATE
        return vector.position + cross * np.cross(along, up) - down * up


def window(geometry: Geometry, first_line: int, first_sample: int, n_lines: int, n_samples: int) -> Geometry:
    """The geometry of a window of the image; it may be larger than the image."""
    angle = geometry.angular_rate * LINE_TIME * (first_line + n_lines // 2 - geometry.n_lines // 2)
    up = geometry.up * np.cos(angle) + geometry.along * np.sin(angle)
    along = geometry.along * np.cos(angle) - geometry.up * np.sin(angle)
    near = geometry.near_range + first_sample * geometry.range_spacing
    return replace(geometry, n_lines=n_lines, n_samples=n_samples, near_range=near, up=up, along=along)
