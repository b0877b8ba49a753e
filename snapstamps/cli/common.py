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
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="WHERE",
        help="Work on a cluster: the address of a dask scheduler (tcp://host:8786), slurm, local, or none. "
        "Default: [cluster] of snapstamps.toml.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=0, help="Parallel processes on this machine, instead of run.workers; 0: all cores."),
]


@dataclass
class Session:
    """
    What the global options ask of all commands.

    Attributes
    ----------
    quiet : bool
        Results and errors only.
    """

    quiet: bool = False


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


def work_settings(settings: list[str] | None, *, cluster: str | None = None, workers: int | None = None) -> list[str]:
    """
    Return the words of ``--set``, with those before them that ``--cluster`` and ``--workers`` stand for.

    Parameters
    ----------
    settings : list of str, optional
        Given by ``--set``.
    cluster : str, optional
        Given by ``--cluster``.
    workers : int, optional
        Given by ``--workers``.

    Raises
    ------
    InputError
        If the cluster is neither an address nor a kind.

    Examples
    --------
    >>> work_settings(None, cluster="slurm", workers=2)
    ['cluster.kind=slurm', 'run.workers=2']
    """
    from snapstamps.config.cluster_options import cluster_settings

    chosen = {} if cluster is None else dict(cluster_settings(cluster))
    if workers is not None:
        chosen["run.workers"] = str(workers)
    return [*(f"{key}={value}" for key, value in chosen.items()), *(settings or [])]


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
