"""What the headers say, with SNAP's faults and without."""

import math

import numpy as np
import pyproj
import pytest

from snapstamps.formats.gamma_par import GammaHeader, read_baseline
from snapstamps.model.units import yyyymmdd
from snapstamps.simulate.baselines import make_baselines
from snapstamps.simulate.export import write_headers
from snapstamps.simulate.geometry import ORBIT_RADIUS, make_geometry
from snapstamps.simulate.scene import Scene
from snapstamps.simulate.spec import SceneSpec

SPEC = SceneSpec(n_lines=400, n_samples=900, n_dates=6, seed=3)


def headers_of(spec, folder):
    for part in ("rslc", "diff0", "geo", "dem"):
        (folder / part).mkdir(parents=True)
    write_headers(folder, Scene(spec))
    return GammaHeader.read(folder / "rslc" / f"{yyyymmdd(spec.master_day)}.rslc.par"), sorted(
        folder.glob("diff0/*.base")
    )


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    return headers_of(SPEC.model_copy(update={"snap_faults": False}), tmp_path_factory.mktemp("right"))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return headers_of(SPEC, tmp_path_factory.mktemp("faulty"))


def stamps_angles(header):
    """Look angle and incidence of every sample from a header, by the formulas of ps_load_initial_gamma."""
    se, re = header.number("sar_to_earth_center"), header.number("earth_radius_below_sensor")
    rho = header.number("near_range_slc") + header.number("range_pixel_spacing") * np.arange(900)
    look = np.arccos((se**2 + rho**2 - re**2) / (2 * se * rho))
    return look, np.arccos((se**2 - re**2 - rho**2) / (2 * re * rho))


def stamps_bperp(header, base, line):
    """Perpendicular baseline of every sample from .par and .base, by the formula of ps_load_initial_gamma."""
    look, _ = stamps_angles(header)
    tcn = read_baseline(base)
    seconds = (line - (header.number("azimuth_lines") / 2 - 0.5)) / header.number("prf")
    cross = tcn.initial[1] + tcn.rate[1] * seconds
    normal = tcn.initial[2] + tcn.rate[2] * seconds
    return cross * np.cos(look) - normal * np.sin(look)


@pytest.mark.parametrize("line", [0, 133, 399])
def test_right_headers_give_stamps_the_true_baselines(right, line):
    header, bases = right
    geometry = make_geometry(SPEC)
    truth = np.delete(make_baselines(SPEC).perpendicular(line, geometry.look), 3, axis=0)
    for base, bperp in zip(bases, truth, strict=True):
        assert np.abs(stamps_bperp(header, base, line) - bperp).max() < 1e-6


def test_faulty_base_files_only_flip_the_normal_component(right, faulty):
    for good, bad in zip(right[1], faulty[1], strict=True):
        true, snap = read_baseline(good), read_baseline(bad)
        assert snap.initial == (0.0, true.initial[1], -true.initial[2])
        assert snap.rate == (0.0, true.rate[1], -true.rate[2])


def test_with_the_faulty_sign_stamps_errs_by_twice_the_normal_component(right, faulty):
    header = right[0]
    look, _ = stamps_angles(header)
    for good, bad in zip(right[1], faulty[1], strict=True):
        error = stamps_bperp(header, bad, 199.5) - stamps_bperp(header, good, 199.5)
        assert error == pytest.approx(2 * read_baseline(good).initial[2] * np.sin(look), abs=1e-9)
        assert np.abs(error).max() > 1


def test_snaps_baseline_is_normal_up_as_its_algebra_says(faulty):
    # Bh cos(look) + Bv sin(look) is SNAP's own perpendicular baseline
    truth = np.delete(make_baselines(SPEC).perpendicular(199.5, make_geometry(SPEC).look), 3, axis=0)
    look = make_geometry(SPEC).look
    for base, bperp in zip(faulty[1], truth, strict=True):
        tcn = read_baseline(base)
        assert tcn.initial[1] * np.cos(look) + tcn.initial[2] * np.sin(look) == pytest.approx(bperp, abs=1e-9)


def test_right_headers_give_the_incidence_asked_for(right):
    _, incidence = stamps_angles(right[0])
    assert math.degrees(incidence[450]) == pytest.approx(38.0, abs=1e-9)


def test_the_numbers_of_baselines_are_floats_widened_to_doubles(faulty):
    for base in faulty[1]:
        for number in read_baseline(base).initial:
            assert float(np.float32(number)) == number


def test_faults_halve_all_times(right, faulty):
    for key in ("start_time", "center_time", "end_time", "time_of_first_state_vector", "state_vector_interval"):
        assert right[0].number(key) == pytest.approx(2 * faulty[0].number(key), rel=1e-15)
    assert right[0].number("state_vector_interval") == 10.0


def test_faults_make_three_ranges_one_and_round_the_spacings(right, faulty):
    near = right[0].number("near_range_slc")
    assert right[0].number("far_range_slc") == pytest.approx(near + 899 * 2.329562)
    assert right[0].number("center_range_slc") == pytest.approx(near + 450 * 2.329562)
    ranges = {faulty[0].number(f"{place}_range_slc") for place in ("near", "center", "far")}
    assert ranges == {near}
    assert right[0].text("range_pixel_spacing") == "2.329562\tm"
    assert right[0].text("azimuth_pixel_spacing") == "13.9\tm"


@pytest.mark.parametrize(
    ("latitude", "error_km"), [(10.80, -19.8), (21.03, -11.6), (21.60, -0.2), (37.75, 7.9), (45.0, -4.8), (56.09, 10.5)]
)
def test_the_faulty_earth_radius_errs_as_measured_on_real_exports(latitude, error_km, tmp_path):
    header, _ = headers_of(SPEC.model_copy(update={"latitude": latitude}), tmp_path)
    true = make_geometry(SPEC.model_copy(update={"latitude": latitude})).earth_radius
    error = header.number("earth_radius_below_sensor") - true
    assert error / 1000 == pytest.approx(error_km, abs=0.15)


def test_state_vectors_lie_on_the_orbit_that_sees_the_scene(right):
    header = right[0]
    first, step = header.number("time_of_first_state_vector"), header.number("state_vector_interval")
    count = int(header.number("number_of_state_vectors"))
    positions = np.array([header.numbers(f"state_vector_position_{n}", 3) for n in range(1, count + 1)])
    velocities = np.array([header.numbers(f"state_vector_velocity_{n}", 3) for n in range(1, count + 1)])
    assert np.linalg.norm(positions, axis=1) == pytest.approx(ORBIT_RADIUS, abs=1e-5)
    # velocity is the derivative of position (central difference; the circle's third derivative is small)
    slope = (positions[2:] - positions[:-2]) / (2 * step)
    assert np.abs(slope - velocities[1:-1]).max() < 0.2
    assert first < header.number("start_time") < header.number("end_time") < first + step * (count - 1)


def test_the_scene_centre_is_seen_at_zero_doppler_and_at_its_range(right):
    header, spec = right[0], SPEC
    geometry = make_geometry(spec)
    seconds = 0.002055556299999998 * (spec.n_lines // 2)
    vector = geometry.state_vector(seconds)
    place = ecef(spec.latitude, spec.longitude)
    sight = place - vector.position
    assert abs(sight @ vector.velocity) / np.linalg.norm(vector.velocity) < 1e-6
    assert np.linalg.norm(sight) == pytest.approx(header.number("near_range_slc") + 450 * 2.329562, abs=1e-6)
    right_side = np.cross(vector.velocity, vector.position)
    assert sight @ right_side > 0


def ecef(latitude, longitude):
    transform = pyproj.Transformer.from_crs(4979, 4978, always_xy=True)
    return np.array(transform.transform(longitude, latitude, 0.0))
