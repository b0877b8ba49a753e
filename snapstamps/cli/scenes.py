"""``snapstamps scenes``: find, fetch and list Sentinel-1 scenes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import HERE, AsJson, DryRun, ProjectFolder
from snapstamps.cli.scene_settings import (
    AreaOption,
    DaysOption,
    DirectionOption,
    FirstOption,
    LastOption,
    PolarisationOption,
    SceneSettings,
    TrackOption,
    scene_settings,
)

if TYPE_CHECKING:
    from snapstamps.acquire.search import RemoteScene, SceneQuery

PARTS = ("scenes", "orbits", "dem")

app = typer.Typer(
    name="scenes", no_args_is_help=True, rich_markup_mode=None, help="Find, fetch and list Sentinel-1 scenes."
)

Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="scenes|orbits|dem", help="Fetch only this; repeatable. Default: all three."),
]


@app.command("search")
def search(
    project: ProjectFolder = HERE,
    *,
    aoi: AreaOption = None,
    track: TrackOption = None,
    direction: DirectionOption = None,
    polarisation: PolarisationOption = None,
    first: FirstOption = None,
    last: LastOption = None,
    days: DaysOption = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Search the archive of the Alaska Satellite Facility (ASF) for scenes of the area.

    Example: snapstamps scenes search --aoi area.geojson --first 2019-07-01 --last 2020-12-31 --direction ascending
    """
    settings = scene_settings(
        project, aoi=aoi, track=track, direction=direction, polarisation=polarisation, first=first, last=last
    )
    query = _query(settings)
    if dry_run:
        typer.echo(f"would ask ASF for IW SLC scenes: {_told(query)}{_told_days(days)}")
        return
    from snapstamps.acquire.search import scenes_dict, search_scenes

    found = _of_days(search_scenes(query), days)
    if as_json:
        typer.echo(json.dumps({"scenes": scenes_dict(found)}, indent=2, ensure_ascii=False))
        return
    _print_found(found)


@app.command("download")
def download(
    project: ProjectFolder = HERE,
    *,
    listed: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="A list that `scenes search --json` wrote, instead of a search."),
    ] = None,
    only: Only = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Where to. Default: the project's scenes.")] = None,
    aoi: AreaOption = None,
    track: TrackOption = None,
    direction: DirectionOption = None,
    polarisation: PolarisationOption = None,
    first: FirstOption = None,
    last: LastOption = None,
    days: DaysOption = None,
    dry_run: DryRun = False,
) -> None:
    """
    Fetch scenes, and then their orbits and the elevation model to where SNAP looks, so that SNAP needs no network.

    Interrupted downloads go on where they stopped. Scenes need an Earthdata login, from ~/.netrc or the environment.

    Example: snapstamps scenes download --list found.json
    """
    from snapstamps.cli.fetching import fetch_dem_of, fetch_orbits_of, fetch_scenes
    from snapstamps.model.errors import InputError

    parts = tuple(only or PARTS)
    if unknown := [part for part in parts if part not in PARTS]:
        raise InputError(f"--only {unknown[0]}: it is one of {', '.join(PARTS)}")
    settings = scene_settings(
        project,
        aoi=aoi,
        folder=folder,
        track=track,
        direction=direction,
        polarisation=polarisation,
        first=first,
        last=last,
    )
    if "scenes" in parts:
        fetch_scenes(_of_days(_wanted_scenes(settings, listed), days), settings, dry_run=dry_run)
    if "orbits" in parts:
        fetch_orbits_of(settings, dry_run=dry_run)
    if "dem" in parts:
        fetch_dem_of(settings, dry_run=dry_run)


@app.command("list")
def list_scenes(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="The scenes. Default: the project's.", show_default=False)
    ] = None,
    *,
    project: ProjectFolder = HERE,
    aoi: AreaOption = None,
    track: TrackOption = None,
    direction: DirectionOption = None,
    polarisation: PolarisationOption = None,
    first: FirstOption = None,
    last: LastOption = None,
    as_json: AsJson = False,
) -> None:
    """
    List the scenes at hand by date: which sub-swaths and bursts cover the area, and what is missing or does not fit.

    Example: snapstamps scenes list scenes --aoi area.geojson
    """
    settings = scene_settings(
        project,
        aoi=aoi,
        folder=folder,
        track=track,
        direction=direction,
        polarisation=polarisation,
        first=first,
        last=last,
    )
    from snapstamps.snap.scene_text import inventory_dict, render_inventory

    inventory = settings.inventory()
    if as_json:
        typer.echo(json.dumps(inventory_dict(inventory), indent=2, ensure_ascii=False))
    else:
        typer.echo(render_inventory(inventory))


def _query(settings: SceneSettings) -> "SceneQuery":
    from snapstamps.acquire.search import SceneQuery
    from snapstamps.model.errors import InputError

    area = settings.area()
    if area is None:
        raise InputError("a search needs an area", remedy="--aoi AREA, or [project] aoi in snapstamps.toml")
    choice = settings.choice
    return SceneQuery(area.geometry, choice.first, choice.last, choice.track, choice.direction, choice.polarisation)


def _told(query: "SceneQuery") -> str:
    west, south, east, north = query.area.bounds
    parts = [
        f"area {west:.4f} to {east:.4f} E, {south:.4f} to {north:.4f} N",
        f"{query.first or 'the beginning'} to {query.last or 'today'}",
        "any track" if query.track is None else f"track {query.track}",
        (query.direction or "any direction").lower(),
        query.polarisation,
    ]
    return ", ".join(parts)


def _wanted_scenes(settings: SceneSettings, listed: Path | None) -> "tuple[RemoteScene, ...]":
    from snapstamps.acquire.search import read_scene_list, search_scenes

    return read_scene_list(listed) if listed is not None else search_scenes(_query(settings))


def _of_days(found: "tuple[RemoteScene, ...]", days: Path | None) -> "tuple[RemoteScene, ...]":
    """Keep only the scenes of the days of a file, and tell for which there is none."""
    from snapstamps.acquire.days import missing_days, only_days, read_days

    if days is None:
        return found
    wanted = read_days(days)
    if missing := missing_days(found, wanted):
        typer.echo(f"no scene found of {len(missing)} of {len(wanted)} days: {', '.join(map(str, missing))}", err=True)
    return only_days(found, wanted)


def _told_days(days: Path | None) -> str:
    from snapstamps.acquire.days import read_days

    return "" if days is None else f"; only the {len(read_days(days))} days of {days}"


def _print_found(found: "tuple[RemoteScene, ...]") -> None:
    from snapstamps.acquire.scenes import wanted_files
    from snapstamps.cli.scene_settings import size_of

    for scene in found:
        size = "?" if scene.size is None else f"{scene.size / 1e9:.1f} GB"
        typer.echo(
            f"{scene.day}  track {scene.track:3d} {scene.direction.lower():10}  {scene.polarisation:5}  "
            f"{100 * scene.coverage:3.0f} % of the area  {size:>7}  {scene.name}"
        )
    tracks = sorted({(scene.track, scene.direction.lower()) for scene in found})
    told = ", ".join(f"{track} {direction}" for track, direction in tracks)
    typer.echo(f"{len(found)} scenes, {size_of(wanted_files(found, HERE))}; tracks: {told or 'none'}")
