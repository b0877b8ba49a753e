"""Bringing the report of a finished run up to date, with its comparison with a paper."""

from dataclasses import replace

from snapstamps.config.profile import load_paper
from snapstamps.config.project import Project
from snapstamps.model.errors import InputError
from snapstamps.pipeline.paper import PAPER_CHECK
from snapstamps.pipeline.report import Reporter
from snapstamps.pipeline.runner import Request, project_states, run_project
from snapstamps.pipeline.state import Condition
from snapstamps.results.paper import PaperComparison, read_comparison


def paper_check(project: Project, name: str, reporter: Reporter | None = None) -> PaperComparison:
    """
    Hold a finished run against a paper, and write the comparison into its report.

    Parameters
    ----------
    project : Project
        The project; another profile than its own is taken for this time only.
    name : str
        Of the paper's profile.
    reporter : Reporter, optional
        Listens.

    Returns
    -------
    PaperComparison

    Raises
    ------
    InputError
        If there is no such paper, or the run is not finished.
    """
    profile = load_paper(name)
    if project.options.project.profile != profile.name:
        named = project.options.project.model_copy(update={"profile": profile.name})
        project = replace(project, options=project.options.model_copy(update={"project": named}))
    _require_exported(project)
    run_project(project, Request(first="report", last="report"), reporter)
    return read_comparison((project.products_folder / PAPER_CHECK).read_text(encoding="utf-8"))


def _require_exported(project: Project) -> None:
    export = next((state for state in project_states(project) if state.unit.name == "export"), None)
    if export is None or export.condition is not Condition.DONE:
        raise InputError(
            "a paper is compared with a finished run, and this one has no results yet",
            where=project.folder,
            why=None if export is None else f"export: {export.reason}",
            remedy="snapstamps run",
        )
