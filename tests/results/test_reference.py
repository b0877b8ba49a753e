"""The reference that the parameters describe."""

import math

import numpy as np
import pytest
from unwrapped_folder import make_scene, parms_with, write_folder

from snapstamps.kernels.geometry import local_xy
from snapstamps.model.errors import DataError
from snapstamps.results.reference import reference
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
