"""
Which sub-swaths and bursts cover the area of interest, and which slices of each date hold them.

ESA's burst numbers make it the same ground at every date: the bursts that the area touches are found once, on
the bursts of all dates together, and looked up in each date. Master and slaves thus get the same bursts, which
a choice by the area alone does not grant at the rim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from snapstamps.model.errors import InputError
from snapstamps.model.scene import Burst, Direction, Scene, Swath

ENOUGH = 0.999
"""Share of the area that a choice of sub-swaths must reach to be as good as all."""
_CHOICES: tuple[tuple[str, ...], ...] = (
    ("IW1",),
    ("IW2",),
    ("IW3",),
    ("IW1", "IW2"),
    ("IW2", "IW3"),
    ("IW1", "IW2", "IW3"),
)
"""Sub-swaths that SNAP can merge: neighbours only, few before many."""

BurstKey = tuple[str, int]
BurstMap = dict[BurstKey, BaseGeometry]


@dataclass(frozen=True)
class BurstRange:
    """
    The bursts of one sub-swath to use at one date.

    Attributes
    ----------
    swath : str
        Such as ``IW2``.
    first, last : int
        Places in the assembled product, from 1, as TOPSAR-Split counts.
    esa_ids : tuple of int
        ESA's numbers of those that are there.
    """

    swath: str
    first: int
    last: int
    esa_ids: tuple[int, ...]


@dataclass(frozen=True)
class Acquisition:
    """
    One date: the slices of one recording, and what of them to use.

    Attributes
    ----------
    day : date
        UTC, of the first slice to use.
    mission : str
        ``S1A`` … ``S1D``.
    track : int
        Relative orbit number.
    direction : {"ASCENDING", "DESCENDING"}
        Of the flight.
    slices : tuple of Scene
        To assemble, in order of time.
    bursts : tuple of BurstRange
        One per sub-swath that has any.
    coverage : float
        Share of the area that these bursts cover; 1 where no area is given.
    missing_bursts : tuple of (str, int)
        Sub-swath and ESA's number of bursts that other dates have and the area needs.
    missing_slices : tuple of int
        Slice numbers between the first and the last slice to use.
    """

    day: date
    mission: str
    track: int
    direction: Direction
    slices: tuple[Scene, ...]
    bursts: tuple[BurstRange, ...]
    coverage: float
    missing_bursts: tuple[BurstKey, ...]
    missing_slices: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Tell whether nothing that the area needs is missing."""
        return not self.missing_bursts and not self.missing_slices and bool(self.bursts)


def burst_polygon(burst: Burst) -> BaseGeometry:
    """Return the ground of a burst, without its overlap with the next one."""
    return shapely.Polygon(burst.corners)


def burst_map(scenes: Sequence[Scene], polarisation: str) -> BurstMap:
    """Return the ground of every burst that any scene has, by sub-swath and ESA's number."""
    ground: BurstMap = {}
    for scene in scenes:
        for swath in scene.swaths_in(polarisation):
            for burst in swath.bursts:
                ground.setdefault((swath.name, burst.esa_id), burst_polygon(burst))
    return ground


def choose_swaths(ground: Mapping[BurstKey, BaseGeometry], area: BaseGeometry | None) -> tuple[str, ...]:
    """
    Choose the fewest neighbouring sub-swaths that cover an area.

    Parameters
    ----------
    ground : mapping
        From `burst_map`.
    area : shapely geometry or None
        Longitude and latitude; None chooses all sub-swaths.

    Returns
    -------
    tuple of str
        Of equally few, those in which the area lies farthest from the edge.

    Raises
    ------
    InputError
        If no burst touches the area.
    """
    present = {swath for swath, _ in ground}
    if area is None:
        return tuple(sorted(present))
    unions: dict[tuple[str, ...], BaseGeometry] = {
        choice: shapely.union_all([polygon for (swath, _), polygon in ground.items() if swath in choice])
        for choice in _CHOICES
        if present.issuperset(choice)
    } or {tuple(sorted(present)): shapely.union_all(list(ground.values()))}
    shares = {choice: covered_share(area, union) for choice, union in unions.items()}
    most = max(shares.values())
    if most == 0:
        raise InputError(
            "no scene covers any of the area of interest",
            why=f"the scenes span {_span(shapely.union_all(list(ground.values())))}, the area {_span(area)}",
            remedy="scenes of another track, or another area",
        )
    fewest = min(len(choice) for choice, share in shares.items() if share >= most * ENOUGH)
    best = [choice for choice, share in shares.items() if len(choice) == fewest and share >= most * ENOUGH]
    return max(best, key=lambda choice: unions[choice].boundary.distance(area))


def covered_share(area: BaseGeometry, ground: BaseGeometry) -> float:
    """Return the share of an area that lies on some ground, 0 to 1."""
    return float(min(1.0, shapely.intersection(area, ground).area / area.area))


def needed_bursts(
    ground: Mapping[BurstKey, BaseGeometry], swaths: Sequence[str], area: BaseGeometry | None
) -> frozenset[BurstKey]:
    """
    Return the bursts that an area touches in the chosen sub-swaths, without gaps in between.

    Parameters
    ----------
    ground : mapping
        From `burst_map`.
    swaths : sequence of str
        The sub-swaths chosen.
    area : shapely geometry or None
        Longitude and latitude; None needs all.
    """
    needed: set[BurstKey] = set()
    for swath in swaths:
        touched = [
            number
            for (name, number), polygon in ground.items()
            if name == swath and (area is None or polygon.intersects(area))
        ]
        if touched:
            needed.update((swath, number) for number in range(min(touched), max(touched) + 1))
    return frozenset(needed)


def acquisition(
    scenes: Sequence[Scene],
    *,
    track: int,
    polarisation: str,
    needed: frozenset[BurstKey],
    ground: Mapping[BurstKey, BaseGeometry],
    area: BaseGeometry | None,
) -> Acquisition:
    """
    Say what of one recording to use.

    Parameters
    ----------
    scenes : sequence of Scene
        Its slices.
    track : int
        Of the recording; slices behind the equator may carry the next number.
    polarisation : str
        To use.
    needed : frozenset of (str, int)
        From `needed_bursts`.
    ground : mapping
        From `burst_map`.
    area : shapely geometry or None
        Longitude and latitude.

    Returns
    -------
    Acquisition
    """
    ordered = sorted(scenes, key=lambda scene: scene.start)
    used = [index for index, scene in enumerate(ordered) if _keys(scene, polarisation) & needed]
    slices = tuple(ordered[used[0] : used[-1] + 1]) if used else ()
    present = frozenset().union(*(_keys(scene, polarisation) for scene in slices)) & needed
    numbers = [scene.slice_number for scene in slices if scene.slice_number is not None]
    gaps = set(range(min(numbers), max(numbers) + 1)) - set(numbers) if numbers else set()
    # without an area nothing tells what a date must hold, but a hole in it is one
    lacking = needed - present if area is not None else frozenset()
    covered = shapely.union_all([ground[key] for key in present])
    return Acquisition(
        day=(slices or ordered)[0].day,
        mission=ordered[0].mission,
        track=track,
        direction=ordered[0].direction,
        slices=slices,
        bursts=tuple(_ranges(slices, polarisation, present)),
        coverage=1.0 if area is None else covered_share(area, covered),
        missing_bursts=tuple(sorted(lacking)),
        missing_slices=tuple(sorted(gaps)),
    )


def _keys(scene: Scene, polarisation: str) -> frozenset[BurstKey]:
    return frozenset((swath.name, burst.esa_id) for swath in scene.swaths_in(polarisation) for burst in swath.bursts)


def _ranges(slices: Sequence[Scene], polarisation: str, present: frozenset[BurstKey]) -> list[BurstRange]:
    ranges = []
    for name in sorted({swath for swath, _ in present}):
        ids = [
            burst.esa_id for scene in slices for swath in _named(scene, polarisation, name) for burst in swath.bursts
        ]
        places = [place for place, number in enumerate(ids, start=1) if (name, number) in present]
        ranges.append(BurstRange(name, places[0], places[-1], tuple(ids[places[0] - 1 : places[-1]])))
    return ranges


def _named(scene: Scene, polarisation: str, name: str) -> list[Swath]:
    return [swath for swath in scene.swaths_in(polarisation) if swath.name == name]


def _span(geometry: BaseGeometry) -> str:
    west, south, east, north = geometry.bounds
    return f"{west:.2f} to {east:.2f} E, {south:.2f} to {north:.2f} N"
