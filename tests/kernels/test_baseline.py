"""Baselines: known offsets of an orbit come back; GAMMA and SNAP's forms are reproduced."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_safe import Pass, state_vectors

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.kernels.baseline import (
    height_of_ambiguity,
    pair_geometry,
    perpendicular_of_components,
    track_components,
)
from snapstamps.kernels.orbit import Orbit, fit_orbit, ground_point, position_at

PASS = Pass()
BEGIN = PASS.sensing_start
SECONDS = np.arange(BEGIN - 70, BEGIN + 90, 10.0)
GAMMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "gamma_baselines"
gamma_data = pytest.mark.skipif(
    not GAMMA.is_dir(), reason="needs GAMMA's files of ../shared/data, which are not ours to commit"
)


def orbit_of(cross=0.0, radial=0.0) -> Orbit:
    return fit_orbit(*state_vectors(replace(PASS, cross=cross, radial=radial), SECONDS))


MASTER = orbit_of()
POINT = ground_point(MASTER, BEGIN, 860e3)
SATELLITE = position_at(MASTER, BEGIN)


def look_angle() -> float:
    towards = (POINT - SATELLITE) / np.linalg.norm(POINT - SATELLITE)
    return float(np.arccos(towards @ -SATELLITE / np.linalg.norm(SATELLITE)))


@settings(max_examples=40)
@given(st.floats(-300, 300), st.floats(-300, 300))
def test_an_orbit_moved_to_the_right_and_upwards_has_that_baseline(cross, radial):
    slave = orbit_of(cross, radial)
    parts = track_components(MASTER, slave, POINT)
    assert parts.cross == pytest.approx(cross, abs=0.2 + 3e-3 * abs(cross))
    assert parts.normal == pytest.approx(-radial, abs=0.2 + 3e-3 * (abs(cross) + abs(radial)))
    pair = pair_geometry([MASTER, slave], POINT)
    expected = perpendicular_of_components(parts.cross, parts.normal, look_angle())
    assert pair.perpendicular[0, 1] == pytest.approx(float(expected), abs=0.01)


def test_a_slave_towards_the_target_or_above_has_a_positive_baseline():
    pair = pair_geometry([MASTER, orbit_of(cross=100.0), orbit_of(radial=100.0)], POINT)
    assert np.all(pair.perpendicular[0, 1:] > 0)
    assert np.all(pair.two_range[0, 1:] > 0)
    assert np.all(pair.perpendicular[1:, 0] < 0)


def test_exchanging_master_and_slave_changes_the_sign():
    orbits = [orbit_of(*offset) for offset in ((0, 0), (80, -30), (-120, 60), (5, 140))]
    pair = pair_geometry(orbits, POINT)
    np.testing.assert_allclose(pair.perpendicular, -pair.perpendicular.T, atol=0.05)
    np.testing.assert_allclose(pair.parallel, -pair.parallel.T, atol=1e-9)
    assert np.all(np.diag(pair.perpendicular) == 0)
    assert np.all(np.diag(pair.two_range) == 0)


def test_differences_to_one_master_tell_the_other_pairs():
    pair = pair_geometry([orbit_of(*offset) for offset in ((0, 0), (80, -30), (-120, 60))], POINT)
    assert pair.perpendicular[1, 2] == pytest.approx(pair.perpendicular[0, 2] - pair.perpendicular[0, 1], abs=0.05)


def test_snaps_form_has_the_part_along_the_track_in_it():
    slave = orbit_of(cross=3.0)
    turned = replace(slave, coefficients=slave.coefficients.copy())
    # a slave whose track converges by 3e-5 rad stands abeam of the point some 20 m farther along
    half = (slave.stop - slave.start) / 2
    right = np.cross(-SATELLITE, state_vectors(PASS, np.array([BEGIN]))[2][0])
    turned.coefficients[1] += 0.229 * half * right / np.linalg.norm(right)
    turned.coefficients[0] -= 0.229 * (BEGIN - (slave.start + half)) * right / np.linalg.norm(right)
    pair, parts = pair_geometry([MASTER, turned], POINT), track_components(MASTER, turned, POINT)
    assert abs(parts.along) > 15
    assert abs(pair.perpendicular[0, 1]) < 5
    assert pair.two_range[0, 1] ** 2 == pytest.approx(pair.perpendicular[0, 1] ** 2 + parts.along**2, rel=0.02)


def test_the_height_of_ambiguity_has_the_form_of_snap():
    pair = pair_geometry([MASTER, orbit_of(cross=100.0)], POINT)
    heights = height_of_ambiguity(pair, 0.0555)
    known = -0.0555 * pair.slant_range[0] * np.sin(pair.incidence[0]) / (2 * pair.perpendicular[0, 1])
    assert heights[0, 1] == pytest.approx(known)
    assert heights[0, 1] < 0 < heights[1, 0]
    assert np.isinf(heights[0, 0])


def test_snaps_own_numbers_are_in_that_form():
    # SNAP 12 wrote these for one real pair; range and incidence follow from them: both pairs must agree
    numerators = [33.8997 * 526.359, 107.5948 * 165.839]
    assert numerators[0] == pytest.approx(numerators[1], rel=1e-4)


def test_an_orbit_that_does_not_pass_the_point_gives_no_number():
    far = ground_point(MASTER, BEGIN, 860e3) * [1, 1, -1]
    pair = pair_geometry([MASTER, orbit_of(cross=10.0)], far)
    assert np.isnan(pair.perpendicular).all()
    assert np.isnan(pair.slant_range).all()


def gamma_orbit(header: GammaHeader) -> Orbit:
    count = int(header.number("number_of_state_vectors"))
    times = header.number("time_of_first_state_vector") + np.arange(count) * header.number("state_vector_interval")
    places = [header.numbers(f"state_vector_position_{k + 1}", 3) for k in range(count)]
    speeds = [header.numbers(f"state_vector_velocity_{k + 1}", 3) for k in range(count)]
    return fit_orbit(times, np.array(places), np.array(speeds))


def gamma_pairs():
    """Give each pair: the master's header, both orbits, the baseline's header, and GAMMA's table."""
    for path in sorted(GAMMA.glob("*_bperp.par")):
        headers = [GammaHeader.read(GAMMA / f"r{day}_VV_slc.par") for day in (path.name[:8], path.name[9:17])]
        rows = [line.split() for line in path.read_text().splitlines() if re.match(r"\s*\d+\s+\d+\s+-?\d+\.\d", line)]
        base = GammaHeader.read(path.with_name(path.name.replace("bperp", "base")))
        yield headers[0], [gamma_orbit(header) for header in headers], base, np.array(rows, float)


LOOKS = (2, 8)
"""Azimuth and range looks of GAMMA's tables."""


@gamma_data
def test_state_vectors_give_gammas_baselines_within_a_metre():
    n_pairs = 0
    for header, orbits, _, table in gamma_pairs():
        chosen = np.isin(table[:, 0], table[[0, len(table) // 2, -1], 0]) & (table[:, 1] % 2000 == 0)
        for line, sample, known in table[chosen][:, [0, 1, 7]]:
            time = header.number("start_time") + (line * LOOKS[0] + 0.5) * header.number("azimuth_line_time")
            spacing = header.number("range_pixel_spacing")
            point = ground_point(orbits[0], time, header.number("near_range_slc") + (sample * LOOKS[1] + 3.5) * spacing)
            assert pair_geometry(orbits, point).perpendicular[0, 1] == pytest.approx(known, abs=1.0)
        n_pairs += 1
    assert n_pairs >= 26


@gamma_data
def test_gammas_components_give_its_baselines_within_five_centimetres():
    for header, _, base, table in gamma_pairs():
        _, cross, normal = base.numbers("precision_baseline(TCN)", 3)
        _, cross_rate, normal_rate = base.numbers("precision_baseline_rate", 3)
        seconds = (table[:, 0] - (4541 / 2 - 0.5)) * LOOKS[0] * header.number("azimuth_line_time")
        perpendicular = perpendicular_of_components(
            cross + cross_rate * seconds, normal + normal_rate * seconds, np.radians(table[:, 5])
        )
        assert np.abs(perpendicular - table[:, 7]).max() < 0.05


@gamma_data
def test_components_from_state_vectors_are_gammas_within_a_metre():
    for header, orbits, base, _ in gamma_pairs():
        point = ground_point(orbits[0], header.number("center_time"), header.number("center_range_slc"))
        parts = track_components(*orbits, point)
        _, cross, normal = base.numbers("initial_baseline(TCN)", 3)
        assert (parts.cross, parts.normal) == pytest.approx((cross, normal), abs=1.0)


@gamma_data
def test_snaps_form_can_be_twenty_metres_off_gamma():
    worst = 0.0
    for header, orbits, _, table in gamma_pairs():
        point = ground_point(orbits[0], header.number("center_time"), header.number("center_range_slc"))
        pair = pair_geometry(orbits, point)
        worst = max(worst, abs(abs(pair.two_range[0, 1]) - abs(pair.perpendicular[0, 1])))
        assert np.abs(pair.perpendicular[0, 1] - np.median(table[:, 7])) < 25
    assert 15 < worst < 25
