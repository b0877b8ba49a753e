"""``snapstamps baselines``: the stack before SNAP sees it, and its best master."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import HERE, AsJson, ProjectFolder
from snapstamps.cli.scene_settings import AreaOption, SceneSettings, TrackOption, scene_settings

if TYPE_CHECKING:
    from snapstamps.snap.baselines import BaselineTable, StackScene

_NOTEWORTHY_METRES = 1.0


def baselines(
    products: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FOLDER | FILE.dim …]", help="Scenes, or SNAP products. Default: the project's scenes."
        ),
    ] = None,
    *,
    project: ProjectFolder = HERE,
    master: Annotated[
        str | None, typer.Option("--master", metavar="DAY", help='Day of the master; "auto": the best.')
    ] = None,
    aoi: AreaOption = None,
    track: TrackOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the list that StaMPS-Visualizer reads.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw time against perpendicular baseline.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Compute the baselines of all pairs from the orbits, and choose the master by SNAP's modelled coherence.

    Example: snapstamps baselines scenes --csv baselines.csv --plot baselines.png
    """
    from snapstamps.snap.baseline_csv import write_baseline_csv
    from snapstamps.snap.baseline_plot import write_baseline_plot
    from snapstamps.snap.baselines import baseline_table, reference_point, table_dict

    headers = [path for path in products or [] if path.suffix == ".dim"]
    folder = next((path for path in products or [] if path not in headers), None)
    settings = scene_settings(project, aoi=aoi, folder=folder, track=track, master=master)
    scenes = _stack(settings, headers)
    area = settings.area()
    point = reference_point(scenes, None if area is None else area.geometry)
    table = baseline_table(scenes, point, master=settings.master)
    if csv is not None:
        write_baseline_csv(table, csv)
    if plot is not None:
        write_baseline_plot(table, plot)
    if as_json:
        typer.echo(json.dumps(table_dict(table), indent=2, ensure_ascii=False))
        return
    typer.echo("\n".join(_lines(table)))
    for written in (csv, plot):
        if written is not None:
            typer.echo(f"wrote {written}")


def _stack(settings: SceneSettings, headers: list[Path]) -> "tuple[StackScene, ...]":
    """Return the dates of SNAP products, or of the scenes with the orbit files that are at hand."""
    from snapstamps.model.errors import InputError
    from snapstamps.snap.baselines import scene_of_acquisition, scenes_of_products

    if headers:
        return scenes_of_products(headers)
    inventory = settings.inventory()
    if not inventory.acquisitions:
        raise InputError("there is no scene to compute baselines of", where=settings.folder)
    orbits = sorted((settings.auxdata / "Orbits" / "Sentinel-1").rglob("S1*.EOF*"))
    return tuple(scene_of_acquisition(one, inventory.polarisation, orbits=orbits) for one in inventory.acquisitions)


def _lines(table: "BaselineTable") -> list[str]:
    master, geometry = table.master, table.geometry
    lines = [f"{'date':10}  {'Bperp/m':>8}  {'days':>7}  {'coherence':>9}  {'as master':>9}  orbit"]
    for index, scene in enumerate(table.scenes):
        star = "*" if index == master else " "
        lines.append(
            f"{scene.day}  {geometry.perpendicular[master, index]:8.2f}  {0 - table.temporal[master, index]:7.1f}  "
            f"{table.coherence[master, index]:9.2f}  {table.mean_coherence[index]:9.4f}  {scene.source} {star}".rstrip()
        )
    day, best = table.scenes[master].day, table.scenes[table.best].day
    reason = "highest mean modelled coherence" if not table.chosen else f"chosen; the model prefers {best}"
    lines.append(f"master {day}: {reason} ({table.mean_coherence[master]:.4f})")
    difference = abs(abs(geometry.two_range[master]) - abs(geometry.perpendicular[master])).max()
    if difference > _NOTEWORTHY_METRES:
        lines.append(f"SNAP's own list differs by up to {difference:.1f} m: it counts the part along the track as well")
    return lines
