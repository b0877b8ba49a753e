"""GeoParquet, FlatGeobuf, KMZ and the raster, each read back by what it is made for."""

import json
import struct
import xml.etree.ElementTree as ET
import zipfile
import zlib
from pathlib import PurePosixPath

import geopandas
import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
from pyarrow import parquet

from snapstamps.model.errors import InputError
from snapstamps.results.formats import kmz, raster
from snapstamps.results.formats.flatgeobuf import FlatGeobuf
from snapstamps.results.formats.geoparquet import GeoParquet
from snapstamps.results.formats.kmz import Kmz
from snapstamps.results.formats.raster import Raster
from snapstamps.results.velocity_classes import velocity_classes

KML = {"k": "http://www.opengis.net/kml/2.2"}


def same_as_table(frame, table):
    for column in table.columns:
        np.testing.assert_array_equal(frame[column.name], column.values)
    np.testing.assert_array_equal(frame[list(table.date_names)], table.displacement(slice(None)))
    np.testing.assert_array_equal(frame.get_coordinates(), table.lonlat)


def test_geopandas_reads_the_parquet_whole(results, tmp_path, progress):
    path = GeoParquet().write(results, tmp_path, progress=progress)[0]
    frame = geopandas.read_parquet(path)
    same_as_table(frame, results.table)
    assert frame.crs.equals(pyproj.CRS("OGC:CRS84"))
    assert frame["D20190505"].dtype == np.float32


def test_the_parquet_names_version_encoding_and_extent_and_each_column_its_unit(results, tmp_path, progress):
    schema = parquet.read_schema(GeoParquet().write(results, tmp_path, progress=progress)[0])
    geo = json.loads(schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["Point"]
    lonlat = results.table.lonlat
    assert column["bbox"] == [*lonlat.min(axis=0), *lonlat.max(axis=0)]
    assert schema.field("velocity").metadata[b"unit"] == b"mm/yr"
    assert b"towards the satellite" in schema.field("D20190505").metadata[b"meaning"]


def test_gdal_reads_the_flatgeobuf_whole_and_by_boxes(results, tmp_path, progress):
    path = FlatGeobuf().write(results, tmp_path, progress=progress)[0]
    table = results.table
    frame = geopandas.read_file(path).sort_values("id", ignore_index=True)
    same_as_table(frame, table)
    assert frame.crs.to_epsg() == 4326
    middle = table.lonlat.mean(axis=0)
    box = (*table.lonlat.min(axis=0), *middle)
    inside = ((table.lonlat >= box[:2]) & (table.lonlat <= box[2:])).all(axis=1)
    assert len(geopandas.read_file(path, bbox=box)) == inside.sum()
    about = pyogrio.read_info(path)["layer_metadata"]
    assert about["column velocity"].startswith("mm/yr; ")


@pytest.fixture
def kml(results, tmp_path, progress):
    path = Kmz().write(results, tmp_path, progress=progress)[0]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return ET.fromstring(archive.read("doc.kml"))


def test_the_kmz_is_a_safe_archive_whose_first_file_is_the_document(results, tmp_path, progress):
    path = Kmz().write(results, tmp_path, progress=progress)[0]
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert names[0] == "doc.kml"
        assert not any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in names)
        hrefs = [each.text for each in ET.fromstring(archive.read("doc.kml")).iter(f"{{{KML['k']}}}href")]
        assert set(hrefs) <= set(names)  # nothing is fetched from the net
        picture = archive.read(hrefs[0])
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", picture[29:33])[0] == zlib.crc32(picture[12:29])


def test_every_scatterer_stands_in_the_folder_of_its_class(kml, results):
    table = results.table
    classes = {each.label: each for each in velocity_classes(table["velocity"])}
    seen = []
    for folder in kml.findall("k:Document/k:Folder", KML):
        each = classes[folder.find("k:name", KML).text]
        for place in folder.findall("k:Placemark", KML):
            data = {item.attrib["name"]: float(item.text) for item in place.iter(f"{{{KML['k']}}}SimpleData")}
            row = int(data["id"]) - 1
            seen.append(row)
            assert each.lower <= table["velocity"][row] <= each.upper
            assert data["velocity"] == pytest.approx(table["velocity"][row], abs=0.0051)
            place_at = [float(word) for word in place.find("k:Point/k:coordinates", KML).text.split(",")]
            np.testing.assert_allclose(place_at, table.lonlat[row], atol=5.1e-8)
    assert sorted(seen) == list(range(300))


def test_colours_of_the_kmz_are_those_of_the_classes(kml, results):
    elements = kml.iter(f"{{{KML['k']}}}Style")
    styles = {each.attrib["id"]: each.find("k:IconStyle/k:color", KML).text for each in elements}
    for number, each in enumerate(velocity_classes(results.table["velocity"])):
        alpha, blue, green, red = (styles[f"c{number}"][start : start + 2] for start in (0, 2, 4, 6))
        assert (alpha, f"#{red}{green}{blue}") == ("ff", each.colour)


def test_many_points_are_thinned_by_a_rule_that_the_file_states(results, tmp_path, progress, monkeypatch):
    monkeypatch.setattr(kmz, "POINT_LIMIT", 60)
    path = Kmz().write(results, tmp_path, progress=progress)[0]
    text = zipfile.ZipFile(path).read("doc.kml").decode()
    assert 30 < text.count("<Placemark>") <= 60
    assert f"{text.count('<Placemark>')} of 300 PS are in this file" in text


def test_a_name_with_signs_of_xml_does_not_break_the_document(store, results_of, tmp_path, progress):
    path = Kmz().write(results_of(store, name="<b>A & B</b>\x01"), tmp_path, progress=progress)[0]
    name = ET.fromstring(zipfile.ZipFile(path).read("doc.kml")).find("k:Document/k:name", KML)
    assert name.text == "<b>A & B</b>: velocity mm/yr, + towards the satellite"


@pytest.mark.parametrize("crs", ["utm", "EPSG:4326"])
def test_cells_hold_the_mean_of_their_scatterers_and_their_number(store, results_of, tmp_path, progress, crs):
    results = results_of(store, raster_crs=crs, raster_cell=250.0)
    table = results.table
    path = Raster().write(results, tmp_path, progress=progress)[0]
    with rasterio.open(path) as grid:
        mean, count = grid.read()
        assert grid.crs.to_epsg() == (32633 if crs == "utm" else 4326)
        assert grid.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert grid.descriptions[0] == "velocity mm/yr, + towards the satellite"
        assert grid.units[0] == "mm/yr"
        east, north = pyproj.Transformer.from_crs(4326, grid.crs, always_xy=True).transform(*table.lonlat.T)
        west, north_edge = grid.transform.c, grid.transform.f
        columns = np.floor((east - west) / grid.transform.a).astype(int)
        rows = np.floor((north_edge - north) / -grid.transform.e).astype(int)
        cells = list(zip(rows.tolist(), columns.tolist(), strict=True))
        size = abs(grid.transform.e) * (1 if crs == "utm" else 111_320)
    assert size == pytest.approx(250)
    assert count.sum() == 300
    np.testing.assert_array_equal(np.isnan(mean), count == 0)
    for cell in set(cells):
        members = [row for row, place in enumerate(cells) if place == cell]
        assert count[cell] == len(members)
        assert mean[cell] == pytest.approx(table["velocity"][members].mean(), abs=1e-4)


def test_grids_of_neighbours_fit_together(store, results_of, tmp_path, progress):
    path = Raster().write(results_of(store, raster_cell=90.0), tmp_path, progress=progress)[0]
    with rasterio.open(path) as grid:
        assert grid.transform.c % 90 == grid.transform.f % 90 == 0


def test_a_grid_too_large_for_the_memory_is_refused(store, results_of, tmp_path, progress, monkeypatch):
    monkeypatch.setattr(raster, "MAX_CELLS", 1000)
    with pytest.raises(InputError, match=r"too large(.|\n)*raster_cell = 1 m(.|\n)*a larger export\.raster_cell"):
        Raster().write(results_of(store, raster_cell=1.0), tmp_path, progress=progress)
    assert not (tmp_path / "velocity.tif").exists()
