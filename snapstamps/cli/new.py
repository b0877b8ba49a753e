"""``snapstamps new``: a project folder with its commented configuration."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from snapstamps.cli.common import parse_settings

if TYPE_CHECKING:
    from snapstamps.stamps.takeover import FoundStamps


def new(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The project folder; made if it does not exist.")
    ] = Path(),
    from_export: Annotated[
        Path | None, typer.Option("--from-export", metavar="INSAR_…", help="The folder that SNAP's StampsExport wrote.")
    ] = None,
    from_stamps: Annotated[
        Path | None,
        typer.Option("--from-stamps", metavar="DIR", help="An existing StaMPS working folder to take over."),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the area, for titles and reports.")] = "",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An option or a StaMPS parameter to write; repeatable."),
    ] = None,
) -> None:
    """
    Make a project folder with a commented snapstamps.toml.

    Example: snapstamps new my-area --from-export INSAR_20190505 --set unwrap_grid_size=100
    """
    from snapstamps.config.load import CONFIG_NAME, resolve
    from snapstamps.model.errors import InputError
    from snapstamps.pipeline.create import create_project
    from snapstamps.pipeline.take_over import take_over

    folder = directory.expanduser().resolve()
    if (folder / CONFIG_NAME).exists():
        raise InputError(
            f"{CONFIG_NAME} exists already and is not overwritten",
            where=folder,
            remedy="edit it, or name another folder",
        )
    if from_export is not None and from_stamps is not None:
        raise InputError("--from-export and --from-stamps exclude each other", remedy="give one of them")
    found = None if from_stamps is None else _found(from_stamps)
    overrides = parse_settings(settings) | ({"project.name": name} if name else {})
    table: dict[str, dict[str, Any]] = {}
    if from_export is not None:
        table["stamps_export"] = {"folder": _stored_path(_checked_export(from_export), folder)}
    if found is not None:
        table["stamps"] = {"folder": _stored_path(found.folder, folder), "parms": found.parms}
    loaded = resolve(table, environment={}, overrides=overrides)
    project = create_project(folder, loaded.options)
    _tell(directory, found)
    if found is not None:
        done = take_over(project)
        typer.echo(f"  {len(done)} units of work were found done; `snapstamps status` shows them")


def _checked_export(folder: Path) -> Path:
    """Return the export's absolute path, once it looks like one."""
    from snapstamps.model.errors import InputError

    folder = folder.expanduser().resolve()
    missing = [name for name in ("rslc", "diff0", "geo", "dem") if not (folder / name).is_dir()]
    if missing:
        raise InputError(
            "this is not a folder of SNAP's StampsExport" if folder.is_dir() else "there is no such folder",
            where=folder,
            why=f"missing: {', '.join(missing)}" if folder.is_dir() else None,
            remedy="--from-export with the INSAR_<master> folder that holds rslc, diff0, geo and dem",
        )
    return folder


def _found(folder: Path) -> "FoundStamps":
    from snapstamps.stamps.takeover import find_stamps

    return find_stamps(folder.expanduser().resolve())


def _stored_path(path: Path, project: Path) -> str:
    """Return a path as the configuration stores it: relative where it lies inside the project."""
    return str(path.relative_to(project) if path.is_relative_to(project) else path)


def _tell(directory: Path, found: "FoundStamps | None") -> None:
    """Say what was made, what was taken over, and what comes next."""
    from snapstamps.config.load import CONFIG_NAME
    from snapstamps.config.toml_text import literal

    typer.echo(f"{directory / CONFIG_NAME} is written")
    if found is not None:
        for name, value in found.parms.items():
            typer.echo(f"  from parms.mat: {name} = {literal(value)}")
        if found.ignored:
            typer.echo(f"  not taken over from parms.mat, since StaMPS does not know them: {', '.join(found.ignored)}")
        for path in found.local:
            typer.echo(f"  not taken over, since it holds for one folder only: {path}")
    place = "" if directory == Path() else f" -C {directory}"
    first = "status" if found is not None else "check"
    typer.echo(f"next: snapstamps {first}{place}, snapstamps run{place}")
