"""
The stack of scenes before SNAP sees it: baselines of all pairs, modelled coherence, and the best master.

Everything is computed from orbits: orbit files where they are at hand, else the vectors of the annotations,
which are good to a decimetre or so, and enough to plan with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
from shapely.geometry.base import BaseGeometry

from snapstamps.formats.dimap_orbit import ProductOrbit, read_product_orbits
from snapstamps.formats.eof import OrbitFileName, parse_orbit_name, read_orbit_file
from snapstamps.kernels.arrays import FloatArray
from snapstamps.kernels.baseline import PairGeometry, height_of_ambiguity, pair_geometry
from snapstamps.kernels.coherence_model import best_master, mean_coherence, modelled_coherence, pairwise_differences
from snapstamps.kernels.orbit import Orbit, earth_fixed, fit_orbit, ground_point
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.scene import OrbitVector, Swath
from snapstamps.model.units import SPEED_OF_LIGHT
from snapstamps.snap.scene_coverage import Acquisition

_SAME_VECTOR = timedelta(seconds=0.5)
"""Vectors of neighbouring slices are 1 s or 10 s apart, or the same ones."""

OrbitSource = Literal["POEORB", "RESORB", "annotation", "product"]
_AROUND = timedelta(seconds=90)
"""State vectors so long before and after a scene are fitted; a polynomial of degree 8 follows to a millimetre."""


@dataclass(frozen=True)
class StackScene:
    """
    One date of a stack.

    Attributes
    ----------
    name : str
        Of the product.
    first_line, last_line : datetime
        Zero-Doppler times, UTC.
    slant_range : float
        To the middle of the swath, m.
    wavelength : float
        m.
    doppler : float
        Constant of the Doppler centroid, Hz.
    vectors : tuple of OrbitVector
        Around the scene.
    source : {"POEORB", "RESORB", "annotation", "product"}
        Where the vectors come from.
    """

    name: str
    first_line: datetime
    last_line: datetime
    slant_range: float
    wavelength: float
    doppler: float
    vectors: tuple[OrbitVector, ...]
    source: OrbitSource

    @property
    def day(self) -> date:
        """Return the day of the acquisition, UTC."""
        return self.first_line.date()

    def orbit(self) -> Orbit:
        """Return the orbit, in seconds from the first line."""
        return fit_orbit(
            np.array([(vector.time - self.first_line).total_seconds() for vector in self.vectors]),
            np.array([vector.position for vector in self.vectors]),
            np.array([vector.velocity for vector in self.vectors]),
        )


@dataclass(frozen=True)
class BaselineTable:
    """
    All pairs of a stack; the first index is the master, the second the slave.

    Attributes
    ----------
    scenes : tuple of StackScene
        n_scenes, in order of time.
    geometry : PairGeometry
        Perpendicular and parallel baselines, m.
    temporal : ndarray, shape (n_scenes, n_scenes)
        Master less slave, days.
    doppler : ndarray, shape (n_scenes, n_scenes)
        Master less slave, Hz.
    height_of_ambiguity : ndarray, shape (n_scenes, n_scenes)
        m.
    coherence : ndarray, shape (n_scenes, n_scenes)
        By SNAP's model.
    master : int
        Index of the master.
    chosen : bool
        Whether the user named it; else it has the highest mean coherence.
    """

    scenes: tuple[StackScene, ...]
    geometry: PairGeometry
    temporal: FloatArray
    doppler: FloatArray
    height_of_ambiguity: FloatArray
    coherence: FloatArray
    master: int
    chosen: bool

    @property
    def mean_coherence(self) -> FloatArray:
        """Return the mean coherence with each scene as the master, shape (n_scenes,)."""
        return mean_coherence(self.coherence)

    @property
    def best(self) -> int:
        """Return the index of the scene that SNAP's model prefers."""
        return best_master(self.coherence)


def scene_of_acquisition(one: Acquisition, polarisation: str, *, orbits: Sequence[Path] = ()) -> StackScene:
    """
    Return one date of an inventory as a scene of the stack.

    Parameters
    ----------
    one : Acquisition
        From the inventory.
    polarisation : str
        To use.
    orbits : sequence of Path, optional
        Orbit files at hand; the annotation serves where none of them covers the date.

    Raises
    ------
    DataError
        If the orbit file that covers it is damaged.
    """
    used = [
        swath
        for scene in one.slices
        for swath in scene.swaths_in(polarisation)
        if swath.name in {part.swath for part in one.bursts}
    ]
    first, last = min(swath.first_line for swath in used), max(swath.last_line for swath in used)
    file = covering_orbit_file(orbits, one.mission, first, last)
    if file is None:
        vectors, source = _merged(scene.orbit_vectors for scene in one.slices), "annotation"
    else:
        content = read_orbit_file(file, first=first - _AROUND, last=last + _AROUND)
        vectors, source = content.vectors, content.name.kind
    if len(vectors) < 4 or not vectors[0].time <= first < last <= vectors[-1].time:
        raise DataError("the orbit vectors do not span the scene", where=file or one.slices[0].path)
    return StackScene(
        name=one.slices[0].name,
        first_line=first,
        last_line=last,
        slant_range=(min(swath.slant_range for swath in used) + max(_far_range(swath) for swath in used)) / 2,
        wavelength=SPEED_OF_LIGHT / used[0].radar_frequency,
        doppler=used[0].doppler,
        vectors=vectors,
        source=source,  # type: ignore[arg-type]
    )


def scene_of_product(orbit: ProductOrbit) -> StackScene:
    """Return an acquisition of a SNAP product as a scene of the stack."""
    samples = orbit.n_samples / 2
    return StackScene(
        name=orbit.product,
        first_line=orbit.first_line,
        last_line=orbit.last_line,
        slant_range=orbit.slant_range + samples * SPEED_OF_LIGHT / (2 * orbit.range_sampling_rate),
        wavelength=SPEED_OF_LIGHT / orbit.radar_frequency,
        doppler=orbit.doppler,
        vectors=orbit.vectors,
        source="product",
    )


def scenes_of_products(paths: Iterable[Path]) -> tuple[StackScene, ...]:
    """
    Return the dates of SNAP products, such as the split ones; a date that several hold counts once.

    Raises
    ------
    InputError, DataError
        As `read_product_orbits`.
    """
    found: dict[date, StackScene] = {}
    for path in paths:
        for orbit in read_product_orbits(path):
            scene = scene_of_product(orbit)
            found.setdefault(scene.day, scene)
    return tuple(found[day] for day in sorted(found))


def covering_orbit_file(files: Iterable[Path], mission: str, first: datetime, last: datetime) -> Path | None:
    """Return the best orbit file that covers a span of time: precise before restituted, then the newest; or None."""
    named = [(name, path) for path in files if (name := parse_orbit_name(path.name)) is not None]
    fitting = [(name, path) for name, path in named if name.mission == mission and name.covers(first, last)]
    return max(fitting, key=lambda pair: _merit(pair[0]), default=(None, None))[1]


def _merit(name: OrbitFileName) -> tuple[bool, datetime]:
    return name.kind == "POEORB", name.created


def _merged(parts: Iterable[tuple[OrbitVector, ...]]) -> tuple[OrbitVector, ...]:
    """Put the vectors of neighbouring slices together; those that overlap are the same."""
    merged: list[OrbitVector] = []
    for vector in sorted((vector for part in parts for vector in part), key=lambda vector: vector.time):
        if not merged or vector.time - merged[-1].time > _SAME_VECTOR:
            merged.append(vector)
    return tuple(merged)


def _far_range(swath: Swath) -> float:
    return swath.slant_range + (swath.n_samples - 1) * swath.range_spacing


def reference_point(scenes: Sequence[StackScene], area: BaseGeometry | None) -> FloatArray:
    """
    Return the point on the ground for which baselines are computed.

    Parameters
    ----------
    scenes : sequence of StackScene
        The stack.
    area : shapely geometry or None
        Its centre is taken (height 0); without one, the middle of the first scene.

    Returns
    -------
    ndarray, shape (3,)
        Earth-fixed, m.
    """
    if area is not None:
        return earth_fixed(area.centroid.x, area.centroid.y)
    scene = scenes[0]
    return ground_point(scene.orbit(), (scene.last_line - scene.first_line).total_seconds() / 2, scene.slant_range)


def baseline_table(scenes: Sequence[StackScene], point: FloatArray, *, master: date | None = None) -> BaselineTable:
    """
    Compute the baselines of all pairs, and choose the master.

    Parameters
    ----------
    scenes : sequence of StackScene
        One per date.
    point : ndarray, shape (3,)
        From `reference_point`.
    master : date, optional
        Day of the master; by default the best by SNAP's model.

    Returns
    -------
    BaselineTable

    Raises
    ------
    InputError
        If there is only one date, or none of the master's.
    DataError
        If the orbit of a scene does not pass the point.
    """
    ordered = tuple(sorted(scenes, key=lambda scene: scene.first_line))
    days = [scene.day for scene in ordered]
    if len(ordered) < 2:
        raise InputError("baselines need two dates or more", why=f"there is {len(ordered)}")
    if master is not None and master not in days:
        raise InputError(
            f"there is no scene of the master {master:%Y%m%d}",
            why=f"dates: {', '.join(f'{day:%Y%m%d}' for day in days)}",
        )
    geometry = pair_geometry([scene.orbit() for scene in ordered], point)
    lost = [scene.name for scene, known in zip(ordered, np.isfinite(geometry.slant_range), strict=True) if not known]
    if lost:
        raise DataError(
            "the orbits of these scenes do not pass the reference point",
            why="\n".join(lost),
            remedy="scenes of one track, and an area that they cover",
        )
    origin = ordered[0].first_line
    temporal = pairwise_differences(
        np.array([(scene.first_line - origin).total_seconds() / 86_400 for scene in ordered])
    )
    doppler = pairwise_differences(np.array([scene.doppler for scene in ordered]))
    coherence = modelled_coherence(geometry.perpendicular, temporal, doppler)
    return BaselineTable(
        scenes=ordered,
        geometry=geometry,
        temporal=temporal,
        doppler=doppler,
        height_of_ambiguity=height_of_ambiguity(geometry, ordered[0].wavelength),
        coherence=coherence,
        master=best_master(coherence) if master is None else days.index(master),
        chosen=master is not None,
    )


def table_dict(table: BaselineTable) -> dict[str, Any]:
    """Return a table as plain values, for JSON: each date with the master, and all pairs."""
    master = table.master
    return {
        "master": str(table.scenes[master].day),
        "master_chosen_by": "user" if table.chosen else "highest mean modelled coherence",
        "best_master": str(table.scenes[table.best].day),
        "units": {"perpendicular": "m", "temporal": "days, master less slave", "doppler": "Hz, master less slave"},
        "scenes": [
            {
                "date": str(scene.day),
                "name": scene.name,
                "orbit": scene.source,
                "perpendicular": _rounded(table.geometry.perpendicular[master, index]),
                "perpendicular_two_range": _rounded(table.geometry.two_range[master, index]),
                "temporal": _rounded(table.temporal[master, index]),
                "doppler": _rounded(table.doppler[master, index]),
                "coherence": _rounded(table.coherence[master, index]),
                "height_of_ambiguity": _rounded(table.height_of_ambiguity[master, index]),
                "mean_coherence_as_master": _rounded(table.mean_coherence[index]),
            }
            for index, scene in enumerate(table.scenes)
        ],
        "pairs": {
            "perpendicular": np.round(table.geometry.perpendicular, 4).tolist(),
            "coherence": np.round(table.coherence, 4).tolist(),
        },
    }


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
