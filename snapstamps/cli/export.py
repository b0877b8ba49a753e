"""``snapstamps export``: velocities, time series and pictures from the results."""

from snapstamps.cli.common import HERE, DryRun, ProjectFolder, Redo, Settings, open_project
from snapstamps.cli.work import do_request


def export(
    project: ProjectFolder = HERE,
    *,
    redo: Redo = False,
    dry_run: DryRun = False,
    settings: Settings = None,
) -> None:
    """
    Write velocity.gpkg and the quick-look picture.

    Example: snapstamps export --set export.quantity=v-dso
    """
    from snapstamps.pipeline.runner import Request

    do_request(open_project(project, settings), Request(first="export", redo=redo), dry_run=dry_run, settings=settings)
