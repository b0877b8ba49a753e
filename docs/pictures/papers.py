"""
Makes the pictures of the two papers' profiles: their tables, and their simulated twins.

    python docs/pictures/papers.py [--work FOLDER]

Each twin takes some minutes and three gigabytes. What the folder holds already is gone on with.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image

mpl.use("Agg")

from snapstamps.cli.new import new
from snapstamps.config.load import CONFIG_NAME
from snapstamps.config.profile import Profile, load_paper
from snapstamps.config.profile_shapes import outline
from snapstamps.config.project import Project
from snapstamps.pipeline.runner import run_project
from snapstamps.results.figures.panels import SMALL, draw_baselines
from snapstamps.results.figures.series import draw_named_series
from snapstamps.results.figures.sheet import Sheet, write_sheet
from snapstamps.results.figures.velocity_map import draw_velocity_map
from snapstamps.results.overlays import Area, Overlays, Place
from snapstamps.results.overview import Overview, overview
from snapstamps.results.paper_measures import total_displacement
from snapstamps.results.table import ps_table
from snapstamps.simulate.run import simulate_export
from snapstamps.simulate.twin import twin_spec
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import StampsStore

HERE = Path(__file__).resolve().parent
PAPERS = ("thai_nguyen_2022", "yen_bai_2021")
WIDTH = 900
COLOURS = 256
STRONG = 1
"""Percentile of the displacement of the PS whose series is shown: strong, but no outlier."""


def tables() -> Sheet:
    """Draw the baselines of Table 2 (Thai Nguyen) and Table 1 (Yen Bai) as the papers print them."""
    sheet = Sheet.blank(7.2, 8.0)
    for number, name in enumerate(reversed(PAPERS)):
        profile = load_paper(name)
        rows = sorted(profile.baselines.rows, key=lambda row: row.used)
        days = [row.used for row in rows]
        bottom = 0.55 + 3.8 * number
        kind = "signed" if profile.baselines.signed else "magnitudes; the paper gives no signs"
        sheet.write(0.75, bottom + 3.15, f"{profile.title}, {profile.baselines.source}: {kind}", fontsize=11)
        axes = sheet.axes(0.75, bottom, 6.2, 2.65)
        metres = np.array([row.perpendicular_m for row in rows])
        draw_baselines(axes, days, metres, days.index(profile.scenes.master.value), np.ones(len(days), bool))
        for row in rows:
            if row.printed != row.used:
                axes.annotate(
                    f"printed as {row.printed}", (np.datetime64(row.used), row.perpendicular_m), xytext=(20, -22),
                    textcoords="offset points", fontsize=8, arrowprops={"arrowstyle": "-", "lw": 0.6},
                )  # fmt: skip
    return sheet


def processed_twin(profile: Profile, folder: Path) -> Project:
    """Simulate and process the twin of a paper, as far as that is not done yet."""
    if not (folder / CONFIG_NAME).exists():
        export = simulate_export(twin_spec(profile), folder, overwrite=True)
        name = f"Twin of {profile.name} (simulated)"
        new(folder, from_export=export, profile=profile.name, name=name, settings=["stamps.engine=native"])
    project = Project.open(folder, environment={})
    run_project(project)
    return project


def view_of(project: Project) -> Overview:
    """Gather what the figures show."""
    store = StampsStore(project.stamps_folder)
    options = project.options.export
    located = options.model_copy(
        update={
            "areas": project.path_of(options.areas),
            "lines": tuple(project.path_of(path) for path in options.lines),
        }
    )
    table = ps_table(store, read_parms(store.file("parms.mat")), located)
    return overview(store, table, located, name=project.options.project.name, export_folder=project.export_folder)


def series(profile: Profile, view: Overview) -> Sheet:
    """Draw the displacement of a strongly moving PS of every area."""
    places = tuple(strong_ps(view, Area(place.name, outline(place))) for place in profile.areas)
    sheet = draw_named_series(replace(view, overlays=Overlays(places=places)))
    sheet.write(3.9, sheet.height - 0.58, f"\N{MIDDLE DOT} simulated twin of {profile.name}", fontsize=SMALL)
    return sheet


def strong_ps(view: Overview, area: Area) -> Place:
    """Return the place of the PS that stands at 1 % of the displacements of an area."""
    rows = np.flatnonzero(area.contains(view.table.lonlat))
    order = np.argsort(total_displacement(view.table, rows))
    longitude, latitude = view.table.lonlat[rows[order[len(rows) * STRONG // 100]]]
    return Place(area.name, float(longitude), float(latitude))


def save(sheet: Sheet, name: str) -> None:
    """Write a picture small; the most different colours are kept, not the most frequent ones, which are greys."""
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write_sheet(sheet, Path(folder), name, ("png",))
        picture = Image.open(path).convert("RGB")
    picture.thumbnail((WIDTH, 4 * WIDTH), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2).save(HERE / f"{name}.png", optimize=True)


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, help="where the twins go; a temporary folder by default")
    arguments = parser.parse_args()
    save(tables(), "paper_baselines")
    with tempfile.TemporaryDirectory(prefix="papers-") as temporary:
        for name in PAPERS:
            profile = load_paper(name)
            view = view_of(processed_twin(profile, (arguments.work or Path(temporary)) / name))
            save(draw_velocity_map(view), f"{name}_map")
            save(series(profile, view), f"{name}_series")


if __name__ == "__main__":
    main()
