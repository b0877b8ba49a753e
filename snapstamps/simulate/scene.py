"""
A whole scene, line by line: everything that the files of an export and the truth hold for one line.

The line is the unit of work. Whatever a line needs of its neighbours (PS that spill over) is made again from their
own seeds, so any line can be made at any time, alone, in blocks or in another process, with the same bytes.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from snapstamps.kernels.arrays import BoolArray, ComplexArray, FloatArray
from snapstamps.model.units import DAYS_PER_YEAR, SPEED_OF_LIGHT
from snapstamps.simulate.atmosphere import DatePhases, make_date_phases
from snapstamps.simulate.baselines import Baselines, make_baselines
from snapstamps.simulate.geometry import RADAR_FREQUENCY, Geometry, make_geometry
from snapstamps.simulate.ground import Ground, GroundLine, make_ground
from snapstamps.simulate.motion import Course, course_mm, line_of_sight_share, pattern
from snapstamps.simulate.scatterers import (
    AZIMUTH_BANDWIDTH,
    RANGE_BANDWIDTH,
    REACH,
    PsLine,
    choose_ps,
    clutter_line,
    make_ps_line,
    ps_ranks,
    response,
    thermal_line,
)
from snapstamps.simulate.seeds import Stream, generator
from snapstamps.simulate.spec import SceneSpec
from snapstamps.simulate.zones import Zone, project_zones

WAVELENGTH = SPEED_OF_LIGHT / RADAR_FREQUENCY
"""m."""
SIDE_RATIO = 1.0
"""Power over clutter from which a pixel beside a PS counts as its side pixel: as strong as the clutter."""
_MEAN_AMPLITUDE = 50.0
_KEPT_LINES = 2 * REACH + 4

T = TypeVar("T")


class _Recent(Generic[T]):
    """Makes things by line number and keeps the latest few."""

    def __init__(self, make: Callable[[int], T]) -> None:
        self._make = make
        self._kept: OrderedDict[int, T] = OrderedDict()

    def __call__(self, line: int) -> T:
        if line not in self._kept:
            self._kept[line] = self._make(line)
            if len(self._kept) > _KEPT_LINES:
                self._kept.popitem(last=False)
        return self._kept[line]


@dataclass(frozen=True)
class LinePhase:
    """
    The phase of one line at all dates, relative to the master's geometry; positive away from the satellite.

    Attributes
    ----------
    common : ndarray, shape (n_scenes, n_samples)
        Motion, atmosphere, ramps and oscillator, rad.
    per_metre : ndarray, shape (n_scenes, n_samples)
        Phase of one metre of DEM error, rad/m.
    pattern : ndarray, shape (n_motions, n_samples)
        Line-of-sight share of each motion.
    """

    common: FloatArray
    per_metre: FloatArray
    pattern: FloatArray


@dataclass(frozen=True)
class Echo:
    """The PS of one line and their signal, shape (n_ps, n_scenes + 1): the last column bears no phase of any date."""

    ps: PsLine
    signal: ComplexArray


@dataclass(frozen=True)
class SceneLine:
    """
    One finished line; one-dimensional arrays have shape (n_samples,).

    Attributes
    ----------
    slc : ndarray of complex64, shape (n_scenes, n_samples)
        Values of every date, topography and flat earth already removed; zero where there is no data.
    ground : GroundLine
        Place, DEM height and cover.
    pattern : ndarray, shape (n_motions, n_samples)
        Line-of-sight share of each motion.
    velocity : ndarray
        mm/yr, positive towards the satellite.
    dem_error : ndarray
        Reality minus DEM, m; in main and side pixels that of the PS.
    ps_main, ps_side : ndarray of bool
        Pixels of a PS's peak, and pixels in which its response is at least as strong as the clutter.
    signal_to_clutter : ndarray
        Power of the PS over mean power of the clutter.
    """

    slc: ComplexArray
    ground: GroundLine
    pattern: FloatArray
    velocity: FloatArray
    dem_error: FloatArray
    ps_main: BoolArray
    ps_side: BoolArray
    signal_to_clutter: FloatArray


class Scene:
    """
    A scene made from its spec; ``line`` gives its lines.

    Parameters
    ----------
    spec : SceneSpec
        What to make.

    Raises
    ------
    InputError
        If the hills are too steep for the incidence.
    """

    def __init__(self, spec: SceneSpec) -> None:
        self.spec = spec
        self.geometry: Geometry = make_geometry(spec)
        self.baselines: Baselines = make_baselines(spec)
        self.date_phases: DatePhases = make_date_phases(spec, self.geometry)
        self.zones: tuple[Zone, ...] = project_zones(spec.zones, self.geometry.local)
        self.ground: Ground = make_ground(spec, self.geometry, self.zones)
        self.master_index = spec.days.index(spec.master_day)
        self._ground_line = _Recent(self.ground.line)
        self._ranks = _Recent(self._make_ranks)
        self._phase = _Recent(self._make_phase)
        self._echo = _Recent(self._make_echo)

    @property
    def n_scenes(self) -> int:
        """Return the number of dates, the master's included."""
        return len(self.spec.days)

    @cached_property
    def motions(self) -> tuple[tuple[Course, Callable[[FloatArray, FloatArray], FloatArray]], ...]:
        """Return every motion as its course and its pattern on the ground; zones come last."""
        shapes = [(motion, lambda e, n, motion=motion: pattern(motion, e, n)) for motion in self.spec.motions]
        return (*shapes, *((zone.properties, zone.pattern) for zone in self.zones))

    @cached_property
    def courses(self) -> FloatArray:
        """Return the displacement of every motion at every date, shape (n_motions, n_scenes), mm."""
        rows = [course_mm(course, self.spec.days, self.spec.master_day) for course, _ in self.motions]
        return np.array(rows).reshape(len(rows), self.n_scenes)

    @cached_property
    def rates(self) -> FloatArray:
        """Return the slope of the straight line through each course, shape (n_motions,), mm/yr."""
        years = np.array([day.toordinal() for day in self.spec.days]) / DAYS_PER_YEAR
        years = years - years.mean()
        return np.asarray(self.courses @ years / (years @ years))

    @cached_property
    def gain(self) -> FloatArray:
        """Return the calibration of every date, shape (n_scenes,)."""
        draws = [generator(self.spec.seed, Stream.GAIN, day.toordinal()).standard_normal() for day in self.spec.days]
        return _MEAN_AMPLITUDE * np.exp(self.spec.noise.gain * np.array(draws))

    def line(self, line: int) -> SceneLine:
        """
        Make one line.

        Parameters
        ----------
        line : int
            Line from 0.
        """
        spec, ground, phase = self.spec, self._ground_line(line), self._phase(line)
        n_samples = spec.n_samples
        slc = np.zeros((self.n_scenes + 1, n_samples), np.complex64)
        if spec.scatterers.clutter:
            slc[:-1] = clutter_line(spec, line, n_samples)
            slc[:-1] *= ground.brightness.astype(np.float32)
            slc[:-1] *= _phasor(phase.common + phase.per_metre * ground.dem_error)
        dem_error = ground.dem_error.copy()
        self._add_ps(line, slc, dem_error)
        thermal = thermal_line(spec, line, n_samples)
        if thermal is not None:
            slc[:-1] += thermal
        ratio = np.abs(slc[-1]).astype(float) ** 2 / ground.brightness**2
        ps_main = np.zeros(n_samples, bool)
        ps_main[self._echo(line).ps.sample] = True
        values = slc[:-1]
        values *= self.gain.astype(np.float32)[:, None]
        self._cut_gaps(line, values)
        return SceneLine(
            slc=values,
            ground=ground,
            pattern=phase.pattern,
            velocity=self.rates @ phase.pattern,
            dem_error=dem_error,
            ps_main=ps_main,
            ps_side=~ps_main & (ratio >= SIDE_RATIO),
            signal_to_clutter=ratio,
        )

    def _add_ps(self, line: int, slc: ComplexArray, dem_error: FloatArray) -> None:
        """Add the PS of this and the neighbouring lines; a pixel takes the DEM error of its strongest PS."""
        strongest = np.sqrt(SIDE_RATIO) * self._ground_line(line).brightness
        last = self.spec.n_samples - 1
        for source in range(max(0, line - REACH), min(self.spec.n_lines - 1, line + REACH) + 1):
            echo = self._echo(source)
            across_lines = response(line - source - echo.ps.line_offset, AZIMUTH_BANDWIDTH)
            for step in range(-REACH, REACH + 1):
                # PS are never neighbours, so one step leads to pixels that differ
                target = echo.ps.sample + step
                inside = (target >= 0) & (target <= last)
                weight = across_lines * response(step - echo.ps.sample_offset, RANGE_BANDWIDTH)
                target, weight = target[inside], weight[inside]
                slc[:, target] += (echo.signal[inside] * weight[:, None].astype(np.float32)).T
                strength = np.abs(weight * echo.ps.signal[inside])
                wins = strength > strongest[target]
                strongest[target[wins]] = strength[wins]
                dem_error[target[wins]] = echo.ps.dem_error[inside][wins]

    def _cut_gaps(self, line: int, slc: ComplexArray) -> None:
        days = self.spec.days
        for gap in self.spec.gaps:
            if gap.first_line <= line < gap.first_line + gap.n_lines:
                end = None if gap.n_samples is None else gap.first_sample + gap.n_samples
                rows = [k for k, day in enumerate(days) if not gap.dates or day in gap.dates]
                slc[rows, gap.first_sample : end] = 0
        if self.spec.zero_pixels > 0:
            random = generator(self.spec.seed, Stream.ZERO_PIXELS, line)
            hit = np.flatnonzero(random.random(slc.shape[1]) < self.spec.zero_pixels)
            slc[random.integers(0, slc.shape[0], hit.size), hit] = 0

    def _make_ranks(self, line: int) -> FloatArray:
        if not 0 <= line < self.spec.n_lines:
            return np.full(self.spec.n_samples, np.inf)
        geometry = self.geometry
        area = geometry.azimuth_spacing * geometry.range_spacing / np.sin(geometry.incidence) / 1e6
        return ps_ranks(self.spec, line, self._ground_line(line), area)

    def _make_phase(self, line: int) -> LinePhase:
        ground, geometry = self._ground_line(line), self.geometry
        share = np.empty((len(self.motions), self.spec.n_samples))
        common = self.date_phases.along_line(line, ground.height, n_lines=self.spec.n_lines)
        for k, (course, shape) in enumerate(self.motions):
            share[k] = shape(ground.east, ground.north) * line_of_sight_share(course, geometry.look_vector)
            common -= 4e-3 * np.pi / WAVELENGTH * self.courses[k][:, None] * share[k]
        bperp = self.baselines.perpendicular(line, geometry.look)
        lever = WAVELENGTH * geometry.slant_range * np.sin(geometry.incidence)
        return LinePhase(common, -4 * np.pi * bperp / lever, share)

    def _make_echo(self, line: int) -> Echo:
        sample = choose_ps(self._ranks(line - 1), self._ranks(line), self._ranks(line + 1))
        ps = make_ps_line(self.spec, line, self._ground_line(line), sample)
        phase = self._phase(line)
        angle = phase.common[:, sample] + phase.per_metre[:, sample] * ps.dem_error
        signal = np.empty((sample.size, self.n_scenes + 1), np.complex64)
        signal[:, :-1] = (ps.signal * _phasor(angle)).T
        signal[:, -1] = ps.signal
        return Echo(ps, signal)


def _phasor(phase: FloatArray) -> ComplexArray:
    """Return exp(-j phase) in single precision: an SLC's phase falls when the path grows."""
    angle = phase.astype(np.float32)
    result = np.empty(phase.shape, np.complex64)
    np.cos(angle, out=result.real)
    np.sin(angle, out=result.imag)
    np.negative(result.imag, out=result.imag)
    return result
