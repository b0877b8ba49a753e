"""The three things that ``snapstamps scenes download`` fetches, and what it says about them."""

from typing import TYPE_CHECKING

import typer

from snapstamps.cli.scene_settings import SceneSettings, download_progress, size_of
from snapstamps.model.paths import expanded

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from snapstamps.acquire.search import RemoteScene
    from snapstamps.model.scene import Scene


def fetch_scenes(scenes: "tuple[RemoteScene, ...]", settings: SceneSettings, *, dry_run: bool) -> None:
    """
    Fetch the scenes that are not there.

    Raises
    ------
    InputError
        If scenes are to be fetched and there is no login.
    ToolError
        If some of them failed; the others are there.
    """
    from snapstamps.acquire.credentials import HOW_TO_LOG_IN, find_credentials
    from snapstamps.acquire.download import is_there, no_progress
    from snapstamps.acquire.http import Client, Login
    from snapstamps.acquire.scenes import download_scenes, wanted_files
    from snapstamps.model.errors import InputError, ToolError

    missing = [file for file in wanted_files(scenes, settings.folder) if not is_there(file)]
    typer.echo(
        f"scenes: {len(scenes) - len(missing)} of {len(scenes)} are there; "
        f"{'would fetch' if dry_run else 'fetching'} {len(missing)} ({size_of(missing)}) into {settings.folder}"
    )
    if dry_run or not missing:
        return
    credentials = find_credentials()
    if credentials is None:
        raise InputError("scenes can be fetched with an Earthdata login only", why="none found", remedy=HOW_TO_LOG_IN)
    with download_progress() as shown:
        done = download_scenes(missing, Client(Login(credentials)), progress=lambda _file: shown or no_progress)
    failed = [one for one in done if one.failure is not None]
    if failed:
        raise ToolError(
            f"{len(failed)} of {len(done)} scenes could not be fetched",
            where=settings.folder,
            why="\n".join(f"{one.name}: {one.failure.what}" for one in failed if one.failure),
            remedy="the same command again; what arrived is kept, and it goes on from there",
        )
    typer.echo(f"scenes: {len(done)} fetched")


def fetch_orbits_of(settings: SceneSettings, *, dry_run: bool) -> None:
    """
    Put the orbit files of the scenes at hand where SNAP looks.

    Raises
    ------
    InputError, ToolError, DataError
        As `place_orbits`.
    """
    from snapstamps.acquire.orbits import fetch_with_sentineleof, place_orbits

    scenes = _scenes_to_use(settings)
    if dry_run:
        typer.echo(f"orbits: would look for {settings.scenes.orbits} orbits of {len(scenes)} scenes")
        return
    placed = place_orbits(scenes, settings.auxdata, policy=settings.scenes.orbits, source=fetch_with_sentineleof)
    kinds = ", ".join(
        f"{sum(one.kind == kind for one in placed)} {kind}" for kind in sorted({one.kind for one in placed})
    )
    fetched = sum(not one.was_there for one in placed)
    typer.echo(f"orbits: {kinds or 'none'} in {settings.auxdata / 'Orbits'}, {fetched} of them fetched now")


def fetch_dem_of(settings: SceneSettings, *, dry_run: bool) -> None:
    """
    Put the elevation tiles of the bursts at hand where SNAP looks, or check the user's own model.

    Raises
    ------
    InputError, ToolError, DataError
        As `fetch_dem` and `check_external_dem`.
    """
    from snapstamps.acquire.dem import dem_model, fetch_dem, fetch_geoid, wanted_tiles
    from snapstamps.acquire.external_dem import check_external_dem
    from snapstamps.acquire.http import Client

    ground = _ground(settings)
    own = settings.scenes.dem_file
    if own is not None:
        checked = check_external_dem(settings.base / expanded(own), ground, declared=settings.scenes.dem_datum)
        typer.echo(f"dem: {checked.path.name} is fit: {checked.lowest:.0f} to {checked.highest:.0f} m, no voids")
        for warning in checked.warnings:
            typer.echo(f"dem: warning: {warning}")
        return
    model = dem_model(settings.scenes.dem)
    wanted = wanted_tiles(ground, model, settings.auxdata)
    missing = sum(not tile.target.is_file() for tile in wanted)
    if dry_run:
        typer.echo(f"dem: would fetch up to {missing} of {len(wanted)} tiles of {model.name}")
        return
    client = Client()
    tiles = fetch_dem(wanted, model, client)
    fetch_geoid(settings.auxdata, client)
    typer.echo(
        f"dem: {len(tiles.tiles)} tiles of {model.name} in {tiles.folder}, {tiles.n_fetched} of them fetched now, "
        f"{len(tiles.sea)} are sea"
    )


def _scenes_to_use(settings: SceneSettings) -> "list[Scene]":
    inventory = settings.inventory()
    return [scene for one in inventory.acquisitions for scene in one.slices]


def _ground(settings: SceneSettings) -> "BaseGeometry":
    """Return the ground of all bursts to use."""
    import shapely

    from snapstamps.model.errors import InputError
    from snapstamps.snap.scene_coverage import burst_map

    inventory = settings.inventory()
    scenes = [scene for one in inventory.acquisitions for scene in one.slices]
    used = {(part.swath, number) for one in inventory.acquisitions for part in one.bursts for number in part.esa_ids}
    polygons = [polygon for key, polygon in burst_map(scenes, inventory.polarisation).items() if key in used]
    if not polygons:
        raise InputError("there is no scene to fetch an elevation model for", where=settings.folder)
    return shapely.union_all(polygons)
