"""Ready-made scenes: a small one for tests, one to show, one to teach with, one to strain the machine."""

from collections.abc import Callable
from datetime import date

from snapstamps.model.errors import InputError
from snapstamps.simulate.motion import Motion
from snapstamps.simulate.spec import Atmosphere, Cover, Noise, Scatterers, SceneSpec, Terrain

EASTWARD_SLOPE = (0.86, 0.0, -0.5)
"""Downhill on a slope that faces east: away from an ascending satellite."""
_PARMS_100_M = {"unwrap_grid_size": 100, "unwrap_time_win": 180, "scn_time_win": 120, "scla_deramp": "y"}


def tiny() -> SceneSpec:
    """Return the scene for tests: as small as StaMPS's windows allow, with a bit of everything."""
    return SceneSpec(
        name="tiny",
        seed=11,
        n_lines=180,
        n_samples=640,
        n_dates=18,
        terrain=Terrain(relief_m=25, hill_size_m=800),
        scatterers=Scatterers(ps_per_km2=160, coherence_days=4),
        motions=(
            Motion(shape="bowl", radius_m=450, rate_mm_yr=-35, direction="up", east_m=250, north_m=-200),
            Motion(shape="fault", azimuth_deg=20, east_m=-700, width_m=200, rate_mm_yr=6),
        ),
        atmosphere=Atmosphere(turbulence_rad=0.3, ramp_rad=0.3),
        recommended_parms={"unwrap_grid_size": 50, "unwrap_time_win": 180, "scn_time_win": 50, "scla_deramp": "y"},
    )


def demo() -> SceneSpec:
    """Return the scene of ``make demo``: a town beside a sinking mine, and a slope that creeps."""
    town = {"east_m": -900, "north_m": -600, "azimuth_deg": 40}
    mine = {"east_m": 700, "north_m": -2200}
    slope = {"east_m": 1500, "north_m": 900, "azimuth_deg": 20}
    return SceneSpec(
        name="demo",
        seed=2024,
        n_lines=512,
        n_samples=1500,
        latitude=21.6,
        longitude=105.75,
        first_date=date(2019, 7, 8),
        n_dates=32,
        missing_dates=(date(2019, 10, 12), date(2020, 2, 9)),
        terrain=Terrain(relief_m=160, hill_size_m=1500, mountains_towards_deg=45),
        scatterers=Scatterers(ps_per_km2=60),
        cover=(
            Cover(**town, radius_m=1900, aspect=0.7, ps_per_km2=420, brightness=1.5),
            Cover(**mine, radius_m=600, ps_per_km2=220, brightness=1.2),
            Cover(**slope, radius_m=1000, aspect=0.7, ps_per_km2=130),
            Cover(east_m=-1500, north_m=1700, radius_m=900, aspect=0.35, azimuth_deg=70, ps_per_km2=0, brightness=0.25),
        ),
        motions=(
            Motion(**mine, shape="bowl", radius_m=450, rate_mm_yr=-28, direction="up"),
            Motion(shape="bowl", east_m=-800, north_m=-300, radius_m=900, rate_mm_yr=-12, direction="up"),
            Motion(
                **slope, shape="slope", radius_m=800, aspect=0.7, width_m=300, rate_mm_yr=16, direction=EASTWARD_SLOPE
            ),
        ),
        atmosphere=Atmosphere(turbulence_rad=0.35),
        recommended_parms=_PARMS_100_M,
    )


def lesson() -> SceneSpec:
    """
    Return the scene for teaching: one valley, four stories.

    The city sinks where it pumps its groundwater, and breathes with the seasons; the mine beside it sinks faster and
    faster; on a slope above the valley a landslide creeps and jumps once after the rains; the forested mountains
    hold hardly any PS, so that what moves there stays unseen.
    """
    city = {"east_m": -1200, "north_m": -600, "azimuth_deg": 35}
    mine = {"east_m": 600, "north_m": -3000}
    slope = {"east_m": 1500, "north_m": -300, "azimuth_deg": 10}
    mountains = {"east_m": 1500, "north_m": 2600, "azimuth_deg": 100}
    return SceneSpec(
        name="class",
        seed=7,
        n_lines=640,
        n_samples=1800,
        latitude=21.6,
        longitude=105.75,
        first_date=date(2019, 7, 8),
        n_dates=44,
        missing_dates=(date(2019, 12, 23), date(2020, 5, 27)),
        terrain=Terrain(relief_m=200, hill_size_m=1700, mountains_towards_deg=35, dem_error_m=5),
        scatterers=Scatterers(ps_per_km2=45, coherence_days=10),
        cover=(
            Cover(**mountains, radius_m=2600, aspect=0.6, ps_per_km2=5, brightness=0.8),
            Cover(**city, radius_m=2100, aspect=0.7, ps_per_km2=420, brightness=1.6),
            Cover(**mine, radius_m=800, ps_per_km2=220, brightness=1.2),
            Cover(**slope, radius_m=1000, aspect=0.7, ps_per_km2=120),
            Cover(east_m=-2200, north_m=1900, radius_m=1000, aspect=0.3, azimuth_deg=60, ps_per_km2=0, brightness=0.2),
        ),
        motions=(
            Motion(
                **city, shape="bowl", radius_m=1000, rate_mm_yr=-14, direction="up", seasonal_mm=4, seasonal_day=60
            ),
            Motion(**mine, shape="bowl", radius_m=500, rate_mm_yr=-24, acceleration_mm_yr2=-14, direction="up"),
            Motion(
                **slope, shape="slope", radius_m=800, aspect=0.7, width_m=300, rate_mm_yr=12, step_mm=6,
                step_date=date(2020, 8, 1), direction=EASTWARD_SLOPE,
            ),
            Motion(**mountains, shape="bowl", radius_m=600, rate_mm_yr=-25, direction="up"),
        ),
        atmosphere=Atmosphere(turbulence_rad=0.4, stratified_rad_per_km=2.0),
        recommended_parms=_PARMS_100_M,
    )  # fmt: skip


def large() -> SceneSpec:
    """Return the scene of a million PS: made in a stream, some gigabytes on disk."""
    return SceneSpec(
        name="large",
        seed=5,
        n_lines=3600,
        n_samples=4000,
        n_dates=20,
        terrain=Terrain(relief_m=120, hill_size_m=2500),
        scatterers=Scatterers(ps_per_km2=1340, coherence_days=0),
        motions=(
            Motion(shape="bowl", east_m=2000, north_m=-6000, radius_m=2500, rate_mm_yr=-30, direction="up"),
            Motion(shape="bowl", east_m=-3000, north_m=9000, radius_m=1200, rate_mm_yr=-20, direction="up"),
            Motion(shape="fault", azimuth_deg=60, width_m=600, rate_mm_yr=5),
        ),
        atmosphere=Atmosphere(turbulence_rad=0.8, ramp_rad=1.0),
        noise=Noise(thermal_db=None),
    )


PRESETS: dict[str, Callable[[], SceneSpec]] = {"tiny": tiny, "demo": demo, "class": lesson, "large": large}
"""All presets by name."""


def preset(name: str) -> SceneSpec:
    """
    Return a preset by name.

    Raises
    ------
    InputError
        If there is no such preset.
    """
    if name not in PRESETS:
        raise InputError(f"there is no preset {name!r}", remedy=f"one of {', '.join(PRESETS)}")
    return PRESETS[name]()
