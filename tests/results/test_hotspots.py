"""Clusters of significant movement: what moves is found, what is noise is not, and the file holds it."""

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from measured_results import lonlat_of, positions, write_measured

from snapstamps.results.hotspots import HotspotRule, find_hotspots, write_hotspots

XY = positions(6000, 2000, seed=3)
CENTRES = {"bowl": (-800.0, 500.0, 250.0, -25.0), "slope": (900.0, -700.0, 150.0, 18.0)}


def motion() -> np.ndarray:
    """Return a fast bowl away from the satellite and a smaller one towards it, mm/yr."""
    total = np.zeros(len(XY))
    for east, north, radius, rate in CENTRES.values():
        total += rate * np.exp(-((XY - [east, north]) ** 2).sum(axis=1) / 2 / radius**2)
    return total


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    rng = np.random.default_rng(0)
    std = rng.uniform(0.8, 1.5, len(XY))
    return write_measured(
        tmp_path_factory.mktemp("v") / "v.gpkg", XY, motion() + std * rng.standard_normal(len(XY)), std=std
    )


def test_both_places_are_found_ranked_and_outlined(measured):
    found = find_hotspots(measured, HotspotRule())
    first, second = found.hotspots
    assert (first.rank, first.direction, second.rank, second.direction) == (1, "away", 2, "towards")
    for hotspot, (east, north, radius, rate) in zip(found.hotspots, CENTRES.values(), strict=True):
        place = lonlat_of(np.array([[east, north]]))[0]
        assert hotspot.shape.contains(shapely.Point(place))
        assert hotspot.shape.geom_type == "Polygon"
        # the bowl is faster than 5 mm/yr inside this radius
        reach = radius * np.sqrt(2 * np.log(abs(rate) / 5))
        assert hotspot.square_km == pytest.approx(np.pi * reach**2 / 1e6, rel=0.45)
        assert np.sign(hotspot.fastest) == np.sign(rate)
        assert hotspot.n_ps <= hotspot.n_inside
    assert shapely.intersects_xy(first.shape, measured.lonlat[first.rows]).mean() > 0.98


def test_noise_alone_makes_no_hotspot(tmp_path):
    rng = np.random.default_rng(1)
    quiet = write_measured(tmp_path / "q.gpkg", XY, 2.0 * rng.standard_normal(len(XY)), std=2.0)
    found = find_hotspots(quiet, HotspotRule(threshold=5.0, sigmas=2.5))
    assert found.hotspots == ()
    assert found.n_significant == pytest.approx(found.by_chance, abs=4 * np.sqrt(found.by_chance))


def test_the_order_of_the_scatterers_does_not_matter(measured, tmp_path):
    order = np.random.default_rng(2).permutation(len(XY))
    other = write_measured(
        tmp_path / "o.gpkg", XY[order], measured["velocity"][order], std=measured["velocity_std"][order]
    )
    one, two = find_hotspots(measured, HotspotRule()), find_hotspots(other, HotspotRule())
    assert [h.n_ps for h in one.hotspots] == [h.n_ps for h in two.hotspots]
    for a, b in zip(one.hotspots, two.hotspots, strict=True):
        assert set(order[b.rows].tolist()) == set(a.rows.tolist())
        assert a.shape.symmetric_difference(b.shape).area < 1e-3 * a.shape.area


def test_seen_from_the_other_side_directions_are_exchanged(measured, tmp_path):
    turned = write_measured(tmp_path / "t.gpkg", XY, -measured["velocity"], std=measured["velocity_std"])
    one, two = find_hotspots(measured, HotspotRule()), find_hotspots(turned, HotspotRule())
    assert [h.direction for h in two.hotspots] == ["towards", "away"]
    assert [h.n_ps for h in one.hotspots] == [h.n_ps for h in two.hotspots]


def test_the_ranking_may_be_chosen(tmp_path):
    near = np.random.default_rng(4).uniform(-60, 60, (40, 2))
    xy = np.concatenate([near[:30], near[:8] + np.array([1000.0, 0.0])])
    velocity = np.repeat([-8.0, -20.0], [30, 8])
    few = write_measured(tmp_path / "f.gpkg", xy, velocity)
    by = {rule: find_hotspots(few, HotspotRule(rank_by=rule)).hotspots[0].n_ps for rule in ("total", "speed", "ps")}
    assert by == {"total": 30, "speed": 8, "ps": 30}


def test_the_file_holds_the_polygons_and_the_rule_and_is_the_same_again(measured, tmp_path):
    found = find_hotspots(measured, HotspotRule())
    for name in ("a.gpkg", "b.gpkg"):
        write_hotspots(measured, found, HotspotRule(), tmp_path / name)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    frame = geopandas.read_file(tmp_path / "a.gpkg", layer="hotspots")
    assert frame["n_ps"].tolist() == [h.n_ps for h in found.hotspots]
    assert frame.crs.to_epsg() == 4326
    about = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="about").set_index("key")["value"]
    assert "DBSCAN: at least 5 significant PS within 100 m" in about["cluster"]
    assert about["reference"].startswith("mean of all")


def test_a_file_without_hotspots_still_says_what_was_looked_for(measured, tmp_path):
    rule = HotspotRule(threshold=500)
    write_hotspots(measured, find_hotspots(measured, rule), rule, tmp_path / "none.gpkg")
    about = pyogrio.read_dataframe(tmp_path / "none.gpkg", layer="about").set_index("key")["value"]
    assert about["content"].startswith("0 clusters")
