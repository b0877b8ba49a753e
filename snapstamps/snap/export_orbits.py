"""Where the orbits of an export's dates can be read: the plan, SNAP products, scenes, orbit files."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np

from snapstamps.formats.dimap_orbit import ProductOrbit, read_product_orbits
from snapstamps.formats.eof import parse_orbit_name, read_orbit_file
from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.formats.safe import read_scene
from snapstamps.formats.stamps_export import open_stack
from snapstamps.kernels.arrays import FloatArray
from snapstamps.kernels.orbit import Orbit, fit_orbit, position_at, zero_doppler_time
from snapstamps.model.errors import SnapstampsError
from snapstamps.model.scene import OrbitVector
from snapstamps.snap.export_compare import centre_of
from snapstamps.snap.prepare_plan import PreparePlan
from snapstamps.snap.scene_inventory import find_products

log = logging.getLogger(__name__)

_AROUND = timedelta(seconds=90)
_FARTHEST = 1_500_000.0
"""Slant range beyond which an orbit does not pass the scene, m."""
_FEWEST = 4


def orbits_of_plan(plan: PreparePlan) -> dict[date, Orbit]:
    """Return the orbits of all dates of a preparation."""
    return {one.day: one.scene.orbit() for one in plan.dates}


def orbits_in(place: Path, export: Path) -> dict[date, Orbit]:
    """
    Read the orbits that lie in a folder, at any depth: SNAP products before orbit files before scenes.

    Parameters
    ----------
    place : Path
        Folder, or a single ``.dim``.
    export : Path
        Whose dates are wanted.

    Returns
    -------
    dict of date to Orbit
        As many as are found; what cannot be read is passed over.
    """
    found: dict[date, Orbit] = {}
    products = [place] if place.suffix == ".dim" else sorted(place.rglob("*.dim"))
    for path in products:
        for day, orbit in _of_product(path):
            found.setdefault(day, orbit)
    if place.is_dir():
        files = [path for path in sorted(place.rglob("S1*.EOF*")) if path.is_file()]
        for day, orbit in _of_orbit_files(files, export, known=found):
            found.setdefault(day, orbit)
        for day, vectors in _of_scenes(place).items():
            if day not in found and len(vectors) >= _FEWEST:
                found[day] = _fitted(vectors)
    return found


def _of_product(path: Path) -> Iterator[tuple[date, Orbit]]:
    try:
        orbits: tuple[ProductOrbit, ...] = read_product_orbits(path)
    except SnapstampsError as error:
        log.info("no orbit is taken from %s: %s", path, error.what)
        return
    for one in orbits:
        if len(one.vectors) >= _FEWEST:
            yield one.first_line.date(), _fitted(one.vectors)


def _of_scenes(place: Path) -> dict[date, tuple[OrbitVector, ...]]:
    """Return the vectors of the annotations, those of slices of one date together."""
    vectors: dict[date, dict[datetime, OrbitVector]] = {}
    for path in find_products(place):
        if not path.name.upper().startswith("S1"):
            continue
        try:
            scene = read_scene(path)
        except SnapstampsError as error:
            log.info("no orbit is taken from %s: %s", path, error.what)
            continue
        vectors.setdefault(scene.day, {}).update({vector.time: vector for vector in scene.orbit_vectors})
    return {day: tuple(known[moment] for moment in sorted(known)) for day, known in vectors.items()}


def _of_orbit_files(
    files: Sequence[Path], export: Path, *, known: Mapping[date, Orbit]
) -> Iterator[tuple[date, Orbit]]:
    """Give the orbits of dates that files cover; the time of the day is that of the master's header."""
    if not files:
        return
    stack = open_stack(export)
    seconds = GammaHeader.read(stack.header).number("start_time")
    point = centre_of(stack)
    days = [day for day in (stack.master, *(ifg.slave for ifg in stack.interferograms)) if day not in known]
    for day in days:
        # SNAP writes half the seconds of the day; a repair mends that
        moments = [_moment(day, factor * seconds) for factor in (1, 2) if factor * seconds < 86_400]
        orbit = next((o for m in moments for path in files if (o := _passing(path, m, point)) is not None), None)
        if orbit is not None:
            yield day, orbit


def _moment(day: date, seconds: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(seconds=seconds)


def _passing(path: Path, moment: datetime, point: FloatArray) -> Orbit | None:
    """Return the orbit of a file around a moment, if it covers it and its satellite then passes the scene."""
    name = parse_orbit_name(path.name)
    first, last = moment - _AROUND, moment + _AROUND
    if name is None or not name.covers(first, last):
        return None
    try:
        vectors = read_orbit_file(path, first=first, last=last).vectors
    except SnapstampsError as error:
        log.info("no orbit is taken from %s: %s", path, error)
        return None
    if len(vectors) < _FEWEST:
        return None
    orbit = _fitted(vectors)
    seconds = zero_doppler_time(orbit, point)
    if not np.isfinite(seconds) or np.linalg.norm(position_at(orbit, seconds) - point) > _FARTHEST:
        return None
    return orbit


def _fitted(vectors: Sequence[OrbitVector]) -> Orbit:
    origin = vectors[len(vectors) // 2].time
    return fit_orbit(
        np.array([(vector.time - origin).total_seconds() for vector in vectors]),
        np.array([vector.position for vector in vectors]),
        np.array([vector.velocity for vector in vectors]),
    )
