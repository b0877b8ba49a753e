"""
Elevation models put where SNAP looks for them, so that it needs no network for them.

SNAP names its folder after the model and its tiles after their south-west corners. It adds the EGM96 geoid to
every one of its own models, and fetches that grid, too, when it first needs it.
"""

import math
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import rasterio
import shapely
from rasterio.errors import RasterioError
from shapely.geometry.base import BaseGeometry

from snapstamps.acquire.download import Wanted, fetch_file
from snapstamps.acquire.http import Client, RefusedError
from snapstamps.formats.safe_files import ZIP_ERRORS
from snapstamps.model.errors import DataError, InputError

MARGIN_DEGREES = 0.1
"""Around the scenes: relief outside them is seen by the side-looking radar too."""
_GEOID_FOLDER, _GEOID_ZIP, _GEOID_GRID = "egm96", "ww15mgh_b.zip", "ww15mgh_b.grd"
_GEOID_URL = "http://step.esa.int/auxdata/dem/egm96/ww15mgh_b.zip"
_SEA_MARK = ".no-such-tile"


@dataclass(frozen=True)
class DemModel:
    """
    One of the elevation models that SNAP knows.

    Attributes
    ----------
    name : str
        SNAP's ``demName``, which is also the name of its folder.
    url : str
        Address of a tile, with ``{tile}`` for its name.
    tile_name : callable
        Gives a tile's name, without its ending, of its south-west corner in whole degrees.
    ending : str
        Of SNAP's file.
    highest_latitude : int
        Beyond it there are no tiles, degrees.
    first_snap : int
        SNAP's first version that knows it.
    """

    name: str
    url: str
    tile_name: Callable[[int, int], str]
    ending: str
    highest_latitude: int
    first_snap: int


def _copernicus(resolution: int) -> Callable[[int, int], str]:
    def name(south: int, west: int) -> str:
        return f"Copernicus_DSM_COG_{resolution}_{_north(south)}_00_{_east(west)}_00_DEM"

    return name


def _srtm(south: int, west: int) -> str:
    return f"{_north(south)}{_east(west)}.SRTMGL1.hgt"


def _north(south: int) -> str:
    return f"{'S' if south < 0 else 'N'}{abs(south):02d}"


def _east(west: int) -> str:
    return f"{'W' if west < 0 else 'E'}{abs(west):03d}"


MODELS: dict[str, DemModel] = {
    model.name: model
    for model in (
        DemModel(
            "Copernicus 30m Global DEM",
            "https://copernicus-dem-30m.s3.eu-central-1.amazonaws.com/{tile}/{tile}.tif",
            _copernicus(10),
            ".tif",
            90,
            8,
        ),
        DemModel(
            "Copernicus 90m Global DEM",
            "https://copernicus-dem-90m.s3.eu-central-1.amazonaws.com/{tile}/{tile}.tif",
            _copernicus(30),
            ".tif",
            90,
            8,
        ),
        DemModel("SRTM 1Sec HGT", "http://step.esa.int/auxdata/dem/SRTMGL1/{tile}.zip", _srtm, ".zip", 60, 7),
    )
}
"""Those that can be fetched ahead, by SNAP's names."""


@dataclass(frozen=True)
class DemTiles:
    """
    The tiles of an area.

    Attributes
    ----------
    model : str
        SNAP's name.
    folder : Path
        Where SNAP looks.
    tiles : tuple of Path
        Those that are there.
    sea : tuple of str
        Names of tiles that do not exist, since there is nothing but sea.
    n_fetched : int
        How many of them came now.
    """

    model: str
    folder: Path
    tiles: tuple[Path, ...]
    sea: tuple[str, ...]
    n_fetched: int


def dem_model(name: str) -> DemModel:
    """
    Return a model by SNAP's name.

    Raises
    ------
    InputError
        If it cannot be fetched ahead.
    """
    if name not in MODELS:
        raise InputError(
            f"the elevation model {name!r} cannot be fetched ahead",
            why=f"these can: {', '.join(MODELS)}",
            remedy="one of them, or a GeoTIFF of your own",
        )
    return MODELS[name]


def wanted_tiles(area: BaseGeometry, model: DemModel, auxdata: Path, *, margin: float = MARGIN_DEGREES) -> list[Wanted]:
    """
    Return the tiles that an area with its margin touches, there or not.

    Parameters
    ----------
    area : shapely geometry
        Longitude and latitude, such as the bursts to use.
    model : DemModel
        From `dem_model`.
    auxdata : Path
        SNAP's folder of auxiliary data.
    margin : float, optional
        Degrees.

    Raises
    ------
    InputError
        If the area lies beyond the model.
    """
    west, south, east, north = area.bounds
    if max(-south, north) > model.highest_latitude:
        raise InputError(
            f"{model.name} ends at {model.highest_latitude} degrees of latitude",
            why=f"the area reaches from {south:.2f} to {north:.2f}",
            remedy="Copernicus 30m Global DEM",
        )
    folder = auxdata / "dem" / model.name
    grown = [shapely.box(*part.bounds).buffer(margin, join_style="mitre") for part in shapely.get_parts(area)]
    names = []
    for latitude in range(math.floor(south - margin), math.ceil(north + margin)):
        for longitude in range(math.floor(west - margin), math.ceil(east + margin)):
            tile = shapely.box(longitude, latitude, longitude + 1, latitude + 1)
            if -90 <= latitude < 90 and any(tile.intersects(part) for part in grown):
                names.append(model.tile_name(latitude, (longitude + 180) % 360 - 180))
    return [Wanted(model.url.format(tile=name), folder / f"{name}{model.ending}") for name in names]


def fetch_dem(wanted: Sequence[Wanted], model: DemModel, client: Client) -> DemTiles:
    """
    Fetch the tiles that are missing, each of them looked into.

    Parameters
    ----------
    wanted : sequence of Wanted
        From `wanted_tiles`.
    model : DemModel
        Theirs.
    client : Client
        Who asks; no login is needed.

    Returns
    -------
    DemTiles

    Raises
    ------
    InputError, ToolError, DataError
        As `fetch_file`; `DataError` also where there is no tile at all.
    """
    tiles, sea, n_fetched = [], [], 0
    for tile in wanted:
        mark = tile.target.with_name(tile.target.name + _SEA_MARK)
        if tile.target.is_file():
            tiles.append(tile.target)
        elif mark.exists():
            sea.append(tile.target.name)
        else:
            tile.target.parent.mkdir(parents=True, exist_ok=True)
            if _is_absent(tile, client):
                mark.touch()
                sea.append(tile.target.name)
            else:
                tiles.append(fetch_file(tile, client, check=_check_tile))
                n_fetched += 1
    folder = wanted[0].target.parent if wanted else Path()
    if not tiles:
        raise DataError(
            f"{model.name} has no tile of the area", where=folder, why=f"none of {len(sea)}: sea, or not published"
        )
    return DemTiles(model.name, folder, tuple(tiles), tuple(sea), n_fetched)


def _is_absent(tile: Wanted, client: Client) -> bool:
    """Ask for the first bytes of a tile; the sea has none, which is no failure."""
    try:
        with client.get(tile.url, {"Range": "bytes=0-0"}):
            return False
    except RefusedError as error:
        return error.answer.status == 404
    except OSError:
        return False  # the fetching itself tries longer, and says what is wrong


def _check_tile(path: Path) -> None:
    """Open a tile; the ending of an unfinished file does not say what it is."""
    name = path.name.lower()
    try:
        if ".zip" in name:
            with zipfile.ZipFile(path) as archive:
                sound = archive.testzip() is None and bool(archive.namelist())
        else:
            with rasterio.open(path) as raster:
                sound = raster.count == 1 and raster.crs is not None and raster.width > 1 and raster.height > 1
    except (RasterioError, *ZIP_ERRORS) as error:
        raise DataError("an elevation tile is damaged", where=path, why=str(error), remedy="fetch it again") from error
    if not sound:
        raise DataError("an elevation tile is damaged", where=path, remedy="fetch it again")


def fetch_geoid(auxdata: Path, client: Client, *, url: str = _GEOID_URL) -> Path:
    """
    Fetch the grid of the EGM96 geoid that SNAP adds to its models.

    Parameters
    ----------
    auxdata : Path
        SNAP's folder of auxiliary data.
    client : Client
        Who asks.
    url : str, optional
        Where from.

    Returns
    -------
    Path
        ``ww15mgh_b.zip`` where SNAP looks for it.

    Raises
    ------
    ToolError, DataError
        As `fetch_file`.
    """
    folder = auxdata / "dem" / _GEOID_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return fetch_file(Wanted(url, folder / _GEOID_ZIP), client, check=_check_geoid)


def _check_geoid(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            sound = _GEOID_GRID in archive.namelist() and archive.testzip() is None
    except ZIP_ERRORS:
        sound = False
    if not sound:
        raise DataError("the geoid's file is damaged", where=path, remedy="fetch it again")
