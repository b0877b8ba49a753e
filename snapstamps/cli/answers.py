"""What the commands that ask results share: which file, how answers are printed."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from snapstamps.cli.common import SESSION, open_project

ResultsFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE.gpkg]", help="Results of an export; products/velocity.gpkg of the project by default."
    ),
]


def results_file(file: Path | None, project: Path) -> Path:
    """
    Return the file of results that a command is about.

    Parameters
    ----------
    file : Path or None
        As given.
    project : Path
        Whose results are taken where no file is given.

    Raises
    ------
    InputError
        If no file is given and the folder is no project.
    """
    return file if file is not None else open_project(project).products_folder / "velocity.gpkg"


def print_json(content: Any) -> None:
    """Print JSON; numbers that are not finite become null."""
    typer.echo(json.dumps(_plain(content), indent=2, ensure_ascii=False))


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    """
    Print a table.

    Parameters
    ----------
    rows : sequence of mapping
        What is shown.
    columns : mapping of str to str
        Name of a column -> its format, such as ``.1f``.
    """
    cells = [[_cell(row[name], spec) for name, spec in columns.items()] for row in rows]
    heads = list(columns)
    widths = [max(len(line[place]) for line in [heads, *cells]) for place in range(len(heads))]
    left = [not spec for spec in columns.values()]
    for line in [heads, *cells]:
        words = (
            text.ljust(width) if is_left else text.rjust(width)
            for text, width, is_left in zip(line, widths, left, strict=True)
        )
        typer.echo("  ".join(words).rstrip())


def print_files(files: Sequence[Path], *, most: int = 8) -> None:
    """Print the paths of what was written, unless only results are wanted."""
    if SESSION.quiet:
        return
    for path in files[:most]:
        typer.echo(f"  {path}")
    if len(files) > most:
        typer.echo(f"  and {len(files) - most} more in {files[-1].parent}")


def _cell(value: Any, spec: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    return format(value, spec)


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return str(content) if isinstance(content, Path) else content
