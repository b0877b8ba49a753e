"""The GeoPackage, read back by geopandas, pyogrio and plain SQLite."""

import sqlite3
import tracemalloc
from contextlib import closing
from dataclasses import replace

import geopandas
import numpy as np
import pyogrio
import pytest
from results_folder import VELOCITY, table_of, write_results
from unwrapped_folder import make_scene

from snapstamps.model.errors import DataError
from snapstamps.results.geopackage import write_geopackage

ABOUT = {"title": "Test <area> & more", "sign": "positive towards the satellite", "unit": "mm/yr, größer"}


@pytest.fixture
def table(store):
    return table_of(store)


@pytest.fixture
def path(table, tmp_path):
    target = tmp_path / "velocity.gpkg"
    write_geopackage(target, table, ABOUT)
    return target


def rows_of(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_everything_comes_back_as_it_was(path, table):
    frame = geopandas.read_file(path, layer="ps")
    assert frame.columns.tolist() == [*(column.name for column in table.columns), *table.date_names, "geometry"]
    for column in table.columns:
        np.testing.assert_array_equal(frame[column.name], column.values)
    np.testing.assert_array_equal(frame[list(table.date_names)], table.displacement(slice(None)))
    np.testing.assert_array_equal(frame.get_coordinates(), table.lonlat)
    assert frame.crs.to_epsg() == 4326
    assert (frame.geom_type == "Point").all()


def test_columns_have_their_types(path):
    frame = geopandas.read_file(path, layer="ps")
    assert frame["id"].dtype == np.int32
    assert frame["velocity"].dtype == np.float64
    assert frame["D20190505"].dtype == np.float32


def test_missing_values_are_null(tmp_path):
    moving = np.where(np.arange(300) == 4, np.nan, VELOCITY)
    table = table_of(write_results(tmp_path / "stamps", velocity=moving))
    write_geopackage(tmp_path / "v.gpkg", table, ABOUT)
    nulls = rows_of(tmp_path / "v.gpkg", "SELECT id, D20190505 FROM ps WHERE velocity IS NULL AND D20190517 IS NULL")
    assert nulls == [(5, 0.0)]
    assert rows_of(tmp_path / "v.gpkg", "SELECT count(*) FROM ps WHERE velocity IS NULL OR coherence IS NULL") == [(1,)]


def test_the_metadata_come_back(path, table):
    info = pyogrio.read_info(path, layer="ps")
    assert info["layer_metadata"].items() >= ABOUT.items()
    assert info["layer_metadata"]["velocity"].startswith("mm/yr; ")
    assert set(info["layer_metadata"]) == {*ABOUT, *(column.name for column in table.columns), "DYYYYMMDD"}
    assert not info["dataset_metadata"]
    about = pyogrio.read_dataframe(path, layer="about")
    assert dict(zip(about["key"], about["value"], strict=True)).items() >= ABOUT.items()
    assert "column dem_error" in about["key"].tolist()


def test_reading_leaves_nothing_beside_the_file(path):
    for layer in pyogrio.list_layers(path)[:, 0]:
        geopandas.read_file(path, layer=layer)
        pyogrio.read_info(path, layer=layer)
    assert [each.name for each in path.parent.iterdir() if each.name.startswith(path.name)] == [path.name]


def test_a_plain_reader_finds_a_valid_geopackage(path, table):
    contents = rows_of(path, "SELECT table_name, data_type, srs_id FROM gpkg_contents")
    assert contents == [("ps", "features", 4326), ("about", "attributes", 0), ("layer_styles", "attributes", 0)]
    box = rows_of(path, "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'ps'")[0]
    np.testing.assert_allclose(box, [*table.lonlat.min(axis=0), *table.lonlat.max(axis=0)], rtol=1e-12)
    assert rows_of(path, "SELECT column_name, geometry_type_name FROM gpkg_geometry_columns") == [("geom", "POINT")]
    assert rows_of(path, "SELECT count(*) FROM rtree_ps_geom") == [(300,)]
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]


def test_equal_results_give_equal_bytes_whatever_the_clock_says(path, table, tmp_path):
    again = tmp_path / "again.gpkg"
    write_geopackage(again, table, ABOUT)
    assert again.read_bytes() == path.read_bytes()
    changes = rows_of(path, "SELECT last_change FROM gpkg_contents")
    assert {change for (change,) in changes} == {f"{table.dates[-1].isoformat()}T00:00:00.000Z"}


def test_gdals_own_settings_are_put_back(path):
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
    assert pyogrio.get_gdal_config_option("OGR_SQLITE_SYNCHRONOUS") is None


@pytest.mark.parametrize("block_rows", [1, 7, 299, 300, 10_000])
def test_the_size_of_the_blocks_does_not_matter(path, table, tmp_path, block_rows):
    other = tmp_path / "other.gpkg"
    write_geopackage(other, table, ABOUT, block_rows=block_rows)
    assert rows_of(other, "SELECT * FROM ps") == rows_of(path, "SELECT * FROM ps")
    assert rows_of(other, "SELECT * FROM gpkg_contents") == rows_of(path, "SELECT * FROM gpkg_contents")
    assert rows_of(other, "SELECT * FROM about") == rows_of(path, "SELECT * FROM about")


def test_progress_counts_scatterers(table, tmp_path):
    seen = []
    write_geopackage(
        tmp_path / "v.gpkg", table, ABOUT, block_rows=128, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(128, 300), (256, 300), (300, 300)]


def test_memory_does_not_grow_with_the_number_of_scatterers(tmp_path):
    peaks = []
    for n_ps in (4_000, 16_000):
        scene = make_scene(n_ps=n_ps)
        store = write_results(tmp_path / str(n_ps), scene, np.zeros(n_ps))
        table = table_of(store)
        tracemalloc.start()
        write_geopackage(tmp_path / f"{n_ps}.gpkg", table, ABOUT, block_rows=1_000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    displacements = 16_000 * 20 * 4
    assert peaks[1] < displacements / 2
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_export_that_breaks_off_leaves_the_old_file_and_nothing_else(path, table, tmp_path, failure):
    before, beside = path.read_bytes(), sorted(tmp_path.iterdir())

    def breaks_off(done, _total):
        if done > 100:
            raise failure

    with pytest.raises(type(failure)):
        write_geopackage(path, table, ABOUT, block_rows=100, progress=breaks_off)
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == beside


def test_what_gdal_refuses_is_an_error_that_names_the_file(table, tmp_path, monkeypatch):
    def refuse(*_arguments, **_options):
        raise pyogrio.errors.DataSourceError("disk I/O error")

    monkeypatch.setattr("snapstamps.results.geopackage.pyogrio.write_arrow", refuse)
    with pytest.raises(DataError, match=r"v\.gpkg cannot be written(.|\n)*disk I/O error"):
        write_geopackage(tmp_path / "v.gpkg", table, ABOUT)
    assert not list(tmp_path.glob("*v*"))


def test_a_style_that_cannot_be_written_is_an_error_and_leaves_no_file(table, tmp_path, monkeypatch):
    def refuse(_path):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("snapstamps.results.layer_styles.sqlite3.connect", refuse)
    with pytest.raises(DataError, match=r"style cannot be written(.|\n)*disk is full"):
        write_geopackage(tmp_path / "v.gpkg", table, ABOUT)
    assert not list(tmp_path.glob("*v.gpkg*"))


def test_positions_that_are_drawn_are_those_of_the_table(table, tmp_path):
    moved = replace(table, lonlat=table.lonlat + 0.5)
    write_geopackage(tmp_path / "v.gpkg", moved, ABOUT)
    np.testing.assert_array_equal(geopandas.read_file(tmp_path / "v.gpkg", layer="ps").get_coordinates(), moved.lonlat)
