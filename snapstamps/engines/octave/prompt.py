"""Octave's own prompt, with everything that StaMPS needs around it."""

import os
import subprocess
from pathlib import Path

from snapstamps.engines.octave.interactive import SETTINGS, search_path
from snapstamps.external.octave import find_octave, find_stamps
from snapstamps.external.stand_in_folder import stamps_programs
from snapstamps.model.errors import InputError

_FUNCTIONS = "SNAPSTAMPS_FUNCTIONS"


def open_prompt(folder: Path, *, home: Path | None, fast: bool, commands: str | None = None) -> int:
    """
    Run Octave on this terminal until the user leaves it.

    Parameters
    ----------
    folder : Path
        Where it stands.
    home : Path or None
        The StaMPS checkout, unless SNAPSTAMPS_STAMPS_HOME names it.
    fast : bool
        Whether faster functions with equal results stand in front of StaMPS's.
    commands : str, optional
        Code to run instead of a prompt.

    Returns
    -------
    int
        Octave's exit status.

    Raises
    ------
    InputError
        If StaMPS is not found, or the folder is missing.
    ToolError
        If Octave is not found.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder", where=folder, remedy="snapstamps candidates makes it")
    stamps, octave = find_stamps(home), find_octave()
    # By the environment, since names may hold any letter; the folder named first is searched first.
    functions = os.pathsep.join(str(path) for path in reversed(search_path(stamps, fast=fast)))
    first = f"{SETTINGS} addpath(getenv('{_FUNCTIONS}'));".replace("\n", " ")
    with stamps_programs() as programs:
        done = subprocess.run(
            [octave, "--quiet", "--eval", f"{first} {commands or ''}", *([] if commands else ["--persist"])],
            cwd=folder,
            env={**os.environ, "PATH": programs.search_path(), _FUNCTIONS: functions},
            check=False,
        )
    return done.returncode
