"""``snapstamps stamps shell``: Octave's prompt in a working folder, with StaMPS on its path."""

from pathlib import Path
from typing import Annotated

import typer

from snapstamps.cli.common import HERE, ProjectFolder


def shell(
    project: ProjectFolder = HERE,
    *,
    folder: Annotated[
        Path | None, typer.Option(help="A StaMPS working folder, instead of the project's.", show_default=False)
    ] = None,
    commands: Annotated[
        str | None, typer.Option("--eval", metavar="CODE", help="Run this instead of a prompt, then end.")
    ] = None,
) -> None:
    """
    Open Octave in the project's StaMPS folder, with StaMPS, our functions, triangle and snaphu at hand.

    Example: snapstamps stamps shell -C my-area --eval ps_info
    """
    from snapstamps.config.load import CONFIG_NAME
    from snapstamps.config.project import Project
    from snapstamps.engines.octave.prompt import open_prompt
    from snapstamps.model.errors import InputError

    options = Project.open(project).options.stamps if (project / CONFIG_NAME).is_file() else None
    if folder is None and options is None:
        raise InputError(
            "this is no project",
            where=project.absolute(),
            remedy="-C with the project, or --folder with a StaMPS folder",
        )
    place = folder if folder is not None else Project.open(project).stamps_folder
    status = open_prompt(
        place.absolute(),
        home=options.home if options else None,
        fast=options.compat_fast if options else True,
        commands=commands,
    )
    raise typer.Exit(status)
