"""
The inventory of scenes: what lies in a folder, what of it belongs together, and what is wrong with it.

Folder conventions play no part: dates, tracks and slices come from the annotations, whatever the files are called.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import InputError, SnapstampsError
from snapstamps.model.scene import Scene
from snapstamps.snap.findings import Finding, worst_first
from snapstamps.snap.scene_coverage import Acquisition, acquisition, burst_map, choose_swaths, needed_bursts
from snapstamps.snap.scene_faults import (
    damaged_scene,
    date_faults,
    mixed_processors,
    mixed_tracks,
    scene_faults,
    unfinished_downloads,
    unsuitable,
    without_repetitions,
    wrong_track,
)

PARTIAL_ENDING = ".part"


@dataclass(frozen=True)
class SceneChoice:
    """
    Which scenes the user wants; None and empty mean any.

    Attributes
    ----------
    polarisation : str
        ``VV`` as a rule.
    track : int or None
        Relative orbit number; None takes the one with most dates over the area.
    direction : str or None
        ``ASCENDING`` or ``DESCENDING``.
    first, last : date or None
        Days, both included.
    swaths : tuple of str
        Sub-swaths; empty takes those that cover the area.
    """

    polarisation: str = "VV"
    track: int | None = None
    direction: str | None = None
    first: date | None = None
    last: date | None = None
    swaths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """
    What there is, and what of it to use.

    Attributes
    ----------
    scenes : tuple of Scene
        All that could be read, in order of time.
    acquisitions : tuple of Acquisition
        The dates to use, in order of time; those without any burst of the area are left out.
    track : int or None
        Of these dates.
    direction : str or None
        Of these dates.
    polarisation : str
        To use.
    swaths : tuple of str
        Sub-swaths that cover the area.
    findings : tuple of Finding
        Worst first.
    """

    scenes: tuple[Scene, ...]
    acquisitions: tuple[Acquisition, ...]
    track: int | None
    direction: str | None
    polarisation: str
    swaths: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that must be mended before SNAP runs."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


@dataclass(frozen=True)
class _Recording:
    """The slices of one datatake of one satellite, with the track of the earliest."""

    scenes: tuple[Scene, ...]

    @property
    def track(self) -> int:
        return self.scenes[0].track

    @property
    def key(self) -> tuple[int, str]:
        return self.track, self.scenes[0].direction


def find_products(folder: Path) -> list[Path]:
    """
    Find zip files and ``.SAFE`` folders, at any depth, sorted by name.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(
            "the folder of the scenes is missing", where=folder, remedy="correct [scenes] folder, or name one"
        )
    return sorted(_products_below(folder), key=lambda path: path.name)


def _products_below(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:  # a link that leads back to where we come from
            folders.clear()
            continue
        seen.add(real)
        here = Path(place)
        yield from (here / name for name in files if name.lower().endswith((".zip", PARTIAL_ENDING)))
        yield from (here / name for name in folders if name.upper().endswith(".SAFE"))
        folders[:] = [name for name in folders if not name.upper().endswith(".SAFE")]


def take_inventory(
    products: Iterable[Path], *, choice: SceneChoice | None = None, area: BaseGeometry | None = None
) -> Inventory:
    """
    Read products and say what of them to use.

    Parameters
    ----------
    products : iterable of Path
        From `find_products`.
    choice : SceneChoice, optional
        What the user wants.
    area : shapely geometry, optional
        Area of interest, longitude and latitude.

    Returns
    -------
    Inventory
        What is wrong with single scenes stands in its findings and does not stop it.

    Raises
    ------
    InputError
        If no scene covers any of the area.
    """
    choice = choice or SceneChoice()
    products = list(products)
    findings = list(unfinished_downloads(path for path in products if path.name.endswith(PARTIAL_ENDING)))
    read = _read_all((path for path in products if not path.name.endswith(PARTIAL_ENDING)), choice, findings)
    scenes = without_repetitions(read, findings)
    usable = [scene for scene in scenes if _is_wanted(scene, choice, findings)]
    recordings = _chosen_track(_recordings(usable), choice, area, findings)
    kept = [scene for recording in recordings for scene in recording.scenes]
    ground = burst_map(kept, choice.polarisation)
    swaths = choice.swaths or (choose_swaths(ground, area) if ground else ())
    needed = needed_bursts(ground, swaths, area)
    dates = [
        acquisition(
            recording.scenes,
            track=recording.track,
            polarisation=choice.polarisation,
            needed=needed,
            ground=ground,
            area=area,
        )
        for recording in recordings
    ]
    findings.extend(date_faults(dates))
    findings.extend(mixed_processors(kept))
    for scene in kept:
        findings.extend(scene_faults(scene))
    return Inventory(
        scenes=tuple(sorted(scenes, key=lambda scene: scene.start)),
        acquisitions=tuple(sorted((one for one in dates if one.bursts), key=lambda one: one.slices[0].start)),
        track=recordings[0].track if recordings else None,
        direction=recordings[0].scenes[0].direction if recordings else None,
        polarisation=choice.polarisation,
        swaths=tuple(swaths),
        findings=worst_first(findings),
    )


def _read_all(paths: Iterable[Path], choice: SceneChoice, findings: list[Finding]) -> list[Scene]:
    scenes = []
    for path in paths:
        try:
            scenes.append(read_scene(path, polarisations={choice.polarisation}))
        except SnapstampsError as error:
            # other people's zip files may lie there too
            if path.name.upper().startswith("S1"):
                findings.append(damaged_scene(path, error))
    return scenes


def _is_wanted(scene: Scene, choice: SceneChoice, findings: list[Finding]) -> bool:
    finding = unsuitable(
        scene,
        polarisation=choice.polarisation,
        direction=choice.direction,
        first=choice.first,
        last=choice.last,
    )
    if finding is not None:
        findings.append(finding)
    return finding is None


def _recordings(scenes: Sequence[Scene]) -> list[_Recording]:
    groups: dict[tuple[str, int], list[Scene]] = defaultdict(list)
    for scene in scenes:
        groups[scene.mission, scene.datatake].append(scene)
    ordered = (_Recording(tuple(sorted(group, key=lambda scene: scene.start))) for group in groups.values())
    return sorted(ordered, key=lambda recording: recording.scenes[0].start)


def _chosen_track(
    recordings: list[_Recording], choice: SceneChoice, area: BaseGeometry | None, findings: list[Finding]
) -> list[_Recording]:
    """Keep one track and direction: the one asked for, else of those that reach the area the one with most dates."""
    if choice.track is not None:
        others = [one for one in recordings if all(scene.track != choice.track for scene in one.scenes)]
        findings.extend(wrong_track(scene, choice.track) for one in others for scene in one.scenes)
        recordings = [one for one in recordings if one not in others]
    groups: dict[tuple[int, str], list[_Recording]] = defaultdict(list)
    for recording in recordings:
        groups[recording.key].append(recording)
    if len(groups) <= 1:
        return recordings

    def merit(key: tuple[int, str]) -> tuple[int, int]:
        reaching = [
            recording
            for recording in groups[key]
            if area is None
            or any(polygon.intersects(area) for polygon in burst_map(recording.scenes, choice.polarisation).values())
        ]
        return len(reaching), -key[0]

    best = max(groups, key=merit)
    findings.append(
        mixed_tracks(best, {key: [one.scenes[0] for one in group] for key, group in groups.items() if key != best})
    )
    return groups[best]
