"""``snapstamps plot``: any file that a step of StaMPS leaves, as a picture."""

import json
from pathlib import Path
from typing import Annotated

import typer

from snapstamps.cli.common import HERE, AsJson


def plot(
    artefact: Annotated[
        str | None, typer.Argument(metavar="ARTEFACT", help="Such as pm1, uw_grid or parms; none: list what is there.")
    ] = None,
    folder: Annotated[
        Path,
        typer.Option("-C", "--project", metavar="DIR", help="The project, or a folder of StaMPS.", show_default="here"),
    ] = HERE,
    *,
    patch: Annotated[
        str, typer.Option("--patch", metavar="N", help="Its number.", show_default="the first that has it")
    ] = "",
    ifg: Annotated[
        str,
        typer.Option(
            "--ifg",
            metavar="DATE",
            help="One interferogram, large: its day, or its position from 1, the master counted along.",
            show_default="all",
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="The picture: .png, .pdf or .svg.",
            show_default="products/plots/ARTEFACT.png; in a folder of StaMPS here",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Draw any file that a step has left: pm1, select1, uw_grid, phuw2, scla2, parms and all others.

    Example: snapstamps plot phuw2 --ifg 2019-06-10 --out unwrapped.png
    """
    from snapstamps.pipeline.plot import plot as draw
    from snapstamps.pipeline.plot import stamps_folder_of

    if artefact is None:
        _list(stamps_folder_of(folder), as_json=as_json)
        return
    path = draw(folder, artefact, patch=patch, ifg=ifg, out=out)
    typer.echo(json.dumps({"file": str(path)}) if as_json else str(path))


def _list(folder: Path, *, as_json: bool) -> None:
    """List what can be drawn: name, patch, what it is."""
    from snapstamps.course.topics import Kind, find_topics
    from snapstamps.results.figures.artefacts.source import OTHERS, drawable

    rows = []
    for name, place in drawable(folder):
        topic = next(topic for topic in find_topics(OTHERS.get(name, name)) if topic.kind is Kind.FILE)
        rows.append({"artefact": name, "patch": place, "what": topic.sentence})
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['artefact']:<15}{row['patch'] or '-':<10}{row['what']}")
