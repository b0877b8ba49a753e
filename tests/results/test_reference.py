"""The reference that the parameters describe."""

import math

import geopandas
import numpy as np
import pytest
import shapely
from unwrapped_folder import make_scene, parms_with, write_folder

from snapstamps.kernels.geometry import local_xy
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.reference import reference
from snapstamps.results.reference_area import ReferenceArea, wanted_area
from snapstamps.stamps.store import StampsStore

SCENE = make_scene()


@pytest.fixture
def store(tmp_path) -> StampsStore:
    return write_folder(tmp_path, SCENE, SCENE.phase(velocity=1.0))


def test_by_default_all_scatterers_are_the_reference(store):
    area = reference(store, parms_with())
    assert area.rows.tolist() == list(range(300))
    assert area.description == "mean of all 300 PS"


def test_a_box_takes_what_lies_inside(store):
    area = reference(store, parms_with(ref_lon=[12.505, 12.51], ref_lat=[41.9, math.inf]))
    lonlat = store.read("ps2").lonlat
    inside = (lonlat[:, 0] > 12.505) & (lonlat[:, 0] < 12.51)
    assert area.rows.tolist() == np.flatnonzero(inside).tolist()
    expected = f"mean of {inside.sum()} of 300 PS, longitude 12.505 to 12.51 degrees, latitude 41.9 to inf degrees"
    assert area.description == expected


def test_a_circle_takes_what_is_near_in_metres(store):
    centre = [12.512, 41.91]
    area = reference(store, parms_with(ref_centre_lonlat=centre, ref_radius=400))
    ps = store.read("ps2")
    distance = np.linalg.norm(local_xy(ps.lonlat, ps.ll0) - local_xy(np.array([centre]), ps.ll0), axis=1)
    assert 10 < len(area.rows) < 100
    assert area.rows.tolist() == np.flatnonzero(distance <= 400).tolist()
    assert area.description.endswith("within 400 m of longitude 12.512, latitude 41.91 degrees")


def test_box_and_circle_are_both_obeyed(store):
    circle = reference(store, parms_with(ref_centre_lonlat=[12.512, 41.91], ref_radius=400)).rows
    box = reference(store, parms_with(ref_lon=[12.512, math.inf])).rows
    both = reference(store, parms_with(ref_lon=[12.512, math.inf], ref_centre_lonlat=[12.512, 41.91], ref_radius=400))
    assert both.rows.tolist() == np.intersect1d(circle, box).tolist()


def test_a_radius_of_minus_infinity_means_no_reference(store):
    area = reference(store, parms_with(ref_radius=-math.inf))
    assert area.rows is None
    assert "none" in area.description


def test_an_area_without_scatterers_is_an_error_that_tells_where_they_are(store):
    with pytest.raises(DataError, match=r"No scatterer lies in the reference area(.|\n)*between longitudes 12\.50"):
        reference(store, parms_with(ref_lon=[0, 1]))


def test_a_place_that_is_named_goes_before_the_parameters(store):
    lon, lat = store.read("ps2").lonlat[7].tolist()
    area = reference(store, parms_with(ref_radius=-math.inf), area=ReferenceArea.point(lon, lat))
    assert area.rows.tolist() == [7]
    assert area.description == f"mean of 1 of 300 PS, nearest to longitude {lon:.6g}, latitude {lat:.6g} degrees"
    assert area.shape.contains(shapely.Point(lon, lat))


def test_scatterers_that_lack_a_date_are_no_reference(store):
    complete = np.ones(300, dtype=bool)
    complete[[3, 4]] = False
    area = reference(store, parms_with(), area=ReferenceArea.everything(), complete=complete)
    assert area.rows.tolist() == np.flatnonzero(complete).tolist()
    assert area.description == "mean of 298 of 300 PS"


def test_the_option_says_which_area_is_wanted(tmp_path):
    square = geopandas.GeoDataFrame(geometry=[shapely.box(12.5, 41.9, 12.51, 41.91)], crs=4326).to_crs(32633)
    square.to_file(tmp_path / "stable.gpkg")
    assert wanted_area("stamps") is None
    assert wanted_area("mean").shape is None
    assert wanted_area((12.5, 41.9, 30.0)).radius == 30
    found = wanted_area(tmp_path / "stable.gpkg")
    assert found.description == "inside stable.gpkg"
    assert found.shape.equals_exact(shapely.box(12.5, 41.9, 12.51, 41.91), 1e-9, normalize=True)
    with pytest.raises(InputError, match="there is no file with areas"):
        wanted_area(tmp_path / "maen")
