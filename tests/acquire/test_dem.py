"""Elevation tiles stand where SNAP looks; sea has none; damaged ones are not kept."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from snapstamps.acquire.dem import dem_model, fetch_dem, fetch_geoid, wanted_tiles
from snapstamps.acquire.http import Client
from snapstamps.model.errors import DataError, InputError

COPERNICUS = dem_model("Copernicus 30m Global DEM")
AREA = shapely.box(105.6, 21.3, 105.95, 21.85)


def tile_bytes(folder, west, south):
    path = folder / "tile.tif"
    profile = {"driver": "GTiff", "width": 12, "height": 12, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", **profile, transform=Affine(1 / 12, 0, west, 0, -1 / 12, south + 1)) as raster:
        raster.write(np.full((1, 12, 12), 77, np.float32))
    return path.read_bytes()


def served(archive):
    return replace(COPERNICUS, url=archive.url("/dem/{tile}/{tile}.tif"))


def test_the_tiles_are_those_that_the_area_with_its_margin_touches(tmp_path):
    names = [tile.target.name for tile in wanted_tiles(AREA, COPERNICUS, tmp_path)]
    assert names == [
        "Copernicus_DSM_COG_10_N21_00_E105_00_DEM.tif",
        "Copernicus_DSM_COG_10_N21_00_E106_00_DEM.tif",
    ]
    assert len(wanted_tiles(AREA, COPERNICUS, tmp_path, margin=0.0)) == 1
    assert len(wanted_tiles(AREA, COPERNICUS, tmp_path, margin=0.2)) == 4


def test_snap_finds_them_in_a_folder_named_after_the_model(tmp_path):
    tile = wanted_tiles(AREA, COPERNICUS, tmp_path)[0]
    assert tile.target.parent == tmp_path / "dem" / "Copernicus 30m Global DEM"
    assert tile.url.startswith("https://copernicus-dem-30m.s3.eu-central-1.amazonaws.com/Copernicus_DSM_COG_10_N21")


def test_south_and_west_have_their_own_names(tmp_path):
    area = shapely.box(-70.5, -33.5, -70.4, -33.4)
    assert wanted_tiles(area, COPERNICUS, tmp_path)[0].target.name == "Copernicus_DSM_COG_10_S34_00_W071_00_DEM.tif"
    srtm = dem_model("SRTM 1Sec HGT")
    assert wanted_tiles(area, srtm, tmp_path)[0].target.name == "S34W071.SRTMGL1.hgt.zip"
    coarse = dem_model("Copernicus 90m Global DEM")
    assert wanted_tiles(area, coarse, tmp_path)[0].target.name == "Copernicus_DSM_COG_30_S34_00_W071_00_DEM.tif"


def test_an_area_across_the_date_line_takes_tiles_of_both_sides_only(tmp_path):
    two = shapely.union_all([shapely.box(179.5, 10.2, 180, 10.8), shapely.box(-180, 10.2, -179.5, 10.8)])
    names = {tile.target.name for tile in wanted_tiles(two, COPERNICUS, tmp_path, margin=0.0)}
    assert names == {"Copernicus_DSM_COG_10_N10_00_E179_00_DEM.tif", "Copernicus_DSM_COG_10_N10_00_W180_00_DEM.tif"}


def test_srtm_ends_at_sixty_degrees(tmp_path):
    with pytest.raises(InputError, match="ends at 60"):
        wanted_tiles(shapely.box(10, 60.5, 11, 61), dem_model("SRTM 1Sec HGT"), tmp_path)


def test_an_unknown_model_is_told_with_those_that_are_known():
    with pytest.raises(InputError) as caught:
        dem_model("TanDEM")
    assert "SRTM 1Sec HGT" in caught.value.why


def test_tiles_are_fetched_once_and_the_sea_is_remembered(archive, tmp_path):
    model = served(archive)
    land = "Copernicus_DSM_COG_10_N21_00_E105_00_DEM"
    archive.files[f"/dem/{land}/{land}.tif"] = tile_bytes(tmp_path, 105, 21)
    wanted = wanted_tiles(AREA, model, tmp_path / "aux")
    tiles = fetch_dem(wanted, model, Client())
    assert [path.name for path in tiles.tiles] == [f"{land}.tif"]
    assert tiles.sea == ("Copernicus_DSM_COG_10_N21_00_E106_00_DEM.tif",)
    assert tiles.n_fetched == 1
    archive.requests.clear()
    assert fetch_dem(wanted, model, Client()).n_fetched == 0
    assert archive.requests == []


def test_a_damaged_tile_gets_no_name(archive, tmp_path):
    model = served(archive)
    wanted = wanted_tiles(AREA, model, tmp_path / "aux", margin=0.0)
    archive.files[wanted[0].url.removeprefix(archive.address)] = b"II*\0 not really a tile"
    with pytest.raises(DataError, match="tile is damaged"):
        fetch_dem(wanted, model, Client())
    assert not wanted[0].target.exists()


def test_an_area_without_any_tile_is_told(archive, tmp_path):
    model = served(archive)
    with pytest.raises(DataError, match="no tile of the area"):
        fetch_dem(wanted_tiles(AREA, model, tmp_path, margin=0.0), model, Client())


def test_the_geoid_stands_where_snap_looks(archive, tmp_path):
    made = tmp_path / "made.zip"
    with zipfile.ZipFile(made, "w") as grid:
        grid.writestr("ww15mgh_b.grd", "-90 90 0 360 0.25 0.25")
    archive.files["/egm96/ww15mgh_b.zip"] = made.read_bytes()
    path = fetch_geoid(tmp_path / "aux", Client(), url=archive.url("/egm96/ww15mgh_b.zip"))
    assert path == tmp_path / "aux" / "dem" / "egm96" / "ww15mgh_b.zip"


def test_a_geoid_without_its_grid_is_refused(archive, tmp_path):
    archive.files["/egm96/ww15mgh_b.zip"] = b"PK nothing"
    with pytest.raises(DataError, match="geoid"):
        fetch_geoid(tmp_path / "aux", Client(), url=archive.url("/egm96/ww15mgh_b.zip"))
