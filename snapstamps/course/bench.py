"""
The bench on which the lessons work: a simulated scene, its project, and copies of it that are broken on purpose.

Everything lies below one folder. What is there is not made again, so a lesson may be gone through as often as one
likes, and the lessons share their scene.
"""

import logging
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.config.load import CONFIG_NAME, resolve
from snapstamps.journal import JOURNAL_NAME, Journal
from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.plot import source_of
from snapstamps.pipeline.project import Project
from snapstamps.pipeline.truth_check import TruthCheck, check_against_truth, without_plane
from snapstamps.results.velocity import velocity
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import SPEC_NAME, simulate_export
from snapstamps.simulate.spec import SceneSpec, read_spec
from snapstamps.simulate.truth import TRUTH_NAME, Truth, read_truth
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import Artefact, StampsStore

SCENE_VARIABLE = "SNAPSTAMPS_LESSON_SCENE"
"""Environment variable with the preset that the lessons use; ``class`` without it."""
FOLDER_VARIABLE = "SNAPSTAMPS_LESSON_FOLDER"
"""Environment variable with the folder of the bench; ``lessons-work`` here without it."""
_SHARED = {".rslc", ".diff", ".lon", ".lat", ".rdc"}
"""Kinds of large files, which a copy of a project shares with the original until they are replaced."""


@dataclass(frozen=True)
class Picture:
    """
    A picture of a lesson; a notebook shows it.

    Attributes
    ----------
    path : Path
        The file, PNG.
    """

    path: Path

    def _repr_png_(self) -> bytes:
        """Return the picture as notebooks want it."""
        return self.path.read_bytes()


class Bench:
    """
    The bench of one lesson.

    Parameters
    ----------
    lesson : int
        Its number; pictures are named by it.
    folder : Path, optional
        Where everything lies; by default what the environment says, else ``lessons-work`` here.
    """

    def __init__(self, lesson: int, folder: Path | None = None) -> None:
        self.lesson = lesson
        self.folder = (folder or Path(os.environ.get(FOLDER_VARIABLE, "lessons-work"))).resolve()
        self.spec = preset(os.environ.get(SCENE_VARIABLE, "class"))
        self.shown: list[Picture] = []
        logging.getLogger("snapstamps").addHandler(logging.NullHandler())  # what a run says stands in its journal

    @cached_property
    def good(self) -> Project:
        """The project of the scene as it is, processed to the end of step 8."""
        return self._processed(self._simulated("good", self.spec))

    @cached_property
    def truth(self) -> Truth:
        """The truth of the scene."""
        return self.truth_of(self.good)

    def truth_of(self, project: Project) -> Truth:
        """Return the truth of the scene of a project."""
        return read_truth(project.folder / TRUTH_NAME)

    def broken(
        self,
        name: str,
        *,
        of: Project | None = None,
        change: Callable[[Path], object] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Project:
        """
        Return a copy of a project with something changed, processed to the end of step 8.

        Only what depends on the change is done again.

        Parameters
        ----------
        name : str
            Of the copy's folder.
        of : Project, optional
            The original; the good one by default.
        change : callable, optional
            ``change(export)`` spoils the copy's ``INSAR_<master>``.
        options : mapping, optional
            Options by their dotted names; StaMPS's parameters as ``stamps.parms.<name>``.

        Returns
        -------
        Project
        """
        folder = self.folder / name
        if not folder.exists():
            original = of or self.good
            shutil.copytree(original.folder, folder, copy_function=_share_or_copy)
            if change is not None:
                change(next(folder.glob("INSAR_*")))
            self._configure(folder, read_spec(folder / SPEC_NAME), options or {})
        return self._processed(folder)

    def another(self, name: str, spec: SceneSpec) -> Project:
        """Return the project of another scene, processed to the end of step 8."""
        return self._processed(self._simulated(name, spec))

    def _simulated(self, name: str, spec: SceneSpec) -> Path:
        folder = self.folder / name
        if not (folder / CONFIG_NAME).is_file() or read_spec(folder / SPEC_NAME) != spec:
            shutil.rmtree(folder, ignore_errors=True)
            simulate_export(spec, folder)
            self._configure(folder, spec, {})
        return folder

    @staticmethod
    def _configure(folder: Path, spec: SceneSpec, options: Mapping[str, Any]) -> None:
        table: dict[str, dict[str, Any]] = {
            "project": {"name": folder.name},
            "stamps": {"parms": dict(spec.recommended_parms)},
            "export": {"figures": []},
        }
        for key, value in options.items():
            section, _, name = key.partition(".")
            parm = name.removeprefix("parms.")
            place = table.setdefault(section, {})
            (place["parms"] if parm != name else place)[parm] = value
        create_project(folder, resolve(table, environment={}).options)

    @staticmethod
    def _processed(folder: Path) -> Project:
        project = Project.open(folder)
        assert isinstance(project, Project)
        project.run(to="stamps")
        return project

    def score(self, project: Project, *, quantity: str = "v-do") -> TruthCheck:
        """Hold the velocities of a project against the truth of its own scene."""
        return check_against_truth(project.stamps_folder, project.folder / TRUTH_NAME, quantity=quantity)

    def seconds(self, project: Project) -> float:
        """Return the time that candidates and steps took, as far as they were done for this project."""
        done = Journal(project.logs_folder / JOURNAL_NAME).last_done().values()
        return sum(record.seconds for record in done if record.unit not in {"check", "export", "report"})

    def table(self, projects: Mapping[str, Project]) -> str:
        """Return how projects compare: candidates, PS, false ones, error of the velocities against the truth."""
        lines = [f"{'':<24}{'candidates':>11}{'PS':>8}{'false':>8}{'RMSE mm/yr':>12}{'correlation':>13}"]
        for title, project in projects.items():
            found = self.score(project)
            n = sum(len(patch.read("da1").D_A) for patch in StampsStore(project.stamps_folder).patches())
            lines.append(
                f"{title:<24}{n:>11,}{found.n_ps:>8,}{found.false_share:>8.1%}"
                f"{found.velocity_rmse:>12.2f}{found.velocity_correlation:>13.3f}"
            )
        return "\n".join(lines)

    def velocity(self, project: Project, *, quantity: str = "v-do") -> FloatArray:
        """Return the velocities of a project, mm/yr, + towards the satellite, a plane taken out."""
        store = StampsStore(project.stamps_folder)
        found = velocity(store, read_parms(store.file("parms")), quantity=quantity, n_bootstrap=2).velocity
        return without_plane(found, store.read("ps2", "xy").xy[:, 1:])

    def read(self, project: Project, artefact: str) -> Artefact:
        """Read an artefact of a project: that of the whole scene, or of its first patch."""
        return source_of(project.folder, artefact).values

    def at_ps(self, project: Project, raster: Array) -> Array:
        """Return the values of a raster of the scene (of the truth, say) at the PS of a project."""
        line, sample = StampsStore(project.stamps_folder).read("ps2", "ij").ij[:, 1:].astype(int).T
        return np.asarray(raster[line, sample])

    def slaves(self, since: date, until: date) -> list[date]:
        """Return the slaves between two days, both included."""
        return [day for day in self.spec.days if since <= day <= until and day != self.spec.master_day]

    def show(self, artefact: str, project: Project | None = None, *, ifg: str = "", name: str = "") -> Picture:
        """Draw an artefact, as ``snapstamps plot`` does."""
        from snapstamps.results.figures.artefacts.run import draw_artefact  # noqa: PLC0415 - matplotlib loads slowly

        source = source_of((project or self.good).folder, artefact, ifg=ifg)
        return self.keep(draw_artefact(source), name or artefact)

    def maps(self, name: str, title: str, values: Mapping[str, tuple[Project, Array]], label: str) -> Picture:
        """
        Draw values at the PS of several projects side by side, with one scale about zero.

        Parameters
        ----------
        name, title : str
            Of the picture.
        values : mapping of str to (Project, ndarray)
            Title -> project, and one value for each of its PS.
        label : str
            Of the scale, with the unit.
        """
        from snapstamps.results.figures.artefacts import panels  # noqa: PLC0415 - likewise

        limits = panels.symmetric(np.concatenate([array for _, array in values.values()]))
        drawn = []
        for each, (project, array) in values.items():
            source = source_of(project.folder, "ps2")
            towards = panels.DIVERGING.reversed()
            drawn.append(panels.Panel(each, panels.points(source, array, label, towards, limits=limits)))
        source = source_of(next(iter(values.values()))[0].folder, "ps2")
        return self.keep(panels.arrange(title, "", source.aspect, drawn), name)

    def rasters(self, name: str, title: str, values: Mapping[str, Array], label: str, *, wrapped: bool) -> Picture:
        """Draw rasters in radar geometry side by side, first line below; wrapped phase in a circle of colours."""
        from snapstamps.results.figures.artefacts import panels  # noqa: PLC0415 - likewise

        drawn = []
        for each, array in values.items():
            coarse = _looked(np.asarray(array))
            draw = panels.phase_image(coarse) if wrapped else panels.image(coarse, label)
            drawn.append(panels.Panel(each, draw))
        aspect = source_of(self.good.folder, "ps2").aspect
        return self.keep(panels.arrange(title, "first azimuth line below", aspect, drawn), name)

    def histograms(self, name: str, title: str, values: Mapping[str, Array], label: str) -> Picture:
        """Draw how several sets of values are distributed, each in a panel, all with the same limits."""
        from snapstamps.results.figures.artefacts import panels  # noqa: PLC0415 - likewise

        together = np.concatenate([np.ravel(array) for array in values.values()])
        limits = (float(together.min()), float(together.max()))
        drawn = [panels.Panel(each, panels.histogram(array, label, limits=limits)) for each, array in values.items()]
        return self.keep(panels.arrange(title, "", 1.3, drawn), name)

    def over_dates(self, name: str, title: str, values: Mapping[str, tuple[Project, Array]], label: str) -> Picture:
        """Draw one value for each date of a project as bars, each set in a panel; for the parameters see `maps`."""
        from snapstamps.results.figures.artefacts import panels  # noqa: PLC0415 - likewise

        largest = 1.05 * max(float(np.nanmax(array)) for _, array in values.values())
        drawn = [
            panels.Panel(each, panels.bars(source_of(project.folder, "ps2"), array, label, largest=largest))
            for each, (project, array) in values.items()
        ]
        return self.keep(panels.arrange(title, "", 1.3, drawn), name)

    def graph(self, name: str, title: str, xml: Path) -> Picture:
        """Draw the nodes of a graph of SNAP from left to right, each with what feeds it."""
        from snapstamps.results.figures.sheet import Sheet  # noqa: PLC0415 - likewise
        from snapstamps.snap.graph import parse_graph  # noqa: PLC0415

        nodes = parse_graph(xml.read_text(encoding="utf-8")).nodes
        depth: dict[str, int] = {}
        for node in nodes:
            depth[node.id] = 1 + max((depth.get(source.node, 0) for source in node.sources), default=-1)
        rows: dict[int, int] = {}
        places = {}
        for node in nodes:
            row = rows.get(depth[node.id], 0)
            rows[depth[node.id]] = row + 1
            places[node.id] = (0.3 + _NODE * depth[node.id], 0.4 + 0.6 * row)
        sheet = Sheet.blank(_NODE * (1 + max(depth.values())) + 0.4, 1.2 + 0.6 * max(rows.values()))
        sheet.title(0.3, title)
        axes = sheet.axes(0, 0, sheet.width, sheet.height)
        axes.set(xlim=(0, sheet.width), ylim=(0, sheet.height))
        axes.axis("off")
        box = {"boxstyle": "round,pad=0.45", "fc": "#e3eef4", "ec": "#2d7ba5"}
        arrow = {"arrowstyle": "->", "color": "#8c8c8c"}
        for node in nodes:
            left, bottom = places[node.id]
            axes.text(left, bottom, node.operator, fontsize=6.5, va="center", bbox=box, parse_math=False, zorder=2)
            for source in node.sources:
                start, height = places[source.node]  # the line begins behind its box
                axes.annotate("", (left - 0.1, bottom), (start + 0.1, height), arrowprops=arrow, zorder=1)
        return self.keep(sheet, name)

    def keep(self, sheet: Any, name: str) -> Picture:
        """Write a sheet as ``pictures/<lesson>_<name>.png`` of the bench."""
        folder = self.folder / "pictures"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.lesson}_{name}.png"
        sheet.figure.savefig(path, dpi=_SCREEN_DPI)
        picture = Picture(path)
        self.shown.append(picture)
        return picture

    def shell(self, command: str, *, lines: int = 40) -> str:
        """
        Run a command of snapstamps in the bench's folder, and return the first lines of what it says.

        Parameters
        ----------
        command : str
            As one types it, beginning with ``snapstamps``.
        lines : int
            The most lines to return.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [sys.executable, "-m", "snapstamps.cli.main", *shlex.split(command)[1:]]
        done = subprocess.run(
            words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        said = done.stdout.replace(str(self.folder), "lessons-work").splitlines()
        return "\n".join([f"$ {command}", *said[:lines], *(["…"] if len(said) > lines else [])])


_SCREEN_DPI = 100
_NODE = 1.62
"""Width of a node in the picture of a graph, inches."""
_CELLS = 80
"""Cells of a raster along each side, at most; pixels inside one are averaged."""


def _looked(array: Array) -> Array:
    """Return the means of blocks, so that a raster fits a picture and noise averages out."""
    down, right = (max(1, n // _CELLS) for n in array.shape)
    lines, samples = (n // step * step for n, step in zip(array.shape, (down, right), strict=True))
    blocks = array[:lines, :samples].reshape(lines // down, down, samples // right, right)
    return np.asarray(blocks.mean(axis=(1, 3)))


def _share_or_copy(source: str, target: str) -> None:
    """Give a large file a second name, and copy any other."""
    if Path(source).suffix in _SHARED:
        os.link(source, target)
    else:
        shutil.copy2(source, target)
