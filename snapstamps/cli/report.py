"""``snapstamps report``: a page to look at, the methods in words, what to cite, figures."""

from snapstamps.cli.common import HERE, DryRun, ProjectFolder, Redo, Settings, open_project
from snapstamps.cli.work import do_request


def report(
    project: ProjectFolder = HERE,
    *,
    redo: Redo = False,
    dry_run: DryRun = False,
    settings: Settings = None,
) -> None:
    """
    Write report.html, methods.md, CITATION.bib and the figures.

    Example: snapstamps report --set 'export.figures=["png", "svg"]'
    """
    from snapstamps.pipeline.runner import Request

    request = Request(first="report", last="report", redo=redo)
    do_request(open_project(project, settings), request, dry_run=dry_run, settings=settings)
