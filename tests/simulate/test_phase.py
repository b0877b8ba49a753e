"""The phase of the interferograms: signs and sizes of everything in it."""

import numpy as np
import pytest

from snapstamps.model.units import SPEED_OF_LIGHT
from snapstamps.simulate.baselines import make_baselines
from snapstamps.simulate.geometry import make_geometry
from snapstamps.simulate.motion import Motion
from snapstamps.simulate.spec import Atmosphere, Noise, OrbitTube, Terrain

WAVELENGTH = SPEED_OF_LIGHT / 5405.000454334349e6


def wrapped(phase):
    return np.angle(np.exp(1j * phase))


def test_motion_towards_the_satellite_lowers_the_phase_of_later_slaves(quiet_spec, simulated):
    motion = Motion(shape="everywhere", rate_mm_yr=20)
    scene = simulated(quiet_spec.model_copy(update={"motions": (motion,)}))
    main = scene.truth["ps_main"]
    for k, days in enumerate(scene.truth["days"]):
        if days:
            expected = -4 * np.pi / WAVELENGTH * 0.020 * days / 365.25
            assert np.abs(wrapped(np.angle(scene.diff(k)[main]) - expected)).max() < 1e-4
    assert scene.truth["velocity"] == pytest.approx(20.0, abs=1e-4)


def test_subsidence_is_negative_and_seen_by_the_cosine_of_the_incidence(quiet_spec, simulated):
    motion = Motion(shape="everywhere", rate_mm_yr=-30, direction="up")
    scene = simulated(quiet_spec.model_copy(update={"motions": (motion,)}))
    expected = -30 * np.cos(scene.truth["incidence"])
    assert np.abs(scene.truth["velocity"] - expected).max() < 1e-4


@pytest.mark.parametrize(("direction", "sign"), [("ascending", -1), ("descending", 1)])
def test_eastward_motion_is_away_from_an_ascending_and_towards_a_descending_satellite(
    quiet_spec, simulated, direction, sign
):
    motion = Motion(shape="everywhere", rate_mm_yr=10, direction=(1.0, 0.0, 0.0))
    scene = simulated(quiet_spec.model_copy(update={"motions": (motion,), "direction": direction}))
    expected = sign * 10 * np.sin(scene.truth["incidence"]) * np.cos(np.radians(12))
    assert np.abs(scene.truth["velocity"] - expected).max() < 1e-4


def test_ground_above_the_dem_gives_the_phase_that_stamps_turns_into_positive_dem_error(quiet_spec, simulated):
    terrain = Terrain(relief_m=0, dem_error_m=8, dem_error_smooth_m=0)
    scene = simulated(quiet_spec.model_copy(update={"terrain": terrain}))
    truth = scene.truth
    main = truth["ps_main"]
    slaves = [k for k in range(5) if k != truth.master_index]
    phase = np.array([np.angle(scene.diff(k)[main]) for k in slaves])
    bperp = np.array([truth.perpendicular(k)[main] for k in slaves])
    slope = (phase * bperp).sum(axis=0) / (bperp**2).sum(axis=0)
    sample = np.nonzero(main)[1]
    lever = WAVELENGTH * truth["slant_range"][sample] * np.sin(truth["incidence"][sample])
    height = -slope * lever / (4 * np.pi)  # STEPS_6_8, section 12
    alone = np.abs(phase).max(axis=0) < 3
    # PS two pixels apart touch each other a little, hence the median
    assert np.median(np.abs(height - truth["dem_error"][main])[alone]) < 1e-3
    assert np.corrcoef(height[alone], truth["dem_error"][main][alone])[0, 1] > 0.98
    assert truth["dem_error"][main].std() == pytest.approx(8, rel=0.25)


def test_everything_together_is_what_the_truth_predicts(quiet_spec, simulated):
    spec = quiet_spec.model_copy(
        update={
            "terrain": Terrain(relief_m=20, hill_size_m=800, dem_error_m=0, dem_error_smooth_m=3),
            "atmosphere": Atmosphere(turbulence_rad=1.0, stratified_rad_per_km=5.0, ramp_rad=1.0),
            "noise": Noise(oscillator_rad=1.0, thermal_db=None),
            "motions": (
                Motion(shape="bowl", radius_m=150, rate_mm_yr=-40, direction="up"),
                Motion(shape="fault", azimuth_deg=30, rate_mm_yr=15, step_mm=5, step_date="2019-02-10"),
            ),
        }
    )
    scene = simulated(spec)
    main = scene.truth["ps_main"]
    for k in range(5):
        if k != scene.truth.master_index:
            expected = scene.truth.phase(k)[main]
            assert expected.std() > 0.1
            # only the neighbours' side lobes differ: their own phase is that of their own place
            assert np.abs(wrapped(np.angle(scene.diff(k)[main]) - expected)).max() < 0.05


def test_no_baseline_no_phase_of_dem_error(quiet_spec, simulated):
    spec = quiet_spec.model_copy(
        update={"terrain": Terrain(relief_m=0, dem_error_m=20), "orbit": OrbitTube(cross_m=0, radial_m=0, rate_m_s=0)}
    )
    scene = simulated(spec)
    assert np.abs(np.angle(scene.diff(0)[scene.truth["ps_main"]])).max() < 1e-5


def test_the_velocity_of_an_accelerating_motion_is_the_straight_line_through_its_course(quiet_spec, simulated):
    motion = Motion(shape="everywhere", rate_mm_yr=-10, acceleration_mm_yr2=-30, seasonal_mm=3, seasonal_day=100)
    scene = simulated(quiet_spec.model_copy(update={"motions": (motion,), "n_dates": 30}))
    truth = scene.truth
    displacement = np.array([truth.displacement(k)[5, 5] for k in range(30)])
    slope = np.polyfit(truth["days"] / 365.25, displacement, 1)[0]
    assert truth["velocity"][5, 5] == pytest.approx(slope, rel=1e-5)
    assert displacement[truth.master_index] == 0


def test_the_scatter_of_the_orbits_gives_baselines_of_the_tubes_size(quiet_spec):
    spec = quiet_spec.model_copy(update={"n_dates": 400})
    bperp = make_baselines(spec).perpendicular(29.5, make_geometry(spec).look).mean(axis=1)
    assert bperp.std() == pytest.approx(70, rel=0.15)
    assert bperp[spec.days.index(spec.master_day)] == 0
