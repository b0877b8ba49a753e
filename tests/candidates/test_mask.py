"""The mask: polygons and rasters in any CRS hide the same pixels as asking for every pixel by itself."""

import warnings
from functools import partial
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from small_export import LAT_STEP, LENGTH, LON_STEP, WIDTH

from snapstamps.candidates.blocks import LineBlock, make_plan
from snapstamps.candidates.mask import make_mask, masked_lines
from snapstamps.candidates.run import prepare_candidates
from snapstamps.config.options import CandidatesOptions
from snapstamps.engines.base import serial_mapper
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Stack

LAKE = (
    shapely.Point(105 + 20 * LON_STEP, 21 + 20 * LAT_STEP)
    .buffer(9 * LON_STEP)
    .difference(shapely.Point(105 + 22 * LON_STEP, 21 + 20 * LAT_STEP).buffer(3 * LON_STEP))
)
UTM = "EPSG:32648"


def positions(stack: Stack) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = (np.fromfile(path, ">f4").reshape(LENGTH, WIDTH).astype(float) for path in (stack.lon, stack.lat))
    return lon, lat


def mask_of(stack: Stack, source: Path, tmp_path: Path, lines: int = 7) -> np.ndarray:
    plan = make_plan(WIDTH, LENGTH, memory=2**26, workers=1, block_lines=lines)
    share = make_mask(stack, plan, source, tmp_path / "mask", mapper=serial_mapper)
    mask = np.fromfile(tmp_path / "mask", np.uint8).reshape(LENGTH, WIDTH)
    assert share == mask.mean()
    return mask


@pytest.mark.parametrize("crs", ["EPSG:4326", UTM])
def test_pixels_inside_polygons_are_hidden_whatever_the_crs(stack: Stack, tmp_path: Path, crs: str) -> None:
    geopandas.GeoSeries([LAKE], crs="EPSG:4326").to_crs(crs).to_file(tmp_path / "lake.gpkg")
    lon, lat = positions(stack)
    expected = shapely.contains_xy(LAKE, lon, lat)
    assert 20 < expected.sum() < 0.5 * expected.size
    mask = mask_of(stack, tmp_path / "lake.gpkg", tmp_path)
    # Only pixels within a millimetre of the shore may differ after the way to UTM and back.
    near_shore = shapely.distance(LAKE.boundary, shapely.points(lon, lat)) < 1e-8
    assert np.array_equal(mask.astype(bool) | near_shore, expected | near_shore)


@pytest.mark.parametrize("lines", [1, LENGTH])
def test_the_blocks_do_not_change_the_mask(stack: Stack, tmp_path: Path, lines: int) -> None:
    geopandas.GeoSeries([LAKE], crs="EPSG:4326").to_file(tmp_path / "lake.geojson")
    source = tmp_path / "lake.geojson"
    assert np.array_equal(mask_of(stack, source, tmp_path, lines), mask_of(stack, source, tmp_path))


def test_a_polygon_around_some_lines_hides_them_whole(stack: Stack, tmp_path: Path) -> None:
    box = shapely.box(104, 20, 106, 21 + 9.5 * LAT_STEP)
    geopandas.GeoSeries([box], crs="EPSG:4326").to_file(tmp_path / "box.gpkg")
    mask = mask_of(stack, tmp_path / "box.gpkg", tmp_path)
    assert mask[:10].all()
    assert not mask[10:].any()


def write_raster(path: Path, values: np.ndarray, *, crs: str | None, nodata: float | None = None) -> None:
    corner = (105 - 0.5 * LON_STEP, 21 + (LENGTH - 0.5) * LAT_STEP)
    profile = {
        "driver": "GTiff",
        "height": LENGTH,
        "width": WIDTH,
        "count": 1,
        "dtype": values.dtype,
        "nodata": nodata,
        "crs": crs,
        "transform": Affine(LON_STEP, 0, corner[0], 0, -LAT_STEP, corner[1]) if crs else None,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path, "w", **profile) as raster:
            raster.write(values[::-1], 1)


def test_pixels_are_hidden_where_the_raster_is_not_zero(stack: Stack, tmp_path: Path) -> None:
    values = (np.random.default_rng(0).random((LENGTH, WIDTH)) < 0.3).astype(np.uint8) * 7
    values[5, :10] = 255
    write_raster(tmp_path / "water.tif", values, crs="EPSG:4326", nodata=255)
    expected = (values != 0) & (values != 255)
    assert np.array_equal(mask_of(stack, tmp_path / "water.tif", tmp_path).astype(bool), expected)


def test_a_raster_that_is_nan_or_elsewhere_hides_nothing(stack: Stack, tmp_path: Path) -> None:
    values = np.full((LENGTH, WIDTH), np.nan, np.float32)
    values[0, 0] = 1
    write_raster(tmp_path / "water.tif", values, crs="EPSG:4326")
    assert np.argwhere(mask_of(stack, tmp_path / "water.tif", tmp_path)).tolist() == [[0, 0]]
    lon = np.fromfile(stack.lon, ">f4") + 3
    lon.astype(">f4").tofile(stack.lon)
    assert not mask_of(stack, tmp_path / "water.tif", tmp_path).any()


def test_pixels_without_a_position_are_not_hidden(stack: Stack, tmp_path: Path) -> None:
    lon = np.fromfile(stack.lon, ">f4")
    lon[: 3 * WIDTH + 5] = np.nan
    lon.tofile(stack.lon)
    geopandas.GeoSeries([shapely.box(104, 20, 106, 21 + 5.5 * LAT_STEP)], crs="EPSG:4326").to_file(tmp_path / "b.gpkg")
    mask = mask_of(stack, tmp_path / "b.gpkg", tmp_path)
    assert np.array_equal(
        mask.reshape(-1), (np.arange(mask.size) >= 3 * WIDTH + 5) & (np.arange(mask.size) < 6 * WIDTH)
    )


def test_masked_pixels_are_no_candidates_and_do_not_count_in_the_calibration(stack: Stack, tmp_path: Path) -> None:
    geopandas.GeoSeries([LAKE], crs="EPSG:4326").to_file(tmp_path / "lake.gpkg")
    options = CandidatesOptions(amplitude_dispersion=0.6)
    run = partial(prepare_candidates, stack, parms={}, workers=1)
    free = run(tmp_path / "free", options=options)
    masked = run(tmp_path / "masked", options=options.model_copy(update={"mask": tmp_path / "lake.gpkg"}))
    hidden = masked_lines(tmp_path / "masked" / "candidates_mask.char", WIDTH, LineBlock(0, LENGTH)).astype(bool)
    ij = np.loadtxt(tmp_path / "masked" / "PATCH_1" / "pscands.1.ij", dtype=int)
    assert not hidden[ij[:, 1], ij[:, 2]].any()
    assert 0 < masked.n_cand < free.n_cand
    assert masked.calibration.n_valid[0] == free.calibration.n_valid[0] - hidden.sum()
    assert any("lake.gpkg leaves out" in note for note in masked.notes)
    run(tmp_path / "masked", options=options)
    assert not (tmp_path / "masked" / "candidates_mask.char").exists()


def test_a_mask_over_everything_says_so(stack: Stack, tmp_path: Path) -> None:
    geopandas.GeoSeries([shapely.box(104, 20, 106, 22)], crs="EPSG:4326").to_file(tmp_path / "all.gpkg")
    with pytest.raises(DataError, match="the mask leaves out the whole scene"):
        mask_of(stack, tmp_path / "all.gpkg", tmp_path)
    assert not (tmp_path / "mask").exists()


def test_bad_masks_are_refused_by_name(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("no raster")
    geopandas.GeoSeries([LAKE], crs="EPSG:4326").to_file(tmp_path / "nowhere.shp")
    (tmp_path / "nowhere.prj").unlink()
    write_raster(tmp_path / "local.tif", np.ones((LENGTH, WIDTH), np.uint8), crs=None)
    geopandas.GeoSeries([shapely.Point(105, 21)], crs="EPSG:4326").to_file(tmp_path / "points.gpkg")
    for name, message in {
        "absent.tif": "the mask is missing",
        "text.tif": "neither a raster nor polygons",
        "local.tif": "no coordinate reference system",
        "nowhere.shp": "no coordinate reference system",
        "points.gpkg": "holds no polygon",
    }.items():
        with pytest.raises(InputError, match=message) as caught:
            mask_of(stack, tmp_path / name, tmp_path)
        assert name in str(caught.value)
