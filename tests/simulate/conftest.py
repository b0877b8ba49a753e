"""Small scenes that the simulator's tests share."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

from snapstamps.simulate.motion import Motion
from snapstamps.simulate.run import simulate_export
from snapstamps.simulate.spec import Atmosphere, Noise, Scatterers, SceneSpec, Terrain
from snapstamps.simulate.truth import Truth, read_truth


@dataclass(frozen=True)
class Simulated:
    """A scene on disk."""

    spec: SceneSpec
    insar: Path

    @cached_property
    def truth(self) -> Truth:
        return read_truth(self.insar.parent / "truth.npz")

    def slc(self, scene: int) -> np.ndarray:
        return self._raster(f"rslc/{self.truth['dates'][scene]}.rslc", ">c8")

    def diff(self, scene: int) -> np.ndarray:
        return self._raster(f"diff0/{self.truth['master']}_{self.truth['dates'][scene]}.diff", ">c8")

    def geo(self, name: str) -> np.ndarray:
        return self._raster(f"geo/{name}", ">f4")

    def _raster(self, name: str, dtype: str) -> np.ndarray:
        shape = self.spec.n_lines, self.spec.n_samples
        return np.fromfile(self.insar / name, dtype).reshape(shape).astype(dtype[1:])


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """Give a function that writes a spec and returns what stands on disk."""

    def write(spec: SceneSpec) -> Simulated:
        return Simulated(spec, simulate_export(spec, tmp_path_factory.mktemp("scene")))

    return write


@pytest.fixture(scope="session")
def quiet_spec() -> SceneSpec:
    """Nothing but PS that move: no clutter, noise, atmosphere or DEM error."""
    return SceneSpec(
        seed=4,
        n_lines=60,
        n_samples=150,
        n_dates=5,
        terrain=Terrain(relief_m=20, hill_size_m=800, dem_error_m=0, dem_error_smooth_m=0),
        scatterers=Scatterers(ps_per_km2=300, clutter=False),
        atmosphere=Atmosphere(turbulence_rad=0, stratified_rad_per_km=0, ramp_rad=0),
        noise=Noise(oscillator_rad=0, thermal_db=None),
        snap_faults=False,
    )


@pytest.fixture(scope="session")
def busy(simulated) -> Simulated:
    """A small scene with a bit of everything, headers as SNAP writes them."""
    spec = SceneSpec(
        seed=9,
        n_lines=70,
        n_samples=220,
        n_dates=18,
        terrain=Terrain(relief_m=25, hill_size_m=800),
        scatterers=Scatterers(ps_per_km2=250),
        motions=(Motion(shape="bowl", radius_m=250, rate_mm_yr=-30, direction="up"),),
    )
    return simulated(spec)
