"""The user's vector files: read in any CRS, cut to the map, named; or refused with the option's name."""

import geopandas
import numpy as np
import pytest
import shapely
from overviews import write_layers

from snapstamps.model.errors import InputError
from snapstamps.results.amplitude_map import Extent
from snapstamps.results.overlays import Area, Place, read_overlays

EXTENT = Extent(12.5, 12.524, 41.9, 41.918)


def test_files_in_any_crs_come_as_longitude_and_latitude_cut_to_the_map(tmp_path):
    found = read_overlays(EXTENT, **write_layers(tmp_path))
    roads, rivers = found.lines
    assert (roads.kind, rivers.kind) == ("road", "river")
    (road,) = roads.parts
    assert road[:, 0].min() == pytest.approx(12.5, abs=1e-6)
    assert road[:, 0].max() == pytest.approx(12.524, abs=1e-6)
    assert road[:, 1].min() == pytest.approx(41.90625, abs=1e-4)
    assert [area.name for area in found.areas] == ["North", "South"], "what lies elsewhere is left out"
    assert [place.name for place in found.places] == ["P1"]


def test_outlines_of_polygons_may_be_lines(tmp_path):
    frame = geopandas.GeoDataFrame(geometry=[shapely.box(12.505, 41.903, 12.515, 41.91)], crs=4326)
    frame.to_file(tmp_path / "commune_borders.gpkg")
    (layer,) = read_overlays(EXTENT, lines=[tmp_path / "commune_borders.gpkg"], areas=None, points=None).lines
    assert layer.kind == "boundary"
    assert len(layer.parts[0]) == 5


def test_without_a_name_the_first_text_or_the_number_names(tmp_path):
    circles = [shapely.Point(12.51, 41.91).buffer(0.001), shapely.Point(12.515, 41.91).buffer(0.001)]
    for columns, expected in (({"n": [1, 2], "label": ["a", "b"]}, ["a", "b"]), ({"n": [1, 2]}, ["1", "2"])):
        geopandas.GeoDataFrame(columns, geometry=circles, crs=4326).to_file(tmp_path / "areas.gpkg")
        found = read_overlays(EXTENT, lines=[], areas=tmp_path / "areas.gpkg", points=None)
        assert [area.name for area in found.areas] == expected


def test_an_area_with_a_hole_does_not_hold_what_lies_in_it():
    ring = shapely.Point(0, 0).buffer(2).difference(shapely.Point(0, 0).buffer(1))
    area = Area("ring", shapely.MultiPolygon([ring, shapely.box(5, 5, 6, 6)]))
    inside = area.contains(np.array([[0.0, 0.0], [1.5, 0.0], [5.5, 5.5], [3.0, 0.0]]))
    assert inside.tolist() == [False, True, True, False]
    assert len(area.rings) == 3


def test_the_nearest_scatterer_is_nearest_in_metres_not_in_degrees():
    row, metres = Place("x", 10.0, 60.0).nearest(np.array([[10.0, 60.0015], [10.002, 60.0]]))
    assert row == 1, "at 60 degrees north a degree of longitude is half as long"
    assert metres == pytest.approx(111, abs=1)


@pytest.mark.parametrize("option", ["lines", "areas", "points"])
def test_a_missing_file_is_named_with_its_option(tmp_path, option):
    given = {"lines": [], "areas": None, "points": None}
    given[option] = [tmp_path / "gone.gpkg"] if option == "lines" else tmp_path / "gone.gpkg"
    with pytest.raises(InputError, match=rf"no such vector file(.|\n)*gone\.gpkg(.|\n)*export\.{option}"):
        read_overlays(EXTENT, **given)


def test_a_file_that_is_none_or_lies_nowhere_is_refused(tmp_path):
    (tmp_path / "text.gpkg").write_text("not a file of vectors")
    with pytest.raises(InputError, match="cannot be read"):
        read_overlays(EXTENT, lines=[tmp_path / "text.gpkg"], areas=None, points=None)
    with pytest.warns(UserWarning, match="crs"):
        geopandas.GeoDataFrame(geometry=[shapely.Point(1, 2).buffer(1)]).to_file(tmp_path / "nowhere.shp")
    with pytest.raises(InputError, match="where on earth"):
        read_overlays(EXTENT, lines=[], areas=tmp_path / "nowhere.shp", points=None)


def test_areas_must_be_areas(tmp_path):
    write_layers(tmp_path)
    with pytest.raises(InputError, match="must be polygons"):
        read_overlays(EXTENT, lines=[], areas=tmp_path / "roads.gpkg", points=None)
