"""Where pixels lie: right-looking, zero Doppler, ascending and descending."""

import numpy as np
import pyproj
import pytest

from snapstamps.simulate.geometry import make_geometry
from snapstamps.simulate.headers import ground_heading
from snapstamps.simulate.scene import Scene
from snapstamps.simulate.spec import SceneSpec, Terrain

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize(("direction", "sign"), [("ascending", 1), ("descending", -1)])
def test_lines_go_with_the_flight_and_samples_to_its_right(direction, sign):
    geometry = make_geometry(SceneSpec(direction=direction))
    first, last = geometry.place(0, 0.0), geometry.place(geometry.n_lines - 1, 0.0)
    assert np.all(sign * (last.latitude - first.latitude) > 0)
    assert np.all(sign * np.diff(first.longitude) > 0)


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_an_exported_scene_is_oriented_like_its_pass(quiet_spec, simulated, direction):
    scene = simulated(quiet_spec.model_copy(update={"direction": direction}))
    master = scene.truth["master"]
    lat, lon = scene.geo(f"{master}.lat"), scene.geo(f"{master}.lon")
    up = direction == "ascending"
    assert (lat[-1].mean() > lat[0].mean()) == up
    assert (lon[:, -1].mean() > lon[:, 0].mean()) == up


@pytest.mark.parametrize("heading", [345.0, 348.0, 10.0, 192.0, 170.0])
@pytest.mark.parametrize("latitude", [-35.0, 0.0, 60.0])
def test_the_heading_on_the_ground_is_the_one_asked_for(heading, latitude):
    direction = "descending" if 90 < heading < 270 else "ascending"
    geometry = make_geometry(SceneSpec(heading_deg=heading, latitude=latitude, direction=direction))
    # the orbit is laid out about the geocentric vertical, 0.2 degrees from the geodetic one at most
    assert (ground_heading(geometry) - heading + 180) % 360 - 180 == pytest.approx(0, abs=0.3)


def test_pixels_are_spaced_as_the_spec_says():
    spec = SceneSpec(n_lines=200, n_samples=600)
    geometry = make_geometry(spec)
    a, b = geometry.place(100, 0.0), geometry.place(110, 0.0)
    _, _, azimuth = GEOD.inv(a.longitude[300], a.latitude[300], b.longitude[300], b.latitude[300])
    assert azimuth / 10 == pytest.approx(13.9, rel=2e-3)
    _, _, across = GEOD.inv(a.longitude[300], a.latitude[300], a.longitude[310], a.latitude[310])
    assert across / 10 == pytest.approx(2.329562 / np.sin(geometry.incidence[305]), rel=5e-3)


def test_the_centre_lies_where_it_was_asked_for():
    geometry = make_geometry(SceneSpec(latitude=41.9, longitude=12.5))
    place = geometry.place(150, 0.0)
    assert (place.longitude[320], place.latitude[320]) == pytest.approx((12.5, 41.9), abs=1e-9)
    assert np.abs(place.height).max() < 1e-4


@pytest.mark.parametrize("height", [0.0, 350.0, 3000.0])
def test_every_pixel_has_its_range_from_the_satellite_of_its_line(height):
    geometry = make_geometry(SceneSpec(latitude=-33.0, longitude=-70.5))
    place = geometry.place(17, height)
    transform = pyproj.Transformer.from_crs(4979, 4978, always_xy=True)
    ground = np.array(transform.transform(place.longitude, place.latitude, np.full(640, height))).T
    vector = geometry.state_vector(17 * 0.002055556299999998)
    sight = ground - vector.position
    assert np.abs(np.linalg.norm(sight, axis=1) - geometry.slant_range).max() < 2e-3
    doppler = sight @ vector.velocity / np.linalg.norm(vector.velocity)
    assert np.abs(doppler).max() < 2e-3


def test_local_metres_and_degrees_turn_into_each_other():
    geometry = make_geometry(SceneSpec(latitude=52.0))
    east, north = np.array([0.0, 1500.0, -3000.0]), np.array([0.0, -700.0, 2000.0])
    longitude, latitude = geometry.from_local(east, north)
    assert np.allclose(geometry.local(longitude, latitude), (east, north), atol=1e-6)
    azimuth, _, distance = GEOD.inv(105.85, 52.0, longitude[1], latitude[1])
    assert distance == pytest.approx(np.hypot(1500, 700), rel=1e-3)
    assert azimuth == pytest.approx(np.degrees(np.arctan2(1500, -700)), abs=0.1)


def test_height_and_position_agree_on_hills():
    spec = SceneSpec(n_lines=40, terrain=Terrain(relief_m=90, hill_size_m=1200, height_m=300))
    scene = Scene(spec)
    for number in (0, 20, 39):
        line = scene.ground.line(number)
        assert np.ptp(line.height) > 10
        assert np.abs(scene.ground.height.at(line.east, line.north) - line.height).max() < 0.05


def test_hills_shift_pixels_away_from_the_satellite():
    flat = Scene(SceneSpec(n_lines=20, terrain=Terrain(relief_m=0, height_m=0))).ground.line(10)
    high = Scene(SceneSpec(n_lines=20, terrain=Terrain(relief_m=0, height_m=100))).ground.line(10)
    # at one range, higher ground lies farther out: 100 m / tan(38 degrees) to the right of the flight
    across = (high.east - flat.east) * np.cos(np.radians(-12)) - (high.north - flat.north) * np.sin(np.radians(-12))
    assert across.mean() == pytest.approx(100 / np.tan(np.radians(38)), rel=0.01)


def test_both_passes_see_the_same_hills():
    spec = SceneSpec(n_lines=200, n_samples=640, terrain=Terrain(relief_m=80, hill_size_m=1200))
    up = Scene(spec).ground
    down = Scene(spec.model_copy(update={"direction": "descending"})).ground
    assert np.array_equal(up.height.values, down.height.values)
