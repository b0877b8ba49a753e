"""A small simulated world for tests of SNAP's chain: scenes, orbits, an installation of SNAP, and its chain."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fakes.safe import Layout, area_wkt, layout_of, write_orbit_file, write_safe
from fakes.snap_home import make_snap_home

from snapstamps.external.gpt import GptResources, GptRun, SnapInstallation, find_snap, run_gpt
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import simulate_export
from snapstamps.simulate.spec import SceneSpec, spec_json
from snapstamps.snap.chain import Chain, Cut
from snapstamps.snap.choices import GeoArea, HeightModel
from snapstamps.snap.jobs import Job
from snapstamps.snap.render import render_graph

RESOURCES = GptResources(heap=2**30, cache=2**29, threads=1, processes=1)


@dataclass(frozen=True)
class SnapWorld:
    """Everything that a chain of SNAP needs, in one folder."""

    folder: Path
    spec: SceneSpec
    layout: Layout
    snap: SnapInstallation
    scenes: dict[date, Path]

    def chain(self, folder: Path) -> Chain:
        """The choices for a project in a folder."""
        bursts = dict.fromkeys(self.layout.scene_in, self.layout.n_bursts)
        area = GeoArea(area_wkt(self.spec, inset=0))
        return Chain(folder, self.spec.master_day, "VV", bursts, HeightModel("SRTM 3Sec"), area)

    @property
    def slaves(self) -> list[date]:
        return [day for day in self.spec.days if day != self.spec.master_day]

    def cuts(self) -> dict[str, Cut]:
        return {name: Cut(1, self.layout.n_bursts) for name in self.layout.scene_in}

    def run(self, job: Job, folder: Path, name: str = "job", **options) -> GptRun:
        """Render the graph of a job and run it in a folder of its own."""
        return self.run_text(render_graph(job, self.snap.version), folder, name, **options)

    def run_text(self, text: str, folder: Path, name: str = "job", **options) -> GptRun:
        work = folder / "work" / name
        work.mkdir(parents=True, exist_ok=True)
        graph = work / f"{name}.xml"
        graph.write_text(text)
        return run_gpt(self.snap, graph, cwd=work, log=work / f"{name}.log", resources=RESOURCES, **options)


def small_spec(**changes) -> SceneSpec:
    """Three dates of 40 x 80 pixels."""
    return preset("tiny").model_copy(update={"n_lines": 40, "n_samples": 80, "n_dates": 3, **changes})


def make_world(
    folder: Path,
    spec: SceneSpec | None = None,
    *,
    version: str = "13.0.1",
    scene_in: tuple[str, ...] = ("IW2",),
    with_pixels: bool = False,
) -> SnapWorld:
    """Make a world; without pixels its scenes are speckle."""
    spec = spec or small_spec()
    scene = folder / "scene"
    scene.mkdir(parents=True)
    if with_pixels:
        simulate_export(spec, scene)
    else:
        (scene / "scene.json").write_text(spec_json(spec))
    snap = find_snap(make_snap_home(folder / "snap", scene, version=version))
    layout = layout_of(spec, scene_in)
    scenes = {day: write_safe(folder / "scenes", spec, day, layout=layout) for day in spec.days}
    for day in spec.days:
        write_orbit_file(snap.auxdata, spec, day)
    return SnapWorld(folder, spec, layout, snap, scenes)
