"""The twins have the papers' dates, baselines and geometry, and the motions that are asked for."""

import json

import numpy as np
import pytest

from snapstamps.config.profile import load_paper, load_profile
from snapstamps.config.profile_shapes import centre_of
from snapstamps.model.errors import InputError
from snapstamps.simulate.baselines import make_baselines
from snapstamps.simulate.geometry import make_geometry
from snapstamps.simulate.ground import cover_at
from snapstamps.simulate.motion import course_mm, pattern
from snapstamps.simulate.presets import preset
from snapstamps.simulate.spec import make_spec, spec_json
from snapstamps.simulate.twin import signed_baselines, twin_spec
from snapstamps.simulate.zones import project_zones

NAMES = ("thai_nguyen_2022", "yen_bai_2021")


@pytest.fixture(params=[(name, small) for name in NAMES for small in (False, True)], ids=str)
def twin(request):
    """A paper's profile and its twin."""
    name, small = request.param
    profile = load_paper(name)
    return profile, twin_spec(profile, small=small)


def total_at(spec, place) -> float:
    """The displacement at the middle of an area from the first to the last date, mm."""
    geometry = make_geometry(spec)
    east, north = geometry.local(*(np.array([value]) for value in centre_of(place)))
    courses = [(course_mm(each, spec.days, spec.master_day), pattern(each, east, north)[0]) for each in spec.motions]
    return sum((course[-1] - course[0]) * share for course, share in courses)


def density_at(spec, longitude, latitude) -> float:
    geometry = make_geometry(spec)
    east, north = geometry.local(np.array([longitude]), np.array([latitude]))
    return float(cover_at(spec, project_zones(spec.zones, geometry.local), east, north)[0][0])


def test_dates_master_and_direction_are_the_papers(twin):
    profile, spec = twin
    assert spec.days == tuple(profile.baselines.by_date)
    assert spec.master_day == profile.scenes.master.value
    assert spec.direction == profile.scenes.direction.value
    low, high = {"IW1": (30.8, 36.6), "IW2": (36.4, 41.9)}[profile.scenes.swaths.value[0]]
    incidence = np.degrees(make_geometry(spec).incidence)
    assert low <= incidence.min() < incidence.max() <= high


def test_the_baselines_at_the_centre_are_those_of_the_table(twin):
    profile, spec = twin
    look = make_geometry(spec).look
    drawn = make_baselines(spec).perpendicular(spec.n_lines / 2 - 0.5, look)[:, spec.n_samples // 2]
    told = np.array(list(profile.baselines.by_date.values()))
    compared = drawn if profile.baselines.signed else np.abs(drawn)
    np.testing.assert_allclose(compared, told, atol=1e-4)


def test_magnitudes_get_alternating_signs():
    signed = np.array(list(signed_baselines(load_paper("yen_bai_2021").baselines).values()))
    assert np.sum(signed > 0) + np.sum(signed < 0) == 26
    assert np.all(signed[1::2] <= 0)
    assert np.all(signed[::2] >= 0)


def test_the_coal_mine_sinks_as_the_paper_says_and_the_city_stays():
    profile = load_paper("thai_nguyen_2022")
    spec = twin_spec(profile)
    assert -60 <= total_at(spec, profile.place("Phan Me coal mine")) <= -40
    assert abs(total_at(spec, profile.place("Thai Nguyen city"))) < 1
    assert abs(total_at(spec, profile.place("Trai Cau iron mine"))) < 1


def test_the_mountains_hold_hardly_any_ps():
    profile = load_paper("thai_nguyen_2022")
    spec = twin_spec(profile)
    city = density_at(spec, *centre_of(profile.place("Thai Nguyen city")))
    assert density_at(spec, 105.88, 21.70) < city / 20


def test_slopes_slide_at_the_papers_rates_and_the_road_has_houses():
    profile = load_paper("yen_bai_2021")
    spec = twin_spec(profile)
    years = (spec.days[-1] - spec.days[0]).days / 365.25
    assert total_at(spec, profile.place("Lang Thip")) / years == pytest.approx(-16, abs=1.5)
    assert total_at(spec, profile.place("Phong Du Thuong")) == pytest.approx(-38.5, abs=1)
    assert density_at(spec, 104.615, 21.925) == 70
    assert density_at(spec, 104.66, 21.98) < 10


def test_a_twin_can_be_written_and_read_again(twin):
    _, spec = twin
    assert make_spec(json.loads(spec_json(spec))) == spec
    assert "simulated" in spec.name


def test_the_teaching_profile_has_the_scene_to_teach_with():
    profile = load_profile("teaching")
    assert twin_spec(profile) == preset("class")
    for name, value in preset("class").recommended_parms.items():
        assert profile.options[f"stamps.parms.{name}"].value == value


def test_a_profile_without_a_twin_says_so():
    with pytest.raises(InputError, match="has no twin"):
        twin_spec(load_profile("teaching").model_copy(update={"twin": None}))


def test_given_baselines_must_fit_the_dates():
    with pytest.raises(InputError, match="perpendicular_m has 1 values for 20 dates"):
        make_spec({"perpendicular_m": [5.0]})
    with pytest.raises(InputError, match="not zero at the master"):
        make_spec({"n_dates": 2, "perpendicular_m": [0.0, 5.0]})
