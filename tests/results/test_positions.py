"""Positions corrected for the DEM error, against the exact geometry of an orbit."""

import numpy as np
import pytest

from snapstamps.results.positions import corrected_positions
from snapstamps.results.viewing import LookVectors, look_vectors
from snapstamps.simulate.geometry import Geometry, make_geometry
from snapstamps.simulate.presets import preset
from snapstamps.simulate.spec import make_spec


def geometry_of(direction: str) -> tuple[Geometry, LookVectors]:
    spec = make_spec({**preset("tiny").model_dump(), "direction": direction, "heading_deg": None})
    geometry = make_geometry(spec)
    return geometry, look_vectors(spec.heading, geometry.incidence)


@pytest.mark.parametrize("direction", ["ascending", "descending"])
@pytest.mark.parametrize("error", [-15.0, 30.0])
def test_the_pixel_of_a_raised_scatterer_lies_where_the_exact_geometry_says(direction, error):
    geometry, look = geometry_of(direction)
    on_dem, in_truth = geometry.place(10.0, 100.0), geometry.place(10.0, 100.0 + error)
    lonlat = np.column_stack([on_dem.longitude, on_dem.latitude])
    found = corrected_positions(lonlat, np.full(len(lonlat), error), geometry.incidence, look)
    east, north = geometry.local(in_truth.longitude - found[:, 0] + geometry.longitude, geometry.latitude)
    assert np.abs(east).max() < 0.01 * abs(error)
    east, north = geometry.local(geometry.longitude, in_truth.latitude - found[:, 1] + geometry.latitude)
    assert np.abs(north).max() < 0.01 * abs(error)


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_what_is_higher_than_the_dem_lies_farther_from_the_satellite(direction):
    geometry, look = geometry_of(direction)
    place = geometry.place(10.0, 0.0)
    lonlat = np.column_stack([place.longitude, place.latitude])
    moved = corrected_positions(lonlat, np.full(len(lonlat), 20.0), geometry.incidence, look)
    east, north = geometry.local(*(moved - lonlat + [geometry.longitude, geometry.latitude]).T)
    towards = (east * look.east + north * look.north) / np.sin(geometry.incidence)
    np.testing.assert_allclose(towards, -20.0 / np.tan(geometry.incidence), rtol=1e-4)
    np.testing.assert_allclose(np.hypot(east, north), np.abs(towards), rtol=1e-4)


def test_without_an_error_or_without_knowing_it_nothing_moves():
    incidence = np.array([0.6, 0.7])
    lonlat = np.array([[105.0, 21.0], [105.1, 21.1]])
    look = look_vectors(348.0, incidence)
    np.testing.assert_array_equal(corrected_positions(lonlat, np.array([0.0, np.nan]), incidence, look), lonlat)


def test_the_shift_is_undone_by_the_opposite_error():
    geometry, look = geometry_of("ascending")
    place = geometry.place(0.0, 0.0)
    lonlat = np.column_stack([place.longitude, place.latitude])
    error = np.random.default_rng(1).normal(0, 20, len(lonlat))
    there = corrected_positions(lonlat, error, geometry.incidence, look)
    back = corrected_positions(there, -error, geometry.incidence, look)
    np.testing.assert_allclose(back, lonlat, atol=1e-9)
