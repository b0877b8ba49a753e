"""The look vector: from the ground to the satellite, which looks to its right."""

import numpy as np
import pytest

from snapstamps.results.viewing import look_vectors
from snapstamps.simulate.geometry import make_geometry
from snapstamps.simulate.presets import preset
from snapstamps.simulate.spec import make_spec

INCIDENCE = np.radians(np.linspace(29, 46, 7))


@pytest.mark.parametrize("heading", [0.0, 12.0, 192.0, 348.0, -12.0])
def test_it_has_unit_length_and_the_incidence_angle_from_the_vertical(heading):
    look = look_vectors(heading, INCIDENCE)
    np.testing.assert_allclose(look.east**2 + look.north**2 + look.up**2, 1, rtol=1e-12)
    np.testing.assert_allclose(np.arccos(look.up), INCIDENCE, rtol=1e-12)


@pytest.mark.parametrize("heading", [12.0, 192.0, 348.0])
def test_the_satellite_stands_square_to_its_flight_with_the_ground_on_its_right(heading):
    look = look_vectors(heading, INCIDENCE)
    flight = np.array([np.sin(np.radians(heading)), np.cos(np.radians(heading))])
    ground = -np.array([look.east, look.north])  # from the satellite to the ground
    np.testing.assert_allclose(flight @ ground, 0, atol=1e-12)
    assert np.all(flight[1] * ground[0] - flight[0] * ground[1] > 0)


def test_ascending_passes_look_from_the_west_and_descending_ones_from_the_east():
    assert np.all(look_vectors(348.0, INCIDENCE).east < 0)
    assert np.all(look_vectors(192.0, INCIDENCE).east > 0)


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_it_is_the_one_of_the_simulator(direction):
    spec = make_spec({**preset("tiny").model_dump(), "direction": direction, "heading_deg": None})
    geometry = make_geometry(spec)
    look = look_vectors(spec.heading, geometry.incidence)
    np.testing.assert_allclose([look.east, look.north, look.up], geometry.look_vector, atol=1e-12)
