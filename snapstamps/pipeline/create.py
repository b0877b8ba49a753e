"""Making a project folder with its commented configuration."""

from pathlib import Path

from snapstamps.config.load import CONFIG_NAME
from snapstamps.config.options import Options
from snapstamps.config.project import Project
from snapstamps.config.template import commented_file
from snapstamps.formats.atomic import write_bytes
from snapstamps.model.errors import InputError
from snapstamps.stamps.parms import names_by_step


def create_project(folder: Path, options: Options, *, note: str = "") -> Project:
    """
    Write a commented ``snapstamps.toml`` into a folder, and open the project.

    Parameters
    ----------
    folder : Path
        The project folder; made if need be.
    options : Options
        What differs from the defaults is written in force, the rest is explained.
    note : str
        A comment to begin with.

    Returns
    -------
    Project

    Raises
    ------
    InputError
        If the folder cannot be written, or a value is no text that a file can hold.
    """
    headings = {f"Step {key.replace('_', ' ')}": names for key, names in names_by_step().items()}
    try:
        content = (note + commented_file(options, parms_by_step=headings)).encode()
    except UnicodeEncodeError as error:
        raise InputError("a path or a value is not UTF-8 text", why=str(error)) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes(folder / CONFIG_NAME, content)
    except OSError as error:
        raise InputError("the project folder cannot be written", where=folder, why=str(error)) from error
    return Project.open(folder, environment={})
