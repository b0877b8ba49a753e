"""``snapstamps prepare``: from scenes to the export that StaMPS reads, with SNAP."""

from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import HERE, Cluster, DryRun, ProjectFolder, Redo, Settings, open_project, work_settings
from snapstamps.cli.work import do_request

if TYPE_CHECKING:
    from snapstamps.config.project import Project
    from snapstamps.pipeline.runner import Request

_STAGES = "One of split, coregister, merge, stamps_export."


def prepare(
    project: ProjectFolder = HERE,
    *,
    first: Annotated[str, typer.Option("--from", metavar="STAGE", help=f"Begin here. {_STAGES}")] = "split",
    last: Annotated[str, typer.Option("--to", metavar="STAGE", help=f"End here. {_STAGES}")] = "stamps_export",
    workers: Annotated[
        int | None, typer.Option("--workers", help="How many gpt run side by side, instead of snap.workers.")
    ] = None,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Use products that lie in their place, once they are verified.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Try dates and pairs again that were left out.")] = False,
    cluster: Cluster = None,
    redo: Redo = False,
    dry_run: DryRun = False,
    settings: Settings = None,
) -> None:
    """
    Make the export for StaMPS from the scenes, with SNAP: split, coregistration, merge of sub-swaths, export.

    A dry run prints the exact commands. Interrupted or extended by new scenes, the same command goes on.

    Example: snapstamps prepare -C my-area --workers 2
    """
    from snapstamps.model.errors import InputError
    from snapstamps.pipeline.runner import Request
    from snapstamps.pipeline.snap_plan import has_scenes
    from snapstamps.pipeline.snap_units import SNAP_STAGE_NAMES

    for stage in (first, last):
        if stage not in SNAP_STAGE_NAMES:
            raise typer.BadParameter(f"{stage!r} is not one of {', '.join(SNAP_STAGE_NAMES)}")
    if SNAP_STAGE_NAMES.index(first) > SNAP_STAGE_NAMES.index(last):
        raise typer.BadParameter(f"{first} comes after {last}")
    own = [] if workers is None else [f"snap.workers={workers}"]
    opened = open_project(project, work_settings([*own, *(settings or [])], cluster=cluster))
    if not has_scenes(opened):
        raise InputError(
            "this project begins with an export, there is nothing for SNAP to do",
            where=opened.config_file,
            why="[scenes] folder is empty, or [stamps_export] folder is set",
            remedy="set [scenes] folder, and leave [stamps_export] folder empty",
        )
    request = Request(
        first="prepare",
        last="prepare",
        redo=redo,
        snap_stages=(first, last),
        takes_over=take_over,
        retries=retry,
    )
    if dry_run:
        _tell(opened, request)
        return
    do_request(opened, request, dry_run=False, settings=settings)


def _tell(project: "Project", request: "Request") -> None:
    """Print what would run: the plan, the disk, and every command."""
    import shlex

    from snapstamps.pipeline.snap_preview import preview

    seen = preview(project, request)
    plan, shop = seen.workshop.plan, seen.workshop
    swaths = ", ".join(f"{name} ({count} bursts)" for name, count in plan.bursts.items())
    typer.echo(f"{len(plan.dates)} dates, master {plan.master} ({plan.reason}), {plan.polarisation}, {swaths}")
    for note in plan.notes:
        typer.echo(f"note: {note}")
    typer.echo(
        f"SNAP {shop.snap.version}, {shop.resources.processes} at a time, {shop.resources.heap / 2**30:.0f} GiB each; "
        f"about {seen.need / 1e9:.2f} GB of disk, {seen.free / 1e9:.1f} GB are free"
    )
    for one in seen.runs:
        typer.echo(f"\n# {one.unit}: {one.reason}")
        typer.echo(f"cd {shlex.quote(str(one.folder))} && {shlex.join(one.words)}")
    if seen.runs:
        typer.echo("\nGraphs and folders are made when they are needed; `snapstamps graph show` prints a graph now.")
    else:
        typer.echo("nothing to do")
