"""The configuration inside a GeoPackage of results: written with them, and read to make the project again."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from snapstamps.config.describe import PARMS_KEY, OptionInfo, option_infos, sections, value_in
from snapstamps.config.options import Options
from snapstamps.config.stamps_parms import same_value
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded

CONFIGURATION = "configuration"
"""Row of the table ``about``."""

_LEFT_OUT = re.compile(r"(run|cluster)\..*|stamps\.folder")
"""What belongs to one machine, and the working folder, since a new project needs one of its own."""


def configuration_text(options: Options) -> str:
    """
    Return the options that differ from their defaults, as JSON.

    Parameters
    ----------
    options : Options
        As used for the results.

    Returns
    -------
    str
        Section -> key -> value; StaMPS's parameters under ``stamps.parms``. ``{}`` where all are defaults. Without
        [run] and [cluster], which change no result, and ``stamps.folder``.

    Examples
    --------
    >>> configuration_text(Options())
    '{}'
    """
    table: dict[str, dict[str, Any]] = {}
    for info in option_infos().values():
        value = value_in(options, info)
        if not (_LEFT_OUT.fullmatch(info.name) or same_value(value, info.default)):
            table.setdefault(info.section, {})[info.key] = info.plain(value)
    if options.stamps.parms:
        table.setdefault("stamps", {})[PARMS_KEY] = dict(options.stamps.parms)
    return json.dumps(table, sort_keys=True, ensure_ascii=False)


def options_table(path: Path) -> dict[str, dict[str, Any]]:
    """
    Read back the options that a GeoPackage of results was made with.

    Parameters
    ----------
    path : Path
        ``velocity.gpkg``.

    Returns
    -------
    dict
        Section -> key -> value, as :func:`snapstamps.config.load.resolve` takes it; values are not checked yet.
        A relative path is looked for in the project whose products hold the file, and is then absolute; else it
        stays as it is.

    Raises
    ------
    InputError
        If the file is missing, is no GeoPackage, or does not hold a configuration.
    """
    text = _about_value(path, CONFIGURATION)
    try:
        table = json.loads(text)
    except ValueError as error:
        raise _unreadable(path, f"its configuration is damaged: {error}") from error
    if not (isinstance(table, dict) and all(isinstance(section, dict) for section in table.values())):
        raise _unreadable(path, "its configuration is not a table of sections")
    project = path.resolve().parent.parent
    for info in option_infos().values():
        section = table.get(info.section, {})
        if _LEFT_OUT.fullmatch(info.name):
            section.pop(info.key, None)
        elif info.key in section and _holds_paths(info):
            section[info.key] = _found_again(section[info.key], project)
    return table


def _about_value(path: Path, key: str) -> str:
    if not path.is_file():
        raise InputError("there is no such file", where=path, remedy="--from with a velocity.gpkg")
    try:
        # immutable: reading must leave nothing beside a file on a disk that may not be written
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            rows = connection.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchall()
    except sqlite3.Error as error:
        raise _unreadable(path, str(error)) from error
    if not rows:
        raise _unreadable(path, "it was written by a version that did not keep the configuration in it")
    return str(rows[0][0])


def _unreadable(path: Path, why: str) -> InputError:
    return InputError(
        f"{path.name} tells of no configuration",
        where=path,
        why=why,
        remedy="a velocity.gpkg of `snapstamps export`; or --from-export with the INSAR_… folder",
    )


def _holds_paths(info: OptionInfo) -> bool:
    return "Path" in str(sections()[info.section].model_fields[info.key].annotation)


def _found_again(value: object, project: Path) -> object:
    """Return a path, or each of a list, as an absolute one where the project has it."""
    if isinstance(value, list):
        return [_found_again(item, project) for item in value]
    if not isinstance(value, str) or not value:
        return value
    found = project / expanded(value)
    return str(found) if found.exists() else value
