"""The layers beside the points: areas, acquisitions, styles as QGIS takes them."""

import itertools
import math
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from datetime import date

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from results_folder import write_results
from unwrapped_folder import make_scene

from snapstamps.results.acquisitions import SceneFacts
from snapstamps.results.areas import Outline
from snapstamps.results.formats.gpkg import GeoPackage
from snapstamps.results.qml import FAR, HEADING_RANGE

QGIS_COLUMNS = [
    ("id", "INTEGER"),
    ("f_table_catalog", "TEXT(256)"),
    ("f_table_schema", "TEXT(256)"),
    ("f_table_name", "TEXT(256)"),
    ("f_geometry_column", "TEXT(256)"),
    ("styleName", "TEXT(30)"),
    ("styleQML", "TEXT"),
    ("styleSLD", "TEXT"),
    ("useAsDefault", "BOOLEAN"),
    ("description", "TEXT"),
    ("owner", "TEXT(30)"),
    ("ui", "TEXT(30)"),
    ("update_time", "DATETIME"),
]


@pytest.fixture
def write(tmp_path, progress):
    def to_file(results):
        return GeoPackage().write(results, tmp_path, progress=progress)[0]

    return to_file


@pytest.fixture
def path(results, write):
    return write(results)


def rows_of(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_all_layers_are_there_and_registered(path):
    contents = rows_of(path, "SELECT table_name, data_type, srs_id FROM gpkg_contents")
    assert contents == [
        ("ps", "features", 4326),
        ("aoi", "features", 4326),
        ("reference_area", "features", 4326),
        ("acquisitions", "attributes", 0),
        ("hotspots", "features", 4326),
        ("about", "attributes", 0),
        ("layer_styles", "attributes", 0),
    ]
    assert pyogrio.list_layers(path)[:, 0].tolist()[0] == "ps"
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows_of(path, "PRAGMA foreign_key_check") == []


def test_the_default_reference_is_drawn_round_all_scatterers(path, results):
    frame = geopandas.read_file(path, layer="reference_area")
    assert frame.crs.to_epsg() == 4326
    assert frame["description"].tolist() == ["mean of all 300 PS"]
    assert frame["ps"].tolist() == [300]
    assert frame["area_km2"][0] == pytest.approx(4, rel=0.1)
    assert frame.geometry[0].buffer(1e-9).covers(shapely.multipoints(results.table.lonlat))


def test_without_a_reference_its_layer_is_empty(store, results_of, write):
    path = write(results_of(store, parms={"ref_radius": -math.inf}))
    assert len(pyogrio.read_dataframe(path, layer="reference_area")) == 0


def test_the_area_of_interest_that_is_given_is_written(store, results_of, write):
    area = Outline(shapely.box(12.4, 41.8, 12.6, 42.0), "project.aoi")
    frame = geopandas.read_file(write(results_of(store, interest=area)), layer="aoi")
    assert frame.geometry[0].equals(area.geometry)
    assert frame["description"].tolist() == ["project.aoi"]


def test_an_area_in_several_parts_is_written_too(store, results_of, write):
    parts = shapely.multipolygons([shapely.box(12.4, 41.8, 12.5, 41.9), shapely.box(12.6, 41.8, 12.7, 41.9)])
    frame = geopandas.read_file(write(results_of(store, interest=Outline(parts, "two"))), layer="aoi")
    assert frame.geometry[0].equals(parts)


def test_acquisitions_tell_role_baselines_noise_and_what_a_list_of_scenes_knows(store, results_of, write):
    known = {date(2019, 1, 29): SceneFacts("S1A_IW_SLC__1SDV_20190129", "POEORB")}
    results = results_of(store, parms={"drop_ifg_index": [1]}, scenes=known)
    frame = pyogrio.read_dataframe(write(results), layer="acquisitions")
    assert frame["role"].tolist() == ["dropped", *["slave"] * 8, "master", *["slave"] * 10]
    assert frame["date"][9] == "2019-05-05"
    assert frame["temporal_baseline_days"].tolist() == list(range(-108, 121, 12))
    np.testing.assert_allclose(frame["perpendicular_baseline_m"], store.read("ps2").bperp)
    assert np.isnan(frame["ifg_noise_degrees"][9])
    assert frame["ifg_noise_degrees"].drop(9).tolist() == [30.0] * 19
    assert frame["product"].notna().tolist() == [False, True, *[False] * 18]
    assert frame["orbit_kind"][1] == "POEORB"


def test_the_table_of_styles_is_that_of_qgis(path):
    assert [row[1:3] for row in rows_of(path, "PRAGMA table_info(layer_styles)")] == QGIS_COLUMNS
    rows = rows_of(path, "SELECT * FROM layer_styles ORDER BY id")
    assert [row[3] for row in rows] == ["ps", "aoi", "reference_area", "hotspots"]
    for row in rows:
        assert row[1:3] == ("", "")
        assert row[4] == "geom"
        assert len(row[5]) <= 30
        assert row[8] == 1
        assert row[12] == "2019-09-02T00:00:00.000Z"
    assert rows[0][9] == "velocity mm/yr, + towards the satellite"


def test_the_style_of_the_points_is_graduated_symmetric_and_open_at_its_ends(path, results):
    qml = rows_of(path, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'ps'")[0][0]
    renderer = ET.fromstring(qml.partition("\n")[2]).find("renderer-v2")
    assert renderer.attrib["type"] == "graduatedSymbol"
    assert renderer.attrib["attr"] == "velocity"
    ranges = [each.attrib for each in renderer.find("ranges")]
    symbols = {each.attrib["name"]: each for each in renderer.find("symbols")}
    heading, *classes = ranges
    assert heading["label"] == "velocity mm/yr, + towards the satellite"
    assert (float(heading["lower"]), float(heading["upper"])) == HEADING_RANGE
    limits = [(float(each["lower"]), float(each["upper"])) for each in classes]
    assert all(low[1] == high[0] for low, high in itertools.pairwise(limits))
    assert limits == [(-upper, -lower) for lower, upper in reversed(limits)]
    assert limits[0][0] == -FAR
    assert {each["symbol"] for each in ranges} == set(symbols)
    shown = [sum(low <= value <= high for low, high in limits) for value in results.table["velocity"]]
    assert min(shown) >= 1
    colours = [colour_of(symbols[each["symbol"]]) for each in classes]
    assert colours[0][0] > colours[0][2]  # red: away from the satellite
    assert colours[-1][2] > colours[-1][0]  # blue: towards it


def colour_of(symbol):
    value = next(each.attrib["value"] for each in symbol.iter("Option") if each.attrib.get("name") == "color")
    return [int(number) for number in value.split(",")]


def test_styles_are_whole_xml_in_the_options_of_new_and_of_old_versions(path):
    for (qml,) in rows_of(path, "SELECT styleQML FROM layer_styles"):
        for layer in ET.fromstring(qml.partition("\n")[2]).iter("layer"):
            new = {each.attrib["name"]: each.attrib["value"] for each in layer.find("Option")}
            old = {each.attrib["k"]: each.attrib["v"] for each in layer.findall("prop")}
            assert new == old


def test_insar_explorer_finds_velocity_and_dates(path, results):
    fields = pyogrio.read_info(path, layer="ps")["fields"].tolist()
    assert "velocity" in fields
    assert len([name for name in fields if name.startswith("D2019")]) == len(results.table.dates)


def test_a_single_reference_scatterer_still_has_an_area(tmp_path, results_of, progress):
    scene = make_scene()
    store = write_results(tmp_path / "stamps", scene)
    lon, lat = store.read("ps2").lonlat[7]
    box = {"ref_lon": [lon - 1e-6, lon + 1e-6], "ref_lat": [lat - 1e-6, lat + 1e-6]}
    frame = geopandas.read_file(
        GeoPackage().write(results_of(store, parms=box), tmp_path, progress=progress)[0], layer="reference_area"
    )
    assert frame["ps"].tolist() == [1]
    assert frame.geometry[0].area > 0
