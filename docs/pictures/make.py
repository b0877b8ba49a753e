"""
Makes the pictures of the documentation from the demonstration scene.

    python docs/pictures/make.py [--work FOLDER]

The scene is simulated and processed twice, once with SNAP's faults in its headers and baselines, once without;
both take about a minute and a gigabyte. What the folder holds already is gone on with.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from PIL import Image

mpl.use("Agg")

from matplotlib import pyplot as plt

from snapstamps.config.load import CONFIG_NAME, resolve
from snapstamps.config.project import Project
from snapstamps.model.units import DAYS_PER_YEAR, date_of_datenum
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.runner import run_project
from snapstamps.pipeline.truth_check import without_plane
from snapstamps.results.dem_error import dem_error
from snapstamps.results.report.run import REPORT
from snapstamps.results.run import QUICKLOOK
from snapstamps.results.velocity import velocity
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import simulate_export
from snapstamps.simulate.truth import Truth, read_truth
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import StampsStore

HERE = Path(__file__).resolve().parent
COLOURS = 200
"""Of a picture: few enough for a small file, more than the eye misses."""
QUICKLOOK_WIDTH = 1000
STYLE = {"font.size": 9, "axes.titlesize": 9.5, "axes.spines.top": False, "axes.spines.right": False}
GREY, BLUE, RED = "0.65", "#2a6fbb", "#c8452d"


@dataclass(frozen=True)
class Scene:
    """The processed scene."""

    project: Project

    @cached_property
    def stack(self) -> StampsStore:
        """The merged scatterers."""
        return StampsStore(self.project.stamps_folder)

    @cached_property
    def patch(self) -> StampsStore:
        """The only patch."""
        return self.stack.patches()[0]

    @cached_property
    def truth(self) -> Truth:
        """What was simulated."""
        return read_truth(self.project.folder / "truth.npz")

    @cached_property
    def km(self) -> np.ndarray:
        """East and north of the middle of the scatterers, shape (n_ps, 2), km."""
        return kilometres(self.stack.read("ps2").lonlat)

    def at_ps(self, raster: np.ndarray) -> np.ndarray:
        """Return the values of a raster at the scatterers."""
        line, sample = self.stack.read("ps2", "ij").ij[:, 1:].astype(int).T
        return np.asarray(raster[line, sample], dtype=float)

    @cached_property
    def is_true(self) -> np.ndarray:
        """Which scatterers lie on a simulated one, or on a pixel beside it."""
        return self.at_ps(self.truth["ps_main"] | self.truth["ps_side"]).astype(bool)


def kilometres(lonlat: np.ndarray) -> np.ndarray:
    """Return positions about their middle, east and north, km; good enough for a picture."""
    middle = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    return (lonlat - middle) * 111.2 * np.array([np.cos(np.radians(middle[1])), 1])


def processed_scene(folder: Path, *, snap_faults: bool) -> Scene:
    """Simulate and process the demonstration scene, as far as that is not done yet."""
    spec = preset("demo").model_copy(update={"snap_faults": snap_faults})
    if not (folder / CONFIG_NAME).exists():
        simulate_export(spec, folder, overwrite=True)
        table = {"project": {"name": "demonstration"}, "stamps": {"parms": dict(spec.recommended_parms)}}
        create_project(folder, resolve(table, environment={}).options)
    project = Project.open(folder, environment={})
    run_project(project)
    return Scene(project)


def candidates(scene: Scene) -> None:
    """Mean amplitude, and where the amplitude dispersion tells PS from the rest."""
    limits = scene.patch.file("patch.in").read_text().split()
    first_sample, last_sample, first_line, last_line = (int(word) for word in limits)
    shape = (last_line - first_line + 1, last_sample - first_sample + 1)
    amplitude = np.fromfile(scene.patch.file("mean_amp.flt"), dtype="<f4").reshape(shape)
    dispersion = scene.patch.read("da1").D_A
    is_ps = np.zeros(len(dispersion), bool)
    is_ps[scene.patch.read("ps2", "ij").ij[:, 0].astype(int) - 1] = True
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), width_ratios=[1.5, 1])
    decibel = 20 * np.log10(np.maximum(amplitude, 1e-9) / np.median(amplitude))
    # lines follow the flight northwards, samples go to its right: with the first line below, north is up
    left.imshow(decibel, cmap="gray", vmin=-8, vmax=8, aspect="auto", origin="lower", interpolation="nearest")
    left.set(title="mean amplitude of all dates", xlabel="range sample", ylabel="azimuth line")
    bins = np.linspace(0, 0.4, 61)
    right.hist([dispersion[is_ps], dispersion[~is_ps]], bins, stacked=True, color=[BLUE, GREY])
    right.legend(["became PS", "did not"], frameon=False)
    right.set(title=f"{len(dispersion):,} candidates", xlabel="amplitude dispersion D_A", ylabel="pixels")
    save(figure, "candidates")


def gamma(scene: Scene) -> None:
    """Coherence of the candidates, and what random phase would show."""
    pm = scene.patch.read("pm1", "coh_ps", "Nr", "coh_bins")
    figure, axes = plt.subplots(figsize=(6.5, 3.2))
    counts = np.histogram(pm.coh_ps, np.linspace(0, 1, 101))[0]
    axes.bar(pm.coh_bins, counts, width=0.01, color=BLUE, label="candidates")
    axes.step(pm.coh_bins, pm.Nr, where="mid", color=RED, label="random phase, scaled to the low coherences")
    axes.set(xlabel="temporal coherence γ", ylabel="pixels", title="after step 2")
    axes.legend(frameon=False)
    save(figure, "gamma")


def select(scene: Scene) -> None:
    """The threshold over the amplitude dispersion."""
    chosen = scene.patch.read("select1", "ix", "keep_ix", "coh_ps2", "coh_thresh")
    pm, dispersion = scene.patch.read("pm1", "coh_ps"), scene.patch.read("da1").D_A
    rows = chosen.ix.astype(int) - 1
    coherence = pm.coh_ps.copy()
    coherence[rows] = chosen.coh_ps2
    kept = np.zeros(len(coherence), bool)
    kept[rows] = chosen.keep_ix
    figure, axes = plt.subplots(figsize=(6.5, 3.4))
    style = {"s": 1, "linewidths": 0}
    axes.scatter(dispersion[~kept], coherence[~kept], color=GREY, label="dropped", **style)
    axes.scatter(dispersion[kept], coherence[kept], color=BLUE, label="kept", **style)
    threshold = np.broadcast_to(chosen.coh_thresh, rows.shape)
    order = np.argsort(dispersion[rows])
    axes.plot(dispersion[rows][order], threshold[order], color=RED, label="threshold")
    axes.set(xlabel="amplitude dispersion D_A", ylabel="coherence γ", xlim=(0, 0.4), ylim=(0, 1), title="step 3")
    axes.legend(frameon=False, markerscale=6, loc="lower left")
    save(figure, "select")


def weed(scene: Scene) -> None:
    """The noise of the selected pixels against their best neighbour."""
    noise = scene.patch.read("weed1", "ps_std").ps_std
    figure, axes = plt.subplots(figsize=(6.5, 2.9))
    bins = np.linspace(0, 2, 81)
    axes.hist([noise[noise < 1], noise[noise >= 1]], bins, stacked=True, color=[BLUE, GREY])
    axes.axvline(1, color=RED)
    axes.set(xlabel="noise against the best neighbour (rad)", ylabel="pixels", title="step 4, weed_standard_dev = 1")
    axes.legend(["limit", "PS", "dropped"], frameon=False)
    save(figure, "weed")


def merge(scene: Scene) -> None:
    """The noise of every date."""
    noise, ps = scene.stack.read("ifgstd2").ifg_std, scene.stack.read("ps2", "day", "master_ix")
    days = [date_of_datenum(day) for day in ps.day]
    master = int(ps.master_ix) - 1
    figure, axes = plt.subplots(figsize=(6.5, 2.7))
    axes.bar(days, noise, width=7, color=[RED if k == master else BLUE for k in range(len(days))])
    axes.set(ylabel="ifg_std (degrees)", title="noise of every date after step 5 (red: the master's own)")
    figure.autofmt_xdate()
    save(figure, "merge")


def unwrap(scene: Scene) -> None:
    """One interferogram before and after."""
    unwrapped = scene.stack.read("phuw2", "ph_uw").ph_uw
    date = int(np.argmax(np.ptp(np.percentile(unwrapped, [0.5, 99.5], axis=0), axis=0)))
    wrapped = np.angle(scene.stack.read("rc2", "ph_rc").ph_rc[:, date])
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.7), sharex=True, sharey=True)
    day = date_of_datenum(scene.stack.read("ps2", "day").day[date])
    draw_map(figure, axes[0], scene.km, wrapped, "twilight", (-np.pi, np.pi), f"wrapped, {day}", "rad")
    middle = np.median(unwrapped[:, date])
    limits = np.percentile(unwrapped[:, date] - middle, [0.5, 99.5])
    draw_map(figure, axes[1], scene.km, unwrapped[:, date] - middle, "viridis", tuple(limits), "unwrapped", "rad")
    save(figure, "unwrap")


def scla(scene: Scene, right: Scene) -> None:
    """DEM errors with SNAP's sign of the baselines, and with the right one."""
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.6), sharex=True, sharey=True)
    for axis, each, title in zip(
        axes, (scene, right), ("baselines as SNAP writes them", "baselines in StaMPS's sign"), strict=True
    ):
        wavelength = float(read_parms(each.stack.file("parms"))["lambda"])
        estimated = dem_error(each.stack, wavelength=wavelength).dem_error[each.is_true]
        true = each.at_ps(each.truth["dem_error"])[each.is_true]
        true -= true.mean()
        slope = float(true @ (estimated - estimated.mean()) / (true @ true))
        rmse = float(np.std(estimated - true))
        axis.scatter(true, estimated, s=1, linewidths=0, color=BLUE)
        axis.plot([-15, 15], [-15, 15], color=RED, linewidth=1)
        axis.set(title=f"{title}\nslope {slope:.2f}, RMSE {rmse:.1f} m", xlabel="true DEM error (m)")
        axis.set(xlim=(-15, 15), ylim=(-15, 15), aspect="equal")
    axes[0].set_ylabel("estimated (m)")
    save(figure, "scla")


def scn(scene: Scene) -> None:
    """The atmosphere of one slave: simulated and found."""
    found = scene.stack.read("scn2", "ph_scn_slave").ph_scn_slave
    ps = scene.stack.read("ps2", "xy", "master_ix")
    date = int(np.argmax(found.std(axis=0)))
    true = scene.at_ps(scene.truth.atmosphere(date))
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.7), sharex=True, sharey=True)
    flat = [without_plane(values, ps.xy[:, 1:]) for values in (true, found[:, date])]
    for axis, values, title in zip(axes, flat, ("simulated atmosphere", "ph_scn_slave of step 8"), strict=True):
        draw_map(figure, axis, scene.km, values, "PuOr", (-1.5, 1.5), f"{title}, plane taken out", "rad")
    save(figure, "scn")


def velocities(scene: Scene) -> None:
    """Velocity, truth and difference."""
    parms = read_parms(scene.stack.file("parms"))
    xy = scene.stack.read("ps2", "xy").xy[:, 1:]
    estimated = without_plane(velocity(scene.stack, parms).velocity, xy)
    true = without_plane(scene.at_ps(scene.truth["velocity"]), xy)
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharex=True, sharey=True)
    titles = ("estimated (v-do)", "true", "estimated minus true")
    for axis, values, title in zip(axes, (estimated, true, estimated - true), titles, strict=True):
        draw_map(figure, axis, scene.km, values, "RdBu", (-15, 15), title, "mm/yr")
    save(figure, "velocity")


def baselines(scene: Scene) -> None:
    """Perpendicular baselines over time."""
    ps = scene.stack.read("ps2", "day", "bperp", "master_ix", "master_day")
    days = (ps.day - ps.master_day) / DAYS_PER_YEAR
    master = int(ps.master_ix) - 1
    figure, axes = plt.subplots(figsize=(6.5, 2.9))
    for day, bperp in zip(days, ps.bperp, strict=True):
        axes.plot([0, day], [0, bperp], color="0.85", linewidth=0.8, zorder=0)
    axes.scatter(days, ps.bperp, color=[RED if k == master else BLUE for k in range(len(days))])
    axes.set(xlabel="years since the master", ylabel="perpendicular baseline (m)", title="one master, one star")
    save(figure, "baselines")


def draw_map(
    figure: Any, axis: Any, km: np.ndarray, values: np.ndarray, colours: str, limits: tuple[float, float],
    title: str, unit: str,
) -> None:  # fmt: skip
    """Draw scatterers in their places."""
    drawn = axis.scatter(*km.T, c=values, s=1.5, linewidths=0, cmap=colours, vmin=limits[0], vmax=limits[1])
    axis.set(title=title, aspect="equal", xlabel="km east")
    figure.colorbar(drawn, ax=axis, label=unit, shrink=0.85)


def save(figure: Any, name: str) -> None:
    """Write a picture with few colours."""
    figure.tight_layout()
    path = HERE / f"{name}.png"
    figure.savefig(path, dpi=100)
    plt.close(figure)
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def quicklook(scene: Scene) -> None:
    """Make the quick-look picture of the results small, for the README."""
    picture = Image.open(scene.project.products_folder / QUICKLOOK).convert("RGB")
    picture.thumbnail((QUICKLOOK_WIDTH, QUICKLOOK_WIDTH), Image.Resampling.LANCZOS)
    # the most different colours, not the most frequent ones, which are greys here
    picture.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(HERE / QUICKLOOK, optimize=True)


def report(scene: Scene) -> None:
    """Photograph the report with two PS chosen, in Chromium; the old picture stays where that is absent."""
    sys.path.insert(0, str(HERE.parent.parent / "tests"))
    from browser import CHROMIUM, chromium  # noqa: PLC0415 - the tests' own driver

    if CHROMIUM is None:
        return
    with chromium() as tab:
        tab.resize(1280, 960)
        tab.open((scene.project.products_folder / REPORT).as_uri())
        tab.run("document.getElementById('map-section').scrollIntoView({behavior: 'instant'})")
        left, top, width, height = tab.box("#map")
        for share_x, share_y in ((0.42, 0.52), (0.57, 0.75)):
            tab.click(left + share_x * width, top + share_y * height)
        tab.wait_for("document.getElementById('status').textContent.includes('B: PS')")
        tab.run("new Promise(done => setTimeout(done, 500))")
        tab.photograph(HERE / "report.png")
    picture = Image.open(HERE / "report.png").convert("RGB")
    picture.thumbnail((QUICKLOOK_WIDTH, QUICKLOOK_WIDTH), Image.Resampling.LANCZOS)
    picture.quantize(256).save(HERE / "report.png", optimize=True)


PICTURES: tuple[Callable[[Scene], None], ...] = (
    candidates, gamma, select, weed, merge, unwrap, scn, velocities, baselines, quicklook, report,
)  # fmt: skip
"""Those that need the scene with SNAP's faults only."""


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, help="where the scenes go; a temporary folder by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pictures-") as temporary:
        work = arguments.work or Path(temporary)
        with mpl.rc_context(STYLE):
            scene = processed_scene(work / "demo", snap_faults=True)
            for picture in PICTURES:
                picture(scene)
            scla(scene, processed_scene(work / "right", snap_faults=False))


if __name__ == "__main__":
    main()
