"""Zones from GeoJSON."""

import numpy as np
import pytest

from snapstamps.model.errors import InputError
from snapstamps.simulate.geometry import make_geometry
from snapstamps.simulate.spec import SceneSpec, make_spec


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def square(half_m, **properties):
    longitude, latitude = make_geometry(SceneSpec()).from_local(
        np.array([-1, 1, 1, -1, -1]) * half_m, np.array([-1, -1, 1, 1, -1]) * half_m
    )
    ring = [[float(x), float(y)] for x, y in zip(longitude, latitude, strict=True)]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": properties}


def point(**properties):
    geometry = {"type": "Point", "coordinates": [105.85, 21.03]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def local_metres(scene):
    truth = scene.truth
    return make_geometry(scene.spec).local(truth["lon"].astype(float), truth["lat"].astype(float))


def test_a_polygon_moves_inside_and_only_there(quiet_spec, simulated):
    zones = collection(square(150.0, rate_mm_yr=-12.0, taper_m=20.0, name="dump"))
    scene = simulated(quiet_spec.model_copy(update={"zones": zones}))
    east, north = local_metres(scene)
    reach = np.maximum(np.abs(east), np.abs(north))
    velocity = scene.truth["velocity"]
    assert velocity[reach < 125] == pytest.approx(-12.0, abs=0.02)
    assert (velocity[reach > 155] == 0).all()
    assert (reach < 125).any()
    assert (reach > 155).any()


def test_a_point_is_a_bowl_of_its_radius(quiet_spec, simulated):
    zones = collection(point(rate_mm_yr=10.0, radius_m=100.0))
    scene = simulated(quiet_spec.model_copy(update={"zones": zones}))
    distance = np.hypot(*local_metres(scene))
    assert np.abs(scene.truth["velocity"] - 10 * np.exp(-0.5 * (distance / 100) ** 2)).max() < 0.1


def test_a_polygon_may_hold_other_ps_than_its_surroundings(simulated):
    zones = collection(square(250.0, ps_per_km2=0.0))
    scene = simulated(SceneSpec(n_lines=60, n_samples=250, n_dates=2, zones=zones))
    east, north = local_metres(scene)
    inside = np.maximum(np.abs(east), np.abs(north)) < 240
    assert inside.any()
    assert not scene.truth["ps_main"][inside].any()
    assert scene.truth["ps_main"][~inside].any()


@pytest.mark.parametrize(
    ("zones", "message"),
    [
        ({"type": "Feature"}, "FeatureCollection"),
        (collection({"type": "Feature", "geometry": None, "properties": {}}), "zone 1 has no readable geometry"),
        (collection(point(speed=3)), "zone 1: speed"),
        (collection(point(rate_mm_yr="fast")), "rate_mm_yr"),
        (collection(point(), square(1e8)), "zone 2 is not in degrees"),
        (
            collection({"geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "properties": {}}),
            "LineString",
        ),
        (
            collection({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}),
            "crosses itself",
        ),
    ],
)
def test_bad_zones_are_named(zones, message):
    with pytest.raises(InputError, match=message):
        make_spec({"zones": zones})
