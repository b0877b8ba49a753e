"""``snapstamps stamps``: steps 1-8; and ``stamps shell``, Octave's prompt among their results."""

import re
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
from snapstamps.cli.shell import shell
from snapstamps.cli.work import do_request

stamps_app = typer.Typer(
    invoke_without_command=True, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]}
)


@stamps_app.callback()
def stamps(
    context: typer.Context,
    project: ProjectFolder = HERE,
    *,
    steps: Annotated[str, typer.Option(metavar="A-B", help="Steps to do, such as 4-6, 6- or 7.")] = "1-8",
    engine: Annotated[str | None, typer.Option(help="native or octave, instead of the configured engine.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    redo: Redo = False,
    dry_run: DryRun = False,
    settings: Settings = None,
) -> None:
    """
    Do StaMPS's steps 1-8, as far as they are not done.

    Example: snapstamps stamps --steps 6-8 --redo
    """
    from snapstamps.pipeline.runner import Request

    if context.invoked_subcommand is not None:
        return
    request = Request(first="stamps", last="stamps", steps=step_range(steps), redo=redo, engine=engine)
    words = work_settings(settings, cluster=cluster, workers=workers)
    do_request(open_project(project, words), request, dry_run=dry_run, settings=settings)


stamps_app.command()(shell)


def step_range(text: str) -> tuple[int, int]:
    """
    Return the first and last step of a range.

    Raises
    ------
    typer.BadParameter
        If the text is no range of 1 to 8.

    Examples
    --------
    >>> step_range("4-6"), step_range("6-"), step_range("-3"), step_range("7")
    ((4, 6), (6, 8), (1, 3), (7, 7))
    """
    match = re.fullmatch(r"([1-8])?(-)?([1-8])?", text.strip())
    if match is None or not text.strip("- "):
        raise typer.BadParameter(f"{text!r} is not a range of steps 1 to 8, such as 4-6")
    first, dash, last = match.groups()
    if dash is None:
        if last is not None:
            raise typer.BadParameter(f"{text!r} is not a range of steps 1 to 8, such as 4-6")
        return int(first), int(first)
    low, high = int(first or 1), int(last or 8)
    if low > high:
        raise typer.BadParameter(f"step {low} comes after step {high}")
    return low, high
