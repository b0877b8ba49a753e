"""Survey points against scatterers: every answer that there is, and the figures behind it."""

import numpy as np
import pytest
from measured_results import LAT, LON, dates_of, lonlat_of, write_measured

from snapstamps.results.compare_points import compare_points
from snapstamps.results.survey import SurveyPoint, SurveySeries

CENTRES = np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 1000.0], [1000.0, 1000.0]])
VELOCITIES = np.array([-15.4, 0.4, 7.0, -3.0])
DATES = dates_of(40)
RULE = {"radius": 50.0, "threshold": 5.0}


@pytest.fixture
def measured(tmp_path):
    """Give results with four clusters of twelve scatterers, each with a velocity of its own and noise."""
    rng = np.random.default_rng(0)
    xy = (CENTRES[:, None] + rng.uniform(-25, 25, (4, 12, 2))).reshape(-1, 2)
    velocity = np.repeat(VELOCITIES, 12) + 0.3 * rng.standard_normal(48)
    return write_measured(tmp_path / "v.gpkg", xy, velocity, std=0.3, dates=DATES)


def at(place: int, **known) -> SurveyPoint:
    lon, lat = lonlat_of(CENTRES[[place]])[0]
    return SurveyPoint(f"P{place}", lon, lat, **known)


def test_every_place_gets_one_of_the_answers(measured):
    nowhere = SurveyPoint("far", LON + 0.05, LAT)
    found = compare_points(measured, [at(0), at(1), nowhere], **RULE).matches
    assert [match.motion for match in found] == ["moves", "no significant motion", "no PS here"]
    assert [match.agreement for match in found] == ["nothing to compare", "nothing to compare", "no PS here"]
    assert [match.ps.n_ps for match in found] == [12, 12, 0]
    assert np.isnan(found[2].ps.velocity)
    assert found[2].ps.nearest == pytest.approx(4170, rel=0.02)


def test_velocity_and_deviation_are_those_of_the_truth(measured):
    found = compare_points(measured, [at(place) for place in range(4)], **RULE).matches
    error = np.array([match.ps.velocity for match in found]) - VELOCITIES
    deviation = np.array([match.ps.velocity_std for match in found])
    assert (deviation < 0.3).all()  # the noise is each one's own, so the mean is known better
    assert (np.abs(error) < 4 * deviation).all()
    assert (
        np.diff(np.hypot(*(measured.lonlat[found[0].ps.rows] - [found[0].point.lon, found[0].point.lat]).T)) >= -1e-6
    ).all()


def test_the_uncertainty_of_a_position_widens_the_search(measured):
    lon, lat = lonlat_of(np.array([[90.0, 0.0]]))[0]
    sharp, vague = SurveyPoint("a", lon, lat), SurveyPoint("b", lon, lat, uncertainty=80.0)
    one, other = compare_points(measured, [sharp, vague], **RULE).matches
    assert (one.motion, other.motion) == ("no PS here", "moves")
    assert other.reach == 130.0


def test_values_agree_or_differ_and_the_figures_sum_it_up(measured):
    survey = [
        at(0, velocity={"los": -15.0}, velocity_std={"los": 0.5}),
        at(1, velocity={"los": 5.0}, velocity_std={"los": 0.5}),
        at(2, velocity={"los": 7.2}, velocity_std={"los": 0.5}),
    ]
    found = compare_points(measured, survey, **RULE)
    assert [match.agreement for match in found.matches] == ["agrees", "differs", "agrees"]
    difference = np.array([match.difference for match in found.matches])
    assert found.n_compared == 3
    assert found.bias == pytest.approx(difference.mean())
    assert found.rmse == pytest.approx(np.sqrt((difference**2).mean()))
    assert found.rmse_unbiased == pytest.approx(difference.std(ddof=1))
    assert found.correlation > 0.95


def test_a_survey_with_another_reference_agrees_when_the_bias_is_taken_out(measured):
    def survey(shift: float) -> list[SurveyPoint]:
        return [at(place, velocity={"los": VELOCITIES[place] + shift}, velocity_std={"los": 0.2}) for place in range(4)]

    plain = compare_points(measured, survey(6.0), **RULE)
    assert {match.agreement for match in plain.matches} == {"differs"}
    without = compare_points(measured, survey(6.0), **RULE, remove_bias=True)
    assert {match.agreement for match in without.matches} == {"agrees"}
    assert without.offset == pytest.approx(-6.0, abs=0.3)
    assert without.bias == plain.bias
    two = compare_points(measured, survey(6.0)[:2], **RULE, remove_bias=True)
    assert two.offset == 0.0
    assert {match.agreement for match in two.matches} == {"differs"}


def test_levelling_is_seen_through_the_line_of_sight(measured):
    up = float(measured.look[0, 2])
    (match,) = compare_points(measured, [at(0, velocity={"up": -15.4 / up})], **RULE).matches
    assert match.survey.value == pytest.approx(-15.4, abs=1e-3)
    assert match.agreement == "agrees"


def test_series_are_compared_at_the_survey_s_dates_without_the_zero_of_either(measured):
    first = measured.days[0]
    days = np.arange(first - 100, first + 600, 17.0)
    values = 300.0 + VELOCITIES[0] * (days - first) / 365.25
    (match,) = compare_points(measured, [at(0, series=SurveySeries(days, {"los": values}))], **RULE).matches
    inside = (days >= first) & (days <= measured.days[-1])
    np.testing.assert_array_equal(match.series.days, days[inside])
    assert match.series.rmse < 0.3
    assert match.series.correlation > 0.999
    assert match.survey.value == pytest.approx(VELOCITIES[0])
    assert match.agreement == "agrees"


def test_a_series_that_hardly_overlaps_is_not_compared(measured):
    days = measured.days[-1] + np.array([-1.0, 12.0, 24.0, 36.0])
    series = SurveySeries(days, {"los": np.arange(4.0)})
    (match,) = compare_points(measured, [at(0, series=series)], **RULE).matches
    assert match.series is None


def test_no_points_are_no_comparison(measured):
    found = compare_points(measured, [], **RULE)
    assert (found.matches, found.n_compared) == ((), 0)
