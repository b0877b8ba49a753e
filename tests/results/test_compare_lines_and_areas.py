"""Profiles along roads, statistics of communes: nothing is counted twice, nothing is lost."""

import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from measured_results import lonlat_of, positions, write_measured

from snapstamps.results.compare_areas import compare_areas
from snapstamps.results.compare_lines import compare_lines
from snapstamps.results.measured import Measured
from snapstamps.results.places import Places

XY = positions(3000, 1500, seed=2)
VELOCITY = 0.01 * XY[:, 0]  # east moves towards the satellite, west away
RULE = {"radius": 60.0, "step": 250.0, "threshold": 5.0}


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Measured:
    return write_measured(tmp_path_factory.mktemp("v") / "v.gpkg", XY, VELOCITY, std=0.5)


def places(*shapes) -> Places:
    """Return shapes given in metres."""
    degrees = [shapely.transform(shape, lonlat_of) for shape in shapes]
    return Places(tuple(f"N{n}" for n in range(len(shapes))), np.array(degrees, dtype=object), pd.DataFrame())


def road(*corners) -> shapely.LineString:
    return shapely.LineString(corners)


def test_the_profile_of_a_straight_road_is_the_gradient_across_it(measured):
    (profile,) = compare_lines(measured, places(road((-1200, 0), (1200, 0))), **RULE)
    assert profile.length == pytest.approx(2400, rel=2e-3)
    near = np.abs(XY[:, 1]) < 59
    near &= np.abs(XY[:, 0]) < 1199
    assert set(np.flatnonzero(near)) <= set(profile.rows.tolist())
    np.testing.assert_allclose(profile.chainage, (XY[profile.rows, 0] + 1200).clip(0, 2400), atol=4)
    np.testing.assert_allclose(np.abs(profile.offset), np.abs(XY[profile.rows, 1]), atol=40)  # ends are round
    middle = (profile.edges[:-1] + profile.edges[1:]) / 2
    np.testing.assert_allclose(profile.means.mean, 0.01 * (middle - 1200), atol=0.6)
    assert profile.means.count.sum() == len(profile.rows)
    assert profile.above.sum() == (np.abs(VELOCITY[profile.rows]) > 5).sum()


def test_right_is_right_and_a_road_taken_the_other_way_is_its_mirror(measured):
    there, back = compare_lines(measured, places(road((-900, 0), (900, 0)), road((900, 0), (-900, 0))), **RULE)
    inside = np.abs(XY[there.rows, 0]) < 900
    assert (np.sign(there.offset[inside]) == -np.sign(XY[there.rows, 1][inside])).all()  # to the east, right is south
    assert set(there.rows.tolist()) == set(back.rows.tolist())
    where = {row: place for place, row in enumerate(back.rows.tolist())}
    same = [where[row] for row in there.rows.tolist()]
    np.testing.assert_allclose(there.chainage, there.length - back.chainage[same], atol=0.01)
    np.testing.assert_allclose(there.offset[inside], -back.offset[same][inside], atol=0.01)


def test_pieces_that_join_are_one_road_and_others_are_numbered(measured):
    joined = shapely.MultiLineString([[(-900, 0), (0, 0)], [(0, 0), (900, 0)]])
    apart = shapely.MultiLineString([[(-900, 0), (-100, 0)], [(100, 0), (900, 0)]])
    profiles = compare_lines(measured, places(joined, apart), **RULE)
    assert [profile.name for profile in profiles] == ["N0", "N1 (1)", "N1 (2)"]


def test_a_road_without_scatterers_says_so(measured):
    (profile,) = compare_lines(measured, places(road((4000, 0), (4500, 0))), **RULE)
    assert len(profile.rows) == 0
    assert np.isnan(profile.means.mean).all()
    assert profile.means.count.tolist() == [0, 0, 0] or profile.means.count.tolist() == [0, 0]


def communes(*edges: float) -> Places:
    return places(*(shapely.box(low, -1600, high, 1600) for low, high in itertools.pairwise(edges)))


def test_areas_are_ranked_by_their_share_of_fast_scatterers(measured):
    found = compare_areas(measured, communes(-1600, -700, 200, 1600), threshold=5.0, sigmas=2.0, least=10)
    assert [area.rank for area in found] == [1, 2, 3]
    assert [area.share for area in found] == sorted((area.share for area in found), reverse=True)
    west = next(area for area in found if area.name == "N0")
    inside = (XY[:, 0] > -1600) & (XY[:, 0] < -700)
    assert west.n_ps == pytest.approx(inside.sum(), abs=3)
    assert west.share == 1.0
    assert west.mean == pytest.approx(VELOCITY[inside].mean(), abs=0.05)
    assert west.fastest == VELOCITY.min()
    assert west.square_km == pytest.approx(0.9 * 3.2, rel=5e-3)
    assert west.density == pytest.approx(west.n_ps / west.square_km)


def test_an_area_with_few_scatterers_has_no_rank_and_one_without_any_says_so(measured):
    nowhere, small = shapely.box(5000, 0, 6000, 1000), shapely.box(0, 0, 40, 40)
    large = shapely.box(-1600, -1600, 1600, 1600)
    found = compare_areas(measured, places(nowhere, small, large), threshold=5, sigmas=2, least=50)
    assert [area.name for area in found] == ["N2", "N0", "N1"]
    assert [area.rank for area in found] == [1, None, None]
    assert found[0].n_ps == len(measured)
    assert np.isnan(found[1].mean)
    assert np.isnan(found[1].share)


@given(st.lists(st.floats(-1500, 1500), min_size=1, max_size=4, unique=True))
def test_communes_side_by_side_count_every_scatterer_once(measured, cuts):
    edges = sorted([-1700.0, *cuts, 1700.0])
    found = compare_areas(measured, communes(*edges), threshold=5, sigmas=2, least=1)
    assert sum(area.n_ps for area in found) == len(measured)
    assert sum(area.above for area in found) == (np.abs(VELOCITY) > 5).sum()
    assert all(area.significant <= area.above <= area.n_ps for area in found)
