"""Carrying out a request of the command line: show the plan, or do it and show what was done."""

from typing import TYPE_CHECKING

import typer

from snapstamps.cli.display import run_display

if TYPE_CHECKING:
    from snapstamps.config.project import Project
    from snapstamps.pipeline.runner import Request


def do_request(project: "Project", request: "Request", *, dry_run: bool, settings: list[str] | None = None) -> None:
    """
    Do what is asked for, or only tell it.

    Parameters
    ----------
    project : Project
        The project.
    request : Request
        What is asked for.
    dry_run : bool
        Tell, and do nothing.
    settings : list of str, optional
        What ``--set`` changed for this run.
    """
    from snapstamps.pipeline.runner import pending_units, project_states, run_project

    if dry_run:
        pending = pending_units(project_states(project), request)
        for state in pending:
            typer.echo(f"{state.unit.name:<22} {state.reason}")
        if any(state.unit.name == "candidates" for state in pending) and request.last in {"stamps", "export", "report"}:
            typer.echo("then the steps of the patches that the candidates make, the export and the report")
        if not pending:
            typer.echo("nothing to do")
        return
    with run_display() as reporter:
        records = run_project(project, request, reporter)
    if not records:
        typer.echo("nothing to do: everything asked for is done")
        return
    seconds = sum(record.seconds for record in records)
    typer.echo(f"{len(records)} {'unit' if len(records) == 1 else 'units'} done in {seconds:.1f} s of work")
    for record in records:
        if record.unit in {"export", "report"}:
            for name in record.outputs:
                if "/figures/" not in name:
                    typer.echo(f"  {project.folder / name}")
    if settings:
        typer.echo(f"{', '.join(settings)}: for this run only; snapstamps.toml keeps an option")
