"""The area of interest comes from whatever a user has, or the message says what is wrong with it."""

import geopandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.model.errors import InputError
from snapstamps.snap.aoi import read_aoi

BOX = shapely.box(105.5, 21.4, 106.0, 21.8)
OTHER = shapely.box(107.0, 21.0, 107.2, 21.2)


def table(*shapes, crs="EPSG:4326"):
    return geopandas.GeoDataFrame(
        {"name": [str(k) for k in range(len(shapes))]}, geometry=list(shapes), crs="EPSG:4326"
    ).to_crs(crs)


def nearly(one, other, share=1e-6):
    return one.symmetric_difference(other).area < share * other.area


@pytest.mark.parametrize(
    ("name", "driver", "crs"),
    [
        ("area.geojson", "GeoJSON", "EPSG:4326"),
        ("area.gpkg", "GPKG", "EPSG:32648"),
        ("area.gpkg", "GPKG", "EPSG:3857"),
        ("area.shp", "ESRI Shapefile", "EPSG:32648"),
        ("area.kml", "KML", "EPSG:4326"),
    ],
)
def test_any_vector_file_in_any_crs_gives_the_same_area(tmp_path, name, driver, crs):
    table(BOX, OTHER, crs=crs).to_file(tmp_path / name, driver=driver)
    aoi = read_aoi(name, folder=tmp_path)
    assert nearly(aoi.geometry, shapely.union_all([BOX, OTHER]), 1e-3)
    assert aoi.n_features == 2
    assert aoi.geometry.is_valid


@pytest.mark.parametrize(
    "source",
    [
        [105.5, 21.4, 106.0, 21.8],
        (105.5, 21.4, 106, 21.8),
        "105.5, 21.4, 106.0, 21.8",
        "[105.5 21.4 106.0 21.8]",
        BOX.wkt,
        f"SRID=4326;{BOX.wkt}",
        f"  {BOX.wkt.lower()}",
    ],
)
def test_boxes_and_wkt_are_understood(source):
    assert nearly(read_aoi(source).geometry, BOX)


def test_ewkt_brings_its_own_crs():
    metric = geopandas.GeoSeries([BOX], crs="EPSG:4326").to_crs("EPSG:32648")[0]
    assert nearly(read_aoi(f"SRID=32648;{metric.wkt}").geometry, BOX, 1e-4)


@given(st.floats(-179, 178), st.floats(-89, 88), st.floats(0.001, 1), st.floats(0.001, 1))
def test_what_is_written_as_wkt_is_the_area_itself(west, south, width, height):
    box = shapely.box(west, south, west + width, south + height)
    aoi = read_aoi([west, south, west + width, south + height])
    assert nearly(shapely.from_wkt(aoi.wkt), box, 1e-3)
    assert aoi.bounds == pytest.approx(box.bounds)


def test_a_box_across_the_date_line_is_two():
    aoi = read_aoi([179.5, -10, -179.5, -9])
    assert shapely.get_num_geometries(aoi.geometry) == 2
    assert aoi.geometry.area == pytest.approx(1.0)


def test_the_size_is_that_on_the_ellipsoid():
    assert read_aoi([105.5, 21.4, 106.0, 21.8]).square_kilometres == pytest.approx(2294, rel=2e-3)
    holed = shapely.box(0, 0, 1, 1).difference(shapely.box(0.2, 0.2, 0.8, 0.8))
    whole = read_aoi([0, 0, 1, 1]).square_kilometres
    assert read_aoi(holed.wkt).square_kilometres == pytest.approx(whole * 0.64, rel=1e-3)


def test_a_margin_is_as_wide_in_the_north_as_in_the_east():
    aoi = read_aoi([10, 60, 11, 60.5])
    west, south, _, _ = aoi.grown(0.1).bounds
    assert south == pytest.approx(59.9, abs=1e-6)
    assert 10 - west == pytest.approx(0.2, rel=0.02), "a degree of longitude is half as long there"
    assert aoi.grown(0) is aoi.geometry


def test_a_crossed_outline_is_mended_and_heights_are_dropped():
    crossed = "POLYGON Z ((0 0 5, 1 1 5, 1 0 5, 0 1 5, 0 0 5))"
    aoi = read_aoi(crossed)
    assert aoi.geometry.is_valid
    assert not aoi.geometry.has_z
    assert aoi.geometry.area == pytest.approx(0.5)


def test_points_beside_polygons_do_not_count(tmp_path):
    table(BOX, shapely.Point(0, 0)).to_file(tmp_path / "a.geojson", driver="GeoJSON")
    assert nearly(read_aoi(tmp_path / "a.geojson").geometry, BOX)


def test_one_of_several_layers_must_be_named(tmp_path):
    path = tmp_path / "a.gpkg"
    table(BOX).to_file(path, layer="mine", driver="GPKG")
    table(OTHER).to_file(path, layer="other", driver="GPKG")
    with pytest.raises(InputError, match="2 layers") as caught:
        read_aoi(path)
    assert "mine, other" in caught.value.why
    assert nearly(read_aoi("a.gpkg|layername=other", folder=tmp_path).geometry, OTHER)
    with pytest.raises(InputError, match="no layer none"):
        read_aoi(f"{path}|layername=none")


def test_folders_of_a_kml_drawing_are_one_area(tmp_path):
    def placemark(shape):
        corners = " ".join(f"{x},{y},0" for x, y in shape.exterior.coords)
        ring = f"<outerBoundaryIs><LinearRing><coordinates>{corners}</coordinates></LinearRing></outerBoundaryIs>"
        return f"<Placemark><Polygon>{ring}</Polygon></Placemark>"

    folders = "".join(f"<Folder><name>f{k}</name>{placemark(shape)}</Folder>" for k, shape in enumerate((BOX, OTHER)))
    (tmp_path / "a.kml").write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>')
    assert read_aoi(tmp_path / "a.kml").n_features == 2


@pytest.mark.parametrize(
    ("source", "phrase"),
    [
        ("", "is empty"),
        ("none.geojson", "is missing"),
        ([1, 2, 3], "four numbers"),
        ("1, 2, 3", "four numbers"),
        ([float("nan"), 0, 1, 1], "four numbers"),
        ([21.4, 105.5, 21.8, 106.0], "west, south, east, north"),
        ([0, 1, 1, 0], "west, south, east, north"),
        ([5, 0, 5, 1], "west, south, east, north"),
        ("POLYGON ((0 0, 1 1", "cannot be read"),
        ("POINT (1 2)", "no polygon"),
        ("LINESTRING (0 0, 1 1)", "no polygon"),
        ("POLYGON EMPTY", "no polygon"),
        ("POLYGON ((0 0, 200 0, 200 1, 0 0))", "not longitudes"),
        ("SRID=999999;POLYGON ((0 0, 1 0, 1 1, 0 0))", "cannot be read"),
    ],
)
def test_what_is_no_area_is_told_with_what_to_give(source, phrase):
    with pytest.raises(InputError, match=phrase):
        read_aoi(source)


def test_a_file_without_a_crs_is_refused(tmp_path):
    table(BOX).to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError, match="no coordinate reference system"):
        read_aoi(tmp_path / "a.shp")


def test_half_a_shapefile_is_said_to_be_half(tmp_path):
    table(BOX).to_file(tmp_path / "a.shp")
    (tmp_path / "a.dbf").unlink()
    (tmp_path / "a.shx").unlink()
    with pytest.raises(InputError, match="not complete") as caught:
        read_aoi(tmp_path / "a.shp")
    assert caught.value.why == "it lacks a.shx and a.dbf"


@pytest.mark.parametrize("content", [b"", b"hello", b"\0\1\2", b'{"type": "FeatureCollection", "features": []}'])
def test_files_without_any_area_are_refused(tmp_path, content):
    (tmp_path / "a.geojson").write_bytes(content)
    with pytest.raises(InputError):
        read_aoi(tmp_path / "a.geojson")


@pytest.mark.parametrize(
    "source",
    [
        "POLYGON ((0 0, nan nan, 1 1, 0 1, 0 0))",
        "POLYGON ((0 0, 1 1, 0 1))",
        "POLYGON ((" + "9" * 300,
        "~nobody-of-this-name/area.geojson",
        "\x01" * 5000,
    ],
)
def test_what_makes_no_sense_is_refused_and_never_a_defect(source):
    with pytest.raises(InputError):
        read_aoi(source)


def test_an_area_on_the_moon_is_refused(tmp_path):
    moon = 'GEOGCS["Moon",DATUM["D",SPHEROID["M",1737400,0]],PRIMEM["G",0],UNIT["Degree",0.0174532925199433]]'
    table(shapely.box(105, 21, 106, 22)).to_file(tmp_path / "area.shp")
    (tmp_path / "area.prj").write_text(moon)
    with pytest.raises(InputError, match="cannot be brought to longitude and latitude"):
        read_aoi(tmp_path / "area.shp")
