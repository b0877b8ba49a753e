"""The plan of the preparation, made from the scenes: inventory, orbits, master, area, height model."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from snapstamps.acquire.external_dem import check_external_dem
from snapstamps.acquire.orbits import place_orbits
from snapstamps.config.options import Options
from snapstamps.config.project import PLAN_NAME, Project
from snapstamps.external.snap_home import find_auxdata
from snapstamps.model.errors import DataError, InputError
from snapstamps.snap.aoi import Aoi, read_aoi
from snapstamps.snap.baselines import baseline_table, reference_point, scene_of_acquisition
from snapstamps.snap.choices import Orbit
from snapstamps.snap.findings import group
from snapstamps.snap.operators import EXTERNAL_DEM
from snapstamps.snap.prepare_plan import PlannedDate, PreparePlan, chosen_master, planned_date, read_plan
from snapstamps.snap.scene_coverage import Acquisition, burst_map
from snapstamps.snap.scene_inventory import Inventory, SceneChoice, find_products, take_inventory

log = logging.getLogger(__name__)


def has_scenes(project: Project) -> bool:
    """Tell whether a project begins with scenes, and not with an export that is there."""
    return project.options.scenes.folder is not None and project.options.stamps_export.folder is None


def scenes_folder(project: Project) -> Path:
    """Return the folder of the scenes."""
    return project.path_of(project.options.scenes.folder or Path("scenes"))


def auxdata_folder(project: Project) -> Path:
    """Return SNAP's folder of orbits and elevation tiles."""
    options = project.options
    if options.scenes.auxdata is not None:
        return project.path_of(options.scenes.auxdata)
    return find_auxdata(None if options.snap.home is None else project.path_of(options.snap.home))


def plan_path(project: Project) -> Path:
    """Return where the plan is kept."""
    return project.folder / PLAN_NAME


def current_plan(project: Project) -> PreparePlan | None:
    """Return the plan that was made last, or None."""
    return read_plan(plan_path(project))


def scene_choice(options: Options) -> SceneChoice:
    """Return which scenes the configuration wants."""
    scenes = options.scenes
    return SceneChoice(
        polarisation=scenes.polarisation,
        track=scenes.track or None,
        direction=None if scenes.direction == "any" else scenes.direction.upper(),
        first=_day(scenes.first),
        last=_day(scenes.last),
        swaths=scenes.swaths,
    )


def make_plan(project: Project) -> PreparePlan:
    """
    Make the plan of a project's preparation; nothing is written.

    Raises
    ------
    InputError
        If the area, the scenes or the height model cannot be used.
    DataError
        If scenes are damaged or lack what others have, and ``[snap] on_error`` is ``stop``; or too few remain.
    """
    options = project.options
    area = _area(project)
    geometry = None if area is None else area.geometry
    inventory = take_inventory(find_products(scenes_folder(project)), choice=scene_choice(options), area=geometry)
    usable, notes = _usable(inventory, project)
    orbit_files = sorted((auxdata_folder(project) / "Orbits" / "Sentinel-1").rglob("S1*.EOF*"))
    dates = []
    for one in usable:
        scene = scene_of_acquisition(one, inventory.polarisation, orbits=orbit_files)
        orbit, note = _orbit_of(project, one)
        notes += note
        dates.append(planned_date(one, scene, polarisation=inventory.polarisation, orbit=orbit))
    master, reason = _master(project, dates, geometry)
    ground = _ground(usable, inventory)
    model = _height_model(project, ground)
    crop = None if geometry is None else geometry.convex_hull
    return PreparePlan(
        master=master,
        reason=reason,
        polarisation=inventory.polarisation,
        dates=tuple(dates),
        crop="" if area is None else area.hull_wkt,
        crop_share=1.0 if crop is None else min(1.0, crop.envelope.area / ground.area),
        dem=model.name,
        dem_file=model.file,
        dem_no_data=model.no_data,
        notes=tuple(dict.fromkeys((*notes, *model.warnings))),
    )


@dataclass(frozen=True)
class _Model:
    name: str
    file: Path | None
    no_data: float | None
    warnings: tuple[str, ...]


def _area(project: Project) -> Aoi | None:
    text = project.options.project.aoi
    return read_aoi(text, folder=project.folder) if text else None


def _usable(inventory: Inventory, project: Project) -> tuple[list[Acquisition], list[str]]:
    """Return the dates to use, and what is to be said of the others."""
    options = project.options
    bad = [one for one in inventory.acquisitions if not _is_fit(one)]
    lines = [f"{finding.file}: {finding.what} ({finding.why})" for finding in inventory.errors]
    if lines and options.snap.on_error == "stop":
        raise DataError(
            f"{len(lines)} of the scenes' faults must be mended first",
            where=scenes_folder(project),
            why="\n".join(lines),
            remedy='`snapstamps scenes list` shows all; [snap] on_error = "skip" leaves such dates out',
        )
    usable = [one for one in inventory.acquisitions if _is_fit(one)]
    least = options.snap.least_pairs if options.snap.on_error == "skip" else 1
    if len(usable) <= least:
        raise _too_few(len(usable), least + 1, inventory, scenes_folder(project))
    warnings = [f"{finding.file}: {finding.what}" for finding in inventory.findings if finding.severity == "warning"]
    return usable, [
        *lines,
        *(f"{one.day} is left out: it lacks bursts or images of the area" for one in bad),
        *warnings,
    ]


def _too_few(number: int, least: int, inventory: Inventory, folder: Path) -> DataError:
    """Say that too few dates are fit, and what the others lack."""
    if not inventory.scenes and not inventory.findings:
        return DataError(
            "there is no Sentinel-1 scene in the folder",
            where=folder,
            why="zip files and .SAFE folders whose names begin with S1 are looked for, at any depth",
            remedy="`snapstamps scenes search` and `snapstamps scenes download` fetch them; or correct [scenes] folder",
        )
    found = [f"{_several(one.files)}: {one.finding.what} ({one.finding.why})" for one in group(inventory.findings)]
    return DataError(
        f"{number} dates are fit to be used, at least {least} are needed",
        where=folder,
        why="\n".join(found) or None,
        remedy="more scenes of one track over the area; `snapstamps scenes list` tells what is there",
    )


def _several(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"


def _is_fit(one: Acquisition) -> bool:
    """Tell whether a date has all bursts that the area needs, and their images."""
    used = {f"-{part.swath.lower()}-" for part in one.bursts}
    return one.complete and not any(swath in name for piece in one.slices for name in piece.missing for swath in used)


def _orbit_of(project: Project, one: Acquisition) -> tuple[Orbit, list[str]]:
    """Return the kind of orbit to ask SNAP for: what lies where it looks, else what the policy wants most."""
    policy = project.options.scenes.orbits
    try:
        placed = place_orbits(one.slices, auxdata_folder(project), policy=policy)
    except DataError as error:
        wanted: Orbit = "restituted" if policy == "restituted" else "precise"
        return wanted, [f"{one.day}: {error.what}; SNAP will look for it on the network"]
    kinds = {orbit.kind for orbit in placed}
    return ("precise" if kinds == {"POEORB"} else "restituted"), []


def _master(project: Project, dates: Sequence[PlannedDate], area: BaseGeometry | None) -> tuple[date, str]:
    text = project.options.project.master
    wanted = None if text == "auto" else date.fromisoformat(text)
    scenes = [one.scene for one in dates]
    table = baseline_table(scenes, reference_point(scenes, area), master=wanted)
    best = table.scenes[table.best].day
    return chosen_master([one.day for one in dates], wanted, current_plan(project), best)


def _ground(usable: Sequence[Acquisition], inventory: Inventory) -> BaseGeometry:
    """Return the ground of all bursts to use."""
    used = {(part.swath, number) for one in usable for part in one.bursts for number in part.esa_ids}
    scenes = [scene for one in usable for scene in one.slices]
    return shapely.union_all(
        [polygon for key, polygon in burst_map(scenes, inventory.polarisation).items() if key in used]
    )


def _height_model(project: Project, ground: BaseGeometry) -> _Model:
    scenes = project.options.scenes
    if scenes.dem_file is None:
        return _Model(scenes.dem, None, None, ())
    path = project.path_of(scenes.dem_file)
    if not path.is_file():
        raise InputError("the elevation model is missing", where=path, remedy="correct [scenes] dem_file")
    found = check_external_dem(path, ground, declared=scenes.dem_datum)
    return _Model(EXTERNAL_DEM, path, found.no_data, found.warnings)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
