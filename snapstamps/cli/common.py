"""What the commands share: their common options, and how a project is opened."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from snapstamps.config.project import Project

ProjectFolder = Annotated[
    Path, typer.Option("-C", "--project", metavar="DIR", help="The project folder.", show_default="here")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Redo = Annotated[bool, typer.Option("--redo", help="Do again what is done, too.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override an option of snapstamps.toml for this run; repeatable."),
]


@dataclass
class Session:
    """
    What the global options and the system ask of all commands.

    Attributes
    ----------
    quiet : bool
        Results and errors only.
    terminated : bool
        Somebody has asked us to end, by SIGTERM.
    """

    quiet: bool = False
    terminated: bool = False


SESSION = Session()
"""The one session of this process; set before a command runs."""

HERE = Path()
"""The default project folder."""


def open_project(folder: Path, settings: list[str] | None = None) -> "Project":
    """
    Open the project of a command.

    Parameters
    ----------
    folder : Path
        Given by ``-C``.
    settings : list of str, optional
        ``KEY=VALUE`` words of ``--set``.

    Raises
    ------
    InputError
        If the folder is no project, or an option is wrong.
    """
    from snapstamps.config.project import Project

    return Project.open(folder, overrides=parse_settings(settings))


def parse_settings(settings: list[str] | None) -> dict[str, str]:
    """
    Return the ``--set`` words as a mapping.

    Raises
    ------
    InputError
        If a word has no ``=``.

    Examples
    --------
    >>> parse_settings(["stamps.rounds=2"])
    {'stamps.rounds': '2'}
    """
    from snapstamps.model.errors import InputError

    pairs = {}
    for word in settings or []:
        key, sign, value = word.partition("=")
        if not sign or not key.strip():
            raise InputError(
                f"{word!r} is not of the form KEY=VALUE", where="--set", remedy="such as --set stamps.rounds=2"
            )
        pairs[key.strip()] = value.strip()
    return pairs
