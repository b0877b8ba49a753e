"""``snapstamps candidates``: the scatterers that StaMPS will look at."""

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


def candidates(
    project: ProjectFolder = HERE,
    *,
    workers: Workers = None,
    cluster: Cluster = None,
    redo: Redo = False,
    dry_run: DryRun = False,
    settings: Settings = None,
) -> None:
    """
    Choose the candidates by amplitude dispersion and make StaMPS's working folder (in place of mt_prep_snap).

    Example: snapstamps candidates --set candidates.amplitude_dispersion=0.42
    """
    from snapstamps.pipeline.runner import Request

    request = Request(first="candidates", last="candidates", redo=redo)
    words = work_settings(settings, cluster=cluster, workers=workers)
    do_request(open_project(project, words), request, dry_run=dry_run, settings=settings)
