"""What can be wrong with scenes, one by one and together, in words for the user."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from snapstamps.model.errors import SnapstampsError
from snapstamps.model.scene import Scene
from snapstamps.snap.findings import Finding, Severity
from snapstamps.snap.scene_coverage import Acquisition

EAP_CORRECTED_SINCE = (2, 43)
"""ESA's processor corrects the phase of the elevation antenna pattern from this version on."""
_SAME_START = timedelta(seconds=2)
"""A reprocessed product may begin a line or two elsewhere; slices begin 25 s apart."""


def unfinished_downloads(paths: Iterable[Path]) -> Iterator[Finding]:
    """Report what an interrupted download left."""
    for path in paths:
        yield Finding(
            "unfinished-download",
            "info",
            path.name,
            "is an unfinished download",
            "it is left out",
            "`snapstamps scenes download` goes on where it stopped",
        )


def damaged_scene(path: Path, error: SnapstampsError) -> Finding:
    """Report a product that could not be read."""
    return Finding(
        "damaged-scene",
        "error",
        path.name,
        f"cannot be read: {error.what}",
        error.why or "its date would be missing from the stack",
        error.remedy or "fetch it again, or take it out of the folder",
    )


def without_repetitions(scenes: Sequence[Scene], findings: list[Finding]) -> list[Scene]:
    """
    Keep one product of every acquisition: the newest of reprocessed ones, a folder rather than a zip file.

    Parameters
    ----------
    scenes : sequence of Scene
        All that were read.
    findings : list of Finding
        Gets what was left out.

    Returns
    -------
    list of Scene
    """
    kept: list[Scene] = []
    for scene in sorted(scenes, key=lambda one: (one.start, one.processed, one.path.is_dir(), one.path.name)):
        twin = next((index for index, other in enumerate(kept) if _is_same_acquisition(scene, other)), None)
        if twin is None:
            kept.append(scene)
        else:
            findings.append(_left_out(kept[twin], scene))
            kept[twin] = scene
    return kept


def _is_same_acquisition(one: Scene, other: Scene) -> bool:
    return (
        (one.mission, one.datatake, one.mode) == (other.mission, other.datatake, other.mode)
        and abs(one.start - other.start) < _SAME_START
        and abs(one.stop - other.stop) < _SAME_START
    )


def _left_out(older: Scene, newer: Scene) -> Finding:
    if older.name == newer.name:
        return Finding(
            "duplicate",
            "info",
            older.path.name,
            f"is there twice; {newer.path} is used",
            "SNAP must not get one acquisition two times",
            "delete one of them",
        )
    return Finding(
        "reprocessed",
        "warning",
        older.path.name,
        f"was processed again by ESA (IPF {older.processor}, then {newer.processor}); the newest is used",
        f"{newer.name} is the same acquisition, made {newer.processed:%Y-%m-%d}",
        "delete the older one",
    )


def scene_faults(scene: Scene) -> Iterator[Finding]:
    """Report what is wrong with one scene by itself."""
    if scene.missing:
        yield Finding(
            "image-missing",
            "error",
            scene.name,
            f"has no image for {', '.join(Path(name).stem.split('-')[1].upper() for name in scene.missing)}",
            "the annotation is there, but the measurement file is absent or empty",
            "fetch it again",
        )
    if scene.track != scene.written_track:
        yield Finding(
            "wrong-track-number",
            "warning",
            scene.name,
            f"says that it is of track {scene.written_track}; by its orbit number it is of track {scene.track}",
            "some early products carry a wrong number, which SNAP believes",
            "fetch the reprocessed version of this date, if there is one",
        )
    if scene.path.is_file() and not re.match(r"s1.*\.zip\Z", scene.path.name, re.IGNORECASE):
        yield Finding(
            "renamed-zip",
            "error",
            scene.path.name,
            "is a renamed zip file",
            "SNAP recognises Sentinel-1 zip files by a name that begins with S1",
            f"rename it to {scene.name}.zip",
        )


def unsuitable(
    scene: Scene,
    *,
    polarisation: str,
    direction: str | None,
    first: date | None,
    last: date | None,
) -> Finding | None:
    """
    Report a scene that does not fit what is wanted; None where it fits.

    Parameters
    ----------
    scene : Scene
        To judge.
    polarisation : str
        It must hold this one.
    direction : str or None
        Of flight.
    first, last : date or None
        Days, both included.
    """
    if scene.mode != "IW":
        return _wrong_mode(scene)
    if polarisation not in scene.polarisations:
        held = "+".join(scene.polarisations) or "none"
        return _not_used(
            scene, "wrong-polarisation", f"holds {held}, not {polarisation}", "another [scenes] polarisation", "warning"
        )
    if direction is not None and scene.direction != direction.upper():
        return _not_used(
            scene, "wrong-direction", f"is {scene.direction.lower()}", f"{direction.lower()} scenes are wanted"
        )
    if (first is not None and scene.day < first) or (last is not None and scene.day > last):
        return _not_used(scene, "other-date", f"was taken on {scene.day}", "the date is not in the wanted span")
    return None


def _wrong_mode(scene: Scene) -> Finding:
    """Report a scene of another mode; that of stripmap is named, because SNAP itself refuses it."""
    stripmap = scene.mode.startswith("S")
    return Finding(
        "wrong-mode",
        "warning",
        scene.name,
        f"is of mode {scene.mode}{' (stripmap)' if stripmap else ''} and is left out",
        "SNAP's coregistration takes Sentinel-1 only where it was taken in bursts" if stripmap else "IW alone is used",
        "IW scenes of the same ground",
    )


def wrong_track(scene: Scene, track: int) -> Finding:
    """Report a scene of another track than the one that is asked for."""
    return _not_used(scene, "wrong-track", f"is of track {scene.track}", f"track {track} is wanted")


def _not_used(scene: Scene, code: str, what: str, remedy: str, severity: Severity = "info") -> Finding:
    return Finding(code, severity, scene.name, what, "it is left out", remedy)


def mixed_tracks(used: tuple[int, str], others: Mapping[tuple[int, str], Sequence[Scene]]) -> Finding:
    """Report that scenes of several tracks lie together; one track alone makes interferograms."""
    told = "; ".join(
        f"track {track} {direction.lower()}: {', '.join(str(scene.day) for scene in scenes)}"
        for (track, direction), scenes in sorted(others.items())
    )
    return Finding(
        "mixed-tracks",
        "warning",
        ".",
        f"scenes of {len(others) + 1} tracks lie together; track {used[0]} {used[1].lower()} is used",
        f"only scenes of one track make interferograms; left out: {told}",
        "name the one that you want: [scenes] track",
    )


def date_faults(dates: Sequence[Acquisition]) -> Iterator[Finding]:
    """Report dates that do not hold what the area needs."""
    for one in dates:
        name = f"{one.day}"
        if not one.bursts:
            yield Finding(
                "outside-area",
                "warning",
                name,
                "covers nothing of the area of interest",
                "the date is left out",
                "the slice before or after it, perhaps",
            )
        elif one.missing_slices:
            yield Finding(
                "missing-slice",
                "error",
                name,
                f"lacks slice {', '.join(map(str, one.missing_slices))} between those that are there",
                "SNAP assembles consecutive slices only",
                "fetch the missing slice",
            )
        elif one.missing_bursts:
            told = ", ".join(f"{swath} {number}" for swath, number in one.missing_bursts)
            yield Finding(
                "missing-bursts",
                "error",
                name,
                f"covers {100 * one.coverage:.0f} % of the area; other dates have more bursts ({told})",
                "missing bursts become zeros, and StaMPS drops every pixel that is zero at one date",
                "fetch the neighbouring slice, leave the date out, or take a smaller area",
            )
        elif one.coverage < 1 - 1e-6:
            yield Finding(
                "area-not-covered",
                "warning",
                name,
                f"covers {100 * one.coverage:.1f} % of the area",
                "no scene of this track has the rest",
                "a smaller area, or another track",
            )


def mixed_processors(scenes: Sequence[Scene]) -> Iterator[Finding]:
    """Report products from before and after ESA began to correct the antenna pattern's phase."""
    old = [scene for scene in scenes if _version(scene.processor) < EAP_CORRECTED_SINCE]
    if old and len(old) < len(scenes):
        yield Finding(
            "mixed-processors",
            "error",
            ".",
            f"{len(old)} of {len(scenes)} scenes were made by ESA's processor before version 2.43",
            "SNAP refuses to pair them with newer ones: the phase of the antenna pattern is not corrected in them. "
            f"They are {', '.join(scene.name for scene in old)}",
            "fetch the reprocessed version of these dates",
        )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))
