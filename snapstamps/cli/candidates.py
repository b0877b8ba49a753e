"""``snapstamps candidates``: the scatterers that StaMPS will look at."""

from snapstamps.cli.common import HERE, DryRun, ProjectFolder, Redo, Settings, open_project
from snapstamps.cli.work import do_request


def candidates(
    project: ProjectFolder = HERE,
    *,
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
    do_request(open_project(project, settings), request, dry_run=dry_run, settings=settings)
