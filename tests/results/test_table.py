"""The table of results: its columns, and what they say."""

from datetime import date

import numpy as np
import pytest
from results_folder import SCENE, VELOCITY, expected_dispersion, table_of, write_results
from unwrapped_folder import parms_with

from snapstamps.model.errors import DataError
from snapstamps.results.dem_error import dem_error
from snapstamps.results.timeseries import timeseries
from snapstamps.results.velocity import velocity

NAMES = [
    *("id", "velocity", "velocity_std", "velocity_std_formal", "coherence", "height", "dem_error", "d_a"),
    *("incidence", "look_e", "look_n", "look_u", "lon_corrected", "lat_corrected"),
]


def names_of(table):
    return [column.name for column in table.columns]


def test_the_columns_stand_in_a_fixed_order_each_with_unit_and_meaning(store):
    table = table_of(store)
    assert names_of(table) == NAMES
    assert all(column.unit and column.meaning for column in table.columns)
    assert all(len(column.values) == len(table) == 300 for column in table.columns)


def test_velocities_are_those_of_the_scene_and_agree_with_the_velocity_alone(store):
    table = table_of(store)
    alone = velocity(store, parms_with(), n_bootstrap=100)
    np.testing.assert_allclose(table["velocity"], alone.velocity, atol=1e-4)
    np.testing.assert_allclose(table["velocity_std"], alone.std_bootstrap, atol=1e-4)
    np.testing.assert_allclose(table["velocity_std_formal"], alone.std_formal, atol=1e-4)
    assert np.corrcoef(table["velocity"], VELOCITY)[0, 1] > 0.95


def test_displacements_come_in_blocks_as_in_one_piece(store):
    table = table_of(store)
    whole = timeseries(store, parms_with())
    assert table.dates == whole.dates
    assert table.date_names[9] == "D20190505"
    assert table.master == date(2019, 5, 5)
    np.testing.assert_array_equal(table.displacement(slice(None)), whole.displacement)
    np.testing.assert_array_equal(table.displacement(slice(50, 60)), whole.displacement[50:60])
    np.testing.assert_array_equal(table.displacement(np.array([7, 3])), whole.displacement[[7, 3]])


def test_the_other_columns_come_from_their_artefacts(store):
    table = table_of(store)
    assert table["id"].tolist() == list(range(1, 301))
    np.testing.assert_array_equal(table["coherence"], store.read("pm2").coh_ps)
    np.testing.assert_array_equal(table["height"], store.read("hgt2").hgt)
    np.testing.assert_array_equal(table["dem_error"], dem_error(store, wavelength=parms_with()["lambda"]).dem_error)
    np.testing.assert_allclose(table["d_a"], expected_dispersion(store), rtol=1e-6)
    np.testing.assert_allclose(table["incidence"], np.degrees(0.64))
    np.testing.assert_allclose(table["look_u"], np.cos(0.64))
    assert table.notes == ()


def test_a_vertical_velocity_is_written_on_request_under_its_own_name(store):
    table = table_of(store, vertical=True)
    assert names_of(table) == [*NAMES[:12], "velocity_vertical", *NAMES[12:]]
    np.testing.assert_allclose(table["velocity_vertical"] * np.cos(0.64), table["velocity"])


def test_both_positions_are_offered_whichever_is_drawn(store):
    snap, corrected = table_of(store), table_of(store, positions="corrected")
    np.testing.assert_array_equal(snap.lonlat, store.read("ps2").lonlat)
    assert names_of(corrected)[-2:] == ["lon", "lat"]
    np.testing.assert_array_equal(np.column_stack([corrected["lon"], corrected["lat"]]), snap.lonlat)
    np.testing.assert_array_equal(np.column_stack([snap["lon_corrected"], snap["lat_corrected"]]), corrected.lonlat)
    # the satellite stands in the west: what is higher than the DEM goes east
    east = corrected.lonlat[:, 0] - snap.lonlat[:, 0]
    assert np.corrcoef(east, snap["dem_error"])[0, 1] > 0.999


def test_dropped_dates_have_no_column_but_are_named(store):
    table = table_of(store, parms={"drop_ifg_index": [1, 12]})
    assert len(table.dates) == 18
    assert [day.isoformat() for day in table.dropped] == ["2019-01-17", "2019-05-29"]
    assert not set(table.dates) & set(table.dropped)


def test_a_scatterer_that_was_not_unwrapped_lacks_velocity_and_displacements(tmp_path):
    moving = np.where(np.arange(300) == 4, np.nan, VELOCITY)
    table = table_of(write_results(tmp_path, velocity=moving))
    assert np.flatnonzero(np.isnan(table["velocity"])).tolist() == [4]
    assert np.isnan(np.delete(table.displacement(np.array([4]))[0], SCENE.master)).all()


def test_without_the_header_one_range_serves_and_a_note_says_so(store):
    (store.path / "rsc.txt").unlink()
    assert "one slant range" in table_of(store).notes[0]


def test_without_a_heading_there_is_no_look_vector(store):
    with pytest.raises(DataError, match=r"heading\) is not known(.|\n)*--steps 1"):
        table_of(store, parms={"heading": np.nan})
