"""A small StaMPS folder as the export finds it, of a simulated stack whose parts are known."""

from pathlib import Path
from typing import Any

import numpy as np
from unwrapped_folder import WAVELENGTH, make_scene, parms_with, write_folder

from snapstamps.config.options import ExportOptions
from snapstamps.results.table import PsTable, ps_table
from snapstamps.stamps.parms import defaults, write_parms
from snapstamps.stamps.store import StampsStore

SCENE = make_scene()
VELOCITY = SCENE.field(np.random.default_rng(1), 10.0)
HEADING = 348.0
HEADER = "near_range_slc:\t800000.0\tm\nrange_pixel_spacing:\t2.329562\tm\n"


def write_results(folder: Path, scene: Any = SCENE, velocity: Any = VELOCITY, **parms: Any) -> StampsStore:
    """Write a folder after step 7: known velocity and DEM error, noisy coherence, one patch with its candidates."""
    n_ps, n_scenes = len(scene.xy), len(scene.day)
    rng = np.random.default_rng(5)
    error = rng.normal(0, 4e-3, n_ps)
    noise = rng.normal(0, 0.3, (n_ps, n_scenes))
    noise[:, scene.master] = 0
    store = write_folder(folder, scene, scene.phase(velocity=velocity, error=error) + noise)
    store.write(
        "scla2",
        K_ps_uw=error,
        C_ps_uw=np.zeros(n_ps),
        ph_scla=np.outer(error, scene.bperp),
        ifg_vcm=np.eye(n_scenes),
    )
    wrapped = np.exp(1j * store.read("phuw2").ph_uw)
    store.write("ph2", ph=wrapped)
    one = np.ones((n_ps, n_scenes - 1))
    store.write("pm2", ph_patch=one, K_ps=error, C_ps=error, coh_ps=rng.uniform(0.5, 1, n_ps), ph_res=one)
    store.write("hgt2", hgt=rng.uniform(0, 200, n_ps))
    stored = {**defaults(), "lambda": WAVELENGTH, "heading": HEADING, **parms}
    write_parms(folder / "parms.mat", stored)
    (folder / "master.par").write_text(HEADER)
    (folder / "rsc.txt").write_text("master.par\n")
    write_patch(store)
    return store


def write_patch(store: StampsStore) -> None:
    """Write the candidates, more than became PS and in another order, with D_A = their number / 10000."""
    ij = store.read("ps2", "ij").ij[:, 1:].astype(int)
    n_lines, n_samples = ij.max(axis=0) + 1
    pixels = np.random.default_rng(6).permutation(np.unique(np.concatenate([ij, ij // 2]), axis=0))
    numbers = np.arange(1, len(pixels) + 1)
    patch = store.path / "PATCH_1"
    patch.mkdir()
    (store.path / "patch.list").write_text("PATCH_1\n")
    np.savetxt(patch / "pscands.1.ij", np.column_stack([numbers, pixels]), fmt="%d")
    np.savetxt(patch / "pscands.1.da", numbers / 10_000, fmt="%g")
    (patch / "patch.in").write_text(f"1\n{n_samples}\n1\n{n_lines}\n")
    rng = np.random.default_rng(7)
    rng.gamma(5, 1, (n_lines, n_samples)).astype("<f4").tofile(patch / "mean_amp.flt")


def expected_dispersion(store: StampsStore) -> np.ndarray:
    """Return D_A of every PS, by plain search."""
    candidates = np.loadtxt(store.path / "PATCH_1" / "pscands.1.ij", dtype=int)
    number = {(line, sample): n for n, line, sample in candidates}
    return np.array([number[line, sample] / 10_000 for line, sample in store.read("ps2").ij[:, 1:].astype(int)])


def table_of(store: StampsStore, *, parms: dict[str, Any] | None = None, **options: Any) -> PsTable:
    """Return the table of a folder."""
    return ps_table(store, {**parms_with(heading=HEADING), **(parms or {})}, ExportOptions(**options))
