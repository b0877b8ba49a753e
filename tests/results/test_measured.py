"""Finished results, read back: values, missing ones, and clear errors."""

import geopandas
import numpy as np
import pyogrio
import pytest
from measured_results import dates_of, positions, write_measured

from snapstamps.model.errors import DataError, InputError
from snapstamps.results.measured import read_measured

XY = positions(50, 500, seed=1)


def test_an_export_is_read_as_it_was_written(store, export):
    path = export(store.path).files[0]
    measured = read_measured(path)
    measured.displacement()
    assert not path.with_name(path.name + ".aux.xml").exists()
    frame = geopandas.read_file(path, layer="ps")
    np.testing.assert_array_equal(measured["velocity"], frame["velocity"])
    np.testing.assert_array_equal(measured.lonlat, frame.get_coordinates())
    columns = [f"D{day:%Y%m%d}" for day in measured.dates]
    np.testing.assert_allclose(measured.displacement(), frame[columns].to_numpy(), rtol=1e-6)
    assert measured.title == "Test area"
    assert measured.about["sign"] == "positive towards the satellite"
    np.testing.assert_allclose(np.linalg.norm(measured.look, axis=1), 1)


def test_some_series_come_in_the_order_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("snapstamps.results.measured._BATCH", 7)
    dates = dates_of(4)
    series = np.arange(200.0).reshape(50, 4)
    measured = write_measured(tmp_path / "a.gpkg", XY, np.zeros(50), displacement=series, dates=dates)
    rows = np.array([31, 2, 2, 49, 0])
    np.testing.assert_array_equal(measured.displacement(rows), series[rows])
    assert measured.displacement(np.array([], dtype=int)).shape == (0, 4)


def test_what_is_missing_is_not_a_number(tmp_path):
    velocity = np.where(np.arange(50) == 3, np.nan, 1.0)
    measured = write_measured(tmp_path / "a.gpkg", XY, velocity, dates=dates_of(3))
    assert np.isnan(measured["velocity"]).nonzero()[0].tolist() == [3]
    assert np.isnan(measured.displacement()[3]).all()


def test_another_coordinate_system_is_brought_to_degrees(tmp_path):
    write_measured(tmp_path / "a.gpkg", XY, np.zeros(50))
    frame = geopandas.read_file(tmp_path / "a.gpkg", layer="ps")
    pyogrio.write_dataframe(frame.to_crs("EPSG:32648"), tmp_path / "utm.gpkg", layer="ps")
    measured = read_measured(tmp_path / "utm.gpkg")
    np.testing.assert_allclose(measured.lonlat, frame.get_coordinates(), atol=1e-8)
    assert measured.about == {}


def test_what_is_no_result_is_named(tmp_path):
    with pytest.raises(InputError, match="no results"):
        read_measured(tmp_path / "absent.gpkg")
    (tmp_path / "text.gpkg").write_text("hello")
    with pytest.raises(DataError, match="no layer 'ps'"):
        read_measured(tmp_path / "text.gpkg")
    frame = geopandas.GeoDataFrame({"speed": [1.0]}, geometry=geopandas.points_from_xy([1], [2]), crs=4326)
    pyogrio.write_dataframe(frame, tmp_path / "other.gpkg", layer="ps")
    with pytest.raises(DataError, match="no column velocity, velocity_std"):
        read_measured(tmp_path / "other.gpkg")
