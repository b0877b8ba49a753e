"""
What a simulated scene is made of: one frozen model, every field with its unit, bounds and default.

A spec is data: it can be written to JSON and read again, and the same spec gives the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from snapstamps.model.errors import InputError
from snapstamps.simulate.motion import Motion
from snapstamps.simulate.part import Part
from snapstamps.simulate.zones import ZoneError, check_zones

IW_RANGE_SPACING = 2.329562
"""Slant-range spacing of Sentinel-1 IW, m."""


class OrbitTube(Part):
    """The scatter of the slaves' orbits about the master's."""

    cross_m: float = Field(80.0, ge=0, le=2000, description="Standard deviation across the track (m).")
    radial_m: float = Field(40.0, ge=0, le=2000, description="Standard deviation of the orbit's height (m).")
    rate_m_s: float = Field(0.3, ge=0, le=20, description="Standard deviation of the change along the image (m/s).")


class Terrain(Part):
    """The ground, and how far the DEM is from it (DEM error: reality minus DEM)."""

    height_m: float = Field(60.0, ge=-400, le=5000, description="Height of the lowest ground above the ellipsoid (m).")
    relief_m: float = Field(60.0, ge=0, le=1500, description="Scale of the hills (m); 0 is a plain.")
    hill_size_m: float = Field(1500.0, ge=200, le=50_000, description="Smallest size of a hill (m).")
    mountains_towards_deg: float | None = Field(
        None, ge=0, lt=360, description="Azimuth in which the hills grow from almost nothing to all; none: everywhere."
    )
    dem_error_m: float = Field(4.0, ge=0, le=50, description="Deviation of each PS's own height from the DEM (m).")
    dem_error_smooth_m: float = Field(
        1.0, ge=0, le=50, description="Deviation of the DEM itself, about 500 m wide (m)."
    )


class Scatterers(Part):
    """Persistent scatterers (PS) and the clutter around them."""

    ps_per_km2: float = Field(150.0, ge=0, le=1500, description="PS per square kilometre of ground.")
    clutter: bool = Field(
        True, description="Whether there is clutter at all; without it, and without noise, all is known."
    )
    signal_to_clutter_db: float = Field(13.0, ge=8, le=40, description="Median signal-to-clutter ratio of the PS (dB).")
    signal_to_clutter_spread_db: float = Field(4.0, ge=0, le=15, description="Its standard deviation (dB).")
    coherence_days: float = Field(
        8.0, ge=0, le=5000, description="Time in which the clutter's coherence falls to 1/e (days); 0: none at all."
    )
    texture: float = Field(0.25, ge=0, le=1, description="Deviation of the log of the clutter's brightness (fields).")


class Cover(Part):
    """An elliptic area, ragged at its edge, with its own PS density and brightness: a city, a lake, a forest."""

    east_m: float = Field(0.0, ge=-200_000, le=200_000, description="Centre, east of the scene's centre (m).")
    north_m: float = Field(0.0, ge=-200_000, le=200_000, description="Centre, north of the scene's centre (m).")
    radius_m: float = Field(gt=0, le=200_000, description="Half of the long axis (m).")
    aspect: float = Field(1.0, gt=0.05, le=1, description="Short axis over long axis.")
    azimuth_deg: float = Field(0.0, ge=-360, le=360, description="Azimuth of the long axis.")
    ps_per_km2: float = Field(ge=0, le=1500, description="PS per square kilometre inside.")
    brightness: float = Field(1.0, gt=0, le=20, description="Amplitude of the clutter inside, relative to outside.")


class Atmosphere(Part):
    """Delay of each date: turbulence, dependence on height; and orbit ramps, which look like it."""

    turbulence_rad: float = Field(0.4, ge=0, le=10, description="Deviation of the turbulent phase within a date (rad).")
    exponent: float = Field(8 / 3, ge=1, le=5, description="Slope of its power spectrum, k^-exponent in 2-D.")
    stratified_rad_per_km: float = Field(
        0.8, ge=0, le=30, description="Deviation of the phase that grows with height (rad per km)."
    )
    ramp_rad: float = Field(0.4, ge=0, le=50, description="Deviation of the orbit ramp across the scene (rad).")


class Noise(Part):
    """Noise of the instrument."""

    oscillator_rad: float = Field(0.3, ge=0, le=10, description="Deviation of each date's constant phase (rad).")
    thermal_db: float | None = Field(
        -20.0, ge=-60, le=20, description="Thermal noise relative to clutter of brightness 1 (dB); none: no noise."
    )
    gain: float = Field(0.1, ge=0, le=1, description="Deviation of the log of each date's calibration.")


class Gap(Part):
    """A rectangle of zeros, such as a missing burst."""

    first_line: int = Field(0, ge=0, description="First line, from 0.")
    n_lines: int = Field(ge=1, description="Number of lines.")
    first_sample: int = Field(0, ge=0, description="First sample, from 0.")
    n_samples: int | None = Field(None, ge=1, description="Number of samples; none: to the last one.")
    dates: tuple[date, ...] = Field((), description="Dates concerned; empty: all.")


class SceneSpec(Part):
    """A whole scene; see ``snapstamps.simulate.presets`` for complete examples."""

    name: str = Field("scene", min_length=1, max_length=100, description="Name, for titles.")
    seed: int = Field(1, ge=0, lt=2**63, description="Same seed, same scene, to the byte.")
    n_lines: int = Field(300, ge=8, le=200_000, description="Azimuth lines.")
    n_samples: int = Field(640, ge=8, le=200_000, description="Range samples.")
    range_spacing_m: float = Field(IW_RANGE_SPACING, gt=0.1, le=30, description="Slant-range spacing (m).")
    azimuth_spacing_m: float = Field(13.9, gt=0.1, le=100, description="Azimuth spacing on the ground (m).")
    latitude: float = Field(21.03, ge=-75, le=75, description="Latitude of the scene's centre (degrees).")
    longitude: float = Field(105.85, ge=-180, lt=180, description="Longitude of the scene's centre (degrees).")
    direction: Literal["ascending", "descending"] = Field("ascending", description="Direction of flight.")
    heading_deg: float | None = Field(
        None, ge=0, lt=360, description="Azimuth of flight (degrees); none: 348 ascending, 192 descending."
    )
    incidence_deg: float = Field(38.0, ge=30, le=45, description="Incidence at the scene's centre (degrees).")
    dates: tuple[date, ...] = Field((), description="All dates; empty: from first_date, cadence_days and n_dates.")
    first_date: date = Field(date(2019, 1, 5), description="First date of the cadence.")
    cadence_days: int = Field(12, ge=1, le=400, description="Days from date to date.")
    n_dates: int = Field(20, ge=2, le=1000, description="Acquisitions of the cadence, missing ones included.")
    missing_dates: tuple[date, ...] = Field((), description="Dates of the cadence that are missing.")
    master: date | None = Field(None, description="Date of the master; none: the middle one.")
    perpendicular_m: tuple[float, ...] = Field(
        (),
        description="Perpendicular baseline of every date at the scene's centre, in the order of time (m), StaMPS's "
        "sign; empty: what the orbit tube gives.",
    )
    orbit: OrbitTube = OrbitTube()
    terrain: Terrain = Terrain()
    scatterers: Scatterers = Scatterers()
    cover: tuple[Cover, ...] = Field((), description="Areas of other cover; the later one lies on top.")
    motions: tuple[Motion, ...] = Field((), description="What moves; motions add up.")
    zones: dict[str, Any] | None = Field(None, description="GeoJSON FeatureCollection of further motions and covers.")
    atmosphere: Atmosphere = Atmosphere()
    noise: Noise = Noise()
    gaps: tuple[Gap, ...] = Field((), description="Rectangles of zeros.")
    zero_pixels: float = Field(0.0, ge=0, le=1, description="Share of pixels that are zero in one date each.")
    snap_faults: bool = Field(True, description="Write SNAP's header faults and the sign of its .base files.")
    recommended_parms: dict[str, float | int | str] = Field(
        default_factory=dict, description="StaMPS parameters that suit a scene of this size."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        days = self.days
        if len(set(days)) != len(days):
            raise ValueError("a date stands twice in dates")
        if len(days) < 2:
            raise ValueError(f"{len(days)} date(s) remain; an export needs at least two")
        stray = set(self.missing_dates) - set(self._cadence())
        if self.missing_dates and (self.dates or stray):
            raise ValueError("missing_dates must be dates of the cadence (and dates must be empty)")
        if self.master is not None and self.master not in days:
            raise ValueError(f"master {self.master} is not one of the dates")
        if self.perpendicular_m and len(self.perpendicular_m) != len(days):
            raise ValueError(f"perpendicular_m has {len(self.perpendicular_m)} values for {len(days)} dates")
        if self.perpendicular_m and self.perpendicular_m[days.index(self.master_day)] != 0:
            raise ValueError("perpendicular_m is not zero at the master")
        for gap in self.gaps:
            if gap.first_line >= self.n_lines or gap.first_sample >= self.n_samples:
                raise ValueError("a gap begins outside the scene")
            if not set(gap.dates) <= set(days):
                raise ValueError("a gap names a date that the scene does not have")
        southward = 90 < self.heading < 270
        if southward != (self.direction == "descending"):
            raise ValueError(f"heading_deg {self.heading} is not a heading of a {self.direction} pass")
        if self.zones is not None:
            try:
                check_zones(self.zones)
            except ZoneError as error:
                raise ValueError(str(error)) from error
        return self

    def _cadence(self) -> list[date]:
        return [self.first_date + timedelta(days=self.cadence_days * k) for k in range(self.n_dates)]

    @property
    def days(self) -> tuple[date, ...]:
        """Return all dates in ascending order, the master's included."""
        if self.dates:
            return tuple(sorted(self.dates))
        return tuple(day for day in self._cadence() if day not in set(self.missing_dates))

    @property
    def master_day(self) -> date:
        """Return the master's date."""
        days = self.days
        return self.master if self.master is not None else days[len(days) // 2]

    @property
    def heading(self) -> float:
        """Return the azimuth of flight in degrees."""
        if self.heading_deg is not None:
            return self.heading_deg
        return 348.0 if self.direction == "ascending" else 192.0


def make_spec(values: Mapping[str, Any], *, where: str | Path | None = None) -> SceneSpec:
    """
    Make a spec from plain values, as JSON gives them.

    Parameters
    ----------
    values : mapping
        The fields of ``SceneSpec``.
    where : str or Path, optional
        Where they come from; named in errors.

    Raises
    ------
    InputError
        Naming each wrong field, its value and what is allowed.
    """
    try:
        return SceneSpec.model_validate(dict(values))
    except ValidationError as error:
        lines = []
        for item in error.errors():
            place = ".".join(str(part) for part in item["loc"])
            given = item["input"]
            shown = f" (got {given!r})" if place and not isinstance(given, dict | list | tuple) else ""
            lines.append(f"{place + ': ' if place else ''}{item['msg'].removeprefix('Value error, ')}{shown}")
        raise InputError(
            "the description of the scene is not valid",
            where=where,
            why="\n".join(lines),
            remedy="`snapstamps simulate --help` lists the options with their units",
        ) from error


def read_spec(path: Path) -> SceneSpec:
    """
    Read a spec from a JSON file.

    Raises
    ------
    InputError
        If the file is missing, is not JSON, or is not a valid spec.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("the description of the scene cannot be read", where=path, why=str(error)) from error
    except ValueError as error:
        raise InputError("the description of the scene is not JSON", where=path, why=str(error)) from error
    if not isinstance(values, dict):
        raise InputError("the description of the scene is not a JSON object", where=path)
    return make_spec(values, where=path)


def spec_json(spec: SceneSpec) -> str:
    """Return the spec as JSON text that ``read_spec`` reads again; whole, so that a later default changes nothing."""
    return json.dumps(spec.model_dump(mode="json"), indent=2) + "\n"
