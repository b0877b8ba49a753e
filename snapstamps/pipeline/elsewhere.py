"""
A project whose configuration and inputs lie elsewhere, in a folder that is only read.

Relative paths of the configuration are looked for beside it; what is not there belongs to the project folder,
where everything is written. The export is never changed: its headers are copied, its rasters linked.
"""

from collections.abc import Mapping
from pathlib import Path

from snapstamps.config.describe import option_infos, value_in
from snapstamps.config.load import CONFIG_NAME, load
from snapstamps.config.options import Options
from snapstamps.config.project import Project
from snapstamps.config.toml_text import literal
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.linked_export import link_export
from snapstamps.pipeline.lock import project_lock
from snapstamps.snap.aoi import names_file

_MARK = "# Made from "
_NOTE = _MARK + "{file} by `snapstamps run`, which writes this file anew: change that one.\n"
_OUTPUTS = frozenset({"stamps.folder"})
"""Options whose paths are written to."""


def project_of(file: Path, folder: Path, *, overrides: Mapping[str, object], dry_run: bool = False) -> Project:
    """
    Return the project that does in a folder what a configuration elsewhere says.

    Parameters
    ----------
    file : Path
        The configuration, of any name; its folder may be read-only.
    folder : Path
        The project folder; gets ``snapstamps.toml`` and, where SNAP does not make it, the linked export.
    overrides : mapping of str to object
        Dotted key -> value from the command line, for this run only.
    dry_run : bool
        Write nothing.

    Returns
    -------
    Project

    Raises
    ------
    InputError
        If the configuration is wrong or missing, names no export, or the folder holds another project.
    """
    file, folder = (expanded(path).absolute() for path in (file, folder))
    if file == folder / CONFIG_NAME:
        return Project.open(folder, overrides=overrides)
    if file.is_dir():
        raise InputError("the configuration is a folder, not a file", where=file, remedy=f"snapstamps run -C {file}")
    _require_ours(folder)
    options = _placed(load(file, environment={}, overrides={}).options, file)
    export = None if options.scenes.folder else Project(file.parent, options, {}).export_folder
    if dry_run:
        loaded = load(file, overrides=overrides)
        return Project(folder, _with_export(_placed(loaded.options, file), export), loaded.origins)
    with project_lock(folder / "logs"):
        if export is not None and export.parent != folder:
            link_export(export, folder / export.name, logs=folder / "logs")
            export = Path(export.name)
        create_project(folder, _with_export(options, export), note=_NOTE.format(file=literal(str(file))))
    return Project.open(folder, overrides=overrides)


def _require_ours(folder: Path) -> None:
    path = folder / CONFIG_NAME
    if path.is_file() and not path.read_text(encoding="utf-8", errors="replace").startswith(_MARK):
        raise InputError(
            "the project folder holds another project, with a configuration of its own",
            where=path,
            remedy=f"-C with another folder, or `snapstamps run -C {folder}` for that project",
        )


def _placed(options: Options, file: Path) -> Options:
    """Return the options with their inputs where they lie, and with a name for titles."""
    base = file.parent
    changed: dict[str, dict[str, object]] = {"project": {}}
    for info in option_infos().values():
        value = value_in(options, info)
        if info.name not in _OUTPUTS and isinstance(value, Path):
            changed.setdefault(info.section, {})[info.key] = _beside(value, base)
        elif isinstance(value, tuple) and any(isinstance(item, Path) for item in value):
            changed.setdefault(info.section, {})[info.key] = tuple(_beside(item, base) for item in value)
    if names_file(options.project.aoi):
        changed["project"]["aoi"] = str(base / options.project.aoi)
    if not options.project.name:
        changed["project"]["name"] = file.stem if file.name != CONFIG_NAME else base.name
    sections = {name: getattr(options, name).model_copy(update=values) for name, values in changed.items()}
    return options.model_copy(update=sections)


def _beside(path: Path, base: Path) -> Path:
    found = base / expanded(path)
    return found if found.exists() else path


def _with_export(options: Options, export: Path | None) -> Options:
    section = options.stamps_export.model_copy(update={"folder": export})
    return options.model_copy(update={"stamps_export": section}) if export else options
