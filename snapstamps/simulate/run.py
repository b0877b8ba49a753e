"""From a spec to a folder: the export, its truth, and the spec itself."""

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.formats.atomic import remove_leftovers, write_text
from snapstamps.model.errors import InputError
from snapstamps.model.units import yyyymmdd
from snapstamps.simulate.export import EXPORT_FOLDERS, export_writer
from snapstamps.simulate.geometry import make_geometry
from snapstamps.simulate.ground import cover_at
from snapstamps.simulate.scene import Scene
from snapstamps.simulate.spec import SceneSpec, spec_json
from snapstamps.simulate.truth import TRUTH_NAME, truth_writer
from snapstamps.simulate.zones import project_zones

SPEC_NAME = "scene.json"
"""The spec beside the export; ``snapstamps simulate --spec`` makes the same scene from it again."""
BLOCK_BYTES = 64 * 2**20
"""Size of a block of lines in memory."""

Progress = Callable[[int, int], None]
"""Told the lines done and the lines in all."""


@dataclass(frozen=True)
class SceneSize:
    """
    What a spec will come to, before anything is made.

    Attributes
    ----------
    n_lines, n_samples, n_scenes : int
        Azimuth lines, range samples, dates.
    along_km, across_km : float
        Extent on the ground.
    export_bytes, truth_bytes : int
        Disk.
    memory_bytes : int
        Largest arrays held at once, about.
    """

    n_lines: int
    n_samples: int
    n_scenes: int
    along_km: float
    across_km: float
    export_bytes: int
    truth_bytes: int
    memory_bytes: int

    @property
    def disk_bytes(self) -> int:
        """Return the disk needed while it runs: the truth stands there twice for a moment."""
        return self.export_bytes + 2 * self.truth_bytes


def scene_size(spec: SceneSpec) -> SceneSize:
    """
    Return the extent, disk and memory of a scene.

    Parameters
    ----------
    spec : SceneSpec
        The scene.
    """
    geometry = make_geometry(spec)
    n_scenes, pixels = len(spec.days), spec.n_lines * spec.n_samples
    n_motions = len(spec.motions) + (0 if spec.zones is None else len(spec.zones["features"]))
    along, across = spec.n_lines * spec.azimuth_spacing_m, float(geometry.ground_range[-1])
    projected = 4 * (along + across) ** 2 / max(spec.azimuth_spacing_m, spec.range_spacing_m) ** 2
    screens = n_scenes * along * across / 100**2 * 8
    grids = 3 * 8 * (2 * math.hypot(along, across) / 2 / 50) ** 2
    return SceneSize(
        n_lines=spec.n_lines,
        n_samples=spec.n_samples,
        n_scenes=n_scenes,
        along_km=along / 1000,
        across_km=across / 1000,
        export_bytes=pixels * (8 * (2 * n_scenes - 1) + 12) + round(projected),
        truth_bytes=pixels * (26 + 4 * n_motions) + round(screens / 2),
        memory_bytes=round(2 * BLOCK_BYTES + screens + 6 * grids + 100e6),
    )


def simulate_export(
    spec: SceneSpec,
    folder: Path,
    *,
    progress: Progress | None = None,
    overwrite: bool = False,
    block_lines: int | None = None,
) -> Path:
    """
    Write a scene as SNAP would have exported it, and its truth beside it.

    Parameters
    ----------
    spec : SceneSpec
        The scene.
    folder : Path
        Gets ``INSAR_<master>/{rslc,diff0,geo,dem}``, ``truth.npz`` (see ``snapstamps.simulate.truth``) and
        ``scene.json``; made if need be.
    progress : callable, optional
        Called with the lines done and the lines in all.
    overwrite : bool
        Whether an earlier simulation in the folder may be replaced.
    block_lines : int, optional
        Lines held in memory at a time; the bytes written do not depend on it.

    Returns
    -------
    Path
        ``INSAR_<master>``.

    Raises
    ------
    InputError
        If the folder holds something else, or the disk is too small, or the hills are too steep.
    """
    insar = folder / f"INSAR_{yyyymmdd(spec.master_day)}"
    scene = Scene(spec)
    _make_room(folder, insar, overwrite=overwrite)
    _check_disk(folder, scene_size(spec))
    if block_lines is None:
        block_lines = max(1, BLOCK_BYTES // (16 * scene.n_scenes * spec.n_samples))
    block_lines = min(block_lines, spec.n_lines)
    # first, so that what a killed run leaves is known as a simulation's and may be replaced
    write_text(folder / SPEC_NAME, spec_json(spec))
    with (
        truth_writer(folder / TRUTH_NAME, scene) as truth,
        export_writer(insar, scene, block_lines=block_lines) as export,
    ):
        for number in range(spec.n_lines):
            line = scene.line(number)
            export.add(line)
            truth.add(line)
            if progress is not None:
                progress(number + 1, spec.n_lines)
    return insar


def _make_room(folder: Path, insar: Path, *, overwrite: bool) -> None:
    """Make the folder; clear what an earlier simulation left there, and never anything else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("the folder for the simulation cannot be made", where=folder, why=str(error)) from error
    for place in (folder, *(insar / part for part in EXPORT_FOLDERS)):
        remove_leftovers(place)
    exports = [path for path in folder.glob("INSAR_*") if any(part.is_file() for part in path.rglob("*"))]
    if not exports:
        return
    simulated = (folder / SPEC_NAME).is_file() and exports == [insar]
    if not (overwrite and simulated):
        raise InputError(
            f"{exports[0].name} stands there already",
            where=folder,
            why=None if simulated else "and it is not the same scene's simulation, so it is not replaced",
            remedy="--force to replace it" if simulated else "another folder",
        )
    for part in EXPORT_FOLDERS:
        shutil.rmtree(insar / part, ignore_errors=True)


def _check_disk(folder: Path, size: SceneSize) -> None:
    free = shutil.disk_usage(folder).free
    if size.disk_bytes > free:
        raise InputError(
            f"the scene needs {size.disk_bytes / 1e9:.1f} GB of disk, but {free / 1e9:.1f} GB are free",
            where=folder,
            remedy="another folder, fewer dates, or fewer lines and samples",
        )


def expected_ps(spec: SceneSpec) -> int:
    """Return about how many PS a scene will have, from the cover of some of its lines."""
    geometry = make_geometry(spec)
    zones = project_zones(spec.zones, geometry.local)
    size = scene_size(spec)
    densities = []
    for line in np.linspace(0, spec.n_lines - 1, min(spec.n_lines, 64)):
        place = geometry.place(float(line), spec.terrain.height_m)
        density, _ = cover_at(spec, zones, *geometry.local(place.longitude, place.latitude))
        densities.append(density.mean())
    return round(float(np.mean(densities)) * size.along_km * size.across_km)
