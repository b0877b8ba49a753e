"""``snapstamps run``: everything that is not done yet, in order."""

from pathlib import Path
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
    parse_settings,
    work_settings,
)
from snapstamps.cli.work import do_request

_STAGES_HELP = "One of prepare, check, candidates, stamps, export, report."


def run(
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CONFIG]",
            help="A configuration elsewhere, beside inputs that are only read; all is written to the project folder.",
            show_default=False,
        ),
    ] = None,
    project: ProjectFolder = HERE,
    *,
    first: Annotated[str, typer.Option("--from", metavar="STAGE", help=f"Begin here. {_STAGES_HELP}")] = "prepare",
    last: Annotated[str, typer.Option("--to", metavar="STAGE", help=f"End here. {_STAGES_HELP}")] = "report",
    engine: Annotated[str | None, typer.Option(help="native or octave, instead of the configured engine.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    redo: Redo = False,
    dry_run: DryRun = False,
    settings: Settings = None,
) -> None:
    """
    Do everything that is not done yet, in order; go on where an interrupted run stopped.

    Example: snapstamps run -C my-area
    """
    from snapstamps.pipeline.runner import Request
    from snapstamps.pipeline.units import STAGES

    for stage in (first, last):
        if stage not in STAGES:
            raise typer.BadParameter(f"{stage!r} is not one of {', '.join(STAGES)}")
    if STAGES.index(first) > STAGES.index(last):
        raise typer.BadParameter(f"{first} comes after {last}")
    request = Request(first=first, last=last, engine=engine, redo=redo)
    words = work_settings(settings, cluster=cluster, workers=workers)
    if config is None:
        opened = open_project(project, words)
    else:
        from snapstamps.pipeline.elsewhere import project_of

        opened = project_of(config, project, overrides=parse_settings(words), dry_run=dry_run)
    do_request(opened, request, dry_run=dry_run, settings=settings)
