"""An elevation model of the user's own is refused for what SNAP would not tell."""

import numpy as np
import pytest
import rasterio
import shapely
from pyproj import CRS
from rasterio.transform import Affine

from snapstamps.acquire.external_dem import check_external_dem
from snapstamps.model.errors import DataError, InputError

AREA = shapely.box(105.5, 21.4, 105.7, 21.6)
BOUNDS = (105.3, 21.2, 105.9, 21.8)


@pytest.fixture
def dem(tmp_path):
    """Write a model of 0.001 degrees and return its path."""

    def write(
        heights=None, *, crs="EPSG:4979", bounds=BOUNDS, no_data=-9999.0, count=1, driver="GTiff", transform=None
    ):
        heights = np.full((600, 600), 120.0, np.float32) if heights is None else heights
        path = tmp_path / "dem.tif"
        west, south, east, north = bounds
        step = (east - west) / heights.shape[1], (north - south) / heights.shape[0]
        where = transform or Affine(step[0], 0, west, 0, -step[1], north)
        profile = {"driver": driver, "width": heights.shape[1], "height": heights.shape[0], "count": count}
        with rasterio.open(path, "w", **profile, dtype="float32", crs=crs, transform=where, nodata=no_data) as raster:
            for band in range(count):
                raster.write(heights, band + 1)
        return path

    return write


def test_a_sound_model_is_described(dem):
    heights = np.full((600, 600), 120.0, np.float32)
    heights[300, 300], heights[301, 301] = -3.0, 1400.0
    found = check_external_dem(dem(heights), AREA)
    assert (found.lowest, found.highest, found.void_share) == (-3.0, 1400.0, 0.0)
    assert (found.datum, found.no_data) == ("ellipsoid", -9999.0)
    assert found.spacing == pytest.approx(0.001)
    assert found.warnings == ("its cells are 3.6 seconds wide: coarse",)


def test_the_margin_must_be_covered_too(dem):
    path = dem(bounds=(105.45, 21.2, 105.9, 21.8))
    with pytest.raises(DataError, match="does not cover the area") as caught:
        check_external_dem(path, AREA)
    assert "0.050 degrees in the west" in caught.value.why
    check_external_dem(path, AREA, margin=0.04)


def test_voids_inside_the_area_are_counted_and_those_outside_are_not(dem):
    heights = np.full((600, 600), 120.0, np.float32)
    heights[:50] = -9999
    check_external_dem(dem(heights), AREA)
    heights[300] = np.nan
    path = dem(heights)
    with pytest.raises(DataError, match="is void in the area"):
        check_external_dem(path, AREA)
    assert 0 < check_external_dem(path, AREA, most_void=0.01).void_share < 0.01


def test_a_no_data_value_that_is_not_declared_is_found_out(dem):
    heights = np.full((600, 600), 120.0, np.float32)
    heights[300, 300] = -32768
    with pytest.raises(DataError, match="no land has"):
        check_external_dem(dem(heights, no_data=None), AREA)


def test_heights_above_the_geoid_are_refused(dem):
    with pytest.raises(InputError, match="above the geoid"):
        check_external_dem(dem(crs=CRS("EPSG:4326+5773")), AREA)


def test_what_is_not_known_of_the_heights_must_be_declared(dem):
    path = dem(crs="EPSG:4326")
    with pytest.raises(InputError, match="nothing says"):
        check_external_dem(path, AREA)
    with pytest.raises(InputError, match="above the geoid"):
        check_external_dem(path, AREA, declared="geoid")
    found = check_external_dem(path, AREA, declared="ellipsoid")
    assert found.datum == "ellipsoid"
    assert any("your word" in warning for warning in found.warnings)


def test_a_declaration_does_not_outdo_what_the_file_says(dem):
    with pytest.raises(InputError, match="above the geoid"):
        check_external_dem(dem(crs=CRS("EPSG:4326+3855")), AREA, declared="ellipsoid")


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        ({"crs": "EPSG:32648"}, "not in longitude and latitude"),
        ({"crs": None}, "no coordinate reference system"),
        ({"count": 2}, "2 bands"),
        ({"transform": Affine(0.001, 0.0001, 105.3, 0, -0.001, 21.8)}, "north up"),
        ({"transform": Affine(0.001, 0, 105.3, 0, 0.001, 21.2)}, "north up"),
    ],
)
def test_another_form_is_refused(dem, options, phrase):
    with pytest.raises(InputError, match=phrase):
        check_external_dem(dem(**options), AREA)


def test_another_format_is_refused(dem, tmp_path):
    ascii_grid = tmp_path / "dem.asc"
    ascii_grid.write_text("ncols 2\nnrows 2\nxllcorner 105\nyllcorner 21\ncellsize 1\n1 2\n3 4\n")
    ascii_grid.with_suffix(".prj").write_text(CRS("EPSG:4326").to_wkt("WKT1_ESRI"))
    with pytest.raises(InputError, match="not GeoTIFF"):
        check_external_dem(ascii_grid, AREA)


def test_a_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "dem.tif").write_text("no raster")
    for name in ("dem.tif", "none.tif"):
        with pytest.raises(InputError, match="cannot be read"):
            check_external_dem(tmp_path / name, AREA)
