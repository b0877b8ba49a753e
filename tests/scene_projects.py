"""Projects that begin with simulated scenes, prepared by the stand-in of gpt."""

from pathlib import Path

from fakes.safe import area_wkt
from snap_worlds import SnapWorld

from snapstamps.config.load import resolve
from snapstamps.config.project import Project
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.project import Project as RunnableProject


def make_scene_project(
    world: SnapWorld, folder: Path, *, parms: dict[str, object] | None = None, **options: object
) -> Project:
    """Make a project of the scenes of a world; options as ``section__key=value``."""
    table: dict[str, dict[str, object]] = {
        "project": {"aoi": area_wkt(world.spec, inset=0), "master": str(world.spec.master_day)},
        "scenes": {"folder": str(world.folder / "scenes"), "auxdata": str(world.snap.auxdata)},
        "snap": {"home": str(world.snap.home), "heap": "1 GiB", "least_pairs": 1},
        "stamps": {"parms": {**world.spec.recommended_parms, **(parms or {})}},
        "export": {"figures": [], "bootstrap": 10},
        "run": {"workers": 1},
    }
    for name, value in options.items():
        section, key = name.split("__")
        table.setdefault(section, {})[key] = value
    return create_project(folder, resolve(table, environment={}, overrides={}).options)


def opened(folder: Path, **overrides: object) -> RunnableProject:
    """Open the project of a folder, with options in the place of those of its file."""
    names = {name.replace("__", "."): value for name, value in overrides.items()}
    return RunnableProject.open(folder, environment={}, overrides=names)
