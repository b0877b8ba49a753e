"""``snapstamps new``: a project folder with its commented configuration."""

import shlex
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from snapstamps.cli.common import parse_settings
from snapstamps.model.paths import expanded

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
    from_results: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A velocity.gpkg whose options are to be used again."),
    ] = None,
    from_snap2stamps: Annotated[
        Path | None,
        typer.Option("--from-snap2stamps", metavar="CONF", help="A project.conf of snap2stamps to convert."),
    ] = None,
    scenes: Annotated[
        Path | None, typer.Option("--scenes", metavar="FOLDER", help="Sentinel-1 scenes, from which SNAP is to begin.")
    ] = None,
    aoi: Annotated[
        str | None, typer.Option("--aoi", metavar="AREA", help="Vector file, WKT, or west,south,east,north.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="NAME", help="Set the options of a profile; `snapstamps paper list`."),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the area, for titles and reports.")] = "",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An option or a StaMPS parameter to write; repeatable."),
    ] = None,
) -> None:
    """
    Make a project folder with a commented snapstamps.toml.

    Example: snapstamps new my-area --aoi area.geojson --scenes scenes
    """
    from snapstamps.config.load import CONFIG_NAME, resolve
    from snapstamps.model.errors import InputError
    from snapstamps.pipeline.create import create_project
    from snapstamps.pipeline.take_over import take_over

    folder = expanded(directory).resolve()
    if (folder / CONFIG_NAME).exists():
        raise InputError(
            f"{CONFIG_NAME} exists already and is not overwritten",
            where=folder,
            remedy="edit it, or name another folder",
        )
    _require_one_source(
        {
            "--from-export": from_export,
            "--from-stamps": from_stamps,
            "--from": from_results,
            "--from-snap2stamps": from_snap2stamps,
            "--scenes": scenes,
            "--profile": profile,
        }
    )
    found = None if from_stamps is None else _found(from_stamps)
    overrides = parse_settings(settings) | ({"project.name": name} if name else {})
    table = _of_profile(profile) if from_results is None else _taken_from(from_results)
    if from_snap2stamps is not None:
        table = _converted(from_snap2stamps)
    if from_export is not None:
        table.get("scenes", {}).pop("folder", None)  # the scenes have served already
        table.setdefault("stamps_export", {})["folder"] = _stored_path(_checked_export(from_export), folder)
    if scenes is not None:
        table.setdefault("scenes", {})["folder"] = _stored_path(_checked_scenes(scenes), folder)
    if aoi is not None:
        table.setdefault("project", {})["aoi"] = _checked_area(aoi, folder)
    if found is not None:
        table["stamps"] = {"folder": _stored_path(found.folder, folder), "parms": found.parms}
    loaded = resolve(table, where=from_results or from_snap2stamps, environment={}, overrides=overrides)
    files = _write_files_of(profile, folder)
    project = create_project(folder, loaded.options)
    if from_results is not None:
        _tell_options(table)
    _tell(directory, found, files, from_scenes=loaded.options.scenes.folder is not None and from_export is None)
    if found is not None:
        done = take_over(project)
        typer.echo(f"  {len(done)} units of work were found done; `snapstamps status` shows them")


_TOGETHER = (
    {"--from", "--from-export"},
    {"--from", "--scenes"},
    {"--profile", "--from-export"},
    {"--profile", "--scenes"},
    {"--from-snap2stamps", "--scenes"},
)
"""Sources of which one gives the options and the other the data; all others exclude each other."""


def _require_one_source(given: Mapping[str, object]) -> None:
    """Stop where a project is to come from two places that contradict each other."""
    from snapstamps.model.errors import InputError

    for first, second in combinations([name for name, value in given.items() if value is not None], 2):
        if {first, second} not in _TOGETHER:
            raise InputError(f"{first} and {second} exclude each other", remedy="give one of them")


def _taken_from(results: Path) -> dict[str, dict[str, Any]]:
    """Return the options that a file of results was made with."""
    from snapstamps.results.provenance import options_table

    return options_table(expanded(results))


def _of_profile(name: str | None) -> dict[str, dict[str, Any]]:
    from snapstamps.config.profile import load_profile

    return {} if name is None else load_profile(name).table()


def _write_files_of(profile: str | None, folder: Path) -> tuple[Path, ...]:
    """Write what a profile puts beside the configuration: area, places, scenes."""
    from snapstamps.config.profile import load_profile
    from snapstamps.pipeline.profile_files import write_profile_files

    return () if profile is None else write_profile_files(folder, load_profile(profile))


def _converted(conf: Path) -> dict[str, dict[str, Any]]:
    """Return the options of a configuration of snap2stamps, and say what became of each of its keys."""
    from snapstamps.config.snap2stamps import read_snap2stamps

    conversion = read_snap2stamps(conf)
    for report in conversion.reports:
        typer.echo(f"  {report}")
    return conversion.table


def _checked_export(folder: Path) -> Path:
    """Return the export's absolute path, once it looks like one."""
    from snapstamps.model.errors import InputError

    folder = expanded(folder).resolve()
    missing = [name for name in ("rslc", "diff0", "geo", "dem") if not (folder / name).is_dir()]
    if missing:
        raise InputError(
            "this is not a folder of SNAP's StampsExport" if folder.is_dir() else "there is no such folder",
            where=folder,
            why=f"missing: {', '.join(missing)}" if folder.is_dir() else None,
            remedy="--from-export with the INSAR_<master> folder that holds rslc, diff0, geo and dem",
        )
    return folder


def _checked_scenes(folder: Path) -> Path:
    """Return the absolute path of the folder of scenes, which may still be empty."""
    from snapstamps.model.errors import InputError

    folder = expanded(folder).resolve()
    if folder.exists() and not folder.is_dir():
        raise InputError("the scenes are to lie in a folder, and this is a file", where=folder)
    return folder


def _checked_area(text: str, project: Path) -> str:
    """Return the area as the configuration keeps it, once it can be read; a file as a path from the project."""
    from snapstamps.snap.aoi import read_aoi

    read_aoi(text, folder=Path.cwd())
    path = expanded(text)
    try:
        is_file = path.is_file()
    except OSError:
        is_file = False  # WKT may be longer than any file name
    return _stored_path(path.resolve(), project) if is_file else text


def _found(folder: Path) -> "FoundStamps":
    from snapstamps.stamps.takeover import find_stamps

    return find_stamps(expanded(folder).resolve())


def _stored_path(path: Path, project: Path) -> str:
    """Return a path as the configuration stores it: relative where it lies inside the project."""
    return str(path.relative_to(project) if path.is_relative_to(project) else path)


def _tell_options(table: dict[str, dict[str, Any]]) -> None:
    """Say what was taken from a file of results."""
    from snapstamps.config.toml_text import literal

    rows = {f"{section}.{key}": value for section, values in table.items() for key, value in values.items()}
    parms = rows.pop("stamps.parms", {})
    for name, value in {**rows, **parms}.items():
        typer.echo(f"  from the results: {name} = {literal(value)}")


def _tell(directory: Path, found: "FoundStamps | None", files: tuple[Path, ...], *, from_scenes: bool) -> None:
    """Say what was made, what was taken over, and what comes next."""
    from snapstamps.config.load import CONFIG_NAME
    from snapstamps.config.toml_text import literal
    from snapstamps.pipeline.profile_files import SCENES

    typer.echo(f"{directory / CONFIG_NAME} is written")
    for path in files:
        typer.echo(f"  {directory / path.name}")
    if found is not None:
        for name, value in found.parms.items():
            typer.echo(f"  from parms.mat: {name} = {literal(value)}")
        if found.ignored:
            typer.echo(f"  not taken over from parms.mat, since StaMPS does not know them: {', '.join(found.ignored)}")
        for path in found.local:
            typer.echo(f"  not taken over, since it holds for one folder only: {path}")
    place = "" if directory == Path() else f" -C {shlex.quote(str(directory))}"
    first = "status" if found is not None else "prepare --dry-run" if from_scenes else "check"
    if from_scenes and any(path.name == SCENES for path in files):
        typer.echo(f"first: snapstamps scenes download{place} --days {directory / SCENES}")
    typer.echo(f"next: snapstamps {first}{place}, snapstamps run{place}")
