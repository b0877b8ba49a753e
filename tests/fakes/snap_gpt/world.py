"""What the stand-in's satellite sees: the simulated scene, and speckle around it."""

import json
import math
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from fakes.passes import Pass, window

from snapstamps.simulate.geometry import LINE_TIME, Geometry
from snapstamps.simulate.spec import SceneSpec, make_spec

PAD = 200
"""Lines and samples around the scene for which there are values."""
AMPLITUDE = 40.0


class World:
    """
    A simulated scene.

    `folder` holds scene.json, and INSAR_<master> where the scene itself was simulated; without it all is speckle.
    """

    def __init__(self, folder: Path) -> None:
        self.spec: SceneSpec = make_spec(json.loads((folder / "scene.json").read_text()))
        exports = sorted(folder.glob("INSAR_*"))
        self.export = exports[0] if exports else None
        self._kept: dict[date, np.ndarray] = {}

    @cached_property
    def geometry(self) -> Geometry:
        return Pass(self.spec, self.spec.master_day).geometry

    def first_line(self, moment: datetime) -> int:
        """The scene's line that was seen at a time; each date has its own clock."""
        return round((moment - Pass(self.spec, moment.date()).start).total_seconds() / LINE_TIME)

    def line_time(self, day: date, line: int) -> datetime:
        return Pass(self.spec, day).line_time(line)

    def first_sample(self, slant_range: float) -> int:
        return round((slant_range - self.geometry.near_range) / self.geometry.range_spacing)

    def slant_range(self, sample: int) -> float:
        return self.geometry.near_range + sample * self.geometry.range_spacing

    def slc(self, day: date, line: int, sample: int, lines: int, samples: int) -> np.ndarray:
        """Values of one date in a window."""
        top, left = line + PAD, sample + PAD
        whole = self._whole(day)
        assert min(top, left) >= 0
        assert top + lines <= whole.shape[0]
        assert left + samples <= whole.shape[1]
        return whole[top : top + lines, left : left + samples]

    def _whole(self, day: date) -> np.ndarray:
        if day not in self._kept:
            spec, rng = self.spec, np.random.default_rng(day.toordinal())
            shape = (spec.n_lines + 2 * PAD, spec.n_samples + 2 * PAD)
            whole = AMPLITUDE * (rng.standard_normal(shape, np.float32) + 1j * rng.standard_normal(shape, np.float32))
            if self.export is not None:
                values = np.fromfile(self.export / "rslc" / f"{day:%Y%m%d}.rslc", ">c8")
                whole[PAD:-PAD, PAD:-PAD] = values.reshape(spec.n_lines, spec.n_samples)
            self._kept[day] = whole
        return self._kept[day]

    def ground(self, what: str, line: int, sample: int, lines: int, samples: int) -> np.ndarray:
        """Height (m), latitude or longitude (degrees) in a window."""
        seen = window(self.geometry, line, sample, lines, samples)
        height = self.spec.terrain.height_m
        rows = [seen.place(row, height) for row in range(lines)]
        values = (
            np.array([getattr(place, what) for place in rows])
            if what != "height"
            else np.full((lines, samples), height)
        )
        if self.export is None:
            return values
        names = {
            "height": "geo/elevation_dem.rdc",
            "latitude": f"geo/{self.spec.master_day:%Y%m%d}.lat",
            "longitude": f"geo/{self.spec.master_day:%Y%m%d}.lon",
        }
        known = np.fromfile(self.export / names[what], ">f4").reshape(self.spec.n_lines, self.spec.n_samples)
        top, left = max(line, 0), max(sample, 0)
        bottom, right = min(line + lines, self.spec.n_lines), min(sample + samples, self.spec.n_samples)
        if bottom > top and right > left:
            values[top - line : bottom - line, left - sample : right - sample] = known[top:bottom, left:right]
        return values

    def pixel_window(self, ring: list[tuple[float, float]]) -> tuple[int, int, int, int]:
        """Line, sample and size of the pixel rectangle around a ring of longitudes and latitudes."""
        step = 8
        seen = window(self.geometry, -PAD, -PAD, self.spec.n_lines + 2 * PAD, self.spec.n_samples + 2 * PAD)
        rows = range(0, seen.n_lines, step)
        places = [seen.place(row, self.spec.terrain.height_m) for row in rows]
        lon, lat = (np.array([getattr(place, name) for place in places]) for name in ("longitude", "latitude"))
        lines, samples = [], []
        for x, y in ring:
            row, column = np.unravel_index(np.argmin((lon - x) ** 2 + (lat - y) ** 2), lon.shape)
            line, sample = rows[row], int(column)
            for _ in range(3):
                here, down = (seen.place(line + move, self.spec.terrain.height_m) for move in (0, 1))
                at = min(max(round(float(sample)), 0), seen.n_samples - 2)
                matrix = np.array(
                    [
                        [down.longitude[at] - here.longitude[at], here.longitude[at + 1] - here.longitude[at]],
                        [down.latitude[at] - here.latitude[at], here.latitude[at + 1] - here.latitude[at]],
                    ]
                )
                move = np.linalg.solve(matrix, [x - here.longitude[at], y - here.latitude[at]])
                line, sample = line + float(move[0]), at + float(move[1])
            lines.append(line - PAD)
            samples.append(sample - PAD)
        top, left = math.floor(min(lines) + 0.5), math.floor(min(samples) + 0.5)
        return top, left, math.floor(max(lines) + 0.5) - top + 1, math.floor(max(samples) + 0.5) - left + 1
