"""Areas of the reference, and where its centre lies."""

import math

import numpy as np
import pyproj
import pytest
import shapely
from results_folder import table_of

from snapstamps.results.areas import footprint, reference_area, reference_centre, square_kilometres
from snapstamps.stamps.parms import defaults


@pytest.fixture
def area_of(store):
    def area(**parms):
        table = table_of(store, parms=parms)
        everything = {**defaults(), **parms}
        return reference_area(table, everything), reference_centre(table, everything), table

    return area


def test_a_circle_has_its_radius(area_of):
    area, centre, table = area_of(ref_centre_lonlat=[12.512, 41.909], ref_radius=400.0)
    edges = shapely.get_coordinates(area.geometry)
    _, _, distances = pyproj.Geod(ellps="WGS84").inv(*np.tile(centre, (len(edges), 1)).T, *edges.T)
    np.testing.assert_allclose(distances, 400, atol=0.01)
    assert centre == (12.512, 41.909)
    assert square_kilometres(area.geometry) == pytest.approx(math.pi * 0.4**2, rel=0.01)
    assert area.description == table.series.reference.description


def test_an_open_box_ends_with_the_scatterers(area_of):
    area, centre, table = area_of(ref_lon=[-math.inf, 12.51])
    west, south, east, north = area.geometry.bounds
    assert (west, south, north) == (table.lonlat[:, 0].min(), *table.lonlat[:, 1][[0, -1]])
    assert east == 12.51
    assert centre == tuple(table.lonlat[table.series.reference.rows].mean(axis=0))


def test_circle_and_box_together_are_their_intersection(area_of):
    circle, *_ = area_of(ref_centre_lonlat=[12.512, 41.909], ref_radius=400.0)
    both, _, table = area_of(ref_centre_lonlat=[12.512, 41.909], ref_radius=400.0, ref_lon=[12.512, 12.6])
    assert both.geometry.area == pytest.approx(circle.geometry.area / 2, rel=0.01)
    assert shapely.covers(both.geometry, shapely.points(table.lonlat[table.series.reference.rows])).all()


def test_without_a_reference_there_is_no_area_and_no_centre(area_of):
    area, centre, _ = area_of(ref_radius=-math.inf)
    assert area is None
    assert all(math.isnan(value) for value in centre)


def test_scatterers_in_a_row_have_a_footprint():
    area = footprint(np.array([[12.0, 41.0], [12.1, 41.1], [12.2, 41.2]]))
    assert area.geometry.area > 0
    assert area.geometry.geom_type == "Polygon"
