"""``snapstamps lesson``: the course, lesson by lesson."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import HERE, AsJson

if TYPE_CHECKING:
    from snapstamps.course.lessons import Lesson


def lesson(
    number: Annotated[int | None, typer.Argument(metavar="N", help="Which, from 1; none: list them.")] = None,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where the copy goes.", show_default="here")] = HERE,
    script: Annotated[bool, typer.Option("--script", help="The plain script instead of the notebook.")] = False,
    run: Annotated[bool, typer.Option("--run", help="Run it without a copy; pictures go to lessons-work.")] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Open the copy in Jupyter, where that is installed.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    List the eight lessons; copy one as a notebook (or script), open it, or run it.

    Example: snapstamps lesson 4 --to course
    """
    from snapstamps.course.lessons import copy_lesson, lesson_of, lessons

    if number is None:
        _list(lessons(), as_json=as_json)
        return
    chosen = lesson_of(number)
    if run:
        raise typer.Exit(subprocess.run([sys.executable, str(chosen.script)], check=False).returncode)
    path = copy_lesson(chosen, to, script=script)
    typer.echo(json.dumps({"file": str(path)}) if as_json else f"{path}: {chosen.title}")
    if open_it:
        _open(path)
    elif not as_json:
        typer.echo(f"next: {'python' if script else 'jupyter lab'} {path}")


def _list(known: "tuple[Lesson, ...]", *, as_json: bool) -> None:
    if as_json:
        rows = [{"number": each.number, "title": each.title, "notebook": str(each.notebook)} for each in known]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for each in known:
        typer.echo(f"{each.number}  {each.title}")
    typer.echo("\nnext: snapstamps lesson 1")


def _open(path: Path) -> None:
    """Open a notebook in Jupyter, or say how to get that."""
    from snapstamps.model.errors import ToolError

    jupyter = shutil.which("jupyter-lab") or shutil.which("jupyter-notebook")
    if jupyter is None:
        raise ToolError(
            "Jupyter is not installed", where=path, remedy="pip install jupyterlab; or take --script and any editor"
        )
    subprocess.run([jupyter, str(path)], check=False)
