"""``snapstamps export``: velocities, time series and pictures from the results."""

import json
from typing import Annotated

import typer

from snapstamps.cli.common import (
    HERE,
    Cluster,
    DryRun,
    ProjectFolder,
    Redo,
    Settings,
    Workers,
    open_project,
    work_settings,
)
from snapstamps.cli.work import do_request


def export(
    project: ProjectFolder = HERE,
    *,
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAMES",
            help="Forms of the results: all, or names with commas between (gpkg, shp, csv, visualizer, parquet, fgb, "
            "kmz, tif). Default: export.formats of snapstamps.toml.",
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    redo: Redo = False,
    dry_run: DryRun = False,
    settings: Settings = None,
) -> None:
    """
    Write velocity.gpkg, the other forms that are wanted, and the quick-look picture.

    Example: snapstamps export --format csv,visualizer --set export.quantity=v-dso
    """
    from snapstamps.pipeline.runner import Request

    words = [*work_settings(settings, cluster=cluster, workers=workers), *_format_setting(formats)]
    request = Request(first="export", last="export", redo=redo)
    do_request(open_project(project, words), request, dry_run=dry_run, settings=words)


def _format_setting(formats: str | None) -> list[str]:
    """Return the option that --format stands for, as --set would give it."""
    if formats is None:
        return []
    names = [name.strip() for name in formats.split(",") if name.strip()]
    return [f"export.formats={json.dumps('all' if names == ['all'] else names)}"]
