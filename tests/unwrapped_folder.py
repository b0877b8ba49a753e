"""A StaMPS folder as step 6 leaves it, of a simulated stack whose parts are known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step7_scla, step8_scn
from snapstamps.kernels.deramp import fit_ramps
from snapstamps.stamps.parms import ParmsView, defaults
from snapstamps.stamps.steps import step_named
from snapstamps.stamps.store import StampsStore

WAVELENGTH = 0.05546576
FIRST_DAY = 737_430.0
RAD_PER_MM = -4 * np.pi / (WAVELENGTH * 1000)
"""Phase of one millimetre towards the satellite."""


@dataclass(frozen=True)
class Scene:
    """Positions, dates and baselines; all scatterers have the same baselines."""

    xy: np.ndarray
    day: np.ndarray
    master: int
    bperp: np.ndarray

    @property
    def days(self) -> np.ndarray:
        """Return the days since the master."""
        return self.day - self.day[self.master]

    def field(self, rng: np.random.Generator, size: float) -> np.ndarray:
        """Return a field with zero mean and without a plane."""
        values = rng.normal(0, size, (len(self.xy), 1))
        return (values - fit_ramps(values, self.xy).ramp)[:, 0]

    def phase(self, *, velocity: Any = 0.0, error: Any = 0.0, master: Any = 0.0) -> np.ndarray:
        """Return the phase of a velocity (mm/yr towards), a look-angle error (rad/m), and the master's part (rad)."""
        one = np.ones(len(self.xy))
        phase = np.outer(one * velocity, self.days / 365.25) * RAD_PER_MM
        phase += np.outer(one * error, self.bperp) + (one * master)[:, None]
        phase[:, self.master] = 0
        return phase


def make_scene(
    *, n_ps: int = 300, n_scenes: int = 20, master: int = 9, steps: Any = 12.0, side: float = 2000.0, seed: int = 1
) -> Scene:
    """Scatter points over a square, ascending in y; draw baselines."""
    rng = np.random.default_rng(seed)
    xy = np.round(rng.uniform(0, side, (n_ps, 2)), 3).astype(np.float32)
    xy = xy[np.lexsort((xy[:, 0], xy[:, 1]))]
    day = FIRST_DAY + np.cumsum(np.broadcast_to(steps, n_scenes))
    bperp = rng.normal(0, 70, n_scenes)
    bperp[master] = 0
    return Scene(xy, day, master, bperp.astype(np.float32).astype(np.float64))


def write_folder(folder: Path, scene: Scene, phase: np.ndarray, *, noise_deg: Any = 30.0) -> StampsStore:
    """Write what steps 7, 8 and the results read."""
    folder.mkdir(parents=True, exist_ok=True)
    store = StampsStore(folder)
    n_ps, n_scenes = phase.shape
    number = np.arange(1, n_ps + 1)
    store.write(
        "ps2",
        ij=np.column_stack([number, scene.xy[:, 1] // 14, scene.xy[:, 0] // 2]),
        lonlat=np.column_stack([12.5 + scene.xy[:, 0] / 83_000, 41.9 + scene.xy[:, 1] / 111_000]),
        xy=np.column_stack([number, scene.xy]),
        bperp=scene.bperp,
        day=scene.day,
        master_day=scene.day[scene.master],
        master_ix=scene.master + 1,
        n_ifg=n_scenes,
        n_image=n_scenes,
        n_ps=n_ps,
        ll0=np.array([12.5, 41.9]),
        mean_incidence=0.64,
        mean_range=847_000.0,
    )
    store.write("phuw2", ph_uw=phase)
    store.write("bp2", bperp_mat=np.tile(np.delete(scene.bperp, scene.master), (n_ps, 1)))
    store.write("ifgstd2", ifg_std=np.broadcast_to(noise_deg, n_scenes))
    store.write("la2", la=np.full(n_ps, 0.64))
    return store


def parms_with(**changes: Any) -> dict[str, Any]:
    """Return StaMPS's defaults, with changes."""
    return {**defaults(), "lambda": WAVELENGTH, **changes}


def run_step7(store: StampsStore, context: RunContext | None = None, **changes: Any) -> Any:
    """Run step 7 and return scla2."""
    step7_scla.run(store, ParmsView(parms_with(**changes), step_named("scla")), context or RunContext())
    return store.read("scla2")


def run_step8(store: StampsStore, context: RunContext | None = None, **changes: Any) -> Any:
    """Run step 8 and return scn2."""
    step8_scn.run(store, ParmsView(parms_with(**changes), step_named("scn")), context or RunContext())
    return store.read("scn2")
